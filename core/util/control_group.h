// The control groups (cgroups) that a container, a service or a batch system puts this process into.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace thaw::core {

struct ControlGroup {
    std::filesystem::path folder;
    bool unified = false;  ///< version 2, whose files have other names
};

/// The groups that limit `controller` ("cpu", "memory") for this process: its own first, then each above it, of both versions.
/// THAW_SYSTEM_ROOT names a folder whose proc/ and sys/ are read in place of the system's.
std::vector<ControlGroup> controlGroupsOf(const std::string& controller);

}  // namespace thaw::core
