#include "app/cli/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <fstream>

extern char** environ;

namespace thaw::cli {

namespace {

constexpr int kLookMilliseconds = 20;

double now() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double ownMegabytes(pid_t pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    std::string word;
    for (double kilobytes = 0; status >> word;)
        if (word == "RssAnon:" && status >> kilobytes) return kilobytes / 1024;
    return 0;
}

std::vector<char*> pointersTo(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

}  // namespace

ChildOutcome runChild(const std::vector<std::string>& command, const std::map<std::string, std::string>& variables) {
    ChildOutcome outcome;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return outcome;
    std::vector<std::string> arguments = command, environment;
    for (char** entry = environ; *entry; ++entry) {
        const std::string text = *entry;
        if (variables.count(text.substr(0, text.find('='))) == 0) environment.push_back(text);
    }
    for (const auto& [name, value] : variables) environment.push_back(name + '=' + value);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    pid_t pid = -1;
    outcome.began = now();
    const int failure = posix_spawnp(&pid, arguments.front().c_str(), &actions, nullptr, pointersTo(arguments).data(),
                                     pointersTo(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    for (bool open = failure == 0; open;) {
        outcome.peakOwnMegabytes = std::max(outcome.peakOwnMegabytes, ownMegabytes(pid));
        pollfd wait{ends[0], POLLIN, 0};
        if (poll(&wait, 1, kLookMilliseconds) <= 0) continue;
        char buffer[4096];
        const ssize_t count = read(ends[0], buffer, sizeof buffer);
        if (count > 0) outcome.output.append(buffer, static_cast<std::size_t>(count));
        open = count > 0 || (count < 0 && errno == EINTR);
    }
    close(ends[0]);
    if (failure != 0) return outcome;
    int status = 0;
    rusage usage{};
    while (wait4(pid, &status, 0, &usage) < 0 && errno == EINTR) {
    }
    outcome.seconds = now() - outcome.began;
    outcome.exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    outcome.peakMegabytes = static_cast<double>(usage.ru_maxrss) / 1024;
    return outcome;
}

std::string ownProgram() {
    std::error_code ignored;
    return std::filesystem::read_symlink("/proc/self/exe", ignored).string();
}

}  // namespace thaw::cli
