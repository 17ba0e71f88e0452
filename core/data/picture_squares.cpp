#include "core/data/picture_squares.h"

#include <algorithm>
#include <atomic>
#include <string>
#include <system_error>

#include "core/data/picture_file.h"
#include "core/util/memory.h"
#include "core/util/parallel.h"

namespace thaw::core {
namespace {

void requireMemory(std::size_t pictures, std::size_t bytesEach, int side) {
    const std::int64_t needed = static_cast<std::int64_t>(pictures * bytesEach), spare = memoryState().spare();
    if (needed <= spare) return;
    const auto megabytes = [](std::int64_t bytes) { return std::to_string(bytes / 1'000'000) + " MB"; };
    throw DataError(std::to_string(pictures) + " pictures of " + std::to_string(side) + " x " + std::to_string(side) +
                        " pixels need " + megabytes(needed) + " of memory, but only " + megabytes(spare) + " are free.",
                    "Limit the number of pictures, choose a smaller input size, or close other programs.");
}

}  // namespace

PictureSet readSquares(const std::vector<std::filesystem::path>& files, int side, PictureReading& reading,
                       std::vector<std::size_t>& kept) {
    const std::size_t bytes = static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 3;
    requireMemory(files.size(), bytes, side);
    PictureSet set;
    set.width = set.height = side;
    set.rgb.resize(files.size() * bytes);
    std::vector<std::string> reasons(files.size());
    forEachInParallel(
        static_cast<std::int64_t>(files.size()),
        [&](std::int64_t i, const std::atomic<bool>& stop) {
            const auto at = static_cast<std::size_t>(i);
            try {
                const std::vector<std::uint8_t> square = squareOfFile(files[at], {side}, &stop);
                std::copy(square.begin(), square.end(), set.rgb.begin() + static_cast<std::ptrdiff_t>(at * bytes));
            } catch (const DataError& error) {
                reasons[at] = error.what();
            }
        },
        reading.progress);
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (!reasons[i].empty()) {
            reading.leftOut.push_back({files[i], reasons[i]});
            continue;
        }
        if (kept.size() != i)
            std::copy_n(set.rgb.begin() + static_cast<std::ptrdiff_t>(i * bytes), bytes,
                        set.rgb.begin() + static_cast<std::ptrdiff_t>(kept.size() * bytes));
        kept.push_back(i);
    }
    set.rgb.resize(kept.size() * bytes);
    return set;
}

std::string folderTitle(const std::filesystem::path& folder, const std::string& kind) {
    std::error_code ignored;
    const std::filesystem::path path = std::filesystem::absolute(folder, ignored).lexically_normal();
    return (path.has_filename() ? path : path.parent_path()).filename().string() + " (" + kind + ')';
}

}  // namespace thaw::core
