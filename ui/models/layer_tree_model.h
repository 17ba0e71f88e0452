// The layer tree: groups as deep as the model has them, layers at the ends, a tick each. A tick is a request: the row is pending
// until the engine confirms it (applyConfirmed) or refuses it (refuse). Ticking a pending row again takes the request back.
#pragma once

#include <QAbstractItemModel>
#include <QHash>

#include <memory>
#include <vector>

#include "core/api/layer_info.h"

namespace thaw::ui {

/// Frozen, Thawed, Mixed (groups only), NoParameters; whether a change is pending is a role of its own.
enum class TrainState { NoParameters, Frozen, Thawed, Mixed };

/// What a batch norm does with its running means and variances; None for all other rows.
enum class Statistics { None, Kept, Updated };

class LayerTreeModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column { LayerColumn, KindColumn, OutputColumn, ParametersColumn, MovedColumn, ColumnCount };
    enum Role {
        TrainStateRole = Qt::UserRole + 1,  ///< TrainState as int, as confirmed
        PendingRole,                        ///< bool: something of the row waits for the engine
        PendingTrainStateRole,              ///< TrainState as int, as it will be
        MovedRole,  ///< double, relative; -1: unknown (block: of all its parameters, the root mean square weighted by norm is not
                    ///< known, so the largest of its layers)
        LayerIndexRole,         ///< int, index in ModelInfo::layers; -1 for a group
        LayerNameRole,          ///< the layer's name, or the group's path
        PreviewTrainStateRole,  ///< TrainState as int under a hovered preset; -1: no preview
        ParameterCountRole,     ///< qint64
        StatisticsRole,         ///< Statistics as int
    };

    explicit LayerTreeModel(QObject* parent = nullptr);
    ~LayerTreeModel() override;

    void setModelInfo(const core::ModelInfo& model, const core::LayerMask& trainable);
    const core::ModelInfo& modelInfo() const;
    /// Batch norms that train move their statistics (RunConfig::updateStatistics).
    void setUpdatesStatistics(bool updates);
    bool hasStatistics() const;  ///< a batch norm is among the layers
    /// Ticks change at once, without pending, while nothing runs.
    void setImmediate(bool immediate);
    void applyConfirmed(const core::LayerMask& trainable);  ///< clears pending marks that it fulfils
    void refuse();                                          ///< reverts every pending mark
    void setMoved(const std::vector<double>& moved);
    void clearMoved();
    void preview(const core::LayerMask& mask);  ///< empty: none
    const core::LayerMask& confirmedMask() const;
    core::LayerMask pendingMask() const;  ///< confirmed with the pending ticks applied
    bool hasPending() const;
    QString nameOf(const core::LayerMask& layers) const;  ///< "conv3", "Block 4", "5 layers"; empty for none
    static QString movedText(double moved);               ///< "4.6%", "0"; a dash when negative
    void requestMask(const core::LayerMask& mask);        ///< as if the user set every tick, in one request

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role = Qt::EditRole) override;  ///< Qt::CheckStateRole
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    QModelIndex indexOfLayer(int layerIndex, int column = LayerColumn) const;

Q_SIGNALS:
    /// The user's wish, to be sent to the engine as SetMask (or kept for the next run while nothing runs).
    void maskRequested(const thaw::core::LayerMask& mask);
    void pendingChanged();

private:
    void changed(int firstColumn = LayerColumn, int lastColumn = MovedColumn, int onlyTop = -1);
    void changedBelow(const QModelIndex& parent, int firstColumn, int lastColumn);

    class Private;
    std::unique_ptr<Private> d;
};

}  // namespace thaw::ui
