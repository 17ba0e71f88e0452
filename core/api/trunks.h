// A trunk is a model with the weights that it starts from: what a gallery shows a card of, what of that is on this machine, and
// how quick this machine is with it. No tensors.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/api/models.h"

namespace thaw::core {

struct TrunkCard {
    ModelCard model;             ///< builtIn, licence, publishedAccuracy and what else tells of weights tells of these very ones
    std::string mark;            ///< "without labels", "with labels" where a model has both; else empty
    std::string download;        ///< the one of downloadableWeights() that has these weights, or better ones; empty: none
    std::int64_t bytes = 0;      ///< of the file that is built in, else about that of the download; 0: unknown
    double othersAccuracy = -1;  ///< top-1 that was published for other weights of the model, 0..1; negative: none
    std::string othersSource;

    std::string id() const { return mark.empty() ? model.name : model.name + ", " + mark; }
};

/// Whether a model can learn to continue texts; false for one that does not exist.
bool canContinueTexts(const std::string& model);

/// In the order of listModels(): a card a model, and another one where the built-in weights
/// learned without labels and others can be downloaded. Of one model where it is named; empty for one that does not exist. Looks
/// at the sizes of the built-in files.
std::vector<TrunkCard> listTrunks(const std::string& model = {});

/// About how many bytes one of downloadableWeights() has; 0: unknown.
std::int64_t downloadBytes(const std::string& download);

/// A file of the user's weights folder that holds the trunk of a model of pictures.
struct LocalWeights {
    std::string model;
    std::filesystem::path file;
    std::string download;  ///< the one of downloadableWeights() that it was made from; empty: none of them
};
/// Reads headers only. Blocking.
std::vector<LocalWeights> listLocalWeights();

/// How many pictures or texts a second go through a frozen trunk.
struct TrunkSpeed {
    double picturesPerSecond = 0;
    int inputSize = 0;  ///< pixels a side; of texts: tokens
};
/// By model, as measured before on this machine with the same versions of Thaw and LibTorch, threads and instructions; others are
/// left out. Reads a small file of the data folder. Blocking.
std::map<std::string, TrunkSpeed> storedTrunkSpeeds();
/// Measures one at its suggested size, with random weights, for about a second, and keeps the result. Blocks; the calling thread
/// computes. `stop` is looked at between batches. Throws ConfigError for an unknown model, TrainingError where the memory is too
/// small for it, StoreError, Cancelled.
TrunkSpeed measureTrunkSpeed(const std::string& model, const std::atomic<bool>& stop);

}  // namespace thaw::core
