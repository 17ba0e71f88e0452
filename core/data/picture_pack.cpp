#include "core/data/picture_pack.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <string>
#include <system_error>
#include <unordered_map>
#include <vector>

#include "core/store/paths.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr long long kFreeSpace = 2'000'000'000;  // left to others
constexpr std::uint32_t kLooksEvery = 256;       // pictures between two looks at the free space

struct IndexLine {
    std::uint64_t key = 0;
    std::uint32_t slot = 0, checksum = 0;
};
static_assert(sizeof(IndexLine) == 16);

class File {
public:
    ~File() {
        if (m_descriptor >= 0) ::close(m_descriptor);
    }
    bool open(const fs::path& file) {
        m_descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        return m_descriptor >= 0;
    }
    bool lock() const { return ::flock(m_descriptor, LOCK_EX | LOCK_NB) == 0; }
    std::int64_t size() const { return std::max<std::int64_t>(0, ::lseek(m_descriptor, 0, SEEK_END)); }
    bool truncate(std::int64_t bytes) const { return ::ftruncate(m_descriptor, bytes) == 0; }
    bool readAt(std::int64_t place, void* data, std::size_t bytes) const {
        return ::pread(m_descriptor, data, bytes, place) == static_cast<ssize_t>(bytes);
    }
    bool writeAt(std::int64_t place, const void* data, std::size_t bytes) const {
        return ::pwrite(m_descriptor, data, bytes, place) == static_cast<ssize_t>(bytes);
    }

private:
    int m_descriptor = -1;
};

std::uint32_t checksumOf(const std::uint8_t* pixels, std::size_t bytes) {
    return static_cast<std::uint32_t>(::crc32(0, pixels, static_cast<uInt>(bytes)));
}

fs::path pixelsOf(const fs::path& name) { return name.string() + ".pixels"; }
fs::path indexOf(const fs::path& name) { return name.string() + ".index"; }

/// Packs beside this one leave room for it.
void makeRoom(const fs::path& name) {
    struct Pack {
        fs::path name;
        std::int64_t bytes;
        fs::file_time_type opened;
    };
    std::vector<Pack> packs;
    std::error_code error;
    for (fs::directory_iterator at(name.parent_path(), error), end; !error && at != end; at.increment(error)) {
        if (at->path().extension() != ".pixels" || at->path() == pixelsOf(name)) continue;
        std::error_code sizeError, timeError;
        const fs::path other = at->path().parent_path() / at->path().stem();
        const auto size = static_cast<std::int64_t>(at->file_size(sizeError));
        const auto opened = fs::last_write_time(indexOf(other), timeError);
        packs.push_back({other, sizeError ? 0 : size, timeError ? fs::file_time_type::min() : opened});
    }
    std::sort(packs.begin(), packs.end(), [](const Pack& a, const Pack& b) { return a.opened > b.opened; });
    std::int64_t together = PicturePack::kMostBytes;
    for (const Pack& pack : packs) {
        together += pack.bytes;
        if (together <= PicturePack::kMostTogether) continue;
        fs::remove(indexOf(pack.name), error);
        fs::remove(pixelsOf(pack.name), error);
    }
}

}  // namespace

struct PicturePack::Impl {
    std::size_t bytes = 0;
    fs::path folder;
    File pixels, index;
    std::atomic<bool> writable{false};
    mutable std::mutex mutex;
    std::unordered_map<std::uint64_t, IndexLine> lines;
    std::uint32_t slots = 0;  // in use, or being written
    std::int64_t indexBytes = 0;

    void readIndex() {
        const std::int64_t kept = pixels.size() / static_cast<std::int64_t>(bytes);
        std::vector<IndexLine> all(static_cast<std::size_t>(index.size()) / sizeof(IndexLine));
        if (!all.empty() && !index.readAt(0, all.data(), all.size() * sizeof(IndexLine))) all.clear();
        for (const IndexLine& line : all)
            if (line.slot < kept) {
                lines[line.key] = line;
                slots = std::max(slots, line.slot + 1);
            }
        indexBytes = static_cast<std::int64_t>(all.size() * sizeof(IndexLine));
        if (writable) writable = index.truncate(indexBytes);  // a line that was cut off; the time says when it was opened
    }

    bool hasRoom() const {
        if (static_cast<std::int64_t>(slots) * static_cast<std::int64_t>(bytes) >= kMostBytes) return false;
        const long long free = slots % kLooksEvery == 0 ? freeSpace(folder) : -1;
        return free < 0 || free > kFreeSpace;
    }
};

PicturePack::PicturePack(const fs::path& name, std::size_t bytes) : m_impl(std::make_unique<Impl>()) {
    m_impl->bytes = bytes;
    m_impl->folder = name.parent_path();
    std::error_code error;
    fs::create_directories(name.parent_path(), error);
    makeRoom(name);
    if (error || !m_impl->pixels.open(pixelsOf(name)) || !m_impl->index.open(indexOf(name))) return;
    m_impl->writable = m_impl->index.lock();
    m_impl->readIndex();
}

PicturePack::~PicturePack() = default;

bool PicturePack::read(std::uint64_t key, std::uint8_t* pixels) const {
    IndexLine line;
    {
        const std::lock_guard lock(m_impl->mutex);
        const auto found = m_impl->lines.find(key);
        if (found == m_impl->lines.end()) return false;
        line = found->second;
    }
    const auto place = static_cast<std::int64_t>(line.slot) * static_cast<std::int64_t>(m_impl->bytes);
    if (m_impl->pixels.readAt(place, pixels, m_impl->bytes) && checksumOf(pixels, m_impl->bytes) == line.checksum) return true;
    const std::lock_guard lock(m_impl->mutex);
    m_impl->lines.erase(key);
    return false;
}

void PicturePack::keep(std::uint64_t key, const std::uint8_t* pixels) {
    if (!m_impl->writable) return;
    IndexLine line{key, 0, checksumOf(pixels, m_impl->bytes)};
    {
        const std::lock_guard lock(m_impl->mutex);
        if (m_impl->lines.count(key) != 0) return;
        if (!m_impl->hasRoom()) {
            m_impl->writable = false;
            return;
        }
        line.slot = m_impl->slots++;
    }
    const auto place = static_cast<std::int64_t>(line.slot) * static_cast<std::int64_t>(m_impl->bytes);
    bool written = m_impl->pixels.writeAt(place, pixels, m_impl->bytes);
    const std::lock_guard lock(m_impl->mutex);
    written = written && m_impl->index.writeAt(m_impl->indexBytes, &line, sizeof line);
    if (!written) {
        m_impl->writable = false;
        return;
    }
    m_impl->indexBytes += static_cast<std::int64_t>(sizeof line);
    m_impl->lines[key] = line;
}

std::int64_t PicturePack::count() const {
    const std::lock_guard lock(m_impl->mutex);
    return static_cast<std::int64_t>(m_impl->lines.size());
}

}  // namespace thaw::core
