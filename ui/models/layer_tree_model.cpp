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
    struct Block {
        QString name, title;
        int begin = 0, end = 0;  ///< layers [begin, end)
    };

    core::ModelInfo model;
    core::LayerMask confirmed;
    std::vector<std::optional<bool>> wishes;
    std::vector<double> moved;
    core::LayerMask previewed;
    std::vector<Block> blocks;
    std::vector<int> blockOf;
    bool immediate = true;

    std::size_t layerCount() const { return model.layers.size(); }

    const core::LayerInfo& layer(int index) const { return model.layers[static_cast<std::size_t>(index)]; }

    bool wanted(std::size_t layer) const { return wishes[layer].value_or(confirmed[layer]); }

    /// Layers that an index stands for: one, or those of its block.
    std::pair<int, int> range(const QModelIndex& index) const {
        if (!index.internalId()) {
            const Block& block = blocks[static_cast<std::size_t>(index.row())];
            return {block.begin, block.end};
        }
        const int layer = blocks[index.internalId() - 1].begin + index.row();
        return {layer, layer + 1};
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

    QString layerTitle(int index) const { return shortLayerName(layer(index)); }

    QString kindText(const QModelIndex& index) const {
        const auto [begin, end] = range(index);
        if (index.internalId()) {
            switch (layer(begin).kind) {
                case core::LayerKind::Conv2d:
                    return tr("Conv 3×3");
                case core::LayerKind::MaxPool2d:
                    return tr("Max 2×2");
                case core::LayerKind::Flatten:
                    return tr("Flatten");
                case core::LayerKind::Dense:
                    return tr("Dense");
                case core::LayerKind::Dropout:
                    return tr("Drop %1").arg(QLocale().toString(layer(begin).dropout, 'g', 3));
            }
        }
        if (begin >= model.headBegin) return tr("new");
        const auto convolutions = std::count_if(model.layers.begin() + begin, model.layers.begin() + end,
                                                [](const auto& info) { return info.kind == core::LayerKind::Conv2d; });
        return tr("%1 conv").arg(convolutions);
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
    d->blocks.clear();
    d->blockOf.clear();
    for (int i = 0; i < static_cast<int>(d->layerCount()); ++i) {
        const QString name = QString::fromStdString(d->layer(i).block);
        if (d->blocks.empty() || d->blocks.back().name != name) {
            QString title = name;
            if (name == QLatin1String("head"))
                title = tr("Head");
            else if (name.startsWith(QLatin1String("block")))
                title = tr("Block %1").arg(name.mid(5));
            d->blocks.push_back({name, title, i, i});
        }
        d->blocks.back().end = i + 1;
        d->blockOf.push_back(static_cast<int>(d->blocks.size()) - 1);
    }
    endResetModel();
    Q_EMIT pendingChanged();
}

const core::ModelInfo& LayerTreeModel::modelInfo() const { return d->model; }
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
    int count = 0, last = -1;
    bool oneBlock = true;
    for (int i = 0; i < static_cast<int>(std::min(layers.size(), d->layerCount())); ++i) {
        if (!layers[static_cast<std::size_t>(i)]) continue;
        if (last >= 0 && d->layer(i).block != d->layer(last).block) oneBlock = false;
        ++count;
        last = i;
    }
    if (count == 0) return {};
    const QModelIndex index = indexOfLayer(last);
    if (count == 1) return index.data().toString();
    return oneBlock ? index.parent().data().toString() : tr("%1 layers").arg(QLocale().toString(count));
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
    return createIndex(row, column, parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : 0);
}

QModelIndex LayerTreeModel::parent(const QModelIndex& index) const {
    if (!index.isValid() || !index.internalId()) return {};
    return createIndex(static_cast<int>(index.internalId()) - 1, 0, quintptr(0));
}

int LayerTreeModel::rowCount(const QModelIndex& parent) const {
    if (!parent.isValid()) return static_cast<int>(d->blocks.size());
    if (parent.internalId() || parent.column() != 0) return 0;
    const Private::Block& block = d->blocks[static_cast<std::size_t>(parent.row())];
    return block.end - block.begin;
}

int LayerTreeModel::columnCount(const QModelIndex&) const { return ColumnCount; }

QVariant LayerTreeModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const std::pair<int, int> layers = d->range(index);
    const bool isBlock = !index.internalId();
    const auto blockTitle = [&] {
        return d->blocks[static_cast<std::size_t>(d->blockOf[static_cast<std::size_t>(layers.first)])].title;
    };
    switch (role) {
        case Qt::DisplayRole:
            switch (index.column()) {
                case LayerColumn:
                    return isBlock ? blockTitle() : d->layerTitle(layers.first);
                case KindColumn:
                    return d->kindText(index);
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
            const QString name = isBlock ? blockTitle() : blockTitle() + QLatin1Char(' ') + d->layerTitle(layers.first);
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
            if (const double moved = d->movedOf(layers); moved >= 0)
                parts += tr("moved %1 percent").arg(QLocale().toString(moved * 100, 'f', moved > 0 ? 1 : 0));
            return parts.join(QStringLiteral(", "));
        }
        case Qt::ToolTipRole:
            if (isBlock || index.column() != LayerColumn) return {};
            return tr("%1, called %2 in torchvision. Double click to look into it.")
                .arg(QString::fromStdString(d->layer(layers.first).name),
                     QString::fromStdString(d->layer(layers.first).torchName));
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
            return isBlock ? d->blocks[static_cast<std::size_t>(index.row())].name
                           : QString::fromStdString(d->layer(layers.first).name);
        case PreviewTrainStateRole:
            if (d->previewed.size() != d->layerCount()) return -1;
            return static_cast<int>(d->stateOf(layers, [this](std::size_t i) { return d->previewed[i]; }));
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
    const int row = index.internalId() ? static_cast<int>(index.internalId()) - 1 : index.row();
    changed(LayerColumn, MovedColumn, row);
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
    if (index.internalId()) flags |= Qt::ItemNeverHasChildren;
    if (index.column() == LayerColumn && d->confirmedState(d->range(index)) != TrainState::NoParameters)
        flags |= Qt::ItemIsUserCheckable;
    return flags;
}

QModelIndex LayerTreeModel::indexOfLayer(int layerIndex, int column) const {
    if (layerIndex < 0 || layerIndex >= static_cast<int>(d->layerCount())) return {};
    const int block = d->blockOf[static_cast<std::size_t>(layerIndex)];
    return index(layerIndex - d->blocks[static_cast<std::size_t>(block)].begin, column, index(block, 0));
}

void LayerTreeModel::changed(int firstColumn, int lastColumn, int onlyBlock) {
    const int begin = onlyBlock < 0 ? 0 : onlyBlock;
    const int end = onlyBlock < 0 ? rowCount() : onlyBlock + 1;
    if (begin == end) return;
    Q_EMIT dataChanged(index(begin, firstColumn), index(end - 1, lastColumn));
    for (int block = begin; block < end; ++block) {
        const QModelIndex parent = index(block, 0);
        Q_EMIT dataChanged(index(0, firstColumn, parent), index(rowCount(parent) - 1, lastColumn, parent));
    }
}

}  // namespace thaw::ui
