#include "ui/widgets/trunk/trunk_delegate.h"

#include <QLocale>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

#include "ui/models/trunk_list_model.h"
#include "ui/models/trunk_text.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/trunk/stage_drawing.h"

namespace thaw::ui {
namespace {

constexpr int kWidth = 274, kHeight = 135, kGap = 10, kInset = 12;  // design pixels
constexpr int kChipTall = 20, kChipInset = 9, kIcon = 12;
constexpr int kColumns[] = {0, 64, 130, 188};

/// A pill on a card.
struct Pill {
    QString text, icon;
    Tone line = Tone::Line, ink = Tone::Ink2;
    double done = -1;  ///< a share that is filled; negative: no bar
    bool cross = false;
};

int widthOf(const Pill& pill) {
    const Theme& theme = Theme::instance();
    QFont font = theme.font(TextRole::Caption);
    font.setWeight(QFont::DemiBold);
    const int icons = (pill.icon.isEmpty() ? 0 : kIcon + 5) + (pill.cross ? kIcon + 5 : 0);
    return QFontMetrics(font).horizontalAdvance(pill.text) + theme.px(2 * kChipInset + icons);
}

void paintPill(QPainter& painter, const QRect& box, const Pill& pill, qreal ratio) {
    const Theme& theme = Theme::instance();
    const QRectF outline = QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5);
    const double radius = outline.height() / 2;
    painter.setPen(QPen(theme.color(pill.line), pill.line == Tone::Line ? 1 : 1.2));
    painter.setBrush(theme.color(pill.line == Tone::Ink2 ? Tone::Surface : Tone::Surface2));
    painter.drawRoundedRect(outline, radius, radius);
    if (pill.done >= 0) {
        painter.save();
        painter.setClipRect(QRectF(box.left(), box.top(), box.width() * std::min(1.0, pill.done), box.height()));
        painter.setBrush(theme.color(Tone::AccentBackground));
        painter.drawRoundedRect(outline, radius, radius);
        painter.restore();
    }
    QRect inside = box.adjusted(theme.px(kChipInset), 0, -theme.px(kChipInset), 0);
    const auto icon = [&](const QString& name, int left) {
        painter.drawPixmap(QPointF(left, box.center().y() + 0.5 - theme.px(kIcon) / 2.0),
                           theme.pixmap(name, pill.ink, kIcon, ratio));
    };
    if (!pill.icon.isEmpty()) {
        icon(pill.icon, inside.left());
        inside.setLeft(inside.left() + theme.px(kIcon + 5));
    }
    if (pill.cross) icon(QStringLiteral("cross"), inside.right() + 1 - theme.px(kIcon));
    QFont font = theme.font(TextRole::Caption);
    font.setWeight(QFont::DemiBold);
    painter.setFont(font);
    painter.setPen(theme.color(pill.ink));
    painter.drawText(inside, Qt::AlignLeft | Qt::AlignVCenter, pill.text);
}

bool isMoving(const Trunk& trunk) { return trunk.transfer != Trunk::Transfer::None; }

/// What stands right of the name: whether it is here.
Pill placePill(const Trunk& trunk) {
    if (trunk.inUse) return {TrunkDelegate::tr("in use"), {}, Tone::Accent, Tone::Accent};
    if (trunk.card.model.builtIn) return {TrunkDelegate::tr("built in"), {}};
    if (!trunk.file.isEmpty()) return {TrunkDelegate::tr("downloaded"), {}};
    if (trunk.here) return {TrunkDelegate::tr("own file"), {}};
    if (trunk.card.download.empty()) return {TrunkDelegate::tr("to import"), {}};
    const Tone line = trunk.transferProblem.isEmpty() ? Tone::Line : Tone::Wrong;
    return {trunk.card.bytes > 0 ? fileSizeText(trunk.card.bytes) : TrunkDelegate::tr("download"), QStringLiteral("download"),
            line};
}

/// Of a download that goes on or broke off.
Pill transferPill(const Trunk& trunk) {
    const QString of = TrunkDelegate::tr("%1 of %2").arg(trunk.received / 1'000'000).arg(fileSizeText(trunk.total));
    if (trunk.transfer == Trunk::Transfer::Broken)
        return {TrunkDelegate::tr("Go on, %1").arg(of), QStringLiteral("download"),
                trunk.transferProblem.isEmpty() ? Tone::Line : Tone::Wrong};
    const double done = trunk.total > 0 ? static_cast<double>(trunk.received) / static_cast<double>(trunk.total) : 0;
    return {of, {}, Tone::Accent, Tone::Ink, done, true};
}

QRect pillArea(const QRect& card, const Pill& pill, int top) {
    const Theme& theme = Theme::instance();
    const int wide = widthOf(pill);
    return {card.right() + 1 - theme.px(kInset) - wide, card.top() + theme.px(top), wide, theme.px(kChipTall)};
}

QRect placeArea(const QRect& card, const Trunk& trunk) { return pillArea(card, placePill(trunk), 9); }
QRect movingArea(const QRect& card, const Trunk& trunk) { return pillArea(card, transferPill(trunk), 31); }

void paintNames(QPainter& painter, const QRect& card, const Trunk& trunk, qreal ratio) {
    const Theme& theme = Theme::instance();
    const bool waits = isMoving(trunk) && !trunk.inUse;
    const QRect place = waits ? QRect(card.right() - theme.px(kInset), 0, 0, 0) : placeArea(card, trunk);
    if (!waits) paintPill(painter, place, placePill(trunk), ratio);
    QFont font = theme.font(TextRole::BodyStrong);
    font.setPixelSize(theme.px(15));
    const Pill mark{QString::fromStdString(trunk.card.mark),
                    {},
                    trunk.card.model.withoutLabels ? Tone::Ink2 : Tone::Line,
                    trunk.card.model.withoutLabels ? Tone::Ink : Tone::Ink2};
    const int left = card.left() + theme.px(kInset), markWidth = mark.text.isEmpty() ? 0 : widthOf(mark);
    const int room = place.left() - left - theme.px(6) - (markWidth ? markWidth + theme.px(6) : 0);
    const QString title = QFontMetrics(font).elidedText(QString::fromStdString(trunk.card.model.title), Qt::ElideRight, room);
    painter.setFont(font);
    painter.setPen(theme.color(Tone::Ink));
    painter.drawText(QRect(left, card.top() + theme.px(8), room, theme.px(22)), Qt::AlignLeft | Qt::AlignVCenter, title);
    if (markWidth)
        paintPill(painter,
                  {left + QFontMetrics(font).horizontalAdvance(title) + theme.px(6), card.top() + theme.px(9), markWidth,
                   theme.px(kChipTall)},
                  mark, ratio);
}

void paintSecondLine(QPainter& painter, const QRect& card, const Trunk& trunk, qreal ratio) {
    const Theme& theme = Theme::instance();
    int right = card.right() - theme.px(kInset);
    if (isMoving(trunk)) {
        const QRect area = movingArea(card, trunk);
        paintPill(painter, area, transferPill(trunk), ratio);
        right = area.left() - theme.px(6);
    }
    QStringList parts{shortLicenceText(trunk.card)};
    if (trunk.card.model.builtIn) parts += fileSizeText(trunk.card.bytes);
    parts += TrunkDelegate::tr("%1 features").arg(QLocale().toString(trunk.card.model.features));
    const int left = card.left() + theme.px(kInset);
    painter.setFont(theme.font(TextRole::Caption));
    painter.setPen(theme.color(Tone::Ink3));
    painter.drawText(QRect(left, card.top() + theme.px(31), right - left, theme.px(20)), Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(parts.join(QStringLiteral(" · ")), Qt::ElideRight, right - left));
}

void paintFigures(QPainter& painter, const QRect& card, const Trunk& trunk, qreal ratio) {
    const Theme& theme = Theme::instance();
    const core::ModelCard& model = trunk.card.model;
    const bool waits = trunk.measuring == Trunk::Measuring::Waiting, now = trunk.measuring == Trunk::Measuring::Now;
    const QString speed = now ? QStringLiteral("…") : waits ? QString() : rateText(trunk.speed.picturesPerSecond);
    const std::pair<QString, QString> figures[] = {
        {countText(static_cast<double>(model.parameters)), TrunkDelegate::tr("params")},
        {multiplyAddsText(model.multiplyAdds), TrunkDelegate::tr("mult-adds")},
        {publishedText(trunk.card), TrunkDelegate::tr("top-1")},
        {speed, now                                                  ? TrunkDelegate::tr("measuring")
                : trunk.card.model.modality == core::Modality::Texts ? TrunkDelegate::tr("texts/s")
                                                                     : TrunkDelegate::tr("pictures/s")}};
    for (std::size_t i = 0; i < std::size(figures); ++i) {
        const int left = card.left() + theme.px(kInset + kColumns[i]), top = card.top() + theme.px(93);
        const QRect value(left, top, theme.px(66), theme.px(18)), name(left, top + theme.px(17), theme.px(66), theme.px(17));
        painter.setFont(theme.font(TextRole::TableStrong));
        painter.setPen(theme.color(Tone::Ink));
        painter.drawText(value, Qt::AlignLeft | Qt::AlignVCenter, figures[i].first);
        painter.setFont(theme.font(TextRole::Caption));
        painter.setPen(theme.color(Tone::Ink3));
        painter.drawText(name, Qt::AlignLeft | Qt::AlignVCenter, figures[i].second);
        if (i == 3 && waits)
            painter.drawPixmap(QPointF(left, value.center().y() - theme.px(6)),
                               theme.pixmap(QStringLiteral("clock"), Tone::Ink3, kIcon, ratio));
    }
}

}  // namespace

QSize TrunkDelegate::cellSize() {
    const Theme& theme = Theme::instance();
    return {theme.px(kWidth + kGap), theme.px(kHeight + kGap)};
}

QRect TrunkDelegate::cardOf(const QRect& cell) {
    const Theme& theme = Theme::instance();
    return {cell.left(), cell.top(), theme.px(kWidth), theme.px(kHeight)};
}

QRect TrunkDelegate::transferArea(const QRect& cell, const Trunk& trunk) {
    if (isMoving(trunk)) return movingArea(cardOf(cell), trunk);
    const bool offered = !trunk.here && !trunk.inUse && !trunk.card.download.empty();
    return offered ? placeArea(cardOf(cell), trunk) : QRect();
}

void TrunkDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Theme& theme = Theme::instance();
    const Trunk& trunk = TrunkListModel::at(index);
    const QRect card = cardOf(option.rect);
    const qreal ratio = painter->device()->devicePixelRatioF();
    const bool chosen = option.state & QStyle::State_Selected;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const double edge = chosen ? 1 : 0.5;
    painter->setPen(QPen(theme.color(chosen ? Tone::Accent : Tone::Line), 2 * edge));
    painter->setBrush(theme.color(chosen ? Tone::AccentBackground : Tone::Surface2));
    painter->drawRoundedRect(QRectF(card).adjusted(edge, edge, -edge, -edge), theme.px(8), theme.px(8));
    paintNames(*painter, card, trunk, ratio);
    paintSecondLine(*painter, card, trunk, ratio);
    StageDrawing(trunk.card.model.stages, trunk.thawed)
        .paint(*painter, QRectF(card.left() + theme.px(kInset), card.top() + theme.px(56), theme.px(250), theme.px(34)));
    paintFigures(*painter, card, trunk, ratio);
    painter->restore();
}

QSize TrunkDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const { return cellSize(); }

bool TrunkDelegate::editorEvent(QEvent* event, QAbstractItemModel*, const QStyleOptionViewItem& option,
                                const QModelIndex& index) {
    if (event->type() != QEvent::MouseButtonRelease) return false;
    const Trunk& trunk = TrunkListModel::at(index);
    const auto* mouse = static_cast<QMouseEvent*>(event);
    if (mouse->button() != Qt::LeftButton || !transferArea(option.rect, trunk).contains(mouse->position().toPoint()))
        return false;
    if (trunk.transfer == Trunk::Transfer::Running)
        Q_EMIT stopRequested();
    else
        Q_EMIT downloadRequested(index);
    return true;
}

}  // namespace thaw::ui
