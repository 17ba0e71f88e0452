#include <QByteArray>
#include <QRegularExpression>
#include <QTest>
#include <QXmlStreamReader>

#include "core/api/analysis.h"
#include "core/api/errors.h"
#include "core/api/report.h"
#include "core/api/runs.h"
#include "core/api/threshold.h"
#include "core/inspect/report_charts.h"
#include "core/inspect/report_scores.h"
#include "core/inspect/report_text.h"
#include "core/store/atomic_file.h"
#include "core/store/checkpoint.h"
#include "tests/support/comma_locale.h"
#include "tests/support/expect_error.h"
#include "tests/support/tiny_run.h"

using namespace thaw::core;
using namespace thaw::test;

namespace {

QString text(const std::string& value) { return QString::fromStdString(value); }

/// Empty where it is well-formed.
QString problemOf(const std::string& xml) {
    QXmlStreamReader reader(QByteArray::fromStdString(xml));
    while (!reader.atEnd()) reader.readNext();
    return reader.hasError() ? reader.errorString() : QString();
}

QStringList all(const QString& pattern, const QString& in) {
    QStringList found;
    for (auto match = QRegularExpression(pattern).globalMatch(in); match.hasNext();) found << match.next().captured(1);
    return found;
}

RunHistory handMadeHistory(const ModelInfo& model) {
    RunHistory history;
    history.summary.plannedEpochs = 4;
    for (int epoch = 1; epoch <= 4; ++epoch) {
        EpochFinished one;
        one.epoch = epoch;
        one.trainScore = 0.2 * epoch;
        one.valScore = 0.18 * epoch;
        one.trainLoss = 2.0 / epoch;
        one.valLoss = 2.1 / epoch;
        one.seconds = 61;
        history.epochs.push_back(one);
    }
    const auto add = [&](EventData data) { history.events.push_back({"run", 0, std::move(data)}); };
    add(PhaseStarted{0, "Feature extraction", 1, 2, 1e-4, model.maskOf({"head"})});
    add(LayersChanged{Origin::Plan, 0, 1, 0, 1, 0.0, model.maskOf({"head"}), {}, {}});  // what the phase says already
    add(LearningRateChanged{Origin::Hand, 1, 5, 0.5, 1e-4, 1e-3});
    add(LayersChanged{
        Origin::Hand, 7, 2, 5, 1, 0.5, model.maskOf({"head", "block5"}), {"block5_conv1", "block5_conv2", "block5_conv3"}, {}});
    add(Paused{Origin::Hand, 1, 10, 1.25});
    add(Resumed{Origin::Hand, 2, 10, 1.25, 75});
    add(PhaseStarted{1, "", 3, 2, 1e-5, model.maskOf({"head"})});
    return history;
}

ModelInfo tinyModel() { return describeModel(TinyLesson().config(), 10); }

Report evilReport() {
    const std::string evil = "<script>alert(\"1\")</script> & 'x' \xFF";
    Report report;
    report.title = report.subtitle = report.footer = evil;
    report.figures = {{evil, evil}};
    ReportSection section;
    section.title = section.text = evil;
    section.facts = {{evil, evil}};
    section.table = {{evil, evil}, {false, true}, {{evil, evil}, {evil, evil}}, 1};
    section.groups = {{evil, {{"PNG", {evil}, ReportTone::Wrong, evil}}}, {"", {{"PN", {evil}, ReportTone::Plain, evil}}}};
    report.sections = {section};
    return report;
}

}  // namespace

class TestReport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theReportSaysWhatTheEvaluationSays() {
        const TinyLesson lesson;
        const RunConfig config = lesson.config();
        drive(*makeTrainer(config));
        EvaluateRequest request;
        request.run = {config.output, "last"};
        request.threads = 1;
        const Evaluation evaluation = evaluateRun(request, {});
        const EvaluationReport figures = evaluationReport(evaluation.predictions);

        std::int64_t last = -1, total = 0;
        const auto inspector = openInspector(config.output);
        const Report report = makeReport(*inspector, "last", [&](std::int64_t done, std::int64_t all) {
            if (done < last) return false;
            last = done;
            total = all;
            return true;
        });
        QVERIFY(total > evaluation.predictions.count());
        QCOMPARE(last, total);
        QCOMPARE(text(report.figures.front().first), text(percentWords(figures.accuracy)));
        QVERIFY(report.figures.front().second.find(intervalWords(figures.accuracyInterval)) != std::string::npos);

        QStringList titles;
        for (const ReportSection& section : report.sections) titles << text(section.title);
        QCOMPARE(titles, QStringList({"Training", "How good it is", "Where it is right and wrong", "Class by class",
                                      "Best and worst pictures", "What it looks at", "Settings"}));
        const std::vector<BootstrapMetric> metrics = bootstrapMetrics(evaluation.predictions);
        const ReportTable& scores = report.sections[1].table;
        QCOMPARE(scores.rows.size(), metrics.size());
        QCOMPARE(scores.rows[1][0], std::string("Balanced accuracy"));
        for (std::size_t i = 0; i < metrics.size(); ++i) {
            if (metrics[i].name == "roc_auc") continue;
            QCOMPARE(scores.rows[i][1], percentWords(metrics[i].estimate.value));
            QCOMPARE(scores.rows[i][2], intervalWords(metrics[i].estimate.interval));
        }
        QCOMPARE(scores.rows[3][1], fixedText(metrics[3].estimate.value, 3));
        const ReportTable& classes = report.sections[3].table;
        QCOMPARE(classes.rows.size(), std::size_t(13));
        for (int i = 0; i < 10; ++i) {
            const ClassScore& score = figures.classes[static_cast<std::size_t>(i)];
            const Interval interval = wilsonInterval(figures.confusion.at(i, i), score.support);
            const std::vector<std::string> row = {evaluation.classNames[static_cast<std::size_t>(i)],
                                                  percentWords(score.precision),
                                                  percentWords(score.recall),
                                                  intervalWords(interval),
                                                  fixedText(score.f1, 3),
                                                  countWords(score.support)};
            QVERIFY(classes.rows[static_cast<std::size_t>(i)] == row);
        }
        QCOMPARE(report.sections[5].groups.size(), std::size_t(6));  // Grad-CAM of six
        for (const ReportGroup& group : report.sections[5].groups)
            QVERIFY(group.pictures.size() == 2 || group.pictures.size() == 3);
        for (const ReportSection& section : report.sections)
            if (!section.chart.svg.empty()) QCOMPARE(problemOf(section.chart.svg), QString());

        // One file that needs no other.
        const std::filesystem::path file = lesson.home() / "report.html";
        writeReport(report, file);
        const QString html = text(readSmallFile(file));
        const QStringList sources = all("src=\"([^\"]*)\"", html);
        QVERIFY(sources.size() > 12);
        for (const QString& source : sources) {
            QVERIFY(source.startsWith("data:image/png;base64,"));
            const auto decoded =
                QByteArray::fromBase64Encoding(source.mid(22).toLatin1(), QByteArray::AbortOnBase64DecodingErrors);
            QVERIFY(decoded && decoded.decoded.startsWith("\x89PNG\r\n"));
        }
        QVERIFY(all("(href|url\\(|@import|<link|<script)", html).isEmpty());
        for (const QString& address : all("(https?://[^\"' <]*)", html)) QCOMPARE(address, QString("http://www.w3.org/2000/svg"));
    }

    void aLockedTestSplitStaysUnseen() {
        const TinyLesson lesson;
        RunConfig config = lesson.config();
        config.data.heldOut = 0.2;
        config.phases.resize(1);
        drive(*makeTrainer(config));
        const auto words = [&] {
            const Report report = makeReport(*openInspector(config.output), "last", {});
            return text(report.subtitle) + " | " + text(report.sections[3].table.rows.back().back());
        };
        // 20 of the 100 training pictures; the test split has 50.
        QVERIFY2(
            words().endsWith("Figures are of 20 training pictures that it was not trained on; the test split is locked. | 20"),
            qPrintable(words()));
        revealTest(config.output);
        QVERIFY2(words().endsWith("Figures are of 50 test pictures. | 50"), qPrintable(words()));
    }

    void everythingIsEscaped() {
        const QString html = text(reportHtml(evilReport()));
        QVERIFY(!html.contains("<script"));
        QVERIFY(!html.contains("alert(\"1\")"));
        QCOMPARE(html.count("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39; \\xFF"), 21);
        QVERIFY(html.contains("base64,UE5H\""));  // "PNG"
        QVERIFY(html.contains("base64,UE4=\""));  // "PN"
        // Every element that is opened is closed: the body is well-formed XML but for its void elements.
        QString body = html.mid(html.indexOf("<body>"));
        body.truncate(body.indexOf("</html>"));
        body.replace(QRegularExpression("(<img [^>]*)>"), "\\1/>");
        QCOMPARE(problemOf(body.toStdString()), QString());
    }

    void whatCannotBeMadeIsSaid() {
        const TinyLesson lesson;
        RunConfig config = lesson.config();
        config.phases.resize(1);
        drive(*makeTrainer(config));
        const auto inspector = openInspector(config.output);
        QVERIFY_EXCEPTION_THROWN(makeReport(*inspector, "last", [](std::int64_t, std::int64_t) { return false; }), Cancelled);
        QVERIFY(errorOf<StoreError>([&] { makeReport(*inspector, "epoch:77", {}); }).find("epoch:77") != std::string::npos);

        const std::filesystem::path file = lesson.home() / "report.html";
        writeFileAtomically(file, "old");
        QVERIFY(!errorOf<StoreError>([&] { writeReport(Report(), lesson.home() / "no" / "folder.html"); }).empty());
        QCOMPARE(readSmallFile(file), std::string("old"));
    }

    // A report of the second best must not call it the best.
    void checkpointsThatCannotBeReadAreNamed() {
        const TinyLesson lesson;
        RunConfig config = lesson.config();
        config.phases.resize(1);
        drive(*makeTrainer(config));
        const auto inspector = openInspector(config.output);
        const auto isIn = [](const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; };
        QVERIFY(isIn(makeReport(*inspector, "best", {}).subtitle, "(the best checkpoint)"));
        const std::string best = CheckpointStore(config.output).find("best").name;
        std::filesystem::resize_file(config.output / "checkpoints" / (best + ".json"), 100);
        const Report report = makeReport(*inspector, "best", {});
        QVERIFY2(isIn(report.subtitle, "(the best of the checkpoints that can be read)"), report.subtitle.c_str());
        QVERIFY(isIn(reportHtml(report), best + ".json is damaged"));
    }

    void markersAreWhatHappened() {
        const ModelInfo model = tinyModel();
        const std::vector<RunMarker> markers = markersOf(handMadeHistory(model), model);
        QStringList lines;
        for (const RunMarker& marker : markers)
            lines << QString("%1 %2%3%4")
                         .arg(marker.position)
                         .arg(marker.thaws ? "thaw: " : "")
                         .arg(marker.freezes ? "freeze: " : "")
                         .arg(text(marker.text));
        QCOMPARE(lines, QStringList({"0 Phase 1, Feature extraction: Head only, learning rate 0.0001",
                                     "0.5 thaw: Learning rate 0.0001 to 0.001; Block 5 thawed; thawed now: block5",
                                     "1.25 Paused for 1 min 15 s", "2 freeze: Phase 2: Head only, learning rate 0.00001"}));
    }

    void curvesShowTheMarkersAndTheBands() {
        const ModelInfo model = tinyModel();
        const RunHistory history = handMadeHistory(model);
        const ReportChart chart = curvesChart(history, model, markersOf(history, model), 4);
        QCOMPARE(problemOf(chart.svg), QString());
        const QString svg = text(chart.svg);
        for (const char* words :
             {">Head only<", ">Block 5 thawed<", ">Accuracy<", ">Loss<", ">validation<", ">1</text>", ">4</text>"})
            QVERIFY2(svg.contains(words), words);
        QVERIFY(svg.contains(">72.0\u202F%<"));
        QVERIFY(!svg.contains("class=") && !svg.contains("<style"));  // SVG Tiny
        QVERIFY(!svg.contains("nan") && !svg.contains("inf"));
    }

    void aPerplexityIsNoShare() {
        const ModelInfo model = tinyModel();
        RunHistory history = handMadeHistory(model);
        history.summary.task = TaskKind::ContinueText;
        for (EpochFinished& epoch : history.epochs) {
            epoch.task = TaskKind::ContinueText;
            epoch.trainScore *= 100;
            epoch.valScore *= 100;
        }
        const QString svg = text(curvesChart(history, model, {}, 4).svg);
        QVERIFY(svg.contains(">Perplexity<") && svg.contains(">72.00<"));
        QVERIFY(!svg.contains('%'));
    }

    void curvesOfAnEmptyOrBrokenRunAreDrawn() {
        const ModelInfo model = tinyModel();
        RunHistory history;
        QCOMPARE(problemOf(curvesChart(history, model, {}, -1).svg), QString());
        EpochFinished broken;
        broken.epoch = 1;
        broken.trainLoss = broken.valLoss = std::numeric_limits<double>::quiet_NaN();
        broken.trainScore = broken.valScore = 0.1;
        history.epochs = {broken};
        const QString svg = text(curvesChart(history, model, {}, 1).svg);
        QCOMPARE(problemOf(svg.toStdString()), QString());
        QVERIFY(!svg.contains("nan", Qt::CaseInsensitive));
    }

    void matricesOfAnySizeAreDrawn_data() {
        QTest::addColumn<int>("classes");
        for (const int classes : {2, 10, 26, 61, 300}) QTest::addRow("%d classes", classes) << classes;
    }
    void matricesOfAnySizeAreDrawn() {
        QFETCH(int, classes);
        PredictionSet set;
        set.classCount = classes;
        std::vector<std::string> names;
        for (int i = 0; i < classes; ++i) {
            names.push_back("<class> number " + std::to_string(i));
            for (const int predicted : {i, i, (i + 1) % classes}) {
                set.labels.push_back(i);
                for (int c = 0; c < classes; ++c) set.probabilities.push_back(c == predicted ? 1.0f : 0.0f);
            }
        }
        const ReportChart chart = confusionChart(evaluationReport(set), names);
        QCOMPARE(problemOf(chart.svg), QString());
        QCOMPARE(text(chart.svg).count("<rect"), 2 * classes);
        QVERIFY(chart.height < 1000);
    }

    void withTwoClassesAThresholdIsSaid() {
        PredictionSet set;
        set.classCount = 2;
        for (int i = 0; i < 40; ++i) {
            const float second = float(i % 20) / 20;
            set.labels.push_back(i % 20 >= 8 ? 1 : 0);
            set.probabilities.insert(set.probabilities.end(), {1 - second, second});
        }
        const ReportSection section = scoresSection(set, {"well", "ill"}, {});
        QCOMPARE(section.table.rows.size(), std::size_t(10));
        QVERIFY(text(section.text).contains(text("20 of 24 of its pictures are called so, and 0 of 16 others")));
        const auto& rows = section.table.rows;
        QCOMPARE(rows[4][0], std::string("Sensitivity"));
        QCOMPARE(rows[4][1], percentWords(20.0 / 24));
        QCOMPARE(rows[4][2], intervalWords(wilsonInterval(20, 24)));
        QCOMPARE(rows[8][1], std::string("infinite"));
        QCOMPARE(rows[9][1], std::string("0.17"));
    }

    void figuresIgnoreTheLocale() {
        const TemporaryHome home;
        const CommaLocale locale(home.path());
        QCOMPARE(text(percentWords(0.7305)), QString("73.0\u202F%"));  // 73.0499...
        QCOMPARE(text(percentWords(0.9825)), QString("98.3\u202F%"));
        QCOMPARE(text(fixedText(-0.0001, 2)), QString("0.00"));
        QCOMPARE(text(fixedText(std::numeric_limits<double>::infinity(), 1)), QString("\u2013"));
        QCOMPARE(text(countWords(1234567)), QString("1,234,567"));
        QCOMPARE(text(countWords(999)), QString("999"));
        QCOMPARE(text(countWords(-1000)), QString("-1,000"));
        QCOMPARE(text(numberWords(1e-5)), QString("0.00001"));
        QCOMPARE(text(numberWords(0.5)), QString("0.5"));
        QCOMPARE(text(numberWords(10)), QString("10"));
        QCOMPARE(text(durationWords(3.25)), QString("3.2 s"));
        QCOMPARE(text(durationWords(236)), QString("3 min 56 s"));
        QCOMPARE(text(durationWords(3900)), QString("1 h 5 min"));
        QCOMPARE(text(shortened("a\u00e4bcdef", 4)), QString("a\u00e4b\u2026"));
        QCOMPARE(text(shortened("\u00e4\u00f6\u00fc", 3)), QString("\u00e4\u00f6\u00fc"));
    }
};

QTEST_GUILESS_MAIN(TestReport)
#include "tst_report.moc"
