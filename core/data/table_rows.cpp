#include "core/data/table_rows.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/api/errors.h"
#include "core/data/folder_names.h"
#include "core/data/text_files.h"

namespace thaw::core {
namespace {

constexpr std::size_t kMostBytes = std::size_t{256} << 20, kMostColumns = 10'000;

char separatorOf(std::string_view text) {
    const std::string_view first = text.substr(0, text.find_first_of("\r\n"));
    constexpr std::array<char, 3> kCandidates{'\t', ';', ','};
    return *std::max_element(kCandidates.begin(), kCandidates.end(), [&](char a, char b) {
        return std::count(first.begin(), first.end(), a) < std::count(first.begin(), first.end(), b);
    });
}

std::string cellOf(const nlohmann::json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number() || value.is_boolean()) return value.dump();
    std::string cell;
    if (value.is_array())
        for (const nlohmann::json& one : value)
            if (const std::string part = one.is_array() ? std::string() : cellOf(one); !part.empty())
                cell += (cell.empty() ? "" : "|") + part;
    return cell;
}

bool isAmong(const std::string& word, std::initializer_list<const char*> words) {
    return std::find(words.begin(), words.end(), lowered(word)) != words.end();
}

bool isOrangeType(const std::string& cell) {
    return isAmong(cell, {"", "c", "continuous", "d", "discrete", "s", "string", "text", "t", "time"}) ||
           cell.find(' ') != std::string::npos;  // the values of a discrete one
}

bool isOrangeRole(const std::string& cell) {
    return isAmong(cell.substr(0, cell.find_first_of(" =")),
                   {"", "c", "class", "m", "meta", "i", "ignore", "w", "weight", "include", "title"});
}

}  // namespace

bool isTableName(const std::filesystem::path& file) { return hasEnding(file, {".csv", ".tsv", ".tab", ".jsonl", ".ndjson"}); }

TableRows tableRows(std::string_view text) {
    const char separator = separatorOf(text);
    TableRows rows;
    std::vector<std::string> row;
    std::string cell;
    bool quoted = false;
    const auto endCell = [&] { row.push_back(std::exchange(cell, {})); };
    const auto endRow = [&] {
        endCell();
        if (row.size() > 1 || !row.front().empty()) rows.push_back(std::move(row));
        row.clear();
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            if (c != '"')
                cell += c;
            else if (i + 1 < text.size() && text[i + 1] == '"')
                cell += text[++i];
            else
                quoted = false;
        } else if (c == '"' && cell.empty()) {
            quoted = true;
        } else if (c == separator) {
            endCell();
        } else if (c == '\n') {
            endRow();
        } else if (c != '\r') {
            cell += c;
        }
    }
    if (quoted) throw DataError("A quote in the table never ends.", "Save the table as CSV again.");
    endRow();
    return rows;
}

TableRows jsonRows(std::string_view text) {
    TableRows rows(1);
    std::map<std::string, std::size_t> columns;
    std::size_t line = 0;
    while (!text.empty()) {
        ++line;
        const std::string_view one = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), one.size() + 1));
        if (one.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        const auto object = nlohmann::ordered_json::parse(one, nullptr, /*allow_exceptions=*/false);
        if (!object.is_object())
            throw DataError("Its line " + std::to_string(line) + " is no JSON object.",
                            "Each line must be one, such as {\"text\": \"...\", \"label\": \"...\"}.");
        std::vector<std::string>& row = rows.emplace_back();
        for (const auto& [name, value] : object.items()) {
            const auto [column, isNew] = columns.try_emplace(name, columns.size());
            if (isNew && columns.size() > kMostColumns) throw DataError("Its lines have more than 10,000 different members.");
            if (isNew) rows.front().push_back(name);
            row.resize(std::max(row.size(), column->second + 1));
            row[column->second] = cellOf(value);
        }
    }
    return rows;
}

TableRows withoutOrangeHeads(TableRows rows) {
    if (rows.size() < 4 || rows[1].size() != rows[0].size()) return rows;
    const auto all = [](const std::vector<std::string>& row, bool (*is)(const std::string&)) {
        return std::all_of(row.begin(), row.end(), is);
    };
    if (!all(rows[1], isOrangeType) || !all(rows[2], isOrangeRole)) return rows;
    for (std::size_t i = 0; i < std::min(rows[2].size(), rows[0].size()); ++i)
        if (isAmong(rows[2][i].substr(0, rows[2][i].find(' ')), {"c", "class"})) rows[0][i] = "class";
    rows.erase(rows.begin() + 1, rows.begin() + 3);
    return rows;
}

TableRows readTableRows(const std::filesystem::path& file, EncodingCounts& encodings) {
    const std::string text = readTextFile(file, kMostBytes, encodings);
    if (hasEnding(file, {".jsonl", ".ndjson"})) return jsonRows(text);
    return hasEnding(file, {".tab"}) ? withoutOrangeHeads(tableRows(text)) : tableRows(text);
}

}  // namespace thaw::core
