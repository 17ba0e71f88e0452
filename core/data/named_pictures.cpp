#include "core/data/named_pictures.h"

#include <algorithm>
#include <array>
#include <map>
#include <system_error>
#include <utility>

#include "core/api/errors.h"
#include "core/api/reading_scope.h"
#include "core/data/folder_layout.h"
#include "core/data/folder_names.h"
#include "core/data/folder_plan.h"
#include "core/data/picture_format.h"
#include "core/data/picture_squares.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr int kLeastSide = 64;
constexpr std::size_t kMostPictures = 10'000'000, kMostClasses = 1'000;
constexpr std::array<const char*, 21> kNoClasses = {"img",     "image",   "images", "dsc",  "dscn",     "dscf",  "imgp",
                                                    "pic",     "picture", "photo",  "pxl",  "frame",    "scan",  "screenshot",
                                                    "vlcsnap", "gopr",    "mvi",    "file", "untitled", "train", "test"};

/// Picture files directly in a folder, by their endings, in the order of their names.
std::vector<fs::path> picturesIn(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end && files.size() <= kMostPictures;
         at.increment(error)) {
        requireReadingWanted();
        const std::string name = at->path().filename().string();
        if (name.rfind('.', 0) != 0 && isPictureName(at->path())) files.push_back(at->path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::map<std::string, std::vector<fs::path>> byClass(const std::vector<fs::path>& files) {
    std::map<std::string, std::vector<fs::path>> classes;
    for (const fs::path& file : files)
        if (const std::string name = classInName(file); !name.empty()) classes[name].push_back(file);
    return classes;
}

/// Whether the names tell classes; nearly all must.
bool tellClasses(const std::vector<fs::path>& files) {
    const auto classes = byClass(files);
    if (classes.size() < 2 || classes.size() > kMostClasses || files.size() > kMostPictures) return false;
    std::size_t told = 0;
    for (const auto& [name, pictures] : classes) {
        const bool noClass = std::find(kNoClasses.begin(), kNoClasses.end(), lowered(name)) != kNoClasses.end();
        if (noClass || pictures.size() < 2) return false;
        told += pictures.size();
    }
    return told * 10 >= files.size() * 9;
}

struct NamedLayout {
    std::vector<std::string> classNames;
    std::vector<FolderPicture> train, test;
    std::vector<LeftOutFile> leftOut, unreadable;
    std::vector<std::string> notes;
    std::string splitNote;
};

NamedLayout layoutOf(const fs::path& folder) {
    const std::vector<fs::path> files = picturesIn(folder);
    const std::vector<PictureCheck> checks = checkPictures(files);
    std::vector<fs::path> good;
    NamedLayout layout;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (classInName(files[i]).empty())
            layout.leftOut.push_back({files[i], "its name tells no class"});
        else if (checks[i].verdict == PictureCheck::Verdict::Picture)
            good.push_back(files[i]);
        else
            layout.unreadable.push_back({files[i], checks[i].reason});
    }
    layout.leftOut.insert(layout.leftOut.end(), layout.unreadable.begin(), layout.unreadable.end());
    for (const auto& [name, pictures] : byClass(good)) {
        if (pictures.size() < 2)
            throw DataError("The class \"" + name + "\" has only one picture that can be read.",
                            "Add pictures: each class needs at least two.");
        std::vector<std::string> keys;
        for (const fs::path& picture : pictures) keys.push_back(name + '/' + picture.filename().string());
        const std::vector<bool> test = testFifth(keys);
        const int label = static_cast<int>(layout.classNames.size());
        for (std::size_t i = 0; i < pictures.size(); ++i)
            (test[i] ? layout.test : layout.train).push_back({pictures[i].string(), label});
        layout.classNames.push_back(name);
    }
    requireFewUnreadable(folder, layout.unreadable,
                         static_cast<double>(layout.unreadable.size()) / static_cast<double>(files.size()));
    layout.splitNote = "A fifth of each class, chosen by file name, is kept for testing: " + std::to_string(layout.test.size()) +
                       " of " + std::to_string(good.size()) + " pictures.";
    layout.notes.push_back("The classes are told by the names of the files.");
    layout.notes.push_back(layout.splitNote);
    if (!layout.leftOut.empty())
        layout.notes.push_back("Left out: " + std::to_string(layout.leftOut.size()) +
                               (layout.leftOut.size() == 1 ? " picture." : " pictures."));
    return layout;
}

/// The flat test folders beside a training folder.
std::vector<fs::path> unlabelledBeside(const fs::path& location) {
    std::vector<fs::path> found;
    if (folderRole(location.filename().string()) != FolderRole::Train) return found;
    std::error_code error;
    for (fs::directory_iterator at(location.parent_path(), error), end; !error && at != end; at.increment(error)) {
        const FolderRole role = folderRole(at->path().filename().string());
        std::error_code ignored;
        if ((role == FolderRole::Test || role == FolderRole::Unlabelled) && at->is_directory(ignored) &&
            !picturesIn(at->path()).empty())
            found.push_back(at->path());
    }
    std::sort(found.begin(), found.end());
    return found;
}

class NamedPictures final : public DatasetSource {
public:
    DatasetInfo describe() const override {
        DatasetInfo info;
        info.id = "named";
        info.title = "Pictures named after their classes";
        info.description =
            "Your own pictures in one folder, named after their classes: cat.0.jpg, dog.0.jpg. Each becomes a square of 64 x 64 "
            "pixels, or as large as the network's input.";
        info.pictureKind = {kLeastSide, /*grey=*/false, /*anySize=*/true};
        info.installHint = "Choose a folder with pictures that are named after their classes, for example cat.0.jpg";
        return info;
    }

    fs::path find(const fs::path& place) const override {
        std::error_code error;
        if (!fs::is_directory(place, error)) return {};
        std::vector<fs::path> folders = {place};
        for (fs::directory_iterator at(place, error), end; !error && at != end; at.increment(error)) {
            std::error_code ignored;
            if (folderRole(at->path().filename().string()) == FolderRole::Train && at->is_directory(ignored))
                folders.push_back(at->path());
        }
        for (const fs::path& folder : folders)
            if (tellClasses(picturesIn(folder)) && !isFolderPlan(place)) return folder;
        return {};
    }

    bool hasOwnNames() const override { return false; }

    DatasetLabels readLabels(const fs::path& location) const override {
        NamedLayout layout = layoutOf(location);
        DatasetLabels labels;
        labels.train = labelsOf(std::move(layout.train));
        labels.test = labelsOf(std::move(layout.test));
        labels.classNames = std::move(layout.classNames);
        labels.notes = std::move(layout.notes);
        labels.splitNote = std::move(layout.splitNote);
        labels.leftOut = std::move(layout.leftOut);
        labels.unreadable = std::move(layout.unreadable);
        labels.toPredict = unlabelledBeside(location);
        for (const fs::path& folder : labels.toPredict) labels.notes.push_back(unlabelledNote(folder));
        labels.title = folderTitle(location, "pictures named after their classes");
        return labels;
    }
};

}  // namespace

std::string classInName(const fs::path& file) {
    std::string name = file.stem().string();
    const auto trimmed = [&name](const char* letters) {
        const std::size_t end = name.find_last_not_of(letters);
        const std::size_t kept = end == std::string::npos ? 0 : end + 1;
        const bool any = kept < name.size();
        name.resize(kept);
        return any;
    };
    trimmed(")");
    if (!trimmed("0123456789")) return {};
    trimmed("( ._-");
    return name;
}

std::unique_ptr<DatasetSource> makeNamedPictures() { return std::make_unique<NamedPictures>(); }

}  // namespace thaw::core
