// weights, data, runs, info: what is there and how to get what is not.
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>

#include "app/cli/analysis_options.h"
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/json_output.h"
#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/api/runs.h"
#include "core/api/text.h"
#include "core/api/weights_info.h"

namespace thaw::cli {

namespace {

using nlohmann::json;

core::ProgressCallback downloadProgressOn(Console& console) {
    return [&console](const core::DownloadProgress& progress) {
        core::Event event;
        const double left = progress.total > 0 && progress.bytesPerSecond > 0
                                ? static_cast<double>(progress.total - progress.received) / progress.bytesPerSecond
                                : -1;
        event.data = core::WorkProgress{progress.activity + (progress.resumed ? " (continued)" : ""), progress.received,
                                        progress.total, left};
        console.show(event);
        return true;
    };
}

void printList(const char* title, const std::vector<std::string>& items) {
    if (items.empty()) return;
    printText(stdout, "%s (%zu):\n", title, items.size());
    for (const std::string& item : items) printText(stdout, "  %s\n", core::printableLine(item).c_str());
}

std::string namesOfDownloads() {
    std::string names;
    for (const auto& [name, source] : core::downloadableWeights()) names += (names.empty() ? "" : ", ") + name;
    return names;
}

int inspect(const std::string& file, const std::string& model, bool asJson) {
    const core::WeightsReport report = core::inspectWeights(file, model);
    if (asJson) {
        json tensors = json::array();
        for (const core::TensorInfo& tensor : report.tensors)
            tensors.push_back({{"name", tensor.name}, {"dtype", tensor.dtype}, {"shape", tensor.shape}});
        json metadata = json::object();
        for (const auto& [key, value] : report.metadata) metadata[key] = value;
        print({{"file", report.file.string()},
               {"format", core::toString(report.format)},
               {"bytes", report.fileBytes},
               {"sha256", report.sha256},
               {"model", report.model},
               {"usable", report.usable()},
               {"other_network", report.otherNetwork},
               {"scaling", report.usable() ? json{{"name", core::toString(report.scaling.scaling)},
                                                  {"certain", report.scaling.certain},
                                                  {"reason", report.scaling.reason}}
                                           : json()},
               {"tensors", tensors},
               {"metadata", metadata},
               {"matched", report.matched},
               {"missing", report.missing},
               {"unexpected", report.unexpected},
               {"misshapen", report.misshapen}});
    } else {
        printText(stdout, "%s\n%s, %s bytes, sha256 %s\n", report.file.c_str(), core::toString(report.format).c_str(),
                  thousands(report.fileBytes).c_str(), report.sha256.c_str());
        for (const auto& [key, value] : report.metadata)
            printText(stdout, "  %s: %s\n", core::printableLine(key).c_str(), core::printableLine(value).c_str());
        if (report.otherNetwork.empty()) {  // else these lists say little
            printList("Matched", report.matched);
            printList("Missing", report.missing);
            printList("Unexpected", report.unexpected);
            printList("Misshapen", report.misshapen);
        }
        if (report.usable())
            printText(stdout, "Usable as the trunk of %s. %s\n", report.modelTitle.c_str(),
                      core::scalingSentence(report.scaling).c_str());
        else if (!report.otherNetwork.empty())
            printText(stdout, "Not usable as the trunk of %s: this is %s.\n", report.modelTitle.c_str(),
                      report.otherNetwork.c_str());
        else
            printText(stdout, "Not usable as the trunk of %s.\n", report.modelTitle.c_str());
    }
    return report.usable() ? kDone : kFailed;
}

json toJson(const core::DatasetInfo& dataset) {
    json leftOut = json::array(), toPredict = json::array();
    for (const std::filesystem::path& folder : dataset.toPredict) toPredict.push_back(folder.string());
    for (const core::LeftOutFile& left : dataset.leftOut)
        leftOut.push_back({{"file", left.file.string()}, {"reason", left.reason}});
    return {{"id", dataset.id},
            {"title", dataset.title},
            {"holds", dataset.modality == core::Modality::Texts ? "texts" : "pictures"},
            {"description", dataset.description},
            {"present", dataset.present},
            {"substitute", dataset.substitute},
            {"location", dataset.location.string()},
            {"problem", dataset.problem},
            {"classes", dataset.classNames},
            {"train", dataset.trainCount},
            {"test", dataset.testCount},
            {"train_per_class", dataset.trainPerClass},
            {"validation", dataset.validationCount},
            {"test_per_class", dataset.testPerClass},
            {"notes", dataset.notes},
            {"left_out", leftOut},
            {"to_predict", toPredict},
            {"download", dataset.download.url},
            {"install_hint", dataset.installHint}};
}

void printDataset(const core::DatasetInfo& dataset, bool inUse) {
    constexpr std::size_t kShown = 20;
    const auto line = [](const std::string& text) {
        printText(stdout, "               %s\n", core::printableLine(text).c_str());
    };
    printText(stdout, "%-14s %s%s\n", dataset.id.c_str(), dataset.title.c_str(), inUse ? "  <- the next run uses it" : "");
    if (dataset.present && dataset.problem.empty()) {
        const std::string validation =
            dataset.validationCount > 0 ? thousands(dataset.validationCount) + " validation, " : std::string();
        line(thousands(dataset.trainCount) + " training, " + validation + thousands(dataset.testCount) +
             (dataset.modality == core::Modality::Texts ? " test texts, " : " test pictures, ") +
             std::to_string(dataset.classNames.size()) + " classes");
        line(dataset.location.string());
        for (const std::string& note : dataset.notes) line("Note: " + note);
        for (std::size_t i = 0; i < std::min(kShown, dataset.leftOut.size()); ++i)
            line("Left out: " + dataset.leftOut[i].file.string() + ": " + dataset.leftOut[i].reason);
        if (dataset.leftOut.size() > kShown)
            line("Left out: " + std::to_string(dataset.leftOut.size() - kShown) + " more; --json lists all.");
    } else if (!dataset.problem.empty()) {
        line(dataset.problem);
    } else if (!dataset.download.url.empty()) {
        line("not here; get it with: thaw-cli data get " + dataset.id);
    } else {
        line("not here; " + dataset.installHint);
    }
}

// A place that was named and cannot be used: says why, after the list.
int listData(const std::string& directory, bool asJson) {
    core::DataConfig config;
    config.directory = directory;
    json all = json::array();
    bool usable = false;
    for (const core::Modality modality : {core::Modality::Pictures, core::Modality::Texts}) {
        const std::vector<core::DatasetInfo> datasets = core::listDatasets(directory, modality);
        const core::DatasetInfo* chosen = core::chosenDataset(datasets, config);
        for (const core::DatasetInfo& dataset : datasets) {
            const bool inUse = &dataset == chosen && chosen->problem.empty();
            usable = usable || inUse;
            if (!asJson) printDataset(dataset, inUse);
            all.push_back(toJson(dataset));
            all.back()["in_use"] = inUse;
        }
    }
    if (asJson) print(all);
    std::fflush(stdout);
    if (!directory.empty() && !usable) core::resolveDataset(config);
    return kDone;
}

int listRuns(bool asJson) {
    json all = json::array();
    for (const core::RunSummary& run : core::listRuns()) {
        all.push_back({{"run", run.runId},
                       {"number", run.number},
                       {"directory", run.directory.string()},
                       {"title", run.title},
                       {"note", run.note},
                       {"preset", run.preset},
                       {"dataset", run.dataset},
                       {"dataset_id", run.datasetId},
                       {"classes", run.classNames},
                       {"status", core::toString(run.status)},
                       {"epochs", run.epochs},
                       {"planned_epochs", run.plannedEpochs},
                       {"best_accuracy", run.bestScore},
                       {"best_epoch", run.bestEpoch},
                       {"validates_on", run.testLock.validatesOnHeldOut ? "held-out training pictures" : "test split"},
                       {"test_reveals", run.testLock.reveals},
                       {"resumable", run.resumable},
                       {"not_saved", run.notSaved},
                       {"problem", run.problem}});
        if (asJson) continue;
        if (!run.problem.empty()) {
            printText(stdout, "%s\n        cannot be read: %s\n", run.directory.c_str(), run.problem.c_str());
            continue;
        }
        const std::string best = run.bestScore >= 0 ? figure(core::taskInfo(run.task).score, run.bestScore) : "-";
        const std::string lock = run.testLock.isLocked() ? "test split locked  "
                                 : run.testLock.validatesOnHeldOut
                                     ? "test split revealed (" + std::to_string(run.testLock.reveals) + ")  "
                                     : "";
        printText(stdout, "Run %-3d %-12s %-16s %-14s %2d of %2d epochs  best %-7s %s%s\n", run.number,
                  core::toString(run.status).c_str(), run.preset.c_str(), run.dataset.c_str(), run.epochs, run.plannedEpochs,
                  best.c_str(), lock.c_str(), run.directory.c_str());
        if (run.named) printText(stdout, "        %s\n", core::printableLine(run.title).c_str());
        if (!run.note.empty()) printText(stdout, "        %s\n", core::printableLine(run.note).c_str());
        if (!run.notSaved.empty()) printText(stdout, "        Not all of it is saved. %s\n", run.notSaved.c_str());
    }
    if (asJson)
        print(all);
    else if (all.empty())
        printText(stdout, "No runs yet.\n");
    return kDone;
}

json infoJson() {
    const core::EngineInfo info = core::engineInfo();
    json datasets = json::array();
    for (const core::DatasetInfo& dataset : core::listDatasets()) datasets.push_back(toJson(dataset));
    json weights = json::array();
    for (const core::WeightsChoice& choice : core::listWeights())
        weights.push_back({{"title", choice.title}, {"file", choice.file.string()}, {"description", choice.description}});
    return {{"thaw", info.thawVersion},
            {"libtorch", info.libtorchVersion},
            {"cpu_capability", info.cpuCapability},
            {"processor", info.processor},
            {"blas", info.blasLibrary},
            {"blas_core", info.blasCore},
            {"blas_suitable", info.blasSuitable},
            {"cores", info.cores},
            {"threads", info.threads},
            {"device", info.device},
            {"memory_bytes", info.memoryBytes},
            {"data_folder", info.dataFolder.string()},
            {"runs_folder", info.runsFolder.string()},
            {"config_folder", info.configFolder.string()},
            {"cache_folder", info.cacheFolder.string()},
            {"cache_bytes", info.cacheBytes},
            {"note", info.note},
            {"data", datasets},
            {"weights", weights}};
}

int showInfo(bool asJson) {
    core::useComputeThreads(0);
    const json info = infoJson();
    if (asJson) {
        print(info);
        return kDone;
    }
    const auto text = [&info](const char* key) { return info.at(key).get<std::string>(); };
    printText(stdout, "Thaw %s, LibTorch %s (%s)\n", text("thaw").c_str(), text("libtorch").c_str(),
              text("cpu_capability").c_str());
    const int cores = info["cores"].get<int>(), threads = info["threads"].get<int>();
    printText(stdout, "Processor    %s, %d %s, %d compute %s\n", text("processor").c_str(), cores, cores == 1 ? "core" : "cores",
              threads, threads == 1 ? "thread" : "threads");
    printText(stdout, "Device       %s\n", text("device").c_str());
    printText(stdout, "BLAS         %s, kernels for %s%s\n", text("blas").c_str(), text("blas_core").c_str(),
              info["blas_suitable"].get<bool>() ? "" : "  (not this processor's own: expect slow training)");
    if (!text("note").empty()) printText(stdout, "Note         %s\n", text("note").c_str());
    printText(stdout, "Data         %s\nRuns         %s\nCache        %s (%s MB)\n", text("data_folder").c_str(),
              text("runs_folder").c_str(), text("cache_folder").c_str(),
              thousands(info["cache_bytes"].get<std::int64_t>() / 1'000'000).c_str());
    for (const json& choice : info["weights"]) printText(stdout, "Weights      %s\n", choice["title"].get<std::string>().c_str());
    for (const json& dataset : info["data"])
        printText(stdout, "Data set     %s: %s\n", dataset["title"].get<std::string>().c_str(),
                  dataset["present"].get<bool>() ? dataset["location"].get<std::string>().c_str() : "not here");
    return kDone;
}

}  // namespace

Subcommand addWeights(CLI::App& parser) {
    struct Options {
        std::string file, output, name, model;
        bool json = false;
        CLI::App *inspect = nullptr, *import = nullptr, *get = nullptr;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parser.add_subcommand("weights", "Look into, convert or download weight files");
    app->require_subcommand(1);
    options->inspect = app->add_subcommand("inspect", "What a weights file holds and which model's trunk is in it");
    options->inspect->add_option("file", options->file, "Weights file")->required();
    options->inspect->add_flag("--json", options->json, "Print JSON");
    options->import = app->add_subcommand("import", "Convert a weights file to Thaw's own (safetensors, float32)");
    options->import->add_option("file", options->file, "Weights file")->required();
    options->import->add_option("--out", options->output, "File to write (default: the user's weights folder)");
    for (CLI::App* each : {options->inspect, options->import})
        each->add_option("--model", options->model, "Model to compare with (default: the one that the file holds)");
    options->get = app->add_subcommand("get", "Download full-precision weights of a model");
    options->get->add_option("name", options->name, namesOfDownloads())->required();
    return {app, [options] {
                if (options->inspect->parsed()) return inspect(options->file, options->model, options->json);
                if (options->import->parsed()) {
                    printText(stdout, "Written: %s\n",
                              core::importWeights(options->file, options->output, options->model).c_str());
                    return kDone;
                }
                Console console(stderr);
                console.say("Installed: " + core::downloadWeights(options->name, downloadProgressOn(console)).string());
                return kDone;
            }};
}

Subcommand addData(CLI::App& parser) {
    struct Options {
        std::string directory, name;
        double giveUpAfter = 0;
        bool json = false;
        CLI::App *list = nullptr, *get = nullptr;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parser.add_subcommand("data", "List, check or download data sets");
    app->require_subcommand(1);
    options->list = app->add_subcommand("list", "Data sets that Thaw knows and where they are");
    options->list->add_option("--data", options->directory, "Folder or archive to look in first");
    options->list->add_flag("--json", options->json, "Print JSON");
    options->get = app->add_subcommand("get", "Download a data set: cifar10");
    options->get->add_option("name", options->name, "cifar10")->required();
    options->get
        ->add_option("--give-up-after", options->giveUpAfter,
                     "Seconds without a byte after which it fails, connecting included (default: minutes)")
        ->check(notNegative());
    const std::vector<Subcommand> doctor = addDoctor(*app);
    return {app, [options, doctor] {
                for (const Subcommand& command : doctor)
                    if (command.app->parsed()) return command.run();
                if (options->list->parsed()) return listData(options->directory, options->json);
                Console console(stderr);
                console.say(
                    "Installed: " +
                    core::downloadDataset(options->name, downloadProgressOn(console), options->giveUpAfter).location.string());
                return kDone;
            }};
}

Subcommand addRuns(CLI::App& parser) {
    struct Options {
        bool json = false;
        std::filesystem::path run;
        std::string title, note;
        CLI::App* rename = nullptr;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parser.add_subcommand("runs", "List past runs, or give one a name");
    app->add_flag("--json", options->json, "Print JSON");
    options->rename = app->add_subcommand("rename", "Give a run a title and a note of your own");
    options->rename->add_option("run", options->run, "Folder of the run")->required();
    options->rename->add_option("title", options->title, "The title; empty: the lesson's again")->required();
    options->rename->add_option("--note", options->note, "The note (default: as it is)");
    return {app, [options] {
                if (!options->rename->parsed()) return listRuns(options->json);
                if (options->rename->count("--note") == 0) options->note = core::readRun(options->run).summary.note;
                core::renameRun(options->run, options->title, options->note);
                return kDone;
            }};
}

Subcommand addInfo(CLI::App& parser) {
    auto asJson = std::make_shared<bool>(false);
    CLI::App* app = parser.add_subcommand("info", "Libraries, processor, threads, data, weights and cache");
    app->add_flag("--json", *asJson, "Print JSON");
    return {app, [asJson] { return showInfo(*asJson); }};
}

Subcommand addCache(CLI::App& parser) {
    auto directory = std::make_shared<std::string>();
    CLI::App* app = parser.add_subcommand("cache", "Clear the cached features of frozen layers");
    app->require_subcommand(1);
    app->add_subcommand("clear", "Delete them: the next run computes them anew")
        ->add_option("--cache-dir", *directory, "Folder of the feature cache (default: the user's)");
    return {app, [directory] {
                printText(stdout, "Freed: %s MB\n", thousands(core::clearFeatureCache(*directory) / 1'000'000).c_str());
                return kDone;
            }};
}

}  // namespace thaw::cli
