// The Live tab's panel, driven by plain values: the measured curve of the default lesson.
#include <QBuffer>
#include <QDir>
#include <QFile>
#include <QImage>
#include <QLabel>
#include <QPainter>
#include <QSignalSpy>
#include <QSlider>
#include <QSvgRenderer>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QXmlStreamReader>

#include <array>
#include <cmath>
#include <csignal>
#include <random>
#include <set>

#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/support/fake_trainer.h"
#include "tests/support/shot.h"
#include "ui/widgets/live/live_view.h"
#include "ui/widgets/live/preparation_note.h"
#include "ui/widgets/live/read_out_line.h"
#include "ui/widgets/parts/chip.h"
#include "ui/widgets/parts/theme.h"

using namespace thaw;
using namespace thaw::ui;

namespace {

constexpr std::array<double, 15> kTrainAccuracy{.398, .528, .566, .589, .604, .619, .633, .638,
                                                .645, .653, .682, .711, .737, .754, .769};
constexpr std::array<double, 15> kValAccuracy{.566, .595, .609, .621, .629, .635, .638, .642,
                                              .644, .647, .685, .701, .716, .722, .731};
constexpr std::array<double, 15> kValLoss{1.256, 1.165, 1.120, 1.091, 1.071, 1.053, 1.038, 1.029,
                                          1.022, 1.012, .905,  .858,  .826,  .802,  .784};
constexpr std::array<double, 15> kTrainLoss{1.716, 1.352, 1.243, 1.178, 1.131, 1.089, 1.052, 1.038,
                                            1.019, 1.001, .918,  .838,  .767,  .716,  .672};
constexpr int kSteps = 391;

core::RunConfig lesson() {
    core::RunConfig config;
    core::PhaseConfig head;
    head.title = "Feature extraction";
    head.epochs = 10;
    core::PhaseConfig fine;
    fine.title = "Fine-tuning";
    fine.epochs = 5;
    fine.optimizer.learningRate = 1e-5;
    fine.trainable = {"head", "block5"};
    config.phases = {head, fine};
    return config;
}

core::EpochFinished epochFigures(int epoch) {
    const auto i = static_cast<std::size_t>(epoch - 1);
    core::EpochFinished figures;
    figures.phase = epoch > 10;
    figures.epoch = epoch;
    figures.step = epoch * kSteps;
    figures.trainLoss = kTrainLoss[i];
    figures.trainScore = kTrainAccuracy[i];
    figures.valLoss = kValLoss[i];
    figures.valScore = kValAccuracy[i];
    figures.best = true;  // each is better than those before
    figures.seconds = epoch > 10 ? 14 : 1.2;
    figures.learningRate = epoch > 10 ? 1e-5 : 1e-4;
    return figures;
}

/// Feeds a view as a Trainer would, without waiting.
class Feeder {
public:
    explicit Feeder(LiveView& view) : m_view(view), m_model(core::describeModel(lesson(), 10)) {
        view.setClock([this] { return m_now; });
        view.setPlan(lesson(), kSteps, &m_model);
    }
    const core::ModelInfo& model() const { return m_model; }
    void advance(double seconds) { m_now += seconds; }

    /// Up to `position` in epochs, from where it is.
    void trainTo(double position) {
        const auto last = static_cast<std::int64_t>(std::llround(position * kSteps));
        std::vector<core::BatchFinished> batches;
        while (m_step < last) {
            if (m_step == 0) startPhase(0, 1, 10, 1e-4, {"head"});
            if (m_step == 10 * kSteps) {
                startPhase(1, 11, 5, 1e-5, {"head", "block5"});
                core::LayersChanged change;
                change.step = m_step;
                change.epochPosition = 10;
                change.trainable = m_model.maskOf({"head", "block5"});
                change.thawed = {"block5_conv1", "block5_conv2", "block5_conv3"};
                m_view.addLayersChanged(change);
                core::LearningRateChanged rate;
                rate.step = m_step;
                rate.epochPosition = 10;
                rate.before = 1e-4;
                rate.after = 1e-5;
                m_view.addLearningRateChanged(rate);
            }
            ++m_step;
            const auto epoch = static_cast<int>((m_step - 1) / kSteps) + 1;
            m_now += epoch > 10 ? 0.035 : 0.003;
            batches.push_back(batch(epoch));
            const bool ends = m_step % kSteps == 0;
            if (batches.size() == 30 || ends || m_step == last) {
                m_view.addBatches(batches);
                batches.clear();
            }
            if (ends) {
                m_now += 0.3;
                m_view.addEpoch(epochFigures(epoch));
            }
        }
    }
    void pause(double seconds) {
        core::Paused paused;
        paused.step = m_step;
        paused.epochPosition = position();
        m_view.addPaused(paused);
        if (seconds < 0) return;
        m_now += seconds;
        core::Resumed resumed;
        resumed.step = m_step;
        resumed.epochPosition = position();
        resumed.pausedSeconds = seconds;
        m_view.addResumed(resumed);
    }
    void changeRate(double before, double after) {
        core::LearningRateChanged rate;
        rate.origin = core::Origin::Hand;
        rate.step = m_step;
        rate.epochPosition = position();
        rate.before = before;
        rate.after = after;
        m_view.addLearningRateChanged(rate);
    }
    void setTrainable(const std::string& layer, bool trainable) {
        core::LayersChanged change;
        change.origin = core::Origin::Hand;
        change.step = m_step;
        change.epochPosition = position();
        if (m_mask.empty()) m_mask = m_model.maskOf({"head"});
        m_mask[static_cast<std::size_t>(m_model.indexOf(layer))] = trainable;
        change.trainable = m_mask;
        (trainable ? change.thawed : change.frozen) = {layer};
        m_view.addLayersChanged(change);
    }
    double position() const { return static_cast<double>(m_step) / kSteps; }

private:
    void startPhase(int index, int first, int epochs, double rate, const std::vector<std::string>& trainable) {
        core::PhaseStarted phase;
        phase.phase = index;
        phase.title = index == 0 ? "Feature extraction" : "Fine-tuning";
        phase.firstEpoch = first;
        phase.epochs = epochs;
        phase.learningRate = rate;
        phase.trainable = m_mask = m_model.maskOf(trainable);
        m_view.addPhase(phase);
    }
    core::BatchFinished batch(int epoch) {
        // Between the measured means, with the scatter of a batch.
        const double at = position() - 0.5;
        const auto left = static_cast<std::size_t>(std::clamp(std::floor(at), 0.0, 14.0));
        const std::size_t right = std::min<std::size_t>(left + 1, 14);
        const double part = std::clamp(at - static_cast<double>(left), 0.0, 1.0);
        const double fresh = at < 0 ? -at * 2 : 0;
        core::BatchFinished one;
        one.step = m_step;
        one.phase = epoch > 10;
        one.epoch = epoch;
        one.batch = (m_step - 1) % kSteps + 1;
        one.batchesPerEpoch = kSteps;
        one.loss = kTrainLoss[left] * (1 - part) + kTrainLoss[right] * part + 0.9 * fresh + 0.075 * m_scatter(m_random);
        one.score = std::clamp(
            kTrainAccuracy[left] * (1 - part) + kTrainAccuracy[right] * part - 0.29 * fresh + 0.032 * m_scatter(m_random), 0.0,
            1.0);
        one.learningRate = epoch > 10 ? 1e-5 : 1e-4;
        return one;
    }

    LiveView& m_view;
    core::ModelInfo m_model;
    core::LayerMask m_mask;
    std::int64_t m_step = 0;
    double m_now = 1000;
    std::mt19937 m_random{7};
    std::normal_distribution<double> m_scatter;
};

core::RunHistory record(const std::string& id, int epochs) {
    core::RunHistory history;
    history.summary.runId = id;
    history.config = lesson();
    const core::ModelInfo model = core::describeModel(history.config, 10);
    for (int epoch = 1; epoch <= epochs; ++epoch) history.epochs.push_back(epochFigures(epoch));
    core::PhaseStarted head{0, "Feature extraction", 1, 10, 1e-4, model.maskOf({"head"})};
    history.events.push_back({id, 0, head});
    if (epochs > 10) {
        core::PhaseStarted fine{1, "Fine-tuning", 11, 5, 1e-5, model.maskOf({"head", "block5"})};
        history.events.push_back({id, 0, fine});
    }
    return history;
}

QLabel* labelWith(QWidget& view, const QString& part) {
    for (QLabel* label : view.findChildren<QLabel*>())
        if (label->text().contains(part)) return label;
    return nullptr;
}

/// Until the plot has drawn what it was given.
void settle(LiveView& view) {
    QSignalSpy spy(view.plot(), &CurvePlot::readOutChanged);
    view.plot()->dataChanged();
    QVERIFY(spy.wait(5000));
    QCoreApplication::processEvents();
}

void hover(CurvePlot& plot, double x) {
    auto* inner = plot.findChild<QWidget*>();
    const QPoint place(static_cast<int>(std::lround(plot.pixelOf(x))) - inner->x(),
                       plot.accuracyRect().center().y() - inner->y());
    QEnterEvent enter(place, place, inner->mapToGlobal(place));
    QCoreApplication::sendEvent(inner, &enter);
    QMouseEvent move(QEvent::MouseMove, place, inner->mapToGlobal(place), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
    QCoreApplication::sendEvent(inner, &move);
}

void leave(CurvePlot& plot) {
    QEvent event(QEvent::Leave);
    QCoreApplication::sendEvent(plot.findChild<QWidget*>(), &event);
}

}  // namespace

class TestLiveView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { Theme::instance().setScheme(ColorScheme::Light); }

    void cleanup() {
        Theme::instance().setScale(1);
        Theme::instance().setScheme(ColorScheme::Light);
    }

    void beforeAnything();
    void theFirstMinutesAreExplained();
    void planIsInViewFromTheStart();
    void heroAndChip();
    void worseThanTheBestIsSaid();
    void aPerplexityIsNoShare();
    void flagsOfTheLesson();
    void flagToolTipsTellOldAndNew();
    void layersByHandMakeBandsAndFlags();
    void changesThatCancelLeaveNoFlag();
    void aTickThatIsTakenBackIsOneFlag();
    void thawsByHandOutliveAResume_data();
    void thawsByHandOutliveAResume();
    void earlyEndOfAPhaseMovesTheRest();
    void resumedRunReplacesWhatItTrainsAgain();
    void historyIsDrawn();
    void historyOfARunThatGoesOn();
    void timeAxisLeavesPausesOut();
    void smoothingSlider();
    void claims();
    void otherRuns();
    void resetForgetsTheRun();
    void speaksToScreenReaders();
    void followsAController();
    void asksForTheRecordOfAResumedRun();
    void exportsArePictures();
    void darkScreensExportLightPictures();
    void exportOfSvgAndPdf();
    void csvRoundTrip();
    void csvIsLocaleIndependent();
    void exportErrorsAreSaid();
    void exportLeavesTheOldFileWhenItFails();
    void footerFitsNarrowPanels();
    void smallPanelsSayLess();
    void pictures();
};

void TestLiveView::beforeAnything() {
    LiveView view;
    view.resize(573, 698);
    view.show();
    settle(view);
    QVERIFY(labelWith(view, QStringLiteral("epoch 1")));
    QVERIFY(view.findChild<Chip*>()->isHidden());
    test::saveShot(view, QStringLiteral("live-nothing"));
}

void TestLiveView::theFirstMinutesAreExplained() {
    LiveView view;
    view.resize(573, 698);
    view.show();
    settle(view);
    auto* note = view.findChild<PreparationNote*>();
    QVERIFY(!note->isVisible());
    view.setPlan(lesson(), 0);
    view.showPreparation({"Computing features (block5_pool)", 8, 100, 90});
    QVERIFY(note->isVisible());
    QVERIFY(labelWith(view, QStringLiteral("Computing features (block5_pool) 8")));
    QVERIFY(labelWith(view, QStringLiteral("goes through the frozen layers once")));
    QVERIFY2(view.plot()->geometry().contains(note->geometry()), "the note leaves the plot");
    test::saveShot(view, QStringLiteral("live-preparing"));
    for (const QSize size : {QSize(330, 300), QSize(900, 700)}) {
        view.resize(size);
        settle(view);
        QVERIFY(QRect(QPoint(), view.size()).contains(note->geometry()));
    }
    // The first batch says more.
    core::BatchFinished batch;
    batch.step = batch.epoch = 1;
    batch.batch = 1;
    batch.batchesPerEpoch = kSteps;
    view.addBatches({batch});
    QVERIFY(!note->isVisible());
    view.showPreparation({"Evaluating", 8, 100, -1});
    QVERIFY(!note->isVisible());
}

void TestLiveView::planIsInViewFromTheStart() {
    LiveView view;
    view.resize(573, 698);
    view.setPlan(lesson(), 0);
    view.show();
    settle(view);
    QCOMPARE(view.plot()->xSpan(), (AxisSpan{0, 15}));
    const std::vector<PhaseBand> bands = view.curves().bands();
    QCOMPARE(bands.size(), std::size_t(2));
    QCOMPARE(bands[0].label, QStringLiteral("Head only"));
    QCOMPARE(bands[0].thawed, false);
    QCOMPARE(bands[0].to, 10.0);
    QCOMPARE(bands[1].label, QStringLiteral("Block 5 thawed"));
    QCOMPARE(bands[1].thawed, true);
    QCOMPARE(bands[1].to, 15.0);
    test::saveShot(view, QStringLiteral("live-plan"));
    Feeder feeder(view);
    feeder.trainTo(0.6);
    settle(view);
    QCOMPARE(view.plot()->xSpan(), (AxisSpan{0, 15}));
    test::saveShot(view, QStringLiteral("live-first-epoch"));
}

void TestLiveView::heroAndChip() {
    LiveView view;
    Feeder feeder(view);
    feeder.trainTo(10);
    QCOMPARE(labelWith(view, QStringLiteral("64.7"))->text(), QStringLiteral("64.7\u2009%"));
    QVERIFY(labelWith(view, QStringLiteral("after epoch 10, best so far")));
    QVERIFY(view.findChild<Chip*>()->isHidden());
    feeder.trainTo(12.3);
    QVERIFY(labelWith(view, QStringLiteral("70.1")));
    QVERIFY(!view.findChild<Chip*>()->isHidden());
    QCOMPARE(view.findChild<Chip*>()->text(), QStringLiteral("+5.4 points since the thaw"));
    QCOMPARE(*view.curves().bestFrozen(), .647);
}

void TestLiveView::worseThanTheBestIsSaid() {
    LiveView view;
    view.resize(800, 600);
    Feeder feeder(view);
    feeder.trainTo(11);
    core::EpochFinished worse = epochFigures(12);
    worse.valScore = .6;
    worse.best = false;
    view.addEpoch(worse);
    QVERIFY(labelWith(view, QStringLiteral("after epoch 12; best 68.5\u2009% after epoch 11")));
    QCOMPARE(view.findChild<Chip*>()->text(), QStringLiteral("−4.7 points since the thaw"));
}

void TestLiveView::aPerplexityIsNoShare() {
    LiveView view;
    view.resize(800, 600);
    core::RunConfig config = lesson();
    config.task = core::TaskKind::ContinueText;
    view.setPlan(config, 100);
    core::EpochFinished epoch = epochFigures(1);
    epoch.task = core::TaskKind::ContinueText;
    epoch.valScore = 61.53;
    epoch.trainScore = 70.2;
    epoch.best = true;
    view.addEpoch(epoch);
    QVERIFY(labelWith(view, QStringLiteral("Validation perplexity")));
    QVERIFY(labelWith(view, QStringLiteral("61.5")));
    const QString said = view.plot()->accessibleDescription();
    QVERIFY2(said.contains(QStringLiteral("Validation perplexity 61.5")) && !said.contains(QLatin1Char('%')), qPrintable(said));
    view.show();
    const auto line = [&] { return view.findChild<ReadOutLine*>()->accessibleName(); };
    QTRY_VERIFY2(line().contains(QStringLiteral("validation 61.5")) && line().contains(QStringLiteral("training 70.2")),
                 qPrintable(line()));
}

void TestLiveView::flagsOfTheLesson() {
    LiveView view;
    Feeder feeder(view);
    feeder.trainTo(6.4);
    feeder.pause(121);
    feeder.trainTo(12);
    feeder.changeRate(1e-5, 5e-6);
    feeder.trainTo(12.5);
    const std::vector<EventFlag> flags = view.curves().flags();
    QCOMPARE(flags.size(), std::size_t(3));
    QCOMPARE(flags[0].label, QStringLiteral("Pause 2 min"));
    QCOMPARE(flags[0].tone, FlagTone::Neutral);
    QCOMPARE(flags[1].label, QStringLiteral("Thaw, LR ÷10"));
    QCOMPARE(flags[1].position, 10.0);
    QCOMPARE(flags[1].tone, FlagTone::Warm);
    QCOMPARE(flags[2].label, QStringLiteral("LR ÷2"));
    feeder.pause(-1);
    QCOMPARE(view.curves().flags().back().label, QStringLiteral("Paused"));
}

void TestLiveView::flagToolTipsTellOldAndNew() {
    LiveView view;
    Feeder feeder(view);
    feeder.trainTo(11);
    feeder.changeRate(1e-5, 3e-5);
    const std::vector<EventFlag> flags = view.curves().flags();
    const QString thaw = view.curves().flagDetails(flags[0]);
    QVERIFY2(thaw.contains(QStringLiteral("Thawed: block5_conv1, block5_conv2, block5_conv3")), qPrintable(thaw));
    QVERIFY2(thaw.contains(QStringLiteral("Learning rate from 0.0001 to 0.00001")), qPrintable(thaw));
    QVERIFY2(thaw.contains(QStringLiteral("step 3,910")), qPrintable(thaw));
    QCOMPARE(flags[1].label, QStringLiteral("LR ×3"));
}

void TestLiveView::layersByHandMakeBandsAndFlags() {
    LiveView view;
    Feeder feeder(view);
    feeder.trainTo(3);
    feeder.setTrainable("block4_conv3", true);
    feeder.trainTo(5);
    feeder.setTrainable("block4_conv3", false);
    feeder.trainTo(6);
    const std::vector<EventFlag> flags = view.curves().flags();
    QCOMPARE(flags.size(), std::size_t(2));
    QCOMPARE(flags[0].label, QStringLiteral("Thaw"));
    QCOMPARE(flags[1].label, QStringLiteral("Freeze"));
    QCOMPARE(flags[1].tone, FlagTone::Ice);
    const std::vector<PhaseBand> bands = view.curves().bands();
    QCOMPARE(bands.size(), std::size_t(4));
    QVERIFY(!bands[0].thawed && bands[1].thawed && !bands[2].thawed && bands[3].thawed);
    QCOMPARE(bands[1].from, 3.0);
    QCOMPARE(bands[1].to, 5.0);
    QCOMPARE(*view.curves().bestFrozen(), .609);
}

void TestLiveView::changesThatCancelLeaveNoFlag() {
    LiveView view;
    Feeder feeder(view);
    feeder.trainTo(3);
    feeder.setTrainable("block5_conv3", true);
    feeder.setTrainable("block5_conv3", false);
    QVERIFY(view.curves().flags().empty());
}

void TestLiveView::aTickThatIsTakenBackIsOneFlag() {
    LiveView view;
    Feeder feeder(view);
    feeder.trainTo(3);
    feeder.setTrainable("block5_conv3", true);
    feeder.trainTo(3.3);
    feeder.setTrainable("block5_conv3", false);
    feeder.trainTo(4);
    const std::vector<EventFlag> flags = view.curves().flags();
    QCOMPARE(flags.size(), std::size_t(1));
    QCOMPARE(flags[0].label, QStringLiteral("Thaw, undone"));
    QCOMPARE(flags[0].position, 3.0);
    const QString details = view.curves().flagDetails(flags[0]);
    QVERIFY2(details.contains(QStringLiteral("Thawed: block5_conv3")) && details.contains(QStringLiteral("Frozen: block5_conv3")),
             qPrintable(details));
    // Another layer is another change, and an epoch later it is no second thought.
    feeder.setTrainable("block5_conv1", true);
    feeder.trainTo(4.2);
    feeder.setTrainable("block5_conv2", true);
    feeder.trainTo(6);
    feeder.setTrainable("block5_conv2", false);
    QCOMPARE(view.curves().flags().size(), std::size_t(4));
}

void TestLiveView::thawsByHandOutliveAResume_data() {
    QTest::addColumn<bool>("sameWindow");
    QTest::newRow("stopped and continued here") << true;
    QTest::newRow("opened from its record") << false;
}

// A resumed run tells its phase once more, with the layers and the rate of now.
void TestLiveView::thawsByHandOutliveAResume() {
    QFETCH(bool, sameWindow);
    const core::ModelInfo model = core::describeModel(lesson(), 10);
    core::LayersChanged thaw;
    thaw.origin = core::Origin::Hand;
    thaw.step = 6 * kSteps;
    thaw.epochPosition = 6;
    thaw.trainable = model.maskOf({"head", "block4", "block5"});
    thaw.thawed = {"block4_conv1", "block5_conv1"};
    core::LearningRateChanged rate;
    rate.origin = core::Origin::Hand;
    rate.step = 7 * kSteps;
    rate.epochPosition = 7;
    rate.before = 1e-4;
    rate.after = 5e-5;
    const core::PhaseStarted again{0, "Feature extraction", 1, 10, 5e-5, thaw.trainable};

    LiveView view;
    Feeder feeder(view);
    core::RunHistory history = record("run", 8);
    history.events.push_back({"run", 0, thaw});
    history.events.push_back({"run", 0, rate});
    if (sameWindow) {
        feeder.trainTo(6);
        view.addLayersChanged(thaw);
        feeder.trainTo(7);
        view.addLearningRateChanged(rate);
        feeder.trainTo(8);
        view.addPhase(again);
    } else {
        view.addPhase(again);
        view.setHistory(history);
    }
    const std::vector<EventFlag> flags = view.curves().flags();
    QCOMPARE(flags.size(), std::size_t(2));
    QCOMPARE(flags[0].label, QStringLiteral("Thaw"));
    QCOMPARE(flags[0].position, 6.0);
    QCOMPARE(flags[1].label, QStringLiteral("LR ÷2"));
    const std::vector<PhaseBand> bands = view.curves().bands();
    QCOMPARE(bands.size(), std::size_t(3));
    QVERIFY(!bands[0].thawed && bands[1].thawed && bands[2].thawed);
    QCOMPARE(bands[1].from, 6.0);
    QCOMPARE(bands[1].label, QStringLiteral("Blocks 4 and 5 thawed"));
    QCOMPARE(*view.curves().bestFrozen(), kValAccuracy[5]);
}

void TestLiveView::earlyEndOfAPhaseMovesTheRest() {
    LiveView view;
    Feeder feeder(view);
    feeder.trainTo(6);
    core::PhaseStarted fine{1, "Fine-tuning", 7, 5, 1e-5, feeder.model().maskOf({"head", "block5"})};
    view.addPhase(fine);
    QCOMPARE(view.curves().plannedEpochs(), 11);
    QCOMPARE(view.curves().bands()[0].to, 6.0);
    QCOMPARE(view.curves().flags()[0].label, QStringLiteral("Thaw, LR ÷10"));
}

void TestLiveView::resumedRunReplacesWhatItTrainsAgain() {
    LiveView view;
    Feeder feeder(view);
    feeder.trainTo(4.5);
    feeder.changeRate(1e-4, 5e-5);
    feeder.trainTo(4.8);
    core::BatchFinished again;
    again.step = 3 * kSteps + 11;  // the checkpoint was in epoch 4
    again.epoch = 4;
    again.batch = 11;
    again.batchesPerEpoch = kSteps;
    view.addBatches({again});
    QCOMPARE(view.curves().trainLoss().size(), std::size_t(3 * kSteps + 11));
    QCOMPARE(view.curves().epochs().size(), std::size_t(3));
    QCOMPARE(view.curves().valLoss().size(), std::size_t(3));
    QVERIFY(view.curves().flags().empty());
    view.addEpoch(epochFigures(4));
    view.addEpoch(epochFigures(4));
    QCOMPARE(view.curves().epochs().size(), std::size_t(4));
}

void TestLiveView::historyIsDrawn() {
    LiveView view;
    view.resize(573, 698);
    view.setHistory(record("old", 15));
    view.show();
    settle(view);
    QVERIFY(labelWith(view, QStringLiteral("73.1")));
    QCOMPARE(view.findChild<Chip*>()->text(), QStringLiteral("+8.4 points since the thaw"));
    QCOMPARE(view.curves().flags().size(), std::size_t(1));
    QCOMPARE(view.curves().xOf(10, SeriesAxis::Time), 12.0);
    QCOMPARE(view.curves().stepsPerEpoch(), std::int64_t(kSteps));
    QCOMPARE(view.plot()->readOut().trainScore, .769);
    test::saveShot(view, QStringLiteral("live-finished"));
    view.setAxis(SeriesAxis::Time);
    settle(view);
    test::saveShot(view, QStringLiteral("live-finished-time"));
}

void TestLiveView::historyOfARunThatGoesOn() {
    // Batches arrive before the record was read.
    LiveView view;
    core::BatchFinished batch;
    batch.step = 5 * kSteps + 1;
    batch.epoch = 6;
    batch.batch = 1;
    batch.batchesPerEpoch = kSteps;
    view.setClock([] { return 50.0; });
    view.setPlan(lesson(), kSteps);
    view.addBatches({batch});
    view.setHistory(record("same", 7));  // two of its epochs are trained again
    QCOMPARE(view.curves().epochs().size(), std::size_t(5));
    QCOMPARE(view.curves().trainLoss().size(), std::size_t(1));
    QVERIFY(view.curves().trainLoss().at(0).seconds >= 6);  // five epochs of 1.2 s before it
    view.addEpoch(epochFigures(6));
    QCOMPARE(view.curves().epochs().size(), std::size_t(6));
}

void TestLiveView::timeAxisLeavesPausesOut() {
    LiveView view;
    Feeder feeder(view);
    feeder.trainTo(1);
    const double before = view.curves().valLoss().at(0).seconds;
    feeder.pause(3600);
    feeder.trainTo(2);
    const double after = view.curves().valLoss().at(1).seconds;
    QVERIFY2(after - before < 10, qPrintable(QString::number(after - before)));
    double last = 0;
    for (std::size_t i = 0; i < view.curves().trainLoss().size(); ++i) {
        QVERIFY(view.curves().trainLoss().at(i).seconds >= last);
        last = view.curves().trainLoss().at(i).seconds;
    }
    // What is still to come is estimated: by the pace so far, or by the trainer's own word.
    QVERIFY(view.curves().xOf(15, SeriesAxis::Time) > after * 7);
    core::PlanProgress progress;
    progress.secondsLeft = 100;
    view.addPlanProgress(progress);
    QVERIFY(std::abs(view.curves().xOf(15, SeriesAxis::Time) - after - 100) < 1e-6);
}

void TestLiveView::smoothingSlider() {
    LiveView view;
    Feeder feeder(view);
    feeder.trainTo(2);
    auto* slider = view.findChild<QSlider*>();
    QVERIFY(std::abs(view.smoothingBatches() - 32) < 1);
    slider->setValue(slider->minimum());
    QCOMPARE(view.curves().smoothing(), 0.0);
    QVERIFY(labelWith(view, QStringLiteral("off")));
    slider->setValue(slider->maximum());
    QVERIFY(std::abs(view.curves().smoothing() - 0.999) < 1e-9);
    QVERIFY(labelWith(view, QStringLiteral("1,000 batches")));
    view.setSmoothingBatches(10);
    QVERIFY(std::abs(view.curves().smoothing() - 0.9) < 0.01);
}

void TestLiveView::claims() {
    LiveView view;
    view.resize(573, 698);
    Feeder feeder(view);
    feeder.trainTo(3);
    view.show();
    settle(view);
    QToolButton* button = nullptr;
    for (QToolButton* one : view.findChildren<QToolButton*>())
        if (one->isCheckable() && one->text() == QStringLiteral("Claims")) button = one;
    QVERIFY(button && button->isHidden());
    view.setClaims({.785, .805});
    QVERIFY(!button->isHidden() && !button->isChecked());
    const double before = view.plot()->accuracySpan().to;
    QTest::mouseClick(button, Qt::LeftButton);
    settle(view);
    QVERIFY(before < .805);
    QVERIFY(view.plot()->accuracySpan().to >= .805);
}

void TestLiveView::otherRuns() {
    LiveView view;
    view.resize(900, 698);
    Feeder feeder(view);
    feeder.trainTo(2.2);
    core::RunHistory better = record("b", 15);
    for (core::EpochFinished& epoch : better.epochs) epoch.valScore += .05;
    view.setOtherRuns({{record("a", 8), 1, QStringLiteral("run 2")}, {better, 3, QStringLiteral("run 1")}});
    view.show();
    settle(view);
    QVERIFY(view.plot()->accuracySpan().to >= .78);
    test::saveShot(view, QStringLiteral("live-others"));
    view.setOtherRuns({});
    settle(view);
    QVERIFY(view.plot()->accuracySpan().to < .78);
}

void TestLiveView::resetForgetsTheRun() {
    LiveView view;
    Feeder feeder(view);
    feeder.trainTo(11.5);
    view.setSmoothingBatches(10);
    view.reset();
    QVERIFY(view.curves().empty());
    QVERIFY(view.curves().flags().empty());
    QVERIFY(view.findChild<Chip*>()->isHidden());
    QVERIFY(std::abs(view.smoothingBatches() - 10) < 0.5);
    QVERIFY(std::abs(view.curves().smoothing() - 0.9) < 0.01);
}

void TestLiveView::speaksToScreenReaders() {
    LiveView view;
    view.resize(573, 698);
    Feeder feeder(view);
    feeder.trainTo(12.3);
    view.show();
    settle(view);
    QCOMPARE(view.plot()->accessibleName(), QStringLiteral("Training curves"));
    QVERIFY2(view.plot()->accessibleDescription().contains(QStringLiteral("12 epochs out of 15")),
             qPrintable(view.plot()->accessibleDescription()));
    QVERIFY(view.plot()->accessibleDescription().contains(QStringLiteral("70.1")));
    bool figures = false;
    for (QWidget* child : view.findChildren<QWidget*>())
        figures = figures || child->accessibleName() ==
                                 QStringLiteral("Epoch 12: validation 70.1\u2009%, loss 0.858; training 71.1\u2009%, loss 0.838");
    QVERIFY(figures);
    for (QToolButton* button : view.findChildren<QToolButton*>())
        QVERIFY2(!button->accessibleName().isEmpty() || !button->text().isEmpty(), "a button without a name");
    QCOMPARE(view.plot()->focusPolicy(), Qt::StrongFocus);
}

void TestLiveView::followsAController() {
    TrainingController controller(test::fakeFactory());
    LiveView view;
    view.bindController(&controller);
    QSignalSpy finished(&controller, &TrainingController::runFinished);
    controller.startRun(test::lessonConfig(3, 2));
    QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 20000);
    const RunCurves& curves = view.curves();
    QCOMPARE(curves.epochs().size(), std::size_t(5));
    QCOMPARE(curves.plannedEpochs(), 5);
    QCOMPARE(curves.trainLoss().size(), static_cast<std::size_t>(5 * curves.stepsPerEpoch()));
    QCOMPARE(curves.position(), 5.0);
    const std::vector<PhaseBand> bands = curves.bands();
    QCOMPARE(bands.size(), std::size_t(2));
    QCOMPARE(bands[0].label, QStringLiteral("Head only"));
    QCOMPARE(bands[1].label, QStringLiteral("Block 5 thawed"));
    QCOMPARE(bands[1].from, 3.0);
    const std::vector<EventFlag> flags = curves.flags();
    QCOMPARE(flags.size(), std::size_t(1));
    QCOMPARE(flags[0].label, QStringLiteral("Thaw, LR ÷10"));
    QVERIFY(!view.findChild<Chip*>()->isHidden());
    // The next run begins with empty curves.
    QSignalSpy started(&controller, &TrainingController::runStarted);
    controller.startRun(test::lessonConfig(1, 1), true);
    QTRY_COMPARE_WITH_TIMEOUT(started.size(), 1, 20000);
    QVERIFY(curves.empty());
    QCOMPARE(curves.plannedEpochs(), 2);
}

void TestLiveView::asksForTheRecordOfAResumedRun() {
    test::FakeScript script;
    script.resumed = true;
    script.resumedEpoch = 2;
    TrainingController controller(test::fakeFactory(script));
    LiveView view;
    view.bindController(&controller);
    QSignalSpy needed(&view, &LiveView::historyNeeded);
    controller.openRun(script.directory, true);
    QVERIFY(needed.wait(20000));
    QCOMPARE(needed[0][0].toString(), QString::fromStdString(script.directory.string()));
}

void TestLiveView::exportsArePictures() {
    QTemporaryDir folder;
    LiveView view;
    view.resize(573, 698);
    view.setRunTitle(QStringLiteral("Run 3, CIFAR-10"));
    view.setOtherRuns({{record("run-2", 15), 1, QStringLiteral("run 2")}});
    Feeder feeder(view);
    feeder.trainTo(12.62);
    QSignalSpy done(&view, &LiveView::exported), failed(&view, &LiveView::exportFailed);
    const QString file = folder.filePath(QStringLiteral("curves.png"));
    view.exportTo(file, ExportFormat::Png);
    QVERIFY(done.wait(20000));
    QVERIFY(failed.isEmpty());
    const QImage image(file);
    QCOMPARE(image.size(), QSize(2400, 1600));
    std::set<QRgb> colors;
    for (int x = 0; x < image.width(); x += 7)
        for (int y = 0; y < image.height(); y += 7) colors.insert(image.pixel(x, y));
    for (const Tone tone : {Tone::Surface, Tone::IceBand, Tone::WarmBand, Tone::Validation})
        QVERIFY(colors.count(Theme::instance().color(tone).rgb()));
    if (!qEnvironmentVariableIsEmpty("THAW_SHOT_DIR"))
        QFile::copy(file, qEnvironmentVariable("THAW_SHOT_DIR") + QStringLiteral("/export.png"));
    // The window's own drawing is not disturbed.
    view.show();
    settle(view);
    QVERIFY(view.plot()->accuracyRect().width() < 573);
}

void TestLiveView::darkScreensExportLightPictures() {
    QTemporaryDir folder;
    Theme::instance().setScheme(ColorScheme::Dark);
    LiveView view;
    view.resize(573, 698);
    Feeder feeder(view);
    feeder.trainTo(12.3);
    view.show();
    settle(view);
    const auto inkOnScreen = [&] {
        const QImage screen = view.plot()->grab().toImage();
        const QRgb ink = Theme::instance().color(Tone::Validation).rgb();
        int found = 0;
        for (int y = 0; y < screen.height(); ++y)
            for (int x = 0; x < screen.width(); ++x) found += screen.pixel(x, y) == ink;
        return found;
    };
    QVERIFY(inkOnScreen() > 100);
    const auto exported = [&](const QString& name) {
        const QString file = folder.filePath(name);
        QSignalSpy done(&view, &LiveView::exported);
        view.exportTo(file, ExportFormat::Png);
        [[maybe_unused]] const bool written = done.wait(10000);
        return QImage(file);
    };
    const QImage light = exported(QStringLiteral("light.png"));
    QVERIFY(light.pixelColor(3, 3).lightness() > 240);
    // The curve itself has the light theme's ink: enough of it is there.
    Theme::instance().setScheme(ColorScheme::Light);
    const QRgb ink = Theme::instance().color(Tone::Validation).rgb();
    Theme::instance().setScheme(ColorScheme::Dark);
    int found = 0;
    for (int y = 0; y < light.height(); ++y)
        for (int x = 0; x < light.width(); ++x) found += light.pixel(x, y) == ink;
    QVERIFY2(found > 500, qPrintable(QString::number(found)));
    settle(view);
    QVERIFY(inkOnScreen() > 100);  // the screen stays dark
    QVERIFY(view.plot()->grab().toImage().pixelColor(3, 3).lightness() < 80);
    view.setLightFiles(false);
    QVERIFY(exported(QStringLiteral("dark.png")).pixelColor(3, 3).lightness() < 60);
}

void TestLiveView::exportOfSvgAndPdf() {
    QTemporaryDir folder;
    LiveView view;
    view.resize(573, 698);
    view.setRunTitle(QStringLiteral("Run 3, CIFAR-10"));
    Feeder feeder(view);
    feeder.trainTo(12.62);
    QSignalSpy done(&view, &LiveView::exported);
    const QString svg = folder.filePath(QStringLiteral("curves.svg")), pdf = folder.filePath(QStringLiteral("curves.pdf"));
    view.exportTo(svg, ExportFormat::Svg);
    view.exportTo(pdf, ExportFormat::Pdf);
    QTRY_COMPARE_WITH_TIMEOUT(done.size(), 2, 20000);

    QFile svgFile(svg);
    QVERIFY(svgFile.open(QIODevice::ReadOnly));
    QXmlStreamReader xml(&svgFile);
    QStringList texts;
    int lines = 0;
    while (!xml.atEnd()) {
        xml.readNext();
        if (xml.isCharacters() && !xml.isWhitespace()) texts << xml.text().toString().trimmed();
        if (xml.isStartElement() && (xml.name() == QStringLiteral("polyline") || xml.name() == QStringLiteral("path"))) ++lines;
    }
    QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
    QVERIFY(lines > 5);
    for (const char* word : {"Accuracy", "Loss", "Head only", "Block 5 thawed", "Thaw, LR ÷10", "epoch", "validation",
                             "80\u2009%", "30\u2009%", "1.8", "0", "15"})
        QVERIFY2(texts.contains(QString::fromUtf8(word)), word);
    QVERIFY(texts.contains(QStringLiteral("Run 3, CIFAR-10: validation accuracy 70.1\u2009% after epoch 12")));

    QSvgRenderer renderer(svg);
    QVERIFY(renderer.isValid());
    QCOMPARE(renderer.viewBox().size(), QSize(1200, 800));
    QImage rendered(renderer.viewBox().size(), QImage::Format_RGB32);
    rendered.fill(Qt::white);
    QPainter painter(&rendered);
    renderer.render(&painter);
    painter.end();
    QCOMPARE(rendered.pixel(600, 200), Theme::instance().color(Tone::IceBand).rgb());
    if (!qEnvironmentVariableIsEmpty("THAW_SHOT_DIR"))
        rendered.save(qEnvironmentVariable("THAW_SHOT_DIR") + QStringLiteral("/export-svg.png"));

    QFile pdfFile(pdf);
    QVERIFY(pdfFile.open(QIODevice::ReadOnly));
    const QByteArray bytes = pdfFile.readAll();
    QVERIFY(bytes.startsWith("%PDF-1."));
    QVERIFY(bytes.trimmed().endsWith("%%EOF"));
    if (!qEnvironmentVariableIsEmpty("THAW_SHOT_DIR")) {
        QFile::copy(svg, qEnvironmentVariable("THAW_SHOT_DIR") + QStringLiteral("/export.svg"));
        QFile::copy(pdf, qEnvironmentVariable("THAW_SHOT_DIR") + QStringLiteral("/export.pdf"));
    }
}

void TestLiveView::csvRoundTrip() {
    QTemporaryDir folder;
    LiveView view;
    view.setRunTitle(QStringLiteral("Run 3, \"CIFAR-10\""));
    view.setOtherRuns({{record("run-2", 15), 1, QStringLiteral("run 2")}});
    Feeder feeder(view);
    feeder.trainTo(12.5);
    QSignalSpy done(&view, &LiveView::exported);
    const QString path = folder.filePath(QStringLiteral("curves.csv"));
    view.exportTo(path, ExportFormat::Csv);
    QVERIFY(done.wait(20000));
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(
        file.readLine().trimmed(),
        QByteArray(
            "run,kind,step,epoch,seconds,training_loss,training_accuracy,validation_loss,validation_accuracy,learning_rate"));
    const RunCurves& curves = view.curves();
    std::size_t batches = 0;
    int epochs = 0, others = 0;
    const QByteArray name = "\"Run 3, \"\"CIFAR-10\"\"\",";
    while (!file.atEnd()) {
        QByteArray line = file.readLine().trimmed();
        if (line.startsWith("run 2,")) {
            ++others;
            continue;
        }
        QVERIFY2(line.startsWith(name), line.constData());
        const QList<QByteArray> fields = line.mid(name.size()).split(',');
        QCOMPARE(fields.size(), 9);
        if (fields[0] == "batch") {
            const SeriesPoint loss = curves.trainLoss().at(batches), accuracy = curves.trainScore().at(batches);
            QCOMPARE(fields[1].toLongLong(), qlonglong(loss.step));
            // To the last bit.
            QVERIFY(fields[2].toDouble() == loss.epochPosition && fields[3].toDouble() == loss.seconds);
            QVERIFY(fields[4].toDouble() == loss.value && fields[5].toDouble() == accuracy.value);
            QVERIFY(fields[6].isEmpty() && fields[7].isEmpty());
            ++batches;
        } else {
            ++epochs;
            QCOMPARE(fields[1].toLongLong(), qlonglong(epochs) * kSteps);
            QCOMPARE(batches, static_cast<std::size_t>(epochs * kSteps));  // after the batches of its epoch
            const core::EpochFinished& epoch = curves.epochs().at(epochs);
            QVERIFY(fields[4].toDouble() == epoch.trainLoss && fields[5].toDouble() == epoch.trainScore);
            QVERIFY(fields[6].toDouble() == epoch.valLoss && fields[7].toDouble() == epoch.valScore);
            QVERIFY(fields[8].toDouble() == epoch.learningRate);
        }
    }
    QCOMPARE(batches, curves.trainLoss().size());
    QCOMPARE(epochs, 12);
    QCOMPARE(others, 15);
}

void TestLiveView::csvIsLocaleIndependent() {
    const QLocale before;
    const auto csv = [] {
        LiveView view;
        Feeder feeder(view);
        feeder.trainTo(1.5);
        QBuffer buffer;
        buffer.open(QIODevice::WriteOnly);
        view.curves().writeCsv(buffer, QStringLiteral("run"));
        return buffer.data();
    };
    const QByteArray plain = csv();
    QLocale::setDefault(QLocale(QLocale::German, QLocale::Germany));
    const QByteArray german = csv();
    QLocale::setDefault(before);
    QCOMPARE(german, plain);
}

void TestLiveView::exportErrorsAreSaid() {
    LiveView view;
    Feeder feeder(view);
    feeder.trainTo(1.5);
    QSignalSpy failed(&view, &LiveView::exportFailed);
    for (const ExportFormat format : {ExportFormat::Png, ExportFormat::Svg, ExportFormat::Pdf, ExportFormat::Csv}) {
        view.exportTo(QStringLiteral("/nowhere/at/all/curves"), format);
        QVERIFY(failed.wait(20000));
        QVERIFY(failed.back()[1].toString().contains(QStringLiteral("/nowhere/at/all/curves could not be written")));
        QVERIFY(!failed.back()[2].toString().isEmpty());
    }
    QVERIFY(labelWith(view, QStringLiteral("could not be written")));
    // Only an ordinary file is ever replaced.
    QTemporaryDir folder;
    const QByteArray pipe = QFile::encodeName(folder.filePath(QStringLiteral("pipe")));
    QCOMPARE(mkfifo(pipe.constData(), 0600), 0);
    QSignalSpy done(&view, &LiveView::exported);
    for (const QString& target : {QFile::decodeName(pipe), folder.path()}) {
        view.exportTo(target, ExportFormat::Csv);
        QVERIFY(failed.wait(20000));
    }
    QVERIFY(done.isEmpty());
    struct stat status {};
    QCOMPARE(stat(pipe.constData(), &status), 0);
    QVERIFY(S_ISFIFO(status.st_mode));
}

void TestLiveView::exportLeavesTheOldFileWhenItFails() {
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("curves.csv"));
    QFile old(path);
    QVERIFY(old.open(QIODevice::WriteOnly));
    old.write("old");
    old.close();
    LiveView view;
    Feeder feeder(view);
    feeder.trainTo(3);
    // A file may grow to 4 KB only: the table is longer.
    signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    QCOMPARE(getrlimit(RLIMIT_FSIZE, &limit), 0);
    const rlimit small{4096, limit.rlim_max};
    QCOMPARE(setrlimit(RLIMIT_FSIZE, &small), 0);
    QSignalSpy failed(&view, &LiveView::exportFailed);
    view.exportTo(path, ExportFormat::Csv);
    const bool said = failed.wait(20000);
    QCOMPARE(setrlimit(RLIMIT_FSIZE, &limit), 0);
    QVERIFY(said);
    QVERIFY(old.open(QIODevice::ReadOnly));
    QCOMPARE(old.readAll(), QByteArray("old"));
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1);
}

void TestLiveView::footerFitsNarrowPanels() {
    for (const double scale : {1.0, 1.25, 1.5}) {
        Theme::instance().setScale(scale);
        LiveView view;
        view.setClaims({.785});
        Feeder feeder(view);
        feeder.trainTo(1.2);
        view.resize(view.minimumSizeHint().expandedTo({0, Theme::instance().px(520)}));
        view.show();
        settle(view);
        QVERIFY(labelWith(view, QStringLiteral("epoch 1"))->isVisible());
        QVERIFY(view.findChild<QSlider*>()->isVisible());
        for (QToolButton* button : view.findChildren<QToolButton*>()) {
            if (!button->isVisible()) continue;
            const QRect place(button->mapTo(&view, QPoint(0, 0)), button->size());
            QVERIFY2(view.rect().contains(place), qPrintable(button->text()));
            QVERIFY2(button->width() >= button->minimumSizeHint().width(), qPrintable(QStringLiteral("%1 %2 %3 %4")
                                                                                          .arg(button->text())
                                                                                          .arg(button->width())
                                                                                          .arg(button->minimumSizeHint().width())
                                                                                          .arg(scale)));
        }
        test::saveShot(view, QStringLiteral("live-narrow-%1").arg(qRound(scale * 100)));
    }
}

void TestLiveView::smallPanelsSayLess() {
    Theme::instance().setScale(1.5);
    LiveView view;
    Feeder feeder(view);
    feeder.trainTo(12.62);
    view.show();
    auto* chip = view.findChild<Chip*>();
    const auto at = [&](const QSize& size) {
        view.resize(size);
        settle(view);
        test::saveShot(view, QStringLiteral("live-less-%1x%2").arg(size.width()).arg(size.height()));
        QVERIFY(chip->isHidden() || chip->width() >= chip->sizeHint().width());
        QVERIFY(view.plot()->accuracyRect().height() >= 95);
    };
    at({1100, 900});
    QCOMPARE(chip->text(), QStringLiteral("+5.4 points since the thaw"));
    QVERIFY(labelWith(view, QStringLiteral("after epoch 12, best so far")));
    QVERIFY(view.plot()->showsLoss());
    at({735, 470});
    QVERIFY(view.plot()->showsLoss());  // the tools go first
    at({680, 325});
    // At which width depends on the fonts of the machine; in which order does not.
    QStringList said;
    for (int width = 1100; width >= 490; width -= 10) {
        at({width, 470});
        const QString now = chip->isHidden() ? QString() : chip->text();
        if (said.isEmpty() || said.back() != now) said << now;
        QVERIFY2(chip->toolTip().startsWith(QStringLiteral("+5.4 points since the thaw")), qPrintable(chip->toolTip()));
        QVERIFY(chip->isHidden() || chip->accessibleName() == QStringLiteral("+5.4 points since the thaw"));
    }
    QCOMPARE(said, (QStringList{QStringLiteral("+5.4 points since the thaw"), QStringLiteral("+5.4 since the thaw"),
                                QStringLiteral("+5.4"), QString()}));
    QVERIFY(chip->isHidden());
    QVERIFY(labelWith(view, QStringLiteral("epoch 12, best")));
    at({1100, 900});
    QCOMPARE(chip->text(), QStringLiteral("+5.4 points since the thaw"));
}

void TestLiveView::pictures() {
    struct Shot {
        const char* name;
        QSize size;
        bool dark;
        double scale;
    };
    for (const Shot& shot : {Shot{"live-light", {573, 698}, false, 1}, Shot{"live-dark", {573, 698}, true, 1},
                             Shot{"live-small-light", {664, 570}, false, 1}, Shot{"live-small-dark", {620, 570}, true, 1},
                             Shot{"live-classroom-150", {820, 760}, false, 1.5}, Shot{"live-wide", {1100, 700}, false, 1}}) {
        Theme::instance().setScheme(shot.dark ? ColorScheme::Dark : ColorScheme::Light);
        Theme::instance().setScale(shot.scale);
        LiveView view;
        view.resize(shot.size);
        view.setOtherRuns({{record("run-2", 15), 1, "run 2"}});
        view.setClaims({.785, .805});
        Feeder feeder(view);
        feeder.trainTo(6.4);
        feeder.pause(121);
        feeder.trainTo(12);
        feeder.changeRate(1e-5, 5e-6);
        feeder.trainTo(12.62);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        settle(view);
        qInfo("%s: replot %.1f ms, %lld vertices", shot.name, view.plot()->lastReplotMilliseconds(),
              static_cast<long long>(view.plot()->pointsDrawn()));
        test::saveShot(view, QString::fromLatin1(shot.name) + QStringLiteral("-rest"));
        hover(*view.plot(), 8);
        test::saveShot(view, QString::fromLatin1(shot.name));
        QCOMPARE(view.plot()->readOut().tag, QStringLiteral("Epoch 8"));
        leave(*view.plot());
        view.setClaimsShown(true);
        settle(view);
        test::saveShot(view, QString::fromLatin1(shot.name) + QStringLiteral("-claims"));
    }
}

QTEST_MAIN(TestLiveView)
#include "tst_live_view.moc"
