// The Inspector of a run folder: finds and keeps what the analyses need (models, pictures, predictions); the analyses themselves
// are functions of a model and of network input, in files of their own.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/api/inspector.h"
#include "core/api/tokenizer.h"
#include "core/data/dataset.h"
#include "core/inspect/finished_run.h"
#include "core/inspect/shared_features.h"
#include "core/util/recently_used.h"

namespace thaw::core {

std::vector<KeptCheckpoint> keptOf(const std::vector<CheckpointEntry>& entries, TaskKind task);

class RunInspector : public Inspector {
public:
    RunInspector(const std::filesystem::path& runDirectory, const DataConfig& data);

    const InspectedRun& run() const override { return m_run; }
    std::vector<KeptCheckpoint> checkpoints() override;
    std::vector<StoreError> leftOutCheckpoints() override;
    std::shared_ptr<const PictureSet> pictures(Split split) override;

    std::shared_ptr<const PredictionSet> predictions(const std::string& checkpoint, Split split,
                                                     const CountCallback& progress) override;
    void know(std::shared_ptr<const PredictionSet> predictions) override;
    std::shared_ptr<const PredictionSet> unseenPredictions(const std::string& checkpoint, std::int64_t limit,
                                                           const CountCallback& progress) override;
    std::vector<float> predict(const std::string& checkpoint, const PictureChoice& picture) override;
    std::vector<FilePrediction> predictFiles(const std::string& checkpoint, const std::vector<std::filesystem::path>& files,
                                             const CountCallback& progress) override;

    ActivationMaps activations(const std::string& checkpoint, const PictureChoice& picture, const std::string& layer) override;
    std::vector<TopPicture> topActivating(const std::string& checkpoint, Split split, const std::string& layer, int channel,
                                          int count, std::int64_t limit, const CountCallback& progress) override;
    FilterTiles filters(const std::string& checkpoint) override;
    LayerStatistics statistics(const std::string& checkpoint, const std::string& layer, const CountCallback& progress) override;
    LayerHistory history(bool gradients, const CountCallback& progress) override;

    ClassMap gradCam(const std::string& checkpoint, const PictureChoice& picture, const std::string& layer, int classIndex,
                     ClassMapMethod method) override;
    ClassMap occlusion(const std::string& checkpoint, const PictureChoice& picture, int classIndex, int patch, int stride,
                       const CountCallback& progress) override;

    TextAttribution attribution(const std::string& checkpoint, const PictureChoice& text, int classIndex,
                                AttributionMethod method, const CountCallback& progress) override;

    GeneratedText continueText(const std::string& checkpoint, const GenerationSettings& settings,
                               const GenerationCallback& progress) override;

    Embedding embedding(const std::string& checkpoint, const EmbeddingRequest& request, const CountCallback& progress) override;

    void exportModel(const std::string& checkpoint, ExportFormat format, const std::filesystem::path& file) override;

    void releaseMemory(bool toSystem) override;

private:
    /// A checkpoint's model in memory. Stages whose parameters are the same as another loaded model's are that model's own.
    struct LoadedModel {
        std::string key;  ///< name and contents: equal keys mean equal bits
        std::int64_t step = 0;
        int epoch = 0;
        std::map<std::string, std::string> contents;  ///< content digests by state_dict name
        std::unique_ptr<StagedModel> model;
    };
    using ModelPointer = std::shared_ptr<const LoadedModel>;

    ModelPointer modelOf(const std::string& checkpoint);
    static std::string keyOf(const std::string& name, const std::map<std::string, std::string>& contents);
    ModelPointer startModel();
    /// As modelOf, but nullptr for a checkpoint that a writer has pruned since it was listed.
    ModelPointer modelWhileKept(const std::string& name);
    /// Stages that a loaded model has with the same contents.
    std::map<int, ModelPointer> sharedStages(const StagedModel& model, const std::map<std::string, std::string>& contents) const;

    /// What know() was told of a checkpoint; nullptr: nothing that is of its weights and of these pictures.
    std::shared_ptr<const PredictionSet> knownPredictions(const CheckpointEntry& entry, Split split);

    /// Rungs below which another kept checkpoint has the same weights, ascending, keyed for the pictures that `of` names. Of
    /// those that the same checkpoints share, the highest.
    /// `pictures`: their digest, to look for them in the feature cache; empty: not there.
    std::vector<SharedRung> sharedRungs(const LoadedModel& loaded, const std::string& of, Split split,
                                        const std::string& pictures) const;
    std::vector<SharedRung> sharedRungs(const LoadedModel& loaded, Split asked);

    /// The few training pictures that gradients are measured with, in place of the whole split.
    InputSource gradientSource();
    /// Input of the last dense layer for the first `count` pictures.
    torch::Tensor penultimateFeatures(const LoadedModel& loaded, Split split, std::int64_t count, const CountCallback& progress);

    /// A word for the pictures that a question about the split is about.
    std::string splitKey(Split asked) const;
    State inputOf(const PictureChoice& picture);
    const std::string& textOf(const PictureChoice& text);
    /// Throws ConfigError.
    void requireRow(const PictureSet& all, const PictureChoice& choice) const;
    void requirePictures() const;
    Tokenizer& tokenizer();
    InputSource sourceOf(Split split, const StagedModel& model);
    /// The same with the highest features below stage `end` that other checkpoints have left, in `store`, which must live as
    /// long.
    InputSource sourceFromShared(const LoadedModel& loaded, Split split, int end, FeatureStore& store,
                                 const CountCallback& progress);
    /// Throw ConfigError.
    int layerIndex(const std::string& name) const;
    void checkClass(int classIndex) const;

    InspectedRun m_run;
    RunManifest m_manifest;
    DataConfig m_data;
    CheckpointStore m_store;
    torch::Device m_device;
    std::map<Split, std::shared_ptr<const PictureSet>> m_splits;
    ModelPointer m_start;
    RecentlyUsed<ModelPointer> m_models{3};
    RecentlyUsed<std::shared_ptr<const PredictionSet>> m_predictions{32};
    RecentlyUsed<std::shared_ptr<const PredictionSet>> m_known{64};  // by knownKey
    SharedFeatures m_shared;
    RecentlyUsed<torch::Tensor> m_maxima{4}, m_features{3};
    RecentlyUsed<LayerStatistics> m_statistics{64};
    std::shared_ptr<const PictureSet> m_gradientPictures;
    std::unique_ptr<Tokenizer> m_tokenizer;  // opened when it is first needed
    RecentlyUsed<std::vector<double>> m_gradientNorms{100}, m_moved{100};
    RecentlyUsed<Embedding> m_embeddings{8};
};

}  // namespace thaw::core
