// Archives that are read where they lie: tar as a stream, zip by its directory. Nothing is ever written by a path that stands in
// one: links, devices, absolute and climbing paths are passed over, and only what the visitor asks for is kept.
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
/// Called for each regular file with the last part of its path and its size (bytes), in archive order. It need not read.
using ArchiveVisitor = std::function<void(const std::string& name, std::int64_t size, const ArchiveRead& read)>;

/// A tar archive, gzipped or plain: visits every entry up to the end, where the checksum is. Throws DataError for a damaged
/// archive, one beyond the limits, and whatever the visitor throws.
void readArchive(const std::filesystem::path& file, const ArchiveLimits& limits, const ArchiveVisitor& visitor);

/// A zip archive: the names are whole paths. What the visitor does not read is skipped without being unpacked; the checksum of a
/// file that is read to its end is verified. Throws as above, also for a file that claims more than its bytes could unpack to.
void readZip(const std::filesystem::path& file, const ArchiveVisitor& visitor);

/// A zip archive, or a tar archive that is plain or compressed by gzip, bzip2 or xz, told by its content: as readZip().
void readAnyArchive(const std::filesystem::path& file, const ArchiveVisitor& visitor);

/// The paths of the first regular files in a tar or zip archive, compressed in a usual way or not; at most `most`. Empty for what
/// is no archive. Nothing is unpacked. Never throws for a bad file.
std::vector<std::string> namesInArchive(const std::filesystem::path& file, std::size_t most);

}  // namespace thaw::core
