#include <QTest>

#include "core/api/errors.h"
#include "core/api/prediction.h"
#include "core/store/atomic_file.h"
#include "core/util/text.h"
#include "tests/support/comma_locale.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;

namespace {

FilePrediction predicted(const std::string& file, std::vector<float> probabilities) {
    FilePrediction prediction;
    prediction.file = file;
    prediction.probabilities = std::move(probabilities);
    return prediction;
}

}  // namespace

class TestPredictionTable : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void linesAreAsSpreadsheetsReadThem() {
        FilePrediction broken;
        broken.file = "/home/pupil/notes, old.txt";
        broken.error = "notes, old.txt cannot be read: it is \"none\".";
        const std::string table =
            predictionTable({predicted("/tmp/cat.png", {0.125f, 0.5f, 0.25f, 0.0625f, 0.03125f, 0.03125f}), broken},
                            {"bird", "cat", "dog", "a, b", "frog", "\"x\""});
        const std::string expected =
            "file,predicted,probability,top1,top1_probability,top2,top2_probability,top3,top3_probability,top4,top4_probability,"
            "top5,"
            "top5_probability,error\r\n"
            "/tmp/cat.png,cat,0.5,cat,0.5,dog,0.25,bird,0.125,\"a, b\",0.0625,frog,0.03125,\r\n"
            "\"/home/pupil/notes, old.txt\",,,,,,,,,,,,,\"notes, old.txt cannot be read: it is \"\"none\"\".\"\r\n";
        QCOMPARE(QString::fromStdString(table), QString::fromStdString(expected));
    }

    void fewerClassesLeaveFieldsEmpty() {
        const std::string table = predictionTable({predicted("a.png", {0.25f, 0.75f})}, {"yes", "no"});
        QVERIFY(table.find("a.png,no,0.75,no,0.75,yes,0.25,,,,,,,\r\n") != std::string::npos);
    }

    void namesAreNoFormulas() {
        for (const char* name : {"=1+2.png", "+1.png", "-1.png", "@sum.png", "\tx.png"}) {
            const std::string table = predictionTable({predicted(name, {1.0f})}, {"-1"});
            QVERIFY2(table.find(std::string("\r\n'") + name + ",-1,") != std::string::npos, table.c_str());
        }
        QVERIFY(predictionTable({predicted("/home/pupil/=1.png", {1.0f})}, {"yes"}).find("\r\n/home/pupil/=1.png,yes") !=
                std::string::npos);
    }

    void numbersReadBackWhateverTheLocale() {
        const TemporaryHome home;
        const CommaLocale locale(home.path());
        const std::string table = predictionTable({predicted("a.png", {0.1f, 0.9f})}, {"yes", "no"});
        QVERIFY2(table.find(",0.9,no,0.9,yes,0.1,") != std::string::npos, table.c_str());
    }

    void bytesThatAreNotUtf8AreEscaped() {
        const std::string table = predictionTable({predicted("b\xFF\xC3\xA4r.png", {1.0f})}, {"b\xC3\xA4r"});
        QVERIFY(table.find("b\\xFF\xC3\xA4r.png,b\xC3\xA4r,1,") != std::string::npos);
    }

    void brokenSequencesAreEscapedByteByByte_data() {
        QTest::addColumn<QByteArray>("bytes");
        for (const char* bytes :
             {"\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\x80", "\xC3"})
            QTest::addRow("%s", QByteArray(bytes).toHex().constData()) << QByteArray(bytes);
    }
    void brokenSequencesAreEscapedByteByByte() {
        QFETCH(QByteArray, bytes);
        std::string expected = "a", lost = "a";
        for (const char byte : bytes) {
            expected += "\\x" + QByteArray(1, byte).toHex().toUpper().toStdString();
            lost += "\xEF\xBF\xBD";
        }
        QCOMPARE(validUtf8("a" + bytes.toStdString() + "b"), expected + "b");
        QCOMPARE(validUtf8(expected), expected);
        QCOMPARE(withLostLetters("a" + bytes.toStdString() + "b"), lost + "b");
        for (const char* whole : {"a\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x90\xB1", ""})
            QCOMPARE(validUtf8(whole), std::string(whole));
    }

    void htmlIsEscaped() {
        QCOMPARE(escapedHtml("<b title=\"x\">Tom & 'Jerry'\x01</b>"),
                 std::string("&lt;b title=&quot;x&quot;&gt;Tom &amp; &#39;Jerry&#39;\\x01&lt;/b&gt;"));
    }

    void theFileIsWrittenWholeOrNotAtAll() {
        const TemporaryHome home;
        writePredictionTable({predicted("a.png", {1.0f})}, {"yes"}, home / "table.csv");
        QVERIFY(readSmallFile(home / "table.csv").find("a.png,yes,1") != std::string::npos);
        QVERIFY(!errorOf<StoreError>([&] { writePredictionTable({}, {}, home / "nowhere" / "table.csv"); }).empty());
    }
};

QTEST_GUILESS_MAIN(TestPredictionTable)
#include "tst_prediction_table.moc"
