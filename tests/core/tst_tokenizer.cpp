// The tokenisers beside Hugging Face's ids, their files, and what is wrong with these.
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <fstream>
#include <random>

#include "core/api/errors.h"
#include "core/api/tokenizer.h"
#include "core/text/byte_words.h"
#include "core/text/letters.h"
#include "core/util/utf8.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;

namespace {

std::vector<TokenId> idsOf(Tokenizer& tokenizer, std::string_view text, std::size_t mostTokens = 0) {
    std::vector<TokenId> ids;
    tokenizer.encode(text, ids, mostTokens);
    return ids;
}

void write(const std::filesystem::path& file, const std::string& text) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
}

/// What opening says; empty: it opened. Anything but a DataError fails the test.
std::string problemOf(const std::filesystem::path& place) {
    try {
        openTokenizer(place.string());
        return {};
    } catch (const DataError& error) {
        return error.what();
    }
}

/// A tokenizer.json of WordPiece with `more` in place of its post-processor.
std::string wordPieceJson(const std::string& normalizer = R"({"type":"BertNormalizer","lowercase":true})",
                          const std::string& more = R"("post_processor":null)") {
    return R"({"added_tokens":[{"id":3,"content":"<x>","special":true},{"id":4,"content":"Big","normalized":true}],"normalizer":)" +
           normalizer + R"(,"pre_tokenizer":{"type":"BertPreTokenizer"},)" + more +
           R"(,"model":{"type":"WordPiece","unk_token":"[UNK]","vocab":{"[UNK]":0,"wa":1,"##ter":2}}})";
}

std::string byteVocabulary() {
    std::string text;
    int id = 0;
    for (const int byte : {0x21, 0xA1, 0xAE})
        for (int last = byte == 0x21 ? 0x7E : byte == 0xA1 ? 0xAC : 0xFF, code = byte; code <= last; ++code) {
            std::string letter;
            appendUtf8(static_cast<char32_t>(code), letter);
            text += (text.empty() ? "\"" : ",\"") + std::string(code == '"' || code == '\\' ? "\\" : "") + letter +
                    "\":" + std::to_string(id++);
        }
    for (char32_t code = 256; code < 256 + 68; ++code) {
        std::string letter;
        appendUtf8(code, letter);
        text += ",\"" + letter + "\":" + std::to_string(id++);
    }
    return text + R"(,"ab":256,"abc":257,"<|endoftext|>":258)";
}

std::string bpeJson(const std::string& more = "", const std::string& merges = R"(["a b",["ab","c"]])") {
    return R"({"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"use_regex":true},"model":{"type":"BPE",)" + more +
           R"("vocab":{)" + byteVocabulary() + R"(},"merges":)" + merges + "}}";
}

std::string drawBytes(std::mt19937& dice, std::size_t most) {
    static const std::vector<std::string> parts{"a",        " ",       "'s",       "\xC3\xA9", "e\xCC\x81",    "\xE4\xB8\xAD",
                                                "[MASK]",   "\xE2",    "\xF0\x9F", "\xFF",     "  ",           "\xF0\x9F\x91\x8D",
                                                "\xED\xA0", "running", "1",        "\n",       "<|endoftext|>"};
    std::string text;
    for (std::size_t i = dice() % most; i > 0; --i)
        text += dice() % 3 == 0 ? std::string(1, static_cast<char>(dice())) : parts[dice() % parts.size()];
    return text;
}

}  // namespace

class TokenizerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void idsAreThoseOfHuggingFace() {
        QFile file(QStringLiteral(THAW_TEST_DATA "/tokenizer_golden.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonArray golden = QJsonDocument::fromJson(file.readAll()).array();
        QVERIFY(golden.size() > 250);
        for (const char* name : {"minilm", "gpt2"}) {
            const auto tokenizer = openTokenizer(name);
            for (const QJsonValue& one : golden) {
                const QByteArray text = QByteArray::fromHex(one[QLatin1String("text")].toString().toLatin1());
                std::vector<TokenId> expected;
                for (const QJsonValue& id : one[QLatin1String(name)].toArray()) expected.push_back(id.toInt());
                QVERIFY2(idsOf(*tokenizer, text.toStdString()) == expected, text.toPercentEncoding().constData());
            }
        }
    }

    void bytesComeBack() {
        const auto gpt2 = openTokenizer("gpt2");
        std::mt19937 dice(1);
        std::size_t whole = 0;
        for (int round = 0; round < 20'000; ++round) {
            const std::string text = drawBytes(dice, 40);
            std::vector<TokenId> ids;
            if (gpt2->encode(text, ids) > 0) continue;
            QVERIFY2(gpt2->decode(ids) == text, QByteArray::fromStdString(text).toHex().constData());
            ++whole;
        }
        QVERIFY(whole > 500);
        const std::string letters(200'000, 'a');
        QVERIFY(gpt2->decode(idsOf(*gpt2, letters)) == letters);
    }

    void anyBytesGiveKnownIds() {
        std::mt19937 dice(2);
        for (const char* name : {"minilm", "gpt2"}) {
            const auto tokenizer = openTokenizer(name);
            const auto fresh = tokenizer->copy();  // the words of earlier texts change nothing
            for (int round = 0; round < 5'000; ++round) {
                const std::string text = drawBytes(dice, 60);
                const std::vector<TokenId> ids = idsOf(*tokenizer, text);
                for (const TokenId id : ids) QVERIFY(!tokenizer->token(id).empty());
                QVERIFY(round % 50 != 0 || idsOf(*fresh->copy(), text) == ids);
            }
        }
    }

    void brokenBytesAreCounted_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("count");
        QTest::newRow("none") << QByteArray("K\xC3\xA4se") << 0;
        QTest::newRow("lone byte") << QByteArray("a\xFF") << 1;
        QTest::newRow("cut off: one place") << QByteArray("a\xE2\x82") << 1;
        QTest::newRow("surrogate: three") << QByteArray("\xED\xA0\x80") << 3;
        QTest::newRow("cut off before a letter") << QByteArray("\xF0\x9F\x91z") << 1;
    }
    void brokenBytesAreCounted() {
        QFETCH(QByteArray, bytes);
        QFETCH(int, count);
        const auto gpt2 = openTokenizer("gpt2");
        std::vector<TokenId> ids;
        QCOMPARE(static_cast<int>(gpt2->encode(bytes.toStdString(), ids)), count);
        const QByteArray back = QByteArray::fromStdString(gpt2->decode(ids));
        QCOMPARE(static_cast<int>(back.count("\xEF\xBF\xBD")), count);
    }

    void textsAreCut() {
        const auto minilm = openTokenizer("minilm");
        QCOMPARE(idsOf(*minilm, ""), (std::vector<TokenId>{101, 102}));
        QCOMPARE(idsOf(*minilm, "hello world again", 4), (std::vector<TokenId>{101, 7592, 2088, 102}));
        QCOMPARE(idsOf(*minilm, "hello", 4), (std::vector<TokenId>{101, 7592, 102}));
        QVERIFY_EXCEPTION_THROWN(idsOf(*minilm, "hello", 2), ConfigError);
        QVERIFY_EXCEPTION_THROWN(idsOf(*minilm, std::string(kMostTextBytes + 1, 'a')), DataError);
        QVERIFY_EXCEPTION_THROWN(minilm->token(30522), DataError);
        QVERIFY_EXCEPTION_THROWN(minilm->decode({-1}), DataError);
        QCOMPARE(minilm->decode(idsOf(*minilm, "Unaffable  TEXT")), std::string("[CLS] unaffable text [SEP]"));
        QCOMPARE(minilm->info().vocabularySize, 30522);
        QCOMPARE(minilm->info().padding, 0);
        QVERIFY(idsOf(*openTokenizer("gpt2"), "").empty());
    }

    void wordsAreDividedAsTheirPatternSays() {
        const auto divided = [](std::string text) {
            QByteArrayList words;
            for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(byteWordLength(rest)))
                words << QByteArray(rest.data(), static_cast<qsizetype>(byteWordLength(rest)));
            return words.join('|');
        };
        QCOMPARE(divided("it's 12ab!?'s"), QByteArray("it|'s| 12|ab|!?'|s"));
        QCOMPARE(divided("a   b\n\n c \t"), QByteArray("a|  | b|\n\n| c| \t"));
        QCOMPARE(divided("a\nb 'S"), QByteArray("a|\n|b| '|S"));
    }

    void lettersAreUnicodes() {
        QVERIFY(isWhiteSpace(0x3000) && isWhiteSpace(0x85) && !isWhiteSpace(0x200B));
        QVERIFY(isOther(0xAD) && isOther(0xE000) && !isOther(0x378));
        QVERIFY(isPunctuation('$') && isPunctuation(0x2014) && !isPunctuation(0xA9));
        QVERIFY(isLetter(0x4E00) && isNumber(0xBD) && isNonSpacingMark(0x301));
        std::string lower;
        lowerCase(kCapitalIWithDot, [&lower](char32_t code) { appendUtf8(code, lower); });
        QCOMPARE(lower, std::string("i\xCC\x87"));
    }

    void aFoldersFilesAreRead() {
        const thaw::test::TemporaryHome home;
        write(home / "cased/vocab.txt", "[PAD]\n[UNK]\r\n[CLS]\n[SEP]\nThe\nthe\n##re  \n\xC3\xA9\n");
        const auto cased = openTokenizer((home / "cased").string());
        QCOMPARE(idsOf(*cased, "The the there \xC3\xA9 [SEP]"), (std::vector<TokenId>{2, 4, 5, 5, 6, 7, 3, 3}));
        QVERIFY(cased->info().title.find("cased") != std::string::npos);
        write(home / "cased/tokenizer_config.json", R"({"do_lower_case":true})");
        QCOMPARE(idsOf(*openTokenizer((home / "cased").string()), "The"), (std::vector<TokenId>{2, 5, 3}));
        QCOMPARE(idsOf(*openTokenizer((home / "cased/vocab.txt").string()), "The"), (std::vector<TokenId>{2, 5, 3}));

        write(home / "bpe/vocab.json", "{" + byteVocabulary() + "}");
        write(home / "bpe/merges.txt", "#version: 0.2\na b\nab c\n");
        QCOMPARE(idsOf(*openTokenizer((home / "bpe").string()), "abcab<|endoftext|>"), (std::vector<TokenId>{257, 256, 258}));
        write(home / "bpe/tokenizer_config.json", R"({"add_prefix_space":true})");
        QCOMPARE(idsOf(*openTokenizer((home / "bpe").string()), "abc").size(), std::size_t{2});
    }

    void whatChangesIdsIsHeeded() {
        const thaw::test::TemporaryHome home;
        const auto ids = [&](const std::string& json, const char* text) {
            write(home / "t.json", json);
            return idsOf(*openTokenizer((home / "t.json").string()), text);
        };
        QCOMPARE(ids(wordPieceJson(), "WATER <x>bIg"), (std::vector<TokenId>{1, 2, 3, 4}));
        QCOMPARE(ids(wordPieceJson(R"({"type":"BertNormalizer","lowercase":false})"), "WATER waBig"),
                 (std::vector<TokenId>{0, 1, 4}));
        QCOMPARE(
            ids(wordPieceJson("null", R"("post_processor":{"type":"BertProcessing","sep":["<x>",3],"cls":["wa",1]})"), "water"),
            (std::vector<TokenId>{1, 1, 2, 3}));
        const std::string frame =
            R"("post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<x>","type_id":0}},
               {"Sequence":{"id":"A","type_id":0}}],"pair":[],"special_tokens":{"<x>":{"id":"<x>","ids":[3],"tokens":["<x>"]}}})";
        QCOMPARE(ids(wordPieceJson("null", frame), "wa"), (std::vector<TokenId>{3, 1}));
        QCOMPARE(ids(bpeJson(), "abcab"), (std::vector<TokenId>{257, 256}));
        QCOMPARE(ids(bpeJson(R"("ignore_merges":true,)", R"(["a b"])"), "abc"), (std::vector<TokenId>{257}));
        QCOMPARE(ids(bpeJson("", R"(["a b"])"), "abc").size(), std::size_t{2});
        write(home / "t.json", wordPieceJson("null", R"("truncation":{"max_length":128},"padding":{"pad_id":2})"));
        const auto cut = openTokenizer((home / "t.json").string());
        QCOMPARE(cut->info().suggestedTokens, 128);
        QCOMPARE(cut->info().padding, 2);
    }

    void whatIsNotKnownIsRefused_data() {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char* name, const std::string& json, const char* says) {
            QTest::newRow(name) << QByteArray::fromStdString(json) << QByteArray(says);
        };
        const auto replaced = [](std::string json, const std::string& from, const std::string& to) {
            return json.replace(json.find(from), from.size(), to);
        };
        row("normaliser", wordPieceJson(R"({"type":"NFKC"})"), "NFKC");
        row("its field", wordPieceJson(R"({"type":"BertNormalizer","spell":true})"), "spell");
        row("words", replaced(wordPieceJson(), "BertPreTokenizer", "Whitespace"), "Whitespace");
        row("frame", wordPieceJson("null", R"("post_processor":{"type":"Roundabout"})"), "Roundabout");
        row("model", replaced(wordPieceJson(), "\"WordPiece\"", "\"Unigram\""), "Unigram");
        row("no unknown token", replaced(wordPieceJson(), "\"[UNK]\":0", "\"unk\":0"), "[UNK]");
        row("two tokens", replaced(wordPieceJson(), "##ter\":2", "##ter\":1"), "two tokens");
        row("id", replaced(wordPieceJson(), "##ter\":2", "##ter\":2000000"), "from 0 to");
        row("whole words", replaced(wordPieceJson(), "\"special\":true", "\"single_word\":true"), "single_word");
        row("dropout", bpeJson(R"("dropout":0.1,)"), "dropout");
        row("end of word", bpeJson(R"("end_of_word_suffix":"</w>",)"), "end_of_word_suffix");
        row("merge without token", bpeJson("", R"(["a z"])"), "do not belong together");
        row("no merge", bpeJson("", R"(["a"])"), "two tokens");
        row("bytes missing", replaced(bpeJson(), "\"a\":", "\"aaa\":"), "byte 97");
        row("twice", R"({"model":{},"model":{}})", "twice");
        row("deep", "{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}", "deep");
        row("cut off", wordPieceJson().substr(0, 100), "JSON");
    }
    void whatIsNotKnownIsRefused() {
        QFETCH(QByteArray, json);
        QFETCH(QByteArray, says);
        const thaw::test::TemporaryHome home;
        write(home / "bad.json", json.toStdString());
        const QByteArray problem = QByteArray::fromStdString(problemOf(home / "bad.json"));
        QVERIFY2(problem.contains(says) && problem.contains("bad.json"), problem.constData());
    }

    void wrongPlacesAreNamed() {
        const thaw::test::TemporaryHome home;
        write(home / "empty/readme", "");
        write(home / "no-bert/vocab.txt", "the\nof\n");
        write(home / "latin/vocab.txt", "[UNK]\ncaf\xE9\n");
        write(home / "clip/vocab.json", "{" + byteVocabulary() + R"(,"ab</w>":259,"b</w>":260})");
        write(home / "clip/merges.txt", "a b</w>\n");
        QVERIFY(problemOf(home / "none").find("There is no tokeniser") == 0);
        QVERIFY(problemOf(home / "empty").find("has no tokeniser's files") != std::string::npos);
        QVERIFY(problemOf(home / "no-bert").find("[UNK]") != std::string::npos);
        QVERIFY(problemOf(home / "latin").find("not UTF-8") != std::string::npos);
        QVERIFY(problemOf(home / "clip").find("GPT-2's kind") != std::string::npos);
    }

    void changedFilesAreRefusedOrRead() {
        const thaw::test::TemporaryHome home;
        std::mt19937 dice(3);
        std::size_t refused = 0;
        for (const std::string& good : {wordPieceJson(), bpeJson()}) {
            for (int round = 0; round < 1'500; ++round) {
                std::string bad = good;
                for (unsigned i = dice() % 3 + 1; i > 0; --i)
                    bad[dice() % bad.size()] = static_cast<char>(dice() % 4 ? dice() % 128 : dice());
                if (dice() % 4 == 0) bad.resize(dice() % bad.size());
                write(home / "bad.json", bad);
                const std::string problem = problemOf(home / "bad.json");
                refused += problem.empty() ? 0 : 1;
                if (problem.empty()) idsOf(*openTokenizer((home / "bad.json").string()), drawBytes(dice, 30));
            }
        }
        QVERIFY(refused > 1'000);
    }
};

QTEST_GUILESS_MAIN(TokenizerTest)
#include "tst_tokenizer.moc"
