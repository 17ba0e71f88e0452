#include <QTest>

#include <nlohmann/json.hpp>

#include "core/api/text.h"
#include "core/store/strict_json.h"
#include "core/util/text.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;

class TextTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void lettersStay_data();
    void lettersStay();
    void whatATerminalObeysIsEscaped_data();
    void whatATerminalObeysIsEscaped();
    void linesStayWithinAText();
    void everyByteBecomesText();
    void jsonKeepsItsMeaning();
    void bytesSurviveAsText_data();
    void bytesSurviveAsText();
    void allShortBytesSurviveAsText();
    void bytesSurviveInJson();
    void pathsOfLostLettersAreFound();
};

void TextTest::bytesSurviveAsText_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("text");
    const auto row = [](const QByteArray& bytes, const QByteArray& text) {
        QTest::addRow("%s", bytes.toHex().constData()) << bytes << text;
    };
    row("", "");
    row("cat", "cat");
    row("K\xc3\xa4se", "K\xc3\xa4se");
    row("caf\xe9", "caf\\xE9");
    row("\xe9", "\\xE9");
    row("\xe2\x82", "\\xE2\\x82");
    row("caf\\xE9", "caf\\x5CxE9");  // these letters, not that byte
    row("caf\\xe9", "caf\\xe9");
    row("\\x5C", "\\x5Cx5C");
    row("\\x41", "\\x41");
    row("\\\\xE9", "\\\\x5CxE9");
    row("\\\xe9", "\\\\xE9");
    row("C:\\pictures\\", "C:\\pictures\\");
    row("\x1b\n", "\x1b\n");
    row(QByteArray("\0", 1), QByteArray("\0", 1));
}

void TextTest::bytesSurviveAsText() {
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, text);
    QCOMPARE(QByteArray::fromStdString(textOfBytes(bytes.toStdString())), text);
    QCOMPARE(QByteArray::fromStdString(bytesOfText(text.toStdString())), bytes);
}

void TextTest::allShortBytesSurviveAsText() {
    // All strings of up to seven of the letters that matter: those of an escape, and pieces of UTF-8.
    const std::string letters = "\\x5CE\xC3\xA9";
    for (int length = 0; length <= 7; ++length) {
        std::string bytes(static_cast<std::size_t>(length), letters[0]);
        std::vector<std::size_t> digits(bytes.size(), 0);
        for (bool more = true; more;) {
            for (std::size_t i = 0; i < digits.size(); ++i) bytes[i] = letters[digits[i]];
            const std::string text = textOfBytes(bytes);
            if (bytesOfText(text) != bytes || validUtf8(text) != text) QFAIL(QByteArray::fromStdString(bytes).toHex());
            more = false;
            for (std::size_t i = 0; i < digits.size() && !more; ++i) {
                more = ++digits[i] < letters.size();
                if (!more) digits[i] = 0;
            }
        }
    }
}

void TextTest::bytesSurviveInJson() {
    std::string all;
    for (int byte = 1; byte < 256; ++byte) all += static_cast<char>(byte);
    for (const std::string& bytes : {all, std::string("caf\xE9"), std::string("\\xE9 \xE9"), std::string("K\xC3\xA4se")}) {
        const nlohmann::ordered_json value = {{"path", bytes}, {"names", {bytes, {{"inner", bytes}}}}};
        for (const int indent : {-1, 2}) {
            const std::string text = jsonText(value, indent);
            QCOMPARE(validUtf8(text), text);
            QVERIFY(parseOwnJson(text) == value);
            QVERIFY(nlohmann::ordered_json(parseStrictJson(text)) == nlohmann::ordered_json(nlohmann::json(value)));
            QVERIFY(parseJsonLine(text) == nlohmann::json(value));
        }
    }
    QVERIFY(parseJsonLine("[1]").empty() && parseJsonLine("{").empty());
}

void TextTest::pathsOfLostLettersAreFound() {
    const thaw::test::TemporaryHome home;
    namespace fs = std::filesystem;
    fs::create_directories(home / "pictures/caf\xE9/k\xE4se");
    const std::string lost = (home / "pictures/caf\xEF\xBF\xBD/k\xEF\xBF\xBDse").string();
    QCOMPARE(pathOfText(lost), home / "pictures/caf\xE9/k\xE4se");
    QCOMPARE(pathOfText(lost + "/new"), home / "pictures/caf\xE9/k\xE4se/new");
    QCOMPARE(pathOfText((home / "pictures/caf\\xE9").string()), home / "pictures/caf\xE9");
    fs::create_directories(home / "pictures/caf\xE8");
    QCOMPARE(pathOfText(lost), fs::path(lost));  // which of the two cannot be told
    QCOMPARE(pathOfText("/nowhere/caf\xEF\xBF\xBD"), fs::path("/nowhere/caf\xEF\xBF\xBD"));
}

void TextTest::lettersStay_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("ascii") << QByteArray("features.0.weight [64, 3, 3, 3] ~\\\"'<b>&");
    QTest::newRow("latin") << QByteArray("K\xc3\xa4se \xc3\xbf \xc2\xa0");
    QTest::newRow("hebrew and arabic") << QByteArray("\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xd8\xb3\xd9\x84\xd8\xa7\xd9\x85");
    QTest::newRow("chinese") << QByteArray("\xe7\x8c\xab \xef\xbc\x81");
    QTest::newRow("emoji with joiner") << QByteArray("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x94\xac \xf4\x8f\xbf\xbd");
}

void TextTest::lettersStay() {
    QFETCH(QByteArray, text);
    QCOMPARE(printable(text.toStdString()), text.toStdString());
    QCOMPARE(printableLine(text.toStdString()), text.toStdString());
    QCOMPARE(printableJson(text.toStdString()), text.toStdString());
}

void TextTest::whatATerminalObeysIsEscaped_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("shown");
    const auto row = [](const char* name, const QByteArray& text, const QByteArray& shown) {
        QTest::newRow(name) << text << shown;
    };
    row("colour", "\x1b[31mred\x1b[0m", "\\x1B[31mred\\x1B[0m");
    row("title of the window", "\x1b]0;gone\x07", "\\x1B]0;gone\\x07");
    row("CSI in one letter",
        "\xc2\x9b"
        "31m",
        "\\u009B31m");
    row("CSI as a bare byte",
        "\x9b"
        "31m",
        "\\x9B31m");
    row("back to the line's begin", "good\rbad", "good\\x0Dbad");
    row("backspace, delete, zero", QByteArray("a\b\x7f\0b", 5), "a\\x08\\x7F\\x00b");
    row("right to left",
        "gpj.\xe2\x80\xae"
        "exe",
        "gpj.\\u202Eexe");
    row("isolates", "\xe2\x81\xa6x\xe2\x81\xa9", "\\u2066x\\u2069");
    row("arabic letter mark", "\xd8\x9c", "\\u061C");
    row("line separator",
        "a\xe2\x80\xa8"
        "b",
        "a\\u2028b");
    row("no width",
        "ca\xe2\x80\x8b"
        "t\xef\xbb\xbf",
        "ca\\u200Bt\\uFEFF");
    row("tags", "\xf3\xa0\x80\x81", "\\uE0001");
    row("latin-1", "K\xe4se", "K\\xE4se");
    row("cut off", "\xe2\x82", "\\xE2\\x82");
    row("overlong slash", "\xc0\xaf", "\\xC0\\xAF");
    row("surrogate", "\xed\xa0\x80", "\\xED\\xA0\\x80");
    row("beyond unicode", "\xf5\x80\x80\x80", "\\xF5\\x80\\x80\\x80");
}

void TextTest::whatATerminalObeysIsEscaped() {
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, shown);
    QCOMPARE(QByteArray::fromStdString(printable(text.toStdString())), shown);
    QCOMPARE(QByteArray::fromStdString(printableLine(text.toStdString())), shown.replace("\\x0D", "\\r"));
}

void TextTest::linesStayWithinAText() {
    QCOMPARE(printable("first\n\tsecond"), std::string("first\n\tsecond"));
    QCOMPARE(printableLine("cat\nFinished.\tdog\r"), std::string("cat\\nFinished.\\tdog\\r"));
}

void TextTest::everyByteBecomesText() {
    for (int first = 0; first < 256; ++first) {
        for (int second = 0; second < 256; ++second) {
            const std::string text{static_cast<char>(first), static_cast<char>(second), 'x'};
            for (const std::string& shown : {printable(text), printableLine(text)}) {
                QVERIFY(shown.back() == 'x');
                for (const QChar letter : QString::fromStdString(shown))
                    QVERIFY2(letter == '\n' || letter == '\t' || letter.category() != QChar::Other_Control,
                             qPrintable(QString::number(letter.unicode())));
                QVERIFY(!QString::fromStdString(shown).contains(QChar::ReplacementCharacter));
            }
        }
    }
}

void TextTest::jsonKeepsItsMeaning() {
    const nlohmann::json value = {{"na\x7fme",
                                   "\x1b[2J \xc2\x9b"
                                   "31m \xe2\x80\xae \xf3\xa0\x80\x81 \xc3\xa4 \\ \""}};
    const std::string text = printableJson(value.dump());
    QCOMPARE(text, std::string("{\"na\\u007Fme\":\"\\u001b[2J \\u009B31m \\u202E \\uDB40\\uDC01 \xc3\xa4 \\\\ \\\"\"}"));
    QVERIFY(nlohmann::json::parse(text) == value);
    QCOMPARE(printableJson("\"\xff\""), std::string("\"\\uFFFD\""));
}

QTEST_GUILESS_MAIN(TextTest)
#include "tst_text.moc"
