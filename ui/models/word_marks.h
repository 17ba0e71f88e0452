// The words of a text that speak for or against a class, in the three steps of strength that are drawn. Pure.
#pragma once

#include <QString>

#include <string>
#include <vector>

#include "core/api/text_attribution.h"

namespace thaw::ui {

struct WordMark {
    int begin = 0, length = 0;  ///< in MarkedText::text
    int strength = 0;           ///< 1..3 beside the text's strongest word; 0: too weak to be drawn
    double score = 0;           ///< above 0: for the class
    bool speaksFor() const { return score > 0; }
};

struct MarkedText {
    QString text;                 ///< broken bytes are U+FFFD
    std::vector<WordMark> marks;  ///< of all words that have a score, in the text's order
};

/// `attribution` null: no marks.
MarkedText markedText(const std::string& text, const core::TextAttribution* attribution);

/// Up to so many words: the strongest for the class, strongest first, then the strongest against it, weakest first. A word that
/// stands several times is one, with the sum of its scores.
struct WordSum {
    QString word;
    double score = 0;
};
std::vector<WordSum> strongestWords(const MarkedText& text, int mostFor, int mostAgainst);

/// "+2.3", "−0.4"
QString scoreText(double score);

}  // namespace thaw::ui
