// What must not be divided: which group each picture of a data set belongs to, by SplitConfig::groups.
#pragma once

#include <cstddef>
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include "core/data/dataset_source.h"

namespace thaw::core {

class Grouping {
public:
    /// `columns` are those of the data set's table. Throws DataError for a rule that says nothing, and for a column that is not
    /// there.
    Grouping(const std::string& rule, const std::vector<std::string>& columns, const std::filesystem::path& location);

    bool eachAlone() const { return m_rule.empty(); }  ///< there is no rule: each picture is a group of its own

    struct Key {
        std::string text;
        /// Where it stands in the file's name relative to the data set's folder, in bytes. Of a column: length 0.
        std::size_t begin = 0, length = 0;
    };
    /// Throws DataError where the expression finds nothing in the name.
    Key keyOf(const SplitLabels& all, std::size_t row) const;

private:
    std::string m_rule;
    std::filesystem::path m_location;
    std::regex m_expression;
    std::ptrdiff_t m_column = -1;
};

}  // namespace thaw::core
