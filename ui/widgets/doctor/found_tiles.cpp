#include "ui/widgets/doctor/found_tiles.h"

#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>
#include <QStyledItemDelegate>

#include "ui/widgets/parts/focus_ring.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kTileWidth = 120, kTileHeight = 150, kPictureWidth = 106, kPictureHeight = 98, kMargin = 7;  // design pixels

QString chipIcon(int decision) {
    if (decision == static_cast<int>(core::DecisionKind::Move)) return QStringLiteral("arrow-right");
    return decision == static_cast<int>(core::DecisionKind::Keep) ? QStringLiteral("tick") : QStringLiteral("cross");
}

class TileDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {Theme::instance().px(kTileWidth), Theme::instance().px(kTileHeight)};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Theme& theme = Theme::instance();
        const QRectF tile = QRectF(option.rect).adjusted(1, 1, -1, -1);
        painter->save();
        painter->setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
        if (const int group = index.data(FoundPictureModel::GroupRole).toInt(); group >= 0)
            painter->fillRect(QRectF(option.rect).adjusted(0, 1, 0, -1),
                              theme.color(group % 2 == 0 ? Tone::Surface2 : Tone::Line2));
        if (option.state & QStyle::State_Selected) {
            painter->setPen(QPen(theme.color(Tone::Accent), theme.px(2)));
            painter->setBrush(theme.color(Tone::AccentBackground));
            painter->drawRoundedRect(tile.adjusted(1, 1, -1, -1), theme.px(6), theme.px(6));
        }
        const QRectF picture(tile.left() + theme.px(kMargin), tile.top() + theme.px(kMargin), theme.px(kPictureWidth),
                             theme.px(kPictureHeight));
        paintPicture(*painter, picture, index);
        paintChip(*painter, picture, index);
        paintWords(*painter, QRectF(picture.left(), picture.bottom() + theme.px(3), picture.width(), theme.px(19)), index);
        painter->restore();
    }

private:
    static void paintPicture(QPainter& painter, const QRectF& box, const QModelIndex& index) {
        const Theme& theme = Theme::instance();
        QPainterPath outline;
        outline.addRoundedRect(box, theme.px(5), theme.px(5));
        painter.fillPath(outline, theme.color(Tone::Line2));
        const auto image = index.data(Qt::DecorationRole).value<QImage>();
        if (!image.isNull()) {
            const QSizeF part = box.size().scaled(image.size(), Qt::KeepAspectRatio);
            const bool out =
                index.data(FoundPictureModel::DecisionRole).toInt() == static_cast<int>(core::DecisionKind::LeaveOut);
            painter.setClipPath(outline);
            painter.setOpacity(out ? 0.25 : 1);
            painter.drawImage(box, image,
                              QRectF(QPointF((image.width() - part.width()) / 2, (image.height() - part.height()) / 2), part));
            painter.setOpacity(1);
            painter.setClipping(false);
        }
        painter.setPen(QPen(theme.color(Tone::Line), 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawPath(outline);
    }

    static void paintChip(QPainter& painter, const QRectF& box, const QModelIndex& index) {
        const QString words = index.data(FoundPictureModel::DecidedRole).toString();
        if (words.isEmpty()) return;
        const Theme& theme = Theme::instance();
        painter.setFont(theme.font(TextRole::TableStrong));
        const double most = box.width() - theme.px(10), icon = theme.px(12);
        const QString shown =
            painter.fontMetrics().elidedText(words, Qt::ElideRight, static_cast<int>(most - icon - theme.px(20)));
        const double width = painter.fontMetrics().horizontalAdvance(shown) + icon + theme.px(20);
        const QRectF chip(box.left() + theme.px(5), box.bottom() - theme.px(26), width, theme.px(21));
        painter.setPen(QPen(theme.color(Tone::Ink), 1));
        painter.setBrush(theme.color(Tone::Surface));
        painter.drawRoundedRect(chip, chip.height() / 2, chip.height() / 2);
        painter.drawPixmap(QPointF(chip.left() + theme.px(7), chip.center().y() - icon / 2),
                           theme.pixmap(chipIcon(index.data(FoundPictureModel::DecisionRole).toInt()), Tone::Ink, 12,
                                        painter.device()->devicePixelRatioF()));
        painter.setPen(theme.color(Tone::Ink));
        painter.drawText(chip.adjusted(icon + theme.px(11), 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, shown);
    }

    static void paintWords(QPainter& painter, QRectF line, const QModelIndex& index) {
        const Theme& theme = Theme::instance();
        const QString figure = index.data(FoundPictureModel::FigureRole).toString();
        painter.setFont(theme.font(TextRole::Table));
        painter.setPen(theme.color(Tone::Ink));
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, figure);
        const double taken = figure.isEmpty() ? 0 : painter.fontMetrics().horizontalAdvance(figure) + theme.px(6);
        painter.setFont(theme.font(TextRole::TableStrong));
        painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(index.data(FoundPictureModel::SaysRole).toString(), Qt::ElideRight,
                                                          static_cast<int>(line.width() - taken)));
        line.translate(0, theme.px(18));
        painter.setFont(theme.font(TextRole::Caption));
        painter.setPen(theme.color(Tone::Ink3));
        painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(index.data(FoundPictureModel::BelowRole).toString(), Qt::ElideMiddle,
                                                          static_cast<int>(line.width())));
    }
};

}  // namespace

FoundTiles::FoundTiles(FoundPictureModel& pictures, QWidget* parent) : NavigatedList(parent) {
    showAsTiles();
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setItemDelegate(new TileDelegate(this));
    setModel(&pictures);
    setAccessibleName(tr("Pictures"));
    new FocusRing(this);
    connect(&Theme::instance(), &Theme::changed, this, &FoundTiles::doItemsLayout);
}

void FoundTiles::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QListView::currentChanged(current, previous);
    Q_EMIT currentRowChanged(current.row());
}

}  // namespace thaw::ui
