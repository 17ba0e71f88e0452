// A table as rows of cells, whatever it was written as. Files are untrusted. Any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/data/text_encoding.h"

namespace thaw::core {

/// The first row has the titles. Rows may have fewer or more cells than it.
using TableRows = std::vector<std::vector<std::string>>;

/// Whether a file's name says that it is a table: .csv, .tsv, .tab, .jsonl or .ndjson.
bool isTableName(const std::filesystem::path& file);

/// Cells of a text in lines (RFC 4180: quotes, doubled quotes and line ends within them; CRLF or LF). The separator, comma,
/// semicolon or tab, is the one that the first line has most of. Empty lines are left out. Throws DataError for a quote that
/// never ends.
TableRows tableRows(std::string_view text);

/// JSON Lines: an object a line, its members the columns in the order in which they first come; of a list its words and numbers,
/// with | between them. Objects inside count for nothing. Empty lines are left out. Throws DataError that says which line is
/// none.
TableRows jsonRows(std::string_view text);

/// Without the second and third line of Orange's tables, which say what a column is: the one that is the class is titled so.
/// Other tables come back as they are.
TableRows withoutOrangeHeads(TableRows rows);

/// A file of at most 256 MB by its name's ending, in any encoding. Throws DataError.
TableRows readTableRows(const std::filesystem::path& file, EncodingCounts& encodings);

}  // namespace thaw::core
