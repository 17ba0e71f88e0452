// The window fits the screen: where it is put, as numbers, and as a window of its own process on screens of other sizes.
#include <QApplication>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QScreen>
#include <QTest>
#include <QTextStream>

#include "tests/ui/window_fixture.h"
#include "ui/widgets/live/test_pictures_panel.h"
#include "ui/widgets/window/log_bar.h"
#include "ui/widgets/window/run_bar.h"
#include "ui/widgets/window/side_dock.h"
#include "ui/widgets/window/window_place.h"

using namespace thaw;
using namespace thaw::test;
using namespace thaw::ui;

namespace {

constexpr const char* kChild = "THAW_TEST_WINDOW";  // the scale of the classroom, in the child process

QJsonObject valueOf(const QRect& rect) {
    return {{"x", rect.x()}, {"y", rect.y()}, {"width", rect.width()}, {"height", rect.height()}};
}
QRect rectOf(const QJsonValue& value) {
    return {value["x"].toInt(), value["y"].toInt(), value["width"].toInt(), value["height"].toInt()};
}

/// The window as it starts for the first time; what it says about itself.
int showWindow() {
    Theme::instance().setLook(ColorScheme::Light, qEnvironmentVariable(kChild).toDouble());
    WindowFixture fixture;
    fixture.window.show();
    if (!QTest::qWaitForWindowExposed(&fixture.window)) return 1;
    QCoreApplication::processEvents();
    fixture.snap(QStringLiteral("place-%1x%2-%3-%4")
                     .arg(fixture.window.screen()->size().width())
                     .arg(fixture.window.screen()->size().height())
                     .arg(fixture.window.devicePixelRatioF())
                     .arg(Theme::instance().scale()));
    QJsonObject said{{"frame", valueOf(fixture.window.frameGeometry())},
                     {"available", valueOf(fixture.window.screen()->availableGeometry())},
                     {"minimum", valueOf(QRect(QPoint(), fixture.window.minimumSize()))}};
    QStringList outside;
    for (const QWidget* widget : {static_cast<QWidget*>(fixture.window.findChild<RunBar*>()), fixture.window.centralWidget(),
                                  static_cast<QWidget*>(fixture.window.findChild<LogBar*>())})
        if (!fixture.window.rect().contains(QRect(widget->mapTo(&fixture.window, QPoint()), widget->size())))
            outside += QLatin1String(widget->metaObject()->className());
    said["outside"] = outside.join(QLatin1Char(' '));
    QTextStream(stdout) << "WINDOW " << QJsonDocument(said).toJson(QJsonDocument::Compact) << Qt::endl;
    return 0;
}

}  // namespace

class TestWindowPlace : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void fits_data() {
        QTest::addColumn<QRect>("available");
        for (const QSize size : {QSize(1366, 768), QSize(1440, 900), QSize(1920, 1080), QSize(960, 540), QSize(640, 480)}) {
            const QByteArray name = QByteArray::number(size.width()) + 'x' + QByteArray::number(size.height());
            QTest::newRow(name.constData()) << QRect(QPoint(), size);
            QTest::newRow((name + " beside a panel").constData()) << QRect(QPoint(64, 27), size - QSize(64, 27));
            QTest::newRow((name + " on the left").constData()) << QRect(QPoint(-size.width(), 0), size);
        }
    }
    void fits() {
        QFETCH(QRect, available);
        const QMargins frame(4, 36, 4, 4);
        const QRect first = centredOn(available, frame, {1440, 900});
        QVERIFY(available.contains(first.marginsAdded(frame)));
        QVERIFY(first.size() == QSize(1440, 900) || first.width() == available.width() - 8 ||
                first.height() == available.height() - 40);
        const QSize least = leastSizeOn(available, frame);
        QVERIFY(least.width() <= available.width() - 8 && least.height() <= available.height() - 40);
        QVERIFY(least.width() <= first.width() && least.height() <= first.height());
        // Of screens that are gone or were larger.
        for (const QRect wanted : {QRect(3000, 200, 1440, 900), QRect(-2000, -900, 1200, 700), QRect(0, 0, 3840, 2160)})
            QVERIFY(available.contains(movedOnto(available, frame, wanted).marginsAdded(frame)));
        const QRect small(available.center() - QPoint(100, 100), QSize(200, 200));
        QCOMPARE(movedOnto(available, frame, small), small);  // what fits stays
    }

    void startsOnTheScreen_data() {
        QTest::addColumn<QSize>("screen");  // device pixels
        QTest::addColumn<int>("factor");
        QTest::addColumn<double>("scale");
        QTest::newRow("1366x768") << QSize(1366, 768) << 1 << 1.0;
        QTest::newRow("1440x900") << QSize(1440, 900) << 1 << 1.0;
        QTest::newRow("1440x900, 150 %") << QSize(1440, 900) << 1 << 1.5;
        QTest::newRow("1366x768, 150 %") << QSize(1366, 768) << 1 << 1.5;
        QTest::newRow("1920x1080, factor 2") << QSize(1920, 1080) << 2 << 1.0;
        QTest::newRow("1920x1080, factor 2, 150 %") << QSize(1920, 1080) << 2 << 1.5;
        QTest::newRow("2560x1440") << QSize(2560, 1440) << 1 << 1.0;
    }
    void startsOnTheScreen() {
        QFETCH(QSize, screen);
        QFETCH(int, factor);
        QFETCH(double, scale);
        QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("screens.json")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QJsonDocument(QJsonObject{{"screens", QJsonArray{QJsonObject{{"name", "one"},
                                                                                {"x", 0},
                                                                                {"y", 0},
                                                                                {"width", screen.width()},
                                                                                {"height", screen.height()},
                                                                                {"logicalDpi", 96},
                                                                                {"logicalBaseDpi", 96},
                                                                                {"dpr", 1}}}}})
                       .toJson());
        file.close();
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen:configfile=") + file.fileName());
        environment.insert(QStringLiteral("QT_SCALE_FACTOR"), QString::number(factor));
        environment.insert(QLatin1String(kChild), QString::number(scale));
        process.setProcessEnvironment(environment);
        process.start(QCoreApplication::applicationFilePath(), {});
        QVERIFY(process.waitForFinished(120'000));
        const QByteArray said = process.readAllStandardOutput();
        QVERIFY2(process.exitCode() == 0, process.readAllStandardError().constData());
        const QJsonObject window = QJsonDocument::fromJson(said.mid(said.indexOf("WINDOW ") + 7).split('\n').front()).object();
        const QRect available = rectOf(window["available"]), frame = rectOf(window["frame"]);
        QCOMPARE(available.size(), screen / factor);
        QVERIFY2(available.contains(frame), said.constData());
        QVERIFY2(available.contains(rectOf(window["minimum"])), said.constData());
        QVERIFY2(window["outside"].toString().isEmpty(), said.constData());
    }

    void theTreeGivesWayToTheTestPictures_data() {
        QTest::addColumn<QSize>("size");
        QTest::addColumn<double>("scale");
        QTest::addColumn<bool>("tree");  // open beside curves and pictures
        QTest::newRow("1440x900, 100 %") << QSize(1440, 900) << 1.0 << true;
        QTest::newRow("1366x768, 100 %") << QSize(1366, 768) << 1.0 << true;
        QTest::newRow("1440x900, 125 %") << QSize(1440, 900) << 1.25 << false;
        QTest::newRow("1440x900, 150 %") << QSize(1440, 900) << 1.5 << false;
        QTest::newRow("1920x1080, 125 %") << QSize(1920, 1080) << 1.25 << true;
        QTest::newRow("1920x1080, 150 %") << QSize(1920, 1080) << 1.5 << true;
        QTest::newRow("1920x1080, factor 2") << QSize(960, 540) << 1.0 << false;
    }
    void theTreeGivesWayToTheTestPictures() {
        QFETCH(QSize, size);
        QFETCH(double, scale);
        QFETCH(bool, tree);
        Theme::instance().setLook(ColorScheme::Light, scale);
        FakeScript script;
        script.restAtStep = 3;
        WindowFixture fixture(script);
        fixture.window.show();
        fixture.window.setMinimumSize(1, 1);  // the tests' screen is larger
        fixture.show(size);
        QCOMPARE(fixture.window.size(), size);
        fixture.session.start();
        QVERIFY(awaitState(fixture.training, core::TrainerState::Paused));
        fixture.settle();
        auto* layers = fixture.window.findChild<SideDock*>(QStringLiteral("layersDock"));
        QCOMPARE(!layers->isFolded(), tree);
        QVERIFY(fixture.window.findChild<TestPicturesPanel*>()->isVisible());
        fixture.shoot(QStringLiteral("gives-way-%1-%2").arg(size.width()).arg(scale));
        // The user's own choice counts more.
        layers->setFolded(tree);
        fixture.settle();
        QCOMPARE(!layers->isFolded(), !tree);
        Theme::instance().setLook(ColorScheme::Light, 1.0);
    }
};

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    if (qEnvironmentVariableIsSet(kChild)) return showWindow();
    TestWindowPlace test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_window_place.moc"
