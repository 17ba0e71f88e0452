// Plain texts that a model learns to continue: how they are found, divided by place and cut into windows.
#include <QTest>

#include <numeric>

#include "core/api/errors.h"
#include "core/data/dataset.h"
#include "core/data/token_set.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

void write(const fs::path& file, const std::string& text) { writeFile(file, Bytes(text.begin(), text.end())); }

std::string linesOf(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "This is line " + std::to_string(i) + " of a text that goes on.\n";
    return text;
}

DatasetInfo datasetAt(const fs::path& place) {
    DataConfig config;
    config.directory = place;
    return resolveDataset(config, Modality::Texts);
}

std::string textOf(const DatasetInfo& dataset, Split split) {
    const auto set = loadSplit(dataset, split, 0, 1);
    return std::accumulate(set->texts->begin(), set->texts->end(), std::string());
}

}  // namespace

class TestPlainText : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theLastTenthTests() {
        const TemporaryHome home;
        const std::string text = linesOf(2000);
        write(home / "story.txt", text);
        const DatasetInfo dataset = datasetAt(home / "story.txt");
        QCOMPARE(dataset.id, std::string("plain-text"));
        QVERIFY(dataset.task == TaskKind::ContinueText);
        QCOMPARE(dataset.title, std::string("The text of story.txt"));
        const std::string train = textOf(dataset, Split::Train), test = textOf(dataset, Split::Test);
        QVERIFY(train + test == text);
        QCOMPARE(train.back(), '\n');
        QVERIFY(std::abs(static_cast<double>(train.size()) / static_cast<double>(text.size()) - 0.9) < 1e-3);
        const auto sections = loadSplit(dataset, Split::Train, 0, 1);
        QCOMPARE(sections->count(), dataset.trainCount);
        for (const std::string& section : *sections->texts) QVERIFY(section.size() < 4100 && section.back() == '\n');
        QCOMPARE(loadSplit(dataset, Split::Train, 3, 1)->count(), std::int64_t{3});
    }

    void foldersAreReadInTheOrderOfTheirNames() {
        const TemporaryHome home;
        fs::create_directories(home / "books");
        write(home / "books/b.txt", linesOf(300));
        write(home / "books/a.txt",
              "\xEF\xBB\xBF"
              "First.\r\nSecond.\rThird.");
        write(home / "books/notes.md", "not read");
        const DatasetInfo dataset = datasetAt(home / "books");
        QVERIFY(textOf(dataset, Split::Train) + textOf(dataset, Split::Test) == "First.\nSecond.\nThird.\n" + linesOf(300));
    }

    /// A folder for each class is one of labelled texts.
    void classesAreNoPlainText() {
        const TemporaryHome home;
        for (const char* name : {"good", "bad"}) {
            fs::create_directories(home / "reviews" / name);
            for (int i = 0; i < 8; ++i)
                write(home / "reviews" / name / (std::to_string(i) + ".txt"), std::string(name) + std::to_string(i));
        }
        QCOMPARE(datasetAt(home / "reviews").id, std::string("text-folder"));
    }

    void longLinesAreDividedBetweenLetters() {
        const TemporaryHome home;
        std::string text;
        for (int i = 0; i < 30000; ++i) text += "\xC3\xA9";
        write(home / "long.txt", text);
        const DatasetInfo dataset = datasetAt(home / "long.txt");
        for (const Split split : {Split::Train, Split::Test}) {
            const auto sections = loadSplit(dataset, split, 0, 1);
            for (const std::string& section : *sections->texts)
                QVERIFY(section.size() <= 8002 && section.size() % 2 == 0 && section.substr(0, 2) == "\xC3\xA9");
        }
    }

    void whatIsNoTextIsRefused() {
        const TemporaryHome home;
        write(home / "empty.txt", " \n\n");
        QVERIFY(errorOf<DataError>([&] { datasetAt(home / "empty.txt"); }).find("holds no text") != std::string::npos);
        write(home / "short.txt", "One line.");
        QVERIFY(errorOf<DataError>([&] { datasetAt(home / "short.txt"); }).find("too short") != std::string::npos);
    }

    void shakespeareComesWithThaw() {
        const TemporaryHome home;
        DataConfig config;
        config.dataset = "shakespeare";
        const DatasetInfo dataset = resolveDataset(config, Modality::Texts);
        QCOMPARE(dataset.title, std::string("Shakespeare's plays"));
        QVERIFY(textOf(dataset, Split::Train).find("But soft! what light through yonder window breaks?") != std::string::npos);
        config.dataset = "auto";
        QCOMPARE(resolveDataset(config, Modality::Texts).id, std::string("wordnet"));
    }

    void windowsNeverOverlap() {
        const auto tokenizer = openTokenizer("gpt2");
        const std::string text = linesOf(20);
        std::vector<TokenId> all;
        tokenizer->encode(text, all);
        const TokenSet windows = windowsOf({text}, *tokenizer, 16);
        QCOMPARE(windows.count(), (static_cast<std::int64_t>(all.size()) - 1) / 16);
        QCOMPARE(static_cast<std::int64_t>(windows.ids.size()), windows.count() * 16 + 1);
        QVERIFY(std::equal(windows.ids.begin(), windows.ids.end(), all.begin()));
        for (std::int64_t i = 0; i < windows.count(); ++i) {
            QCOMPARE(windows.length(i), std::int64_t{16});
            QVERIFY(windows.text(i) == windows.ids.data() + i * 16);
        }
        // Sections are joined.
        QVERIFY(windowsOf({linesOf(20), linesOf(20)}, *tokenizer, 16).count() >= 2 * windows.count());
        // What BERT's tokeniser puts around each text is left out.
        const auto words = openTokenizer("minilm");
        for (const TokenId id : windowsOf({text, text}, *words, 8).ids) QVERIFY(id != 101 && id != 102);
        const std::string error = errorOf<DataError>([&] { windowsOf({"Too short."}, *tokenizer, 16); });
        QVERIFY2(error.find("has 3 tokens, and the windows that it is divided into have 16") != std::string::npos, error.c_str());
    }
};

QTEST_GUILESS_MAIN(TestPlainText)
#include "tst_plain_text.moc"
