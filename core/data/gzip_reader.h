// A file read in order, gzipped or plain: told by its content. The checksum of gzipped data is verified.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

struct gzFile_s;

namespace thaw::core {

class GzipReader {
public:
    static constexpr std::int64_t kLargestRatio = 1032;  ///< that deflate can reach, https://zlib.net/zlib_tech.html

    /// Throws DataError naming the file.
    explicit GzipReader(const std::filesystem::path& file);
    ~GzipReader();
    GzipReader(const GzipReader&) = delete;
    GzipReader& operator=(const GzipReader&) = delete;

    /// Up to `bytes`; fewer only at the end. Throws DataError for damaged or cut-off data.
    std::size_t read(void* out, std::size_t bytes);
    /// Exactly `bytes`, or a DataError that says that the file ends too early.
    void readExactly(void* out, std::size_t bytes);
    /// Reads on to the end, where the checksum is, and returns how many bytes there were; at most `limit`, else DataError.
    std::int64_t drain(std::int64_t limit);

    /// No more than this can come out of the file: its size, times what deflate can reach when it is compressed.
    std::int64_t upperBound() const { return m_upperBound; }
    const std::filesystem::path& file() const { return m_file; }

private:
    std::filesystem::path m_file;
    gzFile_s* m_handle = nullptr;
    std::int64_t m_upperBound = 0;
};

}  // namespace thaw::core
