#include "core/store/run_record.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <ctime>
#include <optional>
#include <system_error>

#include "core/store/atomic_file.h"
#include "core/store/decision_file.h"
#include "core/store/events_file.h"
#include "core/store/paths.h"
#include "core/store/run_files.h"
#include "core/store/run_lock.h"
#include "core/store/strict_json.h"
#include "core/store/system_error.h"

namespace thaw::core {

namespace fs = std::filesystem;
using nlohmann::json;
using nlohmann::ordered_json;

namespace {

constexpr int kFormat = 1;
constexpr std::size_t kManifestBytes = 16u << 20;
constexpr std::size_t kEventBytes = std::size_t(1) << 30;

double now() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

ordered_json notesValue(const std::vector<Notice>& notes) {
    ordered_json list = ordered_json::array();
    for (const Notice& note : notes) list.push_back({{"text", note.text}, {"warning", note.warning}});
    return list;
}

ordered_json leftOutValue(const std::vector<LeftOutFile>& files) {
    ordered_json list = ordered_json::array();
    for (const LeftOutFile& one : files) list.push_back({{"file", one.file.string()}, {"reason", one.reason}});
    return list;
}

/// A list of objects; `read` takes the fields of one.
template <class Item, class Read>
std::vector<Item> itemsFrom(const json& list, const std::string& name, const Read& read) {
    if (!list.is_array()) throw ConfigError(name + ": expected a list in [ ].");
    std::vector<Item> items;
    for (const json& value : list) {
        JsonFields fields(value, name);
        read(fields, items.emplace_back());
    }
    return items;
}

std::vector<LeftOutFile> leftOutFrom(const json& list) {
    return itemsFrom<LeftOutFile>(list, "data.leftOut", [](JsonFields& fields, LeftOutFile& one) {
        fields.read("file", one.file);
        fields.read("reason", one.reason);
    });
}

std::vector<Notice> notesFrom(const json& list) {
    return itemsFrom<Notice>(list, "notes", [](JsonFields& fields, Notice& note) {
        fields.read("text", note.text);
        fields.read("warning", note.warning);
    });
}

std::string toText(const RunManifest& manifest) {
    const ordered_json document = {
        {"format", kFormat},
        {"number", manifest.number},
        {"createdAt", manifest.createdAt},
        {"config", parseOwnJson(toJson(manifest.config))},
        {"data",
         {{"id", manifest.datasetId},
          {"title", manifest.datasetTitle},
          {"trainDigest", manifest.trainDigest},
          {"testDigest", manifest.testDigest},
          {"testOrigin", manifest.testOrigin},
          {"location", manifest.dataLocation.string()},
          {"classNames", manifest.classNames},
          {"pictures",
           {{"side", manifest.pictureKind.side}, {"grey", manifest.pictureKind.grey}, {"anySize", manifest.pictureKind.anySize}}},
          {"trainPerClass", manifest.trainPerClass},
          {"testPerClass", manifest.testPerClass},
          {"leftOut", leftOutValue(manifest.leftOut)},
          {"decisions", decisionsValue(manifest.decisions)}}},
        {"weights", {{"title", manifest.weightsTitle}, {"digest", manifest.weightsDigest}}},
        {"machine", manifest.machine},
        {"thawVersion", manifest.thawVersion},
        {"libtorchVersion", manifest.libtorchVersion},
        {"fingerprint", manifest.fingerprint},
        {"notes", notesValue(manifest.notes)},
    };
    return jsonText(document, 2) + '\n';
}

std::string folderName(const RunManifest& manifest) {
    const auto seconds = static_cast<std::time_t>(manifest.createdAt);
    std::tm local{};
    localtime_r(&seconds, &local);
    char stamp[32];
    std::strftime(stamp, sizeof stamp, "%Y-%m-%d-%H%M%S", &local);
    std::string name = std::string(stamp) + '-';
    for (const char letter : manifest.config.preset) {
        const bool plain = std::isalnum(static_cast<unsigned char>(letter)) || letter == '-' || letter == '_';
        name += plain && static_cast<unsigned char>(letter) < 128 ? letter : '-';
    }
    return name;
}

/// One process at a time gives out numbers and names in a folder.
class FolderLock {
public:
    explicit FolderLock(const fs::path& folder) : m_descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
        if (m_descriptor >= 0) ::flock(m_descriptor, LOCK_EX);
    }
    ~FolderLock() {
        if (m_descriptor >= 0) ::close(m_descriptor);
    }
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;

private:
    int m_descriptor;
};

int nextNumber(const fs::path& root) {
    int highest = 0;
    std::error_code error;
    for (fs::directory_iterator it(root, error), end; !error && it != end; it.increment(error)) {
        std::error_code ignored;
        if (!fs::exists(manifestFileOf(it->path()), ignored)) continue;
        try {
            highest = std::max(highest, readManifest(it->path()).number);
        } catch (const StoreError&) {  // a damaged neighbour has no number
        }
    }
    return highest + 1;
}

/// What stood in the record when the run was at this step. Who has seen the test split has seen it: that stays.
std::vector<std::string> linesUntil(const std::vector<std::string>& lines, std::int64_t step, int epoch) {
    std::vector<json> values;
    for (const std::string& line : lines) values.push_back(parseJsonLine(line));
    const auto number = [](const json& value, const char* name) {
        const auto found = value.find(name);
        return found != value.end() && found->is_number_integer() ? found->get<std::int64_t>() : std::int64_t(-1);
    };
    const auto is = [](const json& value, const char* name) {
        const auto found = value.find("event");
        return found != value.end() && *found == name;
    };
    // The checkpoint's own line is where the run stood. Without it (killed before it was written) everything up to the step
    // stays.
    std::size_t count = lines.size();
    for (std::size_t i = 0; i < values.size(); ++i)
        if (is(values[i], "checkpoint_saved") && number(values[i], "step") == step && number(values[i], "epoch") == epoch)
            count = i + 1;
    for (std::size_t i = 0; i < count; ++i) {
        const bool later = number(values[i], "step") > step ||
                           (is(values[i], "epoch_finished") && number(values[i], "epoch") > epoch) ||
                           number(values[i], "first_epoch") > epoch + 1;
        if (later) count = i;
    }
    std::vector<std::string> kept;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const bool before = i < count && !is(values[i], "run_finished") && !is(values[i], "run_failed");
        if (before || is(values[i], "test_revealed")) kept.push_back(lines[i]);
    }
    return kept;
}

void requireUnused(const fs::path& directory) {
    std::error_code error;
    if (fs::exists(manifestFileOf(directory), error))
        throw StoreError(directory.string() + " holds a run already.", "Resume it, or choose another folder.");
    for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
        const fs::path name = it->path().filename();
        if (name != "run.lock" && name.extension() != ".part")  // what a creation that was killed leaves behind
            throw StoreError(directory.string() + " is not empty.", "Choose a new folder for the run.");
    }
}

}  // namespace

std::vector<std::string> readEventLines(const fs::path& run, std::size_t* wholeBytes) {
    std::error_code ignored;
    std::vector<std::string> lines;
    std::size_t begin = 0;
    if (fs::exists(eventsFileOf(run), ignored)) {
        const std::string text = readSmallFile(eventsFileOf(run), kEventBytes);
        for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
            lines.push_back(text.substr(begin, end - begin));
            begin = end + 1;
        }
    }
    if (wholeBytes) *wholeBytes = begin;
    return lines;
}

RunManifest readManifest(const fs::path& runDirectory) {
    const fs::path file = manifestFileOf(runDirectory);
    std::error_code ignored;
    if (!fs::exists(file, ignored))
        throw StoreError(runDirectory.string() + " is not a run's folder: there is no run.json in it.",
                         "Choose a folder that a lesson or a training has made.");
    const std::string text = readSmallFile(file, kManifestBytes);
    if (!json::accept(text))
        throw StoreError("The run's record " + file.string() + " is damaged: it is not the whole text that Thaw wrote.",
                         "Put a copy of the run's run.json in its place.");
    try {
        const json document = parseStrictJson(text);
        RunManifest manifest;
        JsonFields fields(document, "");
        int format = 0;
        fields.read("format", format);
        if (format != kFormat)
            throw StoreError(
                file.string() + " has format " + std::to_string(format) + ", this program reads " + std::to_string(kFormat) + '.',
                "Use the version of Thaw that wrote it.");
        fields.read("number", manifest.number);
        fields.read("createdAt", manifest.createdAt);
        std::vector<std::string> unknown;
        if (const json* config = fields.take("config")) manifest.config = configFromJson(jsonText(*config), {}, &unknown);
        if (const json* data = fields.take("data")) {
            JsonFields inner(*data, "data");
            inner.read("id", manifest.datasetId);
            inner.read("title", manifest.datasetTitle);
            inner.read("trainDigest", manifest.trainDigest);
            inner.read("testDigest", manifest.testDigest);
            inner.read("testOrigin", manifest.testOrigin);
            inner.read("location", manifest.dataLocation);
            inner.read("classNames", manifest.classNames);
            if (const json* pictures = inner.take("pictures")) {
                JsonFields kind(*pictures, "data.pictures");
                kind.read("side", manifest.pictureKind.side);
                kind.read("grey", manifest.pictureKind.grey);
                kind.read("anySize", manifest.pictureKind.anySize);
            }
            inner.read("trainPerClass", manifest.trainPerClass);
            inner.read("testPerClass", manifest.testPerClass);
            if (const json* list = inner.take("decisions")) manifest.decisions = decisionsFrom(*list, inner.pathOf("decisions"));
            if (const json* files = inner.take("leftOut")) manifest.leftOut = leftOutFrom(*files);
        }
        if (const json* weights = fields.take("weights")) {
            JsonFields inner(*weights, "weights");
            inner.read("title", manifest.weightsTitle);
            inner.read("digest", manifest.weightsDigest);
        }
        fields.read("machine", manifest.machine);
        fields.read("thawVersion", manifest.thawVersion);
        fields.read("libtorchVersion", manifest.libtorchVersion);
        fields.read("fingerprint", manifest.fingerprint);
        if (const json* notes = fields.take("notes")) manifest.notes = notesFrom(*notes);
        const std::string note = unknownSettingsNote(unknown);
        if (!note.empty()) manifest.notes.push_back({note, /*warning=*/true});
        return manifest;
    } catch (const ConfigError& error) {
        throw StoreError("The run's record " + file.string() + " is damaged: " + error.what(), error.hint());
    }
}

struct RunRecord::Impl {
    fs::path directory;
    RunManifest manifest;
    std::optional<RunLock> lock;
    std::optional<EventsFile> events;
};

RunRecord::RunRecord(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
RunRecord::RunRecord(RunRecord&&) noexcept = default;
RunRecord& RunRecord::operator=(RunRecord&&) noexcept = default;
RunRecord::~RunRecord() = default;

const fs::path& RunRecord::directory() const { return m_impl->directory; }
const RunManifest& RunRecord::manifest() const { return m_impl->manifest; }

RunRecord RunRecord::create(const RunManifest& manifest) {
    auto impl = std::make_unique<Impl>();
    impl->manifest = manifest;
    if (impl->manifest.createdAt <= 0) impl->manifest.createdAt = now();

    const fs::path& output = manifest.config.output;
    const fs::path root = output.empty() ? runsFolder() : absolutePath(output).parent_path();
    ensureFolder(root);
    const FolderLock numbers(root);
    if (output.empty()) {
        const std::string name = folderName(impl->manifest);
        impl->directory = root / name;
        std::error_code error;
        for (int i = 2; !fs::create_directory(impl->directory, error); ++i) {
            if (error) throw systemError("Cannot create the folder", impl->directory, error.value());
            impl->directory = root / (name + '-' + std::to_string(i));
        }
    } else {
        impl->directory = absolutePath(output);
        ensureFolder(impl->directory);
        requireUnused(impl->directory);
    }
    impl->lock.emplace(impl->directory);
    if (impl->manifest.number <= 0) impl->manifest.number = nextNumber(root);
    impl->manifest.config.output = impl->directory;
    writeFileAtomically(manifestFileOf(impl->directory), toText(impl->manifest));
    impl->events.emplace(impl->directory);
    syncFolder(root);
    return RunRecord(std::move(impl));
}

RunRecord RunRecord::open(const fs::path& directory) {
    auto impl = std::make_unique<Impl>();
    impl->directory = absolutePath(directory);
    impl->manifest = readManifest(impl->directory);
    impl->manifest.config.output = impl->directory;  // the folder may have been moved
    impl->lock.emplace(impl->directory);
    removeStrayParts(impl->directory);
    impl->events.emplace(impl->directory);
    return RunRecord(std::move(impl));
}

void RunRecord::updateManifest(const RunManifest& manifest) {
    writeFileAtomically(manifestFileOf(m_impl->directory), toText(manifest));
    m_impl->manifest = manifest;
}

void RunRecord::append(const Event& event) {
    const std::string line = toJsonLine(event);
    if (line.empty()) return;
    m_impl->events->append(line);
    if (std::holds_alternative<RunFinished>(event.data) || std::holds_alternative<RunFailed>(event.data)) sync();
}

void RunRecord::sync() { m_impl->events->sync(); }

void RunRecord::truncateAfter(std::int64_t step, int epoch) {
    m_impl->events->rewrite([step, epoch](const std::vector<std::string>& lines) { return linesUntil(lines, step, epoch); });
}

}  // namespace thaw::core
