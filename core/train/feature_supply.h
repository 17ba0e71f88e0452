// The features that a run's batches are read from: which rungs its plan needs, reading them from disk, computing and keeping
// them.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/train/feature_cache.h"
#include "core/train/feature_pass.h"
#include "core/train/input_source.h"
#include "core/train/loop_state.h"

namespace thaw::core {

class FeatureSupply {
public:
    /// What it tells meanwhile.
    struct Listener {
        std::function<void(const std::string& activity, std::int64_t done, std::int64_t total, double secondsLeft)> progress;
        std::function<void(const std::string& text, bool warning)> notice;
        StageListener timed;
    };

    /// All that is referred to outlives it; the loop's state and the model's weights change between calls. `source` reads what
    /// store() holds. `fingerprint`: of the environment, as features depend on it.
    FeatureSupply(const RunConfig& config, StagedModel& model, const InputSource& source, const LoopState& loop,
                  std::string fingerprint, Listener listener);

    const FeatureStore& store() const { return m_store; }
    /// The pass that computes features now; null: none does.
    const FeaturePass* pass() const { return m_pass.get(); }

    /// A phase or an epoch begins: the next prepare() looks again at what is needed, and computes it.
    void plan();
    /// True when the features that the loop reads next are there or cannot be had. `restoring`: those that a resumed epoch was
    /// reading, by the loop's rungs.
    bool prepare(const Deadline& deadline, bool restoring);
    /// The layers changed before the epoch: it looks again, without a new pass that the change would have to wait for.
    void layersChanged();
    /// After an optimiser step: features above the lowest layer that trains were made with other weights.
    void dropStale();

    /// The highest rungs at or below the freeze boundary that training and validation can read from now.
    std::pair<int, int> rungs() const;
    /// The highest rung, whatever trains, that all parts are held of; 0: none.
    int highest() const;

    /// Before the machine swaps: what is on disk too is read from there, what is not is given up. True when something was.
    bool yieldMemory();
    /// Ends reading, computing and writing.
    void stop();
    void forget();

private:
    enum class Step { Plan, Read, Compute, Write, Done };
    struct Place {
        int rung = 0;
        FeaturePart part = kTrainPart;
    };

    std::vector<int> wantedRungs() const;
    std::string keyOf(int rung, FeaturePart part) const;
    std::int64_t bytesOf(int rung) const;
    int boundary() const { return freezeBoundary(m_info, m_loop.mask); }
    void makePlan();
    bool read(const Deadline& deadline);
    std::vector<int> missingRungs() const;
    void planComputation();
    bool compute(const Deadline& deadline);
    bool write(const Deadline& deadline);
    void goWithout(const std::exception& error, const std::string& hint);

    const RunConfig& m_config;
    StagedModel& m_model;
    const ModelInfo& m_info;
    const InputSource& m_source;
    const LoopState& m_loop;
    std::string m_fingerprint;
    Listener m_listener;
    std::vector<FeaturePart> m_parts;

    FeatureStore m_store;
    Step m_step = Step::Plan;
    bool m_restoring = false;
    bool m_mayCompute = true;
    std::deque<Place> m_toRead;
    std::unique_ptr<FeatureReader> m_reader;
    std::unique_ptr<FeaturePass> m_pass;
    Clock::time_point m_passBegan;
    std::deque<std::pair<Place, std::shared_ptr<const FeatureBlock>>> m_toWrite;
    std::unique_ptr<FeatureWriter> m_writer;
    std::vector<int> m_wanted;
    bool m_toldShort = false;  // of memory
};

}  // namespace thaw::core
