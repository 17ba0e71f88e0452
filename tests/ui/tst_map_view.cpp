// The Map tab: its empty states, PCA and t-SNE with progress and cancel, two checkpoints side by side, classes, selection.
#include <QComboBox>
#include <QLabel>
#include <QMouseEvent>
#include <QPushButton>
#include <QSignalSpy>
#include <QToolButton>

#include "tests/ui/window_fixture.h"
#include "ui/widgets/map/class_legend.h"
#include "ui/widgets/map/embedding_plot.h"
#include "ui/widgets/map/map_view.h"
#include "ui/widgets/parts/empty_state.h"
#include "ui/widgets/parts/message_line.h"
#include "ui/widgets/parts/segmented_bar.h"
#include "ui/widgets/parts/work_strip.h"
#include "ui/widgets/pictures/picture_grid.h"
#include "ui/widgets/pictures/picture_row.h"
#include "ui/widgets/predictions/prediction_view.h"

using namespace thaw;
using namespace thaw::test;
using namespace thaw::ui;

namespace {

const std::filesystem::path kRun = FakeScript().directory;

struct Window {
    explicit Window(FakeInspectorScript inspector = {}, QSize size = {1440, 900})
        : script(inspector), fixture({}, lessonConfig(), inspector) {
        fixture.show(size);
        fixture.window.showTab(MainWindow::MapTab);
    }
    bool open() {
        inspection().inspectRun(kRun);
        return await([&] { return inspection().subject() != nullptr; });
    }
    bool map() {
        return open() && await([&] { return !view().plot().isEmpty(); });
    }
    InspectionController& inspection() { return fixture.inspection; }
    MapView& view() { return *fixture.window.findChild<MapView*>(); }
    EmptyState& empty() { return *view().findChild<EmptyState*>(); }
    QAbstractButton& button(const QString& text) {
        for (QAbstractButton* button : view().findChildren<QAbstractButton*>())
            if (button->isVisible() && (button->text().trimmed() == text || button->accessibleName().startsWith(text)))
                return *button;
        qFatal("no button %s", qPrintable(text));
    }
    QComboBox& beside() { return *view().findChild<QComboBox*>(); }
    bool says(const QString& text) {
        for (const QLabel* label : view().findChildren<QLabel*>())
            if (label->isVisible() && label->text().contains(text)) return true;
        return false;
    }

    FakeInspectorScript script;
    WindowFixture fixture;
};

FakeInspectorScript slow() {
    FakeInspectorScript script;
    script.callMilliseconds = 10;
    script.longCalls = 80;
    return script;
}

}  // namespace

class TestMapView : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        Theme::instance().setLook(ColorScheme::Light, 1.0);
    }
    void cleanup() { Theme::instance().setLook(ColorScheme::Light, 1.0); }

    void saysWhatToDoWithoutARun();
    void laysOutTheTestPictures();
    void isAskedOnlyWhenItIsSeen();
    void followsTheChosenCheckpointAndRemembers();
    void neighboursComeWithProgressAndCanBeCancelled();
    void anEpochDoesNotTakeAnUnfinishedMapAway();
    void twoCheckpointsSideBySide();
    void failuresCanBeTriedAgain();
    void classesAreTakenOut();
    void legendNamesAsTheyAre();
    void chosenPicturesAreShownAndSelected();
    void tooFewPicturesForNeighbours();
    void looks_data();
    void looks();
};

void TestMapView::saysWhatToDoWithoutARun() {
    FakeInspectorScript none;
    none.kept->store(1);
    none.dropped->store(1);
    Window window(none);
    QCOMPARE(window.empty().title(), QStringLiteral("No run is open"));
    QVERIFY(window.empty().isVisible());
    QVERIFY(window.open());
    QCOMPARE(window.empty().title(), QStringLiteral("No checkpoint is kept yet"));
    none.dropped->store(0);
    window.inspection().refreshCheckpoints();
    QVERIFY(await([&] { return !window.view().plot().isEmpty(); }));
    QVERIFY(!window.empty().isVisible());
}

void TestMapView::laysOutTheTestPictures() {
    Window window;
    QVERIFY(window.map());
    QCOMPARE(window.view().plot().shownCount(), 200);
    QVERIFY(!window.view().plotBefore().isVisible());
    QVERIFY(window.says(QStringLiteral("200 of 200 test pictures.  Across: 21.0\u2009% of the variance, upwards: 13.0\u2009%.")));
    // Pictures of a class lie together in these points.
    QVERIFY(window.view().plot().pointBounds().width() > 2);
}

void TestMapView::isAskedOnlyWhenItIsSeen() {
    FakeInspectorScript script;
    script.failWith = "Not to be asked.";
    Window window(script);
    window.fixture.window.showTab(MainWindow::DataTab);
    QVERIFY(window.open());
    window.inspection().chooseCheckpoint(3);
    *script.failing = false;
    window.fixture.window.showTab(MainWindow::MapTab);
    QVERIFY(await([&] { return !window.view().plot().isEmpty(); }));
    QVERIFY(!window.view().findChild<MessageLine*>()->isVisible());
}

void TestMapView::followsTheChosenCheckpointAndRemembers() {
    Window window;
    QVERIFY(window.map());
    const QPointF newest = window.view().plot().placeOf(5);
    const double wide = window.view().plot().pointBounds().width();
    window.inspection().chooseCheckpoint(0);
    QVERIFY(await([&] { return window.view().plot().pointBounds().width() < wide - 1; }));
    window.inspection().chooseCheckpoint(14);
    // At once: it was made before.
    QCOMPARE(window.view().plot().pointBounds().width(), wide);
    QCOMPARE(window.view().plot().placeOf(5), newest);
}

void TestMapView::neighboursComeWithProgressAndCanBeCancelled() {
    Window window(slow());
    QVERIFY(window.open());
    QCOMPARE(window.empty().title(), QStringLiteral("The network looks at the pictures"));
    QVERIFY(await([&] { return !window.view().plot().isEmpty(); }));
    QTest::mouseClick(&window.button(QStringLiteral("t-SNE")), Qt::LeftButton);
    auto& work = *window.view().findChild<WorkStrip*>();
    QVERIFY(await([&] { return work.isVisible(); }));
    QVERIFY(window.says(QStringLiteral("Arranging by t-SNE, after epoch 15")));
    QVERIFY(await([&] { return window.says(QStringLiteral(" of 80")); }));
    QVERIFY(!window.view().plot().isEmpty());  // the principal axes stay meanwhile
    QTest::mouseClick(&window.button(QStringLiteral("Cancel")), Qt::LeftButton);
    QVERIFY(!work.isVisible());
    QVERIFY(window.says(QStringLiteral("of the variance")));
    QCOMPARE(window.view().findChild<SegmentedBar*>()->current(), 0);
    QTest::mouseClick(&window.button(QStringLiteral("t-SNE")), Qt::LeftButton);
    QVERIFY(await([&] { return window.says(QStringLiteral("how far apart two groups lie says little")); }));
    QTest::mouseClick(&window.button(QStringLiteral("PCA")), Qt::LeftButton);
    QVERIFY(window.says(QStringLiteral("of the variance")));
}

void TestMapView::anEpochDoesNotTakeAnUnfinishedMapAway() {
    FakeInspectorScript script = slow();
    script.kept->store(3);
    Window window(script);
    QVERIFY(window.open());
    // Two epochs pass while the map of the third is made: it is shown, then that of the newest.
    QStringList made;
    connect(&window.view().plot(), &EmbeddingPlot::highlighted, this, [] {});
    QVERIFY(await([&] { return window.view().findChild<WorkStrip*>()->isVisible(); }));
    script.kept->store(5);
    window.inspection().refreshCheckpoints();
    QVERIFY(await([&] { return window.inspection().checkpoint()->epoch == 5; }));
    QVERIFY(window.says(QStringLiteral("after epoch 3")));
    QVERIFY(await([&] { return !window.view().plot().isEmpty(); }));
    const double third = window.view().plot().pointBounds().width();
    QVERIFY(await([&] { return window.view().plot().pointBounds().width() > third + 0.5; }));
    // A choice by hand does not wait.
    window.inspection().chooseCheckpoint(0);
    QVERIFY(await([&] { return window.says(QStringLiteral("after epoch 1")); }));
    window.inspection().chooseCheckpoint(1);
    QVERIFY(await([&] { return window.says(QStringLiteral("after epoch 2")); }));
}

void TestMapView::twoCheckpointsSideBySide() {
    Window window;
    QVERIFY(window.map());
    QComboBox& beside = window.beside();
    QCOMPARE(beside.itemText(0), QStringLiteral("Nothing"));
    QCOMPARE(beside.itemText(1), QStringLiteral("Before training"));
    QCOMPARE(beside.itemText(11), QStringLiteral("After epoch 10, phase end"));
    beside.setCurrentIndex(11);
    QVERIFY(await([&] { return window.view().plotBefore().isVisible(); }));
    EmbeddingPlot &now = window.view().plot(), &before = window.view().plotBefore();
    QVERIFY(now.title().startsWith(QLatin1String("after epoch 15")));
    QVERIFY(before.title().startsWith(QLatin1String("after epoch 10")));
    QCOMPARE(before.shownCount(), 200);
    // One view for both.
    now.zoomBy(2, {100, 100});
    QCOMPARE(before.view().zoom, now.view().zoom);
    QVERIFY(before.view().centre == now.view().centre);
    before.fit();
    QCOMPARE(now.view().zoom, 1.0);
    // Scrubbing goes on beside it; the checkpoint itself is beside nothing.
    window.inspection().chooseCheckpoint(4);
    QVERIFY(await([&] { return now.title().startsWith(QLatin1String("after epoch 5,")); }));
    QVERIFY(before.title().startsWith(QLatin1String("after epoch 10")));
    window.inspection().chooseCheckpoint(9);
    QVERIFY(await([&] { return !before.isVisible(); }));
    beside.setCurrentIndex(1);
    QVERIFY(await([&] { return before.isVisible() && before.title() == QLatin1String("before training"); }));
}

void TestMapView::failuresCanBeTriedAgain() {
    FakeInspectorScript script;
    script.failWith = "The checkpoint is torn.";
    Window window(script);
    QVERIFY(window.open());
    auto& message = *window.view().findChild<MessageLine*>();
    QVERIFY(await([&] { return message.isVisible(); }));
    QCOMPARE(message.text(), QStringLiteral("The checkpoint is torn. Choose another checkpoint."));
    QCOMPARE(window.empty().title(), QStringLiteral("No map was made"));
    *script.failing = false;
    QTest::mouseClick(&window.button(QStringLiteral("Try again")), Qt::LeftButton);
    QVERIFY(await([&] { return !window.view().plot().isEmpty(); }));
    QVERIFY(!message.isVisible());
}

void TestMapView::classesAreTakenOut() {
    Window window;
    QVERIFY(window.map());
    auto& legend = *window.view().findChild<ClassLegend*>();
    QTest::mouseClick(legend.button(3), Qt::LeftButton);
    QCOMPARE(window.view().plot().shownCount(), 180);
    QVERIFY(window.says(QStringLiteral("180 of 200 test pictures")));
    QTest::mouseClick(legend.button(3), Qt::LeftButton);
    QCOMPARE(window.view().plot().shownCount(), 200);
    QTest::mouseClick(legend.button(5), Qt::LeftButton, Qt::ControlModifier);
    QCOMPARE(window.view().plot().shownCount(), 20);
    QTest::keyClick(legend.button(6), Qt::Key_Space);
    QCOMPARE(window.view().plot().shownCount(), 40);
    QTest::mouseClick(&window.button(QStringLiteral("All classes")), Qt::LeftButton);
    QCOMPARE(window.view().plot().shownCount(), 200);
    QTest::mouseClick(&window.button(QStringLiteral("Wrong")), Qt::LeftButton);
    const int wrong = window.view().plot().shownCount();
    QVERIFY(wrong > 0 && wrong < 100);
}

void TestMapView::legendNamesAsTheyAre() {
    ClassLegend legend;
    QStringList names{QStringLiteral("ants & <i>bees"), QStringLiteral("A&B&&C")};
    for (int i = 2; i < 60; ++i) names << QStringLiteral("a class with a name of its own that is rather long, %1").arg(i);
    legend.setClasses(names);
    legend.resize(legend.sizeHint().width(), 400);
    legend.show();
    QVERIFY(QTest::qWaitForWindowExposed(&legend));
    QCOMPARE(legend.button(0)->text(), QStringLiteral(" ants && <i>bees"));
    QCOMPARE(legend.button(1)->text(), QStringLiteral(" A&&B&&&&C"));
    QCOMPARE(legend.button(0)->accessibleName(), names[0]);
    QVERIFY2(legend.button(2)->text().endsWith(QChar(0x2026)), qPrintable(legend.button(2)->text()));
    QVERIFY(legend.button(2)->toolTip().startsWith(names[2]));
    // No two of sixty classes look alike.
    QSet<QByteArray> marks;
    for (int i = 0; i < 60; ++i) {
        const QImage mark = legend.button(i)->icon().pixmap({14, 14}, QIcon::Normal, QIcon::On).toImage();
        marks.insert(QByteArray(reinterpret_cast<const char*>(mark.constBits()), mark.sizeInBytes()));
    }
    QCOMPARE(marks.size(), 60);
    WindowFixture::shoot(&legend, QStringLiteral("map-legend"));
}

void TestMapView::chosenPicturesAreShownAndSelected() {
    Window window;
    QVERIFY(window.map());
    MapView& view = window.view();
    QVERIFY(!view.chosenPictures().isVisible());
    window.fixture.training.startRun(lessonConfig(1, 0));
    QVERIFY(awaitState(window.fixture.training, core::TrainerState::Finished));
    window.fixture.window.showTab(MainWindow::MapTab);  // a start goes to Live
    QVERIFY(await([&] { return !view.plot().isEmpty(); }));
    Q_EMIT view.plot().picturesChosen({5, 9, 33});
    QVERIFY(view.chosenPictures().isVisible());
    QCOMPARE(view.chosenPictures().pictures().total(), 3);
    QVERIFY2(view.chosenPictures().title().startsWith(QLatin1String("Chosen: 3 pictures, ")),
             qPrintable(view.chosenPictures().title()));
    Q_EMIT view.plot().pictureChosen(33);
    QCOMPARE(view.chosenPictures().pictures().total(), 1);
    auto& predictions = *window.fixture.window.findChild<PredictionView*>();
    QCOMPARE(predictions.findChild<PictureGrid*>()->currentPicture(), 33);
    QCOMPARE(window.fixture.window.currentTab(), int(MainWindow::MapTab));
    Q_EMIT view.plot().pictureActivated(9);
    QCOMPARE(window.fixture.window.currentTab(), int(MainWindow::PredictionsTab));
    QCOMPARE(predictions.findChild<PictureGrid*>()->currentPicture(), 9);
    window.fixture.window.showTab(MainWindow::MapTab);
    Q_EMIT view.plot().picturesChosen({});
    QVERIFY(!view.chosenPictures().isVisible());
}

void TestMapView::tooFewPicturesForNeighbours() {
    Window enough;
    QVERIFY(enough.map());
    QVERIFY(enough.button(QStringLiteral("t-SNE")).isEnabled());
    FakeInspectorScript script;
    script.onlyPictures = 7;
    Window window(script);
    QVERIFY(window.open());
    QAbstractButton& neighbours = window.button(QStringLiteral("t-SNE"));
    QVERIFY(!neighbours.isEnabled());
    QCOMPARE(neighbours.toolTip(), QStringLiteral("t-SNE needs at least 8 pictures, and the run is judged on 7."));
    QVERIFY(window.button(QStringLiteral("PCA")).isEnabled());
}

void TestMapView::looks_data() {
    addLookColumn();
    QTest::newRow("1440x900-light") << Look{{1440, 900}, 1.0, false};
    QTest::newRow("1440x900-dark") << Look{{1440, 900}, 1.0, true};
    QTest::newRow("1366x768-light") << Look{{1366, 768}, 1.0, false};
    QTest::newRow("1180x700-light") << Look{{1180, 700}, 1.0, false};
    QTest::newRow("1366x768-150") << Look{{1366, 768}, 1.5, true};
}

void TestMapView::looks() {
    const auto [size, scale, dark] = takeLook();
    const QString tag = QString::fromLatin1(QTest::currentDataTag());
    FakeInspectorScript script;
    script.picturesPerClass = 300;
    Window window(script, size);
    window.fixture.shoot(QStringLiteral("map-empty-") + tag);
    QStringList cut = WindowFixture::cutTexts(&window.fixture.window);
    QVERIFY(window.map());
    window.fixture.shoot(QStringLiteral("map-") + tag);
    cut += WindowFixture::cutTexts(&window.fixture.window);
    window.beside().setCurrentIndex(11);
    QVERIFY(await([&] { return window.view().plotBefore().isVisible(); }));
    window.fixture.settle();
    EmbeddingPlot& plot = window.view().plot();
    const QPointF middle = QPointF(plot.rect().center());
    std::vector<int> around = plot.picturesIn(QPolygonF(QRectF(middle - QPointF(60, 40), middle + QPointF(60, 40))));
    Q_EMIT plot.picturesChosen(around);
    window.fixture.settle();
    const QPoint first = plot.placeOf(around.empty() ? 0 : around.front()).toPoint();
    QMouseEvent move(QEvent::MouseMove, first, plot.mapToGlobal(first), Qt::NoButton, Qt::NoButton, {});
    QCoreApplication::sendEvent(&plot, &move);
    window.fixture.shoot(QStringLiteral("map-beside-") + tag);
    cut += WindowFixture::cutTexts(&window.fixture.window);
    Q_EMIT plot.picturesChosen({});
    window.beside().setCurrentIndex(0);
    QTest::mouseClick(&window.button(QStringLiteral("Pictures")), Qt::LeftButton);
    window.fixture.shoot(QStringLiteral("map-pictures-") + tag);
    cut += WindowFixture::cutTexts(&window.fixture.window);
    QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QLatin1Char('\n'))));
    QCOMPARE(window.fixture.window.size(), size);
}

QTEST_MAIN(TestMapView)
#include "tst_map_view.moc"
