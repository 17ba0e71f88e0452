#include "core/data/text_sources.h"

#include <algorithm>
#include <map>
#include <system_error>
#include <utility>

#include "core/api/errors.h"
#include "core/api/reading_scope.h"
#include "core/api/tokenizer.h"
#include "core/data/folder_names.h"
#include "core/data/label_table.h"
#include "core/data/plain_text.h"
#include "core/data/text_files.h"
#include "core/store/paths.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLeastShown = 60;  // bytes of a text in a message
constexpr const char* kGlosses = "wordnet-glosses.tsv";

struct LabelledText {
    std::string text;
    std::vector<int> labels;
};

/// All of a copy, in its order.
struct TextTable {
    TaskKind task = TaskKind::OneLabel;
    std::vector<std::string> classNames, columns, notes;
    std::vector<LabelledText> train, validation, test;

    std::vector<LabelledText>& of(FolderRole role) {
        return role == FolderRole::Test ? test : role == FolderRole::Validation ? validation : train;
    }
    const std::vector<LabelledText>& of(Split split) const {
        return split == Split::Train ? train : split == Split::Test ? test : validation;
    }
    /// Every split has texts.
    void complete() {
        if (test.empty()) test = std::exchange(validation, {});
        if (test.empty() && train.size() > 1) {
            test.push_back(std::move(train.back()));
            train.pop_back();
        }
    }
};

void requireTexts(const TextTable& table, const fs::path& place) {
    if (table.train.empty() || table.test.empty())
        throw DataError(place.string() + " holds fewer than two texts with labels.", "Add some.");
}

TextTable readTable(const fs::path& file) {
    LabelTable labels = readLabelTable(file, TableOf::Texts);
    TextTable table;
    table.task = labels.task;
    table.classNames = std::move(labels.classNames);
    table.columns = std::move(labels.columns);
    table.notes = std::move(labels.notes);
    std::size_t empty = 0;
    for (LabelledName& row : labels.rows) {
        requireReadingWanted();
        if (isBlank(row.name)) {
            ++empty;
            continue;
        }
        if (row.name.size() > kMostTextBytes)
            throw DataError(file.string() + " holds a text of more than 16 MB: \"" + row.name.substr(0, kLeastShown) + "...\".",
                            "Check whether a quote is missing there.");
        std::vector<LabelledText>& part = table.of(splitOf(row));
        part.push_back({std::move(row.name), std::move(row.labels)});
    }
    if (empty > 0) table.notes.push_back(std::to_string(empty) + " of its texts are empty and are left out.");
    table.complete();
    requireTexts(table, file);
    return table;
}

DatasetLabels labelsOf(const TextTable& table) {
    DatasetLabels labels;
    labels.task = table.task;
    labels.classNames = table.classNames;
    labels.notes = table.notes;
    for (const auto& [split, of] : {std::pair(Split::Train, &labels.train), std::pair(Split::Test, &labels.test),
                                    std::pair(Split::HeldOut, &labels.validation)})
        for (const LabelledText& text : table.of(split))
            table.task == TaskKind::OneLabel ? of->add(text.labels.front()) : of->add(text.labels);
    return labels;
}

PictureSet textsOf(const TextTable& table, Split split, const std::vector<std::int64_t>& indices) {
    const std::vector<LabelledText>& all = table.of(split);
    const bool several = table.task == TaskKind::SeveralLabels;
    auto texts = std::make_shared<std::vector<std::string>>();
    PictureSet set;
    for (const std::int64_t index : indices) {
        const LabelledText& text = all.at(static_cast<std::size_t>(index));
        texts->push_back(text.text);
        set.labels.push_back(text.labels.empty() ? -1 : text.labels.front());
        if (!several) continue;
        const std::size_t begin = set.labelSets.size();
        set.labelSets.resize(begin + table.classNames.size());
        for (const int label : text.labels) set.labelSets[begin + static_cast<std::size_t>(label)] = 1;
    }
    set.texts = std::move(texts);
    return set;
}

class TextSource : public DatasetSource {
public:
    bool hasOwnNames() const override { return false; }

    DatasetLabels readLabels(const fs::path& location) const override { return labelsOf(read(location)); }

    PictureSet readPictures(const fs::path& location, Split split, const std::vector<std::int64_t>& indices, int,
                            PictureReading& reading) const override {
        reading.tell(0, static_cast<std::int64_t>(indices.size()));
        return textsOf(read(location), split, indices);
    }

protected:
    virtual TextTable read(const fs::path& location) const = 0;
};

class TableSource : public TextSource {
public:
    std::vector<fs::path> files(const fs::path& location) const override { return {location}; }

protected:
    TextTable read(const fs::path& location) const override { return readTable(location); }
};

class WordNetGlosses final : public TableSource {
public:
    DatasetInfo describe() const override {
        DatasetInfo info;
        info.id = "wordnet";
        info.title = "WordNet definitions";
        info.modality = Modality::Texts;
        info.description = "12,000 definitions of nouns. Which of ten kinds of thing does each define?";
        info.installHint = "Install Thaw again: its file share/thaw/texts/wordnet-glosses.tsv is missing";
        return info;
    }

    fs::path builtIn() const override { return resourcePath(std::string("texts/") + kGlosses); }

    fs::path find(const fs::path& place) const override {
        std::error_code ignored;
        return place.filename() == kGlosses && fs::is_regular_file(place, ignored) ? place : fs::path();
    }
};

class OwnTable final : public TableSource {
public:
    DatasetInfo describe() const override {
        DatasetInfo info;
        info.id = "texts";
        info.title = "Table of texts";
        info.modality = Modality::Texts;
        info.description = "Your own texts in a table (CSV, TSV, JSON Lines, Orange): a column of texts and one of labels.";
        info.installHint = "Choose a table (CSV, TSV, JSON Lines, Orange\'s .tab) that has a column of texts and one of labels";
        return info;
    }

    fs::path find(const fs::path& place) const override {
        std::error_code error;
        if (fs::is_regular_file(place, error)) return isTableName(place) ? place : fs::path();
        std::vector<fs::path> tables;
        for (fs::directory_iterator it(place, error), end; !error && it != end; it.increment(error)) {
            std::error_code ignored;
            if (isTableName(it->path()) && it->is_regular_file(ignored)) tables.push_back(it->path());
        }
        return tables.size() == 1 ? tables.front() : fs::path();
    }

    DatasetLabels readLabels(const fs::path& location) const override {
        DatasetLabels labels = TextSource::readLabels(location);
        labels.title = "Texts of " + location.filename().string();
        return labels;
    }
};

/// Where the folders of the classes lie.
std::vector<std::pair<FolderRole, fs::path>> splitsIn(const fs::path& place) {
    std::vector<std::pair<FolderRole, fs::path>> splits;
    for (const fs::path& folder : listTexts(place).folders) {
        const FolderRole role = folderRole(folder.filename().string());
        if (role == FolderRole::Train || role == FolderRole::Test || role == FolderRole::Validation)
            splits.emplace_back(role, folder);
    }
    const auto trains = [](const auto& split) { return split.first == FolderRole::Train; };
    if (std::none_of(splits.begin(), splits.end(), trains)) return {{FolderRole::Plain, place}};
    return splits;
}

class TextFolder final : public TextSource {
public:
    DatasetInfo describe() const override {
        DatasetInfo info;
        info.id = "text-folder";
        info.title = "Folder of texts";
        info.modality = Modality::Texts;
        info.description = "Your own texts: a folder of .txt files for each class.";
        info.installHint = "Choose a folder that has a folder of .txt files for each class";
        return info;
    }

    fs::path find(const fs::path& place) const override {
        std::error_code ignored;
        if (!fs::is_directory(place, ignored)) return {};
        try {
            return classesOf(splitsIn(place)).size() >= 2 ? place : fs::path();
        } catch (const DataError&) {  // a folder below cannot be read
            return {};
        }
    }

protected:
    TextTable read(const fs::path& location) const override {
        const auto splits = splitsIn(location);
        const std::map<std::string, int> classes = classesOf(splits);
        TextTable table;
        for (const auto& [name, index] : classes) table.classNames.push_back(name);
        std::int64_t empty = 0;
        EncodingCounts encodings;
        for (const auto& [role, folder] : splits)
            for (const auto& [name, index] : classes) empty += readClass(folder / name, role, index, table, encodings);
        if (const std::string note = noteOf(encodings); !note.empty()) table.notes.push_back(note);
        if (empty > 0) table.notes.push_back(std::to_string(empty) + " texts are empty and are left out.");
        table.complete();
        requireTexts(table, location);
        return table;
    }

private:
    /// Numbered in the order of their names.
    static std::map<std::string, int> classesOf(const std::vector<std::pair<FolderRole, fs::path>>& splits) {
        std::map<std::string, int> classes;
        for (const auto& [role, folder] : splits)
            for (const fs::path& inside : listTexts(folder).folders)
                if (folderRole(inside.filename().string()) != FolderRole::Unlabelled && inside.filename() != "unsup" &&
                    !listTexts(inside).files.empty())
                    classes[inside.filename().string()] = 0;
        int next = 0;
        for (auto& [name, index] : classes) index = next++;
        return classes;
    }

    /// Returns how many texts are empty.
    static std::int64_t readClass(const fs::path& folder, FolderRole role, int label, TextTable& table,
                                  EncodingCounts& encodings) {
        std::error_code ignored;
        if (!fs::is_directory(folder, ignored)) return 0;
        std::int64_t empty = 0;
        for (const fs::path& file : listTexts(folder).files) {
            std::string text = readTextFile(file, kMostTextBytes, encodings);
            if (isBlank(text)) {
                ++empty;
                continue;
            }
            const bool tests = role == FolderRole::Plain && goesToTest(text);
            table.of(tests ? FolderRole::Test : role).push_back({std::move(text), {label}});
        }
        return empty;
    }
};

}  // namespace

std::vector<std::unique_ptr<DatasetSource>> makeTextSources() {
    std::vector<std::unique_ptr<DatasetSource>> sources;
    sources.push_back(std::make_unique<WordNetGlosses>());
    sources.push_back(std::make_unique<OwnTable>());
    sources.push_back(std::make_unique<TextFolder>());
    for (std::unique_ptr<DatasetSource>& source : makePlainTextSources()) sources.push_back(std::move(source));
    return sources;
}

}  // namespace thaw::core
