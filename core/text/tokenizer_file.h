// The files of a tokeniser: vocab.txt; vocab.json and merges.txt; tokenizer.json of Hugging Face's tokenizers.
#pragma once

#include <filesystem>

#include "core/text/tokenizer_parts.h"

namespace thaw::core {

/// `place` is a folder with such files (tokenizer.json is taken before vocab.txt, and that before vocab.json), or a vocab.txt or
/// tokenizer.json by any name. Every file is at most 32 MB. Throws DataError that names the file and the reason.
TokenizerParts readTokenizerParts(const std::filesystem::path& place);

/// The text of a tokenizer.json. Throws ConfigError that says which of its fields Thaw does not know or cannot heed.
TokenizerParts tokenizerPartsFromJson(const std::string& text);

}  // namespace thaw::core
