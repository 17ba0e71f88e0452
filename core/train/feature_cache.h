// Outputs of frozen stages: in memory while a run reads them, on disk for the next run. A file holds one rung of one part; its
// name is a digest of everything that the features depend on, its contents are checked by a digest of their own. Not thread-safe.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "core/api/config.h"
#include "core/api/dataset_info.h"
#include "core/train/deadline.h"
#include "core/util/hash.h"

namespace thaw::core {

/// What features are made of: the test pictures, or a variant (picture_change.h) of the training pictures.
struct FeaturePart {
    bool test = false;
    int variant = 0;
    bool operator<(const FeaturePart& other) const { return std::tie(test, variant) < std::tie(other.test, other.variant); }
    bool operator==(const FeaturePart& other) const { return test == other.test && variant == other.variant; }
};
constexpr FeaturePart kTestPart{true, 0}, kTrainPart{false, 0};

/// Of pictures as they are.
inline FeaturePart featurePartOf(Split split) { return split == Split::Train ? kTrainPart : kTestPart; }

/// The parts that a run caches.
std::vector<FeaturePart> featureParts(const AugmentationConfig& augmentation);
/// What a part is, for keys.
std::string partKey(FeaturePart part, const AugmentationConfig& augmentation, std::uint64_t seed);

/// A file in the making, under a temporary name: removed unless it is finished.
class FeatureFile {
public:
    /// Room for `bytes` of features behind the header. Files used longest ago go where the budget asks for it. Throws StoreError
    /// where the budget or the disk is too small.
    FeatureFile(const std::filesystem::path& folder, const std::string& key, std::size_t bytes, std::int64_t diskBudget);
    ~FeatureFile();
    FeatureFile(const FeatureFile&) = delete;
    FeatureFile& operator=(const FeatureFile&) = delete;
    int descriptor() const { return m_descriptor; }
    void write(std::size_t position, const void* data, std::size_t bytes);  ///< features. Throws StoreError
    void finish(const std::string& header);                                 ///< gives it its name. Throws StoreError

private:
    std::filesystem::path m_file, m_temporary;
    int m_descriptor = -1;
};

/// One rung and part: rows of `floats` numbers each, in memory, which is given back to the system when it goes, or in a file. A
/// file's pages belong to the system's cache: it takes those back that it needs, and the process holds few of them at a time.
class FeatureBlock {
public:
    /// Zeroed memory. Throws std::bad_alloc.
    FeatureBlock(std::int64_t rows, std::int64_t floats);
    /// A file to be filled.
    FeatureBlock(std::shared_ptr<FeatureFile> file, std::int64_t rows, std::int64_t floats);
    /// A file that is there.
    FeatureBlock(int descriptor, std::int64_t rows, std::int64_t floats);
    ~FeatureBlock();
    FeatureBlock(const FeatureBlock&) = delete;
    FeatureBlock& operator=(const FeatureBlock&) = delete;

    std::int64_t rows() const { return m_rows; }
    std::int64_t floats() const { return m_floats; }
    std::size_t bytes() const { return static_cast<std::size_t>(m_rows * m_floats) * sizeof(float); }
    bool inMemory() const { return m_inMemory; }
    const std::shared_ptr<FeatureFile>& file() const { return m_file; }  ///< that was to be filled; null for others
    const float* row(std::int64_t index) const { return m_data + index * m_floats; }
    /// Throws StoreError where a file cannot take it.
    void write(std::int64_t row, const float* values, std::int64_t rows);
    /// So many bytes were read: from time to time a file's pages leave the process. Thread-safe beside readers.
    void wasRead(std::size_t bytes) const;

private:
    void map(int descriptor);

    std::int64_t m_rows, m_floats;
    bool m_inMemory = false;
    std::shared_ptr<FeatureFile> m_file;
    void* m_mapping = nullptr;
    std::size_t m_mappedBytes = 0;
    float* m_data = nullptr;
    mutable std::atomic<std::size_t> m_read{0};
};

/// The rungs that are complete.
class FeatureStore {
public:
    void put(int rung, FeaturePart part, std::shared_ptr<FeatureBlock> block) { m_blocks[{rung, part}] = std::move(block); }
    const FeatureBlock* find(int rung, FeaturePart part) const;
    bool holds(int rung, const std::vector<FeaturePart>& parts) const;
    std::vector<int> rungs() const;  ///< of any part, lowest first
    void drop(int rung);
    /// Features above a stage that trains are out of date. Returns whether anything went.
    bool dropAbove(int boundary);
    std::int64_t bytesInMemory() const;

private:
    std::map<std::pair<int, FeaturePart>, std::shared_ptr<FeatureBlock>> m_blocks;
};

/// The name of a file: of the digests of the stages below and of the pictures, what is done to those first, and who computes.
std::string featureFileKey(const std::string& stages, const std::string& pictures, const std::string& part,
                           const std::string& preprocessing, const std::string& fingerprint);

/// Where files lie: `config`'s folder or the user's cache folder, below it "features".
std::filesystem::path featureFolder(const CacheConfig& config);

/// Reads a file in slices: open() says whether there is one of the right size, advance() checks its digest.
class FeatureReader {
public:
    bool open(const std::filesystem::path& folder, const std::string& key, std::int64_t rows, std::int64_t floats);
    /// True when the whole was looked at; block() then is what was read, or null where the digest was wrong (the file is
    /// removed).
    bool advance(const Deadline& deadline);
    std::shared_ptr<FeatureBlock> block() const { return m_block; }
    std::size_t bytesDone() const { return m_position; }

private:
    std::filesystem::path m_file;
    std::shared_ptr<FeatureBlock> m_block;
    std::string m_expected;
    Digest m_digest;
    std::size_t m_position = 0;
};

/// Keeps a block on disk, in slices: writes what is in memory, and finishes the file of what is not. Torn files cannot be read
/// back: no fsync.
class FeatureWriter {
public:
    /// Throws as FeatureFile.
    FeatureWriter(const std::filesystem::path& folder, const std::string& key, std::shared_ptr<const FeatureBlock> block,
                  std::int64_t diskBudget);
    /// True when the file is in place. Throws StoreError.
    bool advance(const Deadline& deadline);
    std::size_t bytesDone() const { return m_position; }

private:
    std::shared_ptr<const FeatureBlock> m_block;
    std::shared_ptr<FeatureFile> m_file;
    Digest m_digest;
    std::size_t m_position = 0;
};

}  // namespace thaw::core
