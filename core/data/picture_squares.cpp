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

std::size_t bytesOfSquare(int side) { return static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 3; }

}  // namespace

void requireMemoryFor(std::size_t pictures, int side) {
    const std::int64_t needed = static_cast<std::int64_t>(pictures * bytesOfSquare(side)), spare = memoryState().spare();
    if (needed <= spare) return;
    const auto megabytes = [](std::int64_t bytes) { return std::to_string(bytes / 1'000'000) + " MB"; };
    throw DataError(std::to_string(pictures) + " pictures of " + std::to_string(side) + " x " + std::to_string(side) +
                        " pixels need " + megabytes(needed) + " of memory, but only " + megabytes(spare) + " are free.",
                    "Limit the number of pictures, choose a smaller input size, or close other programs.");
}

PictureSet readSquares(const std::vector<std::string>& files, const PictureKind& kind, PictureReading& reading,
                       std::vector<std::size_t>& kept) {
    const int side = kind.side;
    const std::size_t bytes = bytesOfSquare(side);
    PictureSet set;
    set.width = set.height = side;
    set.rgb.resize(files.size() * bytes);
    std::vector<std::string> reasons(files.size());
    forEachInParallel(
        static_cast<std::int64_t>(files.size()),
        [&](std::int64_t i, const std::atomic<bool>& stop) {
            const auto at = static_cast<std::size_t>(i);
            try {
                const std::vector<std::uint8_t> square = squareOfFile(files[at], kind, DecodedSize::Full, &stop);
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

void addLabels(PictureSet& set, const std::vector<int>& labels, std::size_t classes) {
    set.labels.push_back(labels.empty() ? -1 : labels.front());
    if (classes == 0) return;
    const std::size_t begin = set.labelSets.size();
    set.labelSets.resize(begin + classes);
    for (const int label : labels) set.labelSets[begin + static_cast<std::size_t>(label)] = 1;
}

std::string folderTitle(const std::filesystem::path& folder, const std::string& kind) {
    std::error_code ignored;
    const std::filesystem::path path = std::filesystem::absolute(folder, ignored).lexically_normal();
    return (path.has_filename() ? path : path.parent_path()).filename().string() + " (" + kind + ')';
}

}  // namespace thaw::core
