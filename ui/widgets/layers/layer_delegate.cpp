#include "ui/widgets/layers/layer_delegate.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QTreeView>

#include <cmath>

#include "ui/models/layer_tree_model.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kIndent = 14;                                  ///< a level of the tree, design pixels
constexpr int kBoxSide = 17, kNameGap = 25, kCellGap = 9;    ///< design pixels
constexpr int kStatistics = 12, kMarkGap = 3;                ///< the mark behind a batch norm
constexpr int kBar = 33, kMovedLeft = 12, kMovedRight = 11;  ///< of the Moved column

bool isBlock(const QModelIndex& index) { return index.data(LayerTreeModel::LayerIndexRole).toInt() < 0; }

/// How far a row is moved to the right, design pixels.
int indentOf(const QModelIndex& index) {
    int depth = 0;
    for (QModelIndex above = index.parent(); above.isValid(); above = above.parent()) ++depth;
    return kIndent * depth;
}

int boxLeft(const QModelIndex& index) { return Theme::instance().px(27 + indentOf(index)); }

TrainState stateIn(const QModelIndex& index, int role) {
    return static_cast<TrainState>(index.siblingAtColumn(LayerTreeModel::LayerColumn).data(role).toInt());
}

bool isPending(const QModelIndex& index) {
    return index.siblingAtColumn(LayerTreeModel::LayerColumn).data(LayerTreeModel::PendingRole).toBool();
}

/// What the row is to be shown as: under a hovered preset, as asked for, or as it is.
TrainState shownState(const QModelIndex& index) {
    const int preview = index.siblingAtColumn(LayerTreeModel::LayerColumn).data(LayerTreeModel::PreviewTrainStateRole).toInt();
    return preview >= 0 ? static_cast<TrainState>(preview) : stateIn(index, LayerTreeModel::PendingTrainStateRole);
}

QFont nameFont(const QModelIndex& index) {
    const Theme& theme = Theme::instance();
    if (stateIn(index, LayerTreeModel::TrainStateRole) == TrainState::NoParameters) return theme.font(TextRole::Table);
    QFont font = theme.font(TextRole::TableStrong);
    if (isBlock(index)) font.setWeight(QFont::Bold);
    return font;
}

Statistics statisticsIn(const QModelIndex& index) {
    return static_cast<Statistics>(
        index.siblingAtColumn(LayerTreeModel::LayerColumn).data(LayerTreeModel::StatisticsRole).toInt());
}

/// Behind a word of `width` in `area`: a snowflake where a batch norm keeps its statistics, a drop where it moves them.
void paintStatistics(QPainter* painter, const QRect& area, int width, const QModelIndex& index, qreal ratio) {
    const Statistics statistics = statisticsIn(index);
    if (statistics == Statistics::None) return;
    const Theme& theme = Theme::instance();
    const bool kept = statistics == Statistics::Kept;
    const QPixmap icon = theme.pixmap(kept ? QStringLiteral("snowflake") : QStringLiteral("drop"), kept ? Tone::Ice : Tone::Warm,
                                      kStatistics, ratio);
    const int left = std::min(area.left() + width + theme.px(kMarkGap), area.right() + 1 - theme.px(kStatistics));
    painter->drawPixmap(QPointF(left, area.center().y() + 0.5 - theme.px(kStatistics) / 2.0), icon);
}

/// Of the cells beside the name.
QFont cellFont(const QModelIndex& index) {
    return isBlock(index) && index.column() == LayerTreeModel::ParametersColumn
               ? nameFont(index.siblingAtColumn(LayerTreeModel::LayerColumn))
               : Theme::instance().font(TextRole::Table);
}

}  // namespace

int LayerDelegate::neededWidth(const QModelIndex& index) {
    const Theme& theme = Theme::instance();
    const bool name = index.column() == LayerTreeModel::LayerColumn;
    const int text = QFontMetrics(name ? nameFont(index) : cellFont(index)).horizontalAdvance(index.data().toString());
    const bool marked = index.column() <= LayerTreeModel::KindColumn && statisticsIn(index) != Statistics::None;
    return (name ? boxLeft(index) + theme.px(kNameGap) : 0) + text + theme.px(kCellGap) +
           (marked ? theme.px(kStatistics + kMarkGap) : 0);
}

int LayerDelegate::movedWidth(bool least) {
    const Theme& theme = Theme::instance();
    const int number = QFontMetrics(theme.font(TextRole::TableStrong)).horizontalAdvance(LayerTreeModel::movedText(1));
    return theme.px(kMovedLeft + kMovedRight) + number + (least ? 0 : theme.px(kBar + 4));
}

QRect LayerDelegate::tickArea(const QRect& cell, const QModelIndex& index) {
    const Theme& theme = Theme::instance();
    return {cell.left() + boxLeft(index) - theme.px(6), cell.top(), theme.px(30), cell.height()};
}

QRect LayerDelegate::foldArea(const QRect& cell, const QModelIndex& index) {
    if (!isBlock(index)) return {};
    const Theme& theme = Theme::instance();
    return {cell.left() + theme.px(indentOf(index)), cell.top(), theme.px(21), cell.height()};
}

void LayerDelegate::paintBox(QPainter* painter, const QRectF& box, const QModelIndex& index, qreal ratio) {
    const Theme& theme = Theme::instance();
    const bool previewed = index.data(LayerTreeModel::PreviewTrainStateRole).toInt() >= 0;
    const TrainState state = shownState(index);
    if (state == TrainState::NoParameters) return;
    const double enlarged = box.width() / theme.px(kBoxSide), radius = theme.px(5) * enlarged;
    const auto drawIcon = [&](const char* name, Tone tone, int size) {
        const QPixmap icon = theme.pixmap(QLatin1String(name), tone, qRound(size * enlarged), ratio);
        const QSizeF logical = icon.deviceIndependentSize();
        painter->drawPixmap(QPointF(box.center().x() - logical.width() / 2, box.center().y() - logical.height() / 2), icon);
    };
    if (isPending(index) && !previewed && state != TrainState::Mixed) {
        const Tone tone = state == TrainState::Thawed ? Tone::Warm : Tone::Ice;
        QPen pen(theme.color(tone), 1.6 * theme.scale());
        pen.setDashPattern({2.4, 1.6});
        painter->setPen(pen);
        painter->setBrush(theme.color(Tone::Surface));
        painter->drawRoundedRect(box, radius, radius);
        drawIcon("clock", tone, 12);
        return;
    }
    switch (state) {
        case TrainState::Frozen:
            painter->setPen(QPen(theme.color(Tone::Ice), 1.4 * theme.scale()));
            painter->setBrush(theme.color(Tone::Surface));
            painter->drawRoundedRect(box, radius, radius);
            drawIcon("snowflake", Tone::Ice, 12);
            break;
        case TrainState::Thawed:
            painter->setPen(QPen(theme.color(Tone::Warm), 1.4 * theme.scale()));
            painter->setBrush(theme.color(Tone::WarmFill));
            painter->drawRoundedRect(box, radius, radius);
            drawIcon("tick", Tone::WarmTick, 14);
            break;
        case TrainState::Mixed: {
            QPainterPath outline;
            outline.addRoundedRect(box, radius, radius);
            painter->save();
            painter->setClipPath(outline);
            painter->fillRect(QRectF(box.topLeft(), QPointF(box.center().x(), box.bottom())), theme.color(Tone::IceFill));
            painter->fillRect(QRectF(QPointF(box.center().x(), box.top()), box.bottomRight()), theme.color(Tone::WarmFill));
            painter->restore();
            painter->setPen(QPen(theme.color(Tone::Ink2), 1.4 * theme.scale()));
            painter->setBrush(Qt::NoBrush);
            painter->drawPath(outline);
            drawIcon("dash", Tone::WarmTick, 14);
            break;
        }
        case TrainState::NoParameters:
            break;
    }
}

void LayerDelegate::paintMoved(QPainter* painter, const QRect& cell, const QModelIndex& index, bool expanded) const {
    const Theme& theme = Theme::instance();
    const TrainState state = stateIn(index, LayerTreeModel::PendingTrainStateRole);
    if (state == TrainState::NoParameters) return;
    const QRect area = cell.adjusted(theme.px(kMovedLeft), 0, -theme.px(kMovedRight), 0);
    const double moved = index.data(LayerTreeModel::MovedRole).toDouble();
    // An open block leaves the waiting to its layers.
    if (isPending(index) && !(isBlock(index) && expanded)) {
        painter->setFont(theme.font(TextRole::TableStrong));
        painter->setPen(theme.color(state == TrainState::Frozen ? Tone::Ice : Tone::Warm));
        const QString words = tr("next batch");
        const QFontMetrics metrics(painter->font());
        painter->drawText(area, Qt::AlignLeft | Qt::AlignVCenter,
                          metrics.horizontalAdvance(words) <= area.width() ? words : tr("soon"));
        return;
    }
    const int tall = theme.px(6), length = std::min(theme.px(kBar), cell.width() - movedWidth(true) - theme.px(4));
    const QRectF track(area.left(), area.center().y() + 0.5 - tall / 2.0, std::max(0, length), tall);
    const bool still = moved <= 0 && stateIn(index, LayerTreeModel::TrainStateRole) == TrainState::Frozen;
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme.color(still ? Tone::Line2 : Tone::Line));
    if (length >= tall) painter->drawRoundedRect(track, tall / 2.0, tall / 2.0);
    if (moved > 0 && length >= tall) {
        // Small changes are the interesting ones: the square root spreads them, full is a change as large as the weights.
        const double full = std::max<double>(tall, track.width() * std::sqrt(std::min(1.0, moved)));
        painter->setBrush(theme.color(Tone::WarmFill));
        painter->drawRoundedRect(QRectF(track.topLeft(), QSizeF(full, tall)), tall / 2.0, tall / 2.0);
    }
    painter->setFont(moved > 0 ? theme.font(TextRole::TableStrong) : theme.font(TextRole::Table));
    painter->setPen(theme.color(moved > 0 ? Tone::Ink : Tone::Ink3));
    painter->drawText(area, Qt::AlignRight | Qt::AlignVCenter, LayerTreeModel::movedText(std::max(0.0, moved)));
}

void LayerDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Theme& theme = Theme::instance();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const bool block = isBlock(index);
    const bool silent = stateIn(index, LayerTreeModel::TrainStateRole) == TrainState::NoParameters;
    const bool expanded = option.state & QStyle::State_Open;
    const QRect cell = option.rect;
    const qreal ratio = painter->device()->devicePixelRatioF();
    const auto drawText = [&](const QRect& area, int alignment, const QFont& font, Tone tone) {
        painter->setFont(font);
        painter->setPen(theme.color(tone));
        painter->drawText(area, alignment | Qt::AlignVCenter,
                          QFontMetrics(font).elidedText(index.data().toString(), Qt::ElideRight, area.width()));
    };
    const int gap = theme.px(kCellGap);
    // The mark of a batch norm stands behind its kind, or behind its name where kinds have no room.
    const auto* tree = qobject_cast<const QTreeView*>(option.widget);
    const bool kinds = !tree || !tree->isColumnHidden(LayerTreeModel::KindColumn);
    const auto drawMarked = [&](const QRect& area, const QFont& font, Tone tone, bool marked) {
        marked = marked && statisticsIn(index) != Statistics::None;
        const QRect words = area.adjusted(0, 0, marked ? -theme.px(kStatistics + kMarkGap) : 0, 0);
        drawText(words, Qt::AlignLeft, font, tone);
        const int wide = std::min(words.width(), QFontMetrics(font).horizontalAdvance(index.data().toString()));
        if (marked) paintStatistics(painter, area, wide, index, ratio);
    };
    switch (index.column()) {
        case LayerTreeModel::LayerColumn: {
            if (block) {
                const QPixmap chevron = theme.pixmap(expanded ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right"),
                                                     Tone::Ink2, 13, ratio);
                const QSizeF size = chevron.deviceIndependentSize();
                painter->drawPixmap(QPointF(cell.left() + theme.px(17 + indentOf(index)) - size.width() / 2,
                                            cell.center().y() + 0.5 - size.height() / 2),
                                    chevron);
            }
            const double side = theme.px(kBoxSide);
            const QRectF box(cell.left() + boxLeft(index) + 0.5, cell.center().y() + 0.5 - side / 2, side, side);
            paintBox(painter, box, index, ratio);
            const QRect name = cell.adjusted(boxLeft(index) + theme.px(kNameGap), 0, -gap, 0);
            const bool marked = !kinds && statisticsIn(index) != Statistics::None;  // its mark may stand in the gap
            drawMarked(name.adjusted(0, 0, marked ? gap - theme.px(2) : 0, 0), nameFont(index), silent ? Tone::Ink3 : Tone::Ink,
                       marked);
            break;
        }
        case LayerTreeModel::KindColumn:
        case LayerTreeModel::OutputColumn:
            drawMarked(cell.adjusted(0, 0, -gap, 0), cellFont(index), silent ? Tone::Ink3 : Tone::Ink2,
                       index.column() == LayerTreeModel::KindColumn);
            break;
        case LayerTreeModel::ParametersColumn:
            drawText(cell.adjusted(0, 0, -theme.px(1), 0), Qt::AlignRight, cellFont(index), silent ? Tone::Ink3 : Tone::Ink);
            break;
        case LayerTreeModel::MovedColumn:
            paintMoved(painter, cell, index, expanded);
            break;
    }
    painter->restore();
}

QSize LayerDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const { return {40, m_rowHeight}; }

bool LayerDelegate::editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                                const QModelIndex& index) {
    if (!(index.flags() & Qt::ItemIsUserCheckable) || !(option.state & QStyle::State_Enabled)) return false;
    switch (event->type()) {
        case QEvent::MouseButtonPress:
        case QEvent::MouseButtonDblClick:
        case QEvent::MouseButtonRelease: {
            const auto* mouse = static_cast<QMouseEvent*>(event);
            if (mouse->button() != Qt::LeftButton || !tickArea(option.rect, index).contains(mouse->position().toPoint()))
                return false;
            if (event->type() != QEvent::MouseButtonRelease) return true;
            break;
        }
        case QEvent::KeyPress: {
            const int key = static_cast<QKeyEvent*>(event)->key();
            if (key != Qt::Key_Space && key != Qt::Key_Select) return false;
            break;
        }
        default:
            return false;
    }
    const auto state = static_cast<Qt::CheckState>(index.data(Qt::CheckStateRole).toInt());
    return model->setData(index, state == Qt::Checked ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
}

}  // namespace thaw::ui
