#include "core/data/label_table.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "core/api/errors.h"
#include "core/util/hash.h"

namespace thaw::core {
namespace {

constexpr std::size_t kMostLabels = 10'000;

bool isAmong(const std::string& title, std::initializer_list<const char*> words) {
    return std::find(words.begin(), words.end(), lowered(title)) != words.end();
}

bool namesPictures(const std::string& title) {
    return isAmong(title, {"file",     "filename", "file_name",  "file name", "files", "image",  "images",
                           "image_id", "imageid",  "image_name", "imagename", "img",   "img_id", "id",
                           "path",     "filepath", "file_path",  "picture",   "photo", "name"});
}
bool namesTexts(const std::string& title) {
    return isAmong(title, {"text", "texts", "sentence", "review", "message", "sms", "comment", "content", "tweet", "document",
                           "body", "gloss", "question", "description"});
}
bool namesSplits(const std::string& title) {
    return isAmong(title, {"split", "set", "subset", "partition", "data set", "dataset"});
}
bool namesSeveral(const std::string& title) {
    return isAmong(title, {"labels", "tags", "classes", "categories", "attribute_ids", "targets", "finding labels", "findings"});
}
bool namesLabels(const std::string& title) {
    return namesSeveral(title) || isAmong(title, {"label", "class", "category", "target", "tag", "breed", "species", "diagnosis",
                                                  "class_name", "label_name", "y"});
}
bool namesTextLabels(const std::string& title) {
    return namesLabels(title) || isAmong(title, {"kind", "sentiment", "topic", "intent", "spam"});
}

std::string trimmed(const std::string& text) {
    const std::size_t begin = text.find_first_not_of(" \t"), end = text.find_last_not_of(" \t");
    return begin == std::string::npos ? std::string() : text.substr(begin, end - begin + 1);
}

std::vector<std::string> splitAt(const std::string& cell, std::string_view separators) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin <= cell.size();) {
        const std::size_t end = std::min(cell.find_first_of(separators, begin), cell.size());
        if (std::string part = trimmed(cell.substr(begin, end - begin)); !part.empty()) parts.push_back(std::move(part));
        begin = end + 1;
    }
    return parts;
}

enum class Flag { No, Yes, Other };
Flag flagOf(const std::string& cell) {
    const std::string text = lowered(trimmed(cell));
    if (text == "0" || text == "0.0" || text == "false" || text.empty()) return Flag::No;
    return text == "1" || text == "1.0" || text == "true" ? Flag::Yes : Flag::Other;
}

class ColumnGuess {
public:
    ColumnGuess(const TableRows& rows, TableOf of) : m_rows(rows), m_titles(rows.front()), m_of(of) {
        m_used.resize(m_titles.size());
        m_file = of == TableOf::Texts ? textColumn() : take(namesPictures).value_or(0);
        m_used[m_file] = true;
        m_split = take(namesSplits);
    }

    LabelTable read() {
        LabelTable table;
        const std::vector<std::size_t> flags = flagColumns();
        if (flags.size() >= 2 && !hasLabelColumn())
            readFlags(flags, table);
        else
            readCells(labelColumn(), table);
        for (std::size_t i = 0; i < m_titles.size(); ++i)
            if (i != m_file) table.columns.push_back(trimmed(m_titles[i]));
        const bool texts = m_of == TableOf::Texts;
        table.notes.insert(table.notes.begin(), "The table's column \"" + m_titles[m_file] + "\" " +
                                                    (texts ? "holds the texts." : "names the pictures."));
        if (m_split)
            table.notes.push_back("Its column \"" + m_titles[*m_split] + "\" says which split a " + (texts ? "text" : "picture") +
                                  " belongs to.");
        if (table.classNames.size() < 2)
            throw DataError("The table has " + std::to_string(table.classNames.size()) + " label" +
                                (table.classNames.size() == 1 ? "" : "s") + ", but at least two are needed.",
                            "Give the column with the labels the title \"label\" or \"labels\".");
        if (table.classNames.size() > kMostLabels)
            throw DataError("The table has " + std::to_string(table.classNames.size()) + " different labels, more than " +
                                std::to_string(kMostLabels) + '.',
                            "Check which of its columns holds the labels and give it the title \"label\".");
        return table;
    }

private:
    std::optional<std::size_t> take(bool (*fits)(const std::string&)) {
        for (std::size_t i = 0; i < m_titles.size(); ++i) {
            if (m_used[i] || !fits(trimmed(m_titles[i]))) continue;
            m_used[i] = true;
            return i;
        }
        return std::nullopt;
    }

    std::size_t textColumn() {
        if (const auto titled = take(namesTexts)) return *titled;
        std::size_t longest = 0, most = 0;
        for (std::size_t i = 0; i < m_titles.size(); ++i) {
            if (namesTextLabels(trimmed(m_titles[i])) || namesSplits(trimmed(m_titles[i]))) continue;
            std::size_t bytes = 1;
            for (std::size_t row = 1; row < m_rows.size(); ++row) bytes += cell(m_rows[row], i).size();
            if (bytes > most) most = bytes, longest = i;
        }
        return longest;
    }

    const std::string& cell(const std::vector<std::string>& row, std::size_t column) const {
        static const std::string none;
        return column < row.size() ? row[column] : none;
    }

    bool (*namesLabel() const)(const std::string&) { return m_of == TableOf::Texts ? namesTextLabels : namesLabels; }

    bool hasLabelColumn() const {
        return std::any_of(m_titles.begin(), m_titles.end(),
                           [this](const std::string& title) { return namesLabel()(trimmed(title)); });
    }

    std::vector<std::size_t> flagColumns() const {
        std::vector<std::size_t> flags;
        for (std::size_t column = 0; column < m_titles.size(); ++column) {
            if (m_used[column] || trimmed(m_titles[column]).empty()) continue;
            const bool all = std::all_of(m_rows.begin() + 1, m_rows.end(),
                                         [&](const auto& row) { return flagOf(cell(row, column)) != Flag::Other; });
            if (all) flags.push_back(column);
        }
        return flags;
    }

    std::size_t labelColumn() {
        if (const auto titled = take(namesLabel())) return *titled;
        std::vector<std::size_t> left;
        for (std::size_t i = 0; i < m_titles.size(); ++i)
            if (!m_used[i]) left.push_back(i);
        if (m_of == TableOf::Texts && left.size() > 1)
            left.erase(std::remove_if(left.begin(), left.end(), [this](std::size_t column) { return !repeats(column); }),
                       left.end());
        if (left.size() == 1) return left.front();
        throw DataError("The table has no column that can be told to hold labels.",
                        "Give the column with the labels the title \"label\" or \"labels\".");
    }

    /// Whether most rows have a value in a column, and few values come again and again.
    bool repeats(std::size_t column) const {
        std::set<std::string> values;
        std::size_t filled = 0;
        for (std::size_t i = 1; i < m_rows.size(); ++i) {
            const std::string value = trimmed(cell(m_rows[i], column));
            if (!value.empty()) ++filled, values.insert(value);
        }
        return values.size() >= 2 && values.size() * 2 <= filled && filled * 2 >= m_rows.size();
    }

    LabelledName named(const std::vector<std::string>& row) const {
        LabelledName name{trimmed(cell(row, m_file)), {}, m_split ? trimmed(cell(row, *m_split)) : std::string(), {}};
        for (std::size_t i = 0; i < m_titles.size(); ++i)
            if (i != m_file) name.cells.push_back(trimmed(cell(row, i)));
        return name;
    }

    void readFlags(const std::vector<std::size_t>& flags, LabelTable& table) const {
        for (const std::size_t column : flags) table.classNames.push_back(trimmed(m_titles[column]));
        bool oneEach = true;
        for (std::size_t i = 1; i < m_rows.size(); ++i) {
            LabelledName name = named(m_rows[i]);
            for (std::size_t c = 0; c < flags.size(); ++c)
                if (flagOf(cell(m_rows[i], flags[c])) == Flag::Yes) name.labels.push_back(static_cast<int>(c));
            oneEach = oneEach && name.labels.size() == 1;
            table.rows.push_back(std::move(name));
        }
        table.task = oneEach ? TaskKind::OneLabel : TaskKind::SeveralLabels;
        table.notes.push_back("Its " + std::to_string(flags.size()) + " columns of 0 and 1 are the labels, " +
                              (oneEach ? "one each." : "several each."));
    }

    void readCells(std::size_t column, LabelTable& table) const {
        const std::string separators = separatorsOf(column);
        std::vector<std::vector<std::string>> labels;
        std::set<std::string> known;
        for (std::size_t i = 1; i < m_rows.size(); ++i) {
            labels.push_back(splitAt(cell(m_rows[i], column), separators));
            known.insert(labels.back().begin(), labels.back().end());
        }
        table.classNames.assign(known.begin(), known.end());
        const auto oneEach = std::all_of(labels.begin(), labels.end(), [](const auto& each) { return each.size() == 1; });
        table.task = separators.empty() || oneEach ? TaskKind::OneLabel : TaskKind::SeveralLabels;
        for (std::size_t i = 0; i < labels.size(); ++i) {
            LabelledName name = named(m_rows[i + 1]);
            std::set<int> indices;
            for (const std::string& label : labels[i])
                indices.insert(static_cast<int>(std::lower_bound(table.classNames.begin(), table.classNames.end(), label) -
                                                table.classNames.begin()));
            name.labels.assign(indices.begin(), indices.end());
            if (table.task == TaskKind::SeveralLabels || !name.labels.empty()) table.rows.push_back(std::move(name));
        }
        const std::size_t without = labels.size() - table.rows.size();
        table.notes.push_back("Its column \"" + m_titles[column] + "\" holds the labels, " +
                              (table.task == TaskKind::OneLabel ? "one each." : "several each."));
        if (without > 0) table.notes.push_back(std::to_string(without) + " of its lines have no label and are left out.");
    }

    std::string separatorsOf(std::size_t column) const {
        for (const char separator : {'|', ';', ','})
            for (std::size_t i = 1; i < m_rows.size(); ++i)
                if (cell(m_rows[i], column).find(separator) != std::string::npos) return std::string(1, separator);
        return namesSeveral(trimmed(m_titles[column])) ? " " : "";
    }

    const TableRows& m_rows;
    const std::vector<std::string>& m_titles;
    TableOf m_of;
    std::vector<bool> m_used;
    std::size_t m_file = 0;  // names or texts
    std::optional<std::size_t> m_split;
};

/// A first line whose words come again below as labels is no line of titles.
bool lacksTitles(const TableRows& rows) {
    constexpr std::size_t kTimes = 3;
    for (const std::string& title : rows.front())
        if (namesTexts(trimmed(title)) || namesTextLabels(trimmed(title)) || namesSplits(trimmed(title))) return false;
    for (std::size_t column = 0; column < rows.front().size(); ++column) {
        const std::string word = trimmed(rows.front()[column]);
        const auto again = std::count_if(rows.begin() + 1, rows.end(), [&](const std::vector<std::string>& row) {
            return column < row.size() && trimmed(row[column]) == word;
        });
        if (!word.empty() && static_cast<std::size_t>(again) >= kTimes) return true;
    }
    return false;
}

TableRows titled(TableRows rows) {
    std::vector<std::string> titles;
    for (std::size_t i = 0; i < rows.front().size(); ++i) titles.push_back("column " + std::to_string(i + 1));
    rows.insert(rows.begin(), std::move(titles));
    return rows;
}

}  // namespace

LabelTable labelTableFrom(const TableRows& rows, TableOf of) {
    if (of == TableOf::Texts && !rows.empty() && lacksTitles(rows)) return labelTableFrom(titled(rows), of);
    const bool small = rows.size() < 2 || rows.front().size() < 2;
    if (small && of == TableOf::Texts)
        throw DataError("The table needs a line of titles and at least two columns: the texts and their labels.",
                        "Save the table as CSV with a first line such as \"text,label\".");
    if (small)
        throw DataError("The table needs a line of titles and at least two columns: the pictures' names and their labels.",
                        "Save the table as CSV with a first line such as \"file,label\".");
    return ColumnGuess(rows, of).read();
}

LabelTable readLabelTable(const std::filesystem::path& file, TableOf of) {
    try {
        EncodingCounts encodings;
        LabelTable table = labelTableFrom(readTableRows(file, encodings), of);
        if (const std::string note = noteOf(encodings); !note.empty()) table.notes.push_back(note);
        return table;
    } catch (const DataError& error) {
        throw DataError(file.string() + ": " + error.what(), error.hint());
    }
}

bool goesToTest(const std::string& nameOrText) {
    return std::stoul(digestOf(nameOrText.data(), nameOrText.size()).substr(0, 4), nullptr, 16) % 5 == 0;
}

FolderRole splitOf(const LabelledName& row) {
    if (row.split.empty()) return goesToTest(row.name) ? FolderRole::Test : FolderRole::Train;
    const FolderRole role = folderRole(row.split);
    return role == FolderRole::Test || role == FolderRole::Validation ? role : FolderRole::Train;
}

}  // namespace thaw::core
