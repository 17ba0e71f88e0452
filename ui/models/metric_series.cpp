#include "ui/models/metric_series.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace thaw::ui {

void MetricSeries::append(const SeriesPoint& point) {
    m_steps.push_back(point.step);
    m_epochs.push_back(point.epochPosition);
    m_seconds.push_back(point.seconds);
    m_values.push_back(point.value);
    appendSmoothed(point.value);
    grow(m_rawPyramid, m_values);
    grow(m_smoothedPyramid, m_smoothed);
}

void MetricSeries::clear() {
    const double weight = m_weight;
    *this = {};
    m_weight = weight;
}

void MetricSeries::truncateFrom(std::int64_t step) {
    const auto size = static_cast<std::size_t>(std::lower_bound(m_steps.begin(), m_steps.end(), step) - m_steps.begin());
    if (size == m_steps.size()) return;
    m_steps.resize(size);
    m_epochs.resize(size);
    m_seconds.resize(size);
    m_values.resize(size);
    rebuild(m_rawPyramid, m_values);
    setSmoothing(m_weight);
}

void MetricSeries::shiftSeconds(double seconds) {
    for (double& time : m_seconds) time += seconds;
}

SeriesPoint MetricSeries::at(std::size_t index) const {
    return {m_steps[index], m_epochs[index], m_seconds[index], m_values[index]};
}

double MetricSeries::x(std::size_t index, SeriesAxis axis) const {
    switch (axis) {
        case SeriesAxis::Epoch:
            return m_epochs[index];
        case SeriesAxis::Step:
            return static_cast<double>(m_steps[index]);
        case SeriesAxis::Time:
            return m_seconds[index];
    }
    return 0;
}

double MetricSeries::value(std::size_t index, Values values) const { return data(values)[index]; }

void MetricSeries::setSmoothing(double weight) {
    m_weight = std::clamp(weight, 0.0, 0.999999);
    m_average = 0;
    m_weightPower = 1;
    m_smoothed.clear();
    m_smoothed.reserve(m_values.size());
    for (const double value : m_values) appendSmoothed(value);
    rebuild(m_smoothedPyramid, m_smoothed);
}

void MetricSeries::appendSmoothed(double value) {
    if (std::isfinite(value)) {
        m_average = m_weight * m_average + (1 - m_weight) * value;
        m_weightPower *= m_weight;
    }
    // Before the first finite value there is nothing to average.
    m_smoothed.push_back(m_weightPower < 1 ? m_average / (1 - m_weightPower) : std::numeric_limits<double>::quiet_NaN());
}

void MetricSeries::include(Block& block, const std::vector<double>& values, std::uint32_t index) {
    if (index == kNone || !std::isfinite(values[index])) return;
    if (block.lowest == kNone || values[index] < values[block.lowest]) block.lowest = index;
    if (block.highest == kNone || values[index] > values[block.highest]) block.highest = index;
}

void MetricSeries::grow(Pyramid& pyramid, const std::vector<double>& values) {
    const std::size_t index = values.size() - 1;
    std::size_t width = kBlock;
    // A level exists once it has more than one block to summarise.
    for (std::size_t level = 0; level == 0 || index >= width / kBlock; ++level, width *= kBlock) {
        if (level == pyramid.size()) {
            pyramid.emplace_back();
            if (level > 0) {
                Block first{kNone, kNone};
                for (const Block& block : pyramid[level - 1]) {
                    include(first, values, block.lowest);
                    include(first, values, block.highest);
                }
                pyramid[level].push_back(first);
            }
        }
        std::vector<Block>& blocks = pyramid[level];
        if (index / width == blocks.size()) blocks.push_back({kNone, kNone});
        include(blocks[index / width], values, static_cast<std::uint32_t>(index));
    }
}

void MetricSeries::rebuild(Pyramid& pyramid, const std::vector<double>& values) {
    pyramid.clear();
    std::size_t below = values.size();
    for (std::size_t level = 0; level == 0 ? below > 0 : below > 1; ++level) {
        std::vector<Block> blocks((below + kBlock - 1) / kBlock, {kNone, kNone});
        for (std::size_t i = 0; i < below; ++i) {
            Block& block = blocks[i / kBlock];
            if (level == 0) {
                include(block, values, static_cast<std::uint32_t>(i));
            } else {
                include(block, values, pyramid[level - 1][i].lowest);
                include(block, values, pyramid[level - 1][i].highest);
            }
        }
        below = blocks.size();
        pyramid.push_back(std::move(blocks));
    }
}

MetricSeries::Block MetricSeries::extremes(const Pyramid& pyramid, const std::vector<double>& values, std::size_t begin,
                                           std::size_t end, std::int64_t& visited) {
    Block result{kNone, kNone};
    const auto take = [&](std::size_t level, std::size_t index) {
        ++visited;
        if (level == 0) {
            include(result, values, static_cast<std::uint32_t>(index));
        } else {
            include(result, values, pyramid[level - 1][index].lowest);
            include(result, values, pyramid[level - 1][index].highest);
        }
    };
    // Ragged ends at this level, whole blocks one level up.
    for (std::size_t level = 0; begin < end; ++level) {
        const bool top = level == pyramid.size();
        while (begin < end && (top || begin % kBlock != 0)) take(level, begin++);
        while (begin < end && end % kBlock != 0) take(level, --end);
        begin /= kBlock;
        end /= kBlock;
    }
    return result;
}

std::size_t MetricSeries::lowerBound(SeriesAxis axis, double position) const {
    switch (axis) {
        case SeriesAxis::Epoch:
            return static_cast<std::size_t>(std::lower_bound(m_epochs.begin(), m_epochs.end(), position) - m_epochs.begin());
        case SeriesAxis::Time:
            return static_cast<std::size_t>(std::lower_bound(m_seconds.begin(), m_seconds.end(), position) - m_seconds.begin());
        case SeriesAxis::Step:
            break;
    }
    const auto below = [](std::int64_t step, double limit) { return static_cast<double>(step) < limit; };
    return static_cast<std::size_t>(std::lower_bound(m_steps.begin(), m_steps.end(), position, below) - m_steps.begin());
}

std::size_t MetricSeries::nearest(SeriesAxis axis, double position) const {
    const std::size_t after = lowerBound(axis, position);
    if (after == 0 || empty()) return after;
    if (after == size()) return after - 1;
    return position - x(after - 1, axis) <= x(after, axis) - position ? after - 1 : after;
}

double MetricSeries::interpolate(double epochPosition, SeriesAxis axis) const {
    if (empty()) return 0;
    const std::size_t after = lowerBound(SeriesAxis::Epoch, epochPosition);
    if (after == 0) return x(0, axis);
    if (after == size()) return x(after - 1, axis);
    const double left = m_epochs[after - 1], right = m_epochs[after];
    const double part = right > left ? (epochPosition - left) / (right - left) : 1;
    return x(after - 1, axis) + part * (x(after, axis) - x(after - 1, axis));
}

ThinnedSeries MetricSeries::thinned(SeriesAxis axis, Values which, double from, double to, int columns, double flat) const {
    ThinnedSeries result;
    if (empty() || columns < 1 || !(from < to)) return result;
    const std::vector<double>& values = data(which);
    const Pyramid& pyramid = which == Values::Raw ? m_rawPyramid : m_smoothedPyramid;
    const auto add = [&](std::size_t index) {
        if (!std::isfinite(values[index])) return;
        result.points.push_back({x(index, axis), values[index]});
        ++result.visited;
    };

    const std::size_t begin = lowerBound(axis, from);
    if (begin > 0) add(begin - 1);
    std::size_t index = begin;
    for (int column = 0; column < columns && index < size(); ++column) {
        const double right = column + 1 == columns ? to : from + (to - from) * (column + 1) / columns;
        // Few points a column are the rule: look at the next ones before searching.
        std::size_t end = index;
        while (end < size() && end < index + 4 && x(end, axis) <= right) ++end;
        if (end == index + 4) {
            end = std::max(end, lowerBound(axis, right));
            while (end < size() && x(end, axis) <= right) ++end;
            result.visited += 32;
        }
        if (end == index) continue;
        if (end - index <= 4) {
            for (; index < end; ++index) add(index);
            continue;
        }
        const Block block = extremes(pyramid, values, index, end, result.visited);
        if (block.lowest == kNone) {
            index = end;
            continue;
        }
        std::array<std::size_t, 4> order{index, block.lowest, block.highest, end - 1};
        std::sort(order.begin(), order.end());
        const bool isFlat = values[block.highest] - values[block.lowest] < flat;
        for (std::size_t i = 0; i < order.size(); ++i) {
            const bool repeated = i > 0 && order[i] == order[i - 1];
            if (!repeated && (!isFlat || order[i] == end - 1)) add(order[i]);
        }
        index = end;
    }
    if (index < size()) add(index);
    return result;
}

}  // namespace thaw::ui
