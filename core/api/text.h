// Text that somebody else wrote (names of files, classes, tensors; metadata; error messages that quote them), made safe to show.
#pragma once

#include <filesystem>
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

/// Names and paths are bytes, which need not be UTF-8; JSON, settings and labels are UTF-8 text. A byte that belongs to no UTF-8
/// sequence becomes \xE9 in the text. A backslash before something that would read as such a byte becomes \x5C. All other UTF-8
/// is the same as text.
std::string textOfBytes(const std::string& bytes);

/// bytesOfText(textOfBytes(b)) == b for all b.
std::string bytesOfText(const std::string& text);

/// A path that was text: bytesOfText. Where nothing has that name and letters were lost on the way (U+FFFD, as file dialogs and
/// records of earlier versions have it), the file whose name reads so, if there is exactly one. Looks into folders only then.
std::filesystem::path pathOfText(const std::string& text);

/// textOfBytes of every string within a JSON value of nlohmann's; names of fields stay.
template <class Json>
void turnBytesIntoText(Json& value) {
    if (value.is_string()) value = textOfBytes(value.template get_ref<const std::string&>());
    if (value.is_structured())
        for (auto& item : value) turnBytesIntoText(item);
}

}  // namespace thaw::core
