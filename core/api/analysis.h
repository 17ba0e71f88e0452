// Headless twins of what the window shows: made from a run's checkpoint or from bare weights. All block, all report progress,
// and all belong to the thread that calls them (set its threads with EngineInfo's rules; the CLI calls them from main).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/api/config.h"
#include "core/api/prediction.h"

namespace thaw::core {

/// done of total pictures; false cancels.
using CountCallback = std::function<bool(std::int64_t done, std::int64_t total)>;

struct RunSelection {
    std::filesystem::path run;
    std::string checkpoint = "best";   ///< "best", "last" or "epoch:N"
};

struct EvaluateRequest {
    RunSelection run;
    /// HeldOut: what the run validates on. None: the test split, or what it validates on as long as that is locked.
    std::optional<Split> split;
    DataConfig data;                   ///< dataset "auto": the run's own
    int threads = 0;
    /// Fit a temperature on up to so many training pictures that the run never trained on; 0: do not.
    std::int64_t temperaturePictures = 0;
    bool reveal = false;               ///< the test split, opened for good as revealTest does, once model and pictures are at hand
};
struct Evaluation {
    PredictionSet predictions;         ///< of the split that was meant
    std::vector<std::string> classNames;
    std::string dataset;
    int testReveals = 0;               ///< how often the run's locked test split was opened
    std::string digest;                ///< of the pictures and their labels
    int epoch = 0;
    std::optional<double> temperature; ///< none where it was not asked for, the run trained on every picture or the data is not the run's own
};
/// Throws DataError also for the test split of a run that keeps it locked.
Evaluation evaluateRun(const EvaluateRequest& request, const CountCallback& progress);

/// Throws only for the run; a picture that cannot be read carries its error.
std::vector<FilePrediction> predictFiles(const RunSelection& run, const std::vector<std::filesystem::path>& files, int threads,
                                         std::vector<std::string>* classNames);

struct ExtractRequest {
    RunSelection run;                  ///< run empty: the bare trunk of `config`
    RunConfig config;                  ///< data, weights, scaling, inputSize, batchSize, threads; ignored with a run except data and threads
    std::string layer;                 ///< Keras's or torchvision's name
    Split split = Split::Test;
    std::int64_t limit = 0;            ///< first N in data-set order; 0: all
    std::filesystem::path output;      ///< safetensors: float32 `features`, int64 `labels`, and float32 `logits` with a run
};
void extractFeatures(const ExtractRequest& request, const CountCallback& progress);

/// Whole model of a checkpoint as ExportModel writes it.
void exportModel(const RunSelection& run, const std::filesystem::path& file);

}  // namespace thaw::core
