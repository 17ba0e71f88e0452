#include "core/data/image_folder.h"

#include <algorithm>
#include <future>
#include <map>
#include <system_error>
#include <thread>

#include "core/api/errors.h"
#include "core/data/picture_file.h"
#include "core/data/picture_format.h"
#include "core/util/memory.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr int kLeastSide = 64;
constexpr std::size_t kMaxPictures = 200'000;
constexpr std::size_t kMaxClasses = 1'000;

struct Entry {
    fs::path file;
    int label = 0;
};

struct Contents {
    std::vector<std::string> classNames;
    std::vector<Entry> train, test;
};

using Classes = std::map<std::string, std::vector<fs::path>>;  // alphabetical, so that labels do not depend on the file system

bool isHidden(const fs::path& path) { return path.filename().string().rfind('.', 0) == 0; }

std::vector<fs::path> entriesOf(const fs::path& folder) {
    std::error_code error;
    std::vector<fs::path> entries;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
        if (!isHidden(at->path())) entries.push_back(at->path());
    if (error)
        throw DataError("Cannot read " + folder.string() + ": " + error.message() + '.', "Change the folder's permissions.");
    std::sort(entries.begin(), entries.end());
    return entries;
}

Classes classesIn(const fs::path& folder) {
    Classes classes;
    std::size_t count = 0;
    for (const fs::path& entry : entriesOf(folder)) {
        std::error_code ignored;
        if (!fs::is_directory(entry, ignored)) continue;
        std::vector<fs::path> pictures = entriesOf(entry);
        pictures.erase(
            std::remove_if(pictures.begin(), pictures.end(), [](const fs::path& file) { return !isPictureName(file); }),
            pictures.end());
        if (pictures.empty()) continue;
        count += pictures.size();
        classes[entry.filename().string()] = std::move(pictures);
        if (count > kMaxPictures || classes.size() > kMaxClasses)
            throw DataError(folder.string() + " is too large: at most " + std::to_string(kMaxPictures) + " pictures in " +
                                std::to_string(kMaxClasses) + " classes can be read.",
                            "Choose a folder with fewer pictures.");
    }
    return classes;
}

fs::path testFolder(const fs::path& location) {
    std::error_code ignored;
    for (const char* name : {"test", "val", "valid", "validation"})
        if (fs::is_directory(location / name, ignored)) return location / name;
    return {};
}

bool hasSplits(const fs::path& location) {
    std::error_code ignored;
    return fs::is_directory(location / "train", ignored) && !testFolder(location).empty();
}

// FNV-1a: the same on every machine and in every version.
std::uint64_t hashOf(const std::string& text) {
    std::uint64_t hash = 0xCBF29CE484222325u;
    for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001B3u;
    return hash;
}

// A fifth of each class, at least one picture.
void splitByHash(const std::string& name, const std::vector<fs::path>& pictures, int label, Contents& contents) {
    if (pictures.size() < 2)
        throw DataError("The class \"" + name + "\" has only one picture.", "Add pictures: each class needs at least two.");
    std::vector<std::pair<std::uint64_t, std::size_t>> order;
    for (std::size_t i = 0; i < pictures.size(); ++i) order.emplace_back(hashOf(name + '/' + pictures[i].filename().string()), i);
    std::sort(order.begin(), order.end());
    std::vector<bool> test(pictures.size());
    for (std::size_t i = 0; i < std::max<std::size_t>(1, pictures.size() / 5); ++i) test[order[i].second] = true;
    for (std::size_t i = 0; i < pictures.size(); ++i) (test[i] ? contents.test : contents.train).push_back({pictures[i], label});
}

void requireClasses(const fs::path& folder, std::size_t count) {
    if (count >= 2) return;
    throw DataError(folder.string() + " has pictures of " + (count == 0 ? "no class" : "one class only") + '.',
                    "Put the pictures of each class into a folder of its own.");
}

Contents contentsOf(const fs::path& location) {
    Contents contents;
    if (!hasSplits(location)) {
        const Classes classes = classesIn(location);
        requireClasses(location, classes.size());
        for (const auto& [name, pictures] : classes) {
            splitByHash(name, pictures, static_cast<int>(contents.classNames.size()), contents);
            contents.classNames.push_back(name);
        }
        return contents;
    }
    const Classes train = classesIn(location / "train"), test = classesIn(testFolder(location));
    requireClasses(location / "train", train.size());
    for (const auto& [name, pictures] : train) {
        for (const fs::path& file : pictures) contents.train.push_back({file, static_cast<int>(contents.classNames.size())});
        contents.classNames.push_back(name);
    }
    for (const auto& [name, pictures] : test) {
        const auto known = std::lower_bound(contents.classNames.begin(), contents.classNames.end(), name);
        if (known == contents.classNames.end() || *known != name)
            throw DataError(testFolder(location).string() + " has the class \"" + name + "\", which has no training pictures.",
                            "Give both folders the same classes.");
        for (const fs::path& file : pictures)
            contents.test.push_back({file, static_cast<int>(known - contents.classNames.begin())});
    }
    return contents;
}

std::vector<int> labelsOf(const std::vector<Entry>& entries) {
    std::vector<int> labels;
    labels.reserve(entries.size());
    for (const Entry& entry : entries) labels.push_back(entry.label);
    return labels;
}

void requireMemory(std::size_t pictures, std::size_t bytesEach, int side) {
    const std::int64_t needed = static_cast<std::int64_t>(pictures * bytesEach), spare = memoryState().spare();
    if (needed <= spare) return;
    const auto megabytes = [](std::int64_t bytes) { return std::to_string(bytes / 1'000'000) + " MB"; };
    throw DataError(std::to_string(pictures) + " pictures of " + std::to_string(side) + " x " + std::to_string(side) +
                        " pixels need " + megabytes(needed) + " of memory, but only " + megabytes(spare) + " are free.",
                    "Limit the number of pictures, choose a smaller input size, or close other programs.");
}

class ImageFolder final : public DatasetSource {
public:
    DatasetInfo describe() const override {
        DatasetInfo info;
        info.id = "folder";
        info.title = "Folder of pictures";
        info.description =
            "Your own pictures, one folder for each class. Each becomes a square of 64 x 64 pixels, or as large as the network's "
            "input.";
        info.pictureKind = {kLeastSide, /*grey=*/false, /*anySize=*/true};
        info.installHint = "Choose a folder that has a folder of pictures for each class";
        return info;
    }

    // By names: two classes at least with a picture each, or train and test.
    fs::path find(const fs::path& place) const override {
        std::error_code error;
        if (!fs::is_directory(place, error)) return {};
        const fs::path classes = hasSplits(place) ? place / "train" : place;
        int found = 0;
        for (fs::directory_iterator at(classes, error), end; !error && at != end && found < 2; at.increment(error)) {
            std::error_code inner;
            if (isHidden(at->path()) || !at->is_directory(inner)) continue;
            fs::directory_iterator file(at->path(), inner);
            while (!inner && file != end && !(isPictureName(file->path()) && !isHidden(file->path()))) file.increment(inner);
            if (!inner && file != end) ++found;
        }
        return found == 2 ? place : fs::path();
    }

    std::vector<fs::path> files(const fs::path& location) const override {
        const Contents contents = contentsOf(location);
        std::vector<fs::path> result;
        for (const auto* entries : {&contents.train, &contents.test})
            for (const Entry& entry : *entries) result.push_back(entry.file);
        return result;
    }

    DatasetLabels readLabels(const fs::path& location) const override {
        const Contents contents = contentsOf(location);
        const fs::path name = location.has_filename() ? location.filename() : location.parent_path().filename();
        DatasetLabels labels;
        labels.train = labelsOf(contents.train);
        labels.test = labelsOf(contents.test);
        labels.classNames = contents.classNames;
        labels.title = name.string() + " (a folder of pictures)";
        return labels;
    }

    PictureSet readPictures(const fs::path& location, Split split, const std::vector<std::int64_t>& indices,
                            int side) const override {
        const Contents contents = contentsOf(location);
        const std::vector<Entry>& entries = split == Split::Train ? contents.train : contents.test;
        if (!indices.empty() && indices.back() >= static_cast<std::int64_t>(entries.size()))
            throw DataError(location.string() + " has changed while it was read.", "Try again.");

        PictureSet set;
        set.width = set.height = side;
        const std::size_t bytes = static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 3;
        requireMemory(indices.size(), bytes, side);
        set.rgb.resize(indices.size() * bytes);
        for (const std::int64_t index : indices) set.labels.push_back(entries[static_cast<std::size_t>(index)].label);

        // Decoding is the slow part: every core takes each n-th picture.
        const std::size_t workers = std::max(1u, std::thread::hardware_concurrency());
        std::vector<std::future<void>> parts;
        for (std::size_t worker = 0; worker < workers; ++worker)
            parts.push_back(std::async(std::launch::async, [&, worker] {
                for (std::size_t i = worker; i < indices.size(); i += workers) {
                    const std::vector<std::uint8_t> square =
                        readSquarePicture(entries[static_cast<std::size_t>(indices[i])].file, {side});
                    std::copy(square.begin(), square.end(), set.rgb.begin() + static_cast<std::ptrdiff_t>(i * bytes));
                }
            }));
        for (std::future<void>& part : parts) part.wait();
        for (std::future<void>& part : parts) part.get();
        return set;
    }
};

}  // namespace

std::unique_ptr<DatasetSource> makeImageFolder() { return std::make_unique<ImageFolder>(); }

}  // namespace thaw::core
