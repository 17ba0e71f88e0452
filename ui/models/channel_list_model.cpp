#include "ui/models/channel_list_model.h"

#include <QLocale>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ui/models/percent_text.h"
#include "ui/models/run_curves.h"

namespace thaw::ui {

void ChannelListModel::setMaps(core::ActivationMaps maps, const QStringList& names) {
    std::vector<Summary> summaries(static_cast<std::size_t>(maps.channels));
    const std::ptrdiff_t plane = static_cast<std::ptrdiff_t>(maps.height) * maps.width;
    for (std::size_t channel = 0; channel < summaries.size(); ++channel) {
        const auto begin = maps.values.begin() + static_cast<std::ptrdiff_t>(channel) * plane, end = begin + plane;
        Summary& one = summaries[channel];
        std::ptrdiff_t finite = 0;
        for (auto value = begin; value != end; ++value) {
            if (!std::isfinite(*value)) continue;
            one.least = std::min(one.least, *value);
            one.largest = std::max(one.largest, *value);
            one.mean += (static_cast<double>(*value) - one.mean) / static_cast<double>(++finite);
        }
        one.silent = static_cast<double>(std::count(begin, end, 0.0f)) / static_cast<double>(plane);
    }
    const bool sameShape = maps.layer == m_maps.layer && maps.channels == m_maps.channels && maps.height == m_maps.height &&
                           maps.width == m_maps.width && names == m_names;
    const auto take = [&] {
        m_maps = std::move(maps);
        m_summaries = std::move(summaries);
        m_names = names;
    };
    if (sameShape && !m_strongestFirst && !isEmpty()) {
        take();
        Q_EMIT dataChanged(index(0), index(rowCount() - 1));
        return;
    }
    beginResetModel();
    take();
    m_order = ordered();
    endResetModel();
}

std::vector<int> ChannelListModel::ordered() const {
    std::vector<int> order(m_summaries.size());
    std::iota(order.begin(), order.end(), 0);
    if (m_strongestFirst)
        std::stable_sort(order.begin(), order.end(), [this](int a, int b) { return summary(a).largest > summary(b).largest; });
    return order;
}

void ChannelListModel::setStrongestFirst(bool strongest) {
    if (strongest == m_strongestFirst) return;
    beginResetModel();
    m_strongestFirst = strongest;
    m_order = ordered();
    endResetModel();
}

void ChannelListModel::setSharedScale(bool shared) {
    if (shared == m_shared) return;
    m_shared = shared;
    if (!isEmpty()) Q_EMIT dataChanged(index(0), index(rowCount() - 1));
}

int ChannelListModel::channelAt(int row) const {
    return row >= 0 && row < rowCount() ? m_order[static_cast<std::size_t>(row)] : -1;
}

int ChannelListModel::rowOf(int channel) const {
    const auto found = std::find(m_order.begin(), m_order.end(), channel);
    return found == m_order.end() ? -1 : static_cast<int>(found - m_order.begin());
}

int ChannelListModel::strongestChannel() const {
    const auto strongest = std::max_element(m_summaries.begin(), m_summaries.end(),
                                            [](const Summary& a, const Summary& b) { return a.largest < b.largest; });
    return isEmpty() ? -1 : static_cast<int>(strongest - m_summaries.begin());
}

Plane ChannelListModel::plane(int channel) const {
    if (channel < 0 || channel >= m_maps.channels) return {};
    const std::size_t begin = static_cast<std::size_t>(channel) * static_cast<std::size_t>(m_maps.height * m_maps.width);
    return {m_maps.values.data() + begin, m_maps.width, m_maps.height};
}

std::pair<double, double> ChannelListModel::range(int channel) const {
    if (channel < 0 || channel >= m_maps.channels) return {0, 0};
    // 0 keeps its colour where nothing is below it, as after a ReLU.
    if (m_shared || areUnits()) return {std::min(0.0f, m_maps.minimum), m_maps.maximum};
    return {std::min(0.0f, summary(channel).least), summary(channel).largest};
}

QString ChannelListModel::nameOf(int channel) const {
    return channel < m_names.size() ? m_names[channel] : QLocale().toString(channel + 1);
}

QString ChannelListModel::largestText(int channel) const {
    const float largest = summary(channel).largest;
    return std::isfinite(largest) ? QLocale().toString(largest, 'f', 2) : tr("not finite");
}

int ChannelListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_order.size());
}

QVariant ChannelListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const int channel = channelAt(index.row());
    switch (role) {
        case Qt::DisplayRole:
            return nameOf(channel);
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole:
            if (areUnits()) return tr("%1: %2").arg(nameOf(channel), largestText(channel));
            return tr("Channel %1, largest %2, nothing in %3 of the places")
                .arg(nameOf(channel), largestText(channel), percentText(summary(channel).silent, 0));
        case ChannelRole:
            return channel;
        case LargestRole:
            return summary(channel).largest;
        case MeanRole:
            return summary(channel).mean;
        case SilentRole:
            return summary(channel).silent;
    }
    return {};
}

QHash<int, QByteArray> ChannelListModel::roleNames() const {
    QHash<int, QByteArray> names = QAbstractListModel::roleNames();
    names.insert({{ChannelRole, "channel"}, {LargestRole, "largest"}, {MeanRole, "mean"}, {SilentRole, "silent"}});
    return names;
}

}  // namespace thaw::ui
