#include "core/data/folder_layout.h"

#include <algorithm>
#include <map>
#include <system_error>
#include <utility>

#include "core/api/errors.h"
#include "core/api/reading_scope.h"
#include "core/data/folder_names.h"
#include "core/data/folder_plan.h"
#include "core/data/picture_format.h"
#include "core/data/picture_reading.h"
#include "core/util/number_text.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr int kDeepest = 8;
constexpr const char* kHidden = "it is hidden";
constexpr const char* kOther = "it is not a picture";

struct ClassPictures {
    std::string name;
    fs::path folder;
    std::vector<std::string> pictures;  // paths
};

std::string counted(std::size_t count, const char* one, const char* many) {
    return count == 1 ? std::string("1 ") + one : groupedText(static_cast<std::int64_t>(count)) + ' ' + many;
}

std::string listOf(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "\"" : ", \"") + name + '"';
    return text;
}

// FNV-1a: the same on every machine and in every version.
std::uint64_t hashOf(const std::string& text) {
    std::uint64_t hash = 0xCBF29CE484222325u;
    for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001B3u;
    return hash;
}

// As the paths compare, folder by folder.
bool isBefore(const std::string& a, const std::string& b) {
    const auto rank = [](char c) { return c == '/' ? 0 : static_cast<unsigned char>(c) + 1; };
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                        [&](char x, char y) { return rank(x) < rank(y); });
}

class LayoutReader {
public:
    LayoutReader(const fs::path& folder, FolderUse use)
        : m_folder(folder), m_survey(use == FolderUse::Survey), m_plan(planFolders(folder)) {
        m_layout.notes = m_plan.notes;
        m_layout.leftOut = m_plan.leftOut;
        m_layout.toPredict = m_plan.toPredict;
    }

    FolderLayout read() {
        std::vector<ClassPictures> train = readSplit(m_plan.train);
        if (train.size() < 2)
            throw DataError(
                m_plan.train.folder.string() + " has pictures of " + (train.empty() ? "no class" : "one class only") + '.',
                "Put the pictures of each class into a folder of its own.");
        for (const ClassPictures& one : train) m_layout.classNames.push_back(one.name);
        noteAlikeNames();
        if (m_plan.test.folder.empty()) {
            for (std::size_t label = 0; label < train.size(); ++label) holdBack(train[label], static_cast<int>(label));
            noteHeldBack();
        } else {
            for (std::size_t label = 0; label < train.size(); ++label) add(train[label], static_cast<int>(label), m_layout.train);
            addMatching(m_plan.test, m_layout.test);
            if (!m_plan.validation.folder.empty()) addMatching(m_plan.validation, m_layout.validation);
            noteSplits();
        }
        for (const fs::path& folder : m_plan.loose) readLoose(folder);
        noteFiles();
        // In an order that does not depend on the file system.
        for (std::vector<LeftOutFile>* list : {&m_layout.leftOut, &m_layout.unreadable})
            std::stable_sort(list->begin(), list->end(), [](const auto& a, const auto& b) { return a.file < b.file; });
        const std::vector<LeftOutFile>& bad = m_layout.unreadable;
        if (!m_survey)
            requireFewUnreadable(m_folder, bad, static_cast<double>(bad.size()) / static_cast<double>(bad.size() + m_pictures));
        return std::move(m_layout);
    }

private:
    std::vector<ClassPictures> readSplit(const SplitPlan& split) {
        std::vector<ClassPictures> classes;
        for (const Subfolder& folder : split.classes) {
            ClassPictures one{folder.name, folder.path, {}};
            const std::size_t before = m_entered.size(), badBefore = m_layout.unreadable.size();
            walk(folder.path, 0, one.pictures);
            if (one.pictures.empty()) {
                if (!m_survey) requireNoneBad(folder.name, badBefore);
                m_entered.resize(before);
                m_layout.leftOut.push_back({folder.path, "none of its files is a picture that can be read"});
                m_layout.notes.push_back("The folder \"" + folder.name +
                                         "\" is left out: none of its files can be read as a picture.");
                continue;
            }
            std::sort(one.pictures.begin(), one.pictures.end(), isBefore);
            classes.push_back(std::move(one));
        }
        return classes;
    }

    // A class without pictures is no class, but one whose pictures are all bad is missed.
    void requireNoneBad(const std::string& name, std::size_t from) const {
        const std::vector<LeftOutFile> bad(m_layout.unreadable.begin() + static_cast<std::ptrdiff_t>(from),
                                           m_layout.unreadable.end());
        if (!bad.empty()) throwEmptyClass(name, bad);
    }

    void walk(const fs::path& folder, int depth, std::vector<std::string>& pictures) {
        std::vector<fs::path> files;
        std::error_code error;
        for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
            requireReadingWanted();
            std::error_code ignored;
            const fs::path path = at->path();
            if (!at->is_directory(ignored)) {
                files.push_back(path);
            } else if (folderRole(path.filename().string()) == FolderRole::Junk) {
                m_layout.leftOut.push_back({path, "it is hidden or left behind by a program"});
            } else if (holdsMarks(path.filename().string())) {
                m_marks.push_back(folder.filename().string() + '/' + path.filename().string());
                m_layout.leftOut.push_back({path, "by its name it holds marks in pictures, not pictures of the class"});
            } else if (at->is_symlink(ignored)) {
                m_layout.leftOut.push_back({path, "it is a link to a folder, which is not followed inside a class"});
            } else if (depth >= kDeepest) {
                m_layout.leftOut.push_back({path, "it lies too deep inside its class"});
            } else {
                const std::size_t before = pictures.size();
                walk(path, depth + 1, pictures);
                if (depth == 0 && pictures.size() > before)
                    m_entered.push_back({folder.filename().string() + '/' + path.filename().string(), pictures.size() - before});
            }
        }
        if (error) throwUnreadable(folder, error.message());
        take(files, pictures);
    }

    void take(std::vector<fs::path>& files, std::vector<std::string>& pictures) {
        const auto hidden = std::partition(files.begin(), files.end(),
                                           [](const fs::path& file) { return file.filename().string().rfind('.', 0) != 0; });
        for (auto file = hidden; file != files.end(); ++file, ++m_hidden) m_layout.leftOut.push_back({*file, kHidden});
        files.erase(hidden, files.end());
        std::sort(files.begin(), files.end());  // the file system's order is chance
        m_count += files.size();
        const std::vector<PictureCheck> checks = checkPictures(files);
        tellFilesFound(static_cast<std::int64_t>(m_count));
        for (std::size_t i = 0; i < files.size(); ++i) {
            if (checks[i].verdict == PictureCheck::Verdict::Picture) {
                pictures.push_back(files[i].string());
                ++m_pictures;
                continue;
            }
            const bool bad = checks[i].verdict == PictureCheck::Verdict::Bad;
            m_layout.leftOut.push_back({files[i], bad ? checks[i].reason : std::string(kOther)});
            if (bad)
                m_layout.unreadable.push_back(m_layout.leftOut.back());
            else
                ++m_others;
        }
    }

    // Files that lie in no class folder; they are read by nobody, so their endings tell enough.
    void readLoose(const fs::path& folder) {
        std::error_code error;
        for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
            std::error_code ignored;
            if (at->is_directory(ignored)) continue;
            const bool hidden = at->path().filename().string().rfind('.', 0) == 0;
            const bool picture = !hidden && isPictureName(at->path());
            if (picture) ++m_loose;
            m_layout.leftOut.push_back({at->path(), hidden ? kHidden : picture ? "it lies in no class folder" : kOther});
        }
        if (error) throwUnreadable(folder, error.message());
    }

    static void add(ClassPictures& one, int label, std::vector<FolderPicture>& out) {
        for (std::string& file : one.pictures) out.push_back({std::move(file), label});
        one.pictures = {};
    }

    void holdBack(ClassPictures& one, int label) {
        const std::size_t count = one.pictures.size(), prefix = one.folder.string().size() + 1;
        if (count < 2 && m_survey) return add(one, label, m_layout.train);
        if (count < 2)
            throw DataError("The class \"" + one.name + "\" has only one picture.",
                            "Add pictures: each class needs at least two.");
        std::vector<std::string> keys;
        for (const std::string& picture : one.pictures) keys.push_back(one.name + '/' + picture.substr(prefix));
        const std::vector<bool> test = testFifth(keys);
        for (std::size_t i = 0; i < count; ++i) (test[i] ? m_layout.test : m_layout.train).push_back({one.pictures[i], label});
    }

    // The label of a class in another split: of the same name, else of the one that differs only in case. -1: there is none.
    int labelOf(const std::string& name) const {
        const std::vector<std::string>& known = m_layout.classNames;
        const auto exact = std::find(known.begin(), known.end(), name);
        if (exact != known.end()) return static_cast<int>(exact - known.begin());
        int found = -1;
        for (std::size_t i = 0; i < known.size(); ++i)
            if (lowered(known[i]) == lowered(name)) found = found == -1 ? static_cast<int>(i) : -2;
        return std::max(found, -1);
    }

    void addMatching(const SplitPlan& split, std::vector<FolderPicture>& out) {
        std::vector<std::string> unknown, missing = m_layout.classNames, renamed, meant;
        for (ClassPictures& one : readSplit(split)) {
            const int label = labelOf(one.name);
            if (label < 0) {
                unknown.push_back(one.name);
                continue;
            }
            const std::string& name = m_layout.classNames[static_cast<std::size_t>(label)];
            if (name != one.name) {
                renamed.push_back(one.name);
                meant.push_back(name);
            }
            missing.erase(std::remove(missing.begin(), missing.end(), name), missing.end());
            add(one, label, out);
        }
        const std::string absent = missing.empty() ? "" : " It has no pictures of " + listOf(missing) + ", which are trained on.";
        if (!unknown.empty())
            throw DataError(split.folder.string() + " has the class" + (unknown.size() == 1 ? " " : "es ") + listOf(unknown) +
                                ", which " + (unknown.size() == 1 ? "has" : "have") + " no training pictures." + absent,
                            "Give both folders the same classes.");
        std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.label < b.label; });
        if (!missing.empty())
            m_layout.notes.push_back('"' + split.folder.filename().string() + "\" has no pictures of " + listOf(missing) + '.');
        if (!renamed.empty())
            m_layout.notes.push_back("In \"" + split.folder.filename().string() + "\", " + listOf(renamed) +
                                     (renamed.size() == 1 ? " is taken for " : " are taken for ") + listOf(meant) +
                                     ": the names differ only in case.");
    }

    void noteAlikeNames() {
        std::map<std::string, std::vector<std::string>> alike;
        for (const std::string& name : m_layout.classNames) alike[lowered(name)].push_back(name);
        for (const auto& [key, names] : alike)
            if (names.size() > 1)
                m_layout.notes.push_back("The classes " + listOf(names) + " differ only in case. Are they the same?");
    }

    void noteHeldBack() {
        noteSplit("A fifth of each class, chosen by file name, is kept for testing: " +
                  groupedText(static_cast<std::int64_t>(m_layout.test.size())) + " of " +
                  counted(m_layout.test.size() + m_layout.train.size(), "picture.", "pictures."));
    }

    void noteSplits() {
        const auto part = [](const SplitPlan& split, const std::vector<FolderPicture>& pictures) {
            return '"' + split.folder.filename().string() + "\" (" + counted(pictures.size(), "picture", "pictures") + ")";
        };
        std::string note = part(m_plan.train, m_layout.train) + " is trained on";
        if (m_layout.validation.empty())
            note += ", " + part(m_plan.test, m_layout.test) + " validates after each epoch.";
        else
            note +=
                ", " + part(m_plan.validation, m_layout.validation) + " validates after each epoch, and " +
                part(m_plan.test, m_layout.test) +
                " is kept for the end: it stays locked until you reveal it, in the window or with thaw-cli evaluate --reveal.";
        noteSplit(note);
    }

    void noteSplit(const std::string& note) {
        m_layout.splitNote = note;
        m_layout.notes.push_back(note);
    }

    void noteFiles() {
        if (!m_entered.empty()) {
            std::sort(m_entered.begin(), m_entered.end());
            constexpr std::size_t kNamed = 5;
            std::string names;
            std::size_t pictures = 0;
            for (std::size_t i = 0; i < m_entered.size(); ++i) {
                pictures += m_entered[i].second;
                if (i < kNamed) names += (i > 0 ? ", " : "") + m_entered[i].first;
            }
            if (m_entered.size() > kNamed) names += ", ...";
            m_layout.notes.push_back(counted(m_entered.size(), "folder", "folders") + " inside the classes with " +
                                     counted(pictures, "picture", "pictures") + " were entered: " + names + '.');
        }
        if (!m_marks.empty())
            m_layout.notes.push_back("Left out, as their names say that they hold marks in pictures: " + listOf(m_marks) + '.');
        std::string parts;
        const auto say = [&](std::size_t count, const char* one, const char* many) {
            if (count > 0) parts += (parts.empty() ? "" : ", ") + counted(count, one, many);
        };
        say(m_layout.unreadable.size(), "picture that cannot be read", "pictures that cannot be read");
        say(m_loose, "picture outside the class folders", "pictures outside the class folders");
        say(m_others, "file that is not a picture", "files that are not pictures");
        say(m_hidden, "hidden file", "hidden files");
        if (!parts.empty()) m_layout.notes.push_back("Left out: " + parts + '.');
    }

    fs::path m_folder;
    bool m_survey;
    FolderPlan m_plan;
    FolderLayout m_layout;
    std::vector<std::pair<std::string, std::size_t>> m_entered;  // "cat/indoor" and the pictures in it
    std::vector<std::string> m_marks;                            // "cat/masks"
    std::size_t m_count = 0, m_hidden = 0, m_pictures = 0, m_others = 0, m_loose = 0;
};

}  // namespace

std::vector<bool> testFifth(const std::vector<std::string>& keys) {
    std::vector<std::pair<std::uint64_t, std::size_t>> order;
    for (std::size_t i = 0; i < keys.size(); ++i) order.emplace_back(hashOf(keys[i]), i);
    std::sort(order.begin(), order.end());
    std::vector<bool> test(keys.size());
    for (std::size_t i = 0; i < std::min(keys.size(), std::max<std::size_t>(1, keys.size() / 5)); ++i)
        test[order[i].second] = true;
    return test;
}

SplitLabels labelsOf(std::vector<FolderPicture> pictures) {
    SplitLabels labels;
    for (FolderPicture& picture : pictures) {
        labels.add(picture.label);
        labels.files.push_back(std::move(picture.file));
    }
    return labels;
}

FolderLayout readFolderLayout(const fs::path& folder, FolderUse use) { return LayoutReader(folder, use).read(); }

}  // namespace thaw::core
