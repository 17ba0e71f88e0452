// Style sheet and icons: every token is filled in, every picture is there, in both schemes and at every scale.
#include <QApplication>
#include <QDirIterator>
#include <QLabel>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QSvgRenderer>
#include <QTest>
#include <QToolTip>

#include "ui/widgets/parts/styling.h"
#include "ui/widgets/parts/theme.h"

using namespace thaw::ui;

class TestTheme : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sheetIsFilledIn_data() {
        QTest::addColumn<bool>("dark");
        QTest::addColumn<double>("scale");
        QTest::newRow("light") << false << 1.0;
        QTest::newRow("dark") << true << 1.0;
        QTest::newRow("dark at 150 %") << true << 1.5;
    }

    void sheetIsFilledIn() {
        QFETCH(bool, dark);
        QFETCH(double, scale);
        Theme::instance().setLook(dark ? ColorScheme::Dark : ColorScheme::Light, scale);
        const QString sheet = Theme::instance().styleSheet().remove(
            QRegularExpression(QStringLiteral("/\\*.*?\\*/"), QRegularExpression::DotMatchesEverythingOption));
        QVERIFY(sheet.size() > 1000);
        QVERIFY2(!sheet.contains(QLatin1Char('@')), qPrintable(sheet.mid(sheet.indexOf(QLatin1Char('@')) - 40, 80)));
        QVERIFY(!sheet.contains(QRegularExpression(QStringLiteral("\\d+dp"))));
        static const QRegularExpression url(QStringLiteral("url\\(([^)]+)\\)"));
        int pictures = 0;
        for (auto it = url.globalMatch(sheet); it.hasNext(); ++pictures) {
            const QString file = it.next().captured(1);
            QVERIFY2(QFile::exists(file), qPrintable(file));
        }
        QVERIFY(pictures > 5);
    }

    void toolTipsShowNamesAsTheyAre_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("rich");
        QTest::newRow("plain") << "cat" << false;
        QTest::newRow("a class in bold") << "<b>cat</b>" << false;
        QTest::newRow("a picture from elsewhere") << "<img src='/etc/hostname'> <table><tr><td>x</td></tr></table>" << false;
        QTest::newRow("words with a key") << toolTipWithKey(QStringLiteral("Start <b>"), QStringLiteral("F5")) << true;
    }
    void toolTipsShowNamesAsTheyAre() {
        QFETCH(QString, text);
        QFETCH(bool, rich);
        Theme::instance().setLook(ColorScheme::Light, 1.0);
        QWidget window;
        window.show();
        // Twice: a tip that is shown already gets its next text without being made anew.
        for (const QString& first :
             {QStringLiteral("<i>before</i>"), toolTipWithKey(QStringLiteral("x"), QStringLiteral("F1"))}) {
            QToolTip::showText({10, 10}, first, &window);
            const auto tip = []() -> QLabel* {
                for (QWidget* widget : QApplication::topLevelWidgets())
                    if (widget->inherits("QTipLabel") && widget->isVisible()) return qobject_cast<QLabel*>(widget);
                return nullptr;
            };
            QTRY_VERIFY(tip());
            tip()->grab();
            QToolTip::showText({20, 20}, text, &window);
            QTRY_VERIFY(tip() && tip()->text() == text);
            tip()->grab();
            QCOMPARE(tip()->textFormat(), rich ? Qt::RichText : Qt::PlainText);
            QVERIFY(tip()->width() >= tip()->sizeHint().width());
            QToolTip::hideText();
        }
    }

    void iconsAreGoodAndTinted() {
        Theme::instance().setLook(ColorScheme::Light, 1.0);
        int icons = 0;
        for (QDirIterator it(QStringLiteral(":/icons"), {QStringLiteral("*.svg")}, QDir::Files); it.hasNext(); ++icons) {
            const QString file = it.next();
            QVERIFY2(QSvgRenderer(file).isValid(), qPrintable(file));
            const QString name = QFileInfo(file).baseName();
            if (name == QLatin1String("thaw")) continue;
            const QImage image = Theme::instance().pixmap(name, Tone::Warm, 16, 2.0).toImage();
            QCOMPARE(image.size(), QSize(32, 32));
            int inked = 0;
            for (int y = 0; y < image.height(); ++y)
                for (int x = 0; x < image.width(); ++x) {
                    const QColor colour = image.pixelColor(x, y);
                    if (colour.alpha() < 255) continue;
                    ++inked;
                    QCOMPARE(colour.rgb(), Theme::instance().color(Tone::Warm).rgb());
                }
            QVERIFY2(inked > 8, qPrintable(name));
        }
        QVERIFY(icons > 30);
    }

    void lengthsFollowTheScale() {
        Theme::instance().setLook(ColorScheme::Light, 1.5);
        QCOMPARE(Theme::instance().px(12), 18);
        QCOMPARE(Theme::instance().font(TextRole::Body).pixelSize(), 21);
        Theme::instance().setScale(9);
        QCOMPARE(Theme::instance().scale(), 1.5);
        Theme::instance().setScale(1);
    }

    void schemesFollowEachOther() {
        QSignalSpy changed(&Theme::instance(), &Theme::changed);
        Theme::instance().setScheme(ColorScheme::Dark);
        QVERIFY(Theme::instance().isDark());
        QCOMPARE(QApplication::palette().color(QPalette::Window), Theme::instance().color(Tone::Window));
        Theme::instance().setScheme(ColorScheme::Light);
        QVERIFY(!Theme::instance().isDark());
        QCOMPARE(changed.count(), 2);
    }
};

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
