#include "core/api/generation.h"

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/inspect/continued_text.h"
#include "core/inspect/finished_run.h"
#include "core/model/zoo.h"
#include "core/train/continuation.h"

namespace thaw::core {
namespace {

GenerationCallback counted(const CountCallback& progress, int tokens) {
    return [&progress, tokens](const GeneratedText& soFar) {
        return !progress || progress(static_cast<std::int64_t>(soFar.tokens.size()), tokens);
    };
}

}  // namespace

GeneratedText continued(const StagedModel& model, const RunConfig& config, torch::Device device,
                        const GenerationSettings& settings, const GenerationCallback& progress) {
    Continuation text(config, device, settings);
    while (!text.finished()) {
        if (progress && !progress(text.text())) throw Cancelled();
        text.advance(model);
    }
    return text.text();
}

GeneratedText continueText(const RunSelection& selection, const GenerationSettings& settings, const CountCallback& progress) {
    requireInRange(settings);
    const FinishedRun run = openRun(selection, settings.threads);
    return continued(*run.model, run.manifest.config, run.device, settings, counted(progress, settings.tokens));
}

GeneratedText continueText(const std::string& model, const std::filesystem::path& weights, const GenerationSettings& settings,
                           const CountCallback& progress) {
    requireInRange(settings);
    useComputeThreads(settings.threads);
    RunConfig config;
    chooseModel(config, model);
    config.task = TaskKind::ContinueText;
    config.inputSize = descriptionOf(model).input.greatest;
    config.weights = weights;
    networkOf(config, /*classCount=*/1);  // refuses other models before their weights are read
    const TrunkWeights trunk = trunkWeightsOf(config);
    return continued(*buildModel(config, /*classCount=*/1, &trunk), config, torch::kCPU, settings,
                     counted(progress, settings.tokens));
}

}  // namespace thaw::core
