#include "core/data/stl10.h"

#include <system_error>

#include "core/api/errors.h"
#include "core/data/gzip_reader.h"
#include "core/data/picture_squares.h"
#include "core/data/unpacking.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr int kSide = 96;
constexpr std::size_t kPlane = kSide * kSide;
constexpr std::int64_t kPictureBytes = 3 * kPlane;
constexpr std::int64_t kMostPictures = 10'000;
constexpr const char* kFolder = "stl10_binary";
constexpr const char* kGetAgain = "Get STL-10 again in the data panel, or with: thaw-cli data get stl10";

fs::path picturesOf(const fs::path& folder, Split split) {
    return folder / (split == Split::Train ? "train_X.bin" : "test_X.bin");
}
fs::path labelsOf(const fs::path& folder, Split split) { return folder / (split == Split::Train ? "train_y.bin" : "test_y.bin"); }

bool isCopy(const fs::path& folder) {
    std::error_code ignored;
    return fs::exists(folder / "train_X.bin", ignored) && fs::exists(folder / "train_y.bin", ignored);
}

GzipReader opened(const fs::path& file) {
    std::error_code ignored;
    if (!fs::exists(file, ignored))
        throw DataError(file.filename().string() + " is missing from " + file.parent_path().string() + '.', kGetAgain);
    return GzipReader(file);
}

/// Label indices, one for each picture of the split.
std::vector<int> readLabelFile(const fs::path& folder, Split split) {
    const GzipReader pictures = opened(picturesOf(folder, split));
    GzipReader reader = opened(labelsOf(folder, split));
    const std::int64_t count = reader.upperBound();
    if (count < 1 || count > kMostPictures || pictures.upperBound() != count * kPictureBytes)
        throw DataError(pictures.file().string() + " has " + std::to_string(pictures.upperBound()) + " bytes; " +
                            std::to_string(count) + " labels go with " + std::to_string(count * kPictureBytes) + '.',
                        kGetAgain);
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(count));
    reader.readExactly(bytes.data(), bytes.size());
    std::vector<int> labels;
    for (const std::uint8_t label : bytes) {
        if (label < 1 || label > 10)
            throw DataError(reader.file().string() + " is damaged: picture " + std::to_string(labels.size()) + " has the label " +
                                std::to_string(label) + ", but labels are 1 to 10.",
                            kGetAgain);
        labels.push_back(label - 1);
    }
    return labels;
}

class Stl10 final : public DatasetSource {
public:
    DatasetInfo describe() const override {
        DatasetInfo info;
        info.id = "stl10";
        info.title = "STL-10";
        info.description = "13,000 colour pictures of 96 x 96 pixels in ten classes, 5,000 of them for training.";
        info.pictureKind = {kSide};
        info.classNames = {"airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck"};
        info.download.url = "https://ai.stanford.edu/~acoates/stl10/stl10_binary.tar.gz";
        info.download.bytes = 2'640'397'119;
        info.download.sha256 = "f31fd99273a1acb8609c8db427cebb1de3f71de77758cdc0e22956e1289b9866";
        info.download.fileName = "stl10_binary.tar.gz";
        info.installHint = "Get it in the data panel or with: thaw-cli data get stl10";
        return info;
    }

    fs::path find(const fs::path& place) const override {
        std::error_code ignored;
        const bool ofFile = fs::is_regular_file(place, ignored);
        if (ofFile && place.extension() != ".bin") return {};
        const fs::path folder = ofFile ? place.parent_path() : place;
        for (const fs::path& one : {folder, folder / kFolder})
            if (isCopy(one)) return one;
        return {};
    }

    std::vector<fs::path> files(const fs::path& location) const override {
        std::vector<fs::path> result;
        for (const Split split : {Split::Train, Split::Test})
            for (const fs::path& file : {picturesOf(location, split), labelsOf(location, split)}) result.push_back(file);
        return result;
    }

    DatasetLabels readLabels(const fs::path& location) const override {
        DatasetLabels labels;
        labels.classNames = describe().classNames;
        labels.train.first = readLabelFile(location, Split::Train);
        labels.test.first = readLabelFile(location, Split::Test);
        return labels;
    }

    PictureSet readPictures(const fs::path& location, Split split, const std::vector<std::int64_t>& indices, int,
                            PictureReading& reading) const override {
        const std::vector<int> labels = readLabelFile(location, split);
        const auto count = static_cast<std::int64_t>(labels.size());
        if (!indices.empty() && indices.back() >= count)
            throw DataError(location.string() + " has changed while it was read.", "Try again.");
        requireMemoryFor(indices.size(), kSide);
        GzipReader reader(picturesOf(location, split));
        PictureSet set;
        set.width = set.height = kSide;
        set.rgb.reserve(indices.size() * static_cast<std::size_t>(kPictureBytes));
        std::vector<std::uint8_t> stored(static_cast<std::size_t>(kPictureBytes));
        std::int64_t at = 0;
        for (const std::int64_t index : indices) {
            for (; at <= index; ++at) reader.readExactly(stored.data(), stored.size());
            reading.tell(at, count);
            set.labels.push_back(labels[static_cast<std::size_t>(index)]);
            for (std::size_t y = 0; y < kSide; ++y)
                for (std::size_t x = 0; x < kSide; ++x)
                    for (std::size_t channel = 0; channel < 3; ++channel)
                        set.rgb.push_back(stored[channel * kPlane + x * kSide + y]);
        }
        return set;
    }

    void install(const fs::path& file, const fs::path& folder,
                 const std::function<bool(std::int64_t, std::int64_t)>& progress) const override {
        UnpackOptions options;
        options.passOver = {"unlabeled_X.bin"};
        unpackArchive(file, folder / kFolder, options, progress);
        std::error_code ignored;
        fs::remove(file, ignored);
    }
};

}  // namespace

std::unique_ptr<DatasetSource> makeStl10() { return std::make_unique<Stl10>(); }

}  // namespace thaw::core
