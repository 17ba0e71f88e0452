// A tar archive, gzipped or plain, read as a stream. Nothing is ever written by a path that stands in it: links, devices,
// absolute and climbing paths are passed over, and only what the visitor asks for is kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace thaw::core {

struct ArchiveLimits {
    int entries = 64;
    std::int64_t unpackedBytes = 256'000'000;  ///< the whole stream, wanted or not
};

/// Reads exactly `bytes` of the present entry. Throws DataError.
using ArchiveRead = std::function<void(void* out, std::size_t bytes)>;
/// Called for each regular file with the last part of its path and its size, in archive order. It need not read.
using ArchiveVisitor = std::function<void(const std::string& name, std::int64_t size, const ArchiveRead& read)>;

/// Visits every entry up to the end, where the checksum is. Throws DataError for a damaged archive, one beyond the limits, and
/// whatever the visitor throws.
void readArchive(const std::filesystem::path& file, const ArchiveLimits& limits, const ArchiveVisitor& visitor);

/// The paths of the first regular files in a tar or zip archive, compressed in a usual way or not; at most `most`. Empty for what
/// is no archive. Nothing is unpacked. Never throws for a bad file.
std::vector<std::string> namesInArchive(const std::filesystem::path& file, std::size_t most);

}  // namespace thaw::core
