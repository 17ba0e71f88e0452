#include "core/store/events_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "core/store/run_files.h"
#include "core/store/system_error.h"

namespace thaw::core {
namespace {

class WriteLock {
public:
    explicit WriteLock(int descriptor) : m_descriptor(descriptor) { ::flock(m_descriptor, LOCK_EX); }
    ~WriteLock() { ::flock(m_descriptor, LOCK_UN); }
    WriteLock(const WriteLock&) = delete;
    WriteLock& operator=(const WriteLock&) = delete;

private:
    int m_descriptor;
};

}  // namespace

EventsFile::EventsFile(const std::filesystem::path& run) : m_file(eventsFileOf(run)) {
    m_descriptor = ::open(m_file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (m_descriptor < 0) throw systemError("Cannot write", m_file, errno);
    try {
        const WriteLock lock(m_descriptor);
        cutTornLine();
    } catch (...) {
        ::close(m_descriptor);
        throw;
    }
}

EventsFile::~EventsFile() { ::close(m_descriptor); }

// Behind what was whole when it was last looked at come lines of others and perhaps a torn one.
void EventsFile::cutTornLine() {
    std::int64_t end = m_wholeBytes;
    char piece[4096];
    for (;;) {
        const ssize_t got = ::pread(m_descriptor, piece, sizeof piece, end);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw systemError("Cannot read", m_file, errno);
        if (got == 0) break;
        for (ssize_t i = 0; i < got; ++i)
            if (piece[i] == '\n') m_wholeBytes = end + i + 1;
        end += got;
    }
    if (end != m_wholeBytes && ::ftruncate(m_descriptor, m_wholeBytes) != 0) throw systemError("Cannot write", m_file, errno);
}

void EventsFile::append(const std::string& line) {
    const WriteLock lock(m_descriptor);
    cutTornLine();
    const std::string text = line + '\n';
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t written = ::write(m_descriptor, text.data() + done, text.size() - done);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            const int code = written < 0 ? errno : ENOSPC;
            cutTornLine();
            throw systemError("Cannot write", m_file, code);
        }
        done += static_cast<std::size_t>(written);
    }
    m_wholeBytes += static_cast<std::int64_t>(text.size());
}

void EventsFile::sync() {
    if (::fsync(m_descriptor) != 0 && errno != EINVAL) throw systemError("Cannot write", m_file, errno);
}

}  // namespace thaw::core
