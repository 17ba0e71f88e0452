#include "ui/models/layer_tree_model.h"

#include <QLocale>

#include <algorithm>
#include <optional>

#include "ui/models/layer_text.h"

namespace thaw::ui {
namespace {

constexpr QChar kEnDash(0x2013);

}  // namespace

class LayerTreeModel::Private {
public:
    /// A group or a layer.
    struct Item {
        QString name, title;
        int layer = -1;            ///< -1: a group
        int parent = -1, row = 0;  ///< parent: item; -1: at the top
        int begin = 0, end = 0;    ///< layers [begin, end)
        std::vector<int> children;
    };

    core::ModelInfo model;
    core::LayerMask confirmed;
    std::vector<std::optional<bool>> wishes;
    std::vector<double> moved;
    core::LayerMask previewed;
    std::vector<Item> items;  ///< in pre-order
    std::vector<int> tops, itemOfLayer;
    bool immediate = true, updatesStatistics = false;

    std::size_t layerCount() const { return model.layers.size(); }

    const core::LayerInfo& layer(int index) const { return model.layers[static_cast<std::size_t>(index)]; }

    bool wanted(std::size_t layer) const { return wishes[layer].value_or(confirmed[layer]); }

    const Item& item(const QModelIndex& index) const { return items[index.internalId()]; }
    const Item& item(int index) const { return items[static_cast<std::size_t>(index)]; }
    const std::vector<int>& childrenOf(const QModelIndex& index) const { return index.isValid() ? item(index).children : tops; }

    /// Layers that an index stands for: one, or those of its group.
    std::pair<int, int> range(const QModelIndex& index) const { return {item(index).begin, item(index).end}; }

    int add(Item item) {
        std::vector<int>& siblings = item.parent < 0 ? tops : items[static_cast<std::size_t>(item.parent)].children;
        item.row = static_cast<int>(siblings.size());
        siblings.push_back(static_cast<int>(items.size()));
        items.push_back(std::move(item));
        return static_cast<int>(items.size()) - 1;
    }

    void build() {
        items.clear();
        tops.clear();
        itemOfLayer.assign(layerCount(), 0);
        std::vector<int> itemOfGroup(model.groups.size(), -1);
        std::size_t nextGroup = 0;
        for (int i = 0; i < static_cast<int>(layerCount()); ++i) {
            for (; nextGroup < model.groups.size() && model.groups[nextGroup].begin <= i; ++nextGroup) {
                const core::LayerGroup& group = model.groups[nextGroup];
                Item item;
                item.name = QString::fromStdString(group.path);
                item.title = groupTitle(group);
                item.parent = group.parent < 0 ? -1 : itemOfGroup[static_cast<std::size_t>(group.parent)];
                item.begin = group.begin;
                item.end = group.end;
                itemOfGroup[nextGroup] = add(std::move(item));
            }
            Item item;
            item.layer = item.begin = i;
            item.end = i + 1;
            item.name = QString::fromStdString(layer(i).name);
            item.title = layerTitle(model, i);
            item.parent = layer(i).group < 0 ? -1 : itemOfGroup[static_cast<std::size_t>(layer(i).group)];
            itemOfLayer[static_cast<std::size_t>(i)] = add(std::move(item));
        }
    }

    template <class IsOn>
    TrainState stateOf(std::pair<int, int> layers, IsOn isOn) const {
        int with = 0, on = 0;
        for (int i = layers.first; i < layers.second; ++i) {
            if (!layer(i).hasParameters()) continue;
            ++with;
            on += isOn(static_cast<std::size_t>(i)) ? 1 : 0;
        }
        if (!with) return TrainState::NoParameters;
        return on == 0 ? TrainState::Frozen : on == with ? TrainState::Thawed : TrainState::Mixed;
    }

    TrainState confirmedState(std::pair<int, int> layers) const {
        return stateOf(layers, [this](std::size_t i) { return confirmed[i]; });
    }
    TrainState wantedState(std::pair<int, int> layers) const {
        return stateOf(layers, [this](std::size_t i) { return wanted(i); });
    }

    Statistics statisticsOf(const Item& item) const {
        if (item.layer < 0 || layer(item.layer).kind != core::LayerKind::BatchNorm) return Statistics::None;
        return updatesStatistics && wanted(static_cast<std::size_t>(item.layer)) ? Statistics::Updated : Statistics::Kept;
    }

    bool pending(std::pair<int, int> layers) const {
        return std::any_of(wishes.begin() + layers.first, wishes.begin() + layers.second,
                           [](const auto& wish) { return wish.has_value(); });
    }

    std::int64_t parameters(std::pair<int, int> layers) const {
        std::int64_t sum = 0;
        for (int i = layers.first; i < layers.second; ++i) sum += layer(i).parameterCount;
        return sum;
    }

    double movedOf(std::pair<int, int> layers) const {
        double largest = -1;
        for (int i = layers.first; i < layers.second && i < static_cast<int>(moved.size()); ++i)
            if (layer(i).hasParameters()) largest = std::max(largest, moved[static_cast<std::size_t>(i)]);
        return largest;
    }

    /// The title of the outermost group and its own: "Block 5 conv3".
    QString spokenName(const Item& item) const {
        const Item* top = &item;
        while (top->parent >= 0) top = &this->item(top->parent);
        return top == &item ? item.title : top->title + QLatin1Char(' ') + item.title;
    }

    QString kindText(const Item& item) const {
        if (item.layer >= 0) return layerKindText(layer(item.layer));
        if (item.begin >= model.headBegin) return tr("new");
        const auto groups =
            std::count_if(item.children.begin(), item.children.end(), [this](int child) { return this->item(child).layer < 0; });
        if (groups > 0) return tr("%n block(s)", nullptr, static_cast<int>(groups));
        const auto convolutions = std::count_if(model.layers.begin() + item.begin, model.layers.begin() + item.end,
                                                [](const auto& info) { return info.kind == core::LayerKind::Conv2d; });
        return convolutions > 0 ? tr("%1 conv").arg(convolutions) : tr("%n layer(s)", nullptr, item.end - item.begin);
    }
};

LayerTreeModel::LayerTreeModel(QObject* parent) : QAbstractItemModel(parent), d(std::make_unique<Private>()) {}
LayerTreeModel::~LayerTreeModel() = default;

QString LayerTreeModel::movedText(double moved) {
    if (moved < 0) return QString(kEnDash);
    if (moved == 0) return QStringLiteral("0");
    const double percent = moved * 100;
    if (percent < 0.1) return QStringLiteral("<%1%").arg(QLocale().toString(0.1, 'f', 1));
    return QLocale().toString(percent, 'f', percent < 9.95 ? 1 : 0) + QLatin1Char('%');
}

void LayerTreeModel::setModelInfo(const core::ModelInfo& model, const core::LayerMask& trainable) {
    beginResetModel();
    d->model = model;
    d->confirmed = trainable;
    d->confirmed.resize(d->layerCount(), false);
    d->wishes.assign(d->layerCount(), std::nullopt);
    d->moved.clear();
    d->previewed.clear();
    d->build();
    endResetModel();
    Q_EMIT pendingChanged();
}

const core::ModelInfo& LayerTreeModel::modelInfo() const { return d->model; }
bool LayerTreeModel::hasStatistics() const {
    return std::any_of(d->model.layers.begin(), d->model.layers.end(),
                       [](const core::LayerInfo& layer) { return layer.kind == core::LayerKind::BatchNorm; });
}

void LayerTreeModel::setUpdatesStatistics(bool updates) {
    if (d->updatesStatistics == updates) return;
    d->updatesStatistics = updates;
    changed(LayerColumn, KindColumn);
}

void LayerTreeModel::setImmediate(bool immediate) { d->immediate = immediate; }

void LayerTreeModel::applyConfirmed(const core::LayerMask& trainable) {
    const bool wasPending = hasPending();
    d->confirmed = trainable;
    d->confirmed.resize(d->layerCount(), false);
    for (std::size_t i = 0; i < d->layerCount(); ++i)
        if (d->wishes[i] == d->confirmed[i]) d->wishes[i].reset();
    changed();
    if (wasPending) Q_EMIT pendingChanged();
}

void LayerTreeModel::refuse() {
    if (!hasPending()) return;
    d->wishes.assign(d->layerCount(), std::nullopt);
    changed();
    Q_EMIT pendingChanged();
}

void LayerTreeModel::setMoved(const std::vector<double>& moved) {
    d->moved = moved;
    changed(MovedColumn, MovedColumn);
}

void LayerTreeModel::clearMoved() { setMoved({}); }

void LayerTreeModel::preview(const core::LayerMask& mask) {
    if (d->previewed == mask) return;
    d->previewed = mask;
    changed();
}

const core::LayerMask& LayerTreeModel::confirmedMask() const { return d->confirmed; }

core::LayerMask LayerTreeModel::pendingMask() const {
    core::LayerMask mask(d->layerCount());
    for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = d->wanted(i);
    return mask;
}

QString LayerTreeModel::nameOf(const core::LayerMask& layers) const {
    int count = 0, first = -1, last = -1;
    for (int i = 0; i < static_cast<int>(std::min(layers.size(), d->layerCount())); ++i) {
        if (!layers[static_cast<std::size_t>(i)]) continue;
        ++count;
        last = i;
        if (first < 0) first = i;
    }
    if (count == 0) return {};
    if (count == 1) return indexOfLayer(last).data().toString();
    // The innermost group that holds them all.
    for (int item = d->item(d->itemOfLayer[static_cast<std::size_t>(last)]).parent; item >= 0; item = d->item(item).parent)
        if (d->item(item).begin <= first) return d->item(item).title;
    return tr("%1 layers").arg(QLocale().toString(count));
}

void LayerTreeModel::requestMask(const core::LayerMask& mask) {
    if (mask.size() != d->layerCount() || mask == pendingMask()) return;
    for (std::size_t i = 0; i < mask.size(); ++i) {
        if (!d->model.layers[i].hasParameters()) continue;
        if (d->immediate)
            d->confirmed[i] = mask[i];
        else if (d->confirmed[i] == mask[i])
            d->wishes[i].reset();
        else
            d->wishes[i] = mask[i];
    }
    changed();
    Q_EMIT maskRequested(pendingMask());
    Q_EMIT pendingChanged();
}

bool LayerTreeModel::hasPending() const { return d->pending({0, static_cast<int>(d->layerCount())}); }

QModelIndex LayerTreeModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent)) return {};
    return createIndex(row, column, static_cast<quintptr>(d->childrenOf(parent)[static_cast<std::size_t>(row)]));
}

QModelIndex LayerTreeModel::parent(const QModelIndex& index) const {
    if (!index.isValid() || d->item(index).parent < 0) return {};
    const int parent = d->item(index).parent;
    return createIndex(d->item(parent).row, 0, static_cast<quintptr>(parent));
}

int LayerTreeModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() && parent.column() != 0 ? 0 : static_cast<int>(d->childrenOf(parent).size());
}

int LayerTreeModel::columnCount(const QModelIndex&) const { return ColumnCount; }

QVariant LayerTreeModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const std::pair<int, int> layers = d->range(index);
    const Private::Item& item = d->item(index);
    const bool isBlock = item.layer < 0;
    switch (role) {
        case Qt::DisplayRole:
            switch (index.column()) {
                case LayerColumn:
                    return item.title;
                case KindColumn:
                    return d->kindText(item);
                case OutputColumn:
                    return layerShapeText(d->layer(layers.second - 1).outputShape);
                case ParametersColumn: {
                    const std::int64_t count = d->parameters(layers);
                    return count ? QLocale().toString(static_cast<qlonglong>(count)) : QString(kEnDash);
                }
                case MovedColumn:
                    if (d->confirmedState(layers) == TrainState::NoParameters) return QString();
                    return d->pending(layers) ? tr("next batch") : movedText(d->movedOf(layers));
            }
            return {};
        case Qt::CheckStateRole: {
            if (index.column() != LayerColumn) return {};
            switch (d->wantedState(layers)) {
                case TrainState::NoParameters:
                    return {};
                case TrainState::Frozen:
                    return Qt::Unchecked;
                case TrainState::Thawed:
                    return Qt::Checked;
                case TrainState::Mixed:
                    return Qt::PartiallyChecked;
            }
            return {};
        }
        case Qt::TextAlignmentRole:
            return static_cast<int>((index.column() >= ParametersColumn ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        case Qt::AccessibleTextRole: {
            const QString name = d->spokenName(item);
            QStringList parts{name};
            switch (d->wantedState(layers)) {
                case TrainState::NoParameters:
                    return tr("%1, has no weights").arg(name);
                case TrainState::Frozen:
                    parts += d->pending(layers) ? tr("freezes at the next batch") : tr("frozen");
                    break;
                case TrainState::Thawed:
                    parts += d->pending(layers) ? tr("thaws at the next batch") : tr("thawed");
                    break;
                case TrainState::Mixed:
                    parts += d->pending(layers) ? tr("changes at the next batch") : tr("partly thawed");
                    break;
            }
            if (const Statistics statistics = d->statisticsOf(item); statistics != Statistics::None)
                parts += statistics == Statistics::Kept ? tr("statistics kept") : tr("statistics updated");
            if (const double moved = d->movedOf(layers); moved >= 0)
                parts += tr("moved %1 percent").arg(QLocale().toString(moved * 100, 'f', moved > 0 ? 1 : 0));
            return parts.join(QStringLiteral(", "));
        }
        case Qt::ToolTipRole:
            if (isBlock || index.column() != LayerColumn) return {};
            if (d->layer(layers.first).name == d->layer(layers.first).torchName)
                return tr("%1. Double click to look into it.").arg(item.name);
            return tr("%1, called %2 in torchvision. Double click to look into it.")
                .arg(item.name, QString::fromStdString(d->layer(layers.first).torchName));
        case TrainStateRole:
            return static_cast<int>(d->confirmedState(layers));
        case PendingRole:
            return d->pending(layers);
        case PendingTrainStateRole:
            return static_cast<int>(d->wantedState(layers));
        case MovedRole:
            return d->movedOf(layers);
        case LayerIndexRole:
            return isBlock ? -1 : layers.first;
        case LayerNameRole:
            return item.name;
        case PreviewTrainStateRole:
            if (d->previewed.size() != d->layerCount()) return -1;
            return static_cast<int>(d->stateOf(layers, [this](std::size_t i) { return d->previewed[i]; }));
        case StatisticsRole:
            return static_cast<int>(d->statisticsOf(item));
        case ParameterCountRole:
            return static_cast<qlonglong>(d->parameters(layers));
    }
    return {};
}

bool LayerTreeModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (role != Qt::CheckStateRole || !checkIndex(index, CheckIndexOption::IndexIsValid) || index.column() != LayerColumn)
        return false;
    const std::pair<int, int> layers = d->range(index);
    if (d->confirmedState(layers) == TrainState::NoParameters) return false;
    const bool trains = value.toInt() == Qt::Checked;
    for (int i = layers.first; i < layers.second; ++i) {
        const auto at = static_cast<std::size_t>(i);
        if (!d->layer(i).hasParameters()) continue;
        if (d->immediate)
            d->confirmed[at] = trains;
        else if (d->confirmed[at] == trains)
            d->wishes[at].reset();
        else
            d->wishes[at] = trains;
    }
    QModelIndex top = index;
    while (top.parent().isValid()) top = top.parent();
    changed(LayerColumn, MovedColumn, top.row());
    Q_EMIT maskRequested(pendingMask());
    Q_EMIT pendingChanged();
    return true;
}

QVariant LayerTreeModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((section == ParametersColumn ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole && section == MovedColumn)
        return tr("How far the weights have moved since the run began, relative to their size.");
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case LayerColumn:
            return tr("Layer");
        case KindColumn:
            return tr("Kind");
        case OutputColumn:
            return tr("Output");
        case ParametersColumn:
            return tr("Params");
        case MovedColumn:
            return tr("Moved");
    }
    return {};
}

Qt::ItemFlags LayerTreeModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) return Qt::NoItemFlags;
    Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
    if (d->item(index).layer >= 0) flags |= Qt::ItemNeverHasChildren;
    if (index.column() == LayerColumn && d->confirmedState(d->range(index)) != TrainState::NoParameters)
        flags |= Qt::ItemIsUserCheckable;
    return flags;
}

QModelIndex LayerTreeModel::indexOfLayer(int layerIndex, int column) const {
    if (layerIndex < 0 || layerIndex >= static_cast<int>(d->layerCount())) return {};
    const int item = d->itemOfLayer[static_cast<std::size_t>(layerIndex)];
    return createIndex(d->item(item).row, column, static_cast<quintptr>(item));
}

/// Rows at the top, or one of them, with all below them.
void LayerTreeModel::changed(int firstColumn, int lastColumn, int onlyTop) {
    const int begin = onlyTop < 0 ? 0 : onlyTop, end = onlyTop < 0 ? rowCount() : onlyTop + 1;
    if (begin == end) return;
    Q_EMIT dataChanged(index(begin, firstColumn), index(end - 1, lastColumn));
    for (int row = begin; row < end; ++row) changedBelow(index(row, 0), firstColumn, lastColumn);
}

void LayerTreeModel::changedBelow(const QModelIndex& parent, int firstColumn, int lastColumn) {
    const int count = rowCount(parent);
    if (count == 0) return;
    Q_EMIT dataChanged(index(0, firstColumn, parent), index(count - 1, lastColumn, parent));
    for (int row = 0; row < count; ++row) changedBelow(index(row, 0, parent), firstColumn, lastColumn);
}

}  // namespace thaw::ui
