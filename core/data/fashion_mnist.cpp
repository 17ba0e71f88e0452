#include "core/data/fashion_mnist.h"

#include <algorithm>
#include <system_error>

#include "core/api/errors.h"
#include "core/data/idx_dataset.h"
#include "core/data/idx_file.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr int kSide = 28;
constexpr int kClasses = 10;
constexpr const char* kInstall = "Install Debian's package dataset-fashion-mnist.";

std::string imagesName(Split split) { return split == Split::Train ? "train-images-idx3-ubyte" : "t10k-images-idx3-ubyte"; }
std::string labelsName(Split split) { return split == Split::Train ? "train-labels-idx1-ubyte" : "t10k-labels-idx1-ubyte"; }

// The gzipped or plain file of that name; empty when there is neither.
fs::path findFile(const fs::path& folder, const std::string& name) {
    for (const std::string& ending : {std::string(".gz"), std::string()}) {
        std::error_code error;
        const fs::path file = folder / (name + ending);
        if (fs::exists(file, error)) return file;
        if (error)
            throw DataError("Cannot read " + file.string() + ": " + error.message() + '.', "Change the folder's permissions.");
    }
    return {};
}

IdxPair pairOf(const fs::path& folder, Split split) {
    IdxPair pair{findFile(folder, imagesName(split)), findFile(folder, labelsName(split)), kInstall};
    for (const auto& [file, name] : {std::pair(pair.images, imagesName(split)), std::pair(pair.labels, labelsName(split))})
        if (file.empty()) throw DataError(name + ".gz is missing from " + folder.string() + '.', kInstall);
    return pair;
}

std::vector<int> labelsOf(const IdxPair& pair) {
    const std::vector<std::uint8_t> labels = readIdxLabels(pair);
    const auto bad = std::find_if(labels.begin(), labels.end(), [](std::uint8_t label) { return label >= kClasses; });
    if (bad != labels.end())
        throw DataError(pair.labels.string() + " is damaged: entry " + std::to_string(bad - labels.begin()) + " has the label " +
                            std::to_string(*bad) + ", but labels end at 9.",
                        kInstall);
    if (areMnistsDigits(labels))
        throw DataError(pair.labels.parent_path().string() + " holds MNIST's handwritten digits, not Fashion-MNIST.", kInstall);
    return {labels.begin(), labels.end()};
}

class FashionMnist final : public DatasetSource {
public:
    DatasetInfo describe() const override {
        DatasetInfo info;
        info.id = "fashion-mnist";
        info.title = "Fashion-MNIST";
        info.description =
            "70,000 grey pictures of clothes, 28 x 28 pixels in ten classes. It stands in for CIFAR-10: accuracies "
            "cannot be compared with the lesson's.";
        info.pictureKind = {kSide, /*grey=*/true};
        info.substitute = true;
        info.classNames = {"T-shirt/top", "trouser", "pullover", "dress", "coat",
                           "sandal",      "shirt",   "sneaker",  "bag",   "ankle boot"};
        info.installHint = "Install Debian's package: sudo apt install dataset-fashion-mnist";
        return info;
    }

    fs::path find(const fs::path& place) const override {
        std::error_code ignored;
        const fs::path base = fs::is_regular_file(place, ignored) && place.filename().string().find("-idx") != std::string::npos
                                  ? place.parent_path()
                                  : place;
        for (const char* below : {"", "fashion-mnist", "FashionMNIST/raw"}) {
            const fs::path folder = *below ? base / below : base;
            if (isOfOtherDigits(folder)) continue;
            for (const Split split : {Split::Train, Split::Test})
                for (const std::string& name : {imagesName(split), labelsName(split)})
                    if (fs::exists(folder / name, ignored) || fs::exists(folder / (name + ".gz"), ignored)) return folder;
        }
        return {};
    }

    std::vector<fs::path> files(const fs::path& location) const override {
        std::vector<fs::path> result;
        for (const Split split : {Split::Train, Split::Test})
            for (const std::string& name : {imagesName(split), labelsName(split)}) result.push_back(findFile(location, name));
        return result;
    }

    DatasetLabels readLabels(const fs::path& location) const override {
        DatasetLabels labels;
        labels.classNames = describe().classNames;
        labels.train.first = labelsOf(pairOf(location, Split::Train));
        labels.test.first = labelsOf(pairOf(location, Split::Test));
        for (const Split split : {Split::Train, Split::Test}) {
            const IdxPair pair = pairOf(location, split);
            if (const int side = readIdxSide(pair, static_cast<std::int64_t>(labels.of(split).count())); side != kSide)
                throw DataError(pair.images.string() + " has pictures with a side of " + std::to_string(side) +
                                    " pixels; Fashion-MNIST has 28.",
                                kInstall);
        }
        return labels;
    }

    PictureSet readPictures(const fs::path& location, Split split, const std::vector<std::int64_t>& indices, int,
                            PictureReading& reading) const override {
        const IdxPair pair = pairOf(location, split);
        const std::vector<int> labels = labelsOf(pair);
        PictureSet set =
            readIdxPictures(pair, static_cast<std::int64_t>(labels.size()), kSide, /*byColumns=*/false, indices, reading);
        for (const std::int64_t index : indices) set.labels.push_back(labels[static_cast<std::size_t>(index)]);
        return set;
    }
};

}  // namespace

std::unique_ptr<DatasetSource> makeFashionMnist() { return std::make_unique<FashionMnist>(); }

}  // namespace thaw::core
