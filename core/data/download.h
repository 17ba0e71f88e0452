// The one downloader: data sets and weights come through it.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>

#include "core/api/dataset_info.h"

namespace thaw::core {

struct DownloadOptions {
    std::chrono::milliseconds connectTimeout{20'000};
    std::chrono::milliseconds stallTimeout{30'000};  ///< gives a connection up after this long without a byte
    std::chrono::milliseconds retryDelay{500};       ///< before the first new try; doubled for each further one
    int triesWithoutProgress = 4;                    ///< connections in a row that bring nothing before it fails
    std::chrono::milliseconds giveUpAfter{0};  ///< fails after this long without a byte, whatever the limits above; 0: never
    int maxTries = 200;                        ///< connections in all
    int maxRedirects = 5;
    std::int64_t maxBytes = 8'000'000'000;  ///< for a source whose size is unknown
};

/// Fetches `source` into `folder` under source.fileName and returns the file's path. A file that is there and has the right
/// digest is returned at once; one with a wrong digest is replaced.
///
/// - Received bytes go to "<name>.part" with "<name>.part.json" beside it (url, ETag or date). A later call continues there
///   by Range and If-Range; a server that has changed the file, ignores Range or answers 416 makes it start again.
/// - Size and digest (sha256, else md5) are checked before the rename: a wrong file is never installed. A part that turns out
///   wrong is deleted.
/// - Only https; plain http only to this computer (127.0.0.1, localhost, [::1]) or through THAW_MIRROR. The environment variable
///   THAW_MIRROR, when set, is the address of a folder that has the same files (a school's own server): for sources with a digest
///   "<THAW_MIRROR>/<fileName>" is fetched instead of the url.
/// - `progress` may be empty; it is called at least four times a second, from this thread, and may throw. false cancels.
///
/// Blocking. Throws NetworkError (with a hint), StoreError (folder, disk full, another process at the same file), Cancelled.
/// After any of them the part stays for resumption.
std::filesystem::path download(const DownloadSource& source, const std::filesystem::path& folder,
                               const ProgressCallback& progress, const DownloadOptions& options = {});

}  // namespace thaw::core
