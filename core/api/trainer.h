// The one training loop, behind the window and the command line alike.
//
// Threading: a Trainer belongs to the thread that calls step(); every method but the destructor must be called there, and
// that thread should live as long as the Trainer does (LibTorch keeps a team of compute threads for each caller).
// It calls nobody back and never sleeps: who drives it decides when. Threads of its own only read and write files, which step()
// looks in on. Its state is member state, so that pause, checkpoint, resume and branch are one mechanism.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/api/commands.h"
#include "core/api/events.h"

namespace thaw::core {

class Trainer {
public:
    virtual ~Trainer() = default;

    /// One bounded piece of work, at most about 250 ms: part of the preparation, a (micro-)batch, a slice of features or of an
    /// evaluation. Returns what happened, in order. Never throws: a failure is a RunFailed event and the state Failed.
    virtual std::vector<Event> step() = 0;

    /// Takes effect before the next step(). Returns what happened at once; the rest arrives from step(). Never throws.
    virtual std::vector<Event> apply(const Command& command) = 0;

    /// False when step() would do nothing until the next command: paused, finished, failed.
    virtual bool hasWork() const = 0;

    virtual TrainerState state() const = 0;
};

/// A new run. Nothing is read, created or computed before the first step(). Throws ConfigError (validate() not empty).
/// With startPaused the run prepares and waits, so that predictions and single steps can be asked for.
std::unique_ptr<Trainer> makeTrainer(const RunConfig& config, bool startPaused = false);

/// Continues the run of a folder from its newest usable checkpoint. A finished run opens in the state Finished: it answers
/// Evaluate, PredictFiles and ExportModel. Throws StoreError.
/// `threads` > 0 overrides the saved number (the run then says that it is not bit-exact). `data`: the folder or archive where the
/// run's data set is now; empty: where the run found it, else the usual places. A data set with other classes or pictures than
/// the run's fails the run before anything is read or written.
std::unique_ptr<Trainer> resumeTrainer(const std::filesystem::path& runDirectory, bool startPaused = false, int threads = 0,
                                       const std::filesystem::path& data = {});

}  // namespace thaw::core
