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
#include "core/api/errors.h"
#include "core/api/export.h"
#include "core/api/prediction.h"
#include "core/api/runs.h"

namespace thaw::core {

/// done of total pictures; false cancels.
using CountCallback = std::function<bool(std::int64_t done, std::int64_t total)>;

struct RunSelection {
    std::filesystem::path run;
    std::string checkpoint = "best";  ///< "best", "last", "epoch:N" or a checkpoint's name
};

/// The checkpoint that a selection means.
struct ChosenCheckpoint {
    std::string name;  ///< "step-000000391": means the same one wherever a checkpoint is asked for
    std::int64_t step = 0;
    int epoch = 0;  ///< finished epochs
    bool endsEpoch = false;
    std::vector<StoreError>
        passedOver;  ///< why, of each that "best" or "last" may have meant: torn, incomplete or of a newer version
    std::vector<std::string> warnings;  ///< of the run's record: what of its data was lost, what of its weights does not fit
};
/// Reads small files. Throws StoreError; ConfigError for a checkpoint that the run does not have.
ChosenCheckpoint chooseCheckpoint(const RunSelection& selection);

std::string toString(Split split);  ///< "train", "test", "validation"

/// The split that is meant. None: the one that the run is judged on, its held-out pictures as long as the test split is locked,
/// else the test split. Throws DataError for a locked test split, ConfigError for held-out pictures where there are none. Pure.
Split chosenSplit(std::optional<Split> asked, const TestLock& lock);

/// Before long work: throws StoreError where no file of that name can be written. Creates nothing.
void requireWritable(const std::filesystem::path& file);

struct EvaluateRequest {
    RunSelection run;
    std::optional<Split> split;  ///< as chosenSplit
    /// Dataset "auto": the run's own; its part that the run uses, or the first N, which may be more, of a limit of the split's
    /// own.
    DataConfig data;
    int threads = 0;  ///< 0..1024; 0: all cores
    /// Fit a temperature on up to so many training pictures that the run never trained on; 0: do not.
    std::int64_t temperaturePictures = 0;
    bool reveal = false;  ///< the test split, opened for good as revealTest does, once model and pictures are at hand
};
struct Evaluation {
    PredictionSet predictions;  ///< of the split that was meant
    std::vector<std::string> classNames;
    std::string dataset;
    int testReveals = 0;   ///< how often the run's locked test split was opened
    bool ownData = false;  ///< they are the run's own by the digest in its record; false: it says nothing of some of them
    int epoch = 0;
    /// None where it was not asked for, the run trained on every picture or the data is not the run's own.
    std::optional<double> temperature;
};
/// Throws StoreError; DataError also for other pictures than the run's own and for the test split of a run that keeps it locked;
/// ConfigError also for a limit of a split that is not meant, or of held-out pictures; Cancelled.
Evaluation evaluateRun(const EvaluateRequest& request, const CountCallback& progress);

/// A folder's pictures, told by their content (and files called so), in the order of their names; folders are not entered.
/// Hidden files are left out.
struct PictureFolder {
    std::vector<std::filesystem::path> pictures;
    std::int64_t otherFiles = 0;  ///< that are no pictures
};
/// Throws DataError for a folder that cannot be read or holds no picture.
PictureFolder listPictures(const std::filesystem::path& folder);

/// Throws only for the run; a picture that cannot be read carries its error. The answers come without pixels.
std::vector<FilePrediction> predictFiles(const RunSelection& run, const std::vector<std::filesystem::path>& files, int threads,
                                         std::vector<std::string>* classNames, const CountCallback& progress = {});

/// What a model says of pictures before anything is trained, with the classifier that its weights were published with: ImageNet's
/// 1,000 classes. Pictures are read as these weights expect: shorter side to 8/7 of the input, then its centre. An empty file:
/// the model's own weights. Throws WeightsError where they hold no classifier, ConfigError; a picture that cannot be read carries
/// its error.
std::vector<FilePrediction> predictPublished(const std::string& model, const std::filesystem::path& weights,
                                             const std::vector<std::filesystem::path>& files, int threads,
                                             std::vector<std::string>* classNames, const CountCallback& progress = {});

/// The classes that a run tells apart, in order. Reads a small file. Throws StoreError.
std::vector<std::string> classNamesOf(const std::filesystem::path& run);

/// The class that a folder's name means: the same name, else the only one that differs by capitals, spaces, "_" and "-" alone.
/// -1: none. Pure.
int classNamed(const std::vector<std::string>& classNames, const std::string& name);

/// Pictures whose true class is known: they lie in folders that are called as a run's classes, or in folders below those.
struct LabelledPictures {
    std::vector<std::filesystem::path> files;  ///< class after class of the folders' order, by name
    std::vector<int> labels;                   ///< of each file
    std::vector<std::string> unknownFolders;   ///< have pictures, but no class is called so: left out
    std::vector<std::string> missingClasses;   ///< have no picture here
    std::int64_t otherFiles = 0;               ///< in the classes' folders, that are no pictures
    std::string mismatch() const;              ///< the two lists as a sentence or two; empty where all match
};
/// Blocking. Throws DataError for a folder that cannot be read, or where no picture's class is known.
LabelledPictures labelledPictures(const std::filesystem::path& folder, const std::vector<std::string>& classNames);

/// Those of the answers whose true class is known and that could be read, to be judged as a split is (evaluationReport). Pure.
PredictionSet predictionsOf(const std::vector<FilePrediction>& files, int classCount);

struct ExtractRequest {
    RunSelection run;   ///< run empty: the bare trunk of `config`
    RunConfig config;   ///< data, weights, scaling, inputSize, batchSize, threads; ignored with a run except data and threads
    std::string layer;  ///< Keras's or torchvision's name
    std::optional<Split> split;    ///< as chosenSplit
    std::int64_t limit = 0;        ///< first N in data-set order; 0: all
    std::filesystem::path output;  ///< safetensors: float32 `features`, int64 `labels`, and float32 `logits` with a run
};
/// Throws as evaluateRun.
void extractFeatures(const ExtractRequest& request, const CountCallback& progress);

/// The whole model of a checkpoint; `file` and what exportedFiles() names beside it are replaced. Throws StoreError, also for a
/// run whose model this version does not know; ConfigError.
void exportModel(const RunSelection& run, ExportFormat format, const std::filesystem::path& file);

}  // namespace thaw::core
