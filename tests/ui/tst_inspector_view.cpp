// The Layer inspector: what it shows of each kind of layer, how the tree, the keys and the picture in hand lead it, and that it
// stays honest while it waits, fails or has nothing to show.
#include <QFile>
#include <QMimeData>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QSlider>

#include <limits>

#include "tests/ui/window_fixture.h"
#include "ui/widgets/inspector/channel_card.h"
#include "ui/widgets/inspector/channel_mosaic.h"
#include "ui/widgets/inspector/filter_tiles.h"
#include "ui/widgets/inspector/histogram_plot.h"
#include "ui/widgets/inspector/history_plot.h"
#include "ui/widgets/inspector/inspector_view.h"
#include "ui/widgets/inspector/layer_head.h"
#include "ui/widgets/inspector/layer_history.h"
#include "ui/widgets/inspector/picture_card.h"
#include "ui/widgets/layers/layer_delegate.h"
#include "ui/widgets/layers/layer_tree_view.h"
#include "ui/widgets/parts/empty_state.h"
#include "ui/widgets/parts/page_scroll.h"
#include "ui/widgets/parts/segmented_bar.h"
#include "ui/widgets/predictions/prediction_view.h"
#include "ui/widgets/window/side_dock.h"

using namespace thaw;
using namespace thaw::test;
using namespace thaw::ui;

namespace {

/// A window with a run in its thirteenth epoch, all of whose checkpoints an Inspector has, at the Layer inspector.
class Inspecting : public WindowFixture {
public:
    explicit Inspecting(FakeInspectorScript inspectorScript = {}) : WindowFixture(script(), lessonConfig(), inspectorScript) {
        show({1440, 900});
        session.start();
        ready = awaitState(training, core::TrainerState::Paused) && await([this] { return inspection.checkpoint() != nullptr; });
        window.showTab(MainWindow::InspectorTab);
    }

    static FakeScript script() {
        FakeScript script;
        script.stepsPerEpoch = 40;
        script.restAtStep = 12 * 40 + 25;
        return script;
    }
    [[nodiscard]] bool answered() {
        return await([this] { return !view().channels().isEmpty() && historyPlot().hasContent(); }) &&
               await([this] { return card().topCount() > 0; });
    }

    InspectorView& view() { return *window.findChild<InspectorView*>(); }
    LayerTreeView& tree() { return *window.findChild<LayerTreeView*>(); }
    LayerHead& head() { return *view().findChild<LayerHead*>(); }
    HistogramPlot& weights() { return *view().findChild<HistogramPlot*>(); }
    HistoryPlot& historyPlot() { return *view().findChild<HistoryPlot*>(); }
    ChannelMosaic& mosaic() { return *view().findChild<ChannelMosaic*>(); }
    ChannelCard& card() { return *view().findChild<ChannelCard*>(); }
    PictureCard& pictureCard() { return *view().findChild<PictureCard*>(); }
    FilterTilesView& filters() { return *view().findChild<FilterTilesView*>(); }
    SegmentedBar& bar(const char* name) {
        for (SegmentedBar* bar : view().findChildren<SegmentedBar*>())
            if (bar->accessibleName() == QLatin1String(name)) return *bar;
        qFatal("no bar %s", name);
    }
    void choose(const char* bar, int segment) {
        this->bar(bar).setCurrent(segment);
        Q_EMIT this->bar(bar).currentChanged(segment);
    }
    QModelIndex row(const char* layer) {
        LayerTreeModel& model = session.layers();
        const QModelIndex index = model.indexOfLayer(model.modelInfo().indexOf(layer));
        tree().expand(index.parent());
        tree().scrollTo(index);
        return index;
    }
    QToolButton* button(const QString& name) {
        for (QToolButton* one : view().findChildren<QToolButton*>())
            if (one->accessibleName() == name) return one;
        return nullptr;
    }

    bool ready = false;
};

}  // namespace

class TestInspectorView : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }
    void init() { Theme::instance().setLook(ColorScheme::Light, 1.0); }
    void cleanup() { Theme::instance().setLook(ColorScheme::Light, 1.0); }

    void saysWhatToDoWithoutARun() {
        WindowFixture fixture;
        fixture.show({1440, 900});
        fixture.window.showTab(MainWindow::InspectorTab);
        auto* view = fixture.window.findChild<InspectorView*>();
        auto* empty = view->findChild<EmptyState*>();
        QVERIFY(empty->isVisible());
        QCOMPARE(empty->title(), QString("Nothing to look into yet"));
        QVERIFY(empty->findChild<QPushButton*>()->isVisible());
        // The model is known all the same.
        QCOMPARE(view->layer(), QString("block5_conv3"));
        fixture.shoot(QStringLiteral("inspector-empty"));
        QVERIFY(WindowFixture::cutTexts(view).isEmpty());
    }

    void saysWhenTheFirstCheckpointComes() {
        FakeInspectorScript none;
        *none.dropped = none.epochs;
        WindowFixture fixture(Inspecting::script(), lessonConfig(), none);
        fixture.show({1440, 900});
        fixture.session.start();
        QVERIFY(await([&] { return fixture.inspection.subject() != nullptr; }));
        fixture.window.showTab(MainWindow::InspectorTab);  // a start goes to Live
        auto* empty = fixture.window.findChild<InspectorView*>()->findChild<EmptyState*>();
        QVERIFY(empty->isVisible());
        QCOMPARE(empty->title(), QString("The first checkpoint comes after the first epoch"));
    }

    void showsWhatAConvolutionDid() {
        Inspecting f;
        QVERIFY(f.ready && f.answered());
        QCOMPARE(f.view().layer(), QString("block5_conv3"));
        QVERIFY(await([&] { return f.weights().hasContent(); }));
        QCOMPARE(f.weights().remark(), QString("moved 5.0\u2009%"));
        QCOMPARE(f.head().deadText(), QString("7.0\u2009%"));
        f.choose("Which numbers of the layer", InspectorView::Gradients);
        QCOMPARE(f.weights().remark(), QString("norm 0.12"));
        f.choose("Which numbers of the layer", InspectorView::Output);
        QVERIFY2(f.weights().remark().endsWith(QString("are 0")), qPrintable(f.weights().remark()));
        f.choose("Which numbers of the layer", InspectorView::Weights);

        const HistoryPlot::Content& history = f.historyPlot().content();
        QCOMPARE(history.lines.size(), std::size_t(3));
        QCOMPARE(history.lines[2].name, QString("conv3"));
        QCOMPARE(history.current, 2);
        QCOMPARE(history.positions.size(), std::size_t(15));
        QCOMPARE(history.positions[9], 10.0);
        QCOMPARE(history.plannedEpochs, 15.0);
        QCOMPARE(history.remark, QString("exactly 0 while frozen"));
        for (std::size_t i = 0; i < 15; ++i) QCOMPARE(bool(history.trained[i]), i >= 10);
        QCOMPARE(history.lines[2].values[9], 0.0);
        QVERIFY(history.percent);
        f.choose("Which figure over the epochs", LayerHistoryPanel::GradientNorm);
        QVERIFY(await([&] { return f.historyPlot().hasContent() && !f.historyPlot().content().percent; }));
        QCOMPARE(f.historyPlot().content().lines[0].values[0], 0.15);
        QVERIFY(f.historyPlot().content().remark.isEmpty());

        QCOMPARE(f.view().channels().rowCount(), 512);
        QCOMPARE(f.view().channel(), f.view().channels().strongestChannel());
        QCOMPARE(f.card().title(), QStringLiteral("Channel %1").arg(f.view().channels().strongestChannel() + 1));
        QCOMPARE(f.card().topCount(), 8);
        QVERIFY2(f.pictureCard().said().startsWith(QString("says ")), qPrintable(f.pictureCard().said()));
    }

    void treeLeadsAndFollows() {
        Inspecting f;
        QVERIFY(f.ready);
        f.window.showTab(MainWindow::LiveTab);
        const QModelIndex conv1 = f.row("block4_conv1");
        const QRect cell = f.tree().visualRect(conv1);
        const QPoint name(cell.right() - 10, cell.center().y());
        QTest::mouseClick(f.tree().viewport(), Qt::LeftButton, {}, name);
        QCOMPARE(f.view().layer(), QString("block4_conv1"));
        QCOMPARE(f.window.currentTab(), int(MainWindow::LiveTab));  // a click does not take anybody away
        // Two quick ticks are two ticks.
        QTest::mouseDClick(f.tree().viewport(), Qt::LeftButton, {}, LayerDelegate::tickArea(cell, conv1).center());
        QCOMPARE(f.window.currentTab(), int(MainWindow::LiveTab));
        QTest::mouseDClick(f.tree().viewport(), Qt::LeftButton, {}, name);
        QCOMPARE(f.window.currentTab(), int(MainWindow::InspectorTab));
        f.window.showTab(MainWindow::LiveTab);
        f.tree().setCurrentIndex(f.row("block4_conv2"));
        QTest::keyClick(&f.tree(), Qt::Key_Return);
        QCOMPARE(f.window.currentTab(), int(MainWindow::InspectorTab));
        QCOMPARE(f.view().layer(), QString("block4_conv2"));

        f.button("Next layer")->click();
        QCOMPARE(f.view().layer(), QString("block4_conv3"));
        QCOMPARE(f.tree().currentIndex().data(LayerTreeModel::LayerNameRole).toString(), QString("block4_conv3"));
        // A block is no layer.
        f.tree().setCurrentIndex(f.tree().currentIndex().parent());
        QCOMPARE(f.view().layer(), QString("block4_conv3"));
    }

    void arrowsWalkAndFThaws() {
        Inspecting f;
        QVERIFY(f.ready && f.answered());
        f.mosaic().setFocus();
        const int strongest = f.view().channel();
        QTest::keyClick(&f.mosaic(), Qt::Key_Right);
        QTest::keyClick(&f.mosaic(), Qt::Key_Right);
        QTest::keyClick(&f.mosaic(), Qt::Key_Left);
        const int second = f.view().channels().channelAt(1);
        QCOMPARE(f.view().channels().channelAt(0), strongest);
        QCOMPARE(f.view().channel(), second);
        QCOMPARE(f.card().title(), QString("Channel %1").arg(second + 1));
        QTest::keyClick(&f.mosaic(), Qt::Key_Up);
        QCOMPARE(f.view().layer(), QString("block5_conv2"));
        f.view().setFocus();
        QTest::keyClick(&f.view(), Qt::Key_Up);
        QTest::keyClick(&f.view(), Qt::Key_Up);
        QCOMPARE(f.view().layer(), QString("block4_pool"));
        QTest::keyClick(&f.view(), Qt::Key_Up);
        QCOMPARE(f.view().layer(), QString("block4_conv3"));
        const int next = f.view().channels().channelAt(f.view().channels().rowOf(f.view().channel()) + 1);
        QTest::keyClick(&f.view(), Qt::Key_Right);
        QCOMPARE(f.view().channel(), next);

        const QModelIndex conv3 = f.row("block4_conv3");
        QVERIFY2(f.head().freezeButton().text().contains(QString("Thaw")), qPrintable(f.head().freezeButton().text()));
        QTest::keyClick(&f.view(), Qt::Key_F);
        QVERIFY(conv3.data(LayerTreeModel::PendingRole).toBool());
        QVERIFY(f.head().freezeButton().text().contains(QString("Freeze")));
        f.session.step();
        QVERIFY(await([&] { return !conv3.data(LayerTreeModel::PendingRole).toBool(); }));
        QCOMPARE(conv3.data(LayerTreeModel::TrainStateRole).toInt(), static_cast<int>(TrainState::Thawed));
    }

    void layersWithoutWeights() {
        Inspecting f;
        QVERIFY(f.ready && f.answered());
        f.choose("Which numbers of the layer", InspectorView::Gradients);
        f.view().showLayer("block5_pool");
        QVERIFY(await([&] { return f.view().channels().maps().layer == "block5_pool"; }));
        SegmentedBar& part = f.bar("Which numbers of the layer");
        QVERIFY(!part.isSegmentVisible(InspectorView::Weights));
        QCOMPARE(part.current(), int(InspectorView::Output));
        QVERIFY(f.weights().hasContent());
        QVERIFY(f.head().freezeButton().isHidden());
        QVERIFY(f.head().deadText().isEmpty());
        QCOMPARE(f.historyPlot().content().lines.size(), std::size_t(3));  // its block's
        QCOMPARE(f.historyPlot().content().current, -1);
        f.shoot(QStringLiteral("inspector-pool"));
        for (const char* layer : {"flatten", "dropout"}) {
            f.view().showLayer(layer);
            QVERIFY(await([&] { return f.view().channels().maps().layer == layer; }));
            QVERIFY(f.view().channels().areUnits());
            QVERIFY(f.weights().hasContent());
        }
        f.view().showLayer("dense_2");
        QVERIFY(await([&] { return f.view().channels().maps().layer == "dense_2"; }));
        QCOMPARE(part.current(), int(InspectorView::Gradients));  // as it was chosen
        QVERIFY(await([&] { return f.weights().remark() == QString("norm 0.12"); }));
        QCOMPARE(f.view().channels().nameOf(0), QString("airplane"));
        QVERIFY(f.card().title().startsWith(QLatin1String("Class ")));
        QCOMPARE(f.historyPlot().content().lines.size(), std::size_t(2));
        f.shoot(QStringLiteral("inspector-dense"));
        QStringList cut = WindowFixture::cutTexts(&f.view());
        QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QLatin1Char('\n'))));
    }

    void filtersOfTheFirstLayer() {
        Inspecting f;
        QVERIFY(f.ready && f.answered());
        QVERIFY(f.bar("Answers or filters").isHidden());
        f.view().showLayer("block1_conv1");
        QVERIFY(!f.bar("Answers or filters").isHidden());
        f.choose("Answers or filters", InspectorView::Filters);
        QVERIFY(await([&] { return f.filters().hasContent(); }));
        QVERIFY(f.filters().isVisible());
        QVERIFY(f.filters().largestChange() > 0);
        QSignalSpy chosen(&f.filters(), &FilterTilesView::filterChosen);
        QTest::mouseClick(&f.filters(), Qt::LeftButton, {}, QPoint(10, 36));
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(f.view().channel(), chosen.first().first().toInt());
        f.shoot(QStringLiteral("inspector-filters"));
        Theme::instance().setScheme(ColorScheme::Dark);
        f.shoot(QStringLiteral("inspector-filters-dark"));
        f.view().showLayer("block1_conv2");
        QVERIFY(!f.filters().isVisible());
    }

    void pictureInHand() {
        Inspecting f;
        QVERIFY(f.ready && f.answered());
        auto* predictions = f.window.findChild<PredictionView*>();
        f.window.showTab(MainWindow::PredictionsTab);
        predictions->showPicture(17);
        f.window.showTab(MainWindow::InspectorTab);
        QCOMPARE(qint64(f.view().picture().index), qint64(17));
        // What comes to the Predictions meanwhile does not take it away.
        predictions->showPicture(3);
        QCOMPARE(qint64(f.view().picture().index), qint64(17));
        QVERIFY2(f.pictureCard().name().endsWith(QString("picture 18")), qPrintable(f.pictureCard().name()));
        f.button("Next picture")->click();
        QCOMPARE(qint64(f.view().picture().index), qint64(18));
        f.button("Picture before")->click();
        f.button("Picture before")->click();
        QCOMPARE(qint64(f.view().picture().index), qint64(16));
        f.view().showPicture(0);
        f.button("Picture before")->click();
        QCOMPARE(qint64(f.view().picture().index), qint64(0));  // there is none before it
        bool moved = false;
        for (int i = 0; i < 20 && !moved; ++i) {
            f.button("Draw another picture")->click();
            moved = f.view().picture().index != 0;
        }
        QVERIFY(moved);
        // One that a channel answers to.
        const QString wanted = f.card().findChildren<QToolButton*>().at(2)->accessibleName();
        QVERIFY(wanted.startsWith(QString("Picture ")));
        f.card().findChildren<QToolButton*>().at(2)->click();
        QCOMPARE(qint64(f.view().picture().index + 1),
                 qint64(wanted.section(QLatin1Char(' '), 1, 1).remove(QLatin1Char(',')).toLongLong()));

        f.view().showPictureFile(QStringLiteral("/home/pupil/my dog.png"));
        QCOMPARE(f.pictureCard().name(), QString("my dog.png"));
        QVERIFY(
            await([&] { return !f.pictureCard().picture().isNull() && f.pictureCard().said().startsWith(QString("says ")); }));
    }

    void scaleAndOrderOfChannels() {
        Inspecting f;
        QVERIFY(f.ready && f.answered());
        QTest::keyClick(&f.view(), Qt::Key_Right);
        QTest::keyClick(&f.view(), Qt::Key_Right);
        const int before = f.view().channel();
        f.choose("Scale of the colours", 1);
        QVERIFY(f.view().channels().sharedScale());
        QVERIFY(f.view().channels().strongestFirst());
        f.button("Strongest channels first")->click();
        QVERIFY(!f.view().channels().strongestFirst());
        QCOMPARE(f.view().channel(), before);  // still the one it was, wherever it stands now
        QCOMPARE(f.mosaic().currentIndex().row(), f.view().channels().rowOf(before));
        // By the mouse, and the card follows.
        const QModelIndex first = f.view().channels().index(0);
        f.mosaic().scrollTo(first);
        QTest::mouseClick(f.mosaic().viewport(), Qt::LeftButton, {}, f.mosaic().visualRect(first).center());
        QCOMPARE(f.card().title(), QStringLiteral("Channel %1").arg(1));
        // The picture stays visible under a channel of full strength turned down.
        f.card().findChild<QSlider*>()->setValue(0);
    }

    /// The strongest channel of the picture in hand, unless one was chosen by hand; at another checkpoint the same channel.
    void opensOnTheStrongestChannel() {
        Inspecting f;
        QVERIFY(f.ready && f.answered());
        const auto shows = [&](qint64 picture) {
            return await([&] {
                return f.view().channels().maps().layer == f.view().layer().toStdString() &&
                       f.view().picture().index == picture && f.card().topCount() > 0;
            });
        };
        const int first = f.view().channels().strongestChannel();
        QCOMPARE(f.view().channel(), first);
        QVERIFY(f.mosaic().viewport()->rect().intersects(f.mosaic().visualRect(f.mosaic().currentIndex())));
        f.inspection.chooseCheckpoint(4);
        QVERIFY(await([&] { return f.weights().remark() == QString("moved 0"); }));
        QCOMPARE(f.view().channel(), first);
        f.view().showLayer(QStringLiteral("block4_conv1"));
        QVERIFY(shows(0));
        QCOMPARE(f.view().channel(), f.view().channels().strongestChannel());
        const int own = f.view().channels().channelAt(1);
        QTest::keyClick(&f.view(), Qt::Key_Right);
        QCOMPARE(f.view().channel(), own);
        f.view().showPicture(5);
        QVERIFY(shows(5));
        QCOMPARE(f.view().channel(), own);
        f.view().showLayer(QStringLiteral("block3_conv1"));
        QVERIFY(shows(5));
        QCOMPARE(f.view().channel(), f.view().channels().strongestChannel());
    }

    /// At the usual size nothing of it is out of sight.
    void fitsTheUsualWindow() {
        Inspecting f;
        QVERIFY(f.ready && f.answered());
        f.settle();
        const auto* scroll = f.view().findChild<PageScroll*>();
        QCOMPARE(scroll->verticalScrollBar()->maximum(), 0);
    }

    void followsTheChosenCheckpoint() {
        Inspecting f;
        QVERIFY(f.ready && f.answered());
        QVERIFY(await([&] { return f.weights().remark() == QString("moved 5.0\u2009%"); }));
        f.inspection.chooseCheckpoint(4);
        QVERIFY(f.weights().hasContent());  // the old one, until the new one is there
        QVERIFY(!f.view().channels().isEmpty());
        QVERIFY(await([&] { return f.weights().remark() == QString("moved 0"); }));
        f.inspection.chooseCheckpoint(11);
        QVERIFY(await([&] { return f.weights().remark() == QString("moved 2.0\u2009%"); }));
    }

    void asksOnlyWhileItIsSeen() {
        Inspecting f;
        QVERIFY(f.ready && f.answered());
        QVERIFY(await([&] { return f.view().channels().maps().layer == "block5_conv3"; }));
        f.window.showTab(MainWindow::LiveTab);
        f.view().showLayer("block3_conv1");
        f.view().showLayer("block2_conv1");
        QTest::qWait(0);
        QCOMPARE(f.view().channels().maps().layer, std::string("block5_conv3"));
        f.window.showTab(MainWindow::InspectorTab);
        QVERIFY(await([&] { return f.view().channels().maps().layer == "block2_conv1"; }));
        QCOMPARE(f.view().channels().rowCount(), 128);
    }

    void slowAnswersAreNotMistakenForOthers() {
        FakeInspectorScript slow;
        slow.callMilliseconds = 30;
        Inspecting f(slow);
        QVERIFY(f.ready);
        QVERIFY2(f.historyPlot().message().startsWith(QString("Comparing the kept checkpoints")),
                 qPrintable(f.historyPlot().message()));
        QVERIFY(await([&] { return f.weights().hasContent(); }));
        f.view().showLayer("block4_conv1");
        QVERIFY(await([&] { return !f.weights().hasContent(); }));
        QVERIFY2(f.weights().message().startsWith(QString("Measuring the layer")), qPrintable(f.weights().message()));
        QVERIFY(await([&] { return f.weights().hasContent(); }));
        QCOMPARE(f.weights().remark(), QString("moved 0"));
        QVERIFY(await([&] { return f.historyPlot().hasContent(); }));
    }

    void failuresAreToldInPlace() {
        FakeInspectorScript broken;
        broken.failWith = "The checkpoint is torn.";
        Inspecting f(broken);
        QVERIFY(f.ready);
        QSignalSpy failed(&f.inspection, &InspectionController::failed);
        QVERIFY(await([&] { return f.weights().message() == QString("The checkpoint is torn. Choose another checkpoint."); }));
        QVERIFY(
            await([&] { return f.historyPlot().message() == QString("The checkpoint is torn. Choose another checkpoint."); }));
        QVERIFY(await([&] { return f.card().topMessage().startsWith(QString("The checkpoint is torn.")); }));
        f.shoot(QStringLiteral("inspector-failed"));
        QStringList cut = WindowFixture::cutTexts(&f.view());
        QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QLatin1Char('\n'))));
        QCOMPARE(failed.count(), 0);  // nobody is told twice
    }

    /// Reveal opens the same run at the same checkpoint for other pictures.
    void revealedPicturesAreOthers() {
        FakeInspectorScript locked;
        locked.validatesOnHeldOut = true;
        Inspecting f(locked);
        QVERIFY(f.ready && f.answered());
        f.inspection.chooseCheckpoint(14);
        f.view().showPicture(150);
        QVERIFY(f.answered() && await([&] { return !f.pictureCard().said().isEmpty(); }));
        bool forgotten = false;
        connect(&f.inspection, &InspectionController::subjectChanged, &f.view(), [&] {
            forgotten = f.view().channels().isEmpty() && f.pictureCard().said().isEmpty() && f.card().topCount() == 0;
        });
        f.inspection.revealTest();
        QVERIFY(await([&] { return f.inspection.subject()->pictures->count() == 250; }));
        QVERIFY(forgotten);
        QVERIFY(f.answered() && await([&] { return !f.pictureCard().said().isEmpty(); }));
        QCOMPARE(qint64(f.view().picture().index), qint64(150));
    }

    /// Nothing of a run is taken for another one's while that is asked.
    void anotherRunBeginsWithNothing() {
        FakeInspectorScript script;
        script.predictMilliseconds = 50;
        Inspecting f(script);
        QVERIFY(f.ready && f.answered());
        f.view().showLayer("block1_conv1");
        f.choose("Answers or filters", InspectorView::Filters);
        QVERIFY(await([&] { return f.filters().hasContent() && !f.pictureCard().said().isEmpty(); }));
        bool nothing = false;
        connect(&f.inspection, &InspectionController::subjectChanged, &f.view(), [&] {
            nothing = f.pictureCard().said().isEmpty() && !f.filters().hasContent() && !f.historyPlot().hasContent();
        });
        f.inspection.inspectRun("/home/pupil/.local/share/thaw/runs/another");
        QVERIFY(await([&] { return f.inspection.subject()->run.runId == "another"; }));
        QVERIFY(nothing);
        QVERIFY(await([&] { return f.filters().hasContent() && !f.pictureCard().said().isEmpty(); }));
    }

    void theErrorOfAPictureStays() {
        FakeInspectorScript broken;
        broken.failWith = "The checkpoint is torn.";
        Inspecting f(broken);
        QVERIFY(f.ready);
        const QString said = QStringLiteral("The checkpoint is torn. Choose another checkpoint.");
        QVERIFY(await([&] { return f.pictureCard().said() == said; }));
        Q_EMIT f.session.actionsChanged();
        QCOMPARE(f.pictureCard().said(), said);
        *broken.failing = false;
        f.view().showPicture(3);
        QVERIFY(await([&] { return f.pictureCard().said().startsWith(QLatin1String("says ")); }));
    }

    /// A picture's answer does not wait until the layer is measured.
    void picturesComeBeforeMeasurements() {
        FakeInspectorScript slow;
        slow.callMilliseconds = 100;
        Inspecting f(slow);
        QVERIFY(f.ready);
        QVERIFY(await([&] { return !f.view().channels().isEmpty() && !f.pictureCard().said().isEmpty(); }));
        QVERIFY(!f.weights().hasContent());
        f.view().showPicture(5);
        f.view().showLayer("block4_conv1");
        QVERIFY(await([&] { return f.view().channels().maps().layer == "block4_conv1"; }));
        QVERIFY(!f.weights().hasContent());
    }

    void whatNeedsNoPicturesIsShownWithoutThem() {
        FakeInspectorScript script;
        script.withoutPictures = true;
        script.gradientProblem = "The data set folder /home/pupil/pictures/flowers is gone. Put it back, or choose another one.";
        Inspecting f(script);
        QVERIFY(f.ready);
        const QString problem = QString::fromStdString(script.gradientProblem);
        QVERIFY(await([&] { return f.weights().hasContent() && f.historyPlot().hasContent(); }));
        QCOMPARE(f.weights().remark(), QString("moved 5.0\u2009%"));
        QCOMPARE(f.head().deadText(), QString("–"));
        QCOMPARE(f.card().topMessage(), QString("The pictures are gone. Put them back."));
        QVERIFY(f.pictureCard().said().isEmpty());
        f.shoot(QStringLiteral("inspector-without-pictures"));
        QStringList cut = WindowFixture::cutTexts(&f.view());
        f.choose("Which numbers of the layer", InspectorView::Gradients);
        QCOMPARE(f.weights().message(), problem);
        f.choose("Which figure over the epochs", LayerHistoryPanel::GradientNorm);
        QVERIFY(await([&] { return f.historyPlot().message() == problem; }));
        QVERIFY(f.historyPlot().actionButton().isHidden());
        f.shoot(QStringLiteral("inspector-without-pictures-gradients"));
        cut += WindowFixture::cutTexts(&f.view());
        QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QLatin1Char('\n'))));
        f.choose("Which figure over the epochs", LayerHistoryPanel::Moved);
        QVERIFY(f.historyPlot().hasContent());
    }

    void whatNeedsNoStartIsShownWithoutIt() {
        FakeInspectorScript script;
        script.startProblem =
            "The weights VGG16 are not those that the run started from. Put the run's own weights in their place to "
            "see the model before its first step.";
        Inspecting f(script);
        QVERIFY(f.ready);
        const QString problem = QString::fromStdString(script.startProblem);
        QVERIFY(await([&] { return f.weights().hasContent() && f.historyPlot().message() == problem; }));
        QCOMPARE(f.weights().remark(), problem);
        f.choose("Which figure over the epochs", LayerHistoryPanel::GradientNorm);
        QVERIFY(await([&] { return f.historyPlot().hasContent(); }));
        QVERIFY(f.historyPlot().content().trained.empty());
        f.view().showLayer("block1_conv1");
        f.choose("Answers or filters", InspectorView::Filters);
        QVERIFY(await([&] { return f.filters().hasContent(); }));
        QVERIFY2(f.filters().accessibleDescription().endsWith(problem), qPrintable(f.filters().accessibleDescription()));
        QSignalSpy chosen(&f.filters(), &FilterTilesView::filterChosen);
        QTest::mouseClick(&f.filters(), Qt::LeftButton, {}, QPoint(10, 36));
        QCOMPARE(chosen.count(), 0);
        f.shoot(QStringLiteral("inspector-without-start"));
    }

    void histogramsOfAnyNumbers() {
        constexpr float kNan = std::numeric_limits<float>::quiet_NaN(), kMost = std::numeric_limits<float>::max();
        const auto counts = [](const std::vector<float>& values) { return histogramOf(values, 4).counts; };
        QCOMPARE(counts({0, 1, 2, 3, 4}), std::vector<std::int64_t>({1, 1, 1, 2}));
        QCOMPARE(counts({kNan, 0, std::numeric_limits<float>::infinity(), 4}), std::vector<std::int64_t>({1, 0, 0, 1}));
        QCOMPARE(counts({-kMost, 0, kMost}), std::vector<std::int64_t>({1, 0, 1, 1}));
        QCOMPARE(counts({kMost, kMost}), std::vector<std::int64_t>({2, 0, 0, 0}));
        QCOMPARE(counts({kNan}), std::vector<std::int64_t>({0, 0, 0, 0}));
        HistogramPlot plot;
        plot.resize(300, 200);
        for (const std::vector<float>& values : {std::vector<float>{kNan}, {kMost}, {-kMost, kMost}}) {
            plot.setHistograms({}, histogramOf(values, 4), {});
            QVERIFY(!plot.grab().isNull());
        }
    }

    void numbersThatAreNotFinite() {
        FakeInspectorScript wrong;
        wrong.notFinite = true;
        Inspecting f(wrong);
        QVERIFY(f.ready && f.answered());
        QVERIFY(await([&] { return f.weights().hasContent(); }));
        QCOMPARE(f.weights().remark(), QString("the weights are not finite"));
        QCOMPARE(f.pictureCard().said(), QString("says: not finite"));
        f.choose("Which numbers of the layer", InspectorView::Gradients);
        QCOMPARE(f.weights().remark(), QString("the norm is not finite"));
        f.choose("Which numbers of the layer", InspectorView::Output);
        QVERIFY2(f.weights().remark().endsWith(QString("are not finite")), qPrintable(f.weights().remark()));
        f.shoot(QStringLiteral("inspector-not-finite"));
        f.view().showLayer("dense_2");
        QVERIFY(await([&] { return f.view().channels().maps().layer == "dense_2"; }));
        f.window.grab();
        f.view().showLayer("block1_conv1");
        f.choose("Answers or filters", InspectorView::Filters);
        QVERIFY(await([&] { return f.filters().hasContent(); }));
        f.window.grab();
    }

    void comparisonCanBeCancelled() {
        FakeInspectorScript slow;
        slow.callMilliseconds = 50;
        Inspecting f(slow);
        QVERIFY(f.ready);
        QPushButton& button = f.historyPlot().actionButton();
        QVERIFY(await([&] { return button.isVisible(); }));
        QCOMPARE(button.text(), QString("Cancel"));
        f.shoot(QStringLiteral("inspector-comparing"));
        QStringList cut = WindowFixture::cutTexts(&f.view());
        button.click();
        QCOMPARE(f.historyPlot().message(), QString("Not compared: it was cancelled."));
        // Not by itself again.
        f.inspection.chooseCheckpoint(3);
        QVERIFY(await([&] { return f.weights().hasContent(); }));
        QVERIFY(!f.historyPlot().hasContent());
        QCOMPARE(button.text(), QString("Compare the checkpoints"));
        f.shoot(QStringLiteral("inspector-not-compared"));
        cut += WindowFixture::cutTexts(&f.view());
        Theme::instance().setLook(ColorScheme::Dark, 1.5);
        f.window.resize(1366, 768);
        cut += WindowFixture::cutTexts(&f.view());
        QVERIFY(f.historyPlot().rect().contains(button.geometry()));
        f.shoot(QStringLiteral("inspector-not-compared-150"));
        QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QLatin1Char('\n'))));
        button.click();
        QVERIFY(await([&] { return f.historyPlot().hasContent(); }));
        QVERIFY(button.isHidden());
    }

    void searchForPicturesCanBeCancelled() {
        FakeInspectorScript slow;
        slow.callMilliseconds = 30;
        Inspecting f(slow);
        QVERIFY(f.ready);
        QPushButton& button = f.card().topButton();
        QVERIFY(await([&] { return button.isVisible(); }));
        const QRect place = f.card().geometry();
        QCOMPARE(button.text(), QString("Cancel"));
        button.click();
        QCOMPARE(f.card().topMessage(), QString("Not tried on pictures: it was cancelled."));
        QCOMPARE(button.text(), QString("Try it on pictures"));
        f.shoot(QStringLiteral("inspector-not-tried"));
        QStringList cut = WindowFixture::cutTexts(&f.view());
        QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QLatin1Char('\n'))));
        // It would be the same search for the channel beside.
        QTest::keyClick(&f.view(), Qt::Key_Right);
        QCOMPARE(button.text(), QString("Try it on pictures"));
        button.click();
        QVERIFY(await([&] { return f.card().topCount() > 0; }));
        QVERIFY(button.isHidden());
        QCOMPARE(f.card().geometry(), place);
    }

    /// Values of the plots without a mouse.
    void keysReadThePlots() {
        Inspecting f;
        QVERIFY(f.ready && f.answered());
        QVERIFY(await([&] { return f.weights().hasContent(); }));
        const QString whole = f.weights().accessibleDescription();
        f.weights().setFocus(Qt::TabFocusReason);
        QTest::keyClick(&f.weights(), Qt::Key_Left);
        QCOMPARE(f.weights().accessibleDescription(), f.weights().binText(31));  // the fullest
        QTest::keyClick(&f.weights(), Qt::Key_Right);
        QCOMPARE(f.weights().accessibleDescription(), f.weights().binText(32));
        f.shoot(QStringLiteral("inspector-reading-weights"));
        QTest::keyClick(&f.weights(), Qt::Key_Up);
        QCOMPARE(f.view().layer(), QString("block5_conv2"));  // the page's own
        f.view().showLayer("block5_conv3");
        f.historyPlot().setFocus(Qt::TabFocusReason);
        QTest::keyClick(&f.historyPlot(), Qt::Key_Left);
        QTest::keyClick(&f.historyPlot(), Qt::Key_Left);
        const QString said = f.historyPlot().accessibleDescription();
        QVERIFY2(said.startsWith(f.historyPlot().content().moments.at(13) + QLatin1String("; conv3 4")), qPrintable(said));
        f.shoot(QStringLiteral("inspector-reading-history"));
        f.view().setFocus();
        QVERIFY(f.historyPlot().accessibleDescription() != said);
        QCOMPARE(f.weights().accessibleDescription(), whole);
    }

    void arrowsWalkOverTheTilesInTheirOrder() {
        Inspecting f;
        QVERIFY(f.ready && f.answered());
        f.view().showLayer("block1_conv1");
        f.choose("Answers or filters", InspectorView::Filters);
        QVERIFY(await([&] { return f.filters().hasContent(); }));
        QTest::mouseClick(&f.filters(), Qt::LeftButton, {}, QPoint(10, 36));
        QCOMPARE(f.view().channel(), 0);
        f.filters().setFocus(Qt::TabFocusReason);
        QTest::keyClick(&f.filters(), Qt::Key_Left);
        QCOMPARE(f.view().channel(), 0);
        QTest::keyClick(&f.filters(), Qt::Key_Right);
        QTest::keyClick(&f.filters(), Qt::Key_Right);
        QCOMPARE(f.view().channel(), 2);
        f.shoot(QStringLiteral("inspector-filters-focus"));
    }

    void picturesAreDropped() {
        Inspecting f;
        QVERIFY(f.ready);
        const auto drop = [&](const QList<QUrl>& urls) {
            QMimeData data;
            data.setUrls(urls);
            QDragEnterEvent enter(QPoint(9, 9), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
            enter.ignore();
            QCoreApplication::sendEvent(&f.view(), &enter);
            QDropEvent dropped(QPointF(9, 9), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
            QCoreApplication::sendEvent(&f.view(), &dropped);
            return enter.isAccepted();
        };
        QVERIFY(!drop({}));
        QVERIFY(!drop({QUrl(QStringLiteral("https://example.org/dog.png"))}));
        QVERIFY(f.view().picture().file.empty());
        QVERIFY(drop(
            {QUrl(QStringLiteral("https://example.org/dog.png")), QUrl::fromLocalFile(QStringLiteral("/home/pupil/dog.png"))}));
        QCOMPARE(f.view().picture().file, std::filesystem::path("/home/pupil/dog.png"));
    }

    void anotherRunHasNoTicksHere() {
        Inspecting f;
        QVERIFY(f.ready && f.answered());
        QVERIFY(!f.head().freezeButton().isHidden());
        f.inspection.inspectRun("/home/pupil/.local/share/thaw/runs/another");
        QVERIFY(await([&] { return f.inspection.subject()->run.runId == "another"; }));
        QVERIFY(f.head().freezeButton().isHidden());
        QVERIFY(f.answered());
    }

    void docksOfTheTab() {
        Inspecting f;
        const auto folded = [&](const char* name) { return f.window.findChild<SideDock*>(QLatin1String(name))->isFolded(); };
        QVERIFY(!folded("layersDock"));
        QVERIFY(folded("settingsDock"));
    }

    void looks_data() {
        addLookColumn();
        QTest::newRow("1440x900-light") << Look{{1440, 900}, 1.0, false};
        QTest::newRow("1440x900-dark") << Look{{1440, 900}, 1.0, true};
        QTest::newRow("1366x768-light") << Look{{1366, 768}, 1.0, false};
        QTest::newRow("1180x700-light") << Look{{1180, 700}, 1.0, false};
        QTest::newRow("1440x900-150") << Look{{1440, 900}, 1.5, false};
        QTest::newRow("1366x768-150") << Look{{1366, 768}, 1.5, false};
    }
    void looks() {
        const auto [size, scale, dark] = takeLook();
        FakeInspectorScript script;
        *script.kept = 12;
        Inspecting f(script);
        f.window.resize(size);
        QVERIFY(f.ready && f.answered());
        QVERIFY(await([&] { return f.weights().hasContent(); }));
        f.inspection.chooseCheckpoint(11);
        f.view().showPicture(5);
        f.mosaic().setFocus();
        for (int i = 0; i < 3; ++i) QTest::keyClick(&f.mosaic(), Qt::Key_Right);
        QVERIFY(f.answered());
        f.settle();
        f.shoot(QStringLiteral("inspector-") + QString::fromLatin1(QTest::currentDataTag()));
        QStringList cut = WindowFixture::cutTexts(&f.view());
        f.view().showLayer("block1_conv1");
        QVERIFY(await([&] { return f.view().channels().maps().layer == "block1_conv1"; }));
        cut += WindowFixture::cutTexts(&f.view());
        f.shoot(QStringLiteral("inspector-first-") + QString::fromLatin1(QTest::currentDataTag()));
        QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QLatin1Char('\n'))));
        QCOMPARE(f.window.size(), size);
    }
};

QTEST_MAIN(TestInspectorView)
#include "tst_inspector_view.moc"
