#include "core/data/gzip_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <vector>

#include "core/api/errors.h"

namespace thaw::core {

namespace {

constexpr const char* kCopyAgain = "Copy or download it again.";

[[noreturn]] void throwSystemError(const std::filesystem::path& file, int code) {
    throw DataError("Cannot read " + file.string() + ": " + std::generic_category().message(code) + '.',
                    code == EACCES || code == EPERM ? "Change the file's permissions, or copy it to a folder of your own."
                                                    : "Check the path.");
}

}  // namespace

GzipReader::GzipReader(const std::filesystem::path& file) : m_file(file) {
    // O_NONBLOCK: opening a named pipe must not wait for its writer.
    const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) throwSystemError(file, errno);
    struct stat info {};
    fstat(descriptor, &info);
    if (!S_ISREG(info.st_mode)) {
        close(descriptor);
        throw DataError(file.string() + " is not a file.", "Check the path.");
    }
    m_handle = gzdopen(descriptor, "rb");
    if (!m_handle) {
        close(descriptor);
        throw DataError("Not enough memory to read " + file.string() + '.');
    }
    gzbuffer(m_handle, 256 * 1024);
    m_upperBound = gzdirect(m_handle) ? info.st_size : info.st_size * kLargestRatio;
}

GzipReader::~GzipReader() { gzclose(m_handle); }

std::size_t GzipReader::read(void* out, std::size_t bytes) {
    std::size_t done = 0;
    while (done < bytes) {
        const unsigned piece = static_cast<unsigned>(std::min<std::size_t>(bytes - done, 16u << 20));
        const int got = gzread(m_handle, static_cast<char*>(out) + done, piece);
        int code = Z_OK;
        const std::string reason = gzerror(m_handle, &code);
        if (got < 0 && code == Z_ERRNO) throwSystemError(m_file, errno);
        if (got < 0) throw DataError(m_file.string() + " is damaged: its compressed data is not valid.", kCopyAgain);
        if (code == Z_BUF_ERROR)
            throw DataError(m_file.string() + " is not complete: its compressed data ends too early.", kCopyAgain);
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

void GzipReader::readExactly(void* out, std::size_t bytes) {
    if (read(out, bytes) != bytes) throw DataError(m_file.string() + " ends too early.", kCopyAgain);
}

std::int64_t GzipReader::drain(std::int64_t limit) {
    std::vector<char> buffer(64 * 1024);
    std::int64_t total = 0;
    while (const std::size_t got = read(buffer.data(), buffer.size())) {
        total += static_cast<std::int64_t>(got);
        if (total > limit) throw DataError(m_file.string() + " holds more data than it should.", kCopyAgain);
    }
    return total;
}

}  // namespace thaw::core
