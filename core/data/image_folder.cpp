#include "core/data/image_folder.h"

#include <system_error>
#include <utility>

#include "core/api/errors.h"
#include "core/data/folder_layout.h"
#include "core/data/folder_plan.h"
#include "core/data/picture_squares.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr int kLeastSide = 64;
constexpr std::int64_t kFewEntries = 1'000'000;

DatasetLabels labelsOf(FolderLayout layout, const fs::path& location) {
    DatasetLabels labels;
    labels.train = labelsOf(std::move(layout.train));
    labels.test = labelsOf(std::move(layout.test));
    labels.validation = labelsOf(std::move(layout.validation));
    labels.classNames = std::move(layout.classNames);
    labels.notes = std::move(layout.notes);
    labels.splitNote = std::move(layout.splitNote);
    labels.leftOut = std::move(layout.leftOut);
    labels.toPredict = std::move(layout.toPredict);
    labels.unreadable = std::move(layout.unreadable);
    labels.title = folderTitle(location, "a folder of pictures");
    return labels;
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

    DatasetLabels readLabels(const fs::path& location) const override { return labelsOf(readFolderLayout(location), location); }

    DatasetLabels survey(const fs::path& location) const override {
        return labelsOf(readFolderLayout(location, FolderUse::Survey), location);
    }
};

}  // namespace

std::unique_ptr<DatasetSource> makeImageFolder() { return std::make_unique<ImageFolder>(); }

}  // namespace thaw::core
