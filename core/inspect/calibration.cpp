#include <algorithm>
#include <cmath>

#include "core/api/evaluation.h"
#include "core/inspect/log_probability.h"

namespace thaw::core {

namespace {

/// temperatureOf(index): of that picture.
template <typename TemperatureOf>
Calibration binned(const PredictionSet& predictions, int bins, const TemperatureOf& temperatureOf) {
    Calibration calibration;
    std::vector<double> highs;
    for (int bin = 0; bin < std::max(1, bins); ++bin) {
        CalibrationBin one;
        one.low = static_cast<double>(bin) / std::max(1, bins);
        one.high = static_cast<double>(bin + 1) / std::max(1, bins);
        highs.push_back(one.high);
        calibration.bins.push_back(one);
    }
    for (std::int64_t i = 0; i < predictions.count(); ++i) {
        const int predicted = predictions.predicted(i);
        double confidence = predictions.row(i)[predicted];
        if (const double temperature = temperatureOf(i); temperature != 1) {
            const double most = logProbability(predictions, i, predicted) / temperature;
            double sum = 0;
            for (int c = 0; c < predictions.classCount; ++c)
                sum += std::exp(logProbability(predictions, i, c) / temperature - most);
            confidence = 1 / sum;
        }
        const auto place = std::lower_bound(highs.begin(), highs.end() - 1, confidence) - highs.begin();  // rounding may pass 1
        CalibrationBin& bin = calibration.bins[static_cast<std::size_t>(place)];
        ++bin.count;
        bin.confidence += confidence;
        bin.accuracy += predicted == predictions.labels[static_cast<std::size_t>(i)] ? 1 : 0;
    }
    for (CalibrationBin& bin : calibration.bins) {
        if (bin.count == 0) continue;
        bin.confidence /= static_cast<double>(bin.count);
        bin.accuracy /= static_cast<double>(bin.count);
        calibration.expectedError +=
            std::abs(bin.accuracy - bin.confidence) * static_cast<double>(bin.count) / static_cast<double>(predictions.count());
    }
    return calibration;
}

/// The pictures with an even index, or those with an odd one.
PredictionSet half(const PredictionSet& predictions, bool odd) {
    PredictionSet part;
    part.classCount = predictions.classCount;
    for (std::int64_t i = odd ? 1 : 0; i < predictions.count(); i += 2) {
        part.probabilities.insert(part.probabilities.end(), predictions.row(i), predictions.row(i) + predictions.classCount);
        part.labels.push_back(predictions.labels[static_cast<std::size_t>(i)]);
    }
    return part;
}

}  // namespace

Calibration calibrationOf(const PredictionSet& predictions, int bins, double temperature) {
    return binned(predictions, bins, [temperature](std::int64_t) { return temperature; });
}

Calibration crossFittedCalibration(const PredictionSet& predictions, int bins) {
    const double ofEven = fitTemperature(half(predictions, false)), ofOdd = fitTemperature(half(predictions, true));
    return binned(predictions, bins, [&](std::int64_t index) { return index % 2 == 0 ? ofOdd : ofEven; });
}

// Cross-entropy is convex in 1 / temperature: its slope is bisected.
double fitTemperature(const PredictionSet& predictions) {
    if (predictions.count() == 0) return 1;
    const std::size_t classes = static_cast<std::size_t>(predictions.classCount);
    std::vector<double> logs;
    logs.reserve(predictions.probabilities.size());
    for (std::int64_t i = 0; i < predictions.count(); ++i)
        for (int c = 0; c < predictions.classCount; ++c) logs.push_back(logProbability(predictions, i, c));

    const auto slope = [&](double sharpness) {
        double total = 0;
        for (std::size_t i = 0; i < predictions.labels.size(); ++i) {
            const double* row = logs.data() + i * classes;
            const double most = *std::max_element(row, row + classes);
            double sum = 0, weighted = 0;
            for (std::size_t c = 0; c < classes; ++c) {
                const double weight = std::exp(sharpness * (row[c] - most));
                sum += weight;
                weighted += weight * row[c];
            }
            total += weighted / sum - row[predictions.labels[i]];
        }
        return total;
    };
    constexpr double kLeast = 0.05, kMost = 20;  // of the temperature and of its inverse
    double low = kLeast, high = kMost;
    if (slope(low) >= 0) return kMost;
    if (slope(high) <= 0) return kLeast;
    for (int halving = 0; halving < 40; ++halving) {
        const double middle = std::sqrt(low * high);
        (slope(middle) < 0 ? low : high) = middle;
    }
    return 1 / std::sqrt(low * high);
}

}  // namespace thaw::core
