#include <torch/torch.h>

#include <QTest>

#include <fstream>

#include <nlohmann/json.hpp>

#include "core/api/analysis.h"
#include "core/api/evaluation.h"
#include "core/api/runs.h"
#include "core/store/checkpoint.h"
#include "core/train/task.h"
#include "core/util/ranking.h"
#include "tests/support/drawn_data.h"
#include "tests/support/tiny_run.h"

using namespace thaw::core;
using namespace thaw::test;
using nlohmann::json;

namespace {

const Task& several() { return taskOf(TaskKind::SeveralLabels); }

json golden() {
    std::ifstream file(THAW_TEST_DATA "/task_golden.json");
    return json::parse(file);
}

torch::Tensor tensorOf(const json& values, int classes) {
    return torch::tensor(values.get<std::vector<float>>()).view({-1, classes});
}

/// A set of several labels each, with the sigmoid of the outputs.
PredictionSet setOf(const json& one) {
    PredictionSet set;
    set.task = TaskKind::SeveralLabels;
    set.classCount = one.at("classes");
    set.labelSets = one.at("labels").get<std::vector<std::uint8_t>>();
    set.labels.assign(set.labelSets.size() / static_cast<std::size_t>(set.classCount), -1);
    const torch::Tensor probabilities = several().probabilities(tensorOf(one.at("outputs"), set.classCount)).contiguous();
    set.probabilities.assign(probabilities.data_ptr<float>(), probabilities.data_ptr<float>() + probabilities.numel());
    return set;
}

/// Learns shapes with several labels each from a table.
RunConfig tableConfig(const TinyLesson& lesson, const std::string& run) {
    RunConfig config = lesson.config(run);
    writePictureTable(lesson.home() / "table", {12, 5, 1});
    config.data.dataset = "auto";
    config.data.directory = lesson.home() / "table";
    config.phases[0].epochs = 6;
    config.phases[1].epochs = 1;
    return config;
}

}  // namespace

class TestTask : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void lossAndGradientAreThoseOfPyTorch() {
        for (const json& one : golden().at("several_labels")) {
            const int classes = one.at("classes");
            const torch::Tensor outputs = tensorOf(one.at("outputs"), classes), labels = tensorOf(one.at("labels"), classes);
            const std::int64_t rows = outputs.size(0);
            const Task::Loss loss = several().loss(outputs, labels, rows);
            QVERIFY(std::abs(loss.sum / static_cast<double>(rows) - one.at("loss").get<double>()) < 1e-7);
            const torch::Tensor expected = tensorOf(one.at("gradient"), classes);
            QVERIFY((loss.gradient - expected).norm().item<double>() < 1e-6 * expected.norm().item<double>());
        }
    }

    void smoothedAndWeightedLossesAreThoseOfPyTorch() {
        for (const json& one : golden().at("one_label_losses")) {
            const int classes = one.at("classes");
            const torch::Tensor outputs = tensorOf(one.at("outputs"), classes);
            const torch::Tensor targets = torch::tensor(one.at("targets").get<std::vector<std::int64_t>>());
            const LossOptions options{one.at("smoothing"), one.at("weights").get<std::vector<float>>()};
            const std::int64_t rows = outputs.size(0);
            const Task::Loss loss = taskOf(TaskKind::OneLabel).loss(outputs, targets, rows, options);
            QVERIFY(std::abs(loss.sum / static_cast<double>(rows) - one.at("loss").get<double>()) < 1e-6);
            const torch::Tensor expected = tensorOf(one.at("gradient"), classes);
            QVERIFY((loss.gradient - expected).norm().item<double>() < 1e-6 * expected.norm().item<double>());
        }
    }

    void aWeightedLabelCountsThatOften() {
        const torch::Tensor outputs = torch::tensor({{0.5f, -1.f}}), labels = torch::tensor({{1.f, 0.f}});
        const Task::Loss plain = several().loss(outputs, labels, 1), weighted = several().loss(outputs, labels, 1, {0, {3, 5}});
        QVERIFY(std::abs(weighted.gradient[0][0].item<double>() - 3 * plain.gradient[0][0].item<double>()) < 1e-6);
        QCOMPARE(weighted.gradient[0][1].item<double>(), plain.gradient[0][1].item<double>());  // it does not have that one
        QVERIFY(weighted.sum > plain.sum);
    }

    void aBatchInPiecesHasTheSameLossAndGradient() {
        torch::manual_seed(3);
        const torch::Tensor outputs = torch::randn({10, 4});
        for (const TaskKind kind : {TaskKind::OneLabel, TaskKind::SeveralLabels}) {
            const Task& task = taskOf(kind);
            const torch::Tensor targets = kind == TaskKind::OneLabel ? torch::randint(4, {10}, torch::kInt64)
                                                                     : torch::randint(2, {10, 4}).to(torch::kFloat32);
            const Task::Loss whole = task.loss(outputs, targets, 10),
                             first = task.loss(outputs.slice(0, 0, 7), targets.slice(0, 0, 7), 10),
                             second = task.loss(outputs.slice(0, 7, 10), targets.slice(0, 7, 10), 10);
            QVERIFY(std::abs(whole.sum - first.sum - second.sum) < 1e-6);
            QVERIFY(torch::allclose(whole.gradient, torch::cat({first.gradient, second.gradient})));
            TaskCounts counts = task.count(outputs.slice(0, 0, 7), targets.slice(0, 0, 7));
            counts.add(task.count(outputs.slice(0, 7, 10), targets.slice(0, 7, 10)));
            QCOMPARE(counts.seen, std::int64_t(10));
            QCOMPARE(task.score(counts), task.score(task.count(outputs, targets)));
        }
    }

    void largeOutputsKeepTheLossFinite() {
        const torch::Tensor outputs = torch::tensor({{1e4f, -1e4f}}), right = torch::tensor({{1.f, 0.f}});
        QCOMPARE(several().loss(outputs, right, 1).sum, 0.0);
        QCOMPARE(several().loss(outputs, 1 - right, 1).sum, 1e4);
    }

    void figuresAreThoseOfScikitLearn() {
        for (const json& one : golden().at("several_labels")) {
            PredictionSet set = setOf(one);
            const auto precisions = one.at("average_precision").get<std::vector<double>>(),
                       areas = one.at("roc_auc").get<std::vector<double>>();
            const SeveralLabelsReport report = severalLabelsReport(set);
            for (std::size_t c = 0; c < precisions.size(); ++c) {
                QVERIFY(std::abs(report.classes[c].averagePrecision - precisions[c]) < 1e-9);
                QVERIFY(std::abs(report.classes[c].rocAuc - areas[c]) < 1e-9);
            }
            several().judge(set);
            QVERIFY(std::abs(set.score - meanOfKnown(precisions)) < 1e-9);
            QCOMPARE(set.metrics.front().name, std::string("roc_auc"));
            QVERIFY(std::abs(set.metrics.front().value - meanOfKnown(areas)) < 1e-9);

            const int classes = one.at("classes");
            const double counted =
                several().score(several().count(tensorOf(one.at("outputs"), classes), tensorOf(one.at("labels"), classes)));
            QVERIFY2(std::abs(counted - set.score) < 0.02, qPrintable(QString::number(counted - set.score)));
        }
    }

    void aClassThatNothingOrAllHave() {
        PredictionSet set;
        set.task = TaskKind::SeveralLabels;
        set.classCount = 3;
        set.labels = {0, 0};
        set.labelSets = {1, 0, 1, 1, 0, 0};
        set.probabilities = {0.9f, 0.2f, 0.8f, 0.7f, 0.6f, 0.1f};
        const SeveralLabelsReport report = severalLabelsReport(set);
        QCOMPARE(report.classes[0].averagePrecision, 1.0);
        QVERIFY(report.classes[0].rocAuc < 0);
        QVERIFY(report.classes[1].averagePrecision < 0 && report.classes[1].rocAuc < 0);
        QCOMPARE(report.classes[2].rocAuc, 1.0);
        QCOMPARE(report.meanAveragePrecision, 1.0);
        QCOMPARE(report.exact, 0.5);
        QVERIFY(isRight(set, 0) && !isRight(set, 1));
        QCOMPARE(saidClasses(set, 1), (std::vector<int>{0, 1}));
        QCOMPARE(trueClasses(set, 1), (std::vector<int>{0}));
        QVERIFY(std::abs(lossOf(set, 0) + (std::log(0.9) + std::log(0.8) + std::log(0.8)) / 3) < 1e-6);
    }

    void scoresHaveADirection() {
        const TaskInfo& info = taskInfo(TaskKind::SeveralLabels);
        QVERIFY(info.isBetter(0.5, -1) && info.isBetter(0.6, 0.5) && !info.isBetter(0.5, 0.5) && !info.isBetter(-1, -1));
        TaskInfo falling = info;
        falling.score.higherIsBetter = false;
        QVERIFY(falling.isBetter(0.5, 0.6) && !falling.isBetter(0.6, 0.5) && falling.isBetter(3, -1));
    }

    void aRunLearnsSeveralLabels() {
        const TinyLesson lesson;
        const auto trainer = makeTrainer(tableConfig(lesson, "run"));
        const Events events = drive(*trainer);
        for (const RunFailed& failed : all<RunFailed>(events)) QFAIL(failed.what.c_str());
        QVERIFY(all<RunStarted>(events).front().config.task == TaskKind::SeveralLabels);
        const auto epochs = all<EpochFinished>(events);
        QVERIFY(epochs.back().task == TaskKind::SeveralLabels);
        QVERIFY(epochs.back().valScore > 0.6 && epochs.back().valScore > epochs.front().valScore);
        QVERIFY(epochs.back().trainScore > epochs.front().trainScore);  // dropout is on
        QCOMPARE(epochs.back().valMetrics.size(), std::size_t(1));
        QVERIFY(epochs.back().valMetrics.front().value > 0.6);

        const std::filesystem::path run = lesson.home() / "run";
        const RunHistory history = readRun(run);
        QVERIFY(history.summary.task == TaskKind::SeveralLabels);
        QCOMPARE(history.epochs.back().valScore, epochs.back().valScore);
        QCOMPARE(history.epochs.back().valMetrics.front().value, epochs.back().valMetrics.front().value);
        QCOMPARE(history.summary.bestScore, all<RunFinished>(events).front().bestScore);

        EvaluateRequest request;
        request.run = {run, "last"};
        request.threads = 1;
        const Evaluation evaluation = evaluateRun(request, {});
        QCOMPARE(evaluation.predictions.score, epochs.back().valScore);
        QCOMPARE(severalLabelsReport(evaluation.predictions).meanAveragePrecision, epochs.back().valScore);
        QVERIFY(!evaluation.temperature);
        const ModelDifference none = compareModels(evaluation.predictions, evaluation.predictions);
        QCOMPARE(none.accuracyA, severalLabelsReport(evaluation.predictions).exact);

        std::vector<std::string> names;
        const auto files = predictFiles({run, "last"}, {lesson.home() / "table" / "images" / "1-b0.png"}, 1, &names);
        QCOMPARE(names, (std::vector<std::string>{"disc", "frame", "hollow", "ring", "round", "square"}));
        for (const float probability : files.front().probabilities) QVERIFY(probability > 0 && probability < 1);
        QVERIFY(files.front().task == TaskKind::SeveralLabels);
    }

    void resumesBitExactAmidAnEpoch() {
        const TinyLesson lesson;
        const auto straight = makeTrainer(tableConfig(lesson, "straight"));
        const Events whole = drive(*straight);

        auto first = makeTrainer(tableConfig(lesson, "cut"));
        drive(*first, [](const Event& event) {
            const auto* batch = std::get_if<BatchFinished>(&event.data);
            return batch && batch->step == 5;  // of three a epoch
        });
        first->apply({1, Pause{}});
        drive(*first);
        first.reset();
        const Events rest = drive(*resumeTrainer(lesson.home() / "cut"));
        const auto a = all<EpochFinished>(whole).back(), b = all<EpochFinished>(rest).back();
        QCOMPARE(b.epoch, a.epoch);
        QCOMPARE(b.valScore, a.valScore);
        for (const EpochFinished& epoch : all<EpochFinished>(whole))
            for (const EpochFinished& other : all<EpochFinished>(rest))
                if (epoch.epoch == other.epoch) QCOMPARE(other.trainScore, epoch.trainScore);
        QCOMPARE(weightsDigest(lesson.home() / "cut"), weightsDigest(lesson.home() / "straight"));
    }
};

QTEST_MAIN(TestTask)
#include "tst_task.moc"
