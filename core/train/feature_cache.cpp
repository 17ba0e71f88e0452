#include "core/train/feature_cache.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/data/picture_change.h"
#include "core/store/paths.h"

namespace thaw::core {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHeaderBytes = 4096;  // a page, so that the numbers behind it are aligned when mapped
constexpr std::size_t kPiece = 8u << 20;    // bytes digested or written between two looks at the clock
constexpr std::size_t kHeldPages =
    8u << 20;  // bytes of a file that are read until its pages leave the process: a page brings its neighbours
constexpr std::int64_t kSpareDisk = 256 << 20;  // bytes left to others
constexpr const char* kSuffix = ".features";

fs::path fileOf(const fs::path& folder, const std::string& key) { return folder / (key + kSuffix); }

std::string headerText(std::int64_t rows, std::int64_t floats, const std::string& digest) {
    std::string text = nlohmann::json{{"thaw_features", 1}, {"rows", rows}, {"floats", floats}, {"sha256", digest}}.dump();
    text.resize(kHeaderBytes, ' ');
    return text;
}

[[noreturn]] void failWriting(const fs::path& file, int error) {
    throw StoreError("Features could not be written to " + file.string() + ": " + std::strerror(error) + ".",
                     "Free some space, or choose another cache folder in the settings.");
}

void writeAll(int descriptor, const void* data, std::size_t bytes, off_t offset, const fs::path& file) {
    const char* from = static_cast<const char*>(data);
    while (bytes > 0) {
        const ssize_t written = pwrite(descriptor, from, bytes, offset);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) failWriting(file, written < 0 ? errno : ENOSPC);
        from += written;
        offset += written;
        bytes -= static_cast<std::size_t>(written);
    }
}

/// Removes files, those used longest ago first, until `needed` more bytes fit into the budget.
void makeRoom(const fs::path& folder, std::int64_t needed, std::int64_t budget) {
    struct Entry {
        fs::file_time_type used;
        fs::path file;
        std::int64_t bytes;
        bool operator<(const Entry& other) const { return used < other.used; }
    };
    std::vector<Entry> entries;
    std::int64_t held = 0;
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
        if (entry.path().extension() != kSuffix) continue;
        const std::int64_t bytes = static_cast<std::int64_t>(entry.file_size(ignored));
        entries.push_back({entry.last_write_time(ignored), entry.path(), bytes});
        held += bytes;
    }
    std::sort(entries.begin(), entries.end());
    for (const Entry& entry : entries) {
        if (held + needed <= budget) return;
        if (fs::remove(entry.file, ignored)) held -= entry.bytes;
    }
}

}  // namespace

std::vector<FeaturePart> featureParts(const AugmentationConfig& augmentation) {
    std::vector<FeaturePart> parts{kTestPart};
    for (int variant = 0; variant < cachedVariants(augmentation); ++variant) parts.push_back({false, variant});
    return parts;
}

std::string partKey(FeaturePart part, const AugmentationConfig& augmentation, std::uint64_t seed) {
    return part.test ? "test" : variantKey(augmentation, seed, part.variant);
}

FeatureFile::FeatureFile(const fs::path& folder, const std::string& key, std::size_t bytes, std::int64_t diskBudget)
    : m_file(fileOf(folder, key)), m_temporary(m_file) {
    const std::int64_t needed = static_cast<std::int64_t>(kHeaderBytes + bytes);
    if (needed > diskBudget) {
        throw StoreError("The features need " + std::to_string(needed >> 20) + " MB on disk, more than the cache may hold.",
                         "Raise the cache's disk limit in the settings to keep them.");
    }
    ensureFolder(folder);
    makeRoom(folder, needed, diskBudget);
    const long long free = freeSpace(folder);
    if (free >= 0 && free < needed + kSpareDisk) failWriting(m_file, ENOSPC);
    m_temporary += "." + std::to_string(getpid()) + ".part";
    m_descriptor = ::open(m_temporary.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (m_descriptor < 0) failWriting(m_temporary, errno);
}

FeatureFile::~FeatureFile() {
    if (m_descriptor < 0) return;
    close(m_descriptor);
    std::error_code ignored;
    fs::remove(m_temporary, ignored);
}

void FeatureFile::write(std::size_t position, const void* data, std::size_t bytes) {
    writeAll(m_descriptor, data, bytes, static_cast<off_t>(kHeaderBytes + position), m_temporary);
}

void FeatureFile::finish(const std::string& header) {
    writeAll(m_descriptor, header.data(), header.size(), 0, m_temporary);
    const int closed = close(m_descriptor);
    m_descriptor = -1;
    std::error_code error;
    if (closed != 0)
        error.assign(errno, std::generic_category());
    else
        fs::rename(m_temporary, m_file, error);
    if (error) {
        std::error_code ignored;
        fs::remove(m_temporary, ignored);
        failWriting(m_file, error.value());
    }
}

FeatureBlock::FeatureBlock(std::int64_t rows, std::int64_t floats) : m_rows(rows), m_floats(floats), m_inMemory(true) {
    m_mappedBytes = std::max<std::size_t>(bytes(), 1);
    m_mapping = mmap(nullptr, m_mappedBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (m_mapping == MAP_FAILED) throw std::bad_alloc();
    madvise(m_mapping, m_mappedBytes, MADV_HUGEPAGE);
    m_data = static_cast<float*>(m_mapping);
}

FeatureBlock::FeatureBlock(std::shared_ptr<FeatureFile> file, std::int64_t rows, std::int64_t floats)
    : m_rows(rows), m_floats(floats), m_file(std::move(file)) {
    map(m_file->descriptor());
}

FeatureBlock::FeatureBlock(int descriptor, std::int64_t rows, std::int64_t floats) : m_rows(rows), m_floats(floats) {
    map(descriptor);
}

FeatureBlock::~FeatureBlock() { munmap(m_mapping, m_mappedBytes); }

void FeatureBlock::map(int descriptor) {
    m_mappedBytes = kHeaderBytes + bytes();
    m_mapping = mmap(nullptr, m_mappedBytes, PROT_READ, MAP_SHARED, descriptor, 0);
    if (m_mapping == MAP_FAILED) throw std::bad_alloc();
    m_data = reinterpret_cast<float*>(static_cast<char*>(m_mapping) + kHeaderBytes);
}

void FeatureBlock::write(std::int64_t row, const float* values, std::int64_t rows) {
    const std::size_t begin = static_cast<std::size_t>(row * m_floats) * sizeof(float),
                      size = static_cast<std::size_t>(rows * m_floats) * sizeof(float);
    if (m_inMemory)
        std::memcpy(m_data + row * m_floats, values, size);
    else
        m_file->write(begin, values, size);
}

void FeatureBlock::wasRead(std::size_t bytes) const {
    if (m_inMemory || m_read.fetch_add(bytes) + bytes < kHeldPages) return;
    m_read = 0;
    madvise(m_mapping, m_mappedBytes, MADV_DONTNEED);
}

const FeatureBlock* FeatureStore::find(int rung, FeaturePart part) const {
    const auto found = m_blocks.find({rung, part});
    return found == m_blocks.end() ? nullptr : found->second.get();
}

bool FeatureStore::holds(int rung, const std::vector<FeaturePart>& parts) const {
    return std::all_of(parts.begin(), parts.end(), [&](FeaturePart part) { return find(rung, part) != nullptr; });
}

std::vector<int> FeatureStore::rungs() const {
    std::set<int> rungs;
    for (const auto& [place, block] : m_blocks) rungs.insert(place.first);
    return {rungs.begin(), rungs.end()};
}

void FeatureStore::drop(int rung) {
    for (auto it = m_blocks.begin(); it != m_blocks.end();) it = it->first.first == rung ? m_blocks.erase(it) : std::next(it);
}

bool FeatureStore::dropAbove(int boundary) {
    const std::size_t before = m_blocks.size();
    for (auto it = m_blocks.begin(); it != m_blocks.end();) it = it->first.first > boundary ? m_blocks.erase(it) : std::next(it);
    return m_blocks.size() != before;
}

std::int64_t FeatureStore::bytesInMemory() const {
    std::int64_t sum = 0;
    for (const auto& [place, block] : m_blocks)
        if (block->inMemory()) sum += static_cast<std::int64_t>(block->bytes());
    return sum;
}

std::string featureFileKey(const std::string& stages, const std::string& pictures, const std::string& part,
                           const std::string& preprocessing, const std::string& fingerprint) {
    const std::string text =
        "thaw features 1\n" + stages + "\n" + pictures + "\n" + part + "\n" + preprocessing + "\n" + fingerprint + "\n";
    return digestOf(text.data(), text.size());
}

fs::path featureFolder(const CacheConfig& config) {
    return (config.directory.empty() ? cacheFolder() : config.directory) / "features";
}

std::int64_t clearFeatureCache(const fs::path& directory) {
    CacheConfig config;
    config.directory = directory;
    std::int64_t freed = 0;
    std::error_code ignored;
    std::vector<fs::directory_entry> files;
    for (fs::directory_iterator it(featureFolder(config), ignored), end; it != end; it.increment(ignored)) files.push_back(*it);
    for (const fs::directory_entry& file : files) {
        const std::int64_t bytes = file.is_regular_file(ignored) ? static_cast<std::int64_t>(file.file_size(ignored)) : 0;
        std::error_code error;
        fs::remove_all(file.path(), error);
        if (!error) freed += bytes;
    }
    return freed;
}

bool FeatureReader::open(const fs::path& folder, const std::string& key, std::int64_t rows, std::int64_t floats) {
    m_file = fileOf(folder, key);
    m_block.reset();
    m_digest = Digest();
    m_position = 0;
    const int descriptor = ::open(m_file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return false;
    std::string header(kHeaderBytes, '\0');
    struct stat status {};
    const std::int64_t expected =
        static_cast<std::int64_t>(kHeaderBytes) + rows * floats * static_cast<std::int64_t>(sizeof(float));
    if (fstat(descriptor, &status) == 0 && status.st_size == expected &&
        pread(descriptor, header.data(), kHeaderBytes, 0) == static_cast<ssize_t>(kHeaderBytes)) {
        const nlohmann::json json = nlohmann::json::parse(header, nullptr, /*allow_exceptions=*/false);
        const auto digest = json.is_object() ? json.find("sha256") : json.end();
        if (json.is_object() && digest != json.end() && digest->is_string()) {
            m_expected = digest->get<std::string>();
            if (header == headerText(rows, floats, m_expected))
                m_block = std::make_shared<FeatureBlock>(descriptor, rows, floats);
        }
    }
    close(descriptor);
    return m_block != nullptr;
}

bool FeatureReader::advance(const Deadline& deadline) {
    const char* data = reinterpret_cast<const char*>(m_block->row(0));
    while (m_position < m_block->bytes()) {
        const std::size_t piece = std::min(kPiece, m_block->bytes() - m_position);
        m_digest.update(data + m_position, piece);
        m_block->wasRead(piece);
        m_position += piece;
        if (deadline.passed() && m_position < m_block->bytes()) return false;
    }
    std::error_code ignored;
    if (m_digest.hex() == m_expected) {
        fs::last_write_time(m_file, fs::file_time_type::clock::now(), ignored);  // the moment of last use
    } else {
        m_block.reset();
        fs::remove(m_file, ignored);
    }
    return true;
}

FeatureWriter::FeatureWriter(const fs::path& folder, const std::string& key, std::shared_ptr<const FeatureBlock> block,
                             std::int64_t diskBudget)
    : m_block(std::move(block)),
      m_file(m_block->file() ? m_block->file() : std::make_shared<FeatureFile>(folder, key, m_block->bytes(), diskBudget)) {}

bool FeatureWriter::advance(const Deadline& deadline) {
    const char* data = reinterpret_cast<const char*>(m_block->row(0));
    while (m_position < m_block->bytes()) {
        const std::size_t piece = std::min(kPiece, m_block->bytes() - m_position);
        m_digest.update(data + m_position, piece);
        if (m_block->inMemory()) m_file->write(m_position, data + m_position, piece);
        m_block->wasRead(piece);
        m_position += piece;
        if (deadline.passed() && m_position < m_block->bytes()) return false;
    }
    m_file->finish(headerText(m_block->rows(), m_block->floats(), m_digest.hex()));
    return true;
}

}  // namespace thaw::core
