#include "core/store/events_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/store/atomic_file.h"
#include "core/store/run_files.h"
#include "core/store/system_error.h"

namespace thaw::core {

/// The lock of the file that has the name now: who waited while another one rewrote the file would write into the one that is
/// gone.
class EventsFile::WriteLock {
public:
    explicit WriteLock(EventsFile& events) : m_events(events) {
        for (;;) {
            while (::flock(m_events.m_descriptor, LOCK_EX) != 0 && errno == EINTR) {
            }
            struct stat mine {
            }, present{};
            const bool known = ::fstat(m_events.m_descriptor, &mine) == 0 && ::stat(m_events.m_file.c_str(), &present) == 0;
            if (known && mine.st_ino == present.st_ino && mine.st_dev == present.st_dev) return;
            ::close(m_events.m_descriptor);
            m_events.open();
        }
    }
    ~WriteLock() { ::flock(m_events.m_descriptor, LOCK_UN); }
    WriteLock(const WriteLock&) = delete;
    WriteLock& operator=(const WriteLock&) = delete;

private:
    EventsFile& m_events;
};

EventsFile::EventsFile(const std::filesystem::path& run) : m_run(run), m_file(eventsFileOf(run)) {
    open();
    try {
        const WriteLock lock(*this);
        cutTornLine();
    } catch (...) {
        if (m_descriptor >= 0) ::close(m_descriptor);
        throw;
    }
}

EventsFile::~EventsFile() {
    if (m_descriptor >= 0) ::close(m_descriptor);
}

void EventsFile::open() {
    m_wholeBytes = 0;
    m_descriptor = ::open(m_file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (m_descriptor < 0) throw systemError("Cannot write", m_file, errno);
}

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
    const WriteLock lock(*this);
    write(line);
}

void EventsFile::appendAfter(const std::function<std::string(const Lines&)>& line) {
    const WriteLock lock(*this);
    write(line(readEventLines(m_run)));
}

void EventsFile::rewrite(const std::function<Lines(const Lines&)>& kept) {
    const WriteLock lock(*this);
    std::string text;
    for (const std::string& line : kept(readEventLines(m_run))) text += line + '\n';
    writeFileAtomically(m_file, text);
}

void EventsFile::write(const std::string& line) {
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
