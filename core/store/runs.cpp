#include "core/api/runs.h"

#include <algorithm>
#include <chrono>
#include <system_error>

#include "core/api/engine_info.h"
#include "core/store/atomic_file.h"
#include "core/store/checkpoint.h"
#include "core/store/event_lines.h"
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

struct Record {
    RunHistory history;
    std::string ending;  // "finished", "stopped", "failed"; empty: none recorded
};

struct TakeEvent {
    Record& record;
    const Event& event;

    void operator()(const EpochFinished& epoch) const { record.history.epochs.push_back(epoch); }
    void operator()(const RunStarted&) const {
        record.ending.clear();
        record.history.summary.notSaved.clear();
    }
    void operator()(const RunFinished& finished) const {
        record.history.summary.notSaved = finished.notSaved;
        record.ending = finished.reason == "stopped" ? "stopped" : "finished";
    }
    void operator()(const RunFailed&) const { record.ending = "failed"; }
    void operator()(const TestRevealed&) const { ++record.history.summary.testLock.reveals; }
    void operator()(const PhaseStarted&) const { keep(); }
    void operator()(const LayersChanged&) const { keep(); }
    void operator()(const LearningRateChanged&) const { keep(); }
    void operator()(const Paused&) const { keep(); }
    void operator()(const Resumed&) const { keep(); }
    template <class Other>
    void operator()(const Other&) const {}

private:
    void keep() const { record.history.events.push_back(event); }
};

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
    for (const std::string& line : lines)
        if (const std::optional<Event> event = eventFromJson(parseJsonLine(line)))
            std::visit(TakeEvent{record, *event}, event->data);
    RunSummary& summary = record.history.summary;
    for (const EpochFinished& epoch : record.history.epochs) {
        summary.epochs = std::max(summary.epochs, epoch.epoch);
        summary.scores.push_back(epoch.valScore);
        if (epoch.best) {
            summary.bestScore = epoch.valScore;
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
    summary.task = manifest.config.task;
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
