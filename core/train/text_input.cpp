#include "core/train/text_input.h"

#include "core/data/preprocess.h"
#include "core/model/zoo.h"

namespace thaw::core {

namespace {

std::shared_ptr<const PictureSet> samplesOf(const PictureSet& set, const TokenSet& windows, const Tokenizer& tokenizer) {
    auto samples = std::make_shared<PictureSet>();
    auto texts = std::make_shared<std::vector<std::string>>();
    for (std::int64_t i = 0; i < windows.count(); ++i)
        texts->push_back(tokenizer.decode({windows.text(i), windows.text(i) + windows.length(i)}));
    samples->texts = std::move(texts);
    samples->labels.assign(static_cast<std::size_t>(windows.count()), -1);
    samples->identity = set.identity;
    return samples;
}

}  // namespace

ModelInput modelInput(std::shared_ptr<const PictureSet> set, const RunConfig& config, const CountCallback& progress) {
    if (!set->texts) return {std::move(set), nullptr};
    const std::unique_ptr<Tokenizer> tokenizer = openTokenizer(descriptionOf(config.model).tokenizer);
    if (config.task != TaskKind::ContinueText) {
        auto tokens = std::make_shared<const TokenSet>(tokenize(*set->texts, *tokenizer, config.inputSize, progress));
        return {std::move(set), std::move(tokens)};
    }
    auto windows = std::make_shared<const TokenSet>(windowsOf(*set->texts, *tokenizer, config.inputSize, progress));
    return {samplesOf(*set, *windows, *tokenizer), windows};
}

std::string inputKey(const RunConfig& config) {
    const ModelDescription& model = descriptionOf(config.model);
    if (model.input.modality == Modality::Pictures) return preprocessingKey(config.scaling, config.inputSize);
    return (config.task == TaskKind::ContinueText ? "windows " : "tokens ") + model.tokenizer + ' ' +
           std::to_string(config.inputSize);
}

}  // namespace thaw::core
