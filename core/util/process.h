// Which process is which: a pid alone is used again, a pid with its start is not.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace thaw::core {

/// The kernel's id of the running system, new at every start; empty when unknown.
std::string bootId();
/// Clock ticks from the system's start to the process's; -1 when there is no such process or it has ended.
std::int64_t processStart(pid_t pid);
/// The process's start in seconds since 1970, right to about a second; -1 as above.
double processStartTime(pid_t pid);

}  // namespace thaw::core
