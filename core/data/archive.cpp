#include "core/data/archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <array>
#include <cerrno>
#include <exception>
#include <fstream>
#include <limits>
#include <memory>
#include <string_view>
#include <system_error>
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

using Handle = std::unique_ptr<archive, int (*)(archive*)>;

[[noreturn]] void throwUnreadable(const std::filesystem::path& file, const char* kind, archive* handle) {
    const char* reason = archive_error_string(handle);
    throw DataError(
        file.string() + " is not a " + kind + " archive that can be read: " + (reason ? reason : "unknown reason") + '.',
        kCopyAgain);
}

/// Reads exactly that much of the present entry; check(result) judges what libarchive answers.
template <typename Check>
void readEntry(const std::filesystem::path& file, archive* handle, void* out, std::size_t bytes, const Check& check) {
    std::size_t done = 0;
    while (done < bytes) {
        const la_ssize_t got = archive_read_data(handle, static_cast<char*>(out) + done, bytes - done);
        check(got);
        if (got <= 0) throw DataError(file.string() + " ends too early.", kCopyAgain);
        done += static_cast<std::size_t>(got);
    }
}

/// A path, when the entry is a plain file whose size is known.
const char* plainPath(archive_entry* entry) {
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) || !archive_entry_size_is_set(entry) ||
        archive_entry_size(entry) < 0)
        return nullptr;
    const char* path = archive_entry_pathname(entry);
    return path ? path : archive_entry_pathname_utf8(entry);  // the locale may lack its letters
}

}  // namespace

namespace {

/// Plain files of a tar archive that comes through GzipReader; the handle is open.
void visitTar(Stream& stream, const ArchiveLimits& limits, const ArchiveVisitor& visitor) {
    const std::filesystem::path& file = stream.reader.file();
    const Handle handle(archive_read_new(), archive_read_free);
    archive_read_support_format_tar(handle.get());
    const auto check = [&](la_ssize_t result) {
        if (stream.failure) std::rethrow_exception(stream.failure);
        if (result < ARCHIVE_OK && result != ARCHIVE_WARN) throwUnreadable(file, "tar", handle.get());
    };
    const ArchiveRead read = [&](void* out, std::size_t bytes) { readEntry(file, handle.get(), out, bytes, check); };
    check(archive_read_open(handle.get(), &stream, nullptr, readStream, nullptr));
    archive_entry* entry = nullptr;
    for (int count = 0;; ++count) {
        const int result = archive_read_next_header(handle.get(), &entry);
        if (result == ARCHIVE_EOF) break;
        check(result);
        if (count >= limits.entries)
            throw DataError(file.string() + " holds more files than it should.", "Use the official archive.");
        if (const char* path = plainPath(entry)) visitor(path, archive_entry_size(entry), read);
    }
    stream.reader.drain(stream.left);
}

/// The same of one that is compressed by bzip2 or xz, whose checksums libarchive verifies.
void visitOtherTar(const std::filesystem::path& file, const ArchiveVisitor& visitor) {
    const Handle handle(archive_read_new(), archive_read_free);
    archive_read_support_format_tar(handle.get());
    archive_read_support_filter_bzip2(handle.get());
    archive_read_support_filter_xz(handle.get());
    const auto check = [&](la_ssize_t result) {
        if (result < ARCHIVE_OK && result != ARCHIVE_WARN) throwUnreadable(file, "tar", handle.get());
    };
    check(archive_read_open_filename(handle.get(), file.c_str(), 256 * 1024));
    archive_entry* entry = nullptr;
    for (;;) {
        const int result = archive_read_next_header(handle.get(), &entry);
        if (result == ARCHIVE_EOF) return;
        check(result);
        if (const char* path = plainPath(entry))
            visitor(path, archive_entry_size(entry),
                    [&](void* out, std::size_t bytes) { readEntry(file, handle.get(), out, bytes, check); });
    }
}

}  // namespace

void readArchive(const std::filesystem::path& file, const ArchiveLimits& limits, const ArchiveVisitor& visitor) {
    Stream stream(file, limits.unpackedBytes);
    visitTar(stream, limits, [&visitor](const std::string& path, std::int64_t size, const ArchiveRead& read) {
        visitor(std::filesystem::path(path).filename().string(), size, read);
    });
}

void readZip(const std::filesystem::path& file, const ArchiveVisitor& visitor) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error))
        throw DataError(file.string() + (error ? " cannot be read: " + error.message() + '.' : " is not a file."),
                        "Check the path.");
    const auto most = static_cast<std::int64_t>(std::filesystem::file_size(file, error)) * GzipReader::kLargestRatio;
    const Handle handle(archive_read_new(), archive_read_free);
    archive_read_support_format_zip_seekable(handle.get());
    const auto check = [&](la_ssize_t result) {
        if (result < ARCHIVE_OK) throwUnreadable(file, "zip", handle.get());
    };
    check(archive_read_open_filename(handle.get(), file.c_str(), 256 * 1024));
    archive_entry* entry = nullptr;
    for (;;) {
        const int result = archive_read_next_header(handle.get(), &entry);
        if (result == ARCHIVE_EOF) break;
        if (result != ARCHIVE_WARN) check(result);  // a name that is no text of this locale
        const char* path = plainPath(entry);
        if (!path) continue;
        std::int64_t left = archive_entry_size(entry);
        if (left > most) throw DataError(file.string() + " is damaged: " + path + " claims more than it can hold.", kCopyAgain);
        visitor(path, left, [&](void* out, std::size_t bytes) {
            readEntry(file, handle.get(), out, bytes, check);
            left -= static_cast<std::int64_t>(bytes);
            char extra = 0;
            if (left > 0) return;
            const la_ssize_t more = archive_read_data(handle.get(), &extra, 1);  // where the checksum is verified
            check(more);
            if (more > 0) throw DataError(file.string() + " is damaged: a file in it is longer than it should be.", kCopyAgain);
        });
    }
}

void readAnyArchive(const std::filesystem::path& file, const ArchiveVisitor& visitor) {
    std::array<char, 6> begin{};
    std::ifstream(file, std::ios::binary).read(begin.data(), begin.size());
    const auto begins = [&begin](std::string_view with) { return with == std::string_view(begin.data(), with.size()); };
    if (begins("PK")) return readZip(file, visitor);
    if (begins("BZh") || begins("\xFD"
                                "7zXZ"))
        return visitOtherTar(file, visitor);
    Stream stream(file, std::numeric_limits<std::int64_t>::max());
    visitTar(stream, {std::numeric_limits<int>::max(), 0}, visitor);
}

std::vector<std::string> namesInArchive(const std::filesystem::path& file, std::size_t most) {
    constexpr la_int64_t kMostBytes = 256'000'000;  // what may be read to find them
    const Handle handle(archive_read_new(), archive_read_free);
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
