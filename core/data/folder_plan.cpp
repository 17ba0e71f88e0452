#include "core/data/folder_plan.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <system_error>
#include <utility>

#include "core/api/errors.h"
#include "core/data/folder_names.h"
#include "core/util/number_text.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kMostEntries = 50'000'000;
constexpr std::int64_t kNeighbourEntries = 300'000;
constexpr int kDeepestWrapper = 3;
constexpr const char* kOwnFolders = "Put the pictures of each class into a folder of its own, at least two.";

std::string quoted(const std::string& name) { return '"' + name + '"'; }

std::string namesOf(const std::vector<Subfolder>& folders) {
    std::string text;
    for (const Subfolder& folder : folders) text += (text.empty() ? "" : ", ") + quoted(folder.name);
    return text;
}

std::vector<std::string> plainNames(const std::vector<Subfolder>& folders) {
    std::vector<std::string> names;
    for (const Subfolder& folder : folders) names.push_back(folder.name);
    return names;
}

bool isSplit(FolderRole role) { return role == FolderRole::Train || role == FolderRole::Validation || role == FolderRole::Test; }

fs::path plainPath(const fs::path& folder) {
    std::error_code ignored;
    const fs::path path = fs::absolute(folder, ignored).lexically_normal();
    return path.has_filename() ? path : path.parent_path();
}

void append(std::vector<Subfolder>& list, const std::vector<Subfolder>& more) {
    list.insert(list.end(), more.begin(), more.end());
}

bool isAmong(const fs::path& folder, const std::vector<Subfolder>& list) {
    return std::any_of(list.begin(), list.end(), [&](const Subfolder& one) { return one.path == folder; });
}

class Planner {
public:
    /// `asked`: whether it is the folder that the user chose; its neighbours are then looked at for a better one.
    Planner(FolderScout& scout, const fs::path& folder, int depth, bool asked)
        : m_scout(scout), m_folder(plainPath(folder)), m_depth(depth), m_asked(asked) {}

    FolderPlan plan() {
        const std::vector<Subfolder> all = m_scout.withPictures(m_folder);
        const std::vector<std::string> names = plainNames(all);
        for (const Subfolder& folder : all) m_byRole[folderRole(folder.name, names)].push_back(folder);
        FolderPlan result;
        if (!withSplits(result) && !withClasses(result, all) && !enterTheOnlyOne(result, all)) refuse(all);
        leaveOutWhatHasNone(result);
        return result;
    }

private:
    const std::vector<Subfolder>& named(FolderRole role) { return m_byRole[role]; }

    // Class folders as they stand in a folder; names that are no classes' go to `others`.
    struct Classes {
        std::vector<Subfolder> classes, others;
        bool withBareTrain = false;
    };
    static Classes classesAmong(const std::vector<Subfolder>& folders) {
        const std::vector<std::string> names = plainNames(folders);
        Classes result;
        for (const Subfolder& folder : folders)
            (folderRole(folder.name, names) == FolderRole::Plain || hasContrary(folder.name, names) ? result.classes
                                                                                                    : result.others)
                .push_back(folder);
        // A train is also a thing that pictures show.
        const auto splits = std::count_if(result.others.begin(), result.others.end(), [](const Subfolder& other) {
            const FolderRole role = folderRole(other.name);
            return isSplit(role) || role == FolderRole::Unlabelled;
        });
        const auto train = std::find_if(result.others.begin(), result.others.end(),
                                        [](const Subfolder& other) { return isBareTrain(other.name); });
        result.withBareTrain = splits == 1 && train != result.others.end() && result.classes.size() >= 2;
        if (result.withBareTrain) {
            const auto at = std::find_if(result.classes.begin(), result.classes.end(),
                                         [&](const Subfolder& one) { return one.name > train->name; });
            const Subfolder folder = *train;
            result.others.erase(train);
            result.classes.insert(at, folder);
        }
        return result;
    }

    // The class folders of a split, which may lie in a folder of its name or in "images".
    SplitPlan splitIn(const Subfolder& folder) {
        SplitPlan split{folder.path, m_scout.withPictures(folder.path)};
        for (int deep = 0; deep < kDeepestWrapper && split.classes.size() == 1; ++deep) {
            const Subfolder only = split.classes.front();
            const FolderRole role = folderRole(only.name);
            const bool again = only.name == folder.name || (isSplit(role) && role == folderRole(folder.name));
            if (m_scout.look(split.folder).hasPictures || (role != FolderRole::Holder && !again)) break;
            split = {only.path, m_scout.withPictures(only.path)};
        }
        return split;
    }

    bool withSplits(FolderPlan& result) {
        std::vector<SplitPlan> trains;
        for (const Subfolder& folder : named(FolderRole::Train)) {
            SplitPlan split = splitIn(folder);
            const Classes picked = classesAmong(split.classes);
            if (picked.classes.empty()) continue;
            split.classes = picked.classes;
            trains.push_back(split);
            if (trains.size() > 1) continue;
            noteBareTrain(picked, result);
            leaveOutNamed(picked.others, result);
        }
        if (trains.empty()) return false;
        if (trains.size() > 1)
            throw DataError(m_folder.string() + " has several training folders: " + namesOf(named(FolderRole::Train)) + '.',
                            "Choose one of them, or move the others away.");
        result.train = trains.front();
        if (result.train.classes.size() < 2)
            throw DataError(
                result.train.folder.string() + " has pictures of one class only: " + namesOf(result.train.classes) + '.',
                kOwnFolders);
        result.validation = otherSplit(FolderRole::Validation, result);
        result.test = otherSplit(FolderRole::Test, result);
        if (result.test.folder.empty()) std::swap(result.test, result.validation);
        if (result.test.folder.empty())
            result.notes.push_back("Only " + quoted(result.train.folder.filename().string()) +
                                   " has class folders: it is used alone.");
        for (const Subfolder& folder : named(FolderRole::Unlabelled)) keepFlat(folder, result);
        for (const FolderRole role : {FolderRole::Plain, FolderRole::Holder})
            for (const Subfolder& folder : named(role))
                leaveOut(folder, "it stands beside the training folder " + quoted(result.train.folder.filename().string()),
                         result);
        return true;
    }

    SplitPlan otherSplit(FolderRole role, FolderPlan& result) {
        std::vector<Subfolder> folders = named(role);
        std::stable_sort(folders.begin(), folders.end(),
                         [](const Subfolder& a, const Subfolder& b) { return a.name.size() < b.name.size(); });
        SplitPlan found;
        for (const Subfolder& folder : folders) {
            SplitPlan split = splitIn(folder);
            const auto isTrained = [&](const Subfolder& one) {
                return std::any_of(result.train.classes.begin(), result.train.classes.end(),
                                   [&](const Subfolder& trained) { return lowered(trained.name) == lowered(one.name); });
            };
            std::vector<Subfolder> classes;
            for (const Subfolder& one : split.classes)
                if (isTrained(one) || folderRole(one.name) == FolderRole::Plain) classes.push_back(one);
            split.classes = classes;
            if (classes.empty())
                keepFlat(folder, result);
            else if (found.folder.empty())
                found = split;
            else
                leaveOut(folder, quoted(found.folder.filename().string()) + " is used in its place", result);
        }
        return found;
    }

    bool withClasses(FolderPlan& result, const std::vector<Subfolder>& all) {
        Classes picked = classesAmong(all);
        if (picked.classes.size() < 2) return false;
        leaveOutCopies(picked.classes, result);
        refuseSplitsInside(picked.classes);
        result.train = {m_folder, picked.classes};
        noteBareTrain(picked, result);
        noteFoldersOnly(picked.classes, result);
        leaveOutNamed(picked.others, result);
        if (m_asked && isSplit(folderRole(m_folder.filename().string())))
            if (const fs::path above = folderAbove(); !above.empty())
                result.notes.push_back("This is the folder " + quoted(m_folder.filename().string()) + " of " + above.string() +
                                       ", which has other splits too: choose that one to use them all.");
        return true;
    }

    // Perhaps the folder above the one that is meant.
    void noteFoldersOnly(const std::vector<Subfolder>& classes, FolderPlan& result) {
        for (const Subfolder& one : classes)
            if (m_scout.look(one.path).hasPictures || m_scout.withPictures(one.path).size() < 2) return;
        result.notes.push_back("No class has pictures of its own, only folders: " +
                               namesOf(m_scout.withPictures(classes.front().path)) + " in " + quoted(classes.front().name) +
                               ". If these are the classes, choose the folder " + classes.front().path.string() + '.');
    }

    // Archives are unpacked into themselves: cells/cells/parasite beside cells/parasite.
    void leaveOutCopies(std::vector<Subfolder>& classes, FolderPlan& result) {
        std::vector<Subfolder> kept;
        for (const Subfolder& one : classes) {
            std::size_t same = 0;
            for (const Subfolder& inner : m_scout.withPictures(one.path))
                same +=
                    std::any_of(classes.begin(), classes.end(), [&](const Subfolder& other) { return other.name == inner.name; });
            if (same < 2)
                kept.push_back(one);
            else
                leaveOut(one, "it holds the same classes again", result);
        }
        if (kept.size() >= 2) classes = kept;
    }

    // Data sets side by side, or splits inside classes: their pictures would be mixed.
    void refuseSplitsInside(const std::vector<Subfolder>& classes) {
        std::vector<Subfolder> sets, divided;
        for (const Subfolder& one : classes) {
            bool train = false, other = false, labelled = false;
            for (const Subfolder& inner : m_scout.withPictures(one.path)) {
                const FolderRole role = folderRole(inner.name);
                if (role == FolderRole::Train) labelled = labelled || splitIn(inner).classes.size() >= 2;
                train = train || role == FolderRole::Train;
                other = other || role == FolderRole::Test || role == FolderRole::Validation;
            }
            if (train && (labelled || other)) (labelled ? sets : divided).push_back(one);
        }
        if (!sets.empty())
            throw DataError(m_folder.string() + " holds whole data sets: " + namesOf(sets) + '.', "Choose one of these folders.");
        if (!divided.empty())
            throw DataError("The class folders of " + m_folder.string() + " are divided into splits: " + namesOf(divided) + '.',
                            "Thaw expects the splits outside and the classes inside, for example train/" + divided.front().name +
                                " and test/" + divided.front().name + '.');
    }

    bool enterTheOnlyOne(FolderPlan& result, const std::vector<Subfolder>& all) {
        if (m_depth >= kDeepestWrapper || !named(FolderRole::Train).empty()) return false;
        std::vector<Subfolder> usable;
        for (const Subfolder& folder : all) try {
                result = Planner(m_scout, folder.path, m_depth + 1, false).plan();
                usable.push_back(folder);
            } catch (const DataError&) {
                // Not this one.
            }
        if (usable.empty()) return false;
        const Subfolder& only = usable.front();
        const FolderRole role = folderRole(only.name);
        if (isSplit(role))
            throw DataError(m_folder.string() + " has no training folder, only " + namesOf(usable) + '.',
                            "Put the class folders that are to be trained on into " + (m_folder / "train").string() + ". " +
                                belowHint(usable));
        if (usable.size() > 1) throw DataError(m_folder.string() + " has no class folders itself.", belowHint(usable));
        result.notes.insert(result.notes.begin(),
                            "The folder " + quoted(only.name) + " was entered: it is the one that holds the class folders.");
        for (const Subfolder& folder : all)
            if (folder.path != only.path) leaveOut(folder, "it stands beside " + quoted(only.name), result);
        result.loose.push_back(m_folder);
        return true;
    }

    static std::string belowHint(const std::vector<Subfolder>& usable) {
        std::string paths;
        for (const Subfolder& folder : usable) paths += (paths.empty() ? "" : " or ") + folder.path.string();
        return "Choose the folder below: " + paths + '.';
    }

    // What a folder above this one makes of it: the folder that would do. Empty: none.
    fs::path folderAbove() const {
        fs::path found, inner = m_folder;
        const char* home = std::getenv("HOME");
        for (int up = 0; up < 2; ++up) {
            const fs::path above = inner.parent_path();
            if (above == inner || above == above.root_path() || (home && above == fs::path(home))) break;
            try {
                FolderScout scout(kNeighbourEntries);
                const FolderPlan plan = Planner(scout, above, kDeepestWrapper, false).plan();
                const bool ofSplits = !plan.test.folder.empty() && above != plan.train.folder;
                const bool isSplitOfIt =
                    ofSplits && (plan.train.folder == inner || plan.validation.folder == inner || plan.test.folder == inner);
                if (isSplitOfIt ||
                    (up == 0 && !isSplit(folderRole(inner.filename().string())) && isAmong(inner, plan.train.classes)))
                    found = above;
            } catch (const DataError&) {
                // Nor this one.
            }
            inner = above;
        }
        return found;
    }

    std::string aboveElse(const std::string& hint) const {
        const fs::path above = m_asked ? folderAbove() : fs::path();
        return above.empty() ? hint : "Choose the folder above: " + above.string() + '.';
    }

    [[noreturn]] void refuse(const std::vector<Subfolder>& all) {
        const FolderLook& here = m_scout.look(m_folder);
        refuseDetection(here);
        for (const Subfolder& flat : named(FolderRole::Train)) {
            const std::vector<std::string> told = beginningsOf(flat.path);
            std::string folders;
            for (const std::string& name : told.empty() ? std::vector<std::string>{"cat", "dog"} : told)
                folders += (folders.empty() ? "" : " and ") + flat.name + '/' + name;
            throw DataError("The training folder " + flat.path.string() + " has " + picturesIn(flat) + ", but no class folders.",
                            "Put the pictures of each class into a folder of its own, " +
                                (told.empty() ? "for example " + folders : "as their names tell: " + folders) + '.');
        }
        const Classes picked = classesAmong(all);
        std::string reason;
        for (const Subfolder& other : picked.others)
            reason += ' ' + quoted(other.name) + " (" + picturesIn(other) + ") is no class by its name.";
        if (!picked.classes.empty())
            throw DataError(m_folder.string() + " has pictures of one class only: " + namesOf(picked.classes) + '.' + reason,
                            aboveElse(kOwnFolders));
        if (here.hasPictures)
            throw DataError(m_folder.string() + " has " + groupedText(m_scout.countPictures(m_folder)) +
                                " pictures, but no class folders." + reason,
                            aboveElse(kOwnFolders));
        throw DataError(m_folder.string() + (reason.empty() ? " holds no pictures." : " has no class folders.") + reason,
                        kOwnFolders);
    }

    // "cat" and "dog" of cat.0.jpg, dog.0.jpg ...: classes that stand in the names of the files. Empty: they do not.
    static std::vector<std::string> beginningsOf(const fs::path& folder) {
        constexpr int kFiles = 2000;
        constexpr std::size_t kMost = 10;
        std::map<std::string, int> counts;
        std::error_code error;
        fs::directory_iterator at(folder, error);
        for (int i = 0; !error && at != fs::directory_iterator() && i < kFiles; at.increment(error), ++i) {
            const std::string name = at->path().filename().string();
            const auto end = std::find_if(name.begin(), name.end(),
                                          [](char c) { return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')); });
            ++counts[std::string(name.begin(), end)];
        }
        std::vector<std::string> names;
        for (const auto& [name, count] : counts) {
            if (name.empty() || count < 2) return {};
            names.push_back(name);
        }
        return names.size() < 2 || names.size() > kMost ? std::vector<std::string>() : names;
    }

    // Pictures beside what is drawn on them: boxes, outlines.
    void refuseDetection(const FolderLook& here) {
        std::vector<Subfolder> holders;
        for (const Subfolder& folder : here.folders)
            if (folderRole(folder.name) == FolderRole::Holder) holders.push_back(folder);
        if (holders.size() < 2 || named(FolderRole::Holder).empty()) return;
        throw DataError(
            m_folder.string() + " looks like a data set of marked places in pictures: " + namesOf(holders) + " are no classes.",
            std::string("Thaw learns one class for each picture. ") + kOwnFolders);
    }

    std::string picturesIn(const Subfolder& folder) {
        const std::int64_t count = m_scout.countPictures(folder.path);
        return count == 1 ? "1 picture" : groupedText(count) + " pictures";
    }

    void leaveOut(const Subfolder& folder, const std::string& why, FolderPlan& result) {
        result.notes.push_back("The folder " + quoted(folder.name) + " (" + picturesIn(folder) + ") is left out: " + why + '.');
        result.leftOut.push_back({folder.path, why + " (" + picturesIn(folder) + ")"});
    }
    /// Without class folders: pictures for the trained network to name.
    void keepFlat(const Subfolder& folder, FolderPlan& result) {
        if (folderRole(folder.name) == FolderRole::Validation)
            return leaveOut(folder, "it has no class folders, so the classes of its pictures are not known", result);
        result.notes.push_back(unlabelledNote(folder.path));
        result.toPredict.push_back(folder.path);
    }
    void leaveOutNamed(const std::vector<Subfolder>& folders, FolderPlan& result) {
        for (const Subfolder& folder : folders) {
            const bool holder = folderRole(folder.name) == FolderRole::Holder;
            const bool labelled = isSplit(folderRole(folder.name)) && !splitIn(folder).classes.empty();
            const FolderRole role = folderRole(folder.name);
            if (!labelled && (role == FolderRole::Test || role == FolderRole::Unlabelled)) {
                keepFlat(folder, result);
                continue;
            }
            leaveOut(folder,
                     labelled ? "there is no training folder beside it, such as \"train\", so the classes are those around it"
                     : holder ? "its name is not that of a class"
                              : "its name is that of a split, not of a class, and it has no class folders",
                     result);
        }
    }
    static void noteBareTrain(const Classes& picked, FolderPlan& result) {
        if (picked.withBareTrain)
            result.notes.push_back(
                "\"train\" is taken for a class, as it stands among class folders. If its pictures are of all classes, move it "
                "away.");
    }

    // In the chosen folder and in each split.
    void leaveOutWhatHasNone(FolderPlan& result) {
        std::vector<Subfolder> junk, empty;
        std::vector<fs::path>& loose = result.loose;
        for (const fs::path& folder : {m_folder, result.train.folder, result.validation.folder, result.test.folder})
            if (!folder.empty() && std::find(loose.begin(), loose.end(), folder) == loose.end()) loose.push_back(folder);
        if (m_depth > 0) return;
        for (const fs::path& folder : loose) {
            const FolderLook look = m_scout.look(folder);
            append(junk, look.junk);
            for (const Subfolder& sub : look.folders)
                if (!m_scout.holdsPictures(sub.path)) empty.push_back(sub);
        }
        if (!junk.empty())
            result.notes.push_back("Hidden folders and those that other programs leave behind are left out: " + namesOf(junk) +
                                   '.');
        if (!empty.empty()) result.notes.push_back("Folders without pictures are left out: " + namesOf(empty) + '.');
        for (const Subfolder& folder : junk) result.leftOut.push_back({folder.path, "it is hidden or left behind by a program"});
        for (const Subfolder& folder : empty) result.leftOut.push_back({folder.path, "it holds no pictures"});
    }

    FolderScout& m_scout;
    fs::path m_folder;
    int m_depth;
    bool m_asked;
    std::map<FolderRole, std::vector<Subfolder>> m_byRole;
};

}  // namespace

FolderPlan planFolders(const fs::path& folder) {
    FolderScout scout(kMostEntries);
    return Planner(scout, folder, 0, true).plan();
}

bool isFolderPlan(const fs::path& folder) {
    try {
        FolderScout scout(kMostEntries);
        Planner(scout, folder, 0, false).plan();
        return true;
    } catch (const DataError&) {
        return false;
    }
}

}  // namespace thaw::core
