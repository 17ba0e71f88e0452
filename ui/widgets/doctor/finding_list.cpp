#include "ui/widgets/doctor/finding_list.h"

#include <QPainter>
#include <QStyledItemDelegate>

#include "ui/widgets/parts/focus_ring.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kRow = 54;  // design pixels

class RowDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {0, Theme::instance().px(kRow)}; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Theme& theme = Theme::instance();
        const QRectF row = QRectF(option.rect).adjusted(1, 1, -1, -1);
        const bool selected = option.state & QStyle::State_Selected;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (selected) {
            painter->setPen(QPen(theme.color(Tone::Accent), theme.px(2)));
            painter->setBrush(theme.color(Tone::AccentBackground));
            painter->drawRoundedRect(row.adjusted(1, 1, -1, -1), theme.px(8), theme.px(8));
        } else {
            painter->setPen(QPen(theme.color(Tone::Line2), 1));
            painter->drawLine(row.bottomLeft(), row.bottomRight());
        }
        const double right = paintFigure(*painter, row, index);
        const QString icon = index.data(FindingListModel::IconRole).toString();
        painter->drawPixmap(
            QPointF(row.left() + theme.px(12), row.top() + theme.px(10)),
            theme.pixmap(icon, selected ? Tone::Accent : Tone::Ink2, 16, option.widget ? option.widget->devicePixelRatioF() : 1));
        const double left = row.left() + theme.px(40);
        const auto write = [&](const QString& text, TextRole role, Tone tone, double top) {
            painter->setFont(theme.font(role));
            painter->setPen(theme.color(tone));
            const QRectF room(left, top, right - left, theme.px(20));
            painter->drawText(room, Qt::AlignLeft | Qt::AlignVCenter,
                              painter->fontMetrics().elidedText(text, Qt::ElideRight, static_cast<int>(room.width())));
        };
        write(index.data().toString(), TextRole::BodyStrong, Tone::Ink, row.top() + theme.px(6));
        write(index.data(FindingListModel::FactRole).toString(), TextRole::Caption, Tone::Ink3, row.top() + theme.px(26));
        painter->restore();
    }

private:
    /// Returns where the words must end.
    static double paintFigure(QPainter& painter, const QRectF& row, const QModelIndex& index) {
        const Theme& theme = Theme::instance();
        const bool decided = index.data(FindingListModel::DecidedRole).toBool();
        const bool toKnow = index.data(FindingListModel::ToKnowRole).toBool();
        const QString figure = index.data(FindingListModel::FigureRole).toString();
        painter.setFont(theme.font(toKnow || decided ? TextRole::Table : TextRole::PanelTitle));
        painter.setPen(theme.color(decided ? Tone::Right : toKnow ? Tone::Ink3 : Tone::Ink));
        const double end = row.right() - theme.px(12), width = painter.fontMetrics().horizontalAdvance(figure);
        painter.drawText(QRectF(end - width, row.top(), width + 1, row.height()), Qt::AlignRight | Qt::AlignVCenter, figure);
        if (!decided) return end - width - theme.px(8);
        const double tick = end - width - theme.px(20);
        painter.drawPixmap(QPointF(tick, row.center().y() - theme.px(7)),
                           theme.pixmap(QStringLiteral("tick"), Tone::Right, 14, painter.device()->devicePixelRatioF()));
        return tick - theme.px(6);
    }
};

}  // namespace

FindingList::FindingList(FindingListModel& findings, QWidget* parent) : NavigatedList(parent) {
    setFrameShape(QFrame::NoFrame);
    setProperty("bare", true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setItemDelegate(new RowDelegate(this));
    setModel(&findings);
    setAccessibleName(tr("Findings"));
    new FocusRing(this);
    connect(&Theme::instance(), &Theme::changed, this, &FindingList::doItemsLayout);
}

}  // namespace thaw::ui
