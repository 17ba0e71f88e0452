#include "core/api/text_prediction.h"

#include <algorithm>

#include "core/api/models.h"
#include "core/inspect/finished_run.h"
#include "core/train/task.h"
#include "core/train/text_input.h"

namespace thaw::core {
namespace {

/// As a set whose classes are not known.
std::shared_ptr<const PictureSet> setOf(const std::vector<std::string>& texts) {
    auto set = std::make_shared<PictureSet>();
    set->texts = std::make_shared<const std::vector<std::string>>(texts);
    set->labels.assign(texts.size(), -1);
    return set;
}

}  // namespace

std::vector<TextPrediction> predictTexts(const RunSelection& selection, const std::vector<std::string>& texts, int threads,
                                         std::vector<std::string>* classNames) {
    const FinishedRun run = openRun(selection, threads);
    const RunConfig& config = run.manifest.config;
    if (modalityOf(config.model) != Modality::Texts)
        throw ConfigError("The run's model reads pictures, not texts.", "Name picture files instead.");
    requireClasses(config.task);
    for (const std::string& text : texts)
        if (text.find_first_not_of(" \t\r\n") == std::string::npos) throw DataError("A text is empty.", "Write some words.");
    if (classNames != nullptr) *classNames = run.manifest.classNames;
    const ModelInfo& info = run.model->info();
    torch::NoGradGuard noGrad;
    const InputSource source = inputSourceOf(setOf(texts), config, info, run.device);
    std::vector<TextPrediction> predictions;
    for (std::int64_t row = 0; row < static_cast<std::int64_t>(texts.size()); ++row) {
        const torch::Tensor outputs = run.model->forward(source.rows(Split::Test, /*rung=*/0, {row}), 0, run.model->stageCount());
        const torch::Tensor probabilities = taskOf(info.task).probabilities(outputs).cpu().contiguous();
        TextPrediction& prediction = predictions.emplace_back();
        prediction.text = texts[static_cast<std::size_t>(row)];
        prediction.task = info.task;
        prediction.probabilities.assign(probabilities.data_ptr<float>(), probabilities.data_ptr<float>() + probabilities.numel());
        prediction.tokens = source.testTokens->length(row);
        prediction.cut = std::binary_search(source.testTokens->cut.begin(), source.testTokens->cut.end(), row);
    }
    return predictions;
}

}  // namespace thaw::core
