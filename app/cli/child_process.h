// A program in a process of its own, timed and weighed from outside.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace thaw::cli {

struct ChildOutcome {
    int exitCode = -1;            ///< -1: could not be started, or ended by a signal
    double began = 0;             ///< seconds of the monotonic clock, just before the program was started
    double seconds = 0;           ///< from there to its end
    double peakMegabytes = 0;     ///< as the system counts it: with pages of files that were mapped
    double peakOwnMegabytes = 0;  ///< without those, looked at 50 times a second
    std::string output;           ///< standard output; standard error goes where this process's goes
};

/// `command`: the program, looked for in PATH where it has no slash, and its arguments. `variables` are added to the environment.
ChildOutcome runChild(const std::vector<std::string>& command, const std::map<std::string, std::string>& variables = {});

/// This program's file.
std::string ownProgram();

}  // namespace thaw::cli
