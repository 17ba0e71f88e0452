#include "core/util/control_group.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

fs::path systemRoot() {
    const char* given = std::getenv("THAW_SYSTEM_ROOT");
    return given ? given : "/";
}

bool lists(const std::string& names, const std::string& name) {
    std::istringstream stream(names);
    for (std::string part; std::getline(stream, part, ',');)
        if (part == name) return true;
    return false;
}

struct Mount {
    std::string root;  // of the hierarchy, as far as this mount shows it
    std::string point;
    bool unified = false;
};

/// A line is "36 35 0:29 ROOT POINT rw,relatime shared:1 - TYPE SOURCE rw,cpu,cpuacct", with none or more words before the dash.
std::vector<Mount> mountsOf(const std::string& controller) {
    std::vector<Mount> mounts;
    std::ifstream stream(systemRoot() / "proc/self/mountinfo");
    for (std::string line; std::getline(stream, line);) {
        const std::size_t dash = line.find(" - ");
        if (dash == std::string::npos) continue;
        std::istringstream place(line.substr(0, dash)), kind(line.substr(dash + 3));
        std::string skipped, type, source, options;
        Mount mount;
        place >> skipped >> skipped >> skipped >> mount.root >> mount.point;
        kind >> type >> source >> options;
        mount.unified = type == "cgroup2";
        if (mount.unified || (type == "cgroup" && lists(options, controller))) mounts.push_back(mount);
    }
    return mounts;
}

/// The group's path below the mount. A container often sees the path that its group has outside: the mount is the group then.
fs::path below(const Mount& mount, const std::string& group) {
    const std::string root = mount.root == "/" ? "" : mount.root;
    if (group.compare(0, root.size(), root) != 0 || (group.size() > root.size() && group[root.size()] != '/')) return {};
    const fs::path path = fs::path(group.substr(root.size())).relative_path();
    return std::find(path.begin(), path.end(), "..") == path.end() ? path : fs::path();
}

}  // namespace

std::vector<ControlGroup> controlGroupsOf(const std::string& controller) {
    std::vector<ControlGroup> groups;
    const std::vector<Mount> mounts = mountsOf(controller);
    std::ifstream membership(systemRoot() / "proc/self/cgroup");
    for (std::string line; std::getline(membership, line);) {  // "4:cpu,cpuacct:/path"; "0::/path" in version 2
        const std::size_t names = line.find(':'), path = line.find(':', names + 1);
        if (names == std::string::npos || path == std::string::npos) continue;
        const std::string controllers = line.substr(names + 1, path - names - 1);
        for (const Mount& mount : mounts) {
            if (mount.unified != controllers.empty() || (!mount.unified && !lists(controllers, controller))) continue;
            const fs::path top = systemRoot() / fs::path(mount.point).relative_path();
            for (fs::path group = below(mount, line.substr(path + 1)); !group.empty(); group = group.parent_path())
                groups.push_back({top / group, mount.unified});
            groups.push_back({top, mount.unified});
        }
    }
    return groups;
}

}  // namespace thaw::core
