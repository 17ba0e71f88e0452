#include "core/store/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <system_error>

#include "core/store/system_error.h"
#include "core/util/process.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr char kSuffix[] = ".part";

// A link's target is replaced, not the link; a device is never replaced.
fs::path resolveTarget(const fs::path& target) {
    std::error_code error;  // symlink_status calls a missing file an error
    const bool link = fs::is_symlink(fs::symlink_status(target, error));
    error.clear();
    const fs::path resolved = link ? fs::weakly_canonical(target, error) : target;
    if (error) throw systemError("Cannot follow the link", target, error.value());
    if (fs::exists(resolved, error) && !fs::is_regular_file(resolved, error))
        throw StoreError("Cannot write " + target.string() + ": it is not a regular file.", "Choose another name.");
    return resolved;
}

}  // namespace

AtomicFile::AtomicFile(fs::path target) : m_target(resolveTarget(target)) {
    m_temporary = m_target;
    m_temporary += '.' + std::to_string(::getpid()) + kSuffix;
    m_descriptor = ::open(m_temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (m_descriptor < 0) throw systemError("Cannot write", m_target, errno);
}

AtomicFile::~AtomicFile() {
    if (m_descriptor >= 0) ::close(m_descriptor);
    if (!m_temporary.empty()) ::unlink(m_temporary.c_str());
}

void AtomicFile::write(const void* data, std::size_t bytes) {
    const char* position = static_cast<const char*>(data);
    while (bytes > 0) {
        const ssize_t written = ::write(m_descriptor, position, std::min<std::size_t>(bytes, 1u << 30));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) throw systemError("Cannot write", m_target, written < 0 ? errno : ENOSPC);
        position += written;
        bytes -= static_cast<std::size_t>(written);
        m_size += written;
    }
}

void AtomicFile::commit() {
    while (::fsync(m_descriptor) != 0)
        if (errno != EINTR) throw systemError("Cannot write", m_target, errno);
    const int descriptor = m_descriptor;
    m_descriptor = -1;
    if (::close(descriptor) != 0 && errno != EINTR) throw systemError("Cannot write", m_target, errno);
    if (::rename(m_temporary.c_str(), m_target.c_str()) != 0) throw systemError("Cannot write", m_target, errno);
    m_temporary.clear();
    syncFolder(m_target.parent_path());
}

void syncFolder(const fs::path& folder) {
    const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) throw systemError("Cannot open the folder", folder, errno);
    const int code = ::fsync(descriptor) == 0 ? 0 : errno;
    ::close(descriptor);
    // Some network file systems cannot sync a folder; the rename itself has succeeded there.
    if (code != 0 && code != EINVAL && code != EROFS) throw systemError("Cannot sync the folder", folder, code);
}

void writeFileAtomically(const fs::path& target, const std::string& text) {
    AtomicFile file(target);
    file.write(text);
    file.commit();
}

std::string readSmallFile(const fs::path& file, std::size_t limit) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) throw systemError("Cannot read", file, errno);
    std::string text;
    char buffer[1 << 16];
    for (;;) {
        const ssize_t got = ::read(descriptor, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        const int code = errno;
        if (got <= 0 || text.size() + static_cast<std::size_t>(got) > limit) {
            ::close(descriptor);
            if (got == 0) return text;
            if (got < 0) throw systemError("Cannot read", file, code);
            throw StoreError("Cannot read " + file.string() + ": it is larger than the " + std::to_string(limit) +
                             " bytes that such a file may have.");
        }
        text.append(buffer, static_cast<std::size_t>(got));
    }
}

void removeStrayParts(const fs::path& folder) {
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        const std::string name = it->path().filename().string();
        if (it->path().extension() != kSuffix) continue;
        const std::string process = fs::path(it->path().stem()).extension().string();
        pid_t pid = 0;
        const char* last = process.data() + process.size();
        if (process.size() < 2 || std::from_chars(process.data() + 1, last, pid).ptr != last || pid <= 0) continue;
        struct stat info {};
        const double started = processStartTime(pid);
        // Containers give the same few pids again and again: a file older than the process of its number is not that process's.
        const bool stray =
            started < 0 || (::lstat(it->path().c_str(), &info) == 0 && static_cast<double>(info.st_mtime) < started - 2);
        std::error_code ignored;
        if (stray) fs::remove_all(it->path(), ignored);
    }
}

}  // namespace thaw::core
