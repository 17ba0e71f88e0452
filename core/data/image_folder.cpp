#include "core/data/image_folder.h"

#include <algorithm>
#include <system_error>

#include "core/api/errors.h"
#include "core/data/folder_layout.h"
#include "core/data/folder_plan.h"
#include "core/data/picture_file.h"
#include "core/data/picture_format.h"
#include "core/util/memory.h"
#include "core/util/parallel.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr int kLeastSide = 64;
constexpr std::int64_t kFewEntries = 1'000'000;

std::vector<int> labelsOf(const std::vector<FolderPicture>& pictures) {
    std::vector<int> labels;
    labels.reserve(pictures.size());
    for (const FolderPicture& picture : pictures) labels.push_back(picture.label);
    return labels;
}

void requireMemory(std::size_t pictures, std::size_t bytesEach, int side) {
    const std::int64_t needed = static_cast<std::int64_t>(pictures * bytesEach), spare = memoryState().spare();
    if (needed <= spare) return;
    const auto megabytes = [](std::int64_t bytes) { return std::to_string(bytes / 1'000'000) + " MB"; };
    throw DataError(std::to_string(pictures) + " pictures of " + std::to_string(side) + " x " + std::to_string(side) +
                        " pixels need " + megabytes(needed) + " of memory, but only " + megabytes(spare) + " are free.",
                    "Limit the number of pictures, choose a smaller input size, or close other programs.");
}

/// Closes the gaps of pictures that have a reason.
void dropUnread(PictureSet& set, const std::vector<std::string>& reasons, std::size_t bytesEach) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < reasons.size(); ++i) {
        if (!reasons[i].empty()) continue;
        if (kept != i)
            std::copy_n(set.rgb.begin() + static_cast<std::ptrdiff_t>(i * bytesEach), bytesEach,
                        set.rgb.begin() + static_cast<std::ptrdiff_t>(kept * bytesEach));
        set.labels[kept++] = set.labels[i];
    }
    set.labels.resize(kept);
    set.rgb.resize(kept * bytesEach);
}

class ImageFolder final : public DatasetSource {
public:
    DatasetInfo describe() const override {
        DatasetInfo info;
        info.id = "folder";
        info.title = "Folder of pictures";
        info.description =
            "Your own pictures, one folder for each class. Each becomes a square of 64 x 64 pixels, or as large as the network's "
            "input.";
        info.pictureKind = {kLeastSide, /*grey=*/false, /*anySize=*/true};
        info.installHint = "Choose a folder that has a folder of pictures for each class";
        return info;
    }

    fs::path find(const fs::path& place) const override {
        std::error_code ignored;
        return fs::is_directory(place, ignored) && isFolderPlan(place) ? place : fs::path();
    }

    bool hasOwnNames() const override { return false; }

    void explain(const fs::path& place) const override {
        std::error_code ignored;
        if (fs::is_directory(place, ignored) && FolderScout(kFewEntries).holdsPictures(place)) planFolders(place);
    }

    std::vector<fs::path> files(const fs::path& location) const override {
        const FolderLayout layout = readFolderLayout(location);
        std::vector<fs::path> result;
        for (const auto* pictures : {&layout.train, &layout.validation, &layout.test})
            for (const FolderPicture& picture : *pictures) result.push_back(picture.file);
        for (const LeftOutFile& left : layout.leftOut) result.push_back(left.file);
        return result;
    }

    DatasetLabels readLabels(const fs::path& location) const override {
        FolderLayout layout = readFolderLayout(location);
        DatasetLabels labels;
        labels.train = labelsOf(layout.train);
        labels.test = labelsOf(layout.test);
        labels.validation = labelsOf(layout.validation);
        labels.classNames = std::move(layout.classNames);
        labels.notes = std::move(layout.notes);
        labels.leftOut = std::move(layout.leftOut);
        labels.unreadable = std::move(layout.unreadable);
        std::error_code ignored;
        const fs::path path = fs::absolute(location, ignored).lexically_normal();
        labels.title = (path.has_filename() ? path : path.parent_path()).filename().string() + " (a folder of pictures)";
        return labels;
    }

    PictureSet readPictures(const fs::path& location, Split split, const std::vector<std::int64_t>& indices, int side,
                            PictureReading& reading) const override {
        const FolderLayout layout = readFolderLayout(location);
        const std::vector<FolderPicture>& entries = split == Split::Train  ? layout.train
                                                    : split == Split::Test ? layout.test
                                                                           : layout.validation;
        if (!indices.empty() && indices.back() >= static_cast<std::int64_t>(entries.size()))
            throw DataError(location.string() + " has changed while it was read.", "Try again.");

        PictureSet set;
        set.width = set.height = side;
        const std::size_t bytes = static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 3;
        requireMemory(indices.size(), bytes, side);
        set.rgb.resize(indices.size() * bytes);
        for (const std::int64_t index : indices) set.labels.push_back(entries[static_cast<std::size_t>(index)].label);

        std::vector<std::string> reasons(indices.size());
        forEachInParallel(
            static_cast<std::int64_t>(indices.size()),
            [&](std::int64_t i, const std::atomic<bool>& stop) {
                const auto at = static_cast<std::size_t>(i);
                try {
                    const std::vector<std::uint8_t> square =
                        squareOfFile(entries[static_cast<std::size_t>(indices[at])].file, {side}, &stop);
                    std::copy(square.begin(), square.end(), set.rgb.begin() + static_cast<std::ptrdiff_t>(at * bytes));
                } catch (const DataError& error) {
                    reasons[at] = error.what();
                }
            },
            reading.progress);
        dropUnread(set, reasons, bytes);
        for (std::size_t i = 0; i < reasons.size(); ++i)
            if (!reasons[i].empty()) reading.leftOut.push_back({entries[static_cast<std::size_t>(indices[i])].file, reasons[i]});
        return set;
    }
};

}  // namespace

std::unique_ptr<DatasetSource> makeImageFolder() { return std::make_unique<ImageFolder>(); }

}  // namespace thaw::core
