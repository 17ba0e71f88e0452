#include "core/api/report.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <set>

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/api/evaluation.h"
#include "core/api/inspector.h"
#include "core/api/runs.h"
#include "core/inspect/report_charts.h"
#include "core/inspect/report_pictures.h"
#include "core/inspect/report_scores.h"
#include "core/inspect/report_text.h"
#include "core/store/atomic_file.h"
#include "core/store/kept_models.h"
#include "core/store/run_record.h"
#include "core/util/number_text.h"

namespace thaw::core {
namespace {

constexpr std::size_t kPictures = 12, kMaps = 6, kMixUps = 10;
constexpr int kPictureSide = 104, kMapSide = 100;
constexpr std::size_t kMarkers = 40;

/// Everything that the sections are made from.
struct Material {
    RunHistory history;
    RunManifest manifest;
    InspectedRun run;
    std::vector<KeptCheckpoint> kept;
    KeptCheckpoint checkpoint;
    std::vector<StoreError> leftOut;  // checkpoints that cannot be read
    std::shared_ptr<const PictureSet> pictures;
    std::shared_ptr<const PredictionSet> predictions;
    EvaluationReport evaluation;

    std::string className(int index) const { return index >= 0 ? run.classNames[static_cast<std::size_t>(index)] : "no label"; }
};

/// The checkpoint that the name means, as CheckpointStore::find has it.
KeptCheckpoint chosenOf(const std::vector<KeptCheckpoint>& kept, const std::string& name, const std::filesystem::path& run) {
    if (kept.empty()) throw StoreError(run.string() + " has no checkpoint to report on.", "Train at least one epoch.");
    if (name == "last") return kept.back();
    for (const KeptCheckpoint& one : kept)
        if (one.name == name || (name == "best" && one.best) || (one.endsEpoch && name == "epoch:" + std::to_string(one.epoch)))
            return one;
    if (name == "best") return kept.back();
    throw StoreError(run.string() + " has no checkpoint \"" + name + "\".", "Choose best, last or epoch:N.");
}

std::string titleOf(const Material& material) {
    const RunSummary& run = material.history.summary;
    const std::string name = run.number > 0 ? "Run " + std::to_string(run.number) : run.runId;
    return (run.title.empty() ? run.preset : run.title) + ", " + name;
}

std::string momentOf(const KeptCheckpoint& checkpoint) {
    return checkpoint.endsEpoch ? "after epoch " + std::to_string(checkpoint.epoch) : "at step " + countWords(checkpoint.step);
}

std::string standingOf(const Material& material) {
    const bool allRead = material.leftOut.empty();
    if (material.checkpoint.best) return allRead ? " (the best checkpoint)" : " (the best of the checkpoints that can be read)";
    return allRead ? "" : " (some checkpoints cannot be read)";
}

double trainingSeconds(const RunHistory& history) {
    double seconds = 0;
    for (const EpochFinished& epoch : history.epochs)
        if (epoch.seconds > 0) seconds += epoch.seconds;
    return seconds;
}

/// What the run itself said at its end, or what its folder says now.
std::string notSavedOf(const Material& material) {
    const RunSummary& run = material.history.summary;
    if (!run.notSaved.empty() || run.status == RunStatus::Running || material.history.epochs.empty() || !material.leftOut.empty())
        return run.notSaved;
    std::vector<KeptModel> kept;
    for (const KeptCheckpoint& one : material.kept) kept.push_back({one.step, one.epoch, one.endsEpoch, one.best});
    return missingModels(kept, {material.history.epochs.back().step, run.epochs, /*endsEpoch=*/true, run.bestEpoch});
}

ReportSection curvesOf(const Material& material) {
    ReportSection section;
    section.title = "Training";
    const std::vector<RunMarker> markers = markersOf(material.history, material.run.model);
    section.text =
        "Blue ground: only the head trains. Orange ground: layers of the trunk are thawed. The ringed point is the checkpoint of "
        "this report.";
    section.chart = curvesChart(material.history, material.run.model, markers,
                                material.checkpoint.endsEpoch ? material.checkpoint.epoch : -1);
    section.table.columns = {"", "Epoch", "What happened"};
    section.table.numeric = {true, true, false};
    for (std::size_t i = 0; i < markers.size() && i < kMarkers; ++i)
        section.table.rows.push_back({std::to_string(i + 1), fixedText(markers[i].position, 2), markers[i].text});
    if (markers.size() > kMarkers)
        section.table.rows.push_back({"", "", "and " + std::to_string(markers.size() - kMarkers) + " more"});
    return section;
}

std::string classWords(const Material& material, const std::vector<int>& classes) {
    std::string words;
    for (const int index : classes) words += (words.empty() ? "" : ", ") + material.className(index);
    return words.empty() ? "no label" : words;
}

ReportSection labelsOf(const Material& material) {
    ReportSection section;
    section.title = "Classes";
    section.text =
        "Average precision: how well the pictures with the label stand before the others when all are sorted by its probability. "
        "ROC-AUC: the chance that one with the label stands before one without. Precision, recall and F1: where a probability of "
        "50\u202F% and more counts as the label.";
    section.table.columns = {"Class", "Average precision", "ROC-AUC", "Precision", "Recall", "F1", "Pictures"};
    section.table.numeric = {false, true, true, true, true, true, true};
    const SeveralLabelsReport report = severalLabelsReport(*material.predictions);
    const auto known = [](double value, const std::string& words) { return value < 0 ? std::string("\u2013") : words; };
    for (std::size_t i = 0; i < report.classes.size(); ++i) {
        const LabelScore& score = report.classes[i];
        section.table.rows.push_back(
            {material.run.classNames[i], known(score.averagePrecision, percentWords(score.averagePrecision)),
             known(score.rocAuc, fixedText(score.rocAuc, 3)), percentWords(score.atThreshold.precision),
             percentWords(score.atThreshold.recall), fixedText(score.atThreshold.f1, 3), countWords(score.atThreshold.support)});
    }
    section.table.rows.push_back({"Mean over classes", percentWords(report.meanAveragePrecision), fixedText(report.rocAuc, 3), "",
                                  "", fixedText(report.macroF1, 3), countWords(material.predictions->count())});
    section.table.sums = 1;
    return section;
}

ReportSection matrixOf(const Material& material) {
    ReportSection section;
    section.title = "Where it is right and wrong";
    section.text = "Rows: the true class. Columns: what the network says. The darker, the larger the share of the true class.";
    section.chart = confusionChart(material.evaluation, material.run.classNames);
    section.table.columns = {"Taken most often for another", "Taken for", "Pictures", "Of the class"};
    section.table.numeric = {false, false, true, true};
    for (const MixUp& mixUp : mostConfused(material.evaluation.confusion)) {
        if (section.table.rows.size() == kMixUps) break;
        const std::int64_t all = material.evaluation.confusion.rowSum(mixUp.truth);
        section.table.rows.push_back({material.className(mixUp.truth), material.className(mixUp.predicted),
                                      countWords(mixUp.count),
                                      percentWords(static_cast<double>(mixUp.count) / static_cast<double>(all))});
    }
    return section;
}

ReportSection classesOf(const Material& material) {
    ReportSection section;
    section.title = "Class by class";
    section.text =
        "The interval is Wilson's, 95\u202F%: where the recall of the class would lie if such pictures were drawn again and "
        "again.";
    section.table.columns = {"Class", "Precision", "Recall", "95\u202F% interval of recall", "F1", "Pictures"};
    section.table.numeric = {false, true, true, true, true, true};
    const EvaluationReport& evaluation = material.evaluation;
    for (std::size_t i = 0; i < evaluation.classes.size(); ++i) {
        const ClassScore& score = evaluation.classes[i];
        const std::int64_t right = evaluation.confusion.at(static_cast<int>(i), static_cast<int>(i));
        section.table.rows.push_back({material.run.classNames[i], percentWords(score.precision), percentWords(score.recall),
                                      intervalWords(wilsonInterval(right, score.support)), fixedText(score.f1, 3),
                                      countWords(score.support)});
    }
    const auto mean = [&](const char* name, const ClassScore& score) {
        section.table.rows.push_back(
            {name, percentWords(score.precision), percentWords(score.recall), "", fixedText(score.f1, 3), ""});
    };
    mean("Mean over classes", evaluation.macro);
    mean("Mean over pictures", evaluation.weighted);
    section.table.rows.push_back({"All (accuracy)", "", percentWords(evaluation.accuracy),
                                  intervalWords(evaluation.accuracyInterval), "", countWords(material.predictions->count())});
    section.table.sums = 3;
    return section;
}

/// The surest of those that are right, surest first.
std::vector<std::int64_t> surestRight(const PredictionSet& predictions, std::size_t count, bool oneOfEachClass) {
    std::vector<std::int64_t> right;
    for (std::int64_t i = 0; i < predictions.count(); ++i)
        if (isRight(predictions, i)) right.push_back(i);
    std::stable_sort(right.begin(), right.end(), [&](std::int64_t a, std::int64_t b) {
        return predictions.row(a)[predictions.predicted(a)] > predictions.row(b)[predictions.predicted(b)];
    });
    std::vector<std::int64_t> chosen;
    std::set<int> seen;
    for (const std::int64_t index : right)
        if (chosen.size() < count && (!oneOfEachClass || seen.insert(predictions.predicted(index)).second))
            chosen.push_back(index);
    return chosen;
}

/// The largest losses among those that are wrong.
std::vector<std::int64_t> worstWrong(const PredictionSet& predictions, std::size_t count) {
    std::vector<std::int64_t> wrong;
    for (const std::int64_t index : topLosses(predictions, predictions.count())) {
        if (wrong.size() == count) break;
        if (!isRight(predictions, index)) wrong.push_back(index);
    }
    return wrong;
}

/// Half of them right, each of another class, half of them wrong; more of one kind where there are too few of the other.
std::vector<std::int64_t> mappedOf(const PredictionSet& predictions) {
    std::vector<std::int64_t> right = surestRight(predictions, kMaps / 2, /*oneOfEachClass=*/true);
    const std::vector<std::int64_t> wrong = worstWrong(predictions, kMaps - right.size());
    if (right.size() + wrong.size() < kMaps) right = surestRight(predictions, kMaps - wrong.size(), /*oneOfEachClass=*/true);
    right.insert(right.end(), wrong.begin(), wrong.end());
    return right;
}

ReportPicture pictureOf(const Material& material, std::int64_t index) {
    const PredictionSet& predictions = *material.predictions;
    const std::vector<int> truth = trueClasses(predictions, index), said = saidClasses(predictions, index);
    const bool right = truth == said, oneLabel = predictions.task == TaskKind::OneLabel;
    const float* row = predictions.row(index);
    const auto withShare = [&](const std::vector<int>& classes) {
        return classWords(material, classes) + (oneLabel && !classes.empty() ? ' ' + percentWords(row[classes.front()]) : "");
    };
    ReportPicture picture;
    picture.png = picturePng(*material.pictures, index);
    picture.tone = right ? ReportTone::Right : ReportTone::Wrong;
    picture.lines = {withShare(said)};
    if (!right) {
        picture.lines.push_back("is " + withShare(truth));
        picture.lines.push_back("loss " + fixedText(lossOf(predictions, index), 2));
    }
    picture.description =
        "Picture " + countWords(index + 1) + ": " + classWords(material, truth) + ", predicted " + classWords(material, said);
    return picture;
}

ReportSection picturesOf(const Material& material) {
    ReportSection section;
    section.title = "Best and worst pictures";
    section.text = "The share is the probability that the network gives to the class.";
    section.pictureSide = kPictureSide;
    const auto add = [&](const char* title, const std::vector<std::int64_t>& indices) {
        if (indices.empty()) return;
        ReportGroup group{title, {}};
        for (const std::int64_t index : indices) group.pictures.push_back(pictureOf(material, index));
        section.groups.push_back(std::move(group));
    };
    add("Right, and most confident", surestRight(*material.predictions, kPictures, /*oneOfEachClass=*/false));
    add("Wrong, with the largest loss", worstWrong(*material.predictions, kPictures));
    return section;
}

ReportSection mapsOf(const Material& material, Inspector& inspector, const std::function<void()>& made) {
    ReportSection section;
    section.title = "What it looks at";
    section.pictureSide = kMapSide;
    const std::string layer = usualClassMapLayer(material.run.model);
    if (layer.empty()) return section;
    section.text = "Grad-CAM of layer " + layer + ": bright places speak for the class below the picture.";
    for (const std::int64_t index : mappedOf(*material.predictions)) {
        const std::vector<int> truth = trueClasses(*material.predictions, index);
        std::vector<int> asked{material.predictions->predicted(index)};
        for (const int one : truth)
            if (one != asked.front() && asked.size() < 2) asked.push_back(one);
        ReportGroup group{{}, {pictureOf(material, index)}};
        group.pictures.front().lines = {"is " + classWords(material, truth)};
        for (const int shown : asked) {
            PictureChoice choice;
            choice.index = index;
            const ClassMap map = inspector.gradCam(material.checkpoint.name, choice, layer, shown, ClassMapMethod::GradCam);
            ReportPicture picture;
            picture.png = mapPng(*material.pictures, index, map);
            picture.lines = {material.className(shown) + ' ' + percentWords(map.probability)};
            picture.tone = std::find(truth.begin(), truth.end(), shown) != truth.end() ? ReportTone::Right : ReportTone::Wrong;
            picture.description = "Grad-CAM of picture " + countWords(index + 1) + " for " + material.className(shown);
            group.pictures.push_back(std::move(picture));
        }
        section.groups.push_back(std::move(group));
        made();
    }
    return section;
}

std::string phaseWords(const PhaseConfig& phase) {
    const OptimizerConfig& optimizer = phase.optimizer;
    std::string trains;
    for (const std::string& name : phase.trainable) trains += (trains.empty() ? "" : ", ") + name;
    std::string words = std::to_string(phase.epochs) + (phase.epochs == 1 ? " epoch" : " epochs") + ", trains " +
                        (trains.empty() ? "nothing" : trains) + ", " + toString(optimizer.kind) + ", learning rate " +
                        numberWords(optimizer.learningRate) + ", " + toString(phase.schedule.kind);
    if (optimizer.kind == OptimizerKind::Sgd)
        words += ", momentum " + numberText(optimizer.momentum) + (optimizer.nesterov ? " (Nesterov)" : "");
    if (optimizer.weightDecay > 0) words += ", weight decay " + numberText(optimizer.weightDecay);
    return words;
}

ReportSection settingsOf(const Material& material) {
    const RunConfig& config = material.history.config;
    const RunManifest& manifest = material.manifest;
    ReportSection section;
    section.title = "Settings";
    const auto fact = [&](const char* name, const std::string& value) {
        if (!value.empty()) section.facts.emplace_back(name, value);
    };
    fact("Your note", material.history.summary.note);
    const auto limit = [](int count) { return count > 0 ? countWords(count) : std::string("all"); };
    fact("Data", material.history.summary.dataset + ", " + limit(config.data.trainLimit) + " training and " +
                     limit(config.data.testLimit) + " test pictures");
    if (const TestLock& lock = material.run.testLock; lock.validatesOnHeldOut)
        fact("Validation",
             (config.data.ownValidation ? std::string("The data set's own validation split validates")
                                        : percentWords(config.data.heldOut, 0) + " of the training pictures are held out") +
                 "; the test split " +
                 (lock.isLocked() ? "is locked"
                                  : "was revealed " + countWords(lock.reveals) + (lock.reveals == 1 ? " time" : " times")));
    fact("Model", material.run.model.name + ", " + countWords(material.run.model.parameterCount) + " parameters, input " +
                      std::to_string(config.inputSize) + " \u00d7 " + std::to_string(config.inputSize));
    fact("Weights", config.initialization == Initialization::Random ? "drawn from the seed" : manifest.weightsTitle);
    fact("Head", std::to_string(config.head.hiddenUnits) + " hidden units, dropout " + numberText(config.head.dropout));
    fact("Input scaling", toString(config.scaling));
    fact("Batch", std::to_string(config.batchSize) + " pictures");
    fact("Augmentation", augmentationWords(config.augmentation));
    fact("Class balance", classBalanceWords(config.classBalance));
    if (config.labelSmoothing > 0) fact("Label smoothing", numberText(config.labelSmoothing));
    for (std::size_t i = 0; i < config.phases.size(); ++i)
        if (config.phases[i].epochs > 0)
            section.facts.emplace_back(
                "Phase " + std::to_string(i + 1) + (config.phases[i].title.empty() ? "" : ", " + config.phases[i].title),
                phaseWords(config.phases[i]));
    if (config.judging.best != JudgedBy::Score) fact("Best model by", metricInfo(config.task, config.judging.best).inSentence);
    if (config.earlyStopping.enabled)
        fact("Early stopping", "after " + std::to_string(config.earlyStopping.patience) + " epochs without a better validation " +
                                   metricInfo(config.task, config.judging.watched).inSentence);
    for (const StoreError& error : material.leftOut) fact("Left out", error.what());
    for (const Notice& note : material.history.notes) fact(note.warning ? "Warning" : "Note", note.text);
    fact("Seed", std::to_string(config.seed));
    fact("Machine", manifest.machine);
    fact("Computed with", manifest.fingerprint);
    fact("Versions", "Thaw " + manifest.thawVersion + ", LibTorch " + manifest.libtorchVersion);
    fact("Training data, SHA-256", manifest.trainDigest);
    fact("Test data, SHA-256", manifest.testDigest);
    fact("Weights, SHA-256", manifest.weightsDigest);
    return section;
}

void addFigures(const Material& material, Report& report) {
    if (material.predictions->task == TaskKind::SeveralLabels) {
        const SeveralLabelsReport labels = severalLabelsReport(*material.predictions);
        report.figures = {{percentWords(labels.meanAveragePrecision), "mean average precision"},
                          {fixedText(labels.rocAuc, 3), "ROC-AUC, mean over classes"},
                          {percentWords(labels.exact), "of the pictures have exactly their labels"},
                          {fixedText(labels.loss, 3), "loss"}};
        return;
    }
    if (material.predictions->task == TaskKind::ContinueText) {
        const MetricInfo& score = taskInfo(TaskKind::ContinueText).score;
        report.figures = {{scoreWords(score, material.predictions->score), score.inSentence},
                          {fixedText(material.predictions->loss, 3), "loss, in nats a token"}};
        return;
    }
    const EvaluationReport& evaluation = material.evaluation;
    report.figures = {{percentWords(evaluation.accuracy), "accuracy, 95\u202F%: " + intervalWords(evaluation.accuracyInterval)},
                      {percentWords(evaluation.topFive), "top-5 accuracy"},
                      {fixedText(evaluation.loss, 3), "loss"},
                      {percentWords(evaluation.calibration.expectedError), "calibration error"}};
}

}  // namespace

Report makeReport(Inspector& inspector, const std::string& checkpoint, const CountCallback& progress) {
    Material material;
    material.run = inspector.run();
    material.history = readRun(material.run.directory);
    material.manifest = readManifest(material.run.directory);
    material.kept = inspector.checkpoints();
    material.checkpoint = chosenOf(material.kept, checkpoint, material.run.directory);
    material.leftOut = inspector.leftOutCheckpoints();
    material.pictures = inspector.pictures(Split::Test);

    const std::int64_t pictures = material.pictures->count(), total = pictures + static_cast<std::int64_t>(kMaps);
    const auto tell = [&](std::int64_t done) {
        if (progress && !progress(done, total)) throw Cancelled();
    };
    material.predictions = inspector.predictions(material.checkpoint.name, Split::Test, [&](std::int64_t done, std::int64_t) {
        tell(std::min(done, pictures));
        return true;
    });
    const bool oneLabel = material.predictions->task == TaskKind::OneLabel;
    if (oneLabel) material.evaluation = evaluationReport(*material.predictions);

    const std::string samples = material.predictions->task == TaskKind::ContinueText ? "windows of text"
                                : material.run.model.readsTexts()                    ? "texts"
                                                                                     : "pictures";
    Report report;
    report.title = titleOf(material);
    report.subtitle = material.run.model.name + " on " + material.history.summary.dataset + ", " + momentOf(material.checkpoint) +
                      standingOf(material) + ". Figures are of " + countWords(material.predictions->count()) +
                      (material.run.testLock.isLocked()
                           ? (material.history.config.data.ownValidation
                                  ? " validation " + samples + "; the test split is locked."
                                  : " training " + samples + " that it was not trained on; the test split is locked.")
                           : " test " + samples + ".");
    addFigures(material, report);
    if (const double seconds = trainingSeconds(material.history); seconds > 0)
        report.figures.emplace_back(durationWords(seconds), "of training, " + std::to_string(material.history.epochs.size()) +
                                                                (material.history.epochs.size() == 1 ? " epoch" : " epochs"));
    std::int64_t made = 0;
    if (const std::string missing = notSavedOf(material); !missing.empty())
        report.subtitle += " Not all of the run is saved. " + missing;
    if (material.predictions->task == TaskKind::ContinueText)
        report.sections = {curvesOf(material), settingsOf(material)};
    else
        report.sections = {curvesOf(material),
                           scoresSection(*material.predictions, material.run.classNames,
                                         [&](std::int64_t, std::int64_t) {
                                             tell(pictures);
                                             return true;
                                         }),
                           oneLabel ? matrixOf(material) : ReportSection(),
                           oneLabel ? classesOf(material) : labelsOf(material),
                           picturesOf(material),
                           mapsOf(material, inspector, [&] { tell(pictures + ++made); }),
                           settingsOf(material)};
    report.sections.erase(std::remove_if(report.sections.begin(), report.sections.end(),
                                         [](const ReportSection& section) {
                                             return section.facts.empty() && section.chart.svg.empty() && section.table.empty() &&
                                                    section.groups.empty();
                                         }),
                          report.sections.end());
    const double now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    report.footer = "Run " + material.run.runId + ", begun " + momentWords(material.history.summary.startedAt) + ", " +
                    toString(material.history.summary.status) + ". Written " + momentWords(now) + " by Thaw " + version() + ".";
    tell(total);
    return report;
}

void writeReport(const Report& report, const std::filesystem::path& html) { writeFileAtomically(html, reportHtml(report)); }

}  // namespace thaw::core
