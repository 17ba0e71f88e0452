#include "core/train/feature_supply.h"

#include <algorithm>
#include <set>

#include "core/api/errors.h"
#include "core/store/atomic_file.h"
#include "core/train/rungs.h"
#include "core/train/text_input.h"
#include "core/util/memory.h"

namespace thaw::core {

namespace fs = std::filesystem;

FeatureSupply::FeatureSupply(const RunConfig& config, StagedModel& model, const InputSource& source, const LoopState& loop,
                             std::string fingerprint, Listener listener)
    : m_config(config),
      m_model(model),
      m_info(model.info()),
      m_source(source),
      m_loop(loop),
      m_fingerprint(std::move(fingerprint)),
      m_listener(std::move(listener)),
      m_parts(featureParts(config.augmentation)) {}

void FeatureSupply::plan() {
    m_step = Step::Plan;
    m_mayCompute = true;
}

bool FeatureSupply::prepare(const Deadline& deadline, bool restoring) {
    m_restoring = restoring;
    for (;;) {
        switch (m_step) {
            case Step::Plan:
                makePlan();
                break;
            case Step::Read:
                if (!read(deadline)) return false;
                break;
            case Step::Compute:
                if (!compute(deadline)) return false;
                break;
            case Step::Write:
                if (!write(deadline)) return false;
                break;
            case Step::Done:
                return true;
        }
    }
}

void FeatureSupply::layersChanged() {
    if (m_step == Step::Write || m_step == Step::Done) return;
    if (m_pass && m_pass->rungs().front() <= boundary()) return;
    if (m_pass) m_mayCompute = false;
    m_step = Step::Plan;
}

void FeatureSupply::dropStale() { m_store.dropAbove(boundary()); }

std::pair<int, int> FeatureSupply::rungs() const {
    std::pair<int, int> found{0, 0};
    for (const int rung : m_store.rungs()) {
        if (rung > boundary()) break;
        if (!m_store.holds(rung, m_parts)) continue;
        found.second = rung;
        if (cachedVariants(m_config.augmentation) > 0) found.first = rung;
    }
    return found;
}

int FeatureSupply::highest() const {
    int highest = 0;
    for (const int rung : m_store.rungs())
        if (m_store.holds(rung, m_parts)) highest = rung;
    return highest;
}

void FeatureSupply::stop() {
    m_pass.reset();
    m_writer.reset();
}

void FeatureSupply::forget() {
    stop();
    m_reader.reset();
    m_toWrite.clear();
    m_store = FeatureStore();
}

/// Rungs that the plan reads from, the present one first. A later phase's rung counts only where nothing below it trains before.
std::vector<int> FeatureSupply::wantedRungs() const {
    const std::int64_t train = m_source.train->count(), test = m_source.test->count();
    std::vector<int> wanted;
    CacheRoom room(m_config.cache);
    const auto want = [&](int rung) {
        if (rung == 0 || std::find(wanted.begin(), wanted.end(), rung) != wanted.end()) return;
        if (room.take(bytesOf(rung))) wanted.push_back(rung);
    };
    if (!m_config.cache.enabled) return wanted;
    if (m_restoring) {
        want(m_loop.rung);
        want(m_loop.testRung);
    }
    int lowest = boundary();
    if (wanted.empty() && !m_restoring) want(usableRung(m_config, m_info, lowest, train, test));
    for (std::size_t i = static_cast<std::size_t>(m_loop.phase) + 1; i < m_config.phases.size(); ++i) {
        if (m_config.phases[i].epochs == 0) continue;
        const int later = freezeBoundary(m_info, m_info.maskOf(m_config.phases[i].trainable));
        const int rung = usableRung(m_config, m_info, later, train, test);
        if (rung <= lowest) want(rung);
        lowest = std::min(lowest, later);
    }
    return wanted;
}

std::string FeatureSupply::keyOf(int rung, FeaturePart part) const {
    const PictureSet& pictures = part.test ? *m_source.test : *m_source.train;
    return featureFileKey(m_model.prefixDigest(rung), pictures.identity.featureKey(),
                          partKey(part, m_config.augmentation, m_config.seed), inputKey(m_config), m_fingerprint);
}

std::int64_t FeatureSupply::bytesOf(int rung) const {
    return rungBytes(m_config, m_info, rung, m_source.train->count(), m_source.test->count());
}

void FeatureSupply::makePlan() {
    m_toRead.clear();
    m_reader.reset();
    m_pass.reset();
    m_wanted = wantedRungs();
    // What the plan does not ask for makes room where the budget needs it; the rest stays for a change of mind.
    std::int64_t needed = 0;
    for (int rung : m_wanted)
        if (!m_store.holds(rung, m_parts)) needed += bytesOf(rung);
    for (int rung : m_store.rungs()) {
        if (needed == 0 || m_store.bytesInMemory() + needed <= m_config.cache.memoryBudget) break;
        if (std::find(m_wanted.begin(), m_wanted.end(), rung) == m_wanted.end()) m_store.drop(rung);
    }
    if (m_config.cache.onDisk)
        for (int rung : m_wanted)
            for (FeaturePart part : m_parts)
                if (!m_store.find(rung, part)) m_toRead.push_back({rung, part});
    m_step = Step::Read;
}

bool FeatureSupply::read(const Deadline& deadline) {
    while (!m_toRead.empty()) {
        const Place place = m_toRead.front();
        const std::int64_t rows = (place.part.test ? m_source.test : m_source.train)->count();
        if (!m_reader) {
            m_reader = std::make_unique<FeatureReader>();
            if (!m_reader->open(featureFolder(m_config.cache), keyOf(place.rung, place.part), rows,
                                rungFloats(m_info, place.rung))) {
                m_reader.reset();
                m_toRead.pop_front();
                continue;
            }
        }
        const bool done = m_reader->advance(deadline);
        m_listener.progress("Reading features from the cache", static_cast<std::int64_t>(m_reader->bytesDone()),
                            rows * rungFloats(m_info, place.rung) * static_cast<std::int64_t>(sizeof(float)), -1);
        if (!done) return false;
        if (m_reader->block())
            m_store.put(place.rung, place.part, m_reader->block());
        else
            m_listener.notice("A file of cached features was damaged. It was removed and its features are computed again.", true);
        m_reader.reset();
        m_toRead.pop_front();
        if (deadline.passed()) return false;
    }
    planComputation();
    return true;
}

/// The rung of now starts a pass; later ones go along, or wait for their phase where the present one is there already.
std::vector<int> FeatureSupply::missingRungs() const {
    std::vector<int> missing;
    for (std::size_t i = 0; i < m_wanted.size(); ++i) {
        if (m_store.holds(m_wanted[i], m_parts)) continue;
        const bool neededNow =
            m_restoring ? m_wanted[i] == m_loop.rung || m_wanted[i] == m_loop.testRung : i == 0 && m_wanted[i] <= boundary();
        if (neededNow || !missing.empty()) missing.push_back(m_wanted[i]);
    }
    std::sort(missing.begin(), missing.end());
    return missing;
}

void FeatureSupply::planComputation() {
    m_step = Step::Done;
    std::vector<int> missing = missingRungs();
    if (missing.empty() || !m_mayCompute) return;
    int base = 0;
    for (int rung : m_store.rungs())
        if (rung < missing.front() && m_store.holds(rung, m_parts)) base = rung;
    // What the machine has no memory for lies in files from the start.
    std::int64_t room = std::min(m_config.cache.memoryBudget - m_store.bytesInMemory(), memoryState().spare());
    std::set<int> onDisk;
    for (int rung : missing) {
        const std::int64_t bytes = bytesOf(rung);
        if (bytes > room && m_config.cache.onDisk)
            onDisk.insert(rung);
        else
            room -= bytes;
    }
    if (room < 0 && !m_config.cache.onDisk) {
        if (!std::exchange(m_toldShort, true))
            m_listener.notice(
                "The machine has too little memory left for the features: every batch computes them. Close other programs, or "
                "keep features "
                "on disk.",
                true);
        return;
    }
    // Rungs on the way cost nothing but memory: a thaw below the plan's layers then needs no new pass.
    const std::vector<int> all = rungsOf(m_info);
    const int highest = missing.back();
    std::int64_t held = m_store.bytesInMemory();
    for (int rung : missing) held += onDisk.count(rung) == 0 ? bytesOf(rung) : 0;
    room = std::min(room, m_config.cache.memoryBudget / 2 - held);  // half of it: a large set's would fill the memory
    for (auto it = all.rbegin(); it != all.rend(); ++it) {
        if (*it <= base || *it >= highest || m_store.holds(*it, m_parts) ||
            std::find(missing.begin(), missing.end(), *it) != missing.end())
            continue;
        room -= bytesOf(*it);
        if (room < 0) break;
        missing.push_back(*it);
    }
    std::sort(missing.begin(), missing.end());
    const auto makeBlock = [&](int rung, FeaturePart part, std::int64_t rows, std::int64_t floats) {
        if (onDisk.count(rung) == 0) return std::make_shared<FeatureBlock>(rows, floats);
        const std::size_t bytes = static_cast<std::size_t>(rows * floats) * sizeof(float);
        const fs::path folder = featureFolder(m_config.cache);
        return std::make_shared<FeatureBlock>(
            std::make_shared<FeatureFile>(folder, keyOf(rung, part), bytes, m_config.cache.diskBudget), rows, floats);
    };
    if (m_config.cache.onDisk) removeStrayParts(featureFolder(m_config.cache));
    try {
        m_pass = std::make_unique<FeaturePass>(m_source, m_model, m_config, base, missing, m_parts, makeBlock);
    } catch (const StoreError& error) {
        return goWithout(error, error.hint());
    }
    m_passBegan = Clock::now();
    m_step = Step::Compute;
}

void FeatureSupply::goWithout(const std::exception& error, const std::string& hint) {
    m_listener.notice(std::string(error.what()) + " Training goes on without them: every batch computes them. " + hint, true);
}

bool FeatureSupply::compute(const Deadline& deadline) {
    bool done = false;
    try {
        done = m_pass->advance(deadline, m_listener.timed, m_store);
    } catch (const StoreError& error) {
        m_pass.reset();
        m_step = Step::Done;
        goWithout(error, error.hint());
        return true;
    }
    const double seconds = secondsSince(m_passBegan);
    const double left =
        m_pass->done() > 0 ? seconds / static_cast<double>(m_pass->done()) * static_cast<double>(m_pass->total() - m_pass->done())
                           : -1;
    m_listener.progress("Computing features (" + m_info.stage(m_pass->rungs().back() - 1).name + ")", m_pass->done(),
                        m_pass->total(), left);
    if (!done) return false;
    m_toWrite.clear();
    if (m_config.cache.onDisk)
        for (int rung : m_pass->rungs())
            if (std::find(m_wanted.begin(), m_wanted.end(), rung) != m_wanted.end())
                for (FeaturePart part : m_pass->parts()) m_toWrite.emplace_back(Place{rung, part}, m_pass->block(rung, part));
    m_pass.reset();
    m_model.releaseWorkspaces();
    returnFreeMemory();
    m_step = Step::Write;
    return true;
}

bool FeatureSupply::write(const Deadline& deadline) {
    try {
        while (!m_toWrite.empty()) {
            const auto& [place, block] = m_toWrite.front();
            if (!m_writer) {
                m_writer = std::make_unique<FeatureWriter>(featureFolder(m_config.cache), keyOf(place.rung, place.part), block,
                                                           m_config.cache.diskBudget);
            }
            const bool done = m_writer->advance(deadline);
            m_listener.progress("Keeping features on disk", static_cast<std::int64_t>(m_writer->bytesDone()),
                                static_cast<std::int64_t>(block->bytes()), -1);
            if (!done) return false;
            m_writer.reset();
            m_toWrite.pop_front();
            if (deadline.passed() && !m_toWrite.empty()) return false;
        }
    } catch (const Error& error) {
        m_listener.notice(std::string(error.what()) + " Training goes on; the next run computes them again. " + error.hint(),
                          true);
        m_writer.reset();
        m_toWrite.clear();
    }
    // A change of layers meanwhile may ask for another rung.
    m_step = Step::Done;
    return true;
}

bool FeatureSupply::yieldMemory() {
    if (m_pass || !m_toWrite.empty() || m_store.bytesInMemory() == 0 || !memoryState().isShort()) return false;
    bool lost = false;
    for (const int rung : m_store.rungs()) {
        for (const FeaturePart part : m_parts) {
            const FeatureBlock* held = m_store.find(rung, part);
            if (!held || !held->inMemory()) continue;
            FeatureReader reader;  // a file of this run's own making: its digest was checked or written by this process
            const bool kept = m_config.cache.onDisk &&
                              reader.open(featureFolder(m_config.cache), keyOf(rung, part), held->rows(), held->floats());
            if (kept)
                m_store.put(rung, part, reader.block());
            else {
                m_store.drop(rung);
                lost = true;
                break;
            }
        }
    }
    m_listener.notice("The machine is short of memory: features are read from the disk from here on" +
                          std::string(lost ? ", and those that were not there are computed again where they are needed." : "."),
                      true);
    return lost;
}

}  // namespace thaw::core
