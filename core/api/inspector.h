// Inside a trained model: what its layers do with a picture, what a class looks at, how the weights changed. Works on copies of
// a run's kept checkpoints, never on the model that trains: the run cannot notice it.
//
// Threading: an Inspector belongs to the thread that calls it (useComputeThreads first). All calls block; those with a callback
// are long and can be cancelled by it (Cancelled is thrown). Models and predictions that were used lately are kept in memory.
// `checkpoint` is "best", "last", "epoch:N", a KeptCheckpoint's name, or "start": the model as it was before the first step, made
// anew from the run's configuration. Errors: StoreError (checkpoint missing, torn, of a newer version), DataError (data set or
// picture), ConfigError (a layer, class or index that is not there), WeightsError ("start": the weights file is gone or is
// another one).
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/api/analysis.h"
#include "core/api/continuation.h"
#include "core/api/errors.h"
#include "core/api/layer_info.h"
#include "core/api/prediction.h"
#include "core/api/runs.h"
#include "core/api/text_attribution.h"

namespace thaw::core {

struct KeptCheckpoint {
    std::string name;  ///< "step-000000391"
    std::int64_t step = 0;
    int epoch = 0;         ///< finished epochs
    double valScore = -1;  ///< of the newest finished epoch; negative: none
    bool endsEpoch = false, endsPhase = false;
    bool best = false;
    TaskKind task = TaskKind::OneLabel;  ///< whose score valScore is
};

struct InspectedRun {
    std::string runId;
    std::filesystem::path directory;
    RunConfig config;
    ModelInfo model;
    DatasetInfo dataset;  ///< the run's own, as found on this machine
    std::vector<std::string> classNames;
    TestLock testLock;  ///< as it was when the run was opened

    /// What Split::Test means everywhere below: the test split, or the held-out pictures as long as that is locked.
    Split judgedOn() const { return testLock.isLocked() ? Split::HeldOut : Split::Test; }
};

/// A picture, or of a model of texts a text, to look into: of a split, a file of the user's, or a frame of a camera. Files and
/// frames become pictures of the run's data set: their centre square in its size.
struct PictureChoice {
    Split split = Split::Test;
    std::int64_t index = 0;                              ///< within the run's split, as its PictureSet has it
    std::filesystem::path file;                          ///< not empty: this file instead
    std::shared_ptr<const RgbPicture> pixels = nullptr;  ///< not null: this picture instead
    std::string text = {};                               ///< of a model of texts, not empty: this one instead
};

/// One layer's output for one picture: `channels` planes, or one row of units as channels of 1x1.
struct ActivationMaps {
    std::string layer;
    int channels = 0, height = 0, width = 0;
    std::vector<float> values;       ///< channels * height * width; after ReLU where the layer has one
    float minimum = 0, maximum = 0;  ///< of the finite values
};

enum class ClassMapMethod { GradCam, GradCamPlusPlus, Occlusion };
std::string toString(ClassMapMethod method);                       ///< "gradcam", "gradcam++", "occlusion"
ClassMapMethod classMapMethodFromString(const std::string& name);  ///< throws ConfigError

/// How much each place of a picture speaks for a class.
struct ClassMap {
    ClassMapMethod method = ClassMapMethod::GradCam;
    std::string layer;  ///< empty for Occlusion
    int classIndex = 0;
    double probability = 0;  ///< of the class, for the whole picture
    int height = 0, width = 0;
    /// Grad-CAM: ReLU, then divided by the maximum (all 0 where nothing speaks for the class). Occlusion: probability lost when a
    /// grey patch covers the place, unscaled, -1..1.
    std::vector<float> values;
};

struct TopPicture {
    std::int64_t index = 0;
    float value = 0;
};

// What is known of a layer without the model before its first step, or without the training pictures, is told where these are
// gone. Then `startProblem` or `gradientProblem` says why the rest is missing; empty: it is there. Where training went wrong,
// figures need not be finite.

/// First-layer filters as RGB tiles.
struct FilterTiles {
    int count = 0, size = 0;         ///< tiles of size x size
    std::vector<float> before, now;  ///< count * 3 * size * size, RGB whatever the scaling's channel order
    std::string startProblem;        ///< why `before` is empty
};

struct Histogram {
    double low = 0, high = 0;          ///< finite
    std::vector<std::int64_t> counts;  ///< equal bins over [low, high]; what is not finite is left out
};

struct LayerStatistics {
    std::string layer;
    Histogram weightsStart, weightsNow;  ///< the same bins; without biases
    Histogram gradients;                 ///< of the weights, mean loss of `sampleCount` training pictures
    double gradientNorm = 0;             ///< L2, weights and bias
    double moved = 0;                    ///< relative L2 change since the start
    bool hasRelu = false;                ///< a ReLU ends the layer
    double deadShare = -1;               ///< channels that are 0 for every sampled picture; negative: no ReLU, or unknown
    int sampleCount = 0;
    std::string startProblem;     ///< why `weightsStart` is empty and `moved` is not known
    std::string gradientProblem;  ///< why `gradients` is empty, `gradientNorm` and `deadShare` are not known
};

/// Every layer at every kept checkpoint.
struct LayerHistory {
    std::vector<KeptCheckpoint> checkpoints;        ///< oldest first
    std::vector<std::vector<double>> moved;         ///< [checkpoint][layer]
    std::vector<std::vector<double>> gradientNorm;  ///< [checkpoint][layer]; 0 for a layer without parameters
    std::string startProblem, gradientProblem;      ///< why `moved` or `gradientNorm` is empty
};

enum class EmbeddingMethod { Pca, Tsne };

/// Pictures as points in the plane, by their penultimate features (the input of the last dense layer).
struct Embedding {
    EmbeddingMethod method = EmbeddingMethod::Pca;
    std::vector<std::int64_t> indices;  ///< of the split
    std::vector<float> points;          ///< indices.size() * 2
    std::array<double, 2> explained{};  ///< Pca: share of variance of each axis
    double divergence = 0;              ///< Tsne: Kullback-Leibler divergence reached
};
struct EmbeddingRequest {
    EmbeddingMethod method = EmbeddingMethod::Pca;
    Split split = Split::Test;
    std::int64_t limit = 10'000;  ///< first N of the split; Tsne takes at most 3,000
    double perplexity = 30;       ///< Tsne: [2, (count - 1) / 3]
    int iterations = 1000;        ///< Tsne
    std::uint64_t seed = 42;      ///< Tsne
    /// Align with this embedding of the same pictures: Pca is projected on the axes of that checkpoint, Tsne starts from its
    /// points.
    std::string alignedWith;  ///< a checkpoint; empty: none
};

class Inspector {
public:
    virtual ~Inspector() = default;

    virtual const InspectedRun& run() const = 0;
    /// Oldest first; reads the folder anew.
    virtual std::vector<KeptCheckpoint> checkpoints() = 0;
    /// Why, of each checkpoint in the folder that checkpoints() leaves out: torn, incomplete or of a newer version.
    virtual std::vector<StoreError> leftOutCheckpoints() = 0;
    virtual std::shared_ptr<const PictureSet> pictures(Split split) = 0;

    virtual std::shared_ptr<const PredictionSet> predictions(const std::string& checkpoint, Split split,
                                                             const CountCallback& progress) = 0;
    /// What the run's own Trainer said of its pictures at an epoch's end (PredictionsReady): predictions() of the checkpoint that
    /// was kept then is answered with it. The newest 64 are remembered.
    virtual void know(std::shared_ptr<const PredictionSet> predictions) = 0;
    /// Of up to `limit` training pictures that the run never trained on: those beyond its limit (their split is Train), else
    /// those it held out (HeldOut: as long as the test split is locked, the run is judged on them too); empty where it trained on
    /// all.
    virtual std::shared_ptr<const PredictionSet> unseenPredictions(const std::string& checkpoint, std::int64_t limit,
                                                                   const CountCallback& progress) = 0;
    /// Probabilities of one picture; classCount.
    virtual std::vector<float> predict(const std::string& checkpoint, const PictureChoice& picture) = 0;
    virtual std::vector<FilePrediction> predictFiles(const std::string& checkpoint,
                                                     const std::vector<std::filesystem::path>& files,
                                                     const CountCallback& progress) = 0;

    virtual ActivationMaps activations(const std::string& checkpoint, const PictureChoice& picture, const std::string& layer) = 0;
    /// Pictures of the split (its first `limit`) whose largest value in a channel is largest, largest first.
    virtual std::vector<TopPicture> topActivating(const std::string& checkpoint, Split split, const std::string& layer,
                                                  int channel, int count, std::int64_t limit, const CountCallback& progress) = 0;
    virtual FilterTiles filters(const std::string& checkpoint) = 0;
    virtual LayerStatistics statistics(const std::string& checkpoint, const std::string& layer,
                                       const CountCallback& progress) = 0;
    /// With `gradients` some tenths of a second for each checkpoint, without them some hundredths; LayerHistory::gradientNorm is
    /// empty then.
    virtual LayerHistory history(bool gradients, const CountCallback& progress) = 0;

    /// GradCam or GradCamPlusPlus of a convolution or pooling layer.
    virtual ClassMap gradCam(const std::string& checkpoint, const PictureChoice& picture, const std::string& layer,
                             int classIndex, ClassMapMethod method) = 0;
    /// `patch` and `stride` in pixels of the network's input; 0: a quarter and an eighth of it.
    virtual ClassMap occlusion(const std::string& checkpoint, const PictureChoice& picture, int classIndex, int patch, int stride,
                               const CountCallback& progress) = 0;

    /// Of a model of texts; of pictures: ConfigError.
    virtual TextAttribution attribution(const std::string& checkpoint, const PictureChoice& text, int classIndex,
                                        AttributionMethod method, const CountCallback& progress) = 0;

    /// Of a model that continues texts; of others: ConfigError.
    virtual GeneratedText continueText(const std::string& checkpoint, const GenerationSettings& settings,
                                       const GenerationCallback& progress) = 0;

    virtual Embedding embedding(const std::string& checkpoint, const EmbeddingRequest& request,
                                const CountCallback& progress) = 0;

    /// As core::exportModel.
    virtual void exportModel(const std::string& checkpoint, ExportFormat format, const std::filesystem::path& file) = 0;

    /// Gives back the memory of what the next question makes anew in some hundredths of a second: several times that of the
    /// models. `toSystem`: with all that is free in this process, which slows down whoever computes in it meanwhile.
    virtual void releaseMemory(bool toSystem) = 0;
};

/// Reads the run's record; the data set's pictures when they are first asked for (`data` "auto": the run's own). Throws
/// StoreError.
std::unique_ptr<Inspector> openInspector(const std::filesystem::path& runDirectory, const DataConfig& data = {});

/// Layers that gradCam takes and that have a plane to draw, in forward order. Pure.
std::vector<std::string> classMapLayers(const ModelInfo& model);
/// The one to begin with: the last convolution whose plane is still 4x4 at least (the last one at all where none is). Empty
/// without one.
std::string usualClassMapLayer(const ModelInfo& model);

/// Results as safetensors files; an existing file is replaced whole. Their own facts and those of `origin` (where the result
/// comes from: "checkpoint", "split", "index") are the metadata. Throw StoreError.
using ResultOrigin = std::map<std::string, std::string>;
/// `cam`: float32 [height, width].
void writeSafetensors(const ClassMap& map, const std::string& className, const std::filesystem::path& file,
                      const ResultOrigin& origin = {});
/// `activations`: float32 [channels, height, width].
void writeSafetensors(const ActivationMaps& maps, const std::filesystem::path& file, const ResultOrigin& origin = {});
/// `points`: float32 [count, 2]; `labels` and `indices`: int64 [count]. `pictures`: the embedded split.
void writeSafetensors(const Embedding& embedding, const PictureSet& pictures, const std::filesystem::path& file,
                      const ResultOrigin& origin = {});

/// Oldest first. Blocking, small files. Throws StoreError where the folder is no run.
std::vector<KeptCheckpoint> listCheckpoints(const std::filesystem::path& runDirectory);

}  // namespace thaw::core
