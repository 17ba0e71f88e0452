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
    for (int i = begin; i < end; ++i) sum += model.layers[static_cast<std::size_t>(i)].multiplyAdds;
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
    const std::int64_t count = source.pictures(split).count(), slice = sliceSize(source.inputSize);
    auto block = std::make_shared<FeatureBlock>(count, rungFloats(model.info(), end));
    for (std::int64_t row = 0; row < count; row += slice) {
        report(progress, row, count);
        ForwardSlice forward;
        forward.start(source.rows(split, begin, rowRange(row, std::min(count, row + slice))), begin, end);
        while (!forward.advance(model, Deadline(kPiece), {})) report(progress, row, count);
        const torch::Tensor output = forward.takeResult().cpu().contiguous();
        block->write(row, output.data_ptr<float>(), output.size(0));
    }
    return block;
}

}  // namespace

PredictionSet SharedFeatures::predict(InputSource source, const StagedModel& model, Split split,
                                      const std::vector<SharedRung>& rungs, const CountCallback& progress) {
    const std::int64_t count = source.pictures(split).count();
    if (count == 0) return predictSplit(source, model, split, progress);  // a run that trained on all has no unseen pictures
    const FeaturePart part = split == Split::Train ? FeaturePart::Train : FeaturePart::Test;
    FeatureStore store;
    source.features = &store;
    std::vector<SharedRung> missing;
    int begin = 0;
    for (auto rung = rungs.rbegin(); rung != rungs.rend() && begin == 0; ++rung) {
        if (const auto* held = m_blocks.find(rung->key)) {
            begin = rung->rung;
            store.put(begin, part, *held);
        } else if (count * rungFloats(model.info(), rung->rung) * static_cast<std::int64_t>(sizeof(float)) <= kMostBytes) {
            missing.insert(missing.begin(), *rung);
        }
    }
    const int end = model.stageCount();
    const double whole = std::max(1.0, multiplyAdds(model.info(), begin, end));
    double done = 0;
    for (const SharedRung& next : missing) {
        const double share = multiplyAdds(model.info(), begin, next.rung) / whole;
        const auto block = featuresAt(next.rung, begin, source, model, split, shareOf(progress, done, share));
        m_blocks.put(next.key, block);
        begin = next.rung;
        store.put(begin, part, block);
        done += share;
    }
    return predictSplit(source, model, split, shareOf(progress, done, 1 - done), begin);
}

}  // namespace thaw::core
