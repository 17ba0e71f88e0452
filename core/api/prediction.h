// What the model says of pictures.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/api/dataset_info.h"

namespace thaw::core {

/// A picture in memory: 8-bit RGB, row-major, interleaved.
struct RgbPicture {
    int width = 0, height = 0;
    std::vector<std::uint8_t> rgb;  ///< height * width * 3
};

/// Predictions of a whole split at one moment of a run; immutable once shared.
struct PredictionSet {
    TaskKind task = TaskKind::OneLabel;
    Split split = Split::Test;
    std::int64_t step = 0;  ///< optimiser steps taken when it was made
    int epoch = 0;          ///< finished epochs when it was made
    int classCount = 0;
    std::vector<float> probabilities;     ///< count * classCount, softmax or a sigmoid each, rows in data-set order
    std::vector<int> labels;              ///< count; as PictureSet's
    std::vector<std::uint8_t> labelSets;  ///< as PictureSet's
    PictureIdentity pictures;             ///< that were asked about
    double loss = 0;                      ///< mean of the task's (nats)
    double score = 0;                     ///< of the task; negative: it cannot be told
    std::vector<Metric> metrics;          ///< the task's others

    std::int64_t count() const { return static_cast<std::int64_t>(labels.size()); }
    const float* row(std::int64_t index) const { return probabilities.data() + index * classCount; }
    const std::uint8_t* labelSet(std::int64_t index) const { return labelSets.data() + index * classCount; }
    std::vector<float> scoresOf(int classIndex) const;         ///< count
    std::vector<std::uint8_t> labelsOf(int classIndex) const;  ///< count; 1 where a class is the sample's, or among its several
    int predicted(std::int64_t index) const;                   ///< index of the largest probability, the first of equals
};

/// The user's own picture.
struct FilePrediction {
    std::filesystem::path file;
    std::string error;          ///< in plain words; empty when it was read
    int width = 0, height = 0;  ///< of `rgb`: the whole picture, at most 512 pixels a side
    std::vector<std::uint8_t> rgb;
    int modelSize = 0;                   ///< pixels a side of the data set's own pictures, which the model was trained on
    std::vector<std::uint8_t> modelRgb;  ///< the centre square as one of them: modelSize * modelSize * 3
    int inputSize = 0;                   ///< pixels a side of the network's input
    std::vector<std::uint8_t> inputRgb;  ///< the network's input: inputSize * inputSize * 3, inputLow as 0 and inputHigh as 255
    float inputLow = 0, inputHigh = 0;   ///< smallest and largest number of the network's input
    TaskKind task = TaskKind::OneLabel;
    std::vector<float> probabilities;  ///< classCount, as PredictionSet's; empty with an error
    int label = -1;                    ///< its true class, where that is known
};

/// Own pictures as CSV (RFC 4180, UTF-8): a line of names, then a picture a line: file, its true class in a column of its own
/// where that is known of any, predicted class and its probability, the five best guesses with their probabilities (fewer
/// classes: empty fields), and why a file could not be read. Probabilities are the shortest numbers that read back as the same. A
/// file's name that begins as a formula does (= + - @) gets an apostrophe before it. Pure.
std::string predictionTable(const std::vector<FilePrediction>& files, const std::vector<std::string>& classNames);
/// The same into a file; an existing one is replaced whole. Throws StoreError.
void writePredictionTable(const std::vector<FilePrediction>& files, const std::vector<std::string>& classNames,
                          const std::filesystem::path& csv);

/// Indices of the k largest probabilities, largest first.
std::vector<int> topK(const float* probabilities, int classCount, int k);

}  // namespace thaw::core
