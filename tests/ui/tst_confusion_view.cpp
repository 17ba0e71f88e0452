// The Confusion matrix tab in the whole window: states, choosing cells by mouse and keyboard, the pictures below, the way into
// Predictions, the other pages, and what it looks like.
#include <QComboBox>
#include <QHeaderView>
#include <QListView>
#include <QMouseEvent>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QSlider>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>

#include <cmath>

#include "tests/support/drawn_pictures.h"
#include "tests/ui/window_fixture.h"
#include "ui/models/confusion_model.h"
#include "ui/models/label_score_model.h"
#include "ui/models/mix_up_model.h"
#include "ui/models/percent_text.h"
#include "ui/models/prediction_list_model.h"
#include "ui/widgets/evaluation/calibration_page.h"
#include "ui/widgets/evaluation/compare_page.h"
#include "ui/widgets/evaluation/confusion_view.h"
#include "ui/widgets/evaluation/labels_page.h"
#include "ui/widgets/evaluation/matrix_page.h"
#include "ui/widgets/evaluation/matrix_table.h"
#include "ui/widgets/evaluation/name_header.h"
#include "ui/widgets/evaluation/reliability_plot.h"
#include "ui/widgets/evaluation/score_lists.h"
#include "ui/widgets/evaluation/test_lock_bar.h"
#include "ui/widgets/evaluation/threshold_page.h"
#include "ui/widgets/evaluation/threshold_plot.h"
#include "ui/widgets/evaluation/top_losses_page.h"
#include "ui/widgets/parts/banner.h"
#include "ui/widgets/parts/empty_state.h"
#include "ui/widgets/parts/message_line.h"
#include "ui/widgets/parts/number_box.h"
#include "ui/widgets/parts/work_strip.h"
#include "ui/widgets/pictures/picture_grid.h"
#include "ui/widgets/pictures/picture_row.h"
#include "ui/widgets/predictions/prediction_view.h"
#include "ui/widgets/window/side_dock.h"
#include "ui/widgets/window/view_tabs.h"

using namespace thaw;
using namespace thaw::test;
using namespace thaw::ui;
using Cells = std::vector<std::pair<int, int>>;

namespace {

const std::filesystem::path kRun = "/home/pupil/.local/share/thaw/runs/20260901-090000-lesson";
constexpr int kAirplane = 0, kBird = 2, kCat = 3, kDog = 5, kShip = 8;

FakeInspectorScript many() {
    FakeInspectorScript script;
    script.picturesPerClass = 60;
    return script;
}

/// The window with a run to look at, on the tab.
struct Opened {
    explicit Opened(FakeInspectorScript script = many(), QSize size = {1440, 900}) : fixture({}, lessonConfig(), script) {
        fixture.show(size);
        fixture.inspection.inspectRun(kRun);
        fixture.window.showTab(MainWindow::ConfusionTab);
    }
    [[nodiscard]] bool shown(int epoch = 15) {
        return await([&] { return view().shown().predictions && view().shown().checkpoint.epoch == epoch; });
    }
    ConfusionView& view() { return *fixture.window.findChild<ConfusionView*>(); }
    MatrixPage& matrixPage() { return *view().findChild<MatrixPage*>(); }
    MatrixTable& table() { return *matrixPage().findChild<MatrixTable*>(); }
    ConfusionModel& model() { return static_cast<ConfusionModel&>(*table().model()); }
    PictureRow& strip() { return *matrixPage().findChild<PictureRow*>(); }
    QPoint placeOf(int truth, int predicted) { return table().visualRect(model().cellIndex(truth, predicted)).center(); }
    void click(int truth, int predicted, Qt::KeyboardModifiers keys = {}) {
        QTest::mouseClick(table().viewport(), Qt::LeftButton, keys, placeOf(truth, predicted));
    }

    WindowFixture fixture;
};

QPushButton* button(const QWidget& root, const QString& text) {
    for (QPushButton* one : root.findChildren<QPushButton*>())
        if ((one->text().trimmed() == text || one->accessibleName() == text) && one->isVisibleTo(&root)) return one;
    return nullptr;
}

/// The state of the tab itself, not of a page in it.
EmptyState& emptyOf(ConfusionView& view) {
    for (EmptyState* one : view.findChildren<EmptyState*>())
        if (!view.findChild<ComparePage*>()->isAncestorOf(one)) return *one;
    qFatal("no empty state");
}
MessageLine& messageOf(ConfusionView& view) {
    for (MessageLine* one : view.findChildren<MessageLine*>())
        if (!view.findChild<ComparePage*>()->isAncestorOf(one)) return *one;
    qFatal("no message line");
}

WorkStrip& headStripOf(ConfusionView& view) {
    for (WorkStrip* one : view.findChildren<WorkStrip*>())
        if (!view.findChild<ComparePage*>()->isAncestorOf(one)) return *one;
    qFatal("no work strip");
}
QComboBox& combo(const QWidget& page, const QString& name) {
    for (QComboBox* one : page.findChildren<QComboBox*>())
        if (one->accessibleName() == name) return *one;
    qFatal("no such list");
}
QStringList textsOf(const QWidget& page) {
    QStringList texts;
    for (const QLabel* label : page.findChildren<QLabel*>())
        if (label->isVisible()) texts << label->text();
    return texts;
}

/// Three pictures of each class, of which one in four is taken for the class after next.
Evaluated evaluatedOf(int classes) {
    const QStringList animals{"tortoise", "heron", "lynx", "cuttlefish", "marmot"}, kinds{"", "red ", "great ", "lesser "};
    Evaluated evaluated;
    auto pictures = std::make_shared<core::PictureSet>();
    auto predictions = std::make_shared<core::PredictionSet>();
    pictures->width = pictures->height = 8;
    predictions->classCount = classes;
    for (int one = 0; one < classes; ++one)
        evaluated.classNames << QStringLiteral("%1%2 %3").arg(kinds.at(one / 5 % 4), animals.at(one % 5)).arg(one);
    for (int i = 0; i < 3 * classes; ++i) {
        const int truth = i % classes, said = i % 4 == 0 ? (truth + 2) % classes : truth;
        predictions->labels.push_back(truth);
        predictions->probabilities.resize(predictions->probabilities.size() + std::size_t(classes), 0.1f / float(classes));
        predictions->probabilities[std::size_t(i * classes + said)] += 0.9f;
    }
    pictures->labels = predictions->labels;
    pictures->rgb.assign(pictures->labels.size() * 8 * 8 * 3, 140);
    evaluated.report = std::make_shared<const core::EvaluationReport>(core::evaluationReport(*predictions));
    evaluated.pictures = pictures;
    evaluated.predictions = predictions;
    return evaluated;
}

double luminance(const QColor& color) {
    const auto linear = [](double value) { return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

}  // namespace

class TestConfusionView : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        Theme::instance().setLook(ColorScheme::Light, 1.0);
    }
    void cleanup() { Theme::instance().setLook(ColorScheme::Light, 1.0); }

    void looks_data();
    void looks();
    void statesBeforeThereIsAnything();
    void loadsWithProgressAndCanBeCancelled();
    void failureKeepsWhatIsShown();
    void followsTheChosenCheckpoint();
    void asksOnlyWhileSeen();
    void beginsWithTheCommonestMixUp();
    void cellsByKeyboard();
    void cellsByMouse();
    void rowsAndColumns();
    void theStripShowsTheMostConfidentFirst();
    void selectionOutlivesSortingAndCheckpoints();
    void listsChooseInTheMatrix();
    void opensInPredictions();
    void topLosses();
    void calibration();
    void threshold();
    void thresholdOfTwoClasses();
    void thresholdByHand();
    void figuresHaveIntervals();
    void calibrationSaysNoMoreThanItsPicturesCan_data();
    void calibrationSaysNoMoreThanItsPicturesCan();
    void calibrationWithoutUnseenPictures();
    void lockedTestSplit();
    void calibrationWhileTheTestSplitIsLocked();
    void compareWithinTheRun();
    void compareWithAnotherRun();
    void pagesOutliveAnEvaluationWithoutAnswer_data();
    void pagesOutliveAnEvaluationWithoutAnswer();
    void manyClasses();
    void aThousandClassesAreNotMeasuredCellByCell();
    void severalLabelsEach();
    void numbersAreReadable();
    void noMixUpsAreSaid();
    void docksAreRailsHere();
};

void TestConfusionView::looks_data() {
    addLookColumn();
    QTest::newRow("1440x900-light") << Look{{1440, 900}, 1.0, false};
    QTest::newRow("1440x900-dark") << Look{{1440, 900}, 1.0, true};
    QTest::newRow("1366x768-light") << Look{{1366, 768}, 1.0, false};
    QTest::newRow("1180x700-dark") << Look{{1180, 700}, 1.0, true};
    QTest::newRow("1440x900-150") << Look{{1440, 900}, 1.5, false};
    QTest::newRow("1366x768-150") << Look{{1366, 768}, 1.5, true};
}

void TestConfusionView::looks() {
    const auto [size, scale, dark] = takeLook();
    const QString tag = QString::fromLatin1(QTest::currentDataTag());
    FakeInspectorScript script = many();
    script.picturesPerClass = 100;
    Opened opened(script, size);
    QStringList cut = WindowFixture::cutTexts(&opened.fixture.window);
    QVERIFY(opened.shown());
    const std::pair<ConfusionView::Page, const char*> pages[]{{ConfusionView::Matrix, "matrix"},
                                                              {ConfusionView::TopLosses, "losses"},
                                                              {ConfusionView::Threshold, "threshold"},
                                                              {ConfusionView::CalibrationDiagram, "calibration"},
                                                              {ConfusionView::Compare, "compare"}};
    for (const auto& [page, name] : pages) {
        opened.view().showPage(page);
        QVERIFY(await([&] {
            const auto strips = opened.view().findChildren<WorkStrip*>();
            return std::none_of(strips.begin(), strips.end(), [](const WorkStrip* strip) { return strip->isWorking(); });
        }));
        cut += WindowFixture::cutTexts(&opened.fixture.window);
        if (scale == 1.0 && size.height() >= 768 && page == ConfusionView::CalibrationDiagram)
            for (const QScrollArea* area : opened.view().findChildren<QScrollArea*>())
                QVERIFY2(!area->isVisible() || area->verticalScrollBar()->maximum() == 0,
                         qPrintable(QStringLiteral("%1: %2 of %3 do not fit")
                                        .arg(QLatin1String(name))
                                        .arg(area->verticalScrollBar()->maximum())
                                        .arg(area->height())));
        opened.fixture.shoot(QStringLiteral("confusion-%1-%2").arg(QLatin1String(name), tag));
    }
    QVERIFY2(opened.fixture.window.size() == size, "the window outgrew its size");
    QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QLatin1Char('\n'))));
    // All of the matrix is seen where the window has its usual size.
    opened.view().showPage(ConfusionView::Matrix);
    const auto rows = opened.view().findChildren<PictureRow*>();
    for (const PictureRow* row : rows) {
        if (!row->isVisible()) continue;
        // What stands above the pictures is not covered by them.
        for (const QAbstractButton* one : row->findChildren<QAbstractButton*>())
            if (one->isVisible())
                QVERIFY2(one->mapTo(row, QPoint(0, one->height())).y() <=
                             const_cast<PictureRow*>(row)->grid().mapTo(row, QPoint()).y() + 1,
                         qPrintable(one->accessibleName()));
    }
    if (scale == 1.0) {
        const MatrixTable& table = opened.table();
        const QRect corner =
            table.visualRect(table.model()->index(table.model()->rowCount() - 1, table.model()->columnCount() - 1));
        QVERIFY2(table.viewport()->rect().contains(corner),
                 qPrintable(QStringLiteral("%1 below %2").arg(corner.bottom()).arg(table.viewport()->height())));
    }
}

void TestConfusionView::statesBeforeThereIsAnything() {
    {
        WindowFixture fixture;
        fixture.show({1440, 900});
        fixture.window.showTab(MainWindow::ConfusionTab);
        auto& view = *fixture.window.findChild<ConfusionView*>();
        QCOMPARE(emptyOf(view).title(), QStringLiteral("No results yet"));
        QVERIFY(emptyOf(view).isVisible());
        fixture.shoot(QStringLiteral("confusion-empty"));
        QVERIFY(WindowFixture::cutTexts(&fixture.window).isEmpty());
        QTest::mouseClick(button(view, QStringLiteral("Run the lesson")), Qt::LeftButton);
        QVERIFY(await([&] { return fixture.training.run().has_value(); }));
    }
    FakeInspectorScript script;
    script.dropped->store(15);
    Opened opened(script);
    QVERIFY(await([&] { return emptyOf(opened.view()).title().startsWith(QStringLiteral("The first results")); }));
}

void TestConfusionView::loadsWithProgressAndCanBeCancelled() {
    FakeInspectorScript script = many();
    script.longCalls = 100'000;
    script.callMilliseconds = 1;
    Opened opened(script);
    auto& work = *opened.view().findChild<WorkStrip*>();
    QVERIFY(await([&] { return work.isVisible(); }));
    QCOMPARE(emptyOf(opened.view()).title(), QStringLiteral("The network looks at the pictures"));
    QVERIFY(await([&] { return !work.figures().isEmpty(); }));
    QVERIFY(WindowFixture::cutTexts(&opened.fixture.window).isEmpty());
    opened.fixture.shoot(QStringLiteral("confusion-loading"));
    QTest::mouseClick(button(work, QStringLiteral("Cancel")), Qt::LeftButton);
    QVERIFY(!work.isVisible());
    QVERIFY(emptyOf(opened.view()).text().contains(QStringLiteral("cancelled")));
    QVERIFY(button(emptyOf(opened.view()), QStringLiteral("Try again")));
}

void TestConfusionView::failureKeepsWhatIsShown() {
    FakeInspectorScript script = many();
    script.failWith = "The checkpoint is torn.";
    Opened opened(script);
    QVERIFY(await([&] { return emptyOf(opened.view()).text().startsWith(QStringLiteral("The checkpoint is torn.")); }));
    QVERIFY(emptyOf(opened.view()).text().contains(QStringLiteral("Choose another checkpoint.")));
    opened.fixture.shoot(QStringLiteral("confusion-failed"));
    *script.failing = false;
    QTest::mouseClick(button(emptyOf(opened.view()), QStringLiteral("Try again")), Qt::LeftButton);
    QVERIFY(opened.shown());

    *script.failing = true;
    opened.fixture.inspection.chooseCheckpoint(4);
    QVERIFY(await([&] { return messageOf(opened.view()).text().startsWith(QStringLiteral("The checkpoint is torn.")); }));
    QCOMPARE(opened.view().shown().checkpoint.epoch, 15);
    QVERIFY(opened.table().isVisible());
    QVERIFY(WindowFixture::cutTexts(&opened.fixture.window).isEmpty());
    *script.failing = false;
    QTest::mouseClick(button(messageOf(opened.view()), QStringLiteral("Try again")), Qt::LeftButton);
    QVERIFY(opened.shown(5));
    QVERIFY(messageOf(opened.view()).text().isEmpty());
}

void TestConfusionView::followsTheChosenCheckpoint() {
    Opened opened;
    QVERIFY(opened.shown());
    const double before = opened.view().shown().report->accuracy;
    opened.fixture.inspection.chooseCheckpoint(0);
    QVERIFY(opened.shown(1));
    QVERIFY(opened.view().shown().report->accuracy < before);
    std::int64_t right = 0;
    for (int c = 0; c < 10; ++c) right += opened.model().cellIndex(c, c).data().toLongLong();
    QCOMPARE(right, std::llround(opened.view().shown().report->accuracy * 600));
}

void TestConfusionView::asksOnlyWhileSeen() {
    Opened opened;
    QVERIFY(opened.shown());
    opened.fixture.window.showTab(MainWindow::DataTab);
    opened.fixture.inspection.chooseCheckpoint(3);
    // Whatever it might have asked for is answered before this.
    bool answered = false;
    opened.fixture.inspection.ask<int>(
        this, QStringLiteral("marker"), InspectionController::Lane::Long,
        [](core::Inspector&, const std::string&, const core::CountCallback&) { return 1; }, [&](int) { answered = true; });
    QVERIFY(await([&] { return answered; }));
    QCOMPARE(opened.view().shown().checkpoint.epoch, 15);
    opened.fixture.window.showTab(MainWindow::ConfusionTab);
    QVERIFY(opened.shown(4));
}

void TestConfusionView::beginsWithTheCommonestMixUp() {
    Opened opened;
    QVERIFY(opened.shown());
    const core::MixUp worst = core::mostConfused(opened.view().shown().report->confusion).front();
    QCOMPARE(opened.table().selectedCells(), (Cells{{worst.truth, worst.predicted}}));
    const QStringList& names = opened.view().shown().classNames;
    QString name = names.at(worst.truth);
    name[0] = name[0].toUpper();
    QCOMPARE(opened.strip().title(),
             QStringLiteral("%1 called %2: %3 pictures").arg(name, names.at(worst.predicted)).arg(worst.count));
    QCOMPARE(opened.strip().pictures().total(), int(worst.count));
}

void TestConfusionView::cellsByKeyboard() {
    Opened opened;
    QVERIFY(opened.shown());
    MatrixTable& table = opened.table();
    table.setFocus();
    table.selectCell(kCat, kDog);
    const auto press = [&](int key, Qt::KeyboardModifiers keys = {}) { QTest::keyClick(&table, Qt::Key(key), keys); };
    press(Qt::Key_Left);
    QCOMPARE(table.selectedCells(), (Cells{{kCat, kDog - 1}}));
    press(Qt::Key_Right);
    press(Qt::Key_Up);
    QCOMPARE(table.selectedCells(), (Cells{{kBird, kDog}}));
    QVERIFY(opened.strip().title().startsWith(QStringLiteral("Bird called dog: ")));
    press(Qt::Key_Down, Qt::ShiftModifier);
    press(Qt::Key_Right, Qt::ShiftModifier);
    QCOMPARE(table.selectedCells(), (Cells{{kBird, kDog}, {kBird, kDog + 1}, {kCat, kDog}, {kCat, kDog + 1}}));
    QVERIFY(opened.strip().title().startsWith(QStringLiteral("4 cells: ")));
    QVERIFY(!button(opened.matrixPage(), QStringLiteral("Open in Predictions"))->isEnabled());
    // The sums and scores are no place for the cursor.
    table.selectCell(9, 9);
    press(Qt::Key_Right);
    press(Qt::Key_Down);
    press(Qt::Key_End);
    QCOMPARE(table.selectedCells(), (Cells{{9, 9}}));
    QVERIFY(opened.strip().title().startsWith(QStringLiteral("Truck called truck, which is right: ")));

    table.selectCell(kCat, kDog);
    press(Qt::Key_Space, Qt::ShiftModifier);
    QCOMPARE(table.selectedCells().size(), std::size_t(10));
    QCOMPARE(opened.strip().title(), QStringLiteral("All that is cat: 60 pictures"));
    press(Qt::Key_Space, Qt::ControlModifier);
    QVERIFY(opened.strip().title().startsWith(QStringLiteral("All that is called dog: ")));
    QCOMPARE(opened.strip().pictures().total(), int(opened.view().shown().report->confusion.columnSum(kDog)));
    press(Qt::Key_A, Qt::ControlModifier);
    QCOMPARE(opened.strip().title(), QStringLiteral("Everything: 600 pictures"));
    press(Qt::Key_Escape);
    QVERIFY(table.selectedCells().empty());
    QCOMPARE(opened.strip().title(), QStringLiteral("No cell is chosen"));
    QVERIFY(WindowFixture::cutTexts(&opened.fixture.window).isEmpty());
    // Tab goes on to what follows, and comes back.
    QTest::keyClick(&table, Qt::Key_Tab);
    QVERIFY(!table.hasFocus());
}

void TestConfusionView::cellsByMouse() {
    Opened opened;
    QVERIFY(opened.shown());
    MatrixTable& table = opened.table();
    opened.click(kCat, kDog);
    QCOMPARE(table.selectedCells(), (Cells{{kCat, kDog}}));
    opened.click(kDog, kCat, Qt::ControlModifier);
    QCOMPARE(table.selectedCells(), (Cells{{kCat, kDog}, {kDog, kCat}}));
    QVERIFY(opened.strip().title().startsWith(QStringLiteral("2 cells: ")));

    // Dragged over several, on over the sums and back.
    QTest::mousePress(table.viewport(), Qt::LeftButton, {}, opened.placeOf(8, 8));
    const auto drag = [&](QPoint place) {
        QMouseEvent move(QEvent::MouseMove, place, table.viewport()->mapToGlobal(place), Qt::NoButton, Qt::LeftButton,
                         Qt::NoModifier);
        QApplication::sendEvent(table.viewport(), &move);
    };
    drag(opened.placeOf(9, 8));
    drag(table.visualRect(opened.model().index(9, 10)).center());
    drag(opened.placeOf(9, 9));
    QTest::mouseRelease(table.viewport(), Qt::LeftButton, {}, opened.placeOf(9, 9));
    QCOMPARE(table.selectedCells(), (Cells{{8, 8}, {8, 9}, {9, 8}, {9, 9}}));
}

void TestConfusionView::rowsAndColumns() {
    Opened opened;
    QVERIFY(opened.shown());
    MatrixTable& table = opened.table();
    const auto clickHeader = [&](QHeaderView* header, int section, Qt::KeyboardModifiers keys = {}) {
        const int middle = header->sectionViewportPosition(section) + header->sectionSize(section) / 2;
        const QPoint place = header->orientation() == Qt::Horizontal ? QPoint(middle, header->height() - 6) : QPoint(10, middle);
        QTest::mouseClick(header->viewport(), Qt::LeftButton, keys, place);
    };
    clickHeader(table.verticalHeader(), kShip);
    QCOMPARE(opened.strip().title(), QStringLiteral("All that is ship: 60 pictures"));
    clickHeader(table.horizontalHeader(), kShip);
    QVERIFY(opened.strip().title().startsWith(QStringLiteral("All that is called ship: ")));
    const Cells before = table.selectedCells();
    clickHeader(table.horizontalHeader(), 10);  // the sums' name is no class
    QCOMPARE(table.selectedCells(), before);
    // The sum and the recall of a row stand for the row, the precision for its column.
    QTest::mouseClick(table.viewport(), Qt::LeftButton, {}, table.visualRect(opened.model().index(kBird, 11)).center());
    QCOMPARE(opened.strip().title(), QStringLiteral("All that is bird: 60 pictures"));
    QTest::mouseClick(table.viewport(), Qt::LeftButton, {}, table.visualRect(opened.model().index(11, kBird)).center());
    QVERIFY(opened.strip().title().startsWith(QStringLiteral("All that is called bird: ")));
    QVERIFY(button(opened.matrixPage(), QStringLiteral("Open in Predictions"))->isEnabled());
}

void TestConfusionView::theStripShowsTheMostConfidentFirst() {
    Opened opened;
    QVERIFY(opened.shown());
    const core::MixUp worst = core::mostConfused(opened.view().shown().report->confusion).front();
    PredictionListModel& pictures = opened.strip().pictures();
    QVERIFY(pictures.total() > 1);
    for (int i = 0; i < pictures.total(); ++i) {
        const PictureItem item = pictures.item(pictures.idAt(i));
        QCOMPARE(item.trueClass, worst.truth);
        QCOMPARE(item.predictedClass, worst.predicted);
        if (i > 0) QVERIFY(item.confidence <= pictures.item(pictures.idAt(i - 1)).confidence);
    }
    // In one row, and the rest by the page.
    QVERIFY(pictures.pageSize() < pictures.total() || opened.strip().grid().height() > 0);
    opened.table().setFocus();
    QTest::keyClick(&opened.table(), Qt::Key_A, Qt::ControlModifier);
    QCOMPARE(pictures.total(), 600);
    const int first = pictures.idAt(pictures.pageBegin());
    QToolButton* next = nullptr;
    for (QToolButton* one : opened.strip().findChildren<QToolButton*>())
        if (one->accessibleName() == QStringLiteral("Next page")) next = one;
    QTest::mouseClick(next, Qt::LeftButton);
    QVERIFY(pictures.pageBegin() > 0);
    QVERIFY(pictures.idAt(pictures.pageBegin()) != first);
}

void TestConfusionView::selectionOutlivesSortingAndCheckpoints() {
    Opened opened;
    QVERIFY(opened.shown());
    opened.table().selectCell(kAirplane, kShip);
    QToolButton* sort = nullptr;
    for (QToolButton* one : opened.matrixPage().findChildren<QToolButton*>())
        if (one->accessibleName() == QStringLiteral("Sort by confusion")) sort = one;
    QTest::mouseClick(sort, Qt::LeftButton);
    QVERIFY(opened.model().isSorted());
    QCOMPARE(std::abs(opened.model().positionOf(kCat) - opened.model().positionOf(kDog)), 1);
    QCOMPARE(std::abs(opened.model().positionOf(kAirplane) - opened.model().positionOf(kShip)), 1);
    QCOMPARE(opened.table().selectedCells(), (Cells{{kAirplane, kShip}}));
    opened.fixture.inspection.chooseCheckpoint(2);
    QVERIFY(opened.shown(3));
    QCOMPARE(opened.table().selectedCells(), (Cells{{kAirplane, kShip}}));
    QCOMPARE(opened.strip().pictures().total(), int(opened.view().shown().report->confusion.at(kAirplane, kShip)));
    opened.fixture.shoot(QStringLiteral("confusion-sorted"));
}

void TestConfusionView::listsChooseInTheMatrix() {
    Opened opened;
    QVERIFY(opened.shown());
    auto& mixUps = *opened.view().findChild<MixUpList*>();
    const QModelIndex second = mixUps.model()->index(1, 0);
    QTest::mouseClick(mixUps.viewport(), Qt::LeftButton, {}, mixUps.visualRect(second).center());
    const std::pair cell(second.data(MixUpModel::TrueClassRole).toInt(), second.data(MixUpModel::PredictedClassRole).toInt());
    QCOMPARE(opened.table().selectedCells(), Cells{cell});
    QCOMPARE(mixUps.currentIndex(), second);

    auto& scores = *opened.view().findChild<ClassScoreTable*>();
    // The class of the chosen cell is highlighted; a click takes its whole row, the arrow key the next one.
    const int highlighted = scores.currentIndex().row();
    QCOMPARE(scores.model()->index(highlighted, 0).data(ClassScoreModel::ClassRole).toInt(), cell.first);
    QTest::mouseClick(scores.viewport(), Qt::LeftButton, {}, scores.visualRect(scores.model()->index(highlighted, 1)).center());
    QCOMPARE(opened.table().selectedCells().size(), std::size_t(10));
    QCOMPARE(opened.table().selectedCells().front().first, cell.first);
    scores.setFocus();
    const int next = highlighted < 9 ? highlighted + 1 : highlighted - 1;
    QTest::keyClick(&scores, next > highlighted ? Qt::Key_Down : Qt::Key_Up);
    QCOMPARE(opened.table().selectedCells().front().first,
             scores.model()->index(next, 0).data(ClassScoreModel::ClassRole).toInt());
    QVERIFY(scores.hasFocus());
    QCOMPARE(mixUps.currentIndex(), QModelIndex());
}

void TestConfusionView::opensInPredictions() {
    FakeScript script;
    script.restAtStep = 5 * 20 + 5;
    WindowFixture fixture(script, lessonConfig(), FakeInspectorScript());
    fixture.show({1440, 900});
    fixture.session.start();
    QVERIFY(awaitState(fixture.training, core::TrainerState::Paused));
    fixture.window.showTab(MainWindow::ConfusionTab);
    auto& view = *fixture.window.findChild<ConfusionView*>();
    QVERIFY(await([&] { return view.shown().predictions != nullptr; }));
    auto& table = *view.findChild<MatrixPage*>()->findChild<MatrixTable*>();
    table.selectCell(kCat, kDog);
    QTest::mouseClick(button(view, QStringLiteral("Open in Predictions")), Qt::LeftButton);
    QCOMPARE(fixture.window.currentTab(), int(MainWindow::PredictionsTab));
    auto& predictions = *fixture.window.findChild<PredictionView*>();
    QCOMPARE(predictions.pictures().trueClass(), kCat);
    QCOMPARE(predictions.pictures().predictedClass(), kDog);

    // A whole row, by Enter: any prediction.
    fixture.window.showTab(MainWindow::ConfusionTab);
    table.setFocus();
    QTest::keyClick(&table, Qt::Key_Space, Qt::ShiftModifier);
    QTest::keyClick(&table, Qt::Key_Return);
    QCOMPARE(fixture.window.currentTab(), int(MainWindow::PredictionsTab));
    QCOMPARE(predictions.pictures().trueClass(), kCat);
    QCOMPARE(predictions.pictures().predictedClass(), -1);

    // A picture of the strip.
    fixture.window.showTab(MainWindow::ConfusionTab);
    auto& strip = *view.findChild<MatrixPage*>()->findChild<PictureRow*>();
    const int id = strip.pictures().idAt(1);
    strip.grid().setCurrentPicture(id);
    QTest::keyClick(&strip.grid(), Qt::Key_Return);
    QCOMPARE(fixture.window.currentTab(), int(MainWindow::PredictionsTab));
    QCOMPARE(predictions.findChild<PictureGrid*>()->currentPicture(), id);
}

void TestConfusionView::topLosses() {
    Opened opened;
    QVERIFY(opened.shown());
    opened.view().showPage(ConfusionView::TopLosses);
    auto& page = *opened.view().findChild<TopLossesPage*>();
    QVERIFY(page.isVisible());
    PredictionListModel& pictures = page.pictures();
    QCOMPARE(pictures.total(), TopLossesPage::kMostPictures);
    QCOMPARE(pictures.rowCount(), TopLossesPage::kMostPictures);
    double before = 1e9;
    for (int row = 0; row < pictures.rowCount(); ++row) {
        const QModelIndex index = pictures.index(row);
        const double loss = index.data(PredictionListModel::LossRole).toDouble();
        QVERIFY(loss <= before);
        QVERIFY(std::abs(loss + std::log(index.data(PredictionListModel::TrueProbabilityRole).toDouble())) < 1e-6);
        before = loss;
    }
    auto& list = *page.findChild<QListView*>();
    QPushButton* open = button(page, QStringLiteral("Open in Predictions"));
    QVERIFY(!open->isEnabled());
    list.setFocus();
    QTest::mouseClick(list.viewport(), Qt::LeftButton, {}, list.visualRect(pictures.index(0)).center());
    QVERIFY(open->isEnabled());
    QTest::keyClick(&list, Qt::Key_Right);
    QCOMPARE(list.currentIndex().row(), 1);
    QSignalSpy asked(&opened.view(), &ConfusionView::pictureRequested);
    QTest::keyClick(&list, Qt::Key_Return);
    QCOMPARE(asked.size(), 1);
    QCOMPARE(asked.front().front().toInt(), pictures.idAt(1));
    QCOMPARE(opened.fixture.window.currentTab(), int(MainWindow::PredictionsTab));
}

void TestConfusionView::calibration() {
    Opened opened;
    QVERIFY(opened.shown());
    opened.view().showPage(ConfusionView::CalibrationDiagram);
    auto& page = *opened.view().findChild<CalibrationPage*>();
    const auto plots = page.findChildren<ReliabilityPlot*>();
    QCOMPARE(plots.size(), 2);
    QVERIFY(await([&] { return plots.back()->isVisible(); }));
    const QString all = textsOf(page).join(QLatin1Char('\n'));
    const core::PredictionSet& test = *opened.view().shown().predictions;
    const double temperature = core::fitTemperature(test);  // the fake's unseen pictures are predicted the same
    QVERIFY2(all.contains(QStringLiteral("With temperature %1").arg(QLocale().toString(temperature, 'f', 2))), qPrintable(all));
    QVERIFY2(all.contains(QStringLiteral("ECE ") + percentText(core::calibrationOf(test, 15, temperature).expectedError)),
             qPrintable(all));
    QVERIFY2(all.contains(QStringLiteral("ECE ") + percentText(opened.view().shown().report->calibration.expectedError)),
             qPrintable(all));
    QVERIFY2(all.contains(QStringLiteral("600 training pictures that the run never trained on")), qPrintable(all));
    // Bins by keyboard, in words.
    plots.front()->setFocus();
    QVERIFY(plots.front()->accessibleDescription().contains(QStringLiteral("% sure: ")));
    QCOMPARE(plots.front()->binText(-1), QString());
    QVERIFY(plots.front()->binText(14).startsWith(QStringLiteral("93 to 100 % sure: ")));
}

void TestConfusionView::threshold() {
    Opened opened;
    QVERIFY(opened.shown());
    opened.view().showPage(ConfusionView::Threshold);
    auto& page = *opened.view().findChild<ThresholdPage*>();
    QVERIFY(await([&] { return page.isVisible(); }));
    QCOMPARE(page.chosenClass(), 0);
    QCOMPARE(page.threshold(), 0.5);
    const core::PredictionSet& set = *opened.view().shown().predictions;
    QStringList texts = textsOf(page);
    const auto has = [&](const QString& wanted) {
        QVERIFY2(!texts.filter(wanted).isEmpty(), qPrintable(wanted + QStringLiteral(" in ") + texts.join(QLatin1Char('|'))));
    };
    core::ThresholdReport report = core::thresholdReport(set, kAirplane, 0.5);
    has(percentText(report.sensitivity.value));
    has(percentText(report.specificity.value));
    has(QStringLiteral("area %1").arg(core::areaUnderRoc(set, kAirplane), 0, 'f', 3));
    has(QStringLiteral("%1 of the 60 pictures of airplane are called so, and %2 of the 540 others.")
            .arg(report.counts.truePositives)
            .arg(report.counts.falsePositives));

    QComboBox& classes = combo(page, QStringLiteral("Class"));
    QCOMPARE(classes.count(), 10);
    classes.setCurrentIndex(kCat);
    Q_EMIT classes.activated(kCat);
    QCOMPARE(page.chosenClass(), kCat);
    page.setThreshold(0.2);
    report = core::thresholdReport(set, kCat, 0.2);
    texts = textsOf(page);
    has(percentText(report.sensitivity.value));
    // Another checkpoint keeps class and threshold.
    opened.fixture.inspection.chooseCheckpoint(4);
    QVERIFY(await([&] { return opened.view().shown().checkpoint.epoch != 15; }));
    QCOMPARE(page.chosenClass(), kCat);
    QCOMPARE(page.threshold(), 0.2);
    QCOMPARE(classes.currentIndex(), kCat);
}

void TestConfusionView::thresholdOfTwoClasses() {
    ThresholdPage page;
    page.resize(1100, 700);
    page.show();
    Evaluated evaluated = evaluatedOf(2);
    page.setEvaluated(evaluated);
    QCOMPARE(page.chosenClass(), 1);
    QVERIFY(!textsOf(page).filter(evaluated.classNames.at(1)).isEmpty());
    QVERIFY(!textsOf(page).filter(QStringLiteral("are being computed")).isEmpty());
    const std::vector<core::BootstrapMetric> metrics = core::bootstrapMetrics(*evaluated.predictions, 50);
    page.setMetrics(metrics);
    QVERIFY(textsOf(page).contains(QStringLiteral("Balanced accuracy")));
    QVERIFY(textsOf(page).contains(percentText(metrics[1].estimate.value)));

    // Nothing of the class: said, and no curve.
    auto none = std::make_shared<core::PredictionSet>(*evaluated.predictions);
    std::fill(none->labels.begin(), none->labels.end(), 0);
    evaluated.predictions = none;
    page.setEvaluated(evaluated);
    QVERIFY(!textsOf(page).filter(QStringLiteral("No picture is ")).isEmpty());
    QVERIFY(page.findChild<ThresholdPlot*>()->pointText().isEmpty());
    page.failMetrics(QStringLiteral("The run is gone."));
    QVERIFY(!textsOf(page).filter(QStringLiteral("The run is gone.")).isEmpty());
    QVERIFY(textsOf(page).contains(QStringLiteral("no such picture")));
}

void TestConfusionView::thresholdByHand() {
    Opened opened;
    QVERIFY(opened.shown());
    opened.view().showPage(ConfusionView::Threshold);
    auto& page = *opened.view().findChild<ThresholdPage*>();
    opened.fixture.settle();
    auto* slider = page.findChild<QSlider*>();
    auto* field = page.findChild<NumberBox*>();
    slider->setFocus();
    QTest::keyClick(slider, Qt::Key_Home);
    QCOMPARE(page.threshold(), 0.0);
    QCOMPARE(field->value(), 0.0);
    QTest::keyClick(slider, Qt::Key_Right);
    QCOMPARE(page.threshold(), 0.001);
    field->setFocus();
    field->findChild<QLineEdit*>()->selectAll();
    QTest::keyClicks(field->findChild<QLineEdit*>(), QStringLiteral("0.75"));
    QTest::keyClick(field, Qt::Key_Return);
    QCOMPARE(page.threshold(), 0.75);
    QCOMPARE(slider->value(), 750);

    // On the curve a step is a picture more or less that is called so.
    const core::PredictionSet& set = *opened.view().shown().predictions;
    const auto called = [&] {
        const core::ThresholdCounts counts = core::thresholdReport(set, page.chosenClass(), page.threshold()).counts;
        return counts.truePositives + counts.falsePositives;
    };
    for (ThresholdPlot* plot : page.findChildren<ThresholdPlot*>()) {
        QVERIFY(!plot->accessibleName().isEmpty());
        plot->setFocus();
        const std::int64_t before = called();
        QTest::keyClick(plot, Qt::Key_Right);
        QVERIFY(called() > before);
        QVERIFY(plot->accessibleDescription().startsWith(QStringLiteral("At the threshold ")));
        QTest::keyClick(plot, Qt::Key_Left);
        QCOMPARE(called(), before);
        QTest::keyClick(plot, Qt::Key_End);
        QCOMPARE(called(), set.count());
        QTest::keyClick(plot, Qt::Key_Home);
        QVERIFY(called() >= 1 && called() < 10);
        // The lower left corner of both is where little is called so.
        QTest::mouseClick(plot, Qt::LeftButton, {}, QPoint(plot->width() - 20, 12));
        QVERIFY(called() > 10);
    }
}

void TestConfusionView::figuresHaveIntervals() {
    Opened opened;
    QVERIFY(opened.shown());
    const auto boxOf = [&](const QString& name) -> QWidget* {
        for (QWidget* one : opened.view().findChildren<QWidget*>())
            if (one->isVisible() && one->accessibleName().startsWith(name + QLatin1Char(' '))) return one;
        return nullptr;
    };
    for (const char* name : {"Balanced", "Macro F1", "AUC"})
        QVERIFY2(await([&] {
                     const QWidget* box = boxOf(QLatin1String(name));
                     return box && box->accessibleName().contains(QStringLiteral("interval "));
                 }),
                 name);
    const auto metrics = core::bootstrapMetrics(*opened.view().shown().predictions);
    QVERIFY(
        boxOf(QStringLiteral("AUC"))->accessibleName().contains(QStringLiteral("%1").arg(metrics[3].estimate.value, 0, 'f', 3)));
    QVERIFY(boxOf(QStringLiteral("Macro F1"))->toolTip().contains(QStringLiteral("harmonic mean")));
    QVERIFY(boxOf(QStringLiteral("Macro F1"))->toolTip().contains(percentText(metrics[2].estimate.interval.high)));
    QVERIFY(WindowFixture::cutTexts(&opened.fixture.window).isEmpty());
}

void TestConfusionView::calibrationSaysNoMoreThanItsPicturesCan_data() {
    QTest::addColumn<int>("right");  // in a thousand
    QTest::addColumn<double>("sure");
    QTest::addColumn<qint64>("pictures");
    QTest::addColumn<QString>("verdict");
    const QString few = QStringLiteral("it cannot be told"), over = QStringLiteral("It is too sure of itself."),
                  under = QStringLiteral("It is less sure than it could be."), equal = QStringLiteral("as sure as it is right");
    QTest::newRow("two points, 500 pictures") << 522 << .544 << qint64(500) << few;
    QTest::newRow("two points, 10,000 pictures") << 522 << .544 << qint64(10'000) << over;
    QTest::newRow("ten points, 500 pictures") << 522 << .622 << qint64(500) << over;
    QTest::newRow("ten points, 20 pictures") << 500 << .6 << qint64(20) << few;
    QTest::newRow("ten points below") << 700 << .6 << qint64(1000) << under;
    QTest::newRow("the same, 10,000 pictures") << 700 << .701 << qint64(10'000) << equal;
    QTest::newRow("the same, 100 pictures") << 700 << .701 << qint64(100) << few;
}

void TestConfusionView::calibrationSaysNoMoreThanItsPicturesCan() {
    QFETCH(int, right);
    QFETCH(double, sure);
    QFETCH(qint64, pictures);
    QFETCH(QString, verdict);
    core::EvaluationReport report;
    report.accuracy = right / 1000.0;
    report.accuracyInterval = core::wilsonInterval(right * pictures / 1000, pictures);
    core::CalibrationBin bin;
    bin.high = 1;
    bin.count = pictures;
    bin.confidence = sure;
    bin.accuracy = report.accuracy;
    report.calibration.bins = {bin};
    QVERIFY2(calibrationVerdict(report).contains(verdict), qPrintable(calibrationVerdict(report)));
}

void TestConfusionView::calibrationWithoutUnseenPictures() {
    FakeInspectorScript script = many();
    script.trainedOnAll = true;
    Opened opened(script);
    QVERIFY(opened.shown());
    opened.view().showPage(ConfusionView::CalibrationDiagram);
    auto& page = *opened.view().findChild<CalibrationPage*>();
    const auto said = [&] {
        for (const QLabel* label : page.findChildren<QLabel*>())
            if (label->isVisible() && label->text().contains(QStringLiteral("this run trained on all of them"))) return true;
        return false;
    };
    QVERIFY(await(said));
    QVERIFY(!page.findChildren<ReliabilityPlot*>().back()->isVisible());
    QVERIFY(WindowFixture::cutTexts(&opened.fixture.window).isEmpty());
    opened.fixture.shoot(QStringLiteral("confusion-calibration-all-seen"));
}

void TestConfusionView::lockedTestSplit() {
    FakeInspectorScript script = many();
    script.validatesOnHeldOut = true;
    Opened opened(script);
    QVERIFY(opened.shown());
    const auto& lock = *opened.fixture.window.findChild<TestLockBar*>();
    QVERIFY(lock.isVisible());
    QVERIFY2(lock.text().startsWith(QStringLiteral("Test split locked: here you see 600 validation pictures")),
             qPrintable(lock.text()));
    QVERIFY(opened.view().shown().split == core::Split::HeldOut);
    const auto says = [&](const QString& text) {
        for (const QLabel* label : opened.matrixPage().findChildren<QLabel*>())
            if (label->text() == text) return true;
        return false;
    };
    QVERIFY(says(QStringLiteral("600 validation pictures")));
    opened.fixture.shoot(QStringLiteral("confusion-locked"));

    lock.findChild<QPushButton*>()->click();
    QCOMPARE(script.reveals->load(), 0);  // it asks first
    for (QPushButton* choice : opened.fixture.window.banner().buttons())
        if (choice->text() == QStringLiteral("Reveal")) choice->click();
    QVERIFY(await([&] { return opened.view().shown().split == core::Split::Test; }));
    QCOMPARE(script.reveals->load(), 1);
    QCOMPARE(opened.view().shown().predictions->count(), std::int64_t(650));
    QVERIFY(says(QStringLiteral("650 test pictures")));
    QVERIFY2(lock.text().startsWith(QStringLiteral("Test split revealed once")), qPrintable(lock.text()));
    QVERIFY(!lock.findChild<QPushButton*>()->isVisible());
    opened.fixture.shoot(QStringLiteral("confusion-revealed"));
}

void TestConfusionView::calibrationWhileTheTestSplitIsLocked() {
    FakeInspectorScript script = many();
    script.validatesOnHeldOut = true;
    Opened opened(script);
    QVERIFY(opened.shown());
    opened.view().showPage(ConfusionView::CalibrationDiagram);
    auto& page = *opened.view().findChild<CalibrationPage*>();
    QVERIFY(await([&] { return page.findChildren<ReliabilityPlot*>().back()->isVisible(); }));
    const QString all = textsOf(page).join(QLatin1Char('\n'));
    QVERIFY2(all.contains(QStringLiteral("Fitted on 600 validation pictures: as long as the test split is locked")),
             qPrintable(all));
    const core::PredictionSet& judged = *opened.view().shown().predictions;
    QVERIFY2(all.contains(QStringLiteral("ECE ") + percentText(core::crossFittedCalibration(judged).expectedError)),
             qPrintable(all));
    const QStringList cut = WindowFixture::cutTexts(&opened.fixture.window);
    QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QLatin1Char('\n'))));
    opened.fixture.shoot(QStringLiteral("confusion-calibration-locked"));
}

void TestConfusionView::compareWithinTheRun() {
    Opened opened;
    QVERIFY(opened.shown());
    opened.view().showPage(ConfusionView::Compare);
    auto& page = *opened.view().findChild<ComparePage*>();
    auto& other = combo(page, QStringLiteral("Checkpoint to compare with"));
    // The end of the phase before is what one wants to compare with.
    QCOMPARE(other.count(), 15);
    QVERIFY2(other.currentText().startsWith(QStringLiteral("epoch 10, end of ")), qPrintable(other.currentText()));
    const auto rows = page.findChildren<PictureRow*>();
    QVERIFY(await([&] { return rows.front()->isVisible(); }));
    // The fake's pictures that are right stay right as it learns.
    const auto accuracy = [](int epoch) { return 0.66 - 0.12 / epoch + (epoch > 10 ? 0.08 : 0); };
    const auto pictures = drawnPictures(60);
    const auto expected =
        core::compareModels(*drawnPredictions(*pictures, accuracy(10)), *drawnPredictions(*pictures, accuracy(15)));
    QVERIFY(!expected.gained.empty());
    QCOMPARE(rows.front()->pictures().total(), int(expected.gained.size()));
    QCOMPARE(rows.back()->pictures().total(), int(expected.lost.size()));
    QCOMPARE(rows.front()->title(), QStringLiteral("Gained: %1 pictures").arg(expected.gained.size()));
    const QModelIndex gained = rows.front()->pictures().index(0);
    QVERIFY(!gained.data(PredictionListModel::EarlierNameRole).toString().isEmpty());
    auto& difference = static_cast<ConfusionModel&>(*page.findChild<MatrixTable*>()->model());
    QVERIFY(difference.isDifference());
    QCOMPARE(difference.cellIndex(kCat, kCat).data().toString(),
             signedText(double(expected.confusion[std::size_t(kCat * 10 + kCat)]), 0));
    // Another one, by keyboard: the choice stays when another checkpoint is shown.
    other.setFocus();
    QTest::keyClick(&other, Qt::Key_Home);
    QCOMPARE(other.currentText(), QStringLiteral("before training"));
    // What was compared before is gone at once: no figure stands under the new choice.
    QVERIFY(!rows.front()->isVisible() && !page.findChild<MatrixTable*>()->isVisible());
    QVERIFY(!textsOf(page).contains(QStringLiteral("Accuracy")));
    QVERIFY(await([&] { return rows.front()->pictures().total() > int(expected.gained.size()); }));
    opened.fixture.inspection.chooseCheckpoint(4);
    QVERIFY(opened.shown(5));
    QCOMPARE(other.currentText(), QStringLiteral("before training"));
}

void TestConfusionView::compareWithAnotherRun() {
    Opened opened;
    core::RunSummary run;
    run.runId = "20260831-080000-frozen";
    run.directory = kRun.parent_path() / run.runId;
    run.number = 2;
    run.title = "Head only";
    run.dataset = "CIFAR-10";
    run.bestScore = 0.64;
    run.bestEpoch = 9;
    core::RunSummary otherData = run, unfinished = run;
    otherData.runId = otherData.dataset = "fashion-mnist";
    unfinished.runId = "unfinished";
    unfinished.bestScore = -1;
    Q_EMIT opened.fixture.library.runsListed({run, otherData, unfinished});
    QVERIFY(opened.shown());
    opened.view().showPage(ConfusionView::Compare);
    auto& page = *opened.view().findChild<ComparePage*>();
    QComboBox& which = combo(page, QStringLiteral("Run to compare with"));
    QComboBox& other = combo(page, QStringLiteral("Checkpoint to compare with"));
    QCOMPARE(which.count(), 2);
    QCOMPARE(which.currentText(), QStringLiteral("This run"));
    QCOMPARE(which.itemText(1), QStringLiteral("Run 2, Head only"));
    which.setFocus();
    QTest::keyClick(&which, Qt::Key_End);
    const auto said = [&](const QString& text) { return textsOf(page).contains(text); };
    // Its best one first; the fake's other run says the same.
    QVERIFY(await([&] { return other.count() == 16; }));
    QVERIFY2(
        other.currentText().startsWith(QStringLiteral("epoch 15, ")) && other.currentText().endsWith(QStringLiteral(", best")),
        qPrintable(other.currentText()));
    QVERIFY(await([&] { return said(QStringLiteral("Nothing changed side")); }));
    QVERIFY(said(QStringLiteral("No picture is right now that was wrong before.")));
    QVERIFY(WindowFixture::cutTexts(&opened.fixture.window).isEmpty());
    opened.fixture.shoot(QStringLiteral("confusion-compare-same"));
    // Any other one that it keeps.
    QCOMPARE(other.itemText(0), QStringLiteral("before training"));
    QCOMPARE(other.itemText(3), QStringLiteral("epoch 3"));
    other.setCurrentIndex(3);
    Q_EMIT other.activated(3);
    const auto pictures = drawnPictures(60);
    const auto expected = core::compareModels(*drawnPredictions(*pictures, 0.66 - 0.12 / 3), *opened.view().shown().predictions);
    const auto rows = page.findChildren<PictureRow*>();
    QVERIFY(await([&] { return rows.front()->pictures().total() == int(expected.gained.size()); }));
    QVERIFY2(textsOf(page).join(QLatin1Char('\n')).contains(QStringLiteral("Run 2, Head only, epoch 3: ")),
             qPrintable(textsOf(page).join(QLatin1Char('\n'))));
    // The choice stays when another checkpoint is shown, and goes with the run.
    opened.fixture.inspection.chooseCheckpoint(11);
    QVERIFY(opened.shown(12));
    QVERIFY(await([&] { return other.count() == 16 && !page.findChild<WorkStrip*>()->isWorking(); }));
    QCOMPARE(other.currentText(), QStringLiteral("epoch 3"));
    Q_EMIT opened.fixture.library.runsListed({});
    QCOMPARE(which.count(), 1);
    QVERIFY2(other.currentText().startsWith(QStringLiteral("epoch 10, end of ")), qPrintable(other.currentText()));
    QVERIFY(await([&] { return textsOf(page).join(QLatin1Char('\n')).contains(QStringLiteral("epoch 10: ")); }));
}

void TestConfusionView::pagesOutliveAnEvaluationWithoutAnswer_data() {
    QTest::addColumn<bool>("asked");
    QTest::addColumn<bool>("fails");
    QTest::newRow("asked before, cancelled") << true << false;
    QTest::newRow("asked before, fails") << true << true;
    QTest::newRow("asked after, cancelled") << false << false;
    QTest::newRow("asked after, fails") << false << true;
}

void TestConfusionView::pagesOutliveAnEvaluationWithoutAnswer() {
    QFETCH(bool, asked);
    QFETCH(bool, fails);
    for (const ConfusionView::Page which : {ConfusionView::CalibrationDiagram, ConfusionView::Compare}) {
        FakeInspectorScript script = many();
        script.failWith = "The checkpoint is torn.";
        *script.failing = false;
        Opened opened(script);
        QVERIFY(opened.shown());
        if (asked) opened.view().showPage(which);
        *script.failing = fails;
        opened.fixture.inspection.chooseCheckpoint(0);
        if (!fails) Q_EMIT headStripOf(opened.view()).cancelRequested();
        QVERIFY(await([&] { return !messageOf(opened.view()).text().isEmpty(); }));
        QCOMPARE(opened.view().shown().checkpoint.epoch, 15);
        opened.view().showPage(which);
        QWidget& page = which == ConfusionView::Compare ? static_cast<QWidget&>(*opened.view().findChild<ComparePage*>())
                                                        : *opened.view().findChild<CalibrationPage*>();
        const core::PredictionSet& shown = *opened.view().shown().predictions;
        const QString expected =
            which == ConfusionView::Compare
                ? QStringLiteral("epoch 15: ") + percentText(opened.view().shown().report->accuracy)
                : QStringLiteral("With temperature %1").arg(QLocale().toString(core::fitTemperature(shown), 'f', 2));
        const auto says = [&] { return textsOf(page).join(QLatin1Char('\n')).contains(expected); };
        if (fails) {
            // The page's own question fails as well, which it says, and can be asked again.
            QVERIFY(await([&] { return button(page, QStringLiteral("Try again")) != nullptr; }));
            QVERIFY(!says());
            *script.failing = false;
            QTest::mouseClick(button(page, QStringLiteral("Try again")), Qt::LeftButton);
        }
        QVERIFY2(await(says), qPrintable(textsOf(page).join(QLatin1Char('\n'))));
        QVERIFY(which == ConfusionView::Compare ? !page.findChild<WorkStrip*>()->isWorking()
                                                : !page.findChild<QProgressBar*>()->isVisible());
    }
}

void TestConfusionView::manyClasses() {
    for (const bool dark : {false, true}) {
        Theme::instance().setLook(dark ? ColorScheme::Dark : ColorScheme::Light, 1.0);
        MatrixPage page;
        page.setEvaluated(evaluatedOf(60));
        page.resize(1240, 540);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        const auto& table = *page.findChild<MatrixTable*>();
        const auto& names = static_cast<const NameHeader&>(*table.horizontalHeader());
        QVERIFY(names.isUpright());
        const QFontMetrics metrics(Theme::instance().font(TextRole::TableStrong));
        for (int column = 0; column < 60; ++column) {
            const QString name = table.model()->headerData(column, Qt::Horizontal).toString();
            QVERIFY(names.sectionSize(column) >= metrics.height());
            QVERIFY2(names.height() >= metrics.horizontalAdvance(name), qPrintable(name));
            QCOMPARE(table.model()->headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString(),
                     QStringLiteral("All that is called ") + name);
        }
        WindowFixture::shoot(&page,
                             QStringLiteral("confusion-many-%1").arg(dark ? QStringLiteral("dark") : QStringLiteral("light")));
        // As many as there is room for stand across again.
        page.setEvaluated(evaluatedOf(8));
        QVERIFY(!names.isUpright());
    }
}

void TestConfusionView::aThousandClassesAreNotMeasuredCellByCell() {
    class CountingModel : public ConfusionModel {
    public:
        QVariant data(const QModelIndex& index, int role) const override {
            ++asked;
            return ConfusionModel::data(index, role);
        }
        mutable int asked = 0;
    };
    constexpr int kMany = 1'000;
    CountingModel model;
    MatrixTable table;
    table.setConfusionModel(&model);
    const Evaluated evaluated = evaluatedOf(kMany);
    model.setReport(evaluated.report, evaluated.classNames);
    model.setShow(ConfusionShow::OfTrue);
    model.setSorted(true);
    QVERIFY2(model.asked < 10 * kMany, qPrintable(QString::number(model.asked)));
    table.resize(900, 500);
    table.show();
    QVERIFY(QTest::qWaitForWindowExposed(&table));
    const QFontMetrics metrics(Theme::instance().font(TextRole::TableStrong));
    QVERIFY(table.columnWidth(0) >= metrics.horizontalAdvance(QStringLiteral("100.0")));
    table.selectAll();
    QCOMPARE(table.selectedCells().size(), std::size_t(kMany) * kMany);
    table.selectTrue(7);
    QCOMPARE(table.selectedCells().size(), std::size_t(kMany));
    QCOMPARE(table.selectedCells().front().first, 7);
}

void TestConfusionView::severalLabelsEach() {
    FakeInspectorScript script = many();
    script.severalLabels = true;
    Opened opened(script);
    QVERIFY(opened.shown());
    ConfusionView& view = opened.view();
    QVERIFY(view.shown().labels && !view.shown().report);
    QCOMPARE(opened.fixture.window.findChild<ViewTabs*>()->tabText(MainWindow::ConfusionTab), QStringLiteral("Classes"));
    auto* page = view.findChild<LabelsPage*>();
    QVERIFY(page->isVisible());
    QVERIFY(!opened.matrixPage().isVisible());
    auto* table = page->findChild<QTableView*>();
    QCOMPARE(table->model()->rowCount(), 11);
    QCOMPARE(table->model()->index(10, 0).data().toString(), QStringLiteral("mean"));
    double before = 0;
    for (int row = 0; row < 10; ++row) {
        const int classIndex = static_cast<LabelScoreModel*>(table->model())->classAt(row);
        const double precision = view.shown().labels->classes[static_cast<std::size_t>(classIndex)].averagePrecision;
        QVERIFY(precision >= before);
        before = precision;
    }
    opened.fixture.shoot(QStringLiteral("classes"));

    QSignalSpy asked(&view, &ConfusionView::predictionsRequested);
    table->setFocus();
    table->setCurrentIndex(table->model()->index(0, 0));
    QTest::keyClick(table, Qt::Key_Return);
    QCOMPARE(asked.size(), 1);
    auto* predictions = opened.fixture.window.findChild<PredictionView*>();
    QVERIFY(await([&] { return predictions->pictures().hasPredictions(); }));
    const PictureItem item = predictions->pictures().item(0);
    QCOMPARE(item.trueName, QStringLiteral("airplane, automobile"));
    opened.fixture.shoot(QStringLiteral("classes-predictions"));
    opened.fixture.window.showTab(MainWindow::ConfusionTab);
    view.showPage(ConfusionView::TopLosses);
    QTest::qWait(0);
    opened.fixture.shoot(QStringLiteral("classes-losses"));
    view.showPage(ConfusionView::Threshold);
    auto* threshold = view.findChild<ThresholdPage*>();
    QVERIFY(await([&] { return textsOf(*threshold).contains(QStringLiteral("Mean average precision")); }));
    QCOMPARE(threshold->chosenClass(), 0);
    opened.fixture.shoot(QStringLiteral("classes-threshold"));
}

void TestConfusionView::numbersAreReadable() {
    for (const bool dark : {false, true}) {
        Theme::instance().setLook(dark ? ColorScheme::Dark : ColorScheme::Light, 1.0);
        for (int step = -50; step <= 50; ++step) {
            const QColor ground = matrixColor(step / 50.0);
            const double x = luminance(ground) + 0.05, y = luminance(Theme::instance().readableOn(ground)) + 0.05;
            const double contrast = std::max(x, y) / std::min(x, y);
            QVERIFY2(contrast >= 4.5, qPrintable(QStringLiteral("strength %1: contrast %2").arg(step / 50.0).arg(contrast)));
        }
    }
}

void TestConfusionView::noMixUpsAreSaid() {
    MixUpModel none;
    MixUpList list(none);
    list.resize(280, 120);
    const QImage said = list.grab().toImage();
    const auto inked = [&](int x, int y) { return said.pixelColor(x, y) != said.pixelColor(1, said.height() - 2); };
    int ink = 0;
    for (int y = 0; y < said.height() / 2; ++y)
        for (int x = 0; x < said.width(); ++x) ink += inked(x, y) ? 1 : 0;
    QVERIFY2(ink > 200, qPrintable(QString::number(ink)));
}

void TestConfusionView::docksAreRailsHere() {
    Opened opened;
    auto* layers = opened.fixture.window.findChild<SideDock*>(QStringLiteral("layersDock"));
    auto* settings = opened.fixture.window.findChild<SideDock*>(QStringLiteral("settingsDock"));
    QVERIFY(layers->isFolded() && settings->isFolded());
    layers->setFolded(false);
    opened.fixture.window.showTab(MainWindow::PredictionsTab);
    QVERIFY(layers->isFolded());
    QTest::keyClick(&opened.fixture.window, Qt::Key_3, Qt::ControlModifier);
    QCOMPARE(opened.fixture.window.currentTab(), int(MainWindow::ConfusionTab));
    QVERIFY(!layers->isFolded());
}

QTEST_MAIN(TestConfusionView)
#include "tst_confusion_view.moc"
