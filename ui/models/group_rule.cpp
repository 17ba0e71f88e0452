#include "ui/models/group_rule.h"

#include <QCoreApplication>

#include <algorithm>

#include "ui/models/path_text.h"

namespace thaw::ui {
namespace {

QString say(const char* text) { return QCoreApplication::translate("thaw::ui", text); }

constexpr char kName[] = "name:", kColumn[] = "column:", kFolder[] = "folder";

GroupRule part(const char* sign, bool last) { return {GroupRule::Kind::Part, QString::fromLatin1(sign), last, {}}; }

std::string behind(const std::string& text, const char* begin) { return text.substr(std::char_traits<char>::length(begin)); }

}  // namespace

const std::vector<GroupRule>& nameParts() {
    static const std::vector<GroupRule> parts{part("_", false), part("_", true), part("-", false), part("-", true)};
    return parts;
}

std::string groupsOf(const GroupRule& rule) {
    switch (rule.kind) {
        case GroupRule::Kind::None:
            return {};
        case GroupRule::Kind::Folder:
            return kFolder;
        case GroupRule::Kind::Part:
            return (rule.last ? QStringLiteral("name:^(.+)%1") : QStringLiteral("name:^([^%1]+)%1")).arg(rule.sign).toStdString();
        case GroupRule::Kind::Expression:
            return rule.text.isEmpty() ? std::string() : kName + rule.text.toStdString();
        case GroupRule::Kind::Column:
            return rule.text.isEmpty() ? std::string() : kColumn + pathOf(rule.text).string();
    }
    return {};
}

GroupRule groupRuleOf(const std::string& groups) {
    GroupRule rule;
    if (groups.empty()) return rule;
    if (groups == kFolder) {
        rule.kind = GroupRule::Kind::Folder;
    } else if (groups.rfind(kColumn, 0) == 0) {
        rule.kind = GroupRule::Kind::Column;
        rule.text = nameText(behind(groups, kColumn));
    } else {
        const auto known =
            std::find_if(nameParts().begin(), nameParts().end(), [&](const GroupRule& one) { return groupsOf(one) == groups; });
        if (known != nameParts().end()) return *known;
        rule.kind = GroupRule::Kind::Expression;
        rule.text = QString::fromStdString(groups.rfind(kName, 0) == 0 ? behind(groups, kName) : groups);
    }
    return rule;
}

QString groupRuleText(const GroupRule& rule) {
    switch (rule.kind) {
        case GroupRule::Kind::None:
            return {};
        case GroupRule::Kind::Folder:
            return say("folder");
        case GroupRule::Kind::Part:
            return (rule.last ? say("name before the last “%1”") : say("name before the first “%1”")).arg(rule.sign);
        case GroupRule::Kind::Expression:
            return say("name by %1").arg(rule.text);
        case GroupRule::Kind::Column:
            return say("column %1").arg(rule.text);
    }
    return {};
}

}  // namespace thaw::ui
