// A table (CSV, TSV, Orange's .tab or JSON Lines) that says which labels pictures or texts have, as people and Kaggle's
// competitions write them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/api/task.h"
#include "core/data/folder_names.h"
#include "core/data/table_rows.h"

namespace thaw::core {

/// What a line of a table is about.
enum class TableOf {
    Pictures,  ///< that it names
    Texts,     ///< that it holds
};

struct LabelledName {
    std::string name;                ///< of the picture, as the table has it; or the text
    std::vector<int> labels;         ///< ascending indices of classNames; of one label each: exactly one
    std::string split;               ///< as the table has it; empty: it has no such column
    std::vector<std::string> cells;  ///< as LabelTable::columns
};

struct LabelTable {
    TaskKind task = TaskKind::OneLabel;
    std::vector<std::string> classNames;  ///< alphabetical, or as the columns stand
    std::vector<LabelledName> rows;
    std::vector<std::string> columns;  ///< titles of all columns but the one with the names or texts
    std::vector<std::string> notes;    ///< plain sentences: which columns were taken for what
};

/// The columns are told by their titles and by what stands in them. The pictures' names: a column called file, image, id or
/// alike, else the first. The texts: a column called text, sentence, review or alike, else of those that are no labels and no
/// splits the one whose cells are longest. Labels: two or more columns of 0 and 1, one a class; else a column called label,
/// class, tags or alike, or the only one that is left. Its cells hold several labels where any has | ; or , in it, or spaces
/// below a title in the plural ("labels", "tags"). Of texts also the only column in which few values come again and again, and a
/// table without titles whose first line has such a value. Splits: a column called split, set, subset or alike. Throws DataError
/// that says what is missing.
LabelTable labelTableFrom(const TableRows& rows, TableOf of = TableOf::Pictures);

/// Of a file of at most 256 MB. Throws DataError naming it.
LabelTable readLabelTable(const std::filesystem::path& file, TableOf of = TableOf::Pictures);

/// Where nothing says which split a picture's name or a text belongs to: a fifth tests, and the same always does. Pure.
bool goesToTest(const std::string& nameOrText);

/// Train, Validation or Test by the row's split, else by goesToTest(); another word in its split means training. Pure.
FolderRole splitOf(const LabelledName& row);

}  // namespace thaw::core
