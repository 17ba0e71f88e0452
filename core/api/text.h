// Text that somebody else wrote (names of files, classes, tensors; metadata; error messages that quote them), made safe to show.
#pragma once

#include <string>

namespace thaw::core {

/// What a terminal, a log or a label can show without obeying it. Valid UTF-8 stays; so do line ends and tabs. Everything else
/// that is not shown as a letter stands for itself in ASCII: control characters and bytes that are no UTF-8 as \x1B, C1 controls,
/// marks that turn the direction of text and other invisible marks as \u202E. A backslash stays one: this is for people, and not
/// meant to be read back.
std::string printable(const std::string& text);

/// The same for one line: line ends and tabs become \n, \r and \t. For names within a sentence or a table.
std::string printableLine(const std::string& text);

/// JSON text with the same meaning in which DEL, C1 controls and the marks above stand as \u009B, so that a terminal does not
/// obey them. `json` is valid JSON: such letters stand only within its strings.
std::string printableJson(const std::string& json);

}  // namespace thaw::core
