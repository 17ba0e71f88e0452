// predict, extract, export: what a trained model says, from a run's checkpoint.
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>

#include "app/cli/analysis_options.h"
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/json_output.h"
#include "app/cli/run_options.h"
#include "app/cli/score_output.h"
#include "core/api/analysis.h"
#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/api/evaluation.h"
#include "core/api/runs.h"
#include "core/api/text.h"
#include "core/api/text_prediction.h"
#include "core/api/weights_info.h"

namespace thaw::cli {

using nlohmann::json;

namespace {

/// Folders are replaced by the pictures in them.
std::vector<std::filesystem::path> picturesAmong(const std::vector<std::filesystem::path>& given, Console& console) {
    std::vector<std::filesystem::path> files;
    for (const std::filesystem::path& one : given) {
        std::error_code ignored;
        if (!std::filesystem::is_directory(one, ignored)) {
            files.push_back(one);
            continue;
        }
        const core::PictureFolder folder = core::listPictures(one);
        files.insert(files.end(), folder.pictures.begin(), folder.pictures.end());
        if (folder.otherFiles > 0)
            console.say(
                one.string() + ": " + thousands(folder.otherFiles) +
                (folder.otherFiles == 1 ? " file that is no picture was skipped." : " files that are no pictures were skipped."));
    }
    return files;
}

struct PredictOptions {
    core::RunSelection run;
    std::vector<std::filesystem::path> files;
    std::filesystem::path labelled, csv, weights;
    std::vector<std::string> texts;
    std::string model;
    int threads = 0;
    bool json = false;
};

constexpr char kPredictKeys[] =
    "--json prints a list with one object a picture: file, and top5 (class, probability) or error; of a run also\n"
    "probabilities, of all its classes in their order. With --labelled it prints "
    "one\n"
    "object: folder, count (pictures that could be read), the scores of evaluate --json, unknown_folders (their names are no "
    "class\n"
    "of the run: left out), missing_classes (no picture in the folder), and pictures, each also with true and right.\n"
    "Of texts an object has text, tokens (that the model read) and cut (it has more) in place of file.";

/// The best guesses and, of several labels each, those that are likely.
json guessesJson(const std::vector<float>& probabilities, core::TaskKind task, const std::vector<std::string>& classNames,
                 bool withAll) {
    json result;
    for (const int index : core::topK(probabilities.data(), static_cast<int>(classNames.size()), 5))
        result["top5"].push_back({{"class", classNames[static_cast<std::size_t>(index)]},
                                  {"probability", probabilities[static_cast<std::size_t>(index)]}});
    if (withAll) result["probabilities"] = probabilities;
    if (task != core::TaskKind::SeveralLabels) return result;
    result["labels"] = json::array();
    for (std::size_t i = 0; i < classNames.size(); ++i)
        if (static_cast<double>(probabilities[i]) >= core::kLabelThreshold) result["labels"].push_back(classNames[i]);
    return result;
}

void printGuesses(const json& result, const char* what) {
    printText(stdout, "%s\n", result[what].get<std::string>().c_str());
    for (const json& guess : result["top5"])
        printText(stdout, "  %-16s %s\n", guess["class"].get<std::string>().c_str(), percent(guess["probability"]).c_str());
}

/// What the model says of each picture, of every class with `withAll`; on standard error why one cannot be read.
json picturesJson(const std::vector<core::FilePrediction>& predictions, const std::vector<std::string>& classNames,
                  bool withAll) {
    const auto nameOf = [&](int index) { return classNames[static_cast<std::size_t>(index)]; };
    json results = json::array();
    for (const core::FilePrediction& prediction : predictions) {
        json result = {{"file", prediction.file.string()}};
        if (prediction.label >= 0) result["true"] = nameOf(prediction.label);
        if (prediction.error.empty()) {
            result.update(guessesJson(prediction.probabilities, prediction.task, classNames, withAll));
            if (prediction.label >= 0)
                result["right"] = core::topK(prediction.probabilities.data(), static_cast<int>(classNames.size()), 1).front() ==
                                  prediction.label;
        } else {
            result["error"] = prediction.error;
            printText(stderr, "%s: %s\n", prediction.file.c_str(), prediction.error.c_str());
        }
        results.push_back(std::move(result));
    }
    return results;
}

bool allRead(const std::vector<core::FilePrediction>& predictions) {
    return std::all_of(predictions.begin(), predictions.end(), [](const auto& one) { return one.error.empty(); });
}

/// What the run's data set has for the trained network to name.
std::vector<std::filesystem::path> unlabelledOf(const std::filesystem::path& run, Console& console) {
    std::vector<std::filesystem::path> folders;
    if (!run.empty()) folders = core::resolveDataset(core::readRun(run).config.data).toPredict;
    if (folders.empty())
        throw core::ConfigError("No picture is named.",
                                "Name picture files or folders, a folder with --labelled, or a text with --text.");
    for (const std::filesystem::path& folder : folders)
        console.say("No picture is named: those in " + folder.string() + ", which have no labels.");
    return folders;
}

int predictPictures(const PredictOptions& options, Console& console) {
    const std::vector<std::filesystem::path> files = picturesAmong(options.files, console);
    std::vector<std::string> classNames;
    const auto predictions = options.model.empty()
                                 ? core::predictFiles(options.run, files, options.threads, &classNames)
                                 : core::predictPublished(options.model, options.weights, files, options.threads, &classNames);
    if (!options.csv.empty()) core::writePredictionTable(predictions, classNames, options.csv);
    const json results = picturesJson(predictions, classNames, options.model.empty());
    if (options.json) {
        print(results);
    } else {
        for (const json& result : results)
            if (result.contains("top5")) printGuesses(result, "file");
    }
    return allRead(predictions) ? kDone : kFailed;
}

int predictWords(const PredictOptions& options) {
    std::vector<std::string> classNames;
    json results = json::array();
    for (const core::TextPrediction& one : core::predictTexts(options.run, options.texts, options.threads, &classNames)) {
        json result = {{"text", one.text}, {"tokens", one.tokens}, {"cut", one.cut}};
        result.update(guessesJson(one.probabilities, one.task, classNames, /*withAll=*/true));
        results.push_back(std::move(result));
    }
    if (options.json)
        print(results);
    else
        for (const json& result : results) printGuesses(result, "text");
    return kDone;
}

/// How often the model is right where the folders' names say what the pictures show.
int predictLabelled(const PredictOptions& options, Console& console) {
    const std::vector<std::string> classNames = core::classNamesOf(options.run.run);
    const core::LabelledPictures pictures = core::labelledPictures(options.labelled, classNames);
    if (const std::string mismatch = pictures.mismatch(); !mismatch.empty()) console.say(mismatch);
    auto predictions =
        core::predictFiles(options.run, pictures.files, options.threads, nullptr, progressOn(console, "Predicting"));
    for (std::size_t i = 0; i < predictions.size(); ++i) predictions[i].label = pictures.labels[i];
    if (!options.csv.empty()) core::writePredictionTable(predictions, classNames, options.csv);
    if (!predictions.empty() && predictions.front().task == core::TaskKind::SeveralLabels)
        throw core::ConfigError("The run tells several labels of each picture, but a folder's name is only one.",
                                "Judge it on its own data set with thaw-cli evaluate.");
    const core::PredictionSet set = core::predictionsOf(predictions, static_cast<int>(classNames.size()));
    const json each = picturesJson(predictions, classNames, /*withAll=*/true);
    if (set.count() == 0) throw core::DataError("None of the pictures in " + options.labelled.string() + " can be read.");
    const core::EvaluationReport report = core::evaluationReport(set);
    if (options.json) {
        json result = {{"folder", options.labelled.string()},
                       {"count", set.count()},
                       {"unknown_folders", pictures.unknownFolders},
                       {"missing_classes", pictures.missingClasses},
                       {"pictures", each}};
        result.update(scoresJson(report, classNames));
        print(result);
    } else {
        printText(stdout, "%s, %s pictures\n", options.labelled.c_str(), thousands(set.count()).c_str());
        printScores(report, classNames);
    }
    return allRead(predictions) ? kDone : kFailed;
}

}  // namespace

Subcommand addPredict(CLI::App& parser) {
    auto options = std::make_shared<PredictOptions>();
    CLI::App* app = parser.add_subcommand("predict", "What a trained model says of your pictures or texts");
    CLI::Option* run = addRunSelection(*app, options->run);
    CLI::Option* model = app->add_option("--model", options->model,
                                         "Instead of a run: a model with the classifier that it was published with "
                                         "(squeezenet1_1, efficientnet_lite0); answers ImageNet's classes");
    run->required(false)->excludes(model);
    app->add_option("--weights", options->weights, "With --model: a whole weights file (default: built in)")->needs(model);
    CLI::Option* images = app->add_option(
        "images", options->files,
        "Picture files, or folders of them, which are taken in the order of the names. None: the pictures without labels in "
        "the run's data set");
    CLI::Option* labelled = app->add_option(
        "--labelled", options->labelled,
        "A folder with a folder of pictures for each class, called as the run's classes: how often the model is right");
    labelled->check(notEmpty())->excludes(images)->excludes(model);
    app->add_option("--text", options->texts, "A text for a model of texts; may be given again")
        ->excludes(images)
        ->excludes(labelled)
        ->excludes(model);
    app->add_option("--csv", options->csv,
                    "Write a table: file, (with --labelled) true class, predicted class, probability, the five best guesses")
        ->check(notEmpty());
    addThreads(*app, options->threads);
    app->add_flag("--json", options->json, "Print JSON");
    app->footer(kPredictKeys);
    return {app, [options] {
                if (options->model.empty() && options->run.run.empty())
                    throw core::ConfigError("Neither a run nor a model is named.",
                                            "Name a run with --run, or a model with --model.");
                Console console(stderr);
                if (options->files.empty() && options->labelled.empty() && options->texts.empty())
                    options->files = unlabelledOf(options->run.run, console);
                if (!options->csv.empty()) core::requireWritable(options->csv);
                if (options->model.empty()) chooseCheckpoint(console, options->run);
                core::useComputeThreads(options->threads);
                if (!options->texts.empty()) return predictWords(*options);
                return options->labelled.empty() ? predictPictures(*options, console) : predictLabelled(*options, console);
            }};
}

Subcommand addExtract(CLI::App& parser) {
    struct Options {
        core::ExtractRequest request;
        RunOptions run;
        std::string split;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parser.add_subcommand("extract", "Write a layer's output for the pictures of a split as safetensors");
    app->add_option("--run", options->request.run.run, "Folder of a run (default: the bare trunk)");
    addCheckpoint(*app, options->request.run);
    app->add_option("--layer", options->request.layer, "Keras's or torchvision's name: block5_pool, features.30, layer4.1.conv2")
        ->required();
    addSplit(*app, options->split);
    app->add_option("--limit", options->request.limit,
                    "First N pictures of the whole split, also where the run has only a part of it (default 0: all)")
        ->check(notNegative());
    addOutput(*app, options->request.output, "File to write");
    options->run.addInputOptionsTo(*app);
    return {app, [options] {
                options->request.split = splitFromString(options->split);
                options->request.config = options->run.applyTo(core::findLesson("lesson").config);
                Console console(stderr);
                core::requireWritable(options->request.output);
                const core::RunConfig& config = options->request.config;
                if (!options->request.run.run.empty())
                    chooseCheckpoint(console, options->request.run);
                else if (const std::string warning =
                             core::scalingWarning(config.scaling, core::scalingOfWeights(config.weights, config.model));
                         !warning.empty())
                    console.warn("Warning: " + warning);
                core::useComputeThreads(config.threads);
                core::extractFeatures(options->request, progressOn(console, "Extracting"));
                console.say("Written: " + options->request.output.string());
                return kDone;
            }};
}

Subcommand addExport(CLI::App& parser) {
    struct Options {
        core::RunSelection run;
        std::string format = "safetensors";
        std::filesystem::path file;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parser.add_subcommand("export", "Write a run's whole model for other programs");
    addRunSelection(*app, options->run);
    app->add_option(
           "--format", options->format,
           "safetensors (NAME), python (NAME.py and NAME.safetensors, for torch and torchvision), torchscript (NAME.pt) or "
           "onnx (NAME.onnx), each of the last two with a short script that uses it")
        ->capture_default_str();
    addOutput(*app, options->file, "File to write");
    return {app, [options] {
                const core::ExportFormat format = core::exportFormatFromString(options->format);
                const std::vector<std::filesystem::path> files = core::exportedFiles(format, options->file);
                for (const std::filesystem::path& file : files) core::requireWritable(file);
                Console console(stderr);
                chooseCheckpoint(console, options->run);
                core::exportModel(options->run, format, options->file);
                for (const std::filesystem::path& file : files) printText(stdout, "Written: %s\n", file.c_str());
                return kDone;
            }};
}

}  // namespace thaw::cli
