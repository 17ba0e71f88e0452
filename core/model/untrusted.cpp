#include "core/model/untrusted.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/api/errors.h"
#include "core/api/text.h"
#include "core/model/foreign_file.h"

namespace thaw::core {

UntrustedFile::UntrustedFile(std::filesystem::path path) : m_path(std::move(path)) {
    // Without O_NONBLOCK, opening a FIFO would wait for its writer.
    m_descriptor = ::open(m_path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status {};
    if (m_descriptor < 0 || ::fstat(m_descriptor, &status) != 0) {
        const int error = errno;
        if (m_descriptor >= 0) ::close(m_descriptor);
        throw WeightsError("Cannot open " + m_path.string() + ": " + std::strerror(error) + ".",
                           "Check the path and its permissions.");
    }
    if (!S_ISREG(status.st_mode)) {
        ::close(m_descriptor);
        if (S_ISDIR(status.st_mode)) refuseFolder(m_path);
        throw WeightsError(m_path.string() + " is not a file.", "Choose a weights file.");
    }
    m_size = static_cast<std::uint64_t>(status.st_size);
}

UntrustedFile::~UntrustedFile() { ::close(m_descriptor); }

void UntrustedFile::read(std::uint64_t offset, void* out, std::size_t bytes) const {
    if (offset > m_size || bytes > m_size - offset) fail("it ends too early");
    auto* target = static_cast<char*>(out);
    while (bytes > 0) {
        const ssize_t got = ::pread(m_descriptor, target, bytes, static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail(std::string("it cannot be read: ") + std::strerror(errno));
        if (got == 0) fail("it became shorter while it was read");
        target += got;
        offset += static_cast<std::uint64_t>(got);
        bytes -= static_cast<std::size_t>(got);
    }
}

void UntrustedFile::fail(const std::string& why, const std::string& hint) const {
    throw WeightsError(m_path.string() + " cannot be used: " + why + ".",
                       hint.empty() ? "The file may be damaged. Copy or download it again." : hint);
}

std::string inQuotes(const std::string& name) {
    constexpr std::size_t kLongest = 80;
    std::size_t end = std::min(name.size(), kLongest);
    while (end < name.size() && end < kLongest + 3 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) ++end;
    return '"' + printableLine(name.substr(0, end)) + (end < name.size() ? "...\"" : "\"");
}

}  // namespace thaw::core
