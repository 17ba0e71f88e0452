#include "ui/models/word_difference.h"

#include <algorithm>

namespace thaw::ui {
namespace {

constexpr int kMostWords = 2000;  // the table of both has four million places

std::vector<TextSpan> wordsOf(const QString& text) {
    std::vector<TextSpan> words;
    for (int begin = 0; begin < text.size();) {
        int end = begin;
        while (end < text.size() && !text.at(end).isSpace()) ++end;
        if (end > begin) words.push_back({begin, end - begin});
        begin = end + 1;
    }
    if (words.size() > kMostWords) words.resize(kMostWords);
    return words;
}

}  // namespace

std::vector<TextSpan> changedWords(const QString& before, const QString& text) {
    const std::vector<TextSpan> a = wordsOf(before), b = wordsOf(text);
    const auto word = [](const QString& of, const TextSpan& span) { return QStringView(of).mid(span.begin, span.length); };
    const std::size_t wide = b.size() + 1;
    std::vector<int> common((a.size() + 1) * wide, 0);  // of what follows
    const auto at = [&](std::size_t i, std::size_t j) -> int& { return common[i * wide + j]; };
    for (std::size_t i = a.size(); i-- > 0;)
        for (std::size_t j = b.size(); j-- > 0;)
            at(i, j) = word(before, a[i]) == word(text, b[j]) ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
    std::vector<TextSpan> changed;
    for (std::size_t i = 0, j = 0; j < b.size();) {
        if (i < a.size() && word(before, a[i]) == word(text, b[j])) {
            ++i;
            ++j;
        } else if (i < a.size() && at(i + 1, j) >= at(i, j + 1)) {
            ++i;
        } else {
            changed.push_back(b[j++]);
        }
    }
    return changed;
}

}  // namespace thaw::ui
