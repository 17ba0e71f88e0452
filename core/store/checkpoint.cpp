#include "core/store/checkpoint.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <system_error>
#include <tuple>

#include "core/api/engine_info.h"
#include "core/store/atomic_file.h"
#include "core/store/paths.h"
#include "core/store/strict_json.h"
#include "core/util/hash.h"

namespace thaw::core {

namespace fs = std::filesystem;
using nlohmann::json;
using nlohmann::ordered_json;

namespace {

constexpr int kFormat = 1;
constexpr char kTensorName[] = "tensor";
constexpr std::size_t kManifestBytes = 256u << 20;
constexpr std::size_t kEpochCheckpoints = 50;

// The manifest is a JSON object whose last member is the digest of all text before it.
constexpr char kTailBegin[] = ",\n  \"digest\": \"";
constexpr char kTailEnd[] = "\"\n}\n";
constexpr std::size_t kDigestChars = 64;
constexpr std::size_t kTailChars = sizeof kTailBegin - 1 + kDigestChars + sizeof kTailEnd - 1;

constexpr DType kDTypes[] = {DType::Float32, DType::Float16, DType::BFloat16, DType::Float64, DType::Int64,
                             DType::Int32,   DType::Int16,   DType::Int8,     DType::UInt8,   DType::Bool};

DType dtypeFromString(const std::string& name) {
    for (const DType dtype : kDTypes)
        if (toString(dtype) == name) return dtype;
    throw ConfigError("\"" + name + "\" is not a type of tensors.");
}

std::uint64_t bytesOf(DType dtype, const std::vector<std::int64_t>& shape) {
    std::uint64_t bytes = sizeOf(dtype);
    for (const std::int64_t size : shape) bytes *= static_cast<std::uint64_t>(size);
    return bytes;
}

/// Where a manifest's tensor lies.
struct TensorReference {
    DType dtype = DType::Float32;
    std::vector<std::int64_t> shape;
    std::string content;  // digest of type, shape and bytes: the object's name
    std::int64_t fileBytes = 0;
    std::string fileDigest;  // of the object's file
};
using References = std::map<std::string, TensorReference>;

struct Manifest {
    Checkpoint checkpoint;  // without tensors
    bool endsEpoch = false, endsPhase = false;
    References model, optimizer;
};

ordered_json toJsonValue(const References& references) {
    ordered_json value = ordered_json::object();
    for (const auto& [name, tensor] : references)
        value[name] = {{"dtype", toString(tensor.dtype)},
                       {"shape", tensor.shape},
                       {"object", tensor.content},
                       {"bytes", tensor.fileBytes},
                       {"sha256", tensor.fileDigest}};
    return value;
}

bool isDigest(const std::string& text) {
    return text.size() == kDigestChars && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

References referencesFromJson(JsonFields& fields, const char* name) {
    References references;
    const json* object = fields.take(name);
    if (!object || !object->is_object()) throw ConfigError(std::string(name) + ": expected an object in { }.");
    for (const auto& item : object->items()) {
        TensorReference tensor;
        JsonFields inner(item.value(), fields.pathOf(item.key()));
        inner.read("dtype", tensor.dtype, dtypeFromString);
        inner.read("shape", tensor.shape);
        inner.read("object", tensor.content);
        inner.read("bytes", tensor.fileBytes);
        inner.read("sha256", tensor.fileDigest);
        if (!isDigest(tensor.content) || !isDigest(tensor.fileDigest))
            throw ConfigError(fields.pathOf(item.key()) + ": a digest is missing.");
        references.emplace(item.key(), std::move(tensor));
    }
    return references;
}

std::string toText(const Manifest& manifest) {
    const Checkpoint& checkpoint = manifest.checkpoint;
    const ordered_json document = {{"format", kFormat},
                                   {"name", checkpoint.name},
                                   {"step", checkpoint.step},
                                   {"epoch", checkpoint.epoch},
                                   {"task", toString(checkpoint.task)},
                                   {"valAccuracy", std::isfinite(checkpoint.valScore) ? checkpoint.valScore : -1.0},
                                   {"merit", std::isfinite(checkpoint.merit) ? checkpoint.merit : -1.0},
                                   {"reason", checkpoint.reason},
                                   {"endsEpoch", manifest.endsEpoch},
                                   {"endsPhase", manifest.endsPhase},
                                   {"loopState", checkpoint.loopState},
                                   {"model", toJsonValue(manifest.model)},
                                   {"optimizer", toJsonValue(manifest.optimizer)}};
    std::string text = jsonText(document, 2);
    text.resize(text.size() - 2);  // newline and brace: the digest comes before them
    return text + kTailBegin + digestOf(text.data(), text.size()) + kTailEnd;
}

Manifest readManifestFile(const fs::path& file) {
    const auto damaged = [&file](const std::string& why) {
        return StoreError("The checkpoint " + file.string() + " is damaged: " + why, "An earlier checkpoint can be used.");
    };
    const std::string text = readSmallFile(file, kManifestBytes);
    if (text.size() <= kTailChars) throw damaged("it is too short.");
    const std::size_t body = text.size() - kTailChars;
    if (text.compare(body, std::string::npos, kTailBegin + digestOf(text.data(), body) + kTailEnd) != 0)
        throw damaged("its digest does not match its text.");
    try {
        Manifest manifest;
        Checkpoint& checkpoint = manifest.checkpoint;
        const json document = parseStrictJson(text);
        JsonFields fields(document, "");
        int format = 0;
        fields.read("format", format);
        if (format != kFormat)
            throw StoreError("The checkpoint " + file.string() + " has format " + std::to_string(format) +
                                 ", this program reads " + std::to_string(kFormat) + ".",
                             "Use the version of Thaw that wrote it.");
        fields.read("name", checkpoint.name);
        fields.read("step", checkpoint.step);
        fields.read("epoch", checkpoint.epoch);
        fields.read("task", checkpoint.task, taskFromString);
        fields.read("valAccuracy", checkpoint.valScore);
        checkpoint.merit = checkpoint.valScore;  // of what earlier versions wrote
        fields.read("merit", checkpoint.merit);
        fields.read("reason", checkpoint.reason);
        fields.read("endsEpoch", manifest.endsEpoch);
        fields.read("endsPhase", manifest.endsPhase);
        fields.read("loopState", checkpoint.loopState);
        fields.take("digest");
        manifest.model = referencesFromJson(fields, "model");
        manifest.optimizer = referencesFromJson(fields, "optimizer");
        if (checkpoint.name != file.stem()) throw damaged("it belongs to the checkpoint " + checkpoint.name + '.');
        return manifest;
    } catch (const ConfigError& error) {
        throw damaged(error.what());
    }
}

fs::path objectsOf(const fs::path& folder) { return folder / "objects"; }
fs::path objectFile(const fs::path& folder, const std::string& content) { return objectsOf(folder) / (content + ".safetensors"); }
fs::path manifestFile(const fs::path& folder, const std::string& name) { return folder / (name + ".json"); }

bool hasSize(const fs::path& file, std::int64_t bytes) {
    std::error_code error;
    const auto size = fs::file_size(file, error);
    return !error && size == static_cast<std::uintmax_t>(bytes);
}

bool objectsExist(const fs::path& folder, const Manifest& manifest) {
    for (const References* references : {&manifest.model, &manifest.optimizer})
        for (const auto& entry : *references)
            if (!hasSize(objectFile(folder, entry.second.content), entry.second.fileBytes)) return false;
    return true;
}

/// Its objects are there. A writer may have let some go since the manifest was read: then what it says now counts.
bool isWhole(const fs::path& folder, Manifest& manifest) {
    if (objectsExist(folder, manifest)) return true;
    try {
        manifest = readManifestFile(manifestFile(folder, manifest.checkpoint.name));
    } catch (const StoreError&) {
        return false;
    }
    return objectsExist(folder, manifest);
}

std::vector<fs::path> manifestFiles(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
        if (it->path().extension() == ".json") files.push_back(it->path());
    return files;
}

/// Whole manifests, oldest first. `unread` becomes true when a file could not be read at all, which may pass.
std::vector<Manifest> readManifests(const fs::path& folder, bool* unread = nullptr) {
    std::vector<Manifest> manifests;
    for (const fs::path& file : manifestFiles(folder)) {
        try {
            manifests.push_back(readManifestFile(file));
        } catch (const StoreError&) {
            if (unread && ::access(file.c_str(), R_OK) == 0) {
                try {
                    readSmallFile(file, kManifestBytes);
                } catch (const StoreError&) {
                    *unread = true;
                }
            }
        }
    }
    std::sort(manifests.begin(), manifests.end(), [](const Manifest& a, const Manifest& b) {
        const Checkpoint &x = a.checkpoint, &y = b.checkpoint;
        return std::tie(x.step, x.epoch, x.name) < std::tie(y.step, y.epoch, y.name);
    });
    return manifests;
}

CheckpointEntry entryOf(const Manifest& manifest) {
    const Checkpoint& checkpoint = manifest.checkpoint;
    CheckpointEntry entry{checkpoint.name,  checkpoint.reason, checkpoint.step,    checkpoint.epoch,   checkpoint.valScore,
                          checkpoint.merit, checkpoint.task,   manifest.endsEpoch, manifest.endsPhase, {}};
    for (const auto& [name, tensor] : manifest.model) entry.contents.emplace(name, tensor.content);
    return entry;
}

CheckpointTensor loadTensor(const fs::path& folder, const std::string& name, const TensorReference& reference) {
    const fs::path file = objectFile(folder, reference.content);
    const auto damaged = [&](const std::string& why) {
        return StoreError("The checkpoint's file " + file.string() + " (" + name + ") is damaged: " + why,
                          "An earlier checkpoint can be used.");
    };
    if (!hasSize(file, reference.fileBytes)) throw damaged("it is missing or has the wrong size.");
    if (digestOfFile(file) != reference.fileDigest) throw damaged("its digest is wrong.");
    try {
        const SafetensorsReader reader(file);
        const auto found = reader.entries().find(kTensorName);
        if (found == reader.entries().end() || found->second.dtype != reference.dtype || found->second.shape != reference.shape)
            throw damaged("it holds another tensor.");
        CheckpointTensor tensor;
        tensor.dtype = reference.dtype;
        tensor.shape = reference.shape;
        tensor.owned = reader.read(kTensorName);
        tensor.data = tensor.owned.data();
        return tensor;
    } catch (const WeightsError& error) {
        throw damaged(error.what());
    }
}

Checkpoint loadCheckpoint(const fs::path& folder, const std::string& name) {
    Manifest manifest = readManifestFile(manifestFile(folder, name));
    Checkpoint checkpoint = std::move(manifest.checkpoint);
    for (const auto& [tensor, reference] : manifest.model) checkpoint.model[tensor] = loadTensor(folder, tensor, reference);
    for (const auto& [tensor, reference] : manifest.optimizer)
        checkpoint.optimizer[tensor] = loadTensor(folder, tensor, reference);
    return checkpoint;
}

/// A checkpoint in the folder that cannot be used; its entry where its manifest at least can be read.
struct LeftOut {
    std::string name;
    std::optional<CheckpointEntry> entry;
    StoreError why;
};

std::vector<LeftOut> leftOutOf(const fs::path& folder) {
    std::vector<LeftOut> found;
    for (const fs::path& file : manifestFiles(folder)) {
        const std::string name = file.stem().string();
        std::optional<CheckpointEntry> entry;
        try {
            const Manifest manifest = readManifestFile(file);
            entry = entryOf(manifest);
            if (!objectsExist(folder, manifest)) loadCheckpoint(folder, name);
        } catch (const StoreError& error) {
            std::error_code ignored;
            if (fs::exists(file, ignored)) found.push_back({name, entry, error});  // else a writer pruned it meanwhile
        }
    }
    return found;
}

bool isCheckpointName(const std::string& name) {
    return !name.empty() && name.front() != '.' &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") == std::string::npos;
}

void checkName(const std::string& name) {
    if (!isCheckpointName(name)) throw StoreError("\"" + name + "\" is not a name for a checkpoint.");
}

/// Puts one save's objects on the disk; takes the new ones away again unless it succeeded.
class ObjectWriter {
public:
    ObjectWriter(fs::path folder, std::map<std::string, StoredObject>& known) : m_folder(std::move(folder)), m_known(known) {}
    ~ObjectWriter() {
        std::error_code ignored;
        if (m_kept) return;
        for (const std::string& content : m_written) {
            m_known.erase(content);
            fs::remove(objectFile(m_folder, content), ignored);
        }
    }

    References write(const std::map<std::string, CheckpointTensor>& tensors) {
        References references;
        for (const auto& [name, tensor] : tensors) references.emplace(name, write(tensor));
        return references;
    }
    void keep() { m_kept = true; }
    std::int64_t bytes() const { return m_bytes; }

private:
    TensorReference write(const CheckpointTensor& tensor) {
        TensorReference reference{tensor.dtype, tensor.shape, contentDigest(tensor), 0, {}};
        const fs::path file = objectFile(m_folder, reference.content);
        StoredObject& stored = m_known[reference.content];
        // An object that an earlier process wrote is compared with its digest once before anything new relies on it.
        if (!stored.checked) stored.checked = hasSize(file, stored.bytes) && digestOfFile(file) == stored.digest;
        if (!stored.checked || !hasSize(file, stored.bytes)) {
            const bool isNew = stored.digest.empty();
            SafetensorsWriter writer;
            writer.add(kTensorName, tensor.dtype, tensor.shape, tensor.data);
            stored.bytes = writer.write(file);
            if (isNew) m_written.push_back(reference.content);
            stored.digest = digestOfFile(file);
            stored.checked = true;
            m_bytes += stored.bytes;
        }
        reference.fileBytes = stored.bytes;
        reference.fileDigest = stored.digest;
        return reference;
    }

    fs::path m_folder;
    std::map<std::string, StoredObject>& m_known;
    std::vector<std::string> m_written;
    std::int64_t m_bytes = 0;
    bool m_kept = false;
};

// Every epoch's end up to a number, then every second, fourth, ... so that a very long run does not fill the disk.
std::set<int> epochsToKeep(const std::vector<Manifest>& manifests) {
    std::vector<int> epochs;
    for (const Manifest& manifest : manifests)
        if (manifest.endsEpoch) epochs.push_back(manifest.checkpoint.epoch);
    std::set<int> kept;
    for (int stride = 1;; stride *= 2) {
        kept.clear();
        for (const int epoch : epochs)
            if (epoch % stride == 0) kept.insert(epoch);
        if (kept.size() <= kEpochCheckpoints) return kept;
    }
}

}  // namespace

std::string contentDigest(const CheckpointTensor& tensor) {
    std::string head = toString(tensor.dtype);
    for (const std::int64_t size : tensor.shape) head += ' ' + std::to_string(size);
    head += '\n';
    Digest digest;
    digest.update(head.data(), head.size());
    digest.update(tensor.data, bytesOf(tensor.dtype, tensor.shape));
    return digest.hex();
}

// Only the end of an epoch has the weights that its score was measured with.
const CheckpointEntry* bestOf(const std::vector<CheckpointEntry>& entries) {
    const CheckpointEntry* best = nullptr;
    for (const CheckpointEntry& entry : entries)
        if (entry.endsEpoch && (!best || entry.merit > best->merit)) best = &entry;
    return best || entries.empty() ? best : &entries.back();
}

CheckpointStore::CheckpointStore(const fs::path& runDirectory) : m_folder(runDirectory / "checkpoints") {}

std::int64_t CheckpointStore::save(const Checkpoint& checkpoint, bool endsEpoch, bool endsPhase, bool endsRun) {
    checkName(checkpoint.name);
    const std::map<std::string, CheckpointTensor> none;
    const std::map<std::string, CheckpointTensor>& optimizer = endsRun ? none : checkpoint.optimizer;
    std::uint64_t needed = 0;
    for (const auto* tensors : {&checkpoint.model, &optimizer})
        for (const auto& entry : *tensors) needed += bytesOf(entry.second.dtype, entry.second.shape);
    try {
        ensureFolder(objectsOf(m_folder));
        const std::vector<Manifest> earlier = readManifests(m_folder);
        for (const Manifest& manifest : earlier)
            for (const References* references : {&manifest.model, &manifest.optimizer})
                for (const auto& entry : *references)
                    m_known.emplace(entry.second.content, StoredObject{entry.second.fileBytes, entry.second.fileDigest, false});

        Manifest manifest;
        manifest.checkpoint.name = checkpoint.name;
        manifest.checkpoint.step = checkpoint.step;
        manifest.checkpoint.epoch = checkpoint.epoch;
        manifest.checkpoint.valScore = checkpoint.valScore;
        manifest.checkpoint.merit = checkpoint.merit;
        manifest.checkpoint.task = checkpoint.task;
        manifest.checkpoint.reason = checkpoint.reason;
        manifest.checkpoint.loopState = checkpoint.loopState;
        manifest.endsEpoch = endsEpoch;
        manifest.endsPhase = endsPhase;
        for (const Manifest& other : earlier)
            if (other.checkpoint.name == checkpoint.name && other.checkpoint.epoch == checkpoint.epoch) {
                // Saved again at the same step, by a pause say: it is still the end of its epoch.
                manifest.endsEpoch |= other.endsEpoch;
                manifest.endsPhase |= other.endsPhase;
            }
        ObjectWriter writer(m_folder, m_known);
        manifest.model = writer.write(checkpoint.model);
        manifest.optimizer = writer.write(optimizer);
        const std::string text = toText(manifest);
        AtomicFile file(manifestFile(m_folder, checkpoint.name));
        file.write(text);
        file.commit();
        writer.keep();

        std::error_code ignored;
        for (const Manifest& other : earlier)  // the future that a resume from further back has left behind
            if (other.checkpoint.step > checkpoint.step) fs::remove(manifestFile(m_folder, other.checkpoint.name), ignored);
        if (endsRun)
            prune(/*whole=*/0);
        else
            prune();
        return writer.bytes() + static_cast<std::int64_t>(text.size());
    } catch (const Error& error) {
        throw StoreError("The checkpoint " + checkpoint.name + " could not be saved (at most " +
                             std::to_string(needed / 1'000'000 + 1) + " MB are needed). " + error.what(),
                         error.hint());
    }
}

std::vector<CheckpointEntry> CheckpointStore::list() const {
    std::vector<CheckpointEntry> entries;
    for (Manifest& manifest : readManifests(m_folder))
        if (isWhole(m_folder, manifest)) entries.push_back(entryOf(manifest));
    return entries;
}

std::vector<StoreError> CheckpointStore::leftOut() const {
    std::vector<StoreError> reasons;
    for (LeftOut& one : leftOutOf(m_folder)) reasons.push_back(std::move(one.why));
    return reasons;
}

std::vector<StoreError> CheckpointStore::passedOver(const std::string& which, const CheckpointEntry& found) const {
    std::vector<StoreError> reasons;
    if (which != "best" && which != "last") return reasons;
    for (LeftOut& one : leftOutOf(m_folder)) {
        const bool newer = one.entry ? one.entry->step > found.step : one.name > found.name;
        bool meant = which == "last" ? newer : !one.entry;
        if (which == "best" && one.entry) {
            const std::vector<CheckpointEntry> two = newer ? std::vector{found, *one.entry} : std::vector{*one.entry, found};
            meant = bestOf(two)->name == one.name;
        }
        if (meant) reasons.push_back(std::move(one.why));
    }
    return reasons;
}

Checkpoint CheckpointStore::load(const std::string& which) const { return loadCheckpoint(m_folder, find(which).name); }

CheckpointEntry CheckpointStore::find(const std::string& which) const {
    std::error_code ignored;
    if (isCheckpointName(which) && fs::exists(manifestFile(m_folder, which), ignored))
        return entryOf(readManifestFile(manifestFile(m_folder, which)));
    std::vector<CheckpointEntry> entries = list();
    const auto alsoLeftOut = [this] {
        const std::vector<StoreError> reasons = leftOut();
        return reasons.empty() ? std::string() : std::string(" ") + reasons.front().what() + ' ' + reasons.front().hint();
    };
    if (entries.empty())
        throw StoreError("There is no usable checkpoint in " + m_folder.string() + '.' + alsoLeftOut(),
                         "Start the run again from its settings.");
    if (which == "last") return entries.back();
    if (which == "best") return *bestOf(entries);
    for (CheckpointEntry& entry : entries)
        if (entry.endsEpoch && which == "epoch:" + std::to_string(entry.epoch)) return std::move(entry);
    std::string known = "best, last";
    for (const CheckpointEntry& entry : entries)
        if (entry.endsEpoch) known += ", epoch:" + std::to_string(entry.epoch);
    throw StoreError("The run " + m_folder.parent_path().string() + " has no checkpoint \"" + which + "\"." + alsoLeftOut(),
                     "Checkpoints: " + known + '.');
}

Checkpoint CheckpointStore::loadModel(const std::string& name, const std::set<std::string>& known) const {
    Manifest manifest = readManifestFile(manifestFile(m_folder, name));
    Checkpoint checkpoint = std::move(manifest.checkpoint);
    for (const auto& [tensor, reference] : manifest.model) {
        if (known.count(tensor))
            checkpoint.model[tensor] = {reference.dtype, reference.shape, nullptr, {}};
        else
            checkpoint.model[tensor] = loadTensor(m_folder, tensor, reference);
    }
    return checkpoint;
}

Checkpoint CheckpointStore::loadNewestUsable() const {
    const std::vector<CheckpointEntry> entries = list();
    std::string reason;
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
        try {
            return loadCheckpoint(m_folder, entry->name);
        } catch (const StoreError& error) {
            logMessage("warning", error.what());
            if (reason.empty()) reason = std::string(" ") + error.what();
        }
    }
    throw StoreError("There is no usable checkpoint in " + m_folder.string() + '.' + reason,
                     "Start the run again from its settings.");
}

void CheckpointStore::prune(std::size_t whole) {
    bool unread = false;
    std::vector<Manifest> manifests = readManifests(m_folder, &unread);
    std::vector<CheckpointEntry> entries;
    for (const Manifest& manifest : manifests) entries.push_back(entryOf(manifest));
    const CheckpointEntry* best = bestOf(entries);
    const std::set<int> epochs = epochsToKeep(manifests);
    std::set<std::string> referred;
    std::error_code ignored;
    try {
        for (std::size_t i = 0; i < manifests.size(); ++i) {
            Manifest& manifest = manifests[i];
            const fs::path file = manifestFile(m_folder, manifest.checkpoint.name);
            const bool newest = i + std::max<std::size_t>(whole, 1) >= manifests.size();
            const bool keep = newest || manifest.endsPhase || manifest.checkpoint.name == best->name ||
                              (manifest.endsEpoch && epochs.count(manifest.checkpoint.epoch));
            if (!keep) {
                fs::remove(file, ignored);
                continue;
            }
            if (i + whole < manifests.size() && !manifest.optimizer.empty()) {
                manifest.optimizer.clear();
                writeFileAtomically(file, toText(manifest));
            }
            for (const References* references : {&manifest.model, &manifest.optimizer})
                for (const auto& entry : *references) referred.insert(entry.second.content);
        }
    } catch (const StoreError& error) {
        logMessage("warning", std::string("Old checkpoints were not tidied up. ") + error.what());
        return;
    }
    removeStrayParts(m_folder);
    removeStrayParts(objectsOf(m_folder));
    if (unread) return;
    std::error_code error;
    for (fs::directory_iterator it(objectsOf(m_folder), error), end; !error && it != end; it.increment(error)) {
        const std::string content = it->path().stem().string();
        if (it->path().extension() != ".safetensors" || referred.count(content)) continue;
        fs::remove(it->path(), ignored);
        m_known.erase(content);
    }
}

}  // namespace thaw::core
