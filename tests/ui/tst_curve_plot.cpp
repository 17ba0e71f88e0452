// The plot by itself: ranges, reading, flags, bands, and what a drawing of very many points costs.
#include <QElapsedTimer>
#include <QImage>
#include <QSignalSpy>
#include <QTest>

#include <cmath>
#include <set>

#include "tests/support/shot.h"
#include "ui/widgets/live/curve_plot.h"
#include "ui/widgets/parts/theme.h"

using namespace thaw;
using namespace thaw::ui;

namespace {

core::RunConfig plan(int frozen, int thawed) {
    core::RunConfig config;
    core::PhaseConfig head;
    head.title = "Feature extraction";
    head.epochs = frozen;
    core::PhaseConfig fine = head;
    fine.title = "Fine-tuning";
    fine.epochs = thawed;
    fine.trainable = {"head", "block5"};
    config.phases = {head, fine};
    return config;
}

core::EpochFinished epochOf(int epoch, double accuracy, double loss, int stepsPerEpoch = 100) {
    core::EpochFinished figures;
    figures.epoch = epoch;
    figures.step = epoch * stepsPerEpoch;
    figures.valScore = accuracy;
    figures.trainScore = accuracy - 0.05;
    figures.valLoss = loss;
    figures.trainLoss = loss + 0.1;
    figures.seconds = 10;
    return figures;
}

core::PhaseStarted phaseOf(int phase, int first, int epochs, double rate) {
    core::PhaseStarted started;
    started.phase = phase;
    started.title = phase == 0 ? "Feature extraction" : "Fine-tuning";
    started.firstEpoch = first;
    started.epochs = epochs;
    started.learningRate = rate;
    return started;
}

core::LearningRateChanged rateChange(double position, double before, double after) {
    core::LearningRateChanged change;
    change.origin = core::Origin::Hand;
    change.step = std::llround(position * 100);
    change.epochPosition = position;
    change.before = before;
    change.after = after;
    return change;
}

/// A plot of `curves` on the screen, drawn once.
struct Shown {
    explicit Shown(const RunCurves& curves, const QSize& size = {620, 560}) {
        plot.resize(size);
        plot.setCurves(&curves);
        plot.show();
        settle();
    }
    void settle() {
        QSignalSpy spy(&plot, &CurvePlot::readOutChanged);
        plot.dataChanged();
        QVERIFY(spy.wait(5000));
        QCoreApplication::processEvents();
    }
    QWidget* inner() { return plot.findChild<QWidget*>(); }
    QPoint place(double x) {
        return {static_cast<int>(std::lround(plot.pixelOf(x))) - inner()->x(), plot.accuracyRect().center().y() - inner()->y()};
    }
    void send(QEvent::Type type, const QPoint& at, Qt::MouseButton button = Qt::NoButton) {
        QMouseEvent event(type, at, inner()->mapToGlobal(at), button, button, Qt::NoModifier);
        QCoreApplication::sendEvent(inner(), &event);
    }
    void enter(double x) {
        QEnterEvent event(place(x), place(x), inner()->mapToGlobal(place(x)));
        QCoreApplication::sendEvent(inner(), &event);
        send(QEvent::MouseMove, place(x));
    }
    void leave() {
        QEvent event(QEvent::Leave);
        QCoreApplication::sendEvent(inner(), &event);
    }
    void wheel(double x, int turns) {
        QWheelEvent event(place(x), inner()->mapToGlobal(place(x)), {}, {0, 120 * turns}, Qt::NoButton, Qt::NoModifier,
                          Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(inner(), &event);
    }
    CurvePlot plot;
};

}  // namespace

class TestCurvePlot : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { Theme::instance().setScheme(ColorScheme::Light); }

    void wholePlanFromTheStart();
    void stepsOfTheValueAxes();
    void perplexitiesStandOnALogarithmicAxis();
    void rangesStandStillWhileSomeoneReads();
    void readsByMouse();
    void readsByKeys();
    void zoomsPansAndFits();
    void zoomStaysWhileTrainingGoesOn();
    void flagsTakeTwoLanes();
    void flagsAtTheRightEdgeStayInside();
    void flagsAtTheLeftEdgeStandBesideTheTitle();
    void thousandsOfFlags();
    void lowPlotsKeepTheAccuracies();
    void labelsCoverNothing();
    void bandsAndHatchAreDrawn();
    void drawsOnlyWhileVisible();
    void aMillionPoints();
};

void TestCurvePlot::wholePlanFromTheStart() {
    RunCurves curves;
    curves.setPlan(plan(10, 5), 100);
    Shown shown(curves);
    QCOMPARE(shown.plot.xSpan(), (AxisSpan{0, 15}));
    QCOMPARE(shown.plot.accuracySpan(), (AxisSpan{0, 1}));
    QVERIFY(shown.plot.readOut().tag.isEmpty());
    shown.plot.setAxis(SeriesAxis::Step);
    QCOMPARE(shown.plot.xSpan(), (AxisSpan{0, 1500}));
    test::saveShot(shown.plot, QStringLiteral("plot-empty"));
}

void TestCurvePlot::stepsOfTheValueAxes() {
    RunCurves curves;
    curves.setPlan(plan(10, 5), 100);
    curves.addPhase(phaseOf(0, 1, 10, 1e-4), 0);
    curves.addEpoch(epochOf(1, .566, 1.256), 1);
    Shown shown(curves);
    const AxisSpan accuracy = shown.plot.accuracySpan(), loss = shown.plot.lossSpan();
    QVERIFY(accuracy.from <= .516 && accuracy.to >= .566 && loss.from <= 1.256 && loss.to >= 1.356);
    // A little more changes nothing; more takes whole steps.
    curves.addEpoch(epochOf(2, .567, 1.25), 2);
    shown.settle();
    QCOMPARE(shown.plot.accuracySpan(), accuracy);
    curves.addEpoch(epochOf(3, .9, .3), 3);
    shown.settle();
    QVERIFY(shown.plot.accuracySpan().from <= accuracy.from);
    QVERIFY(shown.plot.accuracySpan().to >= .9 && shown.plot.accuracySpan().to <= 1);
    QVERIFY(shown.plot.lossSpan().from <= .3);
    // A loss that ran away, and one that is no number, break nothing.
    curves.addEpoch(epochOf(4, .1, 1e6), 4);
    curves.addEpoch(epochOf(5, .1, std::nan("")), 5);
    shown.settle();
    QVERIFY(shown.plot.lossSpan().to >= 1e6 && std::isfinite(shown.plot.lossSpan().to));
}

void TestCurvePlot::perplexitiesStandOnALogarithmicAxis() {
    core::RunConfig config = plan(3, 0);
    config.task = core::TaskKind::ContinueText;
    RunCurves curves;
    curves.setPlan(config, 100);
    curves.addPhase(phaseOf(0, 1, 3, 1e-4), 0);
    Shown shown(curves);
    QVERIFY(shown.plot.accuracySpan().from > 0);
    for (const double perplexity : {412.0, 96.0, 61.5})
        curves.addEpoch(epochOf(static_cast<int>(curves.epochs().size()) + 1, perplexity, std::log(perplexity)), 1);
    shown.settle();
    QCOMPARE(shown.plot.accuracySpan(), (AxisSpan{50, 500}));
    QVERIFY(shown.plot.readOut().task == core::TaskKind::ContinueText);
    test::saveShot(shown.plot, "curve-plot-perplexity");
    // One that is no number breaks nothing.
    curves.addEpoch(epochOf(4, std::nan(""), 1), 2);
    shown.settle();
    QCOMPARE(shown.plot.accuracySpan(), (AxisSpan{50, 500}));
}

void TestCurvePlot::rangesStandStillWhileSomeoneReads() {
    RunCurves curves;
    curves.setPlan(plan(4, 1), 100);
    curves.addPhase(phaseOf(0, 1, 4, 1e-4), 0);
    curves.addEpoch(epochOf(1, .5, 1.2), 1);
    Shown shown(curves);
    const AxisSpan accuracy = shown.plot.accuracySpan(), loss = shown.plot.lossSpan(), x = shown.plot.xSpan();
    shown.enter(1);
    QVERIFY(shown.plot.isBeingRead());
    curves.addEpoch(epochOf(2, .95, .1), 2);
    curves.setPlan(plan(20, 10), 100);
    shown.plot.happeningsChanged();
    shown.settle();
    QCOMPARE(shown.plot.accuracySpan(), accuracy);
    QCOMPARE(shown.plot.lossSpan(), loss);
    QCOMPARE(shown.plot.xSpan(), x);
    QCOMPARE(shown.plot.readOut().tag, QStringLiteral("Epoch 1"));
    // A mouse that was left lying in the plot does not read for ever.
    shown.plot.setReadingTimeout(50);
    shown.enter(1);
    QTRY_VERIFY(!shown.plot.isBeingRead());
    shown.settle();
    QVERIFY(shown.plot.accuracySpan().to >= .95);
    shown.plot.setReadingTimeout(60'000);
    shown.enter(1);
    QVERIFY(shown.plot.isBeingRead());
    shown.leave();
    QVERIFY(!shown.plot.isBeingRead());
    shown.settle();
    QVERIFY(shown.plot.lossSpan().from <= .1);
    QCOMPARE(shown.plot.xSpan().to, 14.0);                          // the first phase began with four epochs
    QCOMPARE(shown.plot.readOut().tag, QStringLiteral("Epoch 2"));  // rests on the last one
}

void TestCurvePlot::readsByMouse() {
    RunCurves curves;
    curves.setPlan(plan(3, 1), 100);
    curves.addPhase(phaseOf(0, 1, 3, 1e-4), 0);
    std::vector<core::BatchFinished> batches;
    for (int step = 1; step <= 250; ++step) {
        core::BatchFinished batch;
        batch.step = step;
        batch.epoch = (step - 1) / 100 + 1;
        batch.batch = (step - 1) % 100 + 1;
        batch.batchesPerEpoch = 100;
        batch.loss = 2;
        batch.score = .25;
        batches.push_back(batch);
        if (step % 100 == 0) {
            curves.addBatches(batches, step);
            batches.clear();
            curves.addEpoch(epochOf(step / 100, .5 + step / 1000., 1), step);
        }
    }
    curves.addBatches(batches, 250);
    Shown shown(curves);
    shown.enter(1.02);
    QCOMPARE(shown.plot.readOut().tag, QStringLiteral("Epoch 1"));
    QCOMPARE(shown.plot.readOut().valScore, .6);
    QCOMPARE(shown.plot.readOut().x, 1.0);
    // Between two epochs: the batch there.
    shown.enter(1.5);
    QCOMPARE(shown.plot.readOut().atEpoch, false);
    QVERIFY(std::abs(shown.plot.readOut().x - 1.5) < 0.02);
    QCOMPARE(shown.plot.readOut().trainScore, .25);
    QVERIFY(std::isnan(shown.plot.readOut().valScore));
    // Still to come: the last batch.
    shown.enter(3.7);
    QCOMPARE(shown.plot.readOut().tag, QStringLiteral("Step 250"));
    shown.leave();
    QCOMPARE(shown.plot.readOut().tag, QStringLiteral("Epoch 2"));
}

void TestCurvePlot::readsByKeys() {
    RunCurves curves;
    curves.setPlan(plan(5, 1), 100);
    curves.addPhase(phaseOf(0, 1, 5, 1e-4), 0);
    for (int epoch = 1; epoch <= 4; ++epoch) curves.addEpoch(epochOf(epoch, .5, 1), epoch);
    Shown shown(curves);
    QTest::keyClick(&shown.plot, Qt::Key_Left);
    QCOMPARE(shown.plot.readOut().tag, QStringLiteral("Epoch 4"));
    QVERIFY(shown.plot.isBeingRead());
    QTest::keyClick(&shown.plot, Qt::Key_Left);
    QCOMPARE(shown.plot.readOut().tag, QStringLiteral("Epoch 3"));
    QTest::keyClick(&shown.plot, Qt::Key_Home);
    QCOMPARE(shown.plot.readOut().tag, QStringLiteral("Epoch 1"));
    QTest::keyClick(&shown.plot, Qt::Key_Left);
    QCOMPARE(shown.plot.readOut().tag, QStringLiteral("Epoch 1"));
    QTest::keyClick(&shown.plot, Qt::Key_End);
    QCOMPARE(shown.plot.readOut().tag, QStringLiteral("Epoch 4"));
    QTest::keyClick(&shown.plot, Qt::Key_Escape);
    QVERIFY(!shown.plot.isBeingRead());
    QTest::keyClick(&shown.plot, Qt::Key_Plus);
    QVERIFY(!shown.plot.isFitted());
    const AxisSpan zoomed = shown.plot.xSpan();
    QTest::keyClick(&shown.plot, Qt::Key_Left, Qt::ShiftModifier);
    QVERIFY(shown.plot.xSpan().from < zoomed.from);
    QTest::keyClick(&shown.plot, Qt::Key_0);
    QCOMPARE(shown.plot.xSpan(), (AxisSpan{0, 6}));
}

void TestCurvePlot::zoomsPansAndFits() {
    RunCurves curves;
    curves.setPlan(plan(10, 5), 100);
    Shown shown(curves);
    QSignalSpy fitted(&shown.plot, &CurvePlot::fittedChanged);
    const double under = 6;
    shown.wheel(under, 3);
    AxisSpan span = shown.plot.xSpan();
    QVERIFY(std::abs(span.to - span.from - 15 * 0.512) < 1e-6);
    QVERIFY(std::abs((under - span.from) / (span.to - span.from) - under / 15) < 0.01);  // what was under the mouse stays there
    QCOMPARE(fitted.size(), 1);
    const QPoint start = shown.place((span.from + span.to) / 2);
    shown.send(QEvent::MouseButtonPress, start, Qt::LeftButton);
    shown.send(QEvent::MouseMove, start - QPoint(50, 0), Qt::LeftButton);
    shown.send(QEvent::MouseButtonRelease, start - QPoint(50, 0), Qt::LeftButton);
    QVERIFY(shown.plot.xSpan().from > span.from);
    QVERIFY(std::abs((shown.plot.xSpan().to - shown.plot.xSpan().from) - (span.to - span.from)) < 1e-9);
    shown.plot.pan(1000);
    QCOMPARE(shown.plot.xSpan().to, 15.0);
    shown.send(QEvent::MouseButtonDblClick, start, Qt::LeftButton);
    QCOMPARE(shown.plot.xSpan(), (AxisSpan{0, 15}));
    shown.wheel(under, -5);  // nothing lies outside the plan
    QCOMPARE(shown.plot.xSpan(), (AxisSpan{0, 15}));
    shown.wheel(under, 500);
    span = shown.plot.xSpan();
    QVERIFY(span.to > span.from);
}

void TestCurvePlot::zoomStaysWhileTrainingGoesOn() {
    RunCurves curves;
    curves.setPlan(plan(10, 5), 100);
    curves.addPhase(phaseOf(0, 1, 10, 1e-4), 0);
    Shown shown(curves);
    shown.plot.zoom(0.5, 5);
    const AxisSpan span = shown.plot.xSpan();
    for (int epoch = 1; epoch <= 8; ++epoch) curves.addEpoch(epochOf(epoch, .5, 1), epoch);
    shown.settle();
    QCOMPARE(shown.plot.xSpan(), span);
}

void TestCurvePlot::flagsTakeTwoLanes() {
    RunCurves curves;
    curves.setPlan(plan(10, 5), 100);
    curves.addPhase(phaseOf(0, 1, 10, 1e-4), 0);
    curves.addEpoch(epochOf(9, .5, 1), 1);
    double rate = 1e-4;
    for (int i = 0; i < 5; ++i, rate /= 10) curves.addLearningRateChanged(rateChange(6 + 0.1 * i, rate, rate / 10));
    Shown shown(curves);
    test::saveShot(shown.plot, QStringLiteral("plot-flags"));
    const auto& placed = shown.plot.placedFlags();
    QCOMPARE(placed.size(), std::size_t(3));
    QCOMPARE(placed[0].lane, 0);
    QCOMPARE(placed[1].lane, 1);
    QCOMPARE(placed[0].label, QStringLiteral("LR ÷10"));
    QCOMPARE(placed[2].label, QStringLiteral("+3"));
    QCOMPARE(placed[2].flags, (std::vector<std::size_t>{2, 3, 4}));
    for (std::size_t a = 0; a < placed.size(); ++a)
        for (std::size_t b = a + 1; b < placed.size(); ++b) QVERIFY(!placed[a].rect.intersects(placed[b].rect));
    // Zoomed in, there is room.
    shown.plot.zoom(0.05, 6.2);
    shown.settle();
    for (const PlacedFlag& flag : shown.plot.placedFlags()) QVERIFY(!flag.label.startsWith(QLatin1Char('+')));
}

void TestCurvePlot::flagsAtTheRightEdgeStayInside() {
    RunCurves curves;
    curves.setPlan(plan(10, 5), 100);
    curves.addPhase(phaseOf(0, 1, 10, 1e-4), 0);
    curves.addEpoch(epochOf(14, .5, 1), 1);
    curves.addLearningRateChanged(rateChange(14.95, 1e-4, 1e-5));
    Shown shown(curves);
    QCOMPARE(shown.plot.placedFlags().size(), std::size_t(1));
    QVERIFY(shown.plot.placedFlags()[0].rect.right() <= shown.plot.accuracyRect().right() + 1);
}

// Thawed while the features are computed: nothing is trained yet, and one lane is all that there is room for.
void TestCurvePlot::flagsAtTheLeftEdgeStandBesideTheTitle() {
    RunCurves curves;
    const core::ModelInfo model = core::describeModel(plan(10, 5), 10);
    curves.setPlan(plan(10, 5), 100, &model);
    curves.addPhase({0, "Feature extraction", 1, 10, 1e-4, model.maskOf({"head"})}, 0);
    core::LayersChanged thaw;
    thaw.origin = core::Origin::Hand;
    thaw.trainable = model.maskOf({"head", "block5"});
    thaw.thawed = {"block5_conv1"};
    curves.addLayersChanged(thaw);
    for (const int height : {560, 310}) {
        Shown shown(curves, {620, height});
        QCOMPARE(shown.plot.placedFlags().size(), std::size_t(1));
        const PlacedFlag& flag = shown.plot.placedFlags().front();
        QCOMPARE(flag.label, QStringLiteral("Thaw"));
        const QFontMetrics metrics(Theme::instance().font(TextRole::TableStrong));
        const QRectF title(shown.plot.accuracyRect().left(), shown.plot.accuracyRect().top() - metrics.height(),
                           metrics.horizontalAdvance(QStringLiteral("Accuracy")), metrics.height());
        QVERIFY2(!flag.rect.translated(shown.inner()->pos()).intersects(title), "the flag covers the title");
    }
}

void TestCurvePlot::thousandsOfFlags() {
    RunCurves curves;
    curves.setPlan(plan(10, 5), 1000);
    curves.addPhase(phaseOf(0, 1, 10, 1e-4), 0);
    for (int i = 0; i < 10000; ++i) {
        core::LayersChanged change;
        change.origin = core::Origin::Hand;
        change.step = i + 1;
        change.epochPosition = (i + 1) / 1000.0;
        (i % 2 ? change.frozen : change.thawed) = {"block5_conv1"};
        curves.addLayersChanged(change);
    }
    curves.addEpoch(epochOf(10, .5, 1, 1000), 1);
    Shown shown(curves);
    std::size_t shownFlags = 0;
    for (const PlacedFlag& flag : shown.plot.placedFlags()) shownFlags += flag.flags.size();
    QCOMPARE(shownFlags, std::size_t(10000));
    QVERIFY(shown.plot.placedFlags().size() < 40);
    for (const PlacedFlag& flag : shown.plot.placedFlags()) QVERIFY(flag.rect.right() <= shown.plot.accuracyRect().right() + 2);
    test::saveShot(shown.plot, QStringLiteral("plot-storm"));
}

void TestCurvePlot::lowPlotsKeepTheAccuracies() {
    RunCurves curves;
    curves.setPlan(plan(10, 5), 100);
    curves.addPhase(phaseOf(0, 1, 10, 1e-4), 0);
    for (int epoch = 1; epoch <= 9; ++epoch) curves.addEpoch(epochOf(epoch, .4 + .03 * epoch, 1.2 - .05 * epoch), 10 * epoch);
    curves.addLearningRateChanged(rateChange(6, 1e-4, 1e-5));
    curves.addLearningRateChanged(rateChange(6.2, 1e-5, 1e-4));
    for (const double scale : {1.0, 1.5}) {
        Theme::instance().setScale(scale);
        Shown shown(curves);
        int last = 0;
        for (const int height : {130, 200, 240, 300, 380, 560}) {
            shown.plot.resize(620, height);
            shown.settle();
            const QRect area = shown.plot.accuracyRect();
            test::saveShot(shown.plot, QStringLiteral("plot-low-%1-%2").arg(height).arg(qRound(scale * 100)));
            const QByteArray what =
                QByteArray::number(height) + " at " + QByteArray::number(scale) + ": " + QByteArray::number(area.height());
            QVERIFY2(area.height() >= std::min(95.0, height - 60 * scale), what.constData());
            QCOMPARE(shown.plot.showsLoss(), height >= CurvePlot::heightForLoss());
            QVERIFY2(shown.plot.rect().contains(area), what.constData());
            for (const PlacedFlag& flag : shown.plot.placedFlags()) QVERIFY2(!flag.rect.intersects(area), what.constData());
            QVERIFY(static_cast<int>(shown.plot.showsLoss()) >= last);  // what a low plot shows, a higher one shows too
            last = shown.plot.showsLoss();
            if (height <= 200) QVERIFY(shown.plot.toSvg({1200, 900}, {}).contains("Loss"));  // a file always has room
        }
        QVERIFY(shown.plot.showsLoss());
    }
    Theme::instance().setScale(1);
}

// Runs that end at one place, best lines beside each other, and the words on what is still to come: no word on another one.
void TestCurvePlot::labelsCoverNothing() {
    RunCurves curves;
    curves.setPlan(plan(10, 5), 100);
    curves.addPhase(phaseOf(0, 1, 10, 1e-4), 0);
    for (int epoch = 1; epoch <= 4; ++epoch) curves.addEpoch(epochOf(epoch, .4 + .03 * epoch, 1.2 - .05 * epoch), 10 * epoch);
    Shown shown(curves, {520, 420});
    std::vector<OtherCurves> others;
    std::vector<ReferenceLine> references;
    for (int run = 1; run <= 4; ++run) {
        OtherCurves other;
        other.name = QStringLiteral("run %1").arg(run);
        other.penIndex = run;
        for (int epoch = 1; epoch <= 15; ++epoch)
            other.curves.addEpoch(epochOf(epoch, .30 + .015 * epoch + .002 * run, 1.3 - .04 * epoch), 10 * epoch);
        references.push_back({.525 + .002 * run, other.name, ReferenceLine::Look::Run, run});
        others.push_back(std::move(other));
    }
    shown.plot.setOtherRuns(std::move(others));
    shown.plot.setReferences(std::move(references));
    shown.settle();
    test::saveShot(shown.plot, QStringLiteral("plot-labels"));
    const std::vector<QRectF> labels = shown.plot.placedLabels();
    QVERIFY(labels.size() >= 5);
    for (std::size_t i = 0; i < labels.size(); ++i) {
        QVERIFY2(QRectF(shown.inner()->geometry()).contains(labels[i].translated(shown.inner()->pos())),
                 "a label leaves the plot");
        QVERIFY2(labels[i].bottom() <= shown.inner()->height() - QFontMetrics(Theme::instance().font(TextRole::Table)).height(),
                 "a label stands on the time axis");
        for (std::size_t j = i + 1; j < labels.size(); ++j)
            QVERIFY2(!labels[i].intersects(labels[j]), qPrintable(QStringLiteral("%1 and %2").arg(i).arg(j)));
    }
}

void TestCurvePlot::bandsAndHatchAreDrawn() {
    for (const ColorScheme scheme : {ColorScheme::Light, ColorScheme::Dark}) {
        Theme::instance().setScheme(scheme);
        RunCurves curves;
        curves.setPlan(plan(10, 5), 100);
        curves.addPhase(phaseOf(0, 1, 10, 1e-4), 0);
        curves.addEpoch(epochOf(12, .5, 1), 1);
        Shown shown(curves);
        const QImage image = shown.plot.grab().toImage();
        const QRect area = shown.plot.accuracyRect();
        const auto colors = [&](double from, double to) {
            std::set<QRgb> seen;
            for (int x = static_cast<int>(shown.plot.pixelOf(from)) + 4; x < static_cast<int>(shown.plot.pixelOf(to)) - 4; ++x)
                for (int y = area.top() + 3; y < area.top() + 12; ++y) seen.insert(image.pixel(x, y));
            return seen;
        };
        const Theme& t = Theme::instance();
        QCOMPARE(colors(1, 9), (std::set<QRgb>{t.color(Tone::IceBand).rgb()}));
        QCOMPARE(colors(10.2, 11.8), (std::set<QRgb>{t.color(Tone::WarmBand).rgb()}));
        QVERIFY(colors(12.3, 14.8).size() > 1);  // hatched
        // The strip says it in words and icon, on its own ground.
        const int strip = area.top() - t.px(60);
        QCOMPARE(image.pixel(static_cast<int>(shown.plot.pixelOf(0.3)), strip), t.color(Tone::IceBackground).rgb());
        QCOMPARE(image.pixel(static_cast<int>(shown.plot.pixelOf(10.2)), strip), t.color(Tone::WarmBackground).rgb());
    }
    Theme::instance().setScheme(ColorScheme::Light);
}

void TestCurvePlot::drawsOnlyWhileVisible() {
    RunCurves curves;
    curves.setPlan(plan(10, 5), 100);
    CurvePlot plot;
    plot.resize(600, 500);
    plot.setCurves(&curves);
    QSignalSpy read(&plot, &CurvePlot::readOutChanged);
    curves.addEpoch(epochOf(1, .5, 1), 1);
    plot.dataChanged();
    QVERIFY(!read.wait(250));
    plot.show();
    QVERIFY(read.size() > 0 || read.wait(5000));
    QTRY_COMPARE(plot.readOut().tag, QStringLiteral("Epoch 1"));
    // Many changes, few drawings.
    read.clear();
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < 500) {
        plot.dataChanged();
        QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
    }
    QVERIFY2(read.size() <= 7, qPrintable(QString::number(read.size())));
}

void TestCurvePlot::aMillionPoints() {
    RunCurves curves;
    constexpr int kSteps = 100'000, kEpochs = 10;
    curves.setPlan(plan(kEpochs, 0), kSteps);
    curves.addPhase(phaseOf(0, 1, kEpochs, 1e-4), 0);
    std::vector<core::BatchFinished> batches;
    unsigned random = 1;
    for (int step = 1; step <= kSteps * kEpochs; ++step) {
        random = random * 1664525u + 1013904223u;
        core::BatchFinished batch;
        batch.step = step;
        batch.epoch = (step - 1) / kSteps + 1;
        batch.batch = (step - 1) % kSteps + 1;
        batch.batchesPerEpoch = kSteps;
        batch.score = 0.4 + 0.3 * (random >> 8) / 16777216.0;
        batch.loss = 2 - batch.score;
        batches.push_back(batch);
        if (step % kSteps == 0) {
            curves.addBatches(batches, step);
            batches.clear();
            curves.addEpoch(epochOf(step / kSteps, .6, 1.4, kSteps), step);
        }
    }
    QCOMPARE(curves.trainLoss().size(), std::size_t(1'000'000));
    Shown shown(curves, {1400, 900});
    const int width = shown.plot.accuracyRect().width();
    double worst = 0;
    for (const double factor : {1.0, 0.3, 0.1, 0.01}) {
        shown.plot.zoom(factor, 5);
        shown.settle();
        worst = std::max(worst, shown.plot.lastReplotMilliseconds());
        // Four lines, a few vertices a column each: first, lowest, highest, last, and where the picture cuts them.
        QVERIFY2(shown.plot.pointsDrawn() <= 4LL * 8 * width, qPrintable(QString::number(shown.plot.pointsDrawn())));
    }
    qInfo("a million points a curve, four curves, %d pixels: %lld vertices, %.1f ms at worst", width,
          static_cast<long long>(shown.plot.pointsDrawn()), worst);
    QVERIFY2(worst < 1000,
             qPrintable(QString::number(worst)));  // generous: a machine under load; without thinning it takes many seconds
    shown.plot.fit();
    shown.settle();
    test::saveShot(shown.plot, QStringLiteral("plot-million"));
}

QTEST_MAIN(TestCurvePlot)
#include "tst_curve_plot.moc"
