// The Predictions tab of a run whose model reads texts: cards, coloured words, one text in full, and the box to ask.
#include <QAbstractItemView>
#include <QComboBox>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QToolButton>

#include "tests/support/shot.h"
#include "tests/ui/window_fixture.h"
#include "ui/widgets/pictures/guess_bars.h"
#include "ui/widgets/predictions/prediction_detail.h"
#include "ui/widgets/predictions/prediction_view.h"
#include "ui/widgets/texts/ask_box.h"
#include "ui/widgets/texts/text_attributions.h"
#include "ui/widgets/texts/text_cards.h"
#include "ui/widgets/texts/text_detail.h"
#include "ui/widgets/texts/word_bars.h"
#include "ui/widgets/window/view_tabs.h"

using namespace thaw;
using namespace thaw::test;
using namespace thaw::ui;

namespace {

const std::filesystem::path kRun = "/home/pupil/.local/share/thaw/runs/20260801-080000-texts";

FakeInspectorScript ofTexts() {
    FakeInspectorScript script;
    script.texts = true;
    script.epochs = 5;
    script.headEpochs = 3;
    return script;
}

struct Window {
    explicit Window(QSize size = {1440, 900}) : fixture({}, lessonConfig(3, 2), ofTexts()) {
        fixture.show(size);
        fixture.window.showTab(MainWindow::PredictionsTab);
        fixture.inspection.inspectRun(kRun);
    }
    bool hasWords() {
        return await([&] {
            if (!view().pictures().hasPredictions() || cards().currentText() < 0) return false;
            const PictureItem item = view().pictures().item(cards().currentText());
            return words().of({item.id, item.predictedClass}) != nullptr;
        });
    }
    template <class Widget>
    Widget& part() {
        return *fixture.window.findChild<Widget*>();
    }
    PredictionView& view() { return part<PredictionView>(); }
    TextCards& cards() { return part<TextCards>(); }
    TextDetail& detail() { return part<TextDetail>(); }
    AskBox& box() { return part<AskBox>(); }
    TextAttributions& words() { return *view().findChild<TextAttributions*>(); }

    WindowFixture fixture;
};

}  // namespace

class TestTextPredictions : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_settings.path());
        QCoreApplication::setOrganizationName(QStringLiteral("thaw"));
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    }
    void init() {
        QSettings().clear();
        Theme::instance().setLook(ColorScheme::Light, 1.0);
    }

    void cardsStandInPlaceOfTiles() {
        Window window;
        QVERIFY(window.hasWords());
        QVERIFY(window.cards().isVisible() && window.detail().isVisible());
        QVERIFY(!window.part<PredictionDetail>().isVisible());
        QVERIFY(window.view().pictures().pageSize() >= 4);
        QVERIFY(!window.fixture.window.findChild<ViewTabs*>()->isTabVisible(MainWindow::InspectorTab));
        // A picture's run has its tiles and tabs again.
        const QString spoken = window.cards().model()->index(0, 0).data(Qt::AccessibleTextRole).toString();
        QVERIFY2(spoken.startsWith(QStringLiteral("Predicted ")) && spoken.contains(QStringLiteral("(")), qPrintable(spoken));
    }

    void keysWalkOverTextsAndPages() {
        Window window;
        QVERIFY(window.hasWords());
        const int first = window.cards().currentText();
        window.cards().setFocus();
        QTest::keyClick(&window.cards(), Qt::Key_Down);
        QVERIFY(window.cards().currentText() != first);
        QCOMPARE(window.detail().text(), window.cards().currentText());
        QTest::keyClick(&window.cards(), Qt::Key_Up);
        QCOMPARE(window.cards().currentText(), first);
        QTest::keyClick(&window.cards(), Qt::Key_PageDown);
        QCOMPARE(window.view().pictures().pageBegin(), window.view().pictures().pageSize());
    }

    void wordsAreShownForTheChosenClass() {
        Window window;
        QVERIFY(window.hasWords());
        WordBars& bars = window.part<WordBars>();
        QVERIFY(await([&] { return !bars.words().empty(); }));
        QVERIFY(bars.words().front().score > 0 && bars.words().back().score < 0);
        GuessBars& guesses = *window.detail().findChild<GuessBars*>();
        const int second = guesses.guesses()[1].classIndex;
        Q_EMIT guesses.classChosen(second);
        QVERIFY(await([&] { return window.words().of({window.detail().text(), second}) != nullptr; }));
    }

    void nothingColoursNothing() {
        Window window;
        QVERIFY(window.hasWords());
        for (QComboBox* box : window.view().findChildren<QComboBox*>())
            if (box->accessibleName() == QStringLiteral("What colours the words")) box->setCurrentIndex(box->count() - 1);
        const PictureItem item = window.view().pictures().item(window.cards().currentText());
        QVERIFY(!window.words().of({item.id, item.predictedClass}));
        QVERIFY(!window.part<WordBars>().isVisible());
    }

    void aTypedTextIsAnsweredAndColoured() {
        Window window;
        QVERIFY(window.hasWords());
        QPlainTextEdit& edit = window.box().edit();
        edit.setPlainText(QStringLiteral("a fruit of thorny bushes"));
        QVERIFY(await([&] { return window.box().answer().guesses().size() == 3; }));
        QVERIFY(window.box().note().startsWith(QStringLiteral("answered in ")));
        QVERIFY(await([&] { return !edit.extraSelections().isEmpty(); }));
        edit.clear();
        QVERIFY(window.box().answer().guesses().empty());
        QVERIFY(edit.extraSelections().isEmpty());
        edit.setFocus();
        QTest::keyClick(&edit, Qt::Key_Escape);
        QVERIFY(await([&] { return !edit.hasFocus(); }));
    }

    void anotherCheckpointIsAskedAnew() {
        Window window;
        QVERIFY(window.hasWords());
        window.box().edit().setPlainText(QStringLiteral("an animal"));
        QVERIFY(await([&] { return !window.box().answer().guesses().empty(); }));
        QSignalSpy changed(&window.words(), &TextAttributions::changed);
        window.fixture.inspection.chooseCheckpoint(0);
        QVERIFY(await([&] { return window.view().pictures().predictions()->epoch == 1; }));
        QVERIFY(!changed.isEmpty());
        QVERIFY(window.hasWords());
        QVERIFY(await([&] { return !window.box().answer().guesses().empty(); }));
    }

    void looks() {
        for (const bool dark : {false, true}) {
            for (const QSize size : {QSize(1440, 900), QSize(1366, 768)}) {
                for (const double scale : {1.0, 1.5}) {
                    if (scale > 1 && (dark || size.width() != 1440)) continue;
                    Theme::instance().setLook(dark ? ColorScheme::Dark : ColorScheme::Light, scale);
                    Window window(size);
                    QVERIFY(window.hasWords());
                    window.box().edit().setPlainText(QStringLiteral("a small round fruit that grows on a thorny bush"));
                    QVERIFY(await([&] { return !window.box().edit().extraSelections().isEmpty(); }));
                    QVERIFY(await([&] { return !window.part<WordBars>().words().empty(); }));
                    QTest::qWait(200);
                    QVERIFY(window.view().pictures().pageSize() >= (scale > 1 ? 2 : 4));
                    saveShot(window.fixture.window, QStringLiteral("texts-%1-%2-%3")
                                                        .arg(dark ? QStringLiteral("dark") : QStringLiteral("light"))
                                                        .arg(size.width())
                                                        .arg(scale));
                }
            }
        }
    }

private:
    QTemporaryDir m_settings;
};

QTEST_MAIN(TestTextPredictions)
#include "tst_text_predictions.moc"
