#include "core/data/grouping.h"

#include <algorithm>
#include <numeric>

#include "core/api/errors.h"

namespace thaw::core {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kByName = "name:", kByColumn = "column:", kByFolder = "folder";

std::string listOf(const std::vector<std::string>& names) {
    return std::accumulate(names.begin(), names.end(), std::string(), [](const std::string& text, const std::string& name) {
        return text.empty() ? name : text + ", " + name;
    });
}

}  // namespace

Grouping::Grouping(const std::string& rule, const std::vector<std::string>& columns, const fs::path& location)
    : m_rule(rule), m_location(location) {
    if (rule.empty() || rule == kByFolder) return;
    if (rule.rfind(kByName, 0) == 0) {
        try {
            m_expression = std::regex(rule.substr(kByName.size()));
        } catch (const std::regex_error&) {
            throw DataError("\"" + rule.substr(kByName.size()) + "\" is no expression that finds a part of a name.",
                            "An example: name:^(patient[0-9]+)_ takes what stands before the first underscore.");
        }
    } else if (rule.rfind(kByColumn, 0) == 0) {
        const auto found = std::find(columns.begin(), columns.end(), rule.substr(kByColumn.size()));
        if (found == columns.end())
            throw DataError("The data set has no table with a column \"" + rule.substr(kByColumn.size()) + "\".",
                            columns.empty() ? "Group by folder or by name." : "Choose one of: " + listOf(columns) + '.');
        m_column = found - columns.begin();
    } else {
        throw DataError("\"" + rule + "\" does not say what must not be divided.",
                        "Choose folder, name:EXPRESSION or column:TITLE.");
    }
}

Grouping::Key Grouping::keyOf(const SplitLabels& all, std::size_t row) const {
    if (m_column >= 0) return {all.cells[row][static_cast<std::size_t>(m_column)], 0, 0};
    const fs::path name = fs::path(all.files[row]).lexically_relative(m_location);
    if (m_rule == kByFolder) {
        const std::string folder = name.parent_path().generic_string();
        return {folder, 0, folder.size()};
    }
    std::smatch match;
    const std::string text = name.generic_string(), file = name.filename().generic_string();
    std::size_t before = text.size() - file.size();
    if (!std::regex_search(file, match, m_expression)) {
        before = 0;
        if (!std::regex_search(text, match, m_expression))
            throw DataError("The expression of the groups finds nothing in the name " + text + '.',
                            "Change it so that each picture's name has such a part.");
    }
    const std::size_t part = match.size() > 1 ? 1 : 0;
    return {match[part].str(), before + static_cast<std::size_t>(match.position(part)),
            static_cast<std::size_t>(match.length(part))};
}

}  // namespace thaw::core
