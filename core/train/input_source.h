// Rows of a split as a stage takes them: pictures turned into network input, or cached features.
#pragma once

#include <memory>
#include <vector>

#include <torch/torch.h>

#include "core/api/layer_info.h"
#include "core/data/preprocess.h"
#include "core/data/token_set.h"
#include "core/model/stage.h"
#include "core/train/feature_cache.h"
#include "core/train/read_ahead.h"

namespace thaw::core {

struct InputSource {
    std::shared_ptr<const PictureSet> train, test;  ///< test: any split but Train
    const FeatureStore* features = nullptr;
    const ModelInfo* model = nullptr;
    Scaling scaling = Scaling::ImageNet;
    int inputSize = 32;
    torch::Device device = torch::kCPU;
    std::shared_ptr<ReadAhead> ahead;  ///< null: pictures are prepared when they are asked for

    std::shared_ptr<const TokenSet> trainTokens, testTokens;  ///< of the same; null: they are pictures

    const PictureSet& pictures(Split split) const { return split == Split::Train ? *train : *test; }
    /// Null where they are pictures.
    const TokenSet* tokens(Split split) const { return (split == Split::Train ? trainTokens : testTokens).get(); }
    /// The input of stage `rung`, on the device, for rows of a split; `changes` is empty or has an entry a row. The store must
    /// hold the rung for the parts that are asked for.
    State rows(Split split, int rung, const std::vector<std::int64_t>& rows,
               const std::vector<PictureChange>& changes = {}) const;
    /// The same, within a step's time: undefined where pictures are still being read from their files at the deadline.
    State rowsBefore(const Deadline& deadline, Split split, int rung, const std::vector<std::int64_t>& rows,
                     const std::vector<PictureChange>& changes = {}) const;
    /// Announces that rows() will be asked for these next.
    void expect(Split split, int rung, const std::vector<std::int64_t>& rows,
                const std::vector<PictureChange>& changes = {}) const;
    /// On the device, as the model's task has them.
    torch::Tensor targets(Split split, const std::vector<std::int64_t>& rows) const;

private:
    PictureRequest pictureRequest(Split split, const std::vector<std::int64_t>& rows,
                                  const std::vector<PictureChange>& changes) const;
};

/// Texts of a set as the first stage takes them: filled up with its padding to the longest of them.
State tokenBatch(const TokenSet& tokens, const std::vector<std::int64_t>& rows);

/// begin, begin + 1, ... end - 1.
std::vector<std::int64_t> rowRange(std::int64_t begin, std::int64_t end);

}  // namespace thaw::core
