#include "core/data/fashion_mnist.h"

#include <algorithm>
#include <array>
#include <system_error>

#include "core/api/errors.h"
#include "core/data/gzip_reader.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr int kSide = 28;
constexpr int kPixels = kSide * kSide;
constexpr int kClasses = 10;
constexpr std::int64_t kMaxPictures = 1'000'000;
constexpr std::int64_t kTellEvery = 500;
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

fs::path requireFile(const fs::path& folder, const std::string& name) {
    const fs::path file = findFile(folder, name);
    if (file.empty()) throw DataError(name + ".gz is missing from " + folder.string() + '.', kInstall);
    return file;
}

std::int64_t readNumber(GzipReader& reader) {
    std::array<std::uint8_t, 4> bytes{};
    reader.readExactly(bytes.data(), bytes.size());
    return (std::int64_t{bytes[0]} << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3];
}

// Reads the header and returns the first dimension; the others must be 28, and the file big enough for what it claims.
std::int64_t readHeader(GzipReader& reader, int dimensions) {
    const std::string name = reader.file().string();
    if (readNumber(reader) != 0x0800 + dimensions)
        throw DataError(name + " is not an IDX file of " + (dimensions == 1 ? "labels." : "pictures."), kInstall);
    const std::int64_t count = readNumber(reader);
    const std::int64_t headerBytes = 4 * (1 + dimensions);
    std::int64_t bytes = count;
    for (int i = 1; i < dimensions; ++i) {
        const std::int64_t side = readNumber(reader);
        if (side != kSide)
            throw DataError(name + " has pictures with a side of " + std::to_string(side) + " pixels; Fashion-MNIST has 28.",
                            kInstall);
        bytes *= side;
    }
    if (count < 1 || count > kMaxPictures || headerBytes + bytes > reader.upperBound())
        throw DataError(name + " claims " + std::to_string(count) + " entries, which cannot be.", kInstall);
    return count;
}

void expectEnd(GzipReader& reader) {
    std::uint8_t extra = 0;
    if (reader.read(&extra, 1) != 0) throw DataError(reader.file().string() + " is longer than its header says.", kInstall);
}

std::vector<int> readLabelFile(const fs::path& location, Split split) {
    GzipReader reader(requireFile(location, labelsName(split)));
    const std::int64_t count = readHeader(reader, 1);
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(count));
    reader.readExactly(bytes.data(), bytes.size());
    expectEnd(reader);
    const auto bad = std::find_if(bytes.begin(), bytes.end(), [](std::uint8_t label) { return label >= kClasses; });
    if (bad != bytes.end())
        throw DataError(reader.file().string() + " is damaged: entry " + std::to_string(bad - bytes.begin()) + " has the label " +
                            std::to_string(*bad) + ", but labels end at 9.",
                        kInstall);

    // The original MNIST has files of the same names and sizes; its first training pictures are the digits 5, 0, 4, 1, 9.
    constexpr std::array<std::uint8_t, 10> kDigits = {5, 0, 4, 1, 9, 2, 1, 3, 1, 4};
    if (split == Split::Train && count == 60'000 && std::equal(kDigits.begin(), kDigits.end(), bytes.begin()))
        throw DataError(location.string() + " holds MNIST's handwritten digits, not Fashion-MNIST.", kInstall);
    return {bytes.begin(), bytes.end()};
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
        labels.train.first = readLabelFile(location, Split::Train);
        labels.test.first = readLabelFile(location, Split::Test);
        for (const Split split : {Split::Train, Split::Test}) {
            GzipReader reader(requireFile(location, imagesName(split)));
            const auto expected = static_cast<std::int64_t>(labels.of(split).count());
            if (const std::int64_t count = readHeader(reader, 3); count != expected)
                throw DataError(reader.file().string() + " has " + std::to_string(count) + " pictures, but there are " +
                                    std::to_string(expected) + " labels.",
                                kInstall);
        }
        return labels;
    }

    PictureSet readPictures(const fs::path& location, Split split, const std::vector<std::int64_t>& indices, int,
                            PictureReading& reading) const override {
        const std::vector<int> labels = readLabelFile(location, split);
        GzipReader reader(requireFile(location, imagesName(split)));
        const std::int64_t count = readHeader(reader, 3);
        if (count != static_cast<std::int64_t>(labels.size()) || (!indices.empty() && indices.back() >= count))
            throw DataError(location.string() + " has changed while it was read.", "Try again.");

        PictureSet set;
        set.width = set.height = kSide;
        set.rgb.resize(indices.size() * 3 * kPixels);
        set.labels.reserve(indices.size());
        std::uint8_t* out = set.rgb.data();
        std::array<std::uint8_t, kPixels> grey{};
        auto next = indices.begin();
        for (std::int64_t i = 0; i < count; ++i) {  // to the end, where the checksum is
            reader.readExactly(grey.data(), grey.size());
            if (i % kTellEvery == 0) reading.tell(i, count);
            if (next == indices.end() || *next != i) continue;
            ++next;
            set.labels.push_back(labels[static_cast<std::size_t>(i)]);
            for (const std::uint8_t value : grey)
                for (int channel = 0; channel < 3; ++channel) *out++ = value;
        }
        expectEnd(reader);
        return set;
    }
};

}  // namespace

std::unique_ptr<DatasetSource> makeFashionMnist() { return std::make_unique<FashionMnist>(); }

}  // namespace thaw::core
