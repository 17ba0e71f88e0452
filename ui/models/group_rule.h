// What must not be on both sides of a split (SplitConfig::groups), as people choose it and in words.
#pragma once

#include <QString>

#include <string>
#include <vector>

namespace thaw::ui {

struct GroupRule {
    enum class Kind {
        None,
        Folder,
        Part,        ///< of the file's name: what stands before a sign
        Expression,  ///< a regular expression that finds a part of the name
        Column,      ///< of the data set's table
    };
    Kind kind = Kind::None;
    QString sign;       ///< of Part: "_"
    bool last = false;  ///< of Part: before the last of these signs, not before the first
    QString text;       ///< the expression, or the column's title

    bool operator==(const GroupRule& other) const {
        return kind == other.kind && sign == other.sign && last == other.last && text == other.text;
    }
};

/// The parts of a name that are offered.
const std::vector<GroupRule>& nameParts();

GroupRule groupRuleOf(const std::string& groups);
std::string groupsOf(const GroupRule& rule);  ///< SplitConfig::groups
/// "name before the first “_”", "folder", "column patient"; empty: there is none.
QString groupRuleText(const GroupRule& rule);

}  // namespace thaw::ui
