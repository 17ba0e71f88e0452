// evaluate, predict, extract, export: what a trained model says, from a run's checkpoint.
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/run_options.h"
#include "core/api/analysis.h"
#include "core/api/engine_info.h"
#include "core/api/errors.h"

namespace thaw::cli {

namespace {

using nlohmann::json;

core::Split splitFromString(const std::string& name) {
    if (name == "train") return core::Split::Train;
    if (name == "test") return core::Split::Test;
    throw core::ConfigError("--split: '" + name + "' is not train or test.");
}

core::CountCallback progressOn(Console& console, const std::string& activity) {
    return [&console, activity](std::int64_t done, std::int64_t total) {
        core::Event event;
        event.data = core::WorkProgress{activity, done, total, -1};
        console.show(event);
        return true;
    };
}

void addRunSelection(CLI::App& app, core::RunSelection& selection) {
    app.add_option("--run", selection.run, "Folder of the run")->required();
    app.add_option("--checkpoint", selection.checkpoint, "best, last or epoch:N");
}

double topFiveAccuracy(const core::PredictionSet& predictions) {
    std::int64_t hits = 0;
    for (std::int64_t i = 0; i < predictions.count(); ++i) {
        const std::vector<int> best = core::topK(predictions.row(i), predictions.classCount, 5);
        hits += std::count(best.begin(), best.end(), predictions.labels[static_cast<std::size_t>(i)]);
    }
    return predictions.count() ? static_cast<double>(hits) / static_cast<double>(predictions.count()) : 0;
}

}  // namespace

Subcommand addEvaluate(CLI::App& parser) {
    struct Options {
        core::EvaluateRequest request;
        std::string split = "test";
        bool json = false;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parser.add_subcommand("evaluate", "Accuracy and loss of a run's checkpoint over a whole split");
    addRunSelection(*app, options->request.run);
    app->add_option("--split", options->split, "train or test");
    app->add_option("--data", options->request.data.directory, "Folder or archive of the data set");
    app->add_option("--test-limit", options->request.data.testLimit, "Use N test pictures");
    app->add_option("--train-limit", options->request.data.trainLimit, "Use N training pictures");
    app->add_option("--threads", options->request.threads, "Compute threads (default: all cores)");
    app->add_flag("--json", options->json, "Print JSON");
    return {app, [options] {
                options->request.split = splitFromString(options->split);
                core::useComputeThreads(options->request.threads);
                Console console(stderr);
                const core::Evaluation evaluation = core::evaluateRun(options->request, progressOn(console, "Evaluating"));
                const core::PredictionSet& predictions = evaluation.predictions;
                const double topFive = topFiveAccuracy(predictions);
                if (options->json) {
                    const json result = {{"dataset", evaluation.dataset}, {"split", options->split},
                                         {"epoch", evaluation.epoch},     {"count", predictions.count()},
                                         {"accuracy", predictions.accuracy}, {"top5", topFive},
                                         {"loss", predictions.loss}};
                    std::printf("%s\n", result.dump(2).c_str());
                } else {
                    std::printf("%s, %s split, %s pictures, after epoch %d\naccuracy %s   top-5 %s   loss %.4f\n", evaluation.dataset.c_str(),
                                options->split.c_str(), thousands(predictions.count()).c_str(), evaluation.epoch,
                                percent(predictions.accuracy).c_str(), percent(topFive).c_str(), predictions.loss);
                }
                return kDone;
            }};
}

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
    app->add_option("images", options->files, "Picture files")->required();
    app->add_option("--csv", options->csv, "Write a table: file, predicted class, probability, the five best guesses");
    app->add_option("--threads", options->threads, "Compute threads (default: all cores)");
    app->add_flag("--json", options->json, "Print JSON");
    return {app, [options] {
                core::useComputeThreads(options->threads);
                std::vector<std::string> classNames;
                const auto predictions = core::predictFiles(options->run, options->files, options->threads, &classNames);
                if (!options->csv.empty()) core::writePredictionTable(predictions, classNames, options->csv);
                bool allRead = true;
                json results = json::array();
                for (const core::FilePrediction& prediction : predictions) {
                    json result = {{"file", prediction.file.string()}};
                    if (!prediction.error.empty()) {
                        allRead = false;
                        result["error"] = prediction.error;
                        std::fprintf(stderr, "%s: %s\n", prediction.file.c_str(), prediction.error.c_str());
                    } else {
                        const auto best = core::topK(prediction.probabilities.data(), static_cast<int>(classNames.size()), 5);
                        for (const int index : best)
                            result["top5"].push_back({{"class", classNames[static_cast<std::size_t>(index)]},
                                                      {"probability", prediction.probabilities[static_cast<std::size_t>(index)]}});
                        if (!options->json) {
                            std::printf("%s\n", prediction.file.c_str());
                            for (const int index : best)
                                std::printf("  %-16s %s\n", classNames[static_cast<std::size_t>(index)].c_str(),
                                            percent(prediction.probabilities[static_cast<std::size_t>(index)]).c_str());
                        }
                    }
                    results.push_back(std::move(result));
                }
                if (options->json) std::printf("%s\n", results.dump(2, ' ', false, json::error_handler_t::replace).c_str());
                return allRead ? kDone : kFailed;
            }};
}

Subcommand addExtract(CLI::App& parser) {
    struct Options {
        core::ExtractRequest request;
        RunOptions run;
        std::string split = "test";
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parser.add_subcommand("extract", "Write a layer's output for the pictures of a split as safetensors");
    app->add_option("--run", options->request.run.run, "Folder of a run (default: the bare trunk)");
    app->add_option("--checkpoint", options->request.run.checkpoint, "best, last or epoch:N");
    app->add_option("--layer", options->request.layer, "Keras's or torchvision's name: block5_pool, features.30")->required();
    app->add_option("--split", options->split, "train or test");
    app->add_option("--limit", options->request.limit, "First N pictures (0: all)");
    app->add_option("--out", options->request.output, "File to write")->required();
    options->run.addInputOptionsTo(*app);
    return {app, [options] {
                options->request.split = splitFromString(options->split);
                options->request.config = options->run.applyTo(core::findLesson("lesson").config);
                core::useComputeThreads(options->request.config.threads);
                Console console(stderr);
                core::extractFeatures(options->request, progressOn(console, "Extracting"));
                console.say("Written: " + options->request.output.string());
                return kDone;
            }};
}

Subcommand addExport(CLI::App& parser) {
    struct Options {
        core::RunSelection run;
        std::string file;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parser.add_subcommand("export", "Write a run's whole model as float32 safetensors");
    addRunSelection(*app, options->run);
    app->add_option("--out", options->file, "File to write")->required();
    return {app, [options] {
                core::exportModel(options->run, options->file);
                std::printf("Written: %s\n", options->file.c_str());
                return kDone;
            }};
}

}  // namespace thaw::cli
