// The writing side of a run folder: run.json (atomic), events.jsonl (appended, whole lines), run.lock (pid and boot id).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/api/decisions.h"
#include "core/api/events.h"
#include "core/api/runs.h"

namespace thaw::core {

/// What run.json holds beside the config: enough to repeat the run and to tell whether a resume is bit-exact.
struct RunManifest {
    RunConfig config;
    int number = 0;
    double createdAt = 0;
    std::string datasetId, datasetTitle, trainDigest;
    std::string testDigest;              ///< of the pictures that it validates on
    std::string testOrigin;              ///< as PictureIdentity::origin
    std::filesystem::path dataLocation;  ///< where the data set was; absolute
    std::vector<std::string> classNames;
    PictureKind pictureKind;  ///< of its pictures; side 0 in records of earlier versions
    /// Of the whole data set, by class. Empty in records of earlier versions.
    std::vector<std::int64_t> trainPerClass, testPerClass;
    std::vector<LeftOutFile> leftOut;  ///< as DatasetInfo::leftOut
    /// About the data set's pictures when the run was made, without what was kept as it is.
    std::vector<Decision> decisions;
    /// What was noteworthy about data, weights, scaling and machine when the run was made, and when it was resumed.
    std::vector<Notice> notes;
    std::string weightsTitle, weightsDigest;
    std::string machine;  ///< processor, cores, memory
    std::string thawVersion, libtorchVersion;
    std::string fingerprint;  ///< LibTorch and build, CPU capability, BLAS and its core, threads, kernels, device
};

class RunRecord {
public:
    /// Creates the folder (config.output, or <runs>/<date>-<time>-<preset>) with run.json and takes the lock. Throws StoreError.
    static RunRecord create(const RunManifest& manifest);
    /// Opens an existing run for continuing: takes the lock, cuts a torn last line off events.jsonl. Throws StoreError, also
    /// when another live process holds the lock (it says which).
    static RunRecord open(const std::filesystem::path& directory);
    RunRecord(RunRecord&&) noexcept;
    RunRecord& operator=(RunRecord&&) noexcept;
    ~RunRecord();  ///< releases the lock

    const std::filesystem::path& directory() const;
    const RunManifest& manifest() const;
    void updateManifest(const RunManifest& manifest);
    /// Appends toJsonLine(event) when it has one; flushed at once, synced at the run's end. Throws StoreError.
    void append(const Event& event);
    /// What was appended reaches the disk. Another thread may append meanwhile. Throws StoreError.
    void sync();
    /// A resumed run starts again from `step`: milestones after it are dropped from events.jsonl (rewritten atomically), so
    /// that an epoch that is trained again does not stand there twice.
    void truncateAfter(std::int64_t step, int epoch);

private:
    struct Impl;
    explicit RunRecord(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

/// Throws StoreError.
RunManifest readManifest(const std::filesystem::path& runDirectory);

}  // namespace thaw::core
