// GPT-2's words: 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
#pragma once

#include <cstddef>
#include <string_view>

namespace thaw::core {

/// Bytes of the first word of a text, which has no broken UTF-8 and is not empty: never 0.
std::size_t byteWordLength(std::string_view text);

}  // namespace thaw::core
