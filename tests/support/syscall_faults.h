// Lets a test fail, kill or record the n-th system call that changes files. The functions below stand in for the C library's
// in the whole program: include this in one source of a test only.
#pragma once

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

namespace thaw::test {

enum class FaultAction { None, Fail, Kill };

struct Faults {
    FaultAction action = FaultAction::None;
    int at = 0;                 ///< the call that it happens to, from 0
    int error = 0;              ///< errno of a failure
    bool partsAreFull = false;  ///< "*.part" files open as /dev/full
    bool recording = false;
    int count = 0;                 ///< calls seen since arm()
    std::vector<std::string> log;  ///< "rename <from> <to>", "fsync <path>", ...
    std::function<void(const std::string& to)> beforeRename;
    std::function<void()> beforeWaiting;  ///< in the thread that is about to wait for a lock of flock()

    static Faults& instance() {
        static Faults faults;
        return faults;
    }
    void arm(FaultAction what, int when, int code = 0) {
        action = what;
        at = when;
        error = code;
        count = 0;
    }
    void disarm() { *this = Faults(); }

    /// True when this call has to fail; errno is set then.
    bool strike(const std::string& entry) {
        if (recording) log.push_back(entry);
        if (action == FaultAction::None || count++ != at) return false;
        if (action == FaultAction::Kill) ::kill(::getpid(), SIGKILL);
        errno = error;
        return true;
    }
    bool active() const { return action != FaultAction::None || recording; }
};

template <class Function>
Function* nextFunction(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

inline std::string pathOfDescriptor(int descriptor) {
    char path[4096];
    const ssize_t size = ::readlink(("/proc/self/fd/" + std::to_string(descriptor)).c_str(), path, sizeof path);
    return size > 0 ? std::string(path, static_cast<std::size_t>(size)) : std::string();
}

}  // namespace thaw::test

extern "C" {

int open(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    auto& faults = thaw::test::Faults::instance();
    const std::string name = path;
    if ((flags & (O_WRONLY | O_RDWR)) != 0 && faults.active() && faults.strike("open " + name)) return -1;
    const bool part = name.size() > 5 && name.compare(name.size() - 5, 5, ".part") == 0;
    static const auto next = thaw::test::nextFunction<int(const char*, int, ...)>("open");
    if (part && faults.partsAreFull) return next("/dev/full", O_WRONLY | O_CLOEXEC);
    return next(path, flags, mode);
}

ssize_t write(int descriptor, const void* data, size_t bytes) {
    auto& faults = thaw::test::Faults::instance();
    if (descriptor > 2 && faults.active() && faults.strike("write " + thaw::test::pathOfDescriptor(descriptor))) return -1;
    static const auto next = thaw::test::nextFunction<ssize_t(int, const void*, size_t)>("write");
    return next(descriptor, data, bytes);
}

int fsync(int descriptor) {
    auto& faults = thaw::test::Faults::instance();
    if (faults.active() && faults.strike("fsync " + thaw::test::pathOfDescriptor(descriptor))) return -1;
    static const auto next = thaw::test::nextFunction<int(int)>("fsync");
    return next(descriptor);
}

int rename(const char* from, const char* to) noexcept {
    auto& faults = thaw::test::Faults::instance();
    if (faults.active() && faults.strike(std::string("rename ") + from + ' ' + to)) return -1;
    if (faults.beforeRename) faults.beforeRename(to);
    static const auto next = thaw::test::nextFunction<int(const char*, const char*)>("rename");
    return next(from, to);
}

int flock(int descriptor, int operation) noexcept {
    static const auto next = thaw::test::nextFunction<int(int, int)>("flock");
    auto& faults = thaw::test::Faults::instance();
    if (faults.beforeWaiting && operation == LOCK_EX) {
        if (next(descriptor, LOCK_EX | LOCK_NB) == 0) return 0;
        if (errno == EWOULDBLOCK) faults.beforeWaiting();
    }
    return next(descriptor, operation);
}

}  // extern "C"
