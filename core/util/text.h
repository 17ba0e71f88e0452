// Bytes that somebody else wrote, as text that can be shown and stored.
#pragma once

#include <string>

namespace thaw::core {

/// Every byte that belongs to no UTF-8 sequence becomes U+FFFD; valid text stays as it is.
std::string validUtf8(const std::string& bytes);

/// Valid UTF-8 that stands for itself in HTML and XML, in text and in quoted attributes; control characters but tab and line ends
/// are left out.
std::string escapedHtml(const std::string& bytes);

}  // namespace thaw::core
