#include "ui/widgets/layers/layer_tree_view.h"

#include <QContextMenuEvent>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QScopedValueRollback>

#include "ui/models/color_map.h"
#include "ui/models/layer_tree_model.h"
#include "ui/models/plain_text.h"
#include "ui/widgets/layers/layer_delegate.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kFadeMilliseconds = 200;

bool isLayer(const QModelIndex& index) { return index.data(LayerTreeModel::LayerIndexRole).toInt() >= 0; }

/// Every row below `parent`, in the order of the tree.
template <class Visit>
void forEachRow(const LayerTreeModel& model, const QModelIndex& parent, const Visit& visit) {
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const QModelIndex index = model.index(row, LayerTreeModel::LayerColumn, parent);
        visit(index);
        forEachRow(model, index, visit);
    }
}

TrainState shownState(const QModelIndex& index) {
    const QModelIndex first = index.siblingAtColumn(LayerTreeModel::LayerColumn);
    const int preview = first.data(LayerTreeModel::PreviewTrainStateRole).toInt();
    return static_cast<TrainState>(preview >= 0 ? preview : first.data(LayerTreeModel::PendingTrainStateRole).toInt());
}

QColor groundOfState(TrainState state) {
    const Theme& theme = Theme::instance();
    switch (state) {
        case TrainState::Frozen:
        case TrainState::Mixed:
            return theme.color(Tone::IceBand);
        case TrainState::Thawed:
            return theme.color(Tone::WarmBand);
        case TrainState::NoParameters:
            break;
    }
    return theme.color(Tone::Surface);
}

}  // namespace

LayerTreeView::LayerTreeView(LayerTreeModel& model, QWidget* parent)
    : QTreeView(parent), m_model(model), m_delegate(new LayerDelegate(this)) {
    setObjectName(QStringLiteral("layerTree"));
    setAccessibleName(tr("Layers"));
    setModel(&model);
    setItemDelegate(m_delegate);
    setIndentation(0);
    setRootIsDecorated(false);
    setUniformRowHeights(true);
    setAllColumnsShowFocus(false);
    setExpandsOnDoubleClick(false);
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setEditTriggers(NoEditTriggers);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(ScrollPerPixel);
    setFrameShape(NoFrame);
    header()->setSectionsMovable(false);
    header()->setSectionsClickable(false);
    header()->setStretchLastSection(false);
    header()->setSectionResizeMode(QHeaderView::Fixed);
    header()->setHighlightSections(false);
    header()->setMinimumSectionSize(10);
    m_fadeTimer.setInterval(16);
    connect(&m_fadeTimer, &QTimer::timeout, viewport(), qOverload<>(&QWidget::update));
    connect(&model, &QAbstractItemModel::modelReset, this, [this] {
        m_states.clear();
        m_fades.clear();
        measureColumns();
        layoutColumns();
        unfoldTraining();
        noticeChanges();
    });
    // A change of the model comes as several signals: looked at once, when all of them are here.
    m_noticeTimer.setSingleShot(true);
    connect(&m_noticeTimer, &QTimer::timeout, this, &LayerTreeView::noticeChanges);
    connect(&model, &QAbstractItemModel::dataChanged, &m_noticeTimer, qOverload<>(&QTimer::start));
    for (const auto signal : {&QTreeView::expanded, &QTreeView::collapsed})
        connect(this, signal, this, [this](const QModelIndex& block) {
            keepFold(block);
            fitRowHeight();
        });
    connect(&Theme::instance(), &Theme::changed, this, &LayerTreeView::applyTheme);
    unfoldTraining();
    noticeChanges();
    applyTheme();
}

void LayerTreeView::setEditable(bool editable) { m_editable = editable; }

void LayerTreeView::setCompact(bool compact) {
    if (m_compact == compact) return;
    m_compact = compact;
    unfoldTraining();
    applyTheme();
}

void LayerTreeView::applyTheme() {
    measureColumns();
    layoutColumns();
    fitRowHeight();
    viewport()->update();
}

void LayerTreeView::updateGeometries() {
    QTreeView::updateGeometries();
    // The scroll bar comes and goes here.
    layoutColumns();
}

void LayerTreeView::layoutColumns() {
    if (m_layingOut) return;
    m_layingOut = true;
    const int width = viewport()->width();
    const auto& needed = m_columnWidths;
    const int usualMoved = LayerDelegate::movedWidth(false), leastMoved = LayerDelegate::movedWidth(true);
    int texts =
        needed[LayerTreeModel::LayerColumn] + needed[LayerTreeModel::OutputColumn] + needed[LayerTreeModel::ParametersColumn];
    // What is least missed goes first: the kinds, then the bars beside the numbers. Names are elided last.
    const bool kind = !m_compact && texts + needed[LayerTreeModel::KindColumn] + leastMoved <= width;
    if (kind) texts += needed[LayerTreeModel::KindColumn];
    const int moved = std::clamp(width - texts, leastMoved, usualMoved);
    setColumnHidden(LayerTreeModel::KindColumn, !kind);
    for (const int column : {LayerTreeModel::KindColumn, LayerTreeModel::OutputColumn, LayerTreeModel::ParametersColumn})
        setColumnWidth(column, needed[static_cast<std::size_t>(column)]);
    setColumnWidth(LayerTreeModel::MovedColumn, moved);
    const int others = texts - needed[LayerTreeModel::LayerColumn] + moved;
    setColumnWidth(LayerTreeModel::LayerColumn, std::max(Theme::instance().px(90), width - others));
    m_layingOut = false;
}

void LayerTreeView::measureColumns() {
    m_columnWidths.fill(0);
    const auto measure = [this](const QModelIndex& first) {
        for (int column = 0; column < LayerTreeModel::MovedColumn; ++column) {
            int& widest = m_columnWidths[static_cast<std::size_t>(column)];
            widest = std::max(widest, LayerDelegate::neededWidth(first.siblingAtColumn(column)));
        }
    };
    forEachRow(m_model, {}, measure);
    const QFontMetrics header(this->header()->font());
    for (int column = 0; column < LayerTreeModel::MovedColumn; ++column) {
        int& widest = m_columnWidths[static_cast<std::size_t>(column)];
        widest = std::max(
            widest, header.horizontalAdvance(m_model.headerData(column, Qt::Horizontal).toString()) + Theme::instance().px(9));
    }
}

void LayerTreeView::fitRowHeight() {
    const Theme& theme = Theme::instance();
    int rows = 0;
    forEachRow(m_model, {}, [&](const QModelIndex& index) {
        bool shown = true;
        for (QModelIndex above = index.parent(); above.isValid(); above = above.parent()) shown = shown && isExpanded(above);
        rows += shown;
    });
    const int roomy = theme.px(34), usual = theme.px(m_compact ? 29 : 30);
    const int wanted = !m_compact && rows * roomy <= viewport()->height() ? roomy : usual;
    if (wanted == m_delegate->rowHeight()) return;
    m_delegate->setRowHeight(wanted);
    doItemsLayout();
}

void LayerTreeView::unfoldTraining() {
    // The trunk's last group is open; of groups in a group only the first that trains.
    int lastTrunk = -1;
    for (int row = 0; row + 1 < m_model.rowCount(); ++row)
        if (!isLayer(m_model.index(row, 0))) lastTrunk = row;
    QModelIndex opened;
    forEachRow(m_model, {}, [&](const QModelIndex& index) {
        if (isLayer(index)) return;
        const TrainState state = shownState(index);
        bool usual = state != TrainState::Frozen;
        if (index.parent().isValid()) {
            usual = (state == TrainState::Thawed || state == TrainState::Mixed) && opened != index.parent();
            if (usual) opened = index.parent();
        } else if (!m_compact && index.row() == lastTrunk) {
            usual = true;
        }
        unfold(index, m_folds.value(index.data(LayerTreeModel::LayerNameRole).toString(), usual).toBool());
    });
    fitRowHeight();
}

void LayerTreeView::unfold(const QModelIndex& block, bool unfold) {
    const QScopedValueRollback<bool> guard(m_unfolding, true);
    setExpanded(block, unfold);
}

void LayerTreeView::keepFold(const QModelIndex& block) {
    if (!m_unfolding) m_folds.insert(block.data(LayerTreeModel::LayerNameRole).toString(), isExpanded(block));
}

void LayerTreeView::unfoldAll(bool unfold) {
    forEachRow(m_model, {}, [&](const QModelIndex& index) {
        if (!isLayer(index)) setExpanded(index, unfold);
    });
}

void LayerTreeView::setFolds(const QVariantMap& folds) {
    m_folds = folds;
    unfoldTraining();
}

void LayerTreeView::noticeChanges() {
    const Theme& theme = Theme::instance();
    const bool previewing =
        m_model.rowCount() > 0 && m_model.index(0, 0).data(LayerTreeModel::PreviewTrainStateRole).toInt() >= 0;
    const auto look = [&](const QModelIndex& index) {
        const QString name = index.data(LayerTreeModel::LayerNameRole).toString();
        const auto state = shownState(index);
        const auto before = m_states.constFind(name);
        if (before != m_states.constEnd() && *before != static_cast<int>(state)) {
            if (!theme.reducedMotion() && isVisible()) {
                Fade fade{groundOfState(static_cast<TrainState>(*before)), {}};
                fade.since.start();
                m_fades.insert(name, fade);
            }
            // A block that begins to train shows what trains in it.
            if (!previewing && !index.parent().isValid() && !isLayer(index) && *before == static_cast<int>(TrainState::Frozen))
                unfold(index, true);
        }
        m_states[name] = static_cast<int>(state);
    };
    forEachRow(m_model, {}, look);
    if (!m_fades.isEmpty() && !m_fadeTimer.isActive()) m_fadeTimer.start();
}

QColor LayerTreeView::groundOf(const QModelIndex& index) const {
    const QColor ground = groundOfState(shownState(index));
    const auto fade = m_fades.constFind(index.data(LayerTreeModel::LayerNameRole).toString());
    if (fade == m_fades.constEnd()) return ground;
    const double share = static_cast<double>(fade->since.elapsed()) / kFadeMilliseconds;
    return share >= 1 ? ground : mixed(fade->from, ground, share);
}

void LayerTreeView::drawRow(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Theme& theme = Theme::instance();
    const QModelIndex first = index.siblingAtColumn(LayerTreeModel::LayerColumn);
    QRect row = option.rect;
    row.setLeft(0);
    row.setWidth(viewport()->width());
    painter->fillRect(row, groundOf(first));
    painter->fillRect(QRect(row.left(), row.bottom(), row.width(), 1), theme.color(Tone::Line2));
    const int edge = theme.px(4);
    const TrainState state = shownState(first);
    const QRect strip(row.left(), row.top(), edge, row.height());
    if (state == TrainState::Frozen || state == TrainState::Mixed) painter->fillRect(strip, theme.color(Tone::IceFill));
    if (state == TrainState::Thawed) painter->fillRect(strip, theme.color(Tone::WarmFill));
    if (state == TrainState::Mixed) painter->fillRect(strip.adjusted(0, row.height() * 3 / 5, 0, 0), theme.color(Tone::WarmFill));

    // Cells alone: the style's own selection and focus marks would cover the hues.
    QStyleOptionViewItem cells = option;
    cells.state &= ~(QStyle::State_Selected | QStyle::State_HasFocus | QStyle::State_MouseOver);
    if (isExpanded(first)) cells.state |= QStyle::State_Open;
    QTreeView::drawRow(painter, cells, index);

    const bool current = hasFocus() && currentIndex().siblingAtColumn(LayerTreeModel::LayerColumn) == first;
    if (current || (selectionModel() && selectionModel()->isSelected(first))) {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(QPen(theme.color(Tone::Accent), current ? 2 : 1.2));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(QRectF(row).adjusted(1, 1, -1, -1.5), theme.px(4), theme.px(4));
        painter->restore();
    }
    if (!m_fades.isEmpty()) {
        const QString name = first.data(LayerTreeModel::LayerNameRole).toString();
        if (const auto fade = m_fades.find(name); fade != m_fades.end() && fade->since.elapsed() >= kFadeMilliseconds)
            m_fades.erase(fade);
        // Rows out of sight end their fades here.
        for (auto fade = m_fades.begin(); fade != m_fades.end();)
            fade = fade->since.elapsed() >= 2 * kFadeMilliseconds ? m_fades.erase(fade) : std::next(fade);
        if (m_fades.isEmpty()) const_cast<QTimer&>(m_fadeTimer).stop();
    }
}

void LayerTreeView::drawBranches(QPainter*, const QRect&, const QModelIndex&) const {}

bool LayerTreeView::edit(const QModelIndex& index, EditTrigger trigger, QEvent* event) {
    // Ticks work although nothing opens an editor; not while the state of the run forbids it.
    if (!m_editable) return false;
    return QTreeView::edit(index, trigger, event);
}

bool LayerTreeView::foldAt(const QPoint& point) {
    const QModelIndex index = indexAt(point).siblingAtColumn(LayerTreeModel::LayerColumn);
    if (!index.isValid() || !LayerDelegate::foldArea(visualRect(index), index).contains(point)) return false;
    setExpanded(index, !isExpanded(index));
    return true;
}

void LayerTreeView::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && foldAt(event->position().toPoint())) return;
    QTreeView::mousePressEvent(event);
}

void LayerTreeView::mouseDoubleClickEvent(QMouseEvent* event) {
    const QPoint point = event->position().toPoint();
    if (foldAt(point)) return;
    const QModelIndex index = indexAt(point).siblingAtColumn(LayerTreeModel::LayerColumn);
    if (!index.isValid() || LayerDelegate::tickArea(visualRect(index), index).contains(point))
        QTreeView::mouseDoubleClickEvent(event);
    else if (isLayer(index))
        Q_EMIT layerOpened(index.data(LayerTreeModel::LayerNameRole).toString());
    else
        setExpanded(index, !isExpanded(index));
}

void LayerTreeView::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QTreeView::currentChanged(current, previous);
    if (current.isValid() && isLayer(current))
        Q_EMIT layerChosen(current.siblingAtColumn(LayerTreeModel::LayerColumn).data(LayerTreeModel::LayerNameRole).toString());
}

void LayerTreeView::selectLayer(const QString& name) {
    const QModelIndex index = m_model.indexOfLayer(m_model.modelInfo().indexOf(name.toStdString()));
    if (!index.isValid() || index == currentIndex().siblingAtColumn(LayerTreeModel::LayerColumn)) return;
    for (QModelIndex above = index.parent(); above.isValid(); above = above.parent()) unfold(above, true);
    setCurrentIndex(index);
    scrollTo(index);
}

void LayerTreeView::contextMenuEvent(QContextMenuEvent* event) {
    const QModelIndex index = currentIndex().siblingAtColumn(LayerTreeModel::LayerColumn);
    if (!index.isValid()) return;
    QMenu menu(this);
    if (isLayer(index)) {
        const QString name = index.data(LayerTreeModel::LayerNameRole).toString();
        connect(menu.addAction(tr("Look into %1\tEnter").arg(buttonText(name))), &QAction::triggered, this,
                [this, name] { Q_EMIT layerOpened(name); });
    }
    if (m_editable && (index.flags() & Qt::ItemIsUserCheckable)) {
        const bool on = index.data(Qt::CheckStateRole).toInt() == Qt::Checked;
        connect(menu.addAction(on ? tr("Freeze\tF") : tr("Thaw\tF")), &QAction::triggered, this, &LayerTreeView::toggleCurrent);
    }
    if (!menu.isEmpty())
        menu.exec(event->reason() == QContextMenuEvent::Keyboard ? viewport()->mapToGlobal(visualRect(index).center())
                                                                 : event->globalPos());
}

void LayerTreeView::toggleCurrent() {
    const QModelIndex index = currentIndex().siblingAtColumn(LayerTreeModel::LayerColumn);
    if (!m_editable || !(index.flags() & Qt::ItemIsUserCheckable)) return;
    const bool on = index.data(Qt::CheckStateRole).toInt() == Qt::Checked;
    m_model.setData(index, on ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
}

void LayerTreeView::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_F && event->modifiers() == Qt::NoModifier) {
        toggleCurrent();
        return;
    }
    if (event->key() == Qt::Key_Space) {
        toggleCurrent();
        return;
    }
    const QModelIndex current = currentIndex().siblingAtColumn(LayerTreeModel::LayerColumn);
    const bool block = current.isValid() && !isLayer(current);
    if (block && event->key() == Qt::Key_Right && !isExpanded(current)) {
        expand(current);
        return;
    }
    if (!block && current.isValid() && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)) {
        Q_EMIT layerOpened(current.data(LayerTreeModel::LayerNameRole).toString());
        return;
    }
    if (event->key() == Qt::Key_Left && current.isValid()) {
        if (block && isExpanded(current))
            collapse(current);
        else
            setCurrentIndex(current.parent());
        return;
    }
    QTreeView::keyPressEvent(event);
}

void LayerTreeView::resizeEvent(QResizeEvent* event) {
    QTreeView::resizeEvent(event);
    layoutColumns();
    fitRowHeight();
}

}  // namespace thaw::ui
