// Archives of other people unpacked into a folder of Thaw's own: whole or not at all, and never outside of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace thaw::core {

struct UnpackOptions {
    std::vector<std::string> passOver;  ///< files of these names are not unpacked
    std::int64_t mostFiles = 1'000'000;
    std::int64_t largestRatio = 200;        ///< unpacked bytes a byte of the archive ...
    std::int64_t freeBytes = 256'000'000;   ///< ... beyond these
    std::int64_t spareSpace = 512'000'000;  ///< bytes that stay free on the disk
};

/// Bytes unpacked so far, and of all where that is known, else 0; false cancels.
using UnpackProgress = std::function<bool(std::int64_t done, std::int64_t total)>;

/// Unpacks the plain files of a tar or zip archive (archive.h) into `target`, which appears under its name when all of it is
/// there; what is under that name before is replaced. A single folder around everything is left away. Links, devices, absolute
/// and climbing paths, and files that stand there twice are passed over. Throws DataError for a damaged archive and for one that
/// unpacks to more than the limits or than the disk has room for, StoreError, and Cancelled.
void unpackArchive(const std::filesystem::path& archive, const std::filesystem::path& target, const UnpackOptions& options,
                   const UnpackProgress& progress);

/// The folder in the user's cache that has what is in an archive; unpacked there at the first call, and again when the archive
/// has changed. In a ReadingScope its end is heard, and files are told. Throws as above.
std::filesystem::path unpackedInCache(const std::filesystem::path& archive);

}  // namespace thaw::core
