// predict, extract, export: what a trained model says, from a run's checkpoint.
#include <nlohmann/json.hpp>

#include <memory>

#include "app/cli/analysis_options.h"
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/json_output.h"
#include "app/cli/run_options.h"
#include "core/api/analysis.h"
#include "core/api/engine_info.h"
#include "core/api/errors.h"

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

}  // namespace

Subcommand addPredict(CLI::App& parser) {
    struct Options {
        core::RunSelection run;
        std::vector<std::filesystem::path> files;
        std::filesystem::path csv;
        int threads = 0;
        bool json = false;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parser.add_subcommand("predict", "What a trained model says of your pictures");
    addRunSelection(*app, options->run);
    app->add_option("images", options->files, "Picture files, or folders of them, which are taken in the order of the names")
        ->required();
    app->add_option("--csv", options->csv, "Write a table: file, predicted class, probability, the five best guesses")
        ->check(notEmpty());
    addThreads(*app, options->threads);
    app->add_flag("--json", options->json, "Print JSON");
    return {
        app, [options] {
            Console console(stderr);
            if (!options->csv.empty()) core::requireWritable(options->csv);
            const std::vector<std::filesystem::path> files = picturesAmong(options->files, console);
            chooseCheckpoint(console, options->run);
            core::useComputeThreads(options->threads);
            std::vector<std::string> classNames;
            const auto predictions = core::predictFiles(options->run, files, options->threads, &classNames);
            if (!options->csv.empty()) core::writePredictionTable(predictions, classNames, options->csv);
            bool allRead = true;
            json results = json::array();
            for (const core::FilePrediction& prediction : predictions) {
                json result = {{"file", prediction.file.string()}};
                if (!prediction.error.empty()) {
                    allRead = false;
                    result["error"] = prediction.error;
                    printText(stderr, "%s: %s\n", core::printableLine(prediction.file).c_str(), prediction.error.c_str());
                } else {
                    const auto best = core::topK(prediction.probabilities.data(), static_cast<int>(classNames.size()), 5);
                    for (const int index : best)
                        result["top5"].push_back({{"class", classNames[static_cast<std::size_t>(index)]},
                                                  {"probability", prediction.probabilities[static_cast<std::size_t>(index)]}});
                    if (!options->json) {
                        printText(stdout, "%s\n", core::printableLine(prediction.file).c_str());
                        for (const int index : best)
                            printText(stdout, "  %-16s %s\n",
                                      core::printableLine(classNames[static_cast<std::size_t>(index)]).c_str(),
                                      percent(prediction.probabilities[static_cast<std::size_t>(index)]).c_str());
                    }
                }
                results.push_back(std::move(result));
            }
            if (options->json) print(results);
            return allRead ? kDone : kFailed;
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
    app->add_option("--layer", options->request.layer, "Keras's or torchvision's name: block5_pool, features.30")->required();
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
                if (!options->request.run.run.empty()) chooseCheckpoint(console, options->request.run);
                core::useComputeThreads(options->request.config.threads);
                core::extractFeatures(options->request, progressOn(console, "Extracting"));
                console.say("Written: " + options->request.output.string());
                return kDone;
            }};
}

Subcommand addExport(CLI::App& parser) {
    struct Options {
        core::RunSelection run;
        std::filesystem::path file;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parser.add_subcommand("export", "Write a run's whole model as float32 safetensors");
    addRunSelection(*app, options->run);
    addOutput(*app, options->file, "File to write");
    return {app, [options] {
                Console console(stderr);
                core::requireWritable(options->file);
                chooseCheckpoint(console, options->run);
                core::exportModel(options->run, options->file);
                printText(stdout, "Written: %s\n", options->file.c_str());
                return kDone;
            }};
}

}  // namespace thaw::cli
