#include "core/inspect/shared_features.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/train/forward_slice.h"
#include "core/train/rungs.h"

namespace thaw::core {
namespace {

constexpr std::int64_t kMostBytes = 96 << 20;  // of a block: 10,000 pictures of 32 pixels before block 5 are 82 MB

double multiplyAdds(const ModelInfo& model, int begin, int end) {
    double sum = 0;
    for (int i = begin; i < end; ++i) sum += model.stage(i).multiplyAdds;
    return sum;
}

/// Progress of a part of the work, in pictures of the whole.
CountCallback shareOf(const CountCallback& progress, double before, double share) {
    return [&progress, before, share](std::int64_t done, std::int64_t total) {
        const double part = total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 1;
        return !progress || progress(std::llround((before + share * part) * static_cast<double>(total)), total);
    };
}

std::shared_ptr<FeatureBlock> featuresAt(int end, int begin, const InputSource& source, const StagedModel& model, Split split,
                                         const CountCallback& progress) {
    torch::NoGradGuard noGrad;
    const std::int64_t count = source.pictures(split).count(), slice = sliceSize(model.info());
    auto block = std::make_shared<FeatureBlock>(count, rungFloats(model.info(), end));
    for (std::int64_t row = 0; row < count; row += slice) {
        report(progress, row, count);
        ForwardSlice forward;
        forward.start(source.rows(split, begin, rowRange(row, std::min(count, row + slice))), begin, end);
        while (!forward.advance(model, Deadline(kPiece), {})) report(progress, row, count);
        const torch::Tensor output = forward.takeResult().hidden.cpu().contiguous();
        block->write(row, output.data_ptr<float>(), output.size(0));
    }
    return block;
}

}  // namespace

int SharedFeatures::find(FeatureStore& store, const InputSource& source, const StagedModel& model, Split split,
                         const std::vector<SharedRung>& rungs, int end, const CountCallback& progress) {
    const std::int64_t count = source.pictures(split).count();
    for (auto rung = rungs.rbegin(); rung != rungs.rend(); ++rung) {
        if (rung->rung > end) continue;
        const auto* held = m_blocks.find(rung->key);
        std::shared_ptr<FeatureBlock> block = held ? *held : nullptr;
        FeatureReader reader;
        if (!block && !m_cache.empty() && !rung->file.empty() &&
            reader.open(m_cache, rung->file, count, rungFloats(model.info(), rung->rung))) {
            while (!reader.advance(Deadline(kPiece))) report(progress, 0, count);
            block = reader.block();
            if (block) m_blocks.put(rung->key, block);
        }
        if (!block) continue;
        store.put(rung->rung, featurePartOf(split), block);
        return rung->rung;
    }
    return 0;
}

PredictionSet SharedFeatures::predict(InputSource source, const StagedModel& model, Split split,
                                      const std::vector<SharedRung>& rungs, const CountCallback& progress) {
    const std::int64_t count = source.pictures(split).count();
    if (count == 0) return predictSplit(source, model, split, progress);  // a run that trained on all has no unseen pictures
    FeatureStore store;
    source.features = &store;
    const int end = model.stageCount();
    int begin = find(store, source, model, split, rungs, end, progress);
    std::vector<SharedRung> missing;
    for (const SharedRung& rung : rungs)
        if (rung.rung > begin &&
            count * rungFloats(model.info(), rung.rung) * static_cast<std::int64_t>(sizeof(float)) <= kMostBytes)
            missing.push_back(rung);
    const double whole = std::max(1.0, multiplyAdds(model.info(), begin, end));
    double done = 0;
    for (const SharedRung& next : missing) {
        const double share = multiplyAdds(model.info(), begin, next.rung) / whole;
        const auto block = featuresAt(next.rung, begin, source, model, split, shareOf(progress, done, share));
        m_blocks.put(next.key, block);
        begin = next.rung;
        store.put(begin, featurePartOf(split), block);
        done += share;
    }
    return predictSplit(source, model, split, shareOf(progress, done, 1 - done), begin);
}

}  // namespace thaw::core
