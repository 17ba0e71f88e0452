// Files of texts in any encoding, as UTF-8.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace thaw::core {

/// Encodings other than UTF-8 that files turned out to have, by how many.
using EncodingCounts = std::map<std::string, std::int64_t>;

/// A file's bytes as UTF-8, without a byte order mark. Bytes that are none, or begin with the mark of UTF-16, are read in the
/// encoding that they most likely have (uchardet's guess), which is counted in `others`; what even that does not tell stays as it
/// is. Pure but for `others`.
std::string toUtf8(std::string bytes, EncodingCounts& others);

/// A sentence about them; empty: none.
std::string noteOf(const EncodingCounts& others);

}  // namespace thaw::core
