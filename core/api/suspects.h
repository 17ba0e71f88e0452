// Pictures whose labels are doubted by a head on frozen features. Nothing here changes the user's files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/api/analysis.h"
#include "core/api/dataset_info.h"

namespace thaw::core {

struct SuspectedLabel {
    std::string file;       ///< as CheckedPicture's
    int label = 0;          ///< that it has
    int suggested = 0;      ///< the most probable other class
    double score = 0;       ///< probability of its own label by a head that was fitted without it, 0..1: the lower, the worse
    double confidence = 0;  ///< probability of the suggested class, 0..1
};

struct SuspectsRequest {
    std::filesystem::path folder;  ///< of the data set, or an archive
    std::string model = "vgg16";   ///< trunk, with its own weights
    int inputSize = 0;             ///< pixels a side; 0: the trunk's suggested one
    int threads = 0;               ///< 0: all cores
    std::uint64_t seed = 1;        ///< deals the pictures into folds
};

struct LabelSuspects {
    std::vector<std::string> classNames;
    std::int64_t pictures = 0;           ///< training pictures that were judged
    double accuracy = 0;                 ///< of the judging heads on pictures that they had not seen, by the labels as they are
    std::vector<SuspectedLabel> labels;  ///< those for which another class is more probable, worst first
};

/// Judges each training picture by softmax regression on standardised features that was fitted without it, in five folds.
/// Progress counts pictures and steps of the solver, in hundredths. Sets the calling thread's compute threads. Blocking. Throws
/// DataError, also for a data set of several labels each, ConfigError, WeightsError, Cancelled.
LabelSuspects suspectLabels(const SuspectsRequest& request, const CountCallback& progress = {});

}  // namespace thaw::core
