// Which words of a text another one does not have at that place.
#pragma once

#include <QString>

#include <vector>

namespace thaw::ui {

struct TextSpan {
    int begin = 0, length = 0;  ///< letters of the text
    bool operator==(const TextSpan& other) const { return begin == other.begin && length == other.length; }
};

/// The words of `text`, what stands between spaces, that are not of the longest common sequence of both texts' words.
std::vector<TextSpan> changedWords(const QString& before, const QString& text);

}  // namespace thaw::ui
