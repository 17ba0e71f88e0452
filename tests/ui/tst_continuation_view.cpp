// The Continuations tab: prompts at several epochs, writing on, the words that may come next, sampling.
#include <QComboBox>
#include <QLabel>
#include <QSlider>
#include <QTextEdit>
#include <QToolButton>

#include "tests/support/shot.h"
#include "tests/ui/window_fixture.h"
#include "ui/widgets/continuations/continuation_view.h"
#include "ui/widgets/continuations/next_word_bars.h"
#include "ui/widgets/continuations/perplexity_plot.h"
#include "ui/widgets/continuations/prompt_card.h"
#include "ui/widgets/continuations/sampling_box.h"
#include "ui/widgets/continuations/write_on_box.h"
#include "ui/widgets/predictions/prediction_view.h"
#include "ui/widgets/window/time_line.h"
#include "ui/widgets/window/view_tabs.h"

using namespace thaw;
using namespace thaw::test;
using namespace thaw::ui;

namespace {

const std::filesystem::path kRun = "/home/pupil/.local/share/thaw/runs/20260801-080000-texts";

FakeInspectorScript ofGpt() {
    FakeInspectorScript script;
    script.continues = true;
    script.epochs = 4;
    script.headEpochs = 3;
    return script;
}

struct Window {
    explicit Window(QSize size = {1440, 900}) : fixture({}, lessonConfig(3, 3), ofGpt()) {
        fixture.show(size);
        fixture.window.showTab(MainWindow::PredictionsTab);
        fixture.inspection.inspectRun(kRun);
    }
    bool isWritten() {
        return await([&] {
            return view().cards().size() == 3 && view().cards()[0]->text(2).toPlainText().contains("epoch4") &&
                   view().cards()[2]->text(0).toPlainText().contains("epoch0");
        });
    }
    ContinuationView& view() { return fixture.window.continuations(); }
    ViewTabs& tabs() { return *fixture.window.findChild<ViewTabs*>(); }

    WindowFixture fixture;
};

}  // namespace

class TestContinuationView : public QObject {
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

    void tabsFollowTheTask() {
        Window window;
        QVERIFY(window.isWritten());
        QVERIFY(window.view().isVisible() && !window.fixture.window.findChild<PredictionView*>()->isVisible());
        QCOMPARE(window.tabs().tabText(MainWindow::PredictionsTab), QString("Continuations"));
        for (const int away : {MainWindow::ConfusionTab, MainWindow::InspectorTab, MainWindow::MapTab})
            QVERIFY(!window.tabs().isTabVisible(away));
        for (const int there : {MainWindow::LiveTab, MainWindow::DataTab, MainWindow::TrunkTab})
            QVERIFY(window.tabs().isTabVisible(there));
        QVERIFY(!window.fixture.window.findChild<TimeLine*>()->isVisible());
    }

    void epochsStandSideBySide() {
        Window window;
        QVERIFY(window.isWritten());
        PromptCard& card = *window.view().cards()[1];
        QCOMPARE(card.prompt(), QString("ROMEO:"));
        QVERIFY(card.text(1).toPlainText().contains("epoch1"));
        auto boxes = window.view().findChildren<QComboBox*>();
        QCOMPARE(boxes.size(), 3);
        QCOMPARE(boxes[2]->currentText(), QString("epoch 4"));
        boxes[0]->setCurrentIndex(2);
        Q_EMIT boxes[0]->activated(2);
        QVERIFY(await([&] { return card.text(0).toPlainText().contains("epoch2"); }));
        QCOMPARE(window.view().plot().points().size(), std::size_t{4});
    }

    void changesAreMarked() {
        Window window;
        QVERIFY(window.isWritten());
        PromptCard& card = *window.view().cards()[0];
        QVERIFY(card.text(1).extraSelections().isEmpty());
        card.setMarksChanges(true);
        QCOMPARE(card.text(1).extraSelections().size(), 1);
        QCOMPARE(card.text(1).extraSelections()[0].cursor.selectedText(), QString("epoch1"));
        QVERIFY(card.text(0).extraSelections().isEmpty());
    }

    void aTextIsWrittenOnAndKept() {
        Window window;
        QVERIFY(window.isWritten());
        WriteOnBox& box = window.view().box();
        box.edit().setFocus();
        QTest::keyClicks(&box.edit(), "It was");
        QVERIFY(await([&] { return !window.view().nextWords().words().empty(); }));
        QCOMPARE(box.text(), QString("It was"));
        QTest::keyClick(&box.edit(), Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(
            await([&] { return box.text().startsWith("It was king said epoch4") && !window.view().controller().isWriting(); }));
        QTest::keyClick(&box.edit(), Qt::Key_D, Qt::ControlModifier);
        QCOMPARE(window.view().controller().prompts().first(), QString("It was"));
        QCOMPARE(window.view().cards().size(), std::size_t{4});
        Q_EMIT window.view().cards()[0]->removeRequested();
        QCOMPARE(window.view().cards().size(), std::size_t{3});
    }

    void aWordIsTaken() {
        Window window;
        QVERIFY(window.isWritten());
        WriteOnBox& box = window.view().box();
        QTest::keyClicks(&box.edit(), "the");
        NextWordBars& bars = window.view().nextWords();
        QVERIFY(await([&] { return !bars.words().empty(); }));
        QVERIFY(bars.accessibleDescription().contains(QStringLiteral("\u2423king 30.0")));
        QTest::mouseClick(&bars, Qt::LeftButton, {}, {30, bars.height() / 9 + bars.height() / 18});
        QCOMPARE(box.text(), QString("the bell"));
        QCOMPARE(tokenText(" a"), QString(QChar(0x2423)) + "a");
        QCOMPARE(tokenText("\n"), QString(QChar(0x21B5)));
    }

    void samplingIsSet() {
        Window window;
        QVERIFY(window.isWritten());
        SamplingBox& sampling = window.view().sampling();
        const auto sliders = sampling.findChildren<QSlider*>();
        QCOMPARE(sliders.size(), 3);
        sliders[0]->setValue(0);
        QCOMPARE(window.view().controller().sampling().temperature, 0.0);
        sliders[1]->setValue(sliders[1]->maximum());
        QCOMPARE(window.view().controller().sampling().topK, 0);
        sliders[1]->setValue(sliders[1]->minimum());
        QCOMPARE(window.view().controller().sampling().topK, 1);
        sliders[2]->setValue(sliders[2]->minimum());
        QVERIFY(std::abs(window.view().controller().sampling().topP - 0.05) < 1e-9);
        const auto seed = window.view().controller().sampling().seed;
        QVERIFY(await([&] {
            sampling.dice().click();
            return window.view().controller().sampling().seed != seed;
        }));
        Q_EMIT sampling.resetRequested();
        QCOMPARE(window.view().controller().sampling().temperature, 1.0);
        QCOMPARE(window.view().controller().sampling().topP, 1.0);
    }

    void promptsSurviveTheWindow() {
        Window window;
        QVERIFY(window.isWritten());
        window.view().controller().setPrompts({"JULIET:"});
        window.fixture.window.close();
        QCOMPARE(window.fixture.settings.value("continuations/prompts").toStringList(), QStringList{"JULIET:"});
    }

    void looks_data() {
        addLookColumn();
        QTest::newRow("1440x900") << Look{{1440, 900}, 1.0, false};
        QTest::newRow("1440x900-dark") << Look{{1440, 900}, 1.0, true};
        QTest::newRow("1366x768") << Look{{1366, 768}, 1.0, false};
        QTest::newRow("1920x1080-150") << Look{{1920, 1080}, 1.5, false};
    }

    void looks() {
        const Look look = takeLook();
        Window window(look.size);
        QVERIFY(await([&] { return window.view().cards()[0]->text(2).toPlainText().contains("epoch4"); }));
        WriteOnBox& box = window.view().box();
        QTest::keyClicks(&box.edit(), "It was a dark and silent night, and");
        QTest::keyClick(&box.edit(), Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(await([&] { return !window.view().controller().isWriting() && box.text().contains("epoch4"); }));
        QVERIFY(await([&] { return window.view().cards()[2]->text(0).toPlainText().contains("epoch0"); }));
        saveShot(window.fixture.window, QStringLiteral("continuations-") + QTest::currentDataTag());
    }

private:
    QTemporaryDir m_settings;
};

QTEST_MAIN(TestContinuationView)
#include "tst_continuation_view.moc"
