#include "core/data/unpacking.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <mutex>
#include <system_error>

#include "core/api/errors.h"
#include "core/api/reading_scope.h"
#include "core/data/archive.h"
#include "core/store/atomic_file.h"
#include "core/store/paths.h"
#include "core/store/system_error.h"
#include "core/util/hash.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kPiece = 1u << 20;
constexpr std::size_t kLongestName = 255, kDeepest = 24;

/// Where a path of an archive leads below a folder; empty: nowhere that is allowed.
fs::path insidePath(const std::string& path) {
    fs::path inside;
    std::size_t depth = 0;
    if (path.empty() || path.front() == '/') return {};
    for (const fs::path& part : fs::path(path)) {
        const std::string name = part.string();
        if (name.empty() || name == ".") continue;
        if (name == ".." || name.size() > kLongestName || ++depth > kDeepest) return {};
        inside /= part;
    }
    return inside;
}

std::string megabytes(std::int64_t bytes) { return std::to_string((bytes + 999'999) / 1'000'000) + " MB"; }

class Unpacker {
public:
    Unpacker(const fs::path& archive, const fs::path& folder, const UnpackOptions& options, const UnpackProgress& progress)
        : m_archive(archive), m_folder(folder), m_options(options), m_progress(progress), m_buffer(kPiece) {
        std::error_code error;
        const auto size = static_cast<std::int64_t>(fs::file_size(archive, error));
        if (error) throw DataError("Cannot read " + archive.string() + ": " + error.message() + '.', "Check the path.");
        m_most = options.freeBytes + size * options.largestRatio;
        m_room = freeSpace(folder) - options.spareSpace;
    }

    void measure() {
        if (!isZip()) return;
        readZip(m_archive, [&](const std::string& path, std::int64_t size, const ArchiveRead&) {
            if (isWanted(path)) count(size);
        });
        m_total = m_claimed;
        m_claimed = m_files = 0;
    }

    void run() {
        readAnyArchive(m_archive, [&](const std::string& path, std::int64_t size, const ArchiveRead& read) {
            if (!isWanted(path)) return;
            count(size);
            write(m_folder / insidePath(path), size, read);
        });
        if (m_written == 0)
            throw DataError(m_archive.string() + " holds no files that can be unpacked.", "Choose another archive.");
    }

private:
    bool isZip() const {
        std::array<char, 2> begin{};
        std::ifstream(m_archive, std::ios::binary).read(begin.data(), begin.size());
        return begin[0] == 'P' && begin[1] == 'K';
    }

    bool isWanted(const std::string& path) const {
        const fs::path inside = insidePath(path);
        const std::string name = inside.filename().string();
        return !inside.empty() &&
               std::find(m_options.passOver.begin(), m_options.passOver.end(), name) == m_options.passOver.end();
    }

    /// Before anything of a file is written.
    void count(std::int64_t size) {
        requireReadingWanted();
        m_claimed += size;
        if (++m_files > m_options.mostFiles)
            throw DataError(m_archive.string() + " holds more than " + std::to_string(m_options.mostFiles) + " files.",
                            "Unpack a part of it and choose that folder.");
        if (m_claimed > m_most)
            throw DataError(
                m_archive.string() + " would unpack to more than " + megabytes(m_most) + ", which no archive of pictures does.",
                "It may be made to fill the disk. Do not use it unless you know where it comes from.");
        if (m_claimed > m_room)
            throw DataError(m_archive.string() + " needs more than the " + megabytes(std::max<std::int64_t>(m_room, 0)) +
                                " that are free in " + m_folder.parent_path().string() + '.',
                            "Free some space, or unpack it elsewhere and choose that folder.");
    }

    void write(const fs::path& file, std::int64_t size, const ArchiveRead& read) {
        std::error_code error;
        fs::create_directories(file.parent_path(), error);
        const int descriptor = error ? -1 : ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
        if (descriptor < 0) {
            const int code = error ? error.value() : errno;
            if (code == EEXIST || code == ENOTDIR || code == EISDIR || code == EILSEQ || code == ENAMETOOLONG) return;
            throw systemError("Cannot write", file, code);
        }
        struct Closer {
            int descriptor;
            ~Closer() { ::close(descriptor); }
        } const closer{descriptor};
        for (std::int64_t left = size; left > 0;) {
            const auto bytes = static_cast<std::size_t>(std::min(left, static_cast<std::int64_t>(m_buffer.size())));
            read(m_buffer.data(), bytes);
            for (std::size_t done = 0; done < bytes;) {
                const ssize_t written = ::write(descriptor, m_buffer.data() + done, bytes - done);
                if (written < 0 && errno == EINTR) continue;
                if (written <= 0) throw systemError("Cannot write", file, written < 0 ? errno : ENOSPC);
                done += static_cast<std::size_t>(written);
            }
            left -= static_cast<std::int64_t>(bytes);
            m_done += static_cast<std::int64_t>(bytes);
            requireReadingWanted();
            if (m_progress && !m_progress(m_done, m_total)) throw Cancelled();
        }
        tellFilesFound(++m_written);
    }

    fs::path m_archive, m_folder;
    const UnpackOptions& m_options;
    const UnpackProgress& m_progress;
    std::vector<char> m_buffer;
    std::int64_t m_most = 0, m_room = 0;
    std::int64_t m_claimed = 0, m_files = 0, m_total = 0, m_done = 0, m_written = 0;
};

/// A single folder around everything.
fs::path contentsOf(const fs::path& folder) {
    std::error_code error;
    fs::directory_iterator at(folder, error);
    if (error || at == fs::directory_iterator()) return folder;
    const fs::path first = at->path();
    return ++at == fs::directory_iterator() && fs::is_directory(first, error) ? first : folder;
}

/// What was written is on the disk before it counts as whole.
void syncAll(const fs::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    ::syncfs(descriptor);
    ::close(descriptor);
}

std::string shortDigest(const std::string& text) { return digestOf(text.data(), text.size()).substr(0, 16); }

}  // namespace

void unpackArchive(const fs::path& archive, const fs::path& target, const UnpackOptions& options,
                   const UnpackProgress& progress) {
    const fs::path parent = target.parent_path();
    ensureFolder(parent);
    removeStrayParts(parent);
    const fs::path temporary = target.string() + '.' + std::to_string(::getpid()) + ".part";
    std::error_code error;
    fs::remove_all(temporary, error);
    ensureFolder(temporary);
    try {
        Unpacker unpacker(archive, temporary, options, progress);
        unpacker.measure();
        unpacker.run();
        syncAll(temporary);
        fs::remove_all(target, error);
        fs::rename(contentsOf(temporary), target, error);
        if (error) throw systemError("Cannot write", target, error.value());
        syncFolder(parent);
    } catch (...) {
        fs::remove_all(temporary, error);
        throw;
    }
    fs::remove_all(temporary, error);
}

fs::path unpackedInCache(const fs::path& archive) {
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    struct stat info {};
    if (::stat(archive.c_str(), &info) != 0) throw DataError("Cannot read " + archive.string() + '.', "Check the path.");
    const std::string place = shortDigest(absolutePath(archive).string()) + '-';
    const std::string name = place + shortDigest(std::to_string(info.st_size) + ' ' + std::to_string(info.st_mtim.tv_sec) + ' ' +
                                                 std::to_string(info.st_mtim.tv_nsec) + ' ' + std::to_string(info.st_ino));
    const fs::path folder = cacheFolder() / "unpacked", target = folder / name;
    std::error_code error;
    if (fs::is_directory(target, error)) return target;
    std::vector<fs::path> older;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
        if (at->path().filename().string().rfind(place, 0) == 0 && at->path().extension() != ".part") older.push_back(at->path());
    for (const fs::path& one : older) fs::remove_all(one, error);
    unpackArchive(archive, target, {}, {});
    return target;
}

}  // namespace thaw::core
