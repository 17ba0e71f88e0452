// How a text is continued, and what comes of it. Values.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/api/tokenizer.h"

namespace thaw::core {

struct GenerationSettings {
    std::string prompt;      ///< what is continued; empty: a new line
    int tokens = 100;        ///< 0..100000; fewer where the model ends the text. 0: only what would come next
    double temperature = 1;  ///< 0..100: what the scores are divided by. Lower is safer, 0 always takes the likeliest token
    int topK = 0;            ///< only the K likeliest tokens may come; 0: all
    double topP = 1;         ///< (0, 1]: only the likeliest tokens that together have this probability may come
    std::uint64_t seed = 1;  ///< the same seed gives the same text on the same machine
    int threads = 0;         ///< 0: all. Inspectors and Trainers have their own
    int foretold = 0;        ///< 0..100: how many of the likeliest next tokens are told
};

struct NextToken {
    std::string text;        ///< its bytes, which may end within a letter
    double probability = 0;  ///< at the temperature; at 0 as at 1
    bool mayCome = true;     ///< top-k and top-p leave it in
};

struct GeneratedText {
    std::string text;  ///< what follows the prompt
    std::vector<TokenId> prompt, tokens;
    double seconds = 0;           ///< from the prompt on, without loading
    std::vector<NextToken> next;  ///< behind all of it, likeliest first
};

/// What is there so far; false cancels.
using GenerationCallback = std::function<bool(const GeneratedText& soFar)>;

}  // namespace thaw::core
