// Hugging Face's tokenizer.json.
#include "core/api/errors.h"
#include "core/text/tokenizer_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
    try {
        thaw::core::tokenizerPartsFromJson(std::string(reinterpret_cast<const char*>(data), bytes));
    } catch (const thaw::core::ConfigError&) {  // the only answer to a bad file
    }
    return 0;
}
