// One figure over the course of a run. Every point that was ever appended is kept; smoothing is always computed from all of
// them, and thinning is for drawing alone. A pyramid of block extremes makes the cost of a drawing depend on its width in
// pixels, not on the number of points. A value type without threads: use it from one thread, copy it to hand it to another.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace thaw::ui {

/// What runs along the x axis.
enum class SeriesAxis {
    Epoch,  ///< position in epochs: 1.0 is the end of the first
    Step,   ///< optimiser steps
    Time,   ///< working seconds since the run began, pauses left out
};

struct SeriesPoint {
    std::int64_t step = 0;
    double epochPosition = 0;
    double seconds = 0;
    double value = 0;  ///< a value that is not finite is kept, left out of the average, and breaks nothing when drawn
};

struct PlotPoint {
    double x = 0, y = 0;
};

struct ThinnedSeries {
    std::vector<PlotPoint> points;  ///< in order of x; each is a point of the series
    std::int64_t visited = 0;       ///< blocks and points looked at: what it cost
};

class MetricSeries {
public:
    enum class Values { Raw, Smoothed };

    /// Steps, epoch positions and seconds must not fall from one point to the next.
    void append(const SeriesPoint& point);
    void clear();
    /// Drops every point whose step is `step` or later: a run that goes on from an earlier checkpoint.
    void truncateFrom(std::int64_t step);
    /// Adds to the time of every point.
    void shiftSeconds(double seconds);

    bool empty() const { return m_values.empty(); }
    std::size_t size() const { return m_values.size(); }
    SeriesPoint at(std::size_t index) const;
    double x(std::size_t index, SeriesAxis axis) const;
    double value(std::size_t index, Values values) const;
    std::int64_t lastStep() const { return m_steps.empty() ? 0 : m_steps.back(); }

    /// Weight of the past in the exponential average, [0, 1); 0 is off. The average is debiased: each value is divided by the
    /// sum of the weights so far, so that the first point stands where it was measured. Recomputed from all points.
    void setSmoothing(double weight);
    double smoothing() const { return m_weight; }

    /// Index of the first point at or after x; size() when there is none.
    std::size_t lowerBound(SeriesAxis axis, double position) const;
    /// The point nearest to x; size() for an empty series.
    std::size_t nearest(SeriesAxis axis, double position) const;
    /// Where `axis` stands at the given epoch position, by linear interpolation within the series; ends are held.
    double interpolate(double epochPosition, SeriesAxis axis) const;

    /// Points to draw for x in [from, to] on `columns` pixel columns: in each column the first, the lowest, the highest and
    /// the last point, and one point beyond each end, so that lines run out of the picture. Columns whose values differ by
    /// less than `flat` (a fraction of a pixel, in units of the value) give their last point alone.
    ThinnedSeries thinned(SeriesAxis axis, Values values, double from, double to, int columns, double flat = 0) const;

private:
    /// Positions of the extremes of kBlock^(level + 1) neighbouring points; kNone where none is finite.
    struct Block {
        std::uint32_t lowest, highest;
    };
    using Pyramid = std::vector<std::vector<Block>>;
    static constexpr std::size_t kBlock = 16;
    static constexpr std::uint32_t kNone = 0xFFFFFFFF;

    void appendSmoothed(double value);
    static void include(Block& block, const std::vector<double>& values, std::uint32_t index);
    static void grow(Pyramid& pyramid, const std::vector<double>& values);
    static void rebuild(Pyramid& pyramid, const std::vector<double>& values);
    static Block extremes(const Pyramid& pyramid, const std::vector<double>& values, std::size_t begin, std::size_t end,
                          std::int64_t& visited);
    const std::vector<double>& data(Values values) const { return values == Values::Raw ? m_values : m_smoothed; }

    std::vector<std::int64_t> m_steps;
    std::vector<double> m_epochs, m_seconds, m_values, m_smoothed;
    Pyramid m_rawPyramid, m_smoothedPyramid;
    double m_weight = 0;
    double m_average = 0;      ///< biased
    double m_weightPower = 1;  ///< m_weight to the number of finite values
};

}  // namespace thaw::ui
