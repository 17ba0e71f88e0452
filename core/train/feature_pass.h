// Computes rungs of features for whole splits, in slices that are the same in every run: the same pictures always go through
// together, so that features have the same bits whenever and in whatever pieces they are computed.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "core/train/forward_slice.h"
#include "core/train/input_source.h"

namespace thaw::core {

class FeaturePass {
public:
    /// An empty block for features.
    using BlockMaker =
        std::function<std::shared_ptr<FeatureBlock>(int rung, FeaturePart part, std::int64_t rows, std::int64_t floats)>;

    /// `rungs`: lowest first, all above `base`, a rung that the source can give for all parts.
    FeaturePass(const InputSource& source, const StagedModel& model, const RunConfig& config, int base, std::vector<int> rungs,
                std::vector<FeaturePart> parts, const BlockMaker& makeBlock);

    /// True when everything is computed and was put into `store`.
    bool advance(const Deadline& deadline, const StageListener& timed, FeatureStore& store);
    std::int64_t done() const { return m_done; }
    std::int64_t total() const { return m_total; }
    int base() const { return m_base; }
    const std::vector<int>& rungs() const { return m_rungs; }
    const std::vector<FeaturePart>& parts() const { return m_parts; }
    std::shared_ptr<const FeatureBlock> block(int rung, FeaturePart part) const { return m_blocks.at({rung, part}); }

private:
    Split splitOf(FeaturePart part) const { return part.test ? Split::Test : Split::Train; }
    std::vector<std::int64_t> orderOf(FeaturePart part) const;
    void keep(int stagesDone, const State& state);
    std::int64_t rowsOf(FeaturePart part) const { return m_source.pictures(splitOf(part)).count(); }
    /// Rows of a part that go through together, from place `row` of its order on, and what is done to them.
    std::pair<std::vector<std::int64_t>, std::vector<PictureChange>> sliceAt(FeaturePart part, std::int64_t row) const;
    bool startSlice(const Deadline& deadline);  ///< false: its pictures are still being read

    const InputSource& m_source;
    const StagedModel& m_model;
    const RunConfig& m_config;
    int m_base;
    std::vector<int> m_rungs;
    std::vector<FeaturePart> m_parts;
    std::map<std::pair<int, FeaturePart>, std::shared_ptr<FeatureBlock>> m_blocks;
    std::int64_t m_slice, m_done = 0, m_total = 0;
    std::map<FeaturePart, std::vector<std::int64_t>> m_orders;  // of texts: shortest first, so that little is padding
    std::size_t m_part = 0;
    std::int64_t m_row = 0;
    ForwardSlice m_forward;
};

}  // namespace thaw::core
