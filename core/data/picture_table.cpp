#include "core/data/picture_table.h"

#include <algorithm>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "core/api/errors.h"
#include "core/api/reading_scope.h"
#include "core/data/folder_names.h"
#include "core/data/folder_plan.h"
#include "core/data/label_table.h"
#include "core/data/picture_format.h"
#include "core/data/picture_squares.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr int kLeastSide = 64, kDeepest = 4;
constexpr std::size_t kMostFiles = 10'000'000;

/// The tables in a folder, in the order of their names; the first that holds labels of pictures counts.
std::vector<fs::path> tablesIn(const fs::path& folder) {
    std::vector<fs::path> tables;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        std::error_code ignored;
        if (isTableName(it->path()) && it->is_regular_file(ignored)) tables.push_back(it->path());
    }
    std::sort(tables.begin(), tables.end());
    return tables;
}

/// In the order of their names. Throws DataError, and Cancelled.
std::vector<fs::path> picturesBelow(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    std::size_t seen = 0;
    for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        requireReadingWanted();
        if (++seen > kMostFiles)
            throw DataError(folder.string() + " is too large: it has more than 10,000,000 files.", "Choose a folder with fewer.");
        if (it.depth() >= kDeepest) it.disable_recursion_pending();
        if (isPictureName(it->path())) files.push_back(it->path());
    }
    if (error) throw DataError("Cannot read " + folder.string() + ": " + error.message() + '.', "Check its permissions.");
    std::sort(files.begin(), files.end());
    return files;
}

/// Those pictures by all that a table may call them.
class PictureIndex {
public:
    explicit PictureIndex(const fs::path& folder) : m_files(picturesBelow(folder)) {
        for (const fs::path& file : m_files) {
            const fs::path relative = file.lexically_relative(folder);
            for (const fs::path& name : {relative, file.filename()})
                for (const std::string& called : {name.string(), (name.parent_path() / name.stem()).string()})
                    remember(called, file);
        }
    }

    /// Empty: there is none, or more than one.
    fs::path find(const std::string& name) const {
        const auto found = m_byName.find(name);
        return found == m_byName.end() ? fs::path() : found->second;
    }
    const std::vector<fs::path>& files() const { return m_files; }

private:
    void remember(const std::string& name, const fs::path& file) {
        const auto [entry, added] = m_byName.emplace(name, file);
        if (!added && entry->second != file) entry->second.clear();
    }
    std::vector<fs::path> m_files;
    std::map<std::string, fs::path> m_byName;
};

struct TablePicture {
    fs::path file;
    std::vector<int> labels;
    std::vector<std::string> cells;
};

struct TableLayout {
    LabelTable labels;  // without its rows
    std::vector<TablePicture> train, validation, test;
    std::vector<LeftOutFile> leftOut;
    std::vector<fs::path> toPredict;

    const std::vector<TablePicture>& of(Split split) const {
        return split == Split::Train ? train : split == Split::Test ? test : validation;
    }
};

std::vector<TablePicture>& partOf(TableLayout& layout, const LabelledName& row) {
    const FolderRole role = splitOf(row);
    return role == FolderRole::Test ? layout.test : role == FolderRole::Validation ? layout.validation : layout.train;
}

/// Folders of a test split of which the table names no picture are for the trained network; other pictures are left out.
void takeUnnamed(const PictureIndex& index, const std::set<fs::path>& used, TableLayout& layout) {
    std::set<fs::path> named, unlabelled;
    for (const fs::path& file : used) named.insert(file.parent_path());
    for (const fs::path& file : index.files()) {
        if (used.count(file) > 0) continue;
        const fs::path folder = file.parent_path();
        const FolderRole role = folderRole(folder.filename().string());
        if (named.count(folder) == 0 && (role == FolderRole::Test || role == FolderRole::Unlabelled))
            unlabelled.insert(folder);
        else
            layout.leftOut.push_back({file, "the table does not name it"});
    }
    layout.toPredict.assign(unlabelled.begin(), unlabelled.end());
    for (const fs::path& folder : unlabelled) layout.labels.notes.push_back(unlabelledNote(folder));
}

TableLayout layoutOf(const fs::path& table, const PictureIndex& index) {
    TableLayout layout;
    layout.labels = readLabelTable(table);
    std::set<fs::path> used;
    std::size_t missing = 0;
    std::string firstMissing;
    for (const LabelledName& row : layout.labels.rows) {
        const fs::path file = index.find(row.name);
        if (file.empty()) {
            if (missing++ == 0) firstMissing = row.name;
            continue;
        }
        if (used.insert(file).second) partOf(layout, row).push_back({file, row.labels, row.cells});
    }
    if (used.empty())
        throw DataError(table.string() + " names \"" + firstMissing + "\" and others, but no such pictures are there.",
                        "Put the pictures beside the table or into a folder there.");
    if (missing > 0)
        layout.labels.notes.push_back(std::to_string(missing) + " pictures of the table are not there, \"" + firstMissing +
                                      "\" for example.");
    takeUnnamed(index, used, layout);
    if (layout.test.empty()) layout.test = std::exchange(layout.validation, {});
    if (layout.test.empty() && layout.train.size() > 1) {
        layout.test.push_back(layout.train.back());
        layout.train.pop_back();
    }
    layout.labels.rows.clear();
    return layout;
}

TableLayout readTableLayout(const fs::path& folder) {
    const PictureIndex index(folder);
    std::string problem = folder.string() + " has no table (CSV) of labels.", hint = "Put one beside the pictures.";
    for (const fs::path& table : tablesIn(folder)) {
        try {
            return layoutOf(table, index);
        } catch (const DataError& error) {
            problem = error.what();
            hint = error.hint();
        }
    }
    throw DataError(problem, hint);
}

class PictureTable final : public DatasetSource {
public:
    DatasetInfo describe() const override {
        DatasetInfo info;
        info.id = "table";
        info.title = "Pictures with a table";
        info.description =
            "Your own pictures and a table (CSV) that says their labels, one each or several. Each becomes a square of 64 x 64 "
            "pixels, or as large as the network's input.";
        info.pictureKind = {kLeastSide, /*grey=*/false, /*anySize=*/true};
        info.installHint = "Choose a folder that has pictures and a table (CSV) of their labels";
        return info;
    }

    fs::path find(const fs::path& place) const override {
        std::error_code ignored;
        if (!fs::is_directory(place, ignored) || tablesIn(place).empty() || isFolderPlan(place)) return {};
        try {
            return FolderScout(static_cast<std::int64_t>(kMostFiles)).holdsPictures(place) ? place : fs::path();
        } catch (const DataError&) {  // a folder below cannot be read
            return {};
        }
    }

    bool hasOwnNames() const override { return false; }

    DatasetLabels readLabels(const fs::path& location) const override {
        TableLayout layout = readTableLayout(location);
        DatasetLabels labels;
        labels.task = layout.labels.task;
        labels.classNames = std::move(layout.labels.classNames);
        for (const auto& [split, of] : {std::pair(Split::Train, &labels.train), std::pair(Split::Test, &labels.test),
                                        std::pair(Split::HeldOut, &labels.validation)})
            for (const TablePicture& picture : layout.of(split)) {
                labels.task == TaskKind::OneLabel ? of->add(picture.labels.front()) : of->add(picture.labels);
                of->files.push_back(picture.file.string());
                of->cells.push_back(picture.cells);
            }
        labels.columns = std::move(layout.labels.columns);
        labels.notes = std::move(layout.labels.notes);
        labels.leftOut = std::move(layout.leftOut);
        labels.toPredict = std::move(layout.toPredict);
        labels.title = folderTitle(location, "pictures with a table");
        return labels;
    }
};

}  // namespace

std::unique_ptr<DatasetSource> makePictureTable() { return std::make_unique<PictureTable>(); }

}  // namespace thaw::core
