// What a layer answers to one picture, a row a channel: by number, or the strongest first. GUI thread only.
#pragma once

#include <QAbstractListModel>
#include <QStringList>

#include <limits>
#include <utility>
#include <vector>

#include "core/api/inspector.h"
#include "ui/models/color_map.h"

namespace thaw::ui {

class ChannelListModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role {
        ChannelRole = Qt::UserRole + 1,  ///< int, from 0
        LargestRole,                     ///< double, of the finite numbers; minus infinity: none is
        MeanRole,                        ///< double, of the finite numbers
        SilentRole,                      ///< double, 0..1: share of the plane that is exactly 0
    };

    using QAbstractListModel::QAbstractListModel;

    /// `names`: of the channels, where they have some (the classes of the last layer); else they are counted from 1. Channels of
    /// another picture of the same layer change in place.
    void setMaps(core::ActivationMaps maps, const QStringList& names = {});
    void clear() { setMaps({}); }
    const core::ActivationMaps& maps() const { return m_maps; }
    bool isEmpty() const { return m_order.empty(); }
    bool areUnits() const { return m_maps.height * m_maps.width == 1; }  ///< a number a channel, not a plane

    void setStrongestFirst(bool strongest);
    bool strongestFirst() const { return m_strongestFirst; }
    void setSharedScale(bool shared);  ///< one range of colours for all channels
    bool sharedScale() const { return m_shared; }

    int channelAt(int row) const;    ///< -1 outside
    int rowOf(int channel) const;    ///< -1: none
    int strongestChannel() const;    ///< that of the largest number; -1: none
    Plane plane(int channel) const;  ///< lives as long as the maps
    /// What the colours of a channel span. Channels of single numbers always share one.
    std::pair<double, double> range(int channel) const;
    QString nameOf(int channel) const;
    /// A channel's largest number in words.
    QString largestText(int channel) const;
    bool isNamed() const { return !m_names.isEmpty(); }  ///< channels are classes

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QHash<int, QByteArray> roleNames() const override;

private:
    struct Summary {
        float least = std::numeric_limits<float>::infinity(), largest = -least;  // of the finite numbers
        double mean = 0, silent = 0;
    };
    const Summary& summary(int channel) const { return m_summaries[static_cast<std::size_t>(channel)]; }
    std::vector<int> ordered() const;

    core::ActivationMaps m_maps;
    std::vector<Summary> m_summaries;  // by channel
    std::vector<int> m_order;          // channels by row
    QStringList m_names;
    bool m_strongestFirst = false, m_shared = false;
};

}  // namespace thaw::ui
