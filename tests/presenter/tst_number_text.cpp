// Numbers as people type them, in locales with a decimal point and with a decimal comma.
#include <QTest>

#include "ui/models/number_text.h"

using thaw::ui::numberFromText;

class TestNumberText : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void reads_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("comma");  // the locale's decimal sign
        QTest::addColumn<double>("value");
        QTest::addColumn<bool>("otherSign");
        QTest::addColumn<double>("otherwise");  // 0: it cannot be meant otherwise
        const auto row = [](const char* text, bool comma, double value, bool otherSign = false, double otherwise = 0) {
            QTest::addRow("%s, %s", text, comma ? "de" : "en")
                << QString::fromUtf8(text) << comma << value << otherSign << otherwise;
        };
        row("0.0005", false, 0.0005);
        row("0,0005", false, 0.0005, true);
        row("0,005", false, 0.005, true);  // no thousands begin with 0
        row("0,5", false, 0.5, true);
        row("1,5e-4", false, 1.5e-4, true);
        row("1E-4", false, 1e-4);
        row(",5", false, 0.5, true);
        row("12,34", false, 12.34, true);
        row("1,500", false, 1500, false, 1.5);
        row("1,234,567", false, 1234567);
        row("1,234.5", false, 1234.5);
        row("1.234,5", false, 1234.5, true);
        row(" 1 000 ", false, 1000);
        row("1\u202f000", false, 1000);
        row("1'000", false, 1000);
        row("-1", false, -1);
        row("\u22121", false, -1);
        row("0,0005", true, 0.0005);
        row("0.0005", true, 0.0005, true);
        row("0.005", true, 0.005, true);
        row("1.500", true, 1500, false, 1.5);
        row("1,500", true, 1.5);
        row("1.234,5", true, 1234.5);
    }
    void reads() {
        QFETCH(QString, text);
        QFETCH(bool, comma);
        QFETCH(double, value);
        QFETCH(bool, otherSign);
        QFETCH(double, otherwise);
        const auto typed = numberFromText(text, comma ? QLocale(QLocale::German, QLocale::Germany) : QLocale(QLocale::English));
        QVERIFY(typed);
        QCOMPARE(typed->value, value);
        QCOMPARE(typed->otherSign, otherSign);
        QCOMPARE(typed->otherwise.value_or(0), otherwise);
    }

    void refuses_data() {
        QTest::addColumn<QString>("text");
        for (const char* text : {"", " ", "abc", "1.2.3", "1,23,4", "0,000,5", ".", ",", "1e", "e5", "1.5.", "--1", "1-2", "0x10",
                                 "nan", "inf", "1e999", "12,34.5", "5 px"})
            QTest::addRow("\"%s\"", text) << QString::fromUtf8(text);
    }
    void refuses() {
        QFETCH(QString, text);
        QVERIFY(!numberFromText(text, QLocale(QLocale::English)));
    }
};

QTEST_APPLESS_MAIN(TestNumberText)
#include "tst_number_text.moc"
