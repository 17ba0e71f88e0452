#include "core/model/untrusted.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/api/errors.h"

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

std::string printable(const std::string& name) {
    constexpr std::size_t kLongest = 80;
    std::string text = "\"";
    for (std::size_t at = 0; at < name.size();) {
        if (at >= kLongest) {
            text += "...";
            break;
        }
        const auto first = static_cast<unsigned char>(name[at]);
        const std::size_t length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
        bool whole = first < 0x80 || (first >= 0xc2 && first <= 0xf4 && name.size() - at >= length);
        for (std::size_t i = 1; whole && i < length; ++i) whole = (static_cast<unsigned char>(name[at + i]) & 0xc0) == 0x80;
        if (!whole || first < 0x20 || first == 0x7f) {
            text += '?';
            ++at;
        } else {
            text.append(name, at, length);
            at += length;
        }
    }
    return text + "\"";
}

std::uint64_t littleEndian(const std::uint8_t* data, std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value |= static_cast<std::uint64_t>(data[i]) << (8 * i);
    return value;
}

}  // namespace thaw::core
