#include "core/data/split_pictures.h"

#include <algorithm>
#include <atomic>

#include "core/data/picture_files.h"
#include "core/data/picture_squares.h"
#include "core/util/memory.h"

namespace thaw::core {
namespace {

std::atomic<std::int64_t>& mostBytesInMemory() {
    static std::atomic<std::int64_t> bytes{kMostBytesInMemory};
    return bytes;
}

void addLabelsAt(PictureSet& set, const SplitLabels& labels, std::size_t classes, std::size_t at) {
    if (labels.sets.empty())
        addLabels(set, {labels.first[at]}, /*classes=*/0);
    else
        addLabels(set, labels.sets[at], classes);
}

}  // namespace

void setMostBytesInMemory(std::int64_t bytes) { mostBytesInMemory() = bytes; }

PictureSet readSplitPictures(const std::filesystem::path& location, const SplitLabels& labels, std::size_t classes,
                             const std::vector<std::int64_t>& indices, const PictureKind& kind, PictureReading& reading) {
    std::vector<std::string> files;
    files.reserve(indices.size());
    for (const std::int64_t index : indices) files.push_back(labels.files[static_cast<std::size_t>(index)]);
    const std::int64_t bytes = std::int64_t{3} * kind.side * kind.side * static_cast<std::int64_t>(indices.size());
    if (bytes <= std::min(mostBytesInMemory().load(), memoryState().spare())) {
        std::vector<std::size_t> kept;
        PictureSet set = readSquares(files, kind, reading, kept);
        for (const std::size_t i : kept) addLabelsAt(set, labels, classes, static_cast<std::size_t>(indices[i]));
        return set;
    }
    PictureSet set;
    set.width = set.height = kind.side;
    for (const std::int64_t index : indices) addLabelsAt(set, labels, classes, static_cast<std::size_t>(index));
    readOnDemand(set, location, std::move(files), kind, reading);
    return set;
}

}  // namespace thaw::core
