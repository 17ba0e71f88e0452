#include "core/inspect/split_outputs.h"

#include <algorithm>

#include "core/inspect/finished_run.h"
#include "core/train/forward_slice.h"
#include "core/train/rungs.h"

namespace thaw::core {

namespace {

int beginOf(const InputSource& source, Split split, int end) {
    int begin = 0;
    for (const int rung : source.features ? source.features->rungs() : std::vector<int>())
        if (rung <= end && source.features->find(rung, featurePartOf(split))) begin = std::max(begin, rung);
    return begin;
}

}  // namespace

void statesOf(const InputSource& source, const StagedModel& model, Split split, const std::vector<std::int64_t>& rows, int end,
              const std::function<void(std::int64_t begin, const State& state)>& take, const CountCallback& progress) {
    torch::NoGradGuard noGrad;
    const std::int64_t count = static_cast<std::int64_t>(rows.size()), slice = sliceSize(model.info());
    const int rung = beginOf(source, split, end);
    for (std::int64_t begin = 0; begin < count; begin += slice) {
        report(progress, begin, count);
        ForwardSlice forward;
        forward.start(source.rows(split, rung, {rows.begin() + begin, rows.begin() + std::min(count, begin + slice)}), rung, end);
        while (!forward.advance(model, Deadline(kPiece), {})) report(progress, begin, count);
        take(begin, forward.takeResult());
    }
    report(progress, count, count);
}

void outputsOf(const InputSource& source, const StagedModel& model, Split split, const std::vector<std::int64_t>& rows, int end,
               const std::function<void(std::int64_t begin, const torch::Tensor& output)>& take, const CountCallback& progress) {
    const auto takeHidden = [&](std::int64_t begin, const State& state) { take(begin, state.hidden); };
    statesOf(source, model, split, rows, end, takeHidden, progress);
}

void outputsOfLayer(const InputSource& source, const StagedModel& model, Split split, const std::vector<std::int64_t>& rows,
                    int layer, const std::function<void(std::int64_t begin, const torch::Tensor& output)>& take,
                    const CountCallback& progress) {
    const int stage = model.info().layer(layer).stage;
    const bool whole = model.info().stage(stage).end - model.info().stage(stage).begin == 1;
    if (whole) return outputsOf(source, model, split, rows, stage + 1, take, progress);
    const auto takeInner = [&](std::int64_t begin, const State& input) { take(begin, model.outputOf(input, stage, layer)); };
    statesOf(source, model, split, rows, stage, takeInner, progress);
}

torch::Tensor featuresOf(const InputSource& source, const StagedModel& model, Split split, const std::vector<std::int64_t>& rows,
                         int end, const CountCallback& progress) {
    torch::Tensor features;
    const auto take = [&](std::int64_t begin, const torch::Tensor& output) {
        const torch::Tensor flat = output.flatten(1).cpu();
        if (!features.defined()) features = torch::empty({static_cast<std::int64_t>(rows.size()), flat.size(1)});
        features.slice(0, begin, begin + flat.size(0)).copy_(flat);
    };
    outputsOf(source, model, split, rows, end, take, progress);
    return features;
}

}  // namespace thaw::core
