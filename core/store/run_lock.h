// One writer a run: run.lock holds a lock of the kernel's, which no crash can leave behind, and the writer's pid, start and boot
// id for file systems without such locks and for messages.
#pragma once

#include <sys/types.h>

#include <filesystem>

namespace thaw::core {

class RunLock {
public:
    /// Throws StoreError that names the process when another one, or this one, has the run open.
    explicit RunLock(const std::filesystem::path& runDirectory);
    RunLock(const RunLock&) = delete;
    RunLock& operator=(const RunLock&) = delete;
    ~RunLock();

    /// The live process that has the run open; 0: none, -1: one whose number is unknown.
    static pid_t holder(const std::filesystem::path& runDirectory);

private:
    std::filesystem::path m_file;
    int m_descriptor = -1;
};

}  // namespace thaw::core
