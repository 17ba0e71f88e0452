// A run's checkpoints: <run>/checkpoints/<name>.json (the manifest: what, where, digests, the loop's state) and
// <run>/checkpoints/objects/<sha256>.safetensors (one tensor a file, stored once however many manifests refer to it).
// A manifest ends with the digest of all that stands before it, and is written last: what it names is on the disk by then.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/api/errors.h"
#include "core/api/task.h"
#include "core/model/safetensors.h"

namespace thaw::core {

/// A tensor to store or one that was read. For storing, `data` points to the caller's memory.
struct CheckpointTensor {
    DType dtype = DType::Float32;
    std::vector<std::int64_t> shape;
    const void* data = nullptr;
    std::vector<std::uint8_t> owned;  ///< filled when read; data points into it
};

/// SHA-256 of type, shape and bytes: what a tensor is stored by.
std::string contentDigest(const CheckpointTensor& tensor);

struct Checkpoint {
    std::string name;  ///< "step-000000391"
    std::int64_t step = 0;
    int epoch = 0;  ///< finished epochs
    TaskKind task = TaskKind::OneLabel;
    double valScore = -1;  ///< of the task, of the newest finished epoch; negative: none
    double merit = -1;     ///< of that epoch: the figure that decides which is the best, negated where lower is better
    std::string reason;
    std::string loopState;  ///< JSON, the Trainer's own: position, generators, sums, mask, schedule, fingerprint
    std::map<std::string, CheckpointTensor> model;      ///< by state_dict name
    std::map<std::string, CheckpointTensor> optimizer;  ///< "<parameter>/exp_avg"; needed for the newest only
};

struct CheckpointEntry {
    std::string name, reason;
    std::int64_t step = 0;
    int epoch = 0;
    double valScore = -1, merit = -1;
    TaskKind task = TaskKind::OneLabel;
    bool endsEpoch = false, endsPhase = false;
    std::map<std::string, std::string> contents;  ///< of the model: content digests by state_dict name
};

/// Greatest merit at an epoch's end, the first of equals; the newest while no epoch is finished; nullptr: no entries.
const CheckpointEntry* bestOf(const std::vector<CheckpointEntry>& entries);

/// An object's file as this process knows it.
struct StoredObject {
    std::int64_t bytes = 0;
    std::string digest;
    bool checked = false;  ///< written or verified by this process
};

/// Belongs to one thread. Reading needs no lock: what a writer prunes meanwhile is reported as missing.
class CheckpointStore {
public:
    explicit CheckpointStore(const std::filesystem::path& runDirectory);

    /// Writes new objects, then the manifest; then prunes. Objects whose digest is there already are not written again.
    /// Returns the bytes written. Throws StoreError; every earlier checkpoint is then as it was.
    /// `endsRun`: nobody goes on from here, so that no checkpoint keeps its optimiser.
    std::int64_t save(const Checkpoint& checkpoint, bool endsEpoch, bool endsPhase, bool endsRun = false);

    /// Oldest first; only manifests whose own digest is right and whose objects exist with the right size.
    std::vector<CheckpointEntry> list() const;
    /// Why, of each checkpoint that list() leaves out: torn, incomplete or of a newer version.
    std::vector<StoreError> leftOut() const;
    /// The same of those that "best" or "last" may mean and that find() passed over for `found`; none for other names.
    std::vector<StoreError> passedOver(const std::string& which, const CheckpointEntry& found) const;
    /// "best" (greatest merit, the first of equals; the newest while no epoch is finished), "last", "epoch:N" or an entry's
    /// name. Verifies every object's digest. Throws StoreError.
    Checkpoint load(const std::string& which) const;
    /// The entry that `which` means, as in load(); of a name it reads only that manifest. Throws StoreError.
    CheckpointEntry find(const std::string& which) const;
    /// The checkpoint of that name without its optimiser. Tensors named in `known` come without bytes and are not verified.
    Checkpoint loadModel(const std::string& name, const std::set<std::string>& known = {}) const;
    /// The newest that loads without fault, whatever lies broken above it. Throws StoreError when there is none.
    Checkpoint loadNewestUsable() const;

    /// Keeps the newest, the newest `whole` with their optimiser (the second to fall back to), the best, every one that ends a
    /// phase and those that end an epoch without their optimiser; of more than 50 epochs only every second, fourth, ... Drops the
    /// rest, objects that nobody refers to and stray temporary files. Called by save(). Failures are logged: nothing is lost by
    /// them but disk space.
    void prune(std::size_t whole = 2);

private:
    std::filesystem::path m_folder;
    std::map<std::string, StoredObject> m_known;  // by content digest
};

}  // namespace thaw::core
