// The whole window: its states in pictures, texts that fit, tabs, docks, closing, from the first run to a finished lesson.
#include <QMenuBar>
#include <QPushButton>
#include <QSignalSpy>

#include "tests/ui/window_fixture.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/layer_tree_view.h"
#include "ui/widgets/live_page.h"
#include "ui/widgets/side_dock.h"
#include "ui/widgets/welcome_page.h"
#include "ui/widgets/window_actions.h"

using namespace thaw;
using namespace thaw::test;
using namespace thaw::ui;

class TestMainWindow : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::instance().setLook(ColorScheme::Light, 1.0); }
    void cleanup() { Theme::instance().setLook(ColorScheme::Light, 1.0); }

    void looks_data();
    void looks();
};

void TestMainWindow::looks_data() {
    QTest::addColumn<QSize>("size");
    QTest::addColumn<double>("scale");
    QTest::addColumn<bool>("dark");
    QTest::newRow("1440x900-light") << QSize(1440, 900) << 1.0 << false;
    QTest::newRow("1440x900-dark") << QSize(1440, 900) << 1.0 << true;
    QTest::newRow("1366x768-light") << QSize(1366, 768) << 1.0 << false;
    QTest::newRow("1366x768-dark") << QSize(1366, 768) << 1.0 << true;
    QTest::newRow("1180x700-light") << QSize(1180, 700) << 1.0 << false;
    QTest::newRow("1440x900-125") << QSize(1440, 900) << 1.25 << false;
    QTest::newRow("1440x900-150") << QSize(1440, 900) << 1.5 << false;
    QTest::newRow("1366x768-150") << QSize(1366, 768) << 1.5 << false;
}

void TestMainWindow::looks() {
    QFETCH(QSize, size);
    QFETCH(double, scale);
    QFETCH(bool, dark);
    const QString tag = QString::fromLatin1(QTest::currentDataTag());
    Theme::instance().setLook(dark ? ColorScheme::Dark : ColorScheme::Light, scale);
    FakeScript script;
    script.stepsPerEpoch = 40;
    script.restAtStep = 12 * 40 + 25;
    WindowFixture fixture(script);
    fixture.show(size);
    QStringList cut = WindowFixture::cutTexts(&fixture.window);
    fixture.shoot(QStringLiteral("first-run-") + tag);

    fixture.session.start();
    QVERIFY(awaitState(fixture.training, core::TrainerState::Paused));
    fixture.settle();
    cut += WindowFixture::cutTexts(&fixture.window);
    fixture.shoot(QStringLiteral("paused-") + tag);
    fixture.window.showTab(MainWindow::PredictionsTab);
    cut += WindowFixture::cutTexts(&fixture.window);
    fixture.shoot(QStringLiteral("predictions-") + tag);
    fixture.window.showTab(MainWindow::LiveTab);
    fixture.window.setLogOpen(true);
    fixture.settle();
    cut += WindowFixture::cutTexts(&fixture.window);
    fixture.shoot(QStringLiteral("log-") + tag);
    fixture.window.setLogOpen(false);
    QVERIFY2(fixture.window.size() == size, "the window outgrew its size");
    QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QLatin1Char('\n'))));
}

QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
