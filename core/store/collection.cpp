#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <set>
#include <system_error>

#include "core/api/collect.h"
#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/store/atomic_file.h"
#include "core/store/paths.h"
#include "core/store/run_lock.h"
#include "core/store/strict_json.h"
#include "core/store/system_error.h"

namespace thaw::core {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kLargestPicture = 64u << 20, kLargestDescription = 16u << 20, kLongestFolderName = 100;
constexpr int kFormat = 1;
constexpr std::int64_t kSpaceLeft = 16 << 20;  // bytes that saving leaves free

fs::path collectionsFolder() { return cacheFolder() / "collected"; }
fs::path descriptionFile(const fs::path& folder) { return folder / "collection.json"; }
fs::path removedFolder(const fs::path& folder) { return folder / "removed"; }

std::string nameOf(int number, const std::string& ending) {
    char digits[16];
    std::snprintf(digits, sizeof digits, "%04d", number);
    return digits + ending;
}

/// The number that a file's or a folder's name is, above 0; 0: it is none.
int numberOf(const std::string& stem) {
    if (stem.empty() || stem.size() > 9 || stem.find_first_not_of("0123456789") != std::string::npos) return 0;
    return std::atoi(stem.c_str());
}

template <class Work>
void onFile(const char* what, const fs::path& file, Work work) {
    std::error_code error;
    work(error);
    if (error) throw systemError(what, file, error.value());
}

std::vector<CollectedPicture> picturesIn(const fs::path& folder, int classId) {
    std::vector<CollectedPicture> pictures;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        const int number = numberOf(it->path().stem().string());
        if (number > 0 && it->is_regular_file(error)) pictures.push_back({classId, number, it->path().extension().string()});
    }
    std::sort(pictures.begin(), pictures.end(),
              [](const CollectedPicture& a, const CollectedPicture& b) { return a.number < b.number; });
    return pictures;
}

bool isCopyOf(const fs::path& copy, const fs::path& file) {
    std::error_code error;
    const bool same = fs::file_size(copy, error) == fs::file_size(file, error) &&
                      fs::last_write_time(copy, error) >= fs::last_write_time(file, error);
    return !error && same;
}

/// A collection and which files of it stand where it was saved.
struct Description {
    Collection collection;
    std::vector<std::string> savedFiles;  ///< below savedTo
};

bool isClassAndFile(const fs::path& name) {
    return std::distance(name.begin(), name.end()) == 2 && *name.begin() != ".." && *name.begin() != "/" &&
           name.filename() != "..";
}

void readDescription(const fs::path& folder, Description& into) {
    const json document = parseStrictJson(readSmallFile(descriptionFile(folder), kLargestDescription));
    JsonFields fields(document, "");
    int format = 0;
    fields.read("format", format);
    if (format != kFormat) throw StoreError("It was written by another version of Thaw.");
    fields.read("title", into.collection.title);
    fields.read("saved_to", into.collection.savedTo);
    fields.read("saved", into.collection.saved);
    fields.read("saved_files", into.savedFiles);
    std::vector<std::int64_t> ids;
    std::vector<std::string> names;
    fields.read("class_ids", ids);
    fields.read("class_names", names);
    if (ids.size() != names.size()) throw ConfigError("A collection's classes and their names do not match.");
    for (std::size_t i = 0; i < ids.size(); ++i) into.collection.classes.push_back({static_cast<int>(ids[i]), names[i], {}});
    // CLASS/FILE and nothing else: they are deleted when their pictures are removed.
    std::vector<std::string>& saved = into.savedFiles;
    saved.erase(std::remove_if(saved.begin(), saved.end(), [](const std::string& name) { return !isClassAndFile(name); }),
                saved.end());
}

/// What lies in the folder, whatever became of its description.
Description describedIn(const fs::path& folder) {
    Description found;
    found.collection.folder = folder;
    try {
        readDescription(folder, found);
    } catch (const Error& error) {
        logMessage("warning", "The names of collected classes in " + folder.string() + " cannot be read: " + error.what());
        found = {};
        found.collection.folder = folder;
    }
    std::error_code error;
    std::vector<CollectedClass>& classes = found.collection.classes;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        const int id = numberOf(it->path().filename().string());
        const auto known = std::find_if(classes.begin(), classes.end(), [id](const CollectedClass& one) { return one.id == id; });
        if (id > 0 && known == classes.end() && !picturesIn(it->path(), id).empty())
            classes.push_back({id, "Class " + std::to_string(id), {}});
    }
    for (CollectedClass& one : classes) one.pictures = picturesIn(folder / std::to_string(one.id), one.id);
    return found;
}

class Store final : public CollectionStore {
public:
    Store(Description description, std::unique_ptr<RunLock> lock)
        : m_lock(std::move(lock)), m_now(std::move(description.collection)), m_savedFiles(std::move(description.savedFiles)) {
        std::error_code ignored;
        fs::remove_all(removedFolder(m_now.folder), ignored);
    }

    const Collection& collection() const override { return m_now; }

    void describe(const Collection& now) override {
        std::vector<CollectedClass> classes;
        for (const CollectedClass& one : now.classes) {
            const CollectedClass* before = find(one.id);
            classes.push_back({one.id, one.name, before ? before->pictures : std::vector<CollectedPicture>()});
        }
        m_now.title = now.title;
        m_now.classes = std::move(classes);
        m_now.saved = false;
        writeDescription();
    }

    void keep(const CollectedPicture& picture, const std::string& png) override {
        const fs::path file = placeFor(picture);
        writeFileAtomically(file, png);
        add(picture);
    }

    void copyIn(const CollectedPicture& picture, const fs::path& file) override {
        std::error_code error;
        const std::uintmax_t bytes = fs::file_size(file, error);
        if (error) throw DataError(file.filename().string() + " cannot be read: " + error.message() + '.');
        if (bytes > kLargestPicture)
            throw DataError(file.filename().string() + " is larger than 64 MB.", "Make a smaller copy of it.");
        const fs::path to = placeFor(picture);
        writeFileAtomically(to, readSmallFile(file, kLargestPicture));
        add(picture);
    }

    void remove(const CollectedPicture& picture) override {
        ensureFolder(removedFolder(m_now.folder));
        move(collectedFile(m_now, picture), removedFile(picture));
        std::vector<CollectedPicture>& pictures = classOf(picture).pictures;
        pictures.erase(std::remove(pictures.begin(), pictures.end(), picture), pictures.end());
        markChanged();
    }

    void restore(const CollectedPicture& picture) override {
        const fs::path to = placeFor(picture);
        move(removedFile(picture), to);
        add(picture);
    }

    void save(const fs::path& folder, const CountCallback& progress) override;

    void throwAway() override {
        for (const CollectedClass& one : m_now.classes)
            onFile("Cannot delete", m_now.folder / std::to_string(one.id),
                   [&](std::error_code& error) { fs::remove_all(m_now.folder / std::to_string(one.id), error); });
        std::error_code ignored;
        fs::remove_all(removedFolder(m_now.folder), ignored);
        m_savedFiles.clear();
        m_now = begun(m_now.folder);
        writeDescription();
    }

    static Collection begun(const fs::path& folder) {
        Collection collection;
        collection.folder = folder;
        collection.title = "My pictures";
        collection.classes = {{1, "Class 1", {}}, {2, "Class 2", {}}};
        return collection;
    }

private:
    CollectedClass* find(int id) {
        for (CollectedClass& one : m_now.classes)
            if (one.id == id) return &one;
        return nullptr;
    }
    CollectedClass& classOf(const CollectedPicture& picture) {
        if (CollectedClass* found = find(picture.classId)) return *found;
        throw StoreError("The class of a picture is not there any more.");
    }
    fs::path removedFile(const CollectedPicture& picture) const {
        return removedFolder(m_now.folder) / (std::to_string(picture.classId) + '-' + nameOf(picture.number, picture.ending));
    }
    /// Its folder exists.
    fs::path placeFor(const CollectedPicture& picture) {
        classOf(picture);
        const fs::path file = collectedFile(m_now, picture);
        ensureFolder(file.parent_path());
        return file;
    }
    static void move(const fs::path& from, const fs::path& to) {
        onFile("Cannot move", from, [&](std::error_code& error) { fs::rename(from, to, error); });
    }
    void add(const CollectedPicture& picture) {
        std::vector<CollectedPicture>& pictures = classOf(picture).pictures;
        const auto after = std::upper_bound(pictures.begin(), pictures.end(), picture.number,
                                            [](int number, const CollectedPicture& one) { return number < one.number; });
        pictures.insert(after, picture);
        markChanged();
    }
    void markChanged() {
        if (!m_now.saved) return;
        m_now.saved = false;
        writeDescription();
    }
    void writeDescription() const {
        nlohmann::ordered_json document;
        std::vector<int> ids;
        std::vector<std::string> names;
        for (const CollectedClass& one : m_now.classes) {
            ids.push_back(one.id);
            names.push_back(one.name);
        }
        document["format"] = kFormat;
        document["title"] = m_now.title;
        document["class_ids"] = ids;
        document["class_names"] = names;
        document["saved"] = m_now.saved;
        document["saved_to"] = m_now.savedTo.string();
        document["saved_files"] = m_savedFiles;
        writeFileAtomically(descriptionFile(m_now.folder), jsonText(document, 1) + '\n');
    }
    /// Files of the data set and the pictures that they are.
    std::vector<std::pair<std::string, CollectedPicture>> dataSetFiles() const;
    void requireFree(const fs::path& folder) const;
    void copyAll(const fs::path& folder, const CountCallback& progress);

    std::unique_ptr<RunLock> m_lock;
    Collection m_now;
    std::vector<std::string> m_savedFiles;
};

std::vector<std::pair<std::string, CollectedPicture>> Store::dataSetFiles() const {
    std::vector<std::pair<std::string, CollectedPicture>> files;
    std::set<std::string> used;
    for (const CollectedClass& one : m_now.classes) {
        std::string name = classFolderName(one.name);
        for (int again = 2; !used.insert(name).second; ++again) name = classFolderName(one.name) + ' ' + std::to_string(again);
        for (const CollectedPicture& picture : one.pictures)
            files.emplace_back(name + '/' + nameOf(picture.number, picture.ending), picture);
    }
    return files;
}

void Store::requireFree(const fs::path& folder) const {
    std::error_code error;
    if (folder == m_now.savedTo) return;
    if (fs::exists(folder, error) && (!fs::is_directory(folder, error) || !fs::is_empty(folder, error)))
        throw StoreError(folder.string() + " is not empty.", "Choose an empty folder, or the name of a new one.");
}

void Store::copyAll(const fs::path& folder, const CountCallback& progress) {
    const auto files = dataSetFiles();
    std::int64_t done = 0;
    for (const auto& [name, picture] : files) {
        const fs::path from = collectedFile(m_now, picture), to = folder / name;
        if (!isCopyOf(to, from)) {
            ensureFolder(to.parent_path());
            writeFileAtomically(to, readSmallFile(from, kLargestPicture));
        }
        if (progress && !progress(++done, static_cast<std::int64_t>(files.size()))) throw Cancelled();
    }
}

void Store::save(const fs::path& asked, const CountCallback& progress) {
    const fs::path folder = absolutePath(asked);
    requireFree(folder);
    ensureFolder(folder);
    std::int64_t bytes = kSpaceLeft;
    std::set<std::string> names;
    std::error_code ignored;
    for (const auto& [name, picture] : dataSetFiles()) {
        names.insert(name);
        if (!fs::exists(folder / name, ignored))
            bytes += static_cast<std::int64_t>(fs::file_size(collectedFile(m_now, picture), ignored));
    }
    if (const long long room = freeSpace(folder); room >= 0 && room < bytes)
        throw StoreError("There is no room for the data set in " + folder.string() + ": it needs " +
                             std::to_string(bytes / 1'000'000) + " MB.",
                         "Make room on the disk, or choose another folder.");

    const std::vector<std::string> before = folder == m_now.savedTo ? m_savedFiles : std::vector<std::string>();
    // Known as ours before the first byte is there: one that was broken off can be saved to the same folder again.
    std::set<std::string> ours(before.begin(), before.end());
    ours.insert(names.begin(), names.end());
    m_now.savedTo = folder;
    m_now.saved = false;
    m_savedFiles.assign(ours.begin(), ours.end());
    writeDescription();
    copyAll(folder, progress);
    for (const std::string& old : before) {
        if (names.count(old) > 0) continue;
        fs::remove(folder / old, ignored);
        fs::remove((folder / old).parent_path(), ignored);  // only an empty one goes
    }
    m_savedFiles.assign(names.begin(), names.end());
    m_now.saved = true;
    writeDescription();
}

std::unique_ptr<Store> newStore() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    fs::path folder = collectionsFolder() / std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
    ensureFolder(folder);
    auto lock = std::make_unique<RunLock>(folder);
    Description description;
    description.collection = Store::begun(folder);
    auto store = std::make_unique<Store>(description, std::move(lock));
    store->describe(description.collection);
    return store;
}

}  // namespace

std::int64_t Collection::pictureCount() const {
    std::int64_t count = 0;
    for (const CollectedClass& one : classes) count += static_cast<std::int64_t>(one.pictures.size());
    return count;
}

fs::path collectedFile(const Collection& collection, const CollectedPicture& picture) {
    return collection.folder / std::to_string(picture.classId) / nameOf(picture.number, picture.ending);
}

std::unique_ptr<CollectionStore> openCollection() {
    std::error_code error;
    std::vector<fs::path> folders;
    for (fs::directory_iterator it(collectionsFolder(), error), end; !error && it != end; it.increment(error))
        if (it->is_directory(error)) folders.push_back(it->path());
    std::sort(folders.rbegin(), folders.rend());
    std::unique_ptr<Store> chosen;
    for (const fs::path& folder : folders) {
        std::unique_ptr<RunLock> lock;
        try {
            lock = std::make_unique<RunLock>(folder);
        } catch (const StoreError&) {
            continue;  // another window of Thaw has it
        }
        Description description = describedIn(folder);
        if (description.collection.saved || description.collection.pictureCount() == 0)
            fs::remove_all(folder, error);
        else if (!chosen)
            chosen = std::make_unique<Store>(std::move(description), std::move(lock));
    }
    return chosen ? std::move(chosen) : newStore();
}

std::string classFolderName(const std::string& name) {
    std::string folder = name.substr(0, kLongestFolderName);
    // Not in the middle of a letter of several bytes.
    while (folder.size() < name.size() && !folder.empty() && (name[folder.size()] & 0xC0) == 0x80) folder.pop_back();
    for (char& letter : folder)
        if (letter == '/' || letter == '\\' || static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F) letter = '_';
    while (!folder.empty() && (folder.back() == ' ' || folder.back() == '.')) folder.pop_back();
    if (folder.empty()) return "class";
    if (folder.front() == '.') folder.front() = '_';
    return folder;
}

bool looksTheSame(const RgbPicture& a, const RgbPicture& b) {
    constexpr int kParts = 8;
    constexpr double kLevels = 1.5;
    if (a.width != b.width || a.height != b.height || a.width < kParts || a.height < kParts) return false;
    for (int part = 0; part < kParts * kParts; ++part) {
        const int left = part % kParts * a.width / kParts, right = (part % kParts + 1) * a.width / kParts;
        const int top = part / kParts * a.height / kParts, bottom = (part / kParts + 1) * a.height / kParts;
        std::int64_t sum[3] = {}, count = 0;
        // Every second pixel of every second row is enough for a mean.
        for (int y = top; y < bottom; y += 2)
            for (int x = left; x < right; x += 2, ++count)
                for (int c = 0; c < 3; ++c) {
                    const auto at = static_cast<std::size_t>((y * a.width + x) * 3 + c);
                    sum[c] += int{a.rgb[at]} - int{b.rgb[at]};
                }
        for (const std::int64_t difference : sum)
            if (std::abs(static_cast<double>(difference)) > kLevels * static_cast<double>(count)) return false;
    }
    return true;
}

}  // namespace thaw::core
