#include "core/api/runs.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <system_error>

#include "core/api/engine_info.h"
#include "core/store/atomic_file.h"
#include "core/store/checkpoint.h"
#include "core/store/events_file.h"
#include "core/store/paths.h"
#include "core/store/run_files.h"
#include "core/store/run_lock.h"
#include "core/store/run_record.h"
#include "core/store/strict_json.h"
#include "core/store/system_error.h"

namespace thaw::core {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

double real(const json& value, const char* name) {
    const auto found = value.find(name);
    return found != value.end() && found->is_number() ? found->get<double>() : std::numeric_limits<double>::quiet_NaN();
}

std::int64_t whole(const json& value, const char* name) {
    const auto found = value.find(name);
    return found != value.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

int small(const json& value, const char* name) {
    return static_cast<int>(std::clamp<std::int64_t>(whole(value, name), 0, 1'000'000'000));
}

bool flag(const json& value, const char* name) {
    const auto found = value.find(name);
    return found != value.end() && found->is_boolean() && found->get<bool>();
}

std::string text(const json& value, const char* name) {
    const auto found = value.find(name);
    return found != value.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<std::string> texts(const json& value, const char* name) {
    std::vector<std::string> list;
    const auto found = value.find(name);
    if (found != value.end() && found->is_array())
        for (const json& item : *found)
            if (item.is_string()) list.push_back(item.get<std::string>());
    return list;
}

LayerMask mask(const json& value, const char* name) {
    LayerMask list;
    const auto found = value.find(name);
    if (found != value.end() && found->is_array())
        for (const json& item : *found) list.push_back(item.is_boolean() && item.get<bool>());
    return list;
}

// Records of earlier versions say "by_plan" of layers and rates and nothing of pauses, which were always asked for.
Origin origin(const json& value) {
    const std::string name = text(value, "origin");
    if (name.empty()) return flag(value, "by_plan") ? Origin::Plan : Origin::Hand;
    return name == toString(Origin::Plan) ? Origin::Plan : Origin::Hand;
}

PhaseStarted phaseStarted(const json& value) {
    return {small(value, "phase"),  text(value, "title"),         small(value, "first_epoch"),
            small(value, "epochs"), real(value, "learning_rate"), mask(value, "trainable")};
}

EpochFinished epochFinished(const json& value) {
    EpochFinished event;
    event.phase = small(value, "phase");
    event.epoch = small(value, "epoch");
    event.step = whole(value, "step");
    event.trainLoss = real(value, "train_loss");
    event.trainAccuracy = real(value, "train_accuracy");
    event.valLoss = real(value, "val_loss");
    event.valAccuracy = real(value, "val_accuracy");
    event.seconds = real(value, "seconds");
    event.imagesPerSecond = real(value, "images_per_second");
    event.learningRate = real(value, "learning_rate");
    event.best = flag(value, "best");
    return event;
}

LayersChanged layersChanged(const json& value) {
    LayersChanged event;
    event.origin = origin(value);
    event.revision = static_cast<std::uint64_t>(whole(value, "revision"));
    event.step = whole(value, "step");
    event.epoch = small(value, "epoch");
    event.epochPosition = real(value, "epoch_position");
    event.trainable = mask(value, "trainable");
    event.thawed = texts(value, "thawed");
    event.frozen = texts(value, "frozen");
    return event;
}

LearningRateChanged learningRateChanged(const json& value) {
    return {origin(value), 0, whole(value, "step"), real(value, "epoch_position"), real(value, "before"), real(value, "after")};
}

struct Record {
    RunHistory history;
    std::string ending;  // "finished", "stopped", "failed"; empty: none recorded
};

void takeLine(const json& value, Record& record) {
    const std::string name = text(value, "event");
    const auto milestone = [&](EventData data) {
        record.history.events.push_back({text(value, "run"), real(value, "time"), std::move(data)});
    };
    if (name == "epoch_finished") record.history.epochs.push_back(epochFinished(value));
    if (name == "phase_started") milestone(phaseStarted(value));
    if (name == "layers_changed") milestone(layersChanged(value));
    if (name == "learning_rate_changed") milestone(learningRateChanged(value));
    if (name == "paused") milestone(Paused{origin(value), 0, whole(value, "step"), real(value, "epoch_position")});
    if (name == "resumed")
        milestone(Resumed{origin(value), 0, whole(value, "step"), real(value, "epoch_position"), real(value, "paused_seconds")});
    if (name == "run_started") record.ending.clear();
    if (name == "run_started") record.history.summary.notSaved.clear();
    if (name == "run_finished") record.history.summary.notSaved = text(value, "not_saved");
    if (name == "run_finished") record.ending = text(value, "reason") == "stopped" ? "stopped" : "finished";
    if (name == "run_failed") record.ending = "failed";
    if (name == "test_revealed") ++record.history.summary.testLock.reveals;
}

RunStatus statusOf(const std::string& ending, const fs::path& directory) {
    if (ending == "finished") return RunStatus::Finished;
    if (ending == "stopped") return RunStatus::Stopped;
    if (ending == "failed") return RunStatus::Failed;
    return RunLock::holder(directory) != 0 ? RunStatus::Running : RunStatus::Interrupted;
}

constexpr std::size_t kTitleBytes = 200, kNoteBytes = 20'000, kLabelFileBytes = 1u << 20;

// A label that cannot be read is none: the run is as good without it.
void readLabel(const fs::path& directory, RunSummary& summary) {
    std::error_code ignored;
    if (!fs::exists(labelFileOf(directory), ignored)) return;
    try {
        const json document = parseStrictJson(readSmallFile(labelFileOf(directory), kLabelFileBytes));
        JsonFields fields(document, "");
        std::string title;
        fields.read("title", title);
        fields.read("note", summary.note);
        summary.named = !title.empty();
        if (summary.named) summary.title = std::move(title);
    } catch (const Error& error) {
        logMessage("warning", "The run's name in " + labelFileOf(directory).string() + " cannot be read: " + error.what());
    }
}

std::string withoutControls(std::string text, bool lines) {
    for (char& letter : text)
        if ((static_cast<unsigned char>(letter) < 0x20 && !(lines && letter == '\n')) || letter == 0x7F) letter = ' ';
    const std::size_t begin = text.find_first_not_of(" \n"), end = text.find_last_not_of(" \n");
    return begin == std::string::npos ? std::string() : text.substr(begin, end - begin + 1);
}

Record recordOf(const std::vector<std::string>& lines) {
    Record record;
    for (const std::string& line : lines) takeLine(parseJsonLine(line), record);
    RunSummary& summary = record.history.summary;
    for (const EpochFinished& epoch : record.history.epochs) {
        summary.epochs = std::max(summary.epochs, epoch.epoch);
        summary.accuracies.push_back(epoch.valAccuracy);
        if (epoch.valAccuracy > summary.bestAccuracy) {
            summary.bestAccuracy = epoch.valAccuracy;
            summary.bestEpoch = epoch.epoch;
        }
    }
    return record;
}

bool isResumable(const RunSummary& run) {
    const bool finished = run.status == RunStatus::Finished;
    if (run.status == RunStatus::Running || (finished && run.notSaved.empty())) return false;
    const std::vector<CheckpointEntry> kept = CheckpointStore(run.directory).list();
    // A run that ended without its last model trains the rest again.
    return !kept.empty() && (!finished || kept.back().epoch < run.epochs);
}

RunHistory readHistory(const fs::path& directory) {
    const RunManifest manifest = readManifest(directory);
    Record record = recordOf(readEventLines(directory));
    RunHistory& history = record.history;
    history.config = manifest.config;
    RunSummary& summary = history.summary;
    summary.runId = directory.filename().string();
    summary.directory = directory;
    summary.number = manifest.number;
    summary.title = manifest.config.title;
    readLabel(directory, summary);
    summary.preset = manifest.config.preset;
    summary.dataset = manifest.datasetTitle;
    summary.datasetId = manifest.datasetId;
    summary.classNames = manifest.classNames;
    summary.validation = {manifest.testDigest, manifest.testOrigin};
    history.notes = manifest.notes;
    summary.startedAt = manifest.createdAt;
    summary.plannedEpochs = manifest.config.totalEpochs();
    summary.testLock.validatesOnHeldOut = validationSplit(manifest.config.data) == Split::HeldOut;
    summary.status = statusOf(record.ending, directory);
    summary.resumable = isResumable(summary);
    return std::move(record.history);
}

}  // namespace

std::string toString(RunStatus status) {
    switch (status) {
        case RunStatus::Running:
            return "running";
        case RunStatus::Interrupted:
            return "interrupted";
        case RunStatus::Stopped:
            return "stopped";
        case RunStatus::Finished:
            return "finished";
        case RunStatus::Failed:
            return "failed";
    }
    return {};
}

std::vector<RunSummary> listRuns(const fs::path& root) {
    std::vector<RunSummary> runs;
    std::error_code error;
    for (fs::directory_iterator it(root.empty() ? runsFolder() : root, error), end; !error && it != end; it.increment(error)) {
        std::error_code ignored;
        if (!fs::exists(manifestFileOf(it->path()), ignored)) continue;
        try {
            runs.push_back(readHistory(absolutePath(it->path())).summary);
        } catch (const Error& problem) {
            RunSummary broken;
            broken.runId = broken.title = it->path().filename().string();
            broken.directory = absolutePath(it->path());
            broken.problem = problem.what();
            runs.push_back(std::move(broken));
        }
    }
    std::sort(runs.begin(), runs.end(), [](const RunSummary& a, const RunSummary& b) {
        return std::tie(a.startedAt, a.number, a.runId) > std::tie(b.startedAt, b.number, b.runId);
    });
    return runs;
}

RunHistory readRun(const fs::path& runDirectory) { return readHistory(absolutePath(runDirectory)); }

TestLock readTestLock(const fs::path& runDirectory) {
    if (validationSplit(readManifest(runDirectory).config.data) != Split::HeldOut) return {};
    return readRun(runDirectory).summary.testLock;
}

int revealTest(const fs::path& runDirectory) {
    const RunSummary run = readRun(runDirectory).summary;
    if (!run.testLock.validatesOnHeldOut)
        throw ConfigError("The test split of " + run.directory.string() + " is not locked: the run validates on it.");
    int count = 0;
    EventsFile events(run.directory);
    events.appendAfter([&](const EventsFile::Lines& lines) {
        const RunSummary now = recordOf(lines).history.summary;
        count = now.testLock.reveals + 1;
        const double time = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
        return toJsonLine({run.runId, time, TestRevealed{count, now.epochs}});
    });
    events.sync();
    return count;
}

void renameRun(const fs::path& runDirectory, const std::string& title, const std::string& note) {
    const fs::path directory = absolutePath(runDirectory);
    readManifest(directory);  // throws where the folder is no run
    const std::string name = withoutControls(title, /*lines=*/false), words = withoutControls(note, /*lines=*/true);
    if (name.size() > kTitleBytes)
        throw ConfigError(
            "The run's name is too long: " + std::to_string(name.size()) + " bytes, at most " + std::to_string(kTitleBytes) + ".",
            "Type a shorter one, and put the rest into the note.");
    if (words.size() > kNoteBytes)
        throw ConfigError("The note is too long: " + std::to_string(words.size()) + " bytes, at most " +
                          std::to_string(kNoteBytes) + ".");
    writeFileAtomically(labelFileOf(directory), jsonText({{"title", name}, {"note", words}}, 2) + '\n');
}

void deleteRun(const fs::path& runDirectory) {
    const fs::path directory = absolutePath(runDirectory);
    std::error_code error;
    if (!fs::exists(manifestFileOf(directory), error))
        throw StoreError(directory.string() + " is not a run: it has no run.json.");
    if (const pid_t process = RunLock::holder(directory); process != 0)
        throw StoreError("The run " + directory.string() + " is open in " +
                             (process > 0 ? "process " + std::to_string(process) : std::string("another process")) + '.',
                         "Stop it first.");
    // The record goes last: a deletion that is interrupted leaves a run that can be deleted again.
    std::vector<fs::path> others;
    for (const fs::directory_entry& entry : fs::directory_iterator(directory, error))
        if (entry.path().filename() != "run.json") others.push_back(entry.path());
    for (const fs::path& other : others)
        if (!error) fs::remove_all(other, error);
    if (!error) fs::remove_all(directory, error);
    if (error) throw systemError("Cannot delete", directory, error.value());
}

}  // namespace thaw::core
