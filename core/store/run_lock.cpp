#include "core/store/run_lock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "core/store/atomic_file.h"
#include "core/store/strict_json.h"
#include "core/store/system_error.h"
#include "core/util/process.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

struct flock wholeFile() {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    return lock;
}

/// The process that the file names, when it lives; 0 otherwise.
pid_t namedProcess(const fs::path& file) {
    try {
        const nlohmann::json document = parseStrictJson(readSmallFile(file, 4096));
        JsonFields fields(document, "");
        int pid = 0;
        std::int64_t start = -1;
        std::string boot;
        fields.read("pid", pid);
        fields.read("start", start);
        fields.read("boot", boot);
        return pid > 0 && boot == bootId() && start >= 0 && start == processStart(pid) ? pid : 0;
    } catch (const Error&) {
        return 0;  // empty while it is being written or after it was released
    }
}

}  // namespace

RunLock::RunLock(const fs::path& runDirectory) : m_file(runDirectory / "run.lock") {
    for (;;) {
        m_descriptor = ::open(m_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (m_descriptor < 0) throw systemError("Cannot lock", m_file, errno);
        struct flock lock = wholeFile();
        const bool locked = ::fcntl(m_descriptor, F_OFD_SETLK, &lock) == 0;
        const bool busy = !locked && (errno == EAGAIN || errno == EACCES);
        const pid_t named = namedProcess(m_file);
        if (busy || (named != 0 && named != ::getpid())) {
            ::close(m_descriptor);
            throw StoreError("The run " + runDirectory.string() + " is open in " +
                                 (named == ::getpid() ? "this program"
                                  : named > 0         ? "process " + std::to_string(named)
                                                      : "another process") +
                                 " already.",
                             "Close it there first.");
        }
        // Whoever released the lock between open and lock has removed the file: then this is not the file of that name any more.
        struct stat mine {
        }, present{};
        if (::fstat(m_descriptor, &mine) == 0 && ::stat(m_file.c_str(), &present) == 0 && mine.st_ino == present.st_ino) break;
        ::close(m_descriptor);
    }
    const std::string text = jsonText({{"pid", ::getpid()}, {"start", processStart(::getpid())}, {"boot", bootId()}}) + '\n';
    if (::ftruncate(m_descriptor, 0) != 0 ||
        ::pwrite(m_descriptor, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
        const int code = errno;
        ::close(m_descriptor);
        throw systemError("Cannot write", m_file, code);
    }
}

RunLock::~RunLock() {
    ::unlink(m_file.c_str());
    ::close(m_descriptor);
}

pid_t RunLock::holder(const fs::path& runDirectory) {
    const fs::path file = runDirectory / "run.lock";
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return 0;
    struct flock lock = wholeFile();
    const bool busy = ::fcntl(descriptor, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    ::close(descriptor);
    const pid_t named = namedProcess(file);
    return named != 0 ? named : busy ? -1 : 0;
}

}  // namespace thaw::core
