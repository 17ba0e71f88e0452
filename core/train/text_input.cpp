#include "core/train/text_input.h"

#include "core/data/preprocess.h"
#include "core/model/zoo.h"

namespace thaw::core {

std::shared_ptr<const TokenSet> tokensOf(const PictureSet& set, const RunConfig& config, const CountCallback& progress) {
    if (!set.texts) return nullptr;
    const std::unique_ptr<Tokenizer> tokenizer = openTokenizer(descriptionOf(config.model).tokenizer);
    return std::make_shared<const TokenSet>(tokenize(*set.texts, *tokenizer, config.inputSize, progress));
}

std::string inputKey(const RunConfig& config) {
    const ModelDescription& model = descriptionOf(config.model);
    if (model.input.modality == Modality::Pictures) return preprocessingKey(config.scaling, config.inputSize);
    return "tokens " + model.tokenizer + ' ' + std::to_string(config.inputSize);
}

}  // namespace thaw::core
