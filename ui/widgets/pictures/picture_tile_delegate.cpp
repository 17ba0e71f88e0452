#include "ui/widgets/pictures/picture_tile_delegate.h"

#include <QListView>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QPixmapCache>

#include "ui/models/percent_text.h"
#include "ui/models/pinned_list_model.h"
#include "ui/models/prediction_list_model.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kPlateMargin = 6;
constexpr int kTextHeight = 30, kWordsHeight = 20;  // name and bar below the picture, and the verdict in words

Tone toneOf(Verdict verdict) {
    return verdict == Verdict::Right ? Tone::Right : verdict == Verdict::Wrong ? Tone::Wrong : Tone::Ink3;
}

}  // namespace

void drawVerdictMark(QPainter* painter, const QRectF& box, Verdict verdict) {
    if (verdict == Verdict::Unknown) return;
    const Theme& theme = Theme::instance();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const double side = box.width();
    painter->setPen(QPen(theme.color(Tone::Surface), side * 0.08));
    painter->setBrush(theme.color(toneOf(verdict)));
    const QRectF ground = box.adjusted(side * 0.04, side * 0.04, -side * 0.04, -side * 0.04);
    if (verdict == Verdict::Right)
        painter->drawEllipse(ground);
    else
        painter->drawRoundedRect(ground, side * 0.16, side * 0.16);

    const auto at = [&](double x, double y) { return QPointF(box.left() + x * side, box.top() + y * side); };
    painter->setPen(QPen(theme.color(Tone::AccentOn), side * 0.1, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->setBrush(Qt::NoBrush);
    if (verdict == Verdict::Right) {
        painter->drawPolyline(QPolygonF({at(0.30, 0.52), at(0.44, 0.66), at(0.70, 0.37)}));
    } else {
        painter->drawLine(at(0.35, 0.35), at(0.65, 0.65));
        painter->drawLine(at(0.65, 0.35), at(0.35, 0.65));
    }
    painter->restore();
}

void drawConfidenceBar(QPainter* painter, const QRectF& track, double fraction, const QColor& color) {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    const double radius = track.height() / 2;
    painter->setBrush(Theme::instance().color(Tone::Line));
    painter->drawRoundedRect(track, radius, radius);
    QRectF bar = track;
    bar.setWidth(qMax(track.height() * 0.8, track.width() * qBound(0.0, fraction, 1.0)));
    painter->setBrush(color);
    painter->drawRoundedRect(bar, qMin(radius, bar.width() / 2), radius);
    painter->restore();
}

QPixmap scaledPicture(const QImage& image, const QString& key, int size, qreal devicePixelRatio, bool raw) {
    if (image.isNull() || size < 1) return {};
    const int pixels = qRound(size * devicePixelRatio);
    const QString cacheKey = QStringLiteral("thaw-picture-%1-%2-%3").arg(key).arg(pixels).arg(raw ? 1 : 0);
    QPixmap pixmap;
    if (!QPixmapCache::find(cacheKey, &pixmap)) {
        const int side = qMin(image.width(), image.height());
        const QImage square = image.copy((image.width() - side) / 2, (image.height() - side) / 2, side, side);
        pixmap = QPixmap::fromImage(
            square.scaled(pixels, pixels, Qt::IgnoreAspectRatio, raw ? Qt::FastTransformation : Qt::SmoothTransformation));
        QPixmapCache::insert(cacheKey, pixmap);
    }
    pixmap.setDevicePixelRatio(devicePixelRatio);
    return pixmap;
}

PictureTileDelegate::PictureTileDelegate(QObject* parent) : QStyledItemDelegate(parent) {}

QSize PictureTileDelegate::tileSize() const {
    const Theme& theme = Theme::instance();
    return {theme.px(m_pictureSize + 2 * kPlateMargin),
            theme.px(m_pictureSize + kTextHeight + (m_words ? kWordsHeight : 0) + 2 * kPlateMargin)};
}

QSize PictureTileDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
    // The item is its whole cell: clicks between tiles count, and the tile sits in the middle.
    const auto* view = qobject_cast<const QListView*>(option.widget);
    return view && view->gridSize().isValid() ? view->gridSize() : tileSize();
}

QRect PictureTileDelegate::plateRect(const QRect& cell) const {
    QRect plate(QPoint(0, 0), tileSize());
    plate.moveCenter(cell.center());
    return plate;
}

QRect PictureTileDelegate::pinRect(const QRect& cell) const {
    const Theme& theme = Theme::instance();
    const QRect plate = plateRect(cell);
    return QRect(plate.left() + theme.px(kPlateMargin + 3), plate.top() + theme.px(kPlateMargin + 3), theme.px(24), theme.px(24));
}

void PictureTileDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Theme& theme = Theme::instance();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);

    const QString error = index.data(PredictionListModel::ErrorRole).toString();
    const int predicted = index.data(PredictionListModel::PredictedClassRole).toInt();
    const double confidence = index.data(PredictionListModel::ConfidenceRole).toDouble();
    const QString name = error.isEmpty() ? shortClassName(index.data(Qt::DisplayRole).toString()) : tr("cannot be used");
    const QString percent = predicted >= 0 ? shortPercentText(confidence) : QString();
    const QFont strong = theme.font(TextRole::TableStrong);
    const int percentWidth =
        predicted >= 0 ? QFontMetrics(theme.font(TextRole::Table)).horizontalAdvance(percent) + theme.px(4) : 0;

    // Words begin where their picture begins; below a small one they take of the room on its right.
    QRect plate = plateRect(option.rect);
    const int margin = theme.px(kPlateMargin), size = plate.width() - 2 * margin;
    const int missing = QFontMetrics(strong).horizontalAdvance(name) + percentWidth - size;
    const int beside = qBound(0, missing, option.rect.right() - plate.right());
    plate.adjust(0, 0, beside, 0);
    if (option.state & QStyle::State_Selected) {
        painter->setPen(QPen(theme.color(Tone::Accent), theme.px(2)));
        painter->setBrush(theme.color(Tone::AccentBackground));
        painter->drawRoundedRect(QRectF(plate).adjusted(1, 1, -1, -1), theme.px(8), theme.px(8));
    } else if (option.state & QStyle::State_MouseOver) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(theme.color(Tone::Surface2));
        painter->drawRoundedRect(plate, theme.px(8), theme.px(8));
    }

    const auto verdict = static_cast<Verdict>(index.data(PredictionListModel::VerdictRole).toInt());
    const QString file = index.data(PredictionListModel::FileRole).toString();
    const int id = index.data(PredictionListModel::IdRole).toInt();
    const QColor color = theme.color(toneOf(verdict));

    // Picture
    const QRect picture(plate.left() + margin, plate.top() + margin, size, size);
    const double frame = (verdict == Verdict::Wrong ? 2.5 : 1.5) * theme.scale();
    const QRectF frameRect = QRectF(picture).adjusted(frame / 2, frame / 2, -frame / 2, -frame / 2);
    const QPixmap pixmap = scaledPicture(index.data(PredictionListModel::PictureRole).value<QImage>(),
                                         index.data(PredictionListModel::PictureKeyRole).toString(), size,
                                         painter->device()->devicePixelRatioF(), m_raw);
    QPainterPath outline;
    outline.addRoundedRect(frameRect, theme.px(5), theme.px(5));
    if (pixmap.isNull()) {
        painter->fillPath(outline, theme.color(Tone::Surface2));
        const int icon = theme.px(24);
        painter->drawPixmap(picture.center().x() - icon / 2, picture.center().y() - icon / 2,
                            theme.pixmap(QStringLiteral("image"), Tone::Ink3, 24, painter->device()->devicePixelRatioF()));
    } else {
        painter->save();
        painter->setClipPath(outline);
        painter->drawPixmap(picture, pixmap);
        painter->restore();
    }
    painter->setPen(QPen(error.isEmpty() ? color : theme.color(Tone::Line), frame));
    painter->setBrush(Qt::NoBrush);
    painter->drawPath(outline);
    const double mark = theme.px(22);
    drawVerdictMark(painter, QRectF(picture.right() - mark - theme.px(3), picture.top() + theme.px(4), mark, mark), verdict);

    if (m_pins && id >= 0) {
        const bool pinned = m_pins->isPinned(id);
        if (pinned || ((option.state & QStyle::State_MouseOver) && !m_pins->isFull())) {
            const QRect pin = pinRect(option.rect);
            painter->setPen(QPen(theme.color(pinned ? Tone::Accent : Tone::Line), 1.5));
            painter->setBrush(theme.color(pinned ? Tone::Accent : Tone::Surface));
            painter->drawRoundedRect(QRectF(pin).adjusted(1, 1, -1, -1), theme.px(6), theme.px(6));
            const int icon = theme.px(14);
            painter->drawPixmap(pin.center().x() - icon / 2 + 1, pin.center().y() - icon / 2 + 1,
                                theme.pixmap(QStringLiteral("pin"), pinned ? Tone::AccentOn : Tone::Ink2, 14,
                                             painter->device()->devicePixelRatioF()));
        }
    }

    // Guess and percentage
    const QRect line(picture.left(), picture.bottom() + 1 + theme.px(4), size + beside, theme.px(18));
    if (predicted >= 0) {
        painter->setFont(theme.font(TextRole::Table));
        painter->setPen(theme.color(Tone::Ink));
        painter->drawText(line, Qt::AlignRight | Qt::AlignVCenter, percent);
    }
    painter->setFont(strong);
    painter->setPen(verdict == Verdict::Unknown ? theme.color(error.isEmpty() ? Tone::Ink : Tone::Wrong) : color);
    const QRect nameRect = line.adjusted(0, 0, -percentWidth, 0);
    painter->drawText(nameRect, Qt::AlignLeft | Qt::AlignVCenter,
                      painter->fontMetrics().elidedText(name, Qt::ElideRight, nameRect.width()));

    // Confidence
    const QRectF track(picture.left(), line.bottom() + 1 + theme.px(3), size, theme.px(5));
    if (predicted >= 0)
        drawConfidenceBar(painter, track, confidence, verdict == Verdict::Unknown ? theme.color(Tone::Accent) : color);

    if (!m_words) {
        painter->restore();
        return;
    }
    // Verdict in words
    const QRect words(line.left(), static_cast<int>(track.bottom()) + theme.px(4), line.width(), theme.px(16));
    QString text;
    painter->setFont(theme.font(TextRole::Caption));
    painter->setPen(theme.color(Tone::Ink3));
    if (verdict == Verdict::Right) {
        const QString earlier = index.data(PredictionListModel::EarlierNameRole).toString();
        text = earlier.isEmpty() ? tr("correct") : tr("was %1").arg(shortClassName(earlier));
    } else if (verdict == Verdict::Wrong) {
        text = tr("is %1").arg(shortClassName(index.data(PredictionListModel::TrueNameRole).toString()));
        QFont bold = painter->font();
        bold.setWeight(QFont::DemiBold);
        painter->setFont(bold);
        painter->setPen(theme.color(Tone::Ink));
    } else if (file.isEmpty() && predicted < 0) {
        text = tr("not asked yet");
        if (painter->fontMetrics().horizontalAdvance(text) > words.width()) text = tr("not yet");
    } else if (!file.isEmpty()) {
        text = file.section(QLatin1Char('/'), -1);
    }
    painter->drawText(words, Qt::AlignLeft | Qt::AlignVCenter,
                      painter->fontMetrics().elidedText(text, Qt::ElideMiddle, words.width()));
    painter->restore();
}

bool PictureTileDelegate::editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                                      const QModelIndex& index) {
    if (m_pins && event->type() == QEvent::MouseButtonRelease) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        const int id = index.data(PredictionListModel::IdRole).toInt();
        if (mouse->button() == Qt::LeftButton && id >= 0 && pinRect(option.rect).contains(mouse->position().toPoint())) {
            m_pins->toggle(id);
            return true;
        }
    }
    return QStyledItemDelegate::editorEvent(event, model, option, index);
}

}  // namespace thaw::ui
