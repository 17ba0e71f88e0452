#include "core/store/kept_models.h"

#include <algorithm>

namespace thaw::core {

namespace {

std::string momentOf(bool endsEpoch, int epoch, std::int64_t step) {
    return endsEpoch && epoch > 0 ? "after epoch " + std::to_string(epoch) : "at step " + std::to_string(step);
}

std::string momentOf(const KeptModel& model) { return momentOf(model.endsEpoch, model.epoch, model.step); }

const KeptModel* bestOf(const std::vector<KeptModel>& kept) {
    const auto best =
        std::find_if(kept.begin(), kept.end(), [](const KeptModel& model) { return model.endsEpoch && model.best; });
    return best == kept.end() ? nullptr : &*best;
}

}  // namespace

std::string missingModels(const std::vector<KeptModel>& kept, const ReachedModel& reached) {
    if (reached.step == 0) return {};
    if (kept.empty()) return "No model of this run is saved.";
    const KeptModel& last = kept.back();
    const KeptModel* const best = bestOf(kept);
    const bool lastMissing = last.step < reached.step || last.epoch < reached.epoch;
    const bool bestMissing = reached.bestEpoch > 0 && (!best || best->epoch != reached.bestEpoch);
    if (!lastMissing && !bestMissing) return {};

    const std::string end = momentOf(reached.endsEpoch, reached.epoch, reached.step);
    const bool endIsBest = reached.endsEpoch && reached.bestEpoch == reached.epoch;
    std::string text;
    if (lastMissing) text = "The model " + end + (bestMissing && endIsBest ? ", the best one," : "") + " is not saved.";
    if (bestMissing && !(lastMissing && endIsBest))
        text += (text.empty() ? "" : " ") + std::string("The best model, after epoch ") + std::to_string(reached.bestEpoch) +
                ", is not saved.";
    text += " The newest that is saved is the one " + momentOf(last);
    if (best && best != &last) text += ", the best that is saved the one " + momentOf(*best);
    return text + '.';
}

}  // namespace thaw::core
