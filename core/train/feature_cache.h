// Outputs of frozen stages: in memory while a run reads them, on disk for the next run. A file holds one rung of one part; its name
// is a digest of everything that the features depend on, its contents are checked by a digest of their own. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/api/config.h"
#include "core/train/deadline.h"
#include "core/util/hash.h"

namespace thaw::core {

/// What features are made of: the training pictures, the same flipped, the test pictures.
enum class FeaturePart { Train, TrainFlipped, Test };
std::string toString(FeaturePart part);

/// The parts that a run caches.
std::vector<FeaturePart> featureParts(const AugmentationConfig& augmentation);

/// Memory of one rung and part: rows of `floats` numbers each. Given back to the system when it goes.
class FeatureBlock {
public:
    /// Zeroed pages. Throws std::bad_alloc.
    FeatureBlock(std::int64_t rows, std::int64_t floats);
    /// A file's pages behind its header, mapped for reading.
    FeatureBlock(int descriptor, std::int64_t rows, std::int64_t floats);
    ~FeatureBlock();
    FeatureBlock(const FeatureBlock&) = delete;
    FeatureBlock& operator=(const FeatureBlock&) = delete;

    std::int64_t rows() const { return m_rows; }
    std::int64_t floats() const { return m_floats; }
    std::size_t bytes() const { return static_cast<std::size_t>(m_rows * m_floats) * sizeof(float); }
    const float* row(std::int64_t index) const { return m_data + index * m_floats; }
    float* writableRow(std::int64_t index) { return m_data + index * m_floats; }

private:
    std::int64_t m_rows, m_floats;
    void* m_mapping = nullptr;
    std::size_t m_mappedBytes = 0;
    float* m_data = nullptr;
};

/// The rungs that are complete in memory.
class FeatureStore {
public:
    void put(int rung, FeaturePart part, std::shared_ptr<FeatureBlock> block) { m_blocks[{rung, part}] = std::move(block); }
    const FeatureBlock* find(int rung, FeaturePart part) const;
    bool holds(int rung, const std::vector<FeaturePart>& parts) const;
    std::vector<int> rungs() const;  ///< of any part, lowest first
    void drop(int rung);
    /// Features above a stage that trains are out of date. Returns whether anything went.
    bool dropAbove(int boundary);
    std::int64_t bytes() const;

private:
    std::map<std::pair<int, FeaturePart>, std::shared_ptr<FeatureBlock>> m_blocks;
};

/// Where files lie: `config`'s folder or the user's cache folder, below it "features".
std::filesystem::path featureFolder(const CacheConfig& config);

/// Reads a file in slices: open() says whether there is one of the right size, advance() checks its digest.
class FeatureReader {
public:
    bool open(const std::filesystem::path& folder, const std::string& key, std::int64_t rows, std::int64_t floats);
    /// True when the whole was looked at; block() then is what was read, or null where the digest was wrong (the file is removed).
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

/// Writes a file in slices under a temporary name and renames it when it is whole. Torn files cannot be read back: no fsync.
class FeatureWriter {
public:
    /// Makes room first: files used longest ago go. Throws StoreError where the budget or the disk is too small.
    FeatureWriter(const std::filesystem::path& folder, const std::string& key, std::shared_ptr<const FeatureBlock> block,
                  std::int64_t diskBudget);
    ~FeatureWriter();
    FeatureWriter(const FeatureWriter&) = delete;
    FeatureWriter& operator=(const FeatureWriter&) = delete;
    /// True when the file is in place. Throws StoreError.
    bool advance(const Deadline& deadline);
    std::size_t bytesDone() const { return m_position; }

private:
    std::filesystem::path m_file, m_temporary;
    std::shared_ptr<const FeatureBlock> m_block;
    Digest m_digest;
    int m_descriptor = -1;
    std::size_t m_position = 0;
};

}  // namespace thaw::core
