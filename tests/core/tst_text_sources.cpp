// Labelled texts: tables, folders and WordNet's definitions; their tokens.
#include <QTest>

#include <algorithm>
#include <fstream>
#include <set>

#include "core/api/tokenizer.h"
#include "core/data/dataset.h"
#include "core/data/label_table.h"
#include "core/data/token_set.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

using Texts = std::vector<std::string>;

void write(const fs::path& file, const std::string& text) {
    fs::create_directories(file.parent_path());
    writeFile(file, Bytes(text.begin(), text.end()));
}

DatasetInfo found(const fs::path& place, const std::string& id = "auto") {
    DataConfig config;
    config.directory = place;
    config.dataset = id;
    return resolveDataset(config, Modality::Texts);
}

std::string problemOf(const fs::path& place) {
    return errorOf<DataError>([&] { found(place); });
}

/// "label: text" of a split, sorted.
Texts linesOf(const DatasetInfo& info, Split split) {
    const auto set = loadSplit(info, split, 0, 1);
    Texts lines;
    for (std::size_t i = 0; i < set->texts->size(); ++i)
        lines.push_back(info.classNames[static_cast<std::size_t>(set->labels[i])] + ": " + (*set->texts)[i]);
    std::sort(lines.begin(), lines.end());
    return lines;
}

Texts allLinesOf(const DatasetInfo& info) {
    Texts lines = linesOf(info, Split::Train), more = linesOf(info, Split::Test);
    lines.insert(lines.end(), more.begin(), more.end());
    std::sort(lines.begin(), lines.end());
    return lines;
}

}  // namespace

class TestTextSources : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aTableWithSplits() {
        const TemporaryHome home;
        write(
            home / "mail.csv",
            "label,text,split\nspam,\"Win, now\",train\nham,See you,train\nspam,\"A \"\"gift\"\"\nfor you\",test\nham,,train\n");
        const DatasetInfo info = found(home / "mail.csv");
        QCOMPARE(info.id, std::string("texts"));
        QVERIFY(info.modality == Modality::Texts);
        QCOMPARE(info.title, std::string("Texts of mail.csv"));
        QCOMPARE(info.classNames, (Texts{"ham", "spam"}));
        QCOMPARE(linesOf(info, Split::Train), (Texts{"ham: See you", "spam: Win, now"}));
        QCOMPARE(linesOf(info, Split::Test), (Texts{"spam: A \"gift\"\nfor you"}));
        QVERIFY(std::count(info.notes.begin(), info.notes.end(), "1 of its texts are empty and are left out.") == 1);
        // The folder with it alone is as good.
        QCOMPARE(found(home.path()).trainCount, std::int64_t{2});
    }

    /// Without titles that say it, the longest cells are the texts.
    void aTableIsUnderstood() {
        LabelTable table =
            labelTableFrom(tableRows("verdict\twhat\ngood\tI liked it a lot\nbad\tIt was boring\n"), TableOf::Texts);
        QCOMPARE(table.rows[0].name, std::string("I liked it a lot"));
        table = labelTableFrom(tableRows("sentiment;note\npositive;fine\nnegative;poor\n"), TableOf::Texts);
        QCOMPARE(table.classNames, (Texts{"negative", "positive"}));
        QCOMPARE(table.rows[1].name, std::string("poor"));
        QVERIFY(table.notes.front().find("\"note\" holds the texts") != std::string::npos);
        table = labelTableFrom(tableRows("comment,rude,loud\nHey you there,1,1\nGood day,0,0\n"), TableOf::Texts);
        QVERIFY(table.task == TaskKind::SeveralLabels);
        QCOMPARE(table.rows[0].labels, (std::vector<int>{0, 1}));
    }

    /// As the best known table of spam lies about: in Windows' letters, "v1" and "v2" for titles, empty columns beside them.
    void aSpamTable() {
        const TemporaryHome home;
        std::string lines = "v1,v2,,,\n";
        for (int i = 0; i < 20; ++i)
            lines += std::string(i % 4 == 0 ? "spam" : "ham") + ",\"You won \xA3" + std::to_string(i) + ", don\x92t wait\",,,\n";
        lines += "ham,See you,\" odd, rest\",,\n";
        write(home / "spam.csv", lines);
        const DatasetInfo info = found(home / "spam.csv");
        QCOMPARE(info.classNames, (Texts{"ham", "spam"}));
        const Texts all = allLinesOf(info);
        QCOMPARE(all.size(), std::size_t(21));
        QVERIFY2(std::count(all.begin(), all.end(),
                            "spam: You won \xC2\xA3"
                            "16, don\xE2\x80\x99t wait") == 1,
                 all.back().c_str());
        const auto tells = [](const std::string& note) { return note.find("not UTF-8") != std::string::npos; };
        QVERIFY(std::any_of(info.notes.begin(), info.notes.end(), tells));
    }

    void aTableWithoutTitles() {
        const LabelTable table =
            labelTableFrom(tableRows("ham\tGo on\nspam\tFree entry\nham\tOk\nham\tYes\nspam\tWin\nham\tNo\n"), TableOf::Texts);
        QCOMPARE(table.classNames, (Texts{"ham", "spam"}));
        QCOMPARE(table.rows.size(), std::size_t(6));
        QCOMPARE(table.rows[0].name, std::string("Go on"));
    }

    void jsonLines() {
        const TemporaryHome home;
        write(home / "a.jsonl",
              "{\"text\": \"One\\ntwo\", \"label\": \"x\", \"id\": 7}\n\n{\"label\": 1, \"text\": \"Caf\\u00e9\"}\n");
        const DatasetInfo info = found(home / "a.jsonl");
        QCOMPARE(info.classNames, (Texts{"1", "x"}));
        QCOMPARE(allLinesOf(info), (Texts{"1: Caf\xC3\xA9", "x: One\ntwo"}));
        write(home / "several.jsonl", "{\"text\": \"A\", \"labels\": [\"x\", \"y\"]}\n{\"text\": \"B\", \"labels\": []}\n");
        const DatasetInfo several = found(home / "several.jsonl");
        QVERIFY(several.task == TaskKind::SeveralLabels);
        QCOMPARE(several.classNames, (Texts{"x", "y"}));
        write(home / "torn.jsonl", "{\"text\": \"A\", \"label\": \"x\"}\n{\"text\": \"B");
        QVERIFY(problemOf(home / "torn.jsonl").find("line 2 is no JSON object") != std::string::npos);
    }

    void orangesTables() {
        const TemporaryHome home;
        write(home / "books.tab",
              "Text\tAuthor\tYear\nstring\tdiscrete\tcontinuous\nmeta include=True\tclass\t\nIt was so\tAusten\t1813\nCall "
              "me\tMelville\t1851\n");
        const DatasetInfo info = found(home / "books.tab");
        QCOMPARE(allLinesOf(info), (Texts{"Austen: It was so", "Melville: Call me"}));
    }

    void otherEncodings_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("told");
        QTest::newRow("UTF-8") << QByteArray("na\xC3\xAFve") << QByteArray("na\xC3\xAFve") << false;
        QTest::newRow("marked UTF-8") << QByteArray("\xEF\xBB\xBFyes") << QByteArray("yes") << false;
        QTest::newRow("UTF-16") << QByteArray("\xFF\xFEn\0a\0\xEF\0", 8) << QByteArray("na\xC3\xAF") << true;
        QTest::newRow("UTF-16, high first") << QByteArray("\xFE\xFF\0n\0\xEF", 6) << QByteArray("n\xC3\xAF") << true;
        QByteArray torn, whole;
        for (int i = 0; i < 20; ++i) whole += "na\xC3\xAFve ";
        torn = whole + "\xC3";
        QTest::newRow("one broken letter among many") << torn << torn << false;
        // "Съешь же ещё этих мягких французских булок" in KOI8-R
        QTest::newRow("KOI8-R") << QByteArray(
                                       "\xF3\xDF\xC5\xDB\xD8 \xD6\xC5 \xC5\xDD\xA3 \xDC\xD4\xC9\xC8 \xCD\xD1\xC7\xCB\xC9\xC8 "
                                       "\xC6\xD2\xC1\xCE\xC3\xD5\xDA\xD3\xCB\xC9\xC8 \xC2\xD5\xCC\xCF\xCB")
                                << QByteArray("Съешь же ещё этих мягких французских булок") << true;
    }
    void otherEncodings() {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, text);
        QFETCH(bool, told);
        EncodingCounts others;
        QCOMPARE(QByteArray::fromStdString(toUtf8(bytes.toStdString(), others)), text);
        QCOMPARE(!noteOf(others).empty(), told);
    }

    /// The same text is on the same side wherever it stands.
    void aFifthTests() {
        const TemporaryHome home;
        std::string lines = "text,label\n", reversed;
        for (int i = 0; i < 400; ++i) {
            const std::string line = "text number " + std::to_string(i) + (i % 2 == 0 ? ",even\n" : ",odd\n");
            lines += line;
            reversed = line + reversed;
        }
        write(home / "a" / "a.csv", lines);
        write(home / "b" / "b.csv", "text,label\n" + reversed);
        const DatasetInfo info = found(home / "a");
        QVERIFY(info.testCount > 50 && info.testCount < 110);
        QCOMPARE(linesOf(info, Split::Test), linesOf(found(home / "b"), Split::Test));
        QCOMPARE(allLinesOf(info).size(), std::size_t(400));
        // Limits and held-out shares are those of all data sets.
        DataConfig part;
        part.trainLimit = 40;
        part.heldOut = 0.25;
        QCOMPARE(loadSplit(info, Split::Train, part, 7)->count(), std::int64_t{30});
        const auto held = loadSplit(info, Split::HeldOut, part, 7);
        QCOMPARE(held->count(), std::int64_t{10});
        QCOMPARE(held->texts->size(), std::size_t(10));
        QVERIFY(held->identity.digest != loadSplit(info, Split::Train, part, 7)->identity.digest);
    }

    void foldersOfFiles() {
        const TemporaryHome home;
        for (int i = 0; i < 20; ++i) {
            write(home / "plain/good" / (std::to_string(i) + ".txt"), "Good " + std::to_string(i) + "\n");
            write(home / "plain/bad" / (std::to_string(i) + ".txt"), "Bad " + std::to_string(i) + "\n");
        }
        write(home / "plain/bad/empty.txt", " \n");
        write(home / "plain/bad/notes.md", "no text of the set");
        const DatasetInfo plain = found(home / "plain");
        QCOMPARE(plain.id, std::string("text-folder"));
        QCOMPARE(plain.classNames, (Texts{"bad", "good"}));
        QCOMPARE(plain.trainCount + plain.testCount, std::int64_t{40});
        QVERIFY(plain.testCount > 0);
        // As IMDb's reviews lie.
        for (const char* split : {"train", "test"})
            for (const char* name : {"neg", "pos"}) write(home / "imdb" / split / name / "0_1.txt", std::string(split) + name);
        write(home / "imdb/train/unsup/0_0.txt", "nobody says what this is");
        const DatasetInfo imdb = found(home / "imdb");
        QCOMPARE(linesOf(imdb, Split::Train), (Texts{"neg: trainneg", "pos: trainpos"}));
        QCOMPARE(linesOf(imdb, Split::Test), (Texts{"neg: testneg", "pos: testpos"}));
    }

    void whatCannotBeReadIsExplained() {
        const TemporaryHome home;
        write(home / "none.csv", "text,other,another\nA,B,C\n");
        QVERIFY(problemOf(home / "none.csv").find("no column that can be told to hold labels") != std::string::npos);
        write(home / "one.csv", "text,label\nA,x\nB,x\n");
        QVERIFY(problemOf(home / "one.csv").find("at least two are needed") != std::string::npos);
        write(home / "quote.csv", "text,label\n\"A,x\nB,y\n");
        QVERIFY(problemOf(home / "quote.csv").find("quote in the table never ends") != std::string::npos);
        write(home / "short.csv", "text,label\nA,x\n,y\n");
        QVERIFY(!problemOf(home / "short.csv").empty());
        write(home / "long.csv", "text,label\n" + std::string(kMostTextBytes + 1, 'a') + ",x\nB,y\n");
        QVERIFY(problemOf(home / "long.csv").find("more than 16 MB") != std::string::npos);
        fs::create_directories(home / "nothing");
        QVERIFY(problemOf(home / "nothing").find("no labelled texts") != std::string::npos);
    }

    void wordNetComesWithThaw() {
        const TemporaryHome home;
        const DatasetInfo info = resolveDataset({}, Modality::Texts);
        QCOMPARE(info.id, std::string("wordnet"));
        QCOMPARE(info.classNames, (Texts{"act", "animal", "artifact", "body", "communication", "food", "location", "person",
                                         "plant", "substance"}));
        for (const std::int64_t count : info.trainPerClass) QCOMPARE(count, std::int64_t{960});
        for (const std::int64_t count : info.testPerClass) QCOMPARE(count, std::int64_t{240});
        const Texts lines = allLinesOf(info);
        QCOMPARE(std::set<std::string>(lines.begin(), lines.end()).size(), std::size_t(12'000));
    }

    /// Whoever asks for pictures never gets texts, and the reverse.
    void textsAndPicturesAreKeptApart() {
        const TemporaryHome home;
        for (const DatasetInfo& info : listDatasets()) QVERIFY(info.modality == Modality::Pictures);
        const std::vector<DatasetInfo> texts = listDatasets({}, Modality::Texts);
        QCOMPARE(texts.size(), std::size_t(5));
        for (const DatasetInfo& info : texts) QVERIFY(info.modality == Modality::Texts);
        DataConfig config;
        config.dataset = "wordnet";
        QVERIFY(errorOf<DataError>([&] { resolveDataset(config); }).find("holds texts, but the model reads pictures") !=
                std::string::npos);
        writeCifar10Folder(home / "cifar", {});
        config.dataset = "cifar10";
        config.directory = home / "cifar";
        QVERIFY(errorOf<DataError>([&] { resolveDataset(config, Modality::Texts); }).find("holds pictures") != std::string::npos);
        QVERIFY(!problemOf(home / "cifar").empty());
    }

    void tokensAreCutAndCounted() {
        const auto tokenizer = openTokenizer("minilm");
        const Texts texts{"a b c d e f", "a", "a b c d", std::string("caf\xE9 \xFF") + "x"};
        const TokenSet set = tokenize(texts, *tokenizer, /*mostTokens=*/6);
        QCOMPARE(set.count(), std::int64_t{4});
        QCOMPARE(set.length(0), std::int64_t{6});
        QCOMPARE(set.length(1), std::int64_t{3});
        QCOMPARE(set.length(2), std::int64_t{6});  // [CLS] a b c d [SEP]: just fits
        QCOMPARE(set.cut, (std::vector<std::int64_t>{0}));
        QCOMPARE(set.brokenTexts, std::int64_t{1});
        QCOMPARE(set.text(1)[0], TokenId{101});
        QCOMPARE(set.text(0)[5], TokenId{102});
        QCOMPARE(set.padding, TokenId{0});
        const std::string note = noteOfTokens(set, tokenize({"a"}, *tokenizer, 6), 6);
        QVERIFY2(note.find("1 text of 5 had more than 6 tokens") != std::string::npos, note.c_str());
        QVERIFY(note.find("no UTF-8") != std::string::npos);
        QVERIFY(noteOfTokens(tokenize({"a"}, *tokenizer, 6), TokenSet(), 6).empty());
        QVERIFY_EXCEPTION_THROWN(tokenize(texts, *tokenizer, 6, [](std::int64_t, std::int64_t) { return false; }), Cancelled);
    }
};

QTEST_GUILESS_MAIN(TestTextSources)
#include "tst_text_sources.moc"
