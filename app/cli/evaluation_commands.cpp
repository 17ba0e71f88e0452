// evaluate and compare: where a run's model is right and where it is wrong.
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <memory>

#include "app/cli/analysis_options.h"
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/json_output.h"
#include "app/cli/score_output.h"
#include "core/api/analysis.h"
#include "core/api/errors.h"
#include "core/api/evaluation.h"
#include "core/api/runs.h"
#include "core/api/text.h"
#include "core/api/threshold.h"

namespace thaw::cli {

namespace {

using nlohmann::json;

constexpr std::size_t kExactBelow = 25;  // changes, as ModelDifference::pValue has it

constexpr char kEvaluateKeys[] =
    "--json prints one object: dataset, own_data (true: the pictures are the run's own by the digest in its record; false: it "
    "says\n"
    "nothing of some of them), split, epoch, count, accuracy, accuracy_interval (Wilson, 95 %), top5, loss (nats), ece "
    "(expected\n"
    "calibration error, 15 bins of equal width), confusion (rows true, columns predicted), per_class (name, precision, recall, "
    "f1,\n"
    "support), macro, weighted, most_confused (true, predicted, count), and where they exist temperature and test_reveals.\n"
    "metrics: of each figure value and interval (bootstrap, 95 %): accuracy, balanced_accuracy, macro_f1, roc_auc.\n"
    "With --class NAME at_threshold: class, threshold, true_positives, false_positives, true_negatives, false_negatives, and "
    "with\n"
    "value and interval sensitivity, specificity, positive_predictive, negative_predictive, positive_likelihood_ratio,\n"
    "negative_likelihood_ratio (null: infinite); roc_auc, average_precision.\n"
    "Of a run with several labels each instead: mean_average_precision, roc_auc, macro_f1, exact (share of the pictures with "
    "exactly\ntheir labels), loss, per_class (name, average_precision, roc_auc, precision, recall, f1, support).\n"
    "Of a run that continues texts instead: loss (nats a token), perplexity.";
constexpr char kCompareKeys[] =
    "McNemar's test is exact (binomial) below 25 pictures that changed side, else chi-squared with continuity correction.\n"
    "--json prints one object: dataset, own_data, split, count, epoch_a, epoch_b, accuracy_a, accuracy_b, b and c (McNemar's), "
    "p, test\n"
    "(\"exact\" or \"chi-squared\"), lost and gained (indices of the pictures that changed side), confusion_difference (B minus "
    "A).";

/// null for what is infinite or cannot be told.
json estimateJson(const core::Estimate& estimate) {
    const auto number = [](double value) { return std::isfinite(value) && value >= 0 ? json(value) : json(); };
    return {{"value", number(estimate.value)}, {"interval", {number(estimate.interval.low), number(estimate.interval.high)}}};
}

json evaluationJson(const core::Evaluation& evaluation) {
    const core::PredictionSet& predictions = evaluation.predictions;
    json result = {{"dataset", evaluation.dataset},
                   {"own_data", evaluation.ownData},
                   {"split", core::toString(evaluation.predictions.split)},
                   {"epoch", evaluation.epoch},
                   {"count", evaluation.predictions.count()}};
    if (predictions.task == core::TaskKind::ContinueText) {
        result.update({{"loss", predictions.loss}, {"perplexity", predictions.score}});
        return result;
    }
    result.update(predictions.task == core::TaskKind::OneLabel
                      ? scoresJson(core::evaluationReport(predictions), evaluation.classNames)
                      : scoresJson(core::severalLabelsReport(predictions), evaluation.classNames));
    for (const core::BootstrapMetric& metric : core::bootstrapMetrics(predictions))
        result["metrics"][metric.name] = estimateJson(metric.estimate);
    if (evaluation.temperature) result["temperature"] = *evaluation.temperature;
    if (evaluation.testReveals > 0) result["test_reveals"] = evaluation.testReveals;
    return result;
}

struct Threshold {
    std::string className;  ///< empty: none was asked for
    double value = core::kLabelThreshold;
};

int classOf(const core::Evaluation& evaluation, const std::string& name) {
    const auto found = std::find(evaluation.classNames.begin(), evaluation.classNames.end(), name);
    if (found != evaluation.classNames.end()) return static_cast<int>(found - evaluation.classNames.begin());
    std::string known;
    for (const std::string& one : evaluation.classNames) known += (known.empty() ? "" : ", ") + one;
    throw core::ConfigError("There is no class \"" + name + "\".", "Choose one of: " + known + '.');
}

json thresholdJson(const core::Evaluation& evaluation, const Threshold& threshold) {
    const int index = classOf(evaluation, threshold.className);
    const core::ThresholdReport report = core::thresholdReport(evaluation.predictions, index, threshold.value);
    const auto area = [](double value) { return value < 0 ? json() : json(value); };
    return {{"class", threshold.className},
            {"threshold", threshold.value},
            {"true_positives", report.counts.truePositives},
            {"false_positives", report.counts.falsePositives},
            {"true_negatives", report.counts.trueNegatives},
            {"false_negatives", report.counts.falseNegatives},
            {"sensitivity", estimateJson(report.sensitivity)},
            {"specificity", estimateJson(report.specificity)},
            {"positive_predictive", estimateJson(report.positivePredictive)},
            {"negative_predictive", estimateJson(report.negativePredictive)},
            {"positive_likelihood_ratio", estimateJson(report.positiveRatio)},
            {"negative_likelihood_ratio", estimateJson(report.negativeRatio)},
            {"roc_auc", area(core::areaUnderRoc(evaluation.predictions, index))},
            {"average_precision", area(core::areaUnderPrecisionRecall(evaluation.predictions, index))}};
}

void printThreshold(const core::Evaluation& evaluation, const Threshold& threshold) {
    const core::ThresholdReport report =
        core::thresholdReport(evaluation.predictions, classOf(evaluation, threshold.className), threshold.value);
    const auto share = [](const char* name, const core::Estimate& estimate) {
        printText(stdout, "%-26s %8s (%s to %s)\n", name, percent(estimate.value).c_str(), percent(estimate.interval.low).c_str(),
                  percent(estimate.interval.high).c_str());
    };
    printText(stdout, "\n%s, called so from a probability of %.3g (95 %% intervals):\n", threshold.className.c_str(),
              threshold.value);
    share("sensitivity", report.sensitivity);
    share("specificity", report.specificity);
    share("positive predictive value", report.positivePredictive);
    share("negative predictive value", report.negativePredictive);
    for (const auto& [name, ratio] : {std::pair("likelihood ratio, positive", report.positiveRatio),
                                      std::pair("likelihood ratio, negative", report.negativeRatio)})
        printText(stdout, "%-26s %8.2f (%.2f to %.2f)\n", name, ratio.value, ratio.interval.low, ratio.interval.high);
}

void printEvaluation(const core::Evaluation& evaluation) {
    const bool continues = evaluation.predictions.task == core::TaskKind::ContinueText;
    printText(stdout, "%s, %s %s, after epoch %d\n", evaluation.dataset.c_str(),
              thousands(evaluation.predictions.count()).c_str(),
              continues ? "windows" : picturesOf(evaluation.predictions.split).c_str(), evaluation.epoch);
    if (continues) {
        printText(stdout, "perplexity %.3f   loss %.4f (nats a token)\n", evaluation.predictions.score,
                  evaluation.predictions.loss);
        return;
    }
    if (evaluation.predictions.task == core::TaskKind::OneLabel)
        printScores(core::evaluationReport(evaluation.predictions), evaluation.classNames, evaluation.temperature);
    else
        printScores(core::severalLabelsReport(evaluation.predictions), evaluation.classNames);
    printText(stdout, "\n95 %% intervals by the bootstrap:");
    for (const core::BootstrapMetric& metric : core::bootstrapMetrics(evaluation.predictions))
        if (metric.estimate.value >= 0)
            printText(stdout, "   %s %s (%s to %s)", metric.name.c_str(), percent(metric.estimate.value).c_str(),
                      percent(metric.estimate.interval.low).c_str(), percent(metric.estimate.interval.high).c_str());
    printText(stdout, "\n");
}

void requireSamePictures(const core::Evaluation& a, const core::Evaluation& b) {
    if (const std::string difference = core::classDifference(a.classNames, b.classNames); !difference.empty())
        throw core::DataError("The second run has other classes than the first: " + difference + '.',
                              "Compare runs on the same data set.");
    if (!a.predictions.pictures.mayBe(b.predictions.pictures))
        throw core::DataError("The runs were asked about different pictures: " + std::to_string(a.predictions.count()) + " of " +
                                  a.dataset + " and " + std::to_string(b.predictions.count()) + " of " + b.dataset + ".",
                              "Compare runs with the same data, the same limit of pictures and the same seed.");
}

const char* testOf(const core::ModelDifference& difference) {
    return difference.lost.size() + difference.gained.size() < kExactBelow ? "exact" : "chi-squared";
}

void printDifference(const core::Evaluation& a, const core::Evaluation& b, const core::ModelDifference& difference) {
    printText(stdout, "%s, %s %s\n", a.dataset.c_str(), thousands(a.predictions.count()).c_str(),
              picturesOf(a.predictions.split).c_str());
    printText(stdout, "A: accuracy %s, after epoch %d\nB: accuracy %s, after epoch %d (%+.1f points)\n",
              percent(difference.accuracyA).c_str(), a.epoch, percent(difference.accuracyB).c_str(), b.epoch,
              100 * (difference.accuracyB - difference.accuracyA));
    printText(stdout, "right in A, wrong in B: %s (McNemar's b)\nwrong in A, right in B: %s (McNemar's c)\np = %.3g (%s test)\n",
              thousands(static_cast<std::int64_t>(difference.lost.size())).c_str(),
              thousands(static_cast<std::int64_t>(difference.gained.size())).c_str(), difference.pValue, testOf(difference));
}

json differenceJson(const core::Evaluation& a, const core::Evaluation& b, const core::ModelDifference& difference) {
    return {{"dataset", a.dataset},
            {"split", core::toString(a.predictions.split)},
            {"count", a.predictions.count()},
            {"epoch_a", a.epoch},
            {"epoch_b", b.epoch},
            {"accuracy_a", difference.accuracyA},
            {"accuracy_b", difference.accuracyB},
            {"b", difference.lost.size()},
            {"c", difference.gained.size()},
            {"p", difference.pValue},
            {"test", testOf(difference)},
            {"own_data", a.ownData && b.ownData},
            {"lost", difference.lost},
            {"gained", difference.gained},
            {"confusion_difference", rowsOf(difference.confusion, a.predictions.classCount)}};
}

void noteWhetherOwn(Console& console, bool ownData) {
    if (!ownData)
        console.say(
            "Note: the run's record says nothing of some of these pictures: whether they are the run's own cannot be checked.");
}

/// What both runs are asked about, before either is. Throws DataError.
core::Split commonSplit(const core::EvaluateRequest& a, const core::EvaluateRequest& b) {
    const core::Split ofA = core::chosenSplit(a.split, core::readTestLock(a.run.run)),
                      ofB = core::chosenSplit(b.split, core::readTestLock(b.run.run));
    if (ofA == ofB) return ofA;
    const bool lockedA = ofA == core::Split::HeldOut;
    const auto nameOf = [](const core::EvaluateRequest& one) { return one.run.run.string(); };
    throw core::DataError(
        "The runs are judged on different pictures: " + nameOf(lockedA ? a : b) +
            " keeps its test split locked and is judged on held-out training pictures, " + nameOf(lockedA ? b : a) +
            " on the test split.",
        "Open the first one's test split with thaw-cli evaluate --reveal, which is counted and recorded in the run; then "
        "compare again.");
}

}  // namespace

Subcommand addEvaluate(CLI::App& parser) {
    struct Options {
        core::EvaluateRequest request;
        std::string split;
        Threshold threshold;
        bool json = false;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parser.add_subcommand("evaluate", "Where a run's model is right and where it is wrong, over a whole split");
    app->footer(kEvaluateKeys);
    addRunSelection(*app, options->request.run);
    addSplit(*app, options->split);
    app->add_flag("--reveal", options->request.reveal,
                  "Open the test split of a run that keeps it locked, for good: counted and recorded in the run");
    addData(*app, options->request.data.directory);
    app->add_option("--test-limit", options->request.data.testLimit,
                    "N test pictures, equal counts a class (default 0: those that the run uses)")
        ->check(notNegative());
    app->add_option("--train-limit", options->request.data.trainLimit, "The same of --split train, as training has it")
        ->check(notNegative());
    addThreads(*app, options->request.threads);
    app->add_option("--class", options->threshold.className, "Also says how good a threshold on this class's probability is");
    app->add_option("--threshold", options->threshold.value, "That threshold (default 0.5)")->check(CLI::Range(0.0, 1.0));
    app->add_flag("--json", options->json, "Print JSON");
    return {app, [options] {
                options->request.split = splitFromString(options->split);
                if (options->request.reveal && options->request.split.value_or(core::Split::Test) != core::Split::Test)
                    throw core::ConfigError("--reveal opens the test split, not --split " + options->split + ".");
                options->request.temperaturePictures = core::kTemperaturePictures;
                Console console(stderr);
                chooseCheckpoint(console, options->request.run);
                const core::Evaluation evaluation = core::evaluateRun(options->request, progressOn(console, "Evaluating"));
                if (options->request.reveal)
                    console.say("The test split is open now; the run's record counts " + std::to_string(evaluation.testReveals) +
                                ".");
                noteWhetherOwn(console, evaluation.ownData);
                const bool threshold = !options->threshold.className.empty();
                if (options->json) {
                    json result = evaluationJson(evaluation);
                    if (threshold) result["at_threshold"] = thresholdJson(evaluation, options->threshold);
                    print(result);
                    return kDone;
                }
                printEvaluation(evaluation);
                if (threshold) printThreshold(evaluation, options->threshold);
                return kDone;
            }};
}

Subcommand addCompare(CLI::App& parser) {
    struct Options {
        core::EvaluateRequest a, b;
        std::string split, checkpointB;
        bool json = false;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parser.add_subcommand("compare", "Two models on the same pictures: two runs, or two checkpoints of one");
    app->footer(kCompareKeys);
    app->add_option("run_a", options->a.run.run, "Folder of a run")->required();
    app->add_option("run_b", options->b.run.run, "Folder of a run, the same or another")->required();
    addCheckpoint(*app, options->a.run);
    app->add_option("--checkpoint-b", options->checkpointB, "Of the second run (default: as --checkpoint)");
    addSplit(*app, options->split);
    addData(*app, options->a.data.directory);
    addThreads(*app, options->a.threads);
    app->add_flag("--json", options->json, "Print JSON");
    return {app, [options] {
                options->a.split = options->b.split = splitFromString(options->split);
                options->b.data = options->a.data;
                options->b.threads = options->a.threads;
                options->b.run.checkpoint = options->checkpointB.empty() ? options->a.run.checkpoint : options->checkpointB;
                Console console(stderr);
                chooseCheckpoint(console, options->a.run);
                chooseCheckpoint(console, options->b.run);
                options->a.split = options->b.split = commonSplit(options->a, options->b);
                const core::Evaluation a = core::evaluateRun(options->a, progressOn(console, "Evaluating the first model"));
                const core::Evaluation b = core::evaluateRun(options->b, progressOn(console, "Evaluating the second model"));
                requireSamePictures(a, b);
                noteWhetherOwn(console, a.ownData && b.ownData);
                const core::ModelDifference difference = core::compareModels(a.predictions, b.predictions);
                if (options->json)
                    print(differenceJson(a, b, difference));
                else
                    printDifference(a, b, difference);
                return kDone;
            }};
}

}  // namespace thaw::cli
