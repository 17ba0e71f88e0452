// Words of a text in steps of strength, and the strongest of them.
#include <QTest>

#include <cmath>
#include <limits>

#include "ui/models/word_marks.h"

using namespace thaw;
using namespace thaw::ui;

namespace {

core::TextAttribution scored(std::vector<core::WordScore> words) {
    core::TextAttribution made;
    made.words = std::move(words);
    return made;
}

}  // namespace

class TestWordMarks : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void stepsAreSharesOfTheStrongest() {
        const core::TextAttribution made = scored({{0, 1, -10.0f}, {2, 1, 6.0f}, {4, 1, 3.2f}, {6, 1, -1.6f}, {8, 1, 1.5f}});
        const MarkedText text = markedText("a b c d e", &made);
        std::vector<int> steps;
        for (const WordMark& mark : text.marks) steps.push_back(mark.strength);
        QCOMPARE(steps, (std::vector<int>{3, 3, 2, 1, 0}));
        QVERIFY(!text.marks[0].speaksFor() && text.marks[1].speaksFor());
        QVERIFY(markedText("a b", nullptr).marks.empty());
    }

    void placesAreLettersNotBytes() {
        const std::string text = "caf\xc3\xa9 \xe4\xb8\xad\xe6\x96\x87 ok";
        const core::TextAttribution made = scored({{0, 5, 1.0f}, {6, 6, 1.0f}, {13, 2, 1.0f}});
        const MarkedText marked = markedText(text, &made);
        QCOMPARE(marked.text.mid(marked.marks[1].begin, marked.marks[1].length), QString::fromUtf8("\xe4\xb8\xad\xe6\x96\x87"));
        QCOMPARE(marked.text.mid(marked.marks[2].begin, marked.marks[2].length), QStringLiteral("ok"));
    }

    void oddAnswersAreLeftOut() {
        const float nan = std::numeric_limits<float>::quiet_NaN();
        const core::TextAttribution made = scored({{0, 1, nan}, {2, 1, 1.0f}, {1, 1, 1.0f}, {4, 9, 1.0f}});
        const MarkedText text = markedText("a b c", &made);
        QCOMPARE(text.marks.size(), std::size_t(1));
        QCOMPARE(text.marks[0].begin, 2);
        // A broken byte is one letter.
        const core::TextAttribution after = scored({{2, 2, 1.0f}});
        const MarkedText broken = markedText("\xff ok", &after);
        QCOMPARE(broken.text.mid(broken.marks[0].begin, broken.marks[0].length), QStringLiteral("ok"));
    }

    void punctuationStaysPlain() {
        const core::TextAttribution made = scored({{0, 2, 0.1f}, {2, 1, 9.0f}});
        const MarkedText text = markedText("ok!", &made);
        QCOMPARE(text.marks[1].strength, 0);
        QCOMPARE(strongestWords(text, 3, 2).size(), std::size_t(1));
    }

    void theStrongestOfBothSides() {
        const core::TextAttribution made =
            scored({{0, 1, 1.0f}, {2, 1, 5.0f}, {4, 1, -1.0f}, {6, 1, -3.0f}, {8, 1, 2.0f}, {10, 1, -2.0f}, {12, 1, 1.5f}});
        const std::vector<WordSum> words = strongestWords(markedText("a b c d e f A", &made), 2, 2);
        QStringList names;
        for (const WordSum& word : words) names << word.word;
        QCOMPARE(names, QStringList({"b", "a", "f", "d"}));  // "a" stands twice
        QCOMPARE(words[1].score, 2.5);
        QCOMPARE(scoreText(words[1].score), QStringLiteral("+2.5"));
        QCOMPARE(scoreText(-0.44), QStringLiteral("−0.4"));
    }
};

QTEST_APPLESS_MAIN(TestWordMarks)
#include "tst_word_marks.moc"
