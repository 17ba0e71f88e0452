// How much each word of a text speaks for a class.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace thaw::core {

enum class AttributionMethod {
    GradientTimesInput,   ///< one gradient at the tokens' vectors, times what these have beyond padding's
    IntegratedGradients,  ///< its mean on the way from a text of padding to this one; Sundararajan et al. 2017
    LeaveOut,             ///< what the class loses when the word is not there
};
std::string toString(AttributionMethod method);                          ///< "gradient", "integrated", "leave-out"
AttributionMethod attributionMethodFromString(const std::string& name);  ///< throws ConfigError

/// Letters between spaces; a mark of punctuation stands for itself.
struct WordScore {
    std::size_t begin = 0, length = 0;  ///< bytes of the text
    float score = 0;                    ///< of the class's logit; above 0: speaks for it
};

struct TextAttribution {
    AttributionMethod method = AttributionMethod::GradientTimesInput;
    int classIndex = 0;
    std::vector<float> probabilities;  ///< a class each, for the whole text
    std::vector<WordScore> words;      ///< in the text's order; those that the model did not read are left out
    std::int64_t tokens = 0;           ///< of the whole text, those around it included
    std::int64_t tokensCut = 0;        ///< of them beyond what the model reads
};

}  // namespace thaw::core
