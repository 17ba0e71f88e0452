#include "core/data/picture_archive.h"

#include <algorithm>
#include <string>
#include <system_error>

#include "core/api/errors.h"
#include "core/data/archive.h"
#include "core/data/foreign_files.h"
#include "core/data/picture_format.h"
#include "core/data/picture_squares.h"
#include "core/data/unpacking.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr int kLeastSide = 64;
constexpr std::size_t kNamesLookedAt = 300;
constexpr const char* kId = "archive";

/// What an unpacked archive is read by.
struct Unpacked {
    fs::path root, location;
    const DatasetSource* source = nullptr;
};

std::string replaceAll(std::string text, const std::string& old, const std::string& by) {
    for (std::size_t at = text.find(old); at != std::string::npos; at = text.find(old, at + by.size()))
        text.replace(at, old.size(), by);
    return text;
}

Unpacked contentsOf(const fs::path& root, const fs::path& location) {
    for (const auto& source : datasetSources())
        if (const fs::path found = source->describe().id == kId ? fs::path() : source->find(root); !found.empty())
            return {root, found, source.get()};
    for (const auto& source : datasetSources()) source->explain(root);
    throw otherArchive(location);
}

void rename(std::vector<LeftOutFile>& files, const Unpacked& unpacked, const fs::path& location) {
    for (LeftOutFile& left : files) left.file = replaceAll(left.file.string(), unpacked.root.string(), location.string());
}

/// work(unpacked), whose errors name the archive.
template <typename Work>
auto inside(const fs::path& location, const Work& work) {
    fs::path root;
    try {
        root = unpackedInCache(location);
    } catch (const StoreError& error) {
        throw DataError(location.string() + " cannot be unpacked. " + error.what(), error.hint());
    }
    try {
        return work(contentsOf(root, location));
    } catch (const DataError& error) {
        throw DataError(replaceAll(error.what(), root.string(), location.string()),
                        replaceAll(error.hint(), root.string(), location.string()));
    }
}

class PictureArchive final : public DatasetSource {
public:
    DatasetInfo describe() const override {
        DatasetInfo info;
        info.id = kId;
        info.title = "Archive of pictures";
        info.description =
            "Your own pictures in a zip or tar archive, one folder for each class. It is unpacked once. Each picture becomes a "
            "square of 64 x 64 pixels, or as large as the network's input.";
        info.pictureKind = {kLeastSide, /*grey=*/false, /*anySize=*/true};
        info.installHint = "Choose a zip or tar archive that has a folder of pictures for each class";
        return info;
    }

    fs::path find(const fs::path& place) const override {
        std::error_code ignored;
        if (!fs::is_regular_file(place, ignored)) return {};
        const std::vector<std::string> names = namesInArchive(place, kNamesLookedAt);
        return std::any_of(names.begin(), names.end(), [](const std::string& name) { return isPictureName(name); }) ? place
                                                                                                                    : fs::path();
    }

    bool hasOwnNames() const override { return false; }
    std::vector<fs::path> files(const fs::path& location) const override { return {location}; }

    DatasetLabels readLabels(const fs::path& location) const override {
        return inside(location, [&](const Unpacked& unpacked) {
            DatasetLabels labels = unpacked.source->readLabels(unpacked.location);
            if (!labels.pictureKind) labels.pictureKind = unpacked.source->describe().pictureKind;
            for (std::string& note : labels.notes) note = replaceAll(note, unpacked.root.string(), location.string());
            labels.splitNote = replaceAll(labels.splitNote, unpacked.root.string(), location.string());
            for (std::vector<LeftOutFile>* list : {&labels.leftOut, &labels.unreadable}) rename(*list, unpacked, location);
            labels.title = folderTitle(location, "an archive of pictures");
            return labels;
        });
    }
};

}  // namespace

std::unique_ptr<DatasetSource> makePictureArchive() { return std::make_unique<PictureArchive>(); }

}  // namespace thaw::core
