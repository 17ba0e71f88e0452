#include "ui/models/word_marks.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace thaw::ui {
namespace {

constexpr double kSteps[] = {0.16, 0.32, 0.60};  // shares of the strongest word's score

}  // namespace

MarkedText markedText(const std::string& text, const core::TextAttribution* attribution) {
    MarkedText marked;
    marked.text = QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
    if (attribution == nullptr) return marked;
    double strongest = 0;
    for (const core::WordScore& word : attribution->words)
        if (std::isfinite(word.score)) strongest = std::max(strongest, std::abs(static_cast<double>(word.score)));
    qsizetype letters = 0;
    std::size_t bytes = 0;
    const auto lettersIn = [&](std::size_t begin, std::size_t end) {
        return QString::fromUtf8(text.data() + begin, static_cast<qsizetype>(end - begin)).size();
    };
    for (const core::WordScore& word : attribution->words) {
        if (word.begin < bytes || word.begin + word.length > text.size() || !std::isfinite(word.score)) continue;
        letters += lettersIn(bytes, word.begin);
        bytes = word.begin + word.length;
        WordMark mark;
        mark.begin = static_cast<int>(letters);
        mark.length = static_cast<int>(lettersIn(word.begin, bytes));
        letters += mark.length;
        mark.score = static_cast<double>(word.score);
        for (const double step : kSteps) mark.strength += strongest > 0 && std::abs(mark.score) >= step * strongest ? 1 : 0;
        const QString letter = marked.text.mid(mark.begin, mark.length);
        if (letter.size() == 1 && !letter.at(0).isLetterOrNumber()) mark.strength = 0;  // punctuation stays plain
        marked.marks.push_back(mark);
    }
    return marked;
}

std::vector<WordSum> strongestWords(const MarkedText& text, int mostFor, int mostAgainst) {
    std::vector<WordSum> sums;
    for (const WordMark& mark : text.marks) {
        const QString word = text.text.mid(mark.begin, mark.length);
        if (word.size() == 1 && !word.at(0).isLetterOrNumber()) continue;
        const auto same = std::find_if(sums.begin(), sums.end(),
                                       [&](const WordSum& one) { return one.word.compare(word, Qt::CaseInsensitive) == 0; });
        if (same == sums.end())
            sums.push_back({word, mark.score});
        else
            same->score += mark.score;
    }
    std::stable_sort(sums.begin(), sums.end(), [](const WordSum& a, const WordSum& b) { return a.score > b.score; });
    std::vector<WordSum> chosen;
    for (const WordSum& sum : sums)
        if (sum.score > 0 && static_cast<int>(chosen.size()) < mostFor) chosen.push_back(sum);
    const auto against = std::count_if(sums.begin(), sums.end(), [](const WordSum& sum) { return sum.score < 0; });
    const auto taken = std::min<std::ptrdiff_t>(against, mostAgainst);
    chosen.insert(chosen.end(), sums.end() - taken, sums.end());
    return chosen;
}

QString scoreText(double score) {
    const QString number = QLocale().toString(std::abs(score), 'f', 1);
    return (score < 0 ? QStringLiteral("−") : QStringLiteral("+")) + number;
}

}  // namespace thaw::ui
