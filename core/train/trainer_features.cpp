// The Trainer's side of the feature cache: which rungs a run needs, reading them from disk, computing and keeping them.
#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "core/api/errors.h"
#include "core/store/atomic_file.h"
#include "core/train/rungs.h"
#include "core/train/torch_trainer.h"
#include "core/util/memory.h"

namespace thaw::core {

namespace fs = std::filesystem;

/// Rungs that the plan reads from, the present one first. A later phase's rung counts only where nothing below it trains before.
std::vector<int> TorchTrainer::wantedRungs() const {
    const std::int64_t train = m_train->count(), test = m_test->count();
    std::vector<int> wanted;
    CacheRoom room(m_config.cache);
    const auto want = [&](int rung) {
        if (rung == 0 || std::find(wanted.begin(), wanted.end(), rung) != wanted.end()) return;
        if (room.take(rungBytes(m_config, m_info, rung, train, test))) wanted.push_back(rung);
    };
    if (!m_config.cache.enabled) return wanted;
    if (m_restored && m_loop.point != LoopPoint::EpochBegin) {
        want(m_loop.rung);
        want(m_loop.testRung);
    }
    int lowest = freezeBoundary(m_info, m_loop.mask);
    if (wanted.empty() && !(m_restored && m_loop.point != LoopPoint::EpochBegin))
        want(usableRung(m_config, m_info, lowest, train, test));
    for (std::size_t i = static_cast<std::size_t>(m_loop.phase) + 1; i < m_config.phases.size(); ++i) {
        if (m_config.phases[i].epochs == 0) continue;
        const int boundary = freezeBoundary(m_info, m_info.maskOf(m_config.phases[i].trainable));
        const int rung = usableRung(m_config, m_info, boundary, train, test);
        if (rung <= lowest) want(rung);
        lowest = std::min(lowest, boundary);
    }
    return wanted;
}

std::string TorchTrainer::featureKey(int rung, FeaturePart part) {
    return featureFileKey(m_model->prefixDigest(rung), (part == FeaturePart::Test ? m_test : m_train)->identity.digest, part,
                          preprocessingKey(m_config.scaling, m_config.inputSize), m_fingerprint);
}

bool TorchTrainer::prepareFeatures(const Deadline& deadline) {
    for (;;) {
        switch (m_featureStep) {
            case FeatureStep::Plan:
                planFeatures();
                break;
            case FeatureStep::Read:
                if (!readFeatures(deadline)) return false;
                break;
            case FeatureStep::Compute:
                if (!computeFeatures(deadline)) return false;
                break;
            case FeatureStep::Write:
                if (!writeFeatures(deadline)) return false;
                break;
            case FeatureStep::Done:
                return true;
        }
    }
}

void TorchTrainer::planFeatures() {
    m_toRead.clear();
    m_reader.reset();
    m_pass.reset();
    const std::vector<int> wanted = wantedRungs();
    m_keepOnDisk = wanted;
    // What the plan does not ask for makes room where the budget needs it; the rest stays for a change of mind.
    std::int64_t needed = 0;
    const std::vector<FeaturePart> parts = featureParts(m_config.augmentation);
    for (int rung : wanted)
        if (!m_features.holds(rung, parts)) needed += rungBytes(m_config, m_info, rung, m_train->count(), m_test->count());
    for (int rung : m_features.rungs()) {
        if (needed == 0 || m_features.bytesInMemory() + needed <= m_config.cache.memoryBudget) break;
        if (std::find(wanted.begin(), wanted.end(), rung) == wanted.end()) m_features.drop(rung);
    }
    if (m_config.cache.onDisk)
        for (int rung : wanted)
            for (FeaturePart part : parts)
                if (!m_features.find(rung, part)) m_toRead.push_back({rung, part});
    m_featureStep = FeatureStep::Read;
}

bool TorchTrainer::readFeatures(const Deadline& deadline) {
    while (!m_toRead.empty()) {
        const FeaturePlace place = m_toRead.front();
        const std::int64_t rows = (place.part == FeaturePart::Test ? m_test : m_train)->count();
        if (!m_reader) {
            m_reader = std::make_unique<FeatureReader>();
            if (!m_reader->open(featureFolder(m_config.cache), featureKey(place.rung, place.part), rows,
                                rungFloats(m_info, place.rung))) {
                m_reader.reset();
                m_toRead.pop_front();
                continue;
            }
        }
        const bool done = m_reader->advance(deadline);
        progress("Reading features from the cache", static_cast<std::int64_t>(m_reader->bytesDone()),
                 rows * rungFloats(m_info, place.rung) * static_cast<std::int64_t>(sizeof(float)));
        if (!done) return false;
        if (m_reader->block())
            m_features.put(place.rung, place.part, m_reader->block());
        else
            notice("A file of cached features was damaged. It was removed and its features are computed again.", true);
        m_reader.reset();
        m_toRead.pop_front();
        if (deadline.passed()) return false;
    }
    planComputation();
    return true;
}

void TorchTrainer::planComputation() {
    m_featureStep = FeatureStep::Done;
    const std::vector<int> wanted = m_keepOnDisk;
    const std::vector<FeaturePart> parts = featureParts(m_config.augmentation);
    const std::int64_t train = m_train->count(), test = m_test->count();
    const bool restoring = m_restored && m_loop.point != LoopPoint::EpochBegin;
    // The rung of now starts a pass; later ones go along, or wait for their phase where the present one is there already.
    std::vector<int> missing;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (m_features.holds(wanted[i], parts)) continue;
        const bool neededNow = restoring ? wanted[i] == m_loop.rung || wanted[i] == m_loop.testRung
                                         : i == 0 && wanted[i] <= freezeBoundary(m_info, m_loop.mask);
        if (neededNow || !missing.empty()) missing.push_back(wanted[i]);
    }
    if (missing.empty() || !m_mayCompute) return;
    std::sort(missing.begin(), missing.end());
    int base = 0;
    for (int rung : m_features.rungs())
        if (rung < missing.front() && m_features.holds(rung, parts)) base = rung;
    // What the machine has no memory for lies in files from the start.
    std::int64_t room = std::min(m_config.cache.memoryBudget - m_features.bytesInMemory(), memoryState().spare());
    std::set<int> onDisk;
    for (int rung : missing) {
        const std::int64_t bytes = rungBytes(m_config, m_info, rung, train, test);
        if (bytes > room && m_config.cache.onDisk)
            onDisk.insert(rung);
        else
            room -= bytes;
    }
    if (room < 0 && !m_config.cache.onDisk) {
        if (!std::exchange(m_toldShort, true))
            notice(
                "The machine has too little memory left for the features: every batch computes them. Close other programs, or "
                "keep features "
                "on disk.",
                true);
        return;
    }
    // Rungs on the way cost nothing but memory: a thaw below the plan's layers then needs no new pass.
    const std::vector<int> all = rungsOf(m_info);
    const int highest = missing.back();
    for (auto it = all.rbegin(); it != all.rend(); ++it) {
        if (*it <= base || *it >= highest || m_features.holds(*it, parts) ||
            std::find(missing.begin(), missing.end(), *it) != missing.end())
            continue;
        room -= rungBytes(m_config, m_info, *it, train, test);
        if (room < 0) break;
        missing.push_back(*it);
    }
    std::sort(missing.begin(), missing.end());
    const auto makeBlock = [&](int rung, FeaturePart part, std::int64_t rows, std::int64_t floats) {
        if (onDisk.count(rung) == 0) return std::make_shared<FeatureBlock>(rows, floats);
        const std::size_t bytes = static_cast<std::size_t>(rows * floats) * sizeof(float);
        const fs::path folder = featureFolder(m_config.cache);
        return std::make_shared<FeatureBlock>(
            std::make_shared<FeatureFile>(folder, featureKey(rung, part), bytes, m_config.cache.diskBudget), rows, floats);
    };
    if (m_config.cache.onDisk) removeStrayParts(featureFolder(m_config.cache));
    try {
        m_pass = std::make_unique<FeaturePass>(m_source, *m_model, base, missing, parts, makeBlock);
    } catch (const StoreError& error) {
        notice(std::string(error.what()) + " Training goes on without them: every batch computes them. " + error.hint(), true);
        return;
    }
    m_passBegan = Clock::now();
    m_featureStep = FeatureStep::Compute;
}

bool TorchTrainer::computeFeatures(const Deadline& deadline) {
    bool done = false;
    try {
        done = m_pass->advance(deadline, forwardListener(), m_features);
    } catch (const StoreError& error) {
        notice(std::string(error.what()) + " Training goes on without them: every batch computes them. " + error.hint(), true);
        m_pass.reset();
        m_featureStep = FeatureStep::Done;
        return true;
    }
    const double seconds = secondsSince(m_passBegan);
    const double left =
        m_pass->done() > 0 ? seconds / static_cast<double>(m_pass->done()) * static_cast<double>(m_pass->total() - m_pass->done())
                           : -1;
    progress("Computing features (" + m_info.stage(m_pass->rungs().back() - 1).name + ")", m_pass->done(), m_pass->total(), left);
    if (!done) return false;
    m_toWrite.clear();
    if (m_config.cache.onDisk)
        for (int rung : m_pass->rungs())
            if (std::find(m_keepOnDisk.begin(), m_keepOnDisk.end(), rung) != m_keepOnDisk.end())
                for (FeaturePart part : m_pass->parts())
                    m_toWrite.emplace_back(FeaturePlace{rung, part}, m_pass->block(rung, part));
    m_pass.reset();
    m_model->releaseWorkspaces();
    returnFreeMemory();
    m_featureStep = FeatureStep::Write;
    return true;
}

bool TorchTrainer::writeFeatures(const Deadline& deadline) {
    try {
        while (!m_toWrite.empty()) {
            const auto& [place, block] = m_toWrite.front();
            if (!m_writer) {
                m_writer = std::make_unique<FeatureWriter>(featureFolder(m_config.cache), featureKey(place.rung, place.part),
                                                           block, m_config.cache.diskBudget);
            }
            const bool done = m_writer->advance(deadline);
            progress("Keeping features on disk", static_cast<std::int64_t>(m_writer->bytesDone()),
                     static_cast<std::int64_t>(block->bytes()));
            if (!done) return false;
            m_writer.reset();
            m_toWrite.pop_front();
            if (deadline.passed() && !m_toWrite.empty()) return false;
        }
    } catch (const Error& error) {
        notice(std::string(error.what()) + " Training goes on; the next run computes them again. " + error.hint(), true);
        m_writer.reset();
        m_toWrite.clear();
    }
    // A change of layers meanwhile may ask for another rung.
    m_featureStep = FeatureStep::Done;
    return true;
}

void TorchTrainer::chooseSource(bool tell) {
    const int boundary = freezeBoundary(m_info, m_loop.mask), before = m_loop.rung;
    const std::vector<FeaturePart> parts = featureParts(m_config.augmentation);
    m_loop.rung = m_loop.testRung = 0;
    for (int rung : m_features.rungs()) {
        if (rung > boundary) break;
        if (!m_features.holds(rung, parts)) continue;
        m_loop.testRung = rung;
        if (cachedVariants(m_config.augmentation) > 0) m_loop.rung = rung;
    }
    m_loop.microBatch = microBatchSize(m_config, m_info, boundary, m_loop.rung);
    if (updatesStatistics() && m_loop.microBatch < m_config.batchSize) {
        m_loop.microBatch = m_config.batchSize;
        if (!std::exchange(m_toldWhole, true))
            notice(
                "Batch norms that train take the statistics of a whole batch, so that batches are not divided: a step takes "
                "longer, and pausing waits for it.");
    }
    if (!tell || !m_config.cache.enabled || cachedVariants(m_config.augmentation) == 0 || boundary == 0) return;
    const int ideal = rungBelow(m_info, boundary);
    if (m_loop.rung >= ideal || (m_loop.rung == before && m_loop.point != LoopPoint::Batches)) return;
    const std::string layer = m_info.stage(ideal - 1).name;
    const bool fits = usableRung(m_config, m_info, boundary, m_train->count(), m_test->count()) == ideal;
    notice(fits ? "The features of " + layer + " are not in the cache yet: every batch computes them until the epoch ends."
                : "The features of " + layer +
                      " are larger than the memory for features: every batch computes them. Raise that limit in the "
                      "settings to cache them.");
}

bool TorchTrainer::updatesStatistics() const {
    if (!m_config.updateStatistics) return false;
    for (std::size_t i = 0; i < m_loop.mask.size(); ++i)
        if (m_loop.mask[i] && m_info.layers[i].kind == LayerKind::BatchNorm) return true;
    return false;
}

/// Before the machine swaps: what is on disk too is read from there, what is not is given up.
void TorchTrainer::yieldMemory() {
    const auto now = Clock::now();
    if (now - m_lastMemoryLook < std::chrono::seconds(1)) return;
    m_lastMemoryLook = now;
    if (m_batch || m_evaluation || m_pass || !m_toWrite.empty() || m_features.bytesInMemory() == 0 || !memoryState().isShort())
        return;
    bool lost = false;
    for (const int rung : m_features.rungs()) {
        for (const FeaturePart part : featureParts(m_config.augmentation)) {
            const FeatureBlock* held = m_features.find(rung, part);
            if (!held || !held->inMemory()) continue;
            FeatureReader reader;  // a file of this run's own making: its digest was checked or written by this process
            const bool kept = m_config.cache.onDisk &&
                              reader.open(featureFolder(m_config.cache), featureKey(rung, part), held->rows(), held->floats());
            if (kept)
                m_features.put(rung, part, reader.block());
            else {
                m_features.drop(rung);
                lost = true;
                break;
            }
        }
    }
    notice("The machine is short of memory: features are read from the disk from here on" +
               std::string(lost ? ", and those that were not there are computed again where they are needed." : "."),
           true);
    if (lost && m_loop.point != LoopPoint::EpochBegin) chooseSource(/*tell=*/true);
}

/// After an optimiser step: features above the lowest layer that trains were made with other weights.
void TorchTrainer::dropStaleFeatures() { m_features.dropAbove(freezeBoundary(m_info, m_loop.mask)); }

/// A change of layers neither waits for features nor stalls for them: what is there is used, and the next epoch fetches the rest.
void TorchTrainer::featuresAfterMaskChange() {
    if (m_restored && m_loop.point != LoopPoint::EpochBegin) {
        m_chooseAgain = true;  // once the saved source is fetched
        return;
    }
    if (m_loop.point == LoopPoint::Batches) {
        chooseSource(/*tell=*/true);
        return;
    }
    if (m_loop.point == LoopPoint::EpochEnd) {
        if (!m_evaluation) chooseSource(/*tell=*/false);
        return;
    }
    if (m_loop.point != LoopPoint::EpochBegin || m_featureStep == FeatureStep::Write || m_featureStep == FeatureStep::Done)
        return;
    if (m_pass && m_pass->rungs().front() <= freezeBoundary(m_info, m_loop.mask)) return;
    if (m_pass) m_mayCompute = false;
    m_featureStep = FeatureStep::Plan;
}

}  // namespace thaw::core
