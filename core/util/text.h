// Bytes that somebody else wrote, as text that can be shown and stored.
#pragma once

#include <string>

namespace thaw::core {

/// Every byte that belongs to no UTF-8 sequence becomes \xE9; valid text stays as it is. To be shown, not to be read back.
std::string validUtf8(const std::string& bytes);

/// The same with U+FFFD in its place, as earlier versions of the program and file dialogs have it.
std::string withLostLetters(const std::string& bytes);

/// printable() text that stands for itself in HTML and XML, in text and in quoted attributes.
std::string escapedHtml(const std::string& bytes);

}  // namespace thaw::core
