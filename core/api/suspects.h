// What a network on frozen features says about the training pictures of a data set: labels that it doubts, and pictures that are
// unlike everything else. Nothing here changes the user's files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/api/analysis.h"
#include "core/api/dataset_info.h"

namespace thaw::core {

/// A training picture close by in the space of features.
struct NearPicture {
    std::string file;     ///< as CheckedPicture's
    int label = 0;        ///< that it has
    double distance = 0;  ///< 1 minus the cosine of the standardised features, 0..2
};

struct SuspectedLabel {
    std::string file;       ///< as CheckedPicture's
    int label = 0;          ///< that it has
    int suggested = 0;      ///< the most probable other class
    double score = 0;       ///< probability of its own label by a head that was fitted without it, 0..1: the lower, the worse
    double confidence = 0;  ///< probability of the suggested class, 0..1
    std::vector<NearPicture> nearest;  ///< at most kNearest, the nearest first
};

struct UnlikePicture {
    std::string file;     ///< as CheckedPicture's
    int label = 0;        ///< that it has
    double distance = 0;  ///< mean distance to its ten nearest pictures where each of the 64 strongest principal components of
                          ///< the features has variance 1
    std::vector<NearPicture> nearest;  ///< at most kNearest, the nearest first
};

inline constexpr int kNearest = 4;

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
    /// Those that lie further from the others than three quarters of all pictures by more than three times the range of the
    /// middle half (Tukey's outer fence), the furthest first.
    std::vector<UnlikePicture> unlike;
};

/// Judges each training picture by softmax regression on standardised features that was fitted without it, in five folds, and by
/// its nearest neighbours. Progress counts pictures and steps of the solver, in hundredths. Sets the calling thread's compute
/// threads. Blocking. Throws DataError, also for a data set of several labels each, ConfigError, WeightsError, Cancelled.
LabelSuspects suspectLabels(const SuspectsRequest& request, const CountCallback& progress = {});

}  // namespace thaw::core
