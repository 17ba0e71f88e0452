#include "app/cli/score_output.h"

#include <algorithm>
#include <cstdio>

#include "app/cli/console.h"
#include "core/api/text.h"

namespace thaw::cli {

using nlohmann::json;

namespace {

constexpr std::size_t kMixUpsShown = 10;

json scoreJson(const core::ClassScore& score) {
    return {{"precision", score.precision}, {"recall", score.recall}, {"f1", score.f1}, {"support", score.support}};
}

// Letters, not bytes, up to a column's width.
std::string padded(const std::string& name, std::size_t width) {
    const std::string text = core::printableLine(name);
    const auto letters =
        static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
    return text + std::string(width > letters ? width - letters : 0, ' ');
}

void printScore(const std::string& name, std::size_t width, const core::ClassScore& score) {
    printText(stdout, "%s  %9s  %8s  %8s  %8s\n", padded(name, width).c_str(), percent(score.precision).c_str(),
              percent(score.recall).c_str(), percent(score.f1).c_str(), thousands(score.support).c_str());
}

}  // namespace

json rowsOf(const std::vector<std::int64_t>& counts, int classes) {
    json rows = json::array();
    for (int row = 0; row < classes; ++row)
        rows.push_back(std::vector<std::int64_t>(counts.begin() + row * classes, counts.begin() + (row + 1) * classes));
    return rows;
}

json scoresJson(const core::EvaluationReport& report, const std::vector<std::string>& classNames) {
    const auto nameOf = [&](int index) { return classNames[static_cast<std::size_t>(index)]; };
    json classes = json::array(), confused = json::array();
    for (std::size_t i = 0; i < report.classes.size(); ++i) {
        json one = scoreJson(report.classes[i]);
        one["name"] = nameOf(static_cast<int>(i));
        classes.push_back(std::move(one));
    }
    for (const core::MixUp& cell : core::mostConfused(report.confusion))
        confused.push_back({{"true", nameOf(cell.truth)}, {"predicted", nameOf(cell.predicted)}, {"count", cell.count}});
    return {{"accuracy", report.accuracy},
            {"accuracy_interval", {report.accuracyInterval.low, report.accuracyInterval.high}},
            {"top5", report.topFive},
            {"loss", report.loss},
            {"ece", report.calibration.expectedError},
            {"confusion", rowsOf(report.confusion.counts, report.confusion.classCount)},
            {"per_class", classes},
            {"macro", scoreJson(report.macro)},
            {"weighted", scoreJson(report.weighted)},
            {"most_confused", confused}};
}

void printScores(const core::EvaluationReport& report, const std::vector<std::string>& classNames,
                 std::optional<double> temperature) {
    const core::Interval& interval = report.accuracyInterval;
    printText(stdout, "accuracy %s (95 %% interval %s to %s)   top-5 %s   loss %.4f\n", percent(report.accuracy).c_str(),
              percent(interval.low).c_str(), percent(interval.high).c_str(), percent(report.topFive).c_str(), report.loss);
    printText(stdout, "calibration error (ECE) %s", percent(report.calibration.expectedError).c_str());
    if (temperature) printText(stdout, "   fitting temperature %.2f", *temperature);

    std::size_t width = std::string("weighted").size();
    for (const std::string& name : classNames) width = std::max(width, core::printableLine(name).size());
    printText(stdout, "\n\n%s  %9s  %8s  %8s  %8s\n", padded("class", width).c_str(), "precision", "recall", "F1", "pictures");
    for (std::size_t i = 0; i < report.classes.size(); ++i) printScore(classNames[i], width, report.classes[i]);
    printScore("macro", width, report.macro);
    printScore("weighted", width, report.weighted);

    const std::vector<core::MixUp> cells = core::mostConfused(report.confusion);
    if (cells.empty()) return;
    printText(stdout, "\nMost confused\n%s  %s  %8s\n", padded("true", width).c_str(), padded("predicted", width).c_str(),
              "pictures");
    for (std::size_t i = 0; i < std::min(cells.size(), kMixUpsShown); ++i)
        printText(stdout, "%s  %s  %8s\n", padded(classNames[static_cast<std::size_t>(cells[i].truth)], width).c_str(),
                  padded(classNames[static_cast<std::size_t>(cells[i].predicted)], width).c_str(),
                  thousands(cells[i].count).c_str());
}

json scoresJson(const core::SeveralLabelsReport& report, const std::vector<std::string>& classNames) {
    const auto known = [](double value) { return value < 0 ? json() : json(value); };
    json classes = json::array();
    for (std::size_t i = 0; i < report.classes.size(); ++i) {
        const core::LabelScore& score = report.classes[i];
        json one = scoreJson(score.atThreshold);
        one["name"] = classNames[i];
        one["average_precision"] = known(score.averagePrecision);
        one["roc_auc"] = known(score.rocAuc);
        classes.push_back(std::move(one));
    }
    return {{"mean_average_precision", known(report.meanAveragePrecision)},
            {"roc_auc", known(report.rocAuc)},
            {"macro_f1", report.macroF1},
            {"exact", report.exact},
            {"loss", report.loss},
            {"per_class", classes}};
}

void printScores(const core::SeveralLabelsReport& report, const std::vector<std::string>& classNames) {
    const auto share = [](double value) { return value < 0 ? std::string("-") : percent(value); };
    printText(stdout, "mean average precision %s   ROC-AUC %s   exactly their labels %s   loss %.4f\n",
              share(report.meanAveragePrecision).c_str(), share(report.rocAuc).c_str(), percent(report.exact).c_str(),
              report.loss);
    std::size_t width = std::string("class").size();
    for (const std::string& name : classNames) width = std::max(width, core::printableLine(name).size());
    printText(stdout, "\n%s  %9s  %8s  %9s  %8s  %8s  %8s\n", padded("class", width).c_str(), "AP", "ROC-AUC", "precision",
              "recall", "F1", "pictures");
    for (std::size_t i = 0; i < report.classes.size(); ++i) {
        const core::LabelScore& score = report.classes[i];
        printText(stdout, "%s  %9s  %8s  %9s  %8s  %8s  %8s\n", padded(classNames[i], width).c_str(),
                  share(score.averagePrecision).c_str(), share(score.rocAuc).c_str(),
                  percent(score.atThreshold.precision).c_str(), percent(score.atThreshold.recall).c_str(),
                  percent(score.atThreshold.f1).c_str(), thousands(score.atThreshold.support).c_str());
    }
    printText(stdout, "\nPrecision, recall and F1: a probability of at least %s counts as the label.\n",
              percent(core::kLabelThreshold).c_str());
}

}  // namespace thaw::cli
