// Runs on disk: a folder each, with run.json, events.jsonl and checkpoints/.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/api/events.h"

namespace thaw::core {

enum class RunStatus { Running, Interrupted, Stopped, Finished, Failed };
std::string toString(RunStatus status);

/// A run that validates on held-out training pictures keeps the test split's figures to itself until somebody reveals them.
struct TestLock {
    bool validatesOnHeldOut = false;  ///< DataConfig::heldOut > 0
    int reveals = 0;                  ///< how often the test split was opened; it stays open after the first time
    bool isLocked() const { return validatesOnHeldOut && reveals == 0; }
};

struct RunSummary {
    std::string runId;
    std::filesystem::path directory;
    int number = 0;      ///< "Run 3"; counted from 1 in order of creation within the runs folder
    std::string title;   ///< what the user calls it, else its lesson's title
    std::string note;    ///< the user's own words about it
    bool named = false;  ///< the title is the user's
    std::string preset;
    std::string dataset, datasetId;  ///< title ("CIFAR-10") and id
    std::vector<std::string> classNames;
    PictureIdentity validation;                 ///< of the pictures that it validates on; unknown in records of earlier versions
    double startedAt = 0;                       ///< seconds since 1970
    RunStatus status = RunStatus::Interrupted;  ///< Interrupted: no end recorded and no live process holds its lock
    int epochs = 0, plannedEpochs = 0;
    TaskKind task = TaskKind::OneLabel;
    double bestScore = -1;  ///< of its task, in the best epoch; negative: no epoch finished
    int bestEpoch = 0;
    std::vector<double> scores;  ///< of validation, a figure a finished epoch in order
    TestLock testLock;
    bool resumable = false;  ///< has a usable checkpoint and is not finished, or finished without its last model
    std::string notSaved;    ///< as RunFinished::notSaved
    std::string problem;     ///< why the record cannot be read

    /// Whether scores of both mean the same: the same task, the same classes, judged on the same pictures. What is unknown may be
    /// the same.
    bool isComparableTo(const RunSummary& other) const {
        return problem.empty() && other.problem.empty() && task == other.task && classNames == other.classNames &&
               datasetId == other.datasetId && testLock.validatesOnHeldOut == other.testLock.validatesOnHeldOut &&
               validation.mayBe(other.validation);
    }
};

/// The record of one run: what the curves need. A torn last line of events.jsonl is left out.
struct RunHistory {
    RunSummary summary;
    RunConfig config;
    std::vector<EpochFinished> epochs;
    std::vector<Event> events;  ///< milestones in order, those that draw on the curves: phases, layers, rates, pauses
    std::vector<Notice> notes;  ///< what was noteworthy about its data, weights and machine, from run.json
};

/// Newest first. Blocking, small files. Never throws for one bad folder.
std::vector<RunSummary> listRuns(const std::filesystem::path& root = {});
/// Throws StoreError.
RunHistory readRun(const std::filesystem::path& runDirectory);
/// Throws StoreError.
TestLock readTestLock(const std::filesystem::path& runDirectory);
/// Opens the test split for good and writes that into the record, whether the run trains now or not. Returns the number of times
/// that it was opened. Throws StoreError; ConfigError for a run that validates on the test split.
int revealTest(const std::filesystem::path& runDirectory);
/// Gives a run a title and a note of the user's, whether it trains now or not; an empty title gives the lesson's back. They stand
/// in a file of their own beside the record. Control characters become spaces. Throws ConfigError for more than 200 bytes of
/// title or 20,000 of note; StoreError.
void renameRun(const std::filesystem::path& runDirectory, const std::string& title, const std::string& note = {});
/// Deletes a run folder that has a run.json and is not running. Throws StoreError.
void deleteRun(const std::filesystem::path& runDirectory);

/// What differs between the classes that are expected and those that are there, as part of a sentence: "dog" is missing, "ant" is
/// new. Empty: nothing, the order included. Pure.
std::string classDifference(const std::vector<std::string>& expected, const std::vector<std::string>& found);

/// Accuracy and loss over the epochs as a picture of 1200x900 pixels, phases shaded. Throws StoreError; an existing file is
/// replaced whole.
void drawCurves(const RunHistory& history, const std::filesystem::path& png);

}  // namespace thaw::core
