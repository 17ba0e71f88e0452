#include "core/data/archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <cerrno>
#include <exception>
#include <memory>
#include <vector>

#include "core/api/errors.h"
#include "core/data/gzip_reader.h"

namespace thaw::core {

namespace {

constexpr const char* kCopyAgain = "Copy or download it again.";

// libarchive pulls from here. It is C: exceptions wait in `failure` until its call has returned.
struct Stream {
    explicit Stream(const std::filesystem::path& file, std::int64_t limit) : reader(file), left(limit), buffer(256 * 1024) {}
    GzipReader reader;
    std::int64_t left;
    std::vector<char> buffer;
    std::exception_ptr failure;
};

la_ssize_t readStream(archive* handle, void* data, const void** out) {
    Stream& stream = *static_cast<Stream*>(data);
    try {
        const std::size_t got = stream.reader.read(stream.buffer.data(), stream.buffer.size());
        stream.left -= static_cast<std::int64_t>(got);
        if (stream.left < 0)
            throw DataError(stream.reader.file().string() + " holds more data than it should.", "Use the official archive.");
        *out = stream.buffer.data();
        return static_cast<la_ssize_t>(got);
    } catch (...) {
        stream.failure = std::current_exception();
        archive_set_error(handle, EIO, "the stream cannot be read");
        return -1;
    }
}

}  // namespace

void readArchive(const std::filesystem::path& file, const ArchiveLimits& limits, const ArchiveVisitor& visitor) {
    Stream stream(file, limits.unpackedBytes);
    const std::unique_ptr<archive, int (*)(archive*)> handle(archive_read_new(), archive_read_free);
    archive_read_support_format_tar(handle.get());

    const auto check = [&](la_ssize_t result) {
        if (stream.failure) std::rethrow_exception(stream.failure);
        if (result >= ARCHIVE_OK || result == ARCHIVE_WARN) return;
        const char* reason = archive_error_string(handle.get());
        throw DataError(file.string() + " is not a tar archive that can be read: " + (reason ? reason : "unknown reason") + '.',
                        kCopyAgain);
    };
    const ArchiveRead read = [&](void* out, std::size_t bytes) {
        std::size_t done = 0;
        while (done < bytes) {
            const la_ssize_t got = archive_read_data(handle.get(), static_cast<char*>(out) + done, bytes - done);
            check(got);
            if (got <= 0) throw DataError(file.string() + " ends too early.", kCopyAgain);
            done += static_cast<std::size_t>(got);
        }
    };

    check(archive_read_open(handle.get(), &stream, nullptr, readStream, nullptr));
    archive_entry* entry = nullptr;
    for (int count = 0;; ++count) {
        const int result = archive_read_next_header(handle.get(), &entry);
        if (result == ARCHIVE_EOF) break;
        check(result);
        if (count >= limits.entries)
            throw DataError(file.string() + " holds more files than it should.", "Use the official archive.");
        const char* path = archive_entry_pathname(entry);
        if (!path || archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) ||
            !archive_entry_size_is_set(entry))
            continue;
        visitor(std::filesystem::path(path).filename().string(), archive_entry_size(entry), read);
    }
    stream.reader.drain(stream.left);
}

std::vector<std::string> namesInArchive(const std::filesystem::path& file, std::size_t most) {
    constexpr la_int64_t kMostBytes = 256'000'000;  // what may be read to find them
    const std::unique_ptr<archive, int (*)(archive*)> handle(archive_read_new(), archive_read_free);
    archive_read_support_format_tar(handle.get());
    archive_read_support_format_zip(handle.get());
    // None of those that start other programs.
    archive_read_support_filter_gzip(handle.get());
    archive_read_support_filter_bzip2(handle.get());
    archive_read_support_filter_xz(handle.get());
    std::vector<std::string> names;
    if (archive_read_open_filename(handle.get(), file.c_str(), 256 * 1024) != ARCHIVE_OK) return names;
    archive_entry* entry = nullptr;
    while (names.size() < most && archive_filter_bytes(handle.get(), 0) < kMostBytes) {
        const int result = archive_read_next_header(handle.get(), &entry);
        if (result != ARCHIVE_OK && result != ARCHIVE_WARN) break;
        const char* path = archive_entry_pathname(entry);
        if (path && archive_entry_filetype(entry) == AE_IFREG) names.emplace_back(path);
    }
    return names;
}

}  // namespace thaw::core
