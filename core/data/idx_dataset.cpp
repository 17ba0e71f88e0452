#include "core/data/idx_dataset.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <system_error>

#include "core/api/errors.h"
#include "core/data/folder_names.h"
#include "core/data/gzip_reader.h"
#include "core/data/idx_file.h"
#include "core/data/picture_squares.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr const char* kCopyAgain = "Copy or download the four files again.";
constexpr int kUsualSide = 28;
constexpr std::size_t kMnistsTraining = 60'000;

std::string replaced(std::string text, const std::string& old, const std::string& by) {
    const std::size_t at = text.find(old);
    return at == std::string::npos ? text : text.replace(at, old.size(), by);
}

/// With or without ".gz"; empty when neither is there.
fs::path fileCalled(const fs::path& folder, const std::string& name) {
    std::error_code ignored;
    const std::string plain =
        name.size() > 3 && name.compare(name.size() - 3, 3, ".gz") == 0 ? name.substr(0, name.size() - 3) : name;
    for (const std::string& one : {name, plain, plain + ".gz"})
        if (fs::is_regular_file(folder / one, ignored)) return folder / one;
    return {};
}

bool isTrainImages(const std::string& name) {
    for (const char* part : {"train", "images", "idx3"})
        if (name.find(part) == std::string::npos) return false;
    return true;
}

IdxPair trainPair(const fs::path& images) {
    const std::string name = replaced(replaced(images.filename().string(), "images", "labels"), "idx3", "idx1");
    return {images, fileCalled(images.parent_path(), name), kCopyAgain};
}

IdxPair testPair(const fs::path& trainImages) {
    const std::string name = trainImages.filename().string();
    for (const char* word : {"t10k", "test"})
        if (const fs::path images = fileCalled(trainImages.parent_path(), replaced(name, "train", word)); !images.empty())
            return trainPair(images);
    return {{}, {}, kCopyAgain};
}

IdxPair pairOf(const fs::path& location, Split split) {
    IdxPair pair = split == Split::Train ? trainPair(location) : testPair(location);
    if (pair.images.empty() || pair.labels.empty())
        throw DataError(location.string() + " lies without its " +
                            (split == Split::Train ? "file of labels." : "pair of files for the test."),
                        kCopyAgain);
    return pair;
}

/// What is known of a copy by its name and its folder's: what the values of its labels mean.
struct KnownDigits {
    std::string title;                 ///< empty: unknown
    std::vector<std::string> letters;  ///< by value; empty: their numbers
    int firstValue = 0;
    bool byColumns = false;
};

std::vector<std::string> lettersOf(const std::string& each) {
    std::vector<std::string> letters;
    for (const char letter : each) letters.emplace_back(1, letter);
    return letters;
}

const std::string kDigits = "0123456789", kCapitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", kSmall = "abcdefghijklmnopqrstuvwxyz";

bool isCalled(const fs::path& file, const std::string& name) {
    const std::string path = '/' + lowered(file.parent_path().filename().string()) + '/' +
                             lowered(file.parent_path().parent_path().filename().string()) + '/';
    return path.find('/' + name + '/') != std::string::npos;
}

KnownDigits knownOf(const fs::path& trainImages) {
    const std::string name = lowered(trainImages.filename().string());
    if (name.rfind("emnist", 0) == 0) {
        const auto is = [&name](const char* part) { return name.find(part) != std::string::npos; };
        if (is("letters")) return {"EMNIST's letters", lettersOf(kCapitals), 1, true};
        if (is("byclass")) return {"EMNIST by class", lettersOf(kDigits + kCapitals + kSmall), 0, true};
        // Small letters that look like their capitals are one class with them.
        if (is("balanced") || is("bymerge")) return {"EMNIST", lettersOf(kDigits + kCapitals + "abdefghnqrt"), 0, true};
        return {is("digits") ? "EMNIST's digits" : "EMNIST", {}, 0, true};
    }
    if (isCalled(trainImages, "kmnist"))
        return {"KMNIST", {"o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"}, 0, false};
    if (isCalled(trainImages, "mnist")) return {"MNIST", {}, 0, false};
    return {};
}

std::string nameOf(const KnownDigits& known, int value) {
    const int index = value - known.firstValue;
    return index >= 0 && index < static_cast<int>(known.letters.size()) ? known.letters[static_cast<std::size_t>(index)]
                                                                        : std::to_string(value);
}

/// The file's first labels, without a look at the rest.
bool hasMnistsDigits(const fs::path& trainImages) {
    try {
        return areMnistsDigits(readIdxLabels(trainPair(trainImages)));
    } catch (const DataError&) {
        return false;
    }
}

/// The files' names are Fashion-MNIST's own, and nothing says that it is another set.
bool mayBeFashionMnist(const fs::path& trainImages) {
    const std::string name = trainImages.filename().string();
    return (name == "train-images-idx3-ubyte" || name == "train-images-idx3-ubyte.gz") &&
           !isOfOtherDigits(trainImages.parent_path()) && !hasMnistsDigits(trainImages);
}

/// Files of training pictures in a folder, in the order of their names.
std::vector<fs::path> copiesIn(const fs::path& folder) {
    std::map<std::string, fs::path> copies;  // by the name without ".gz"
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        std::error_code ignored;
        const std::string name = at->path().filename().string();
        if (!isTrainImages(name) || !at->is_regular_file(ignored) || mayBeFashionMnist(at->path())) continue;
        copies.emplace(replaced(name, ".gz", ""), at->path());
    }
    std::vector<fs::path> files;
    for (const auto& [name, file] : copies) files.push_back(file);
    return files;
}

class IdxDataset final : public DatasetSource {
public:
    DatasetInfo describe() const override {
        DatasetInfo info;
        info.id = "idx";
        info.title = "Files in MNIST's format";
        info.description = "Grey pictures in IDX files: MNIST, EMNIST, KMNIST and others with the same names.";
        info.pictureKind = {kUsualSide, /*grey=*/true};
        info.installHint = "Choose a folder with the four IDX files of MNIST, for example train-images-idx3-ubyte.gz";
        return info;
    }

    fs::path find(const fs::path& place) const override {
        std::error_code ignored;
        if (fs::is_regular_file(place, ignored)) {
            const std::string name = place.filename().string();
            if (name.find("idx") == std::string::npos) return {};
            const std::string train = replaced(
                replaced(replaced(replaced(name, "t10k", "train"), "test", "train"), "labels", "images"), "idx1", "idx3");
            const fs::path images = isTrainImages(train) ? fileCalled(place.parent_path(), train) : fs::path();
            return images.empty() || mayBeFashionMnist(images) ? fs::path() : images;
        }
        for (const char* below : {"", "MNIST/raw", "EMNIST/raw", "KMNIST/raw"})
            if (const std::vector<fs::path> copies = copiesIn(*below ? place / below : place); !copies.empty())
                return copies.front();
        return {};
    }

    std::vector<fs::path> files(const fs::path& location) const override {
        const IdxPair train = trainPair(location), test = testPair(location);
        return {train.images, train.labels, test.images, test.labels};
    }

    DatasetLabels readLabels(const fs::path& location) const override {
        const KnownDigits known = knownOf(location);
        std::map<Split, std::vector<std::uint8_t>> values;
        std::set<int> all;
        int side = 0;
        for (const Split split : {Split::Train, Split::Test}) {
            const IdxPair pair = pairOf(location, split);
            values[split] = readIdxLabels(pair);
            all.insert(values[split].begin(), values[split].end());
            const int own = readIdxSide(pair, static_cast<std::int64_t>(values[split].size()));
            if (split == Split::Test && own != side)
                throw DataError(pair.images.string() + " has pictures of another size than those for training.", kCopyAgain);
            side = own;
        }
        DatasetLabels labels;
        for (const int value : all) labels.classNames.push_back(nameOf(known, value));
        for (const auto& [split, of] : {std::pair(Split::Train, &labels.train), std::pair(Split::Test, &labels.test)})
            for (const int value : values[split]) of->add(static_cast<int>(std::distance(all.begin(), all.find(value))));
        labels.pictureKind = PictureKind{side, /*grey=*/true};
        labels.title = titleOf(location, known, values[Split::Train]);
        noteOthers(location, labels.notes);
        return labels;
    }

    PictureSet readPictures(const fs::path& location, Split split, const std::vector<std::int64_t>& indices, int,
                            PictureReading& reading) const override {
        const DatasetLabels labels = readLabels(location);
        const SplitLabels& of = labels.of(split);
        PictureSet set = readIdxPictures(pairOf(location, split), static_cast<std::int64_t>(of.count()), labels.pictureKind->side,
                                         knownOf(location).byColumns, indices, reading);
        for (const std::int64_t index : indices) set.labels.push_back(of.first[static_cast<std::size_t>(index)]);
        return set;
    }

private:
    static std::string titleOf(const fs::path& location, const KnownDigits& known, const std::vector<std::uint8_t>& values) {
        if (!known.title.empty()) return known.title;
        if (areMnistsDigits(values)) return "MNIST";
        return folderTitle(location.parent_path(), "IDX files");
    }

    static void noteOthers(const fs::path& location, std::vector<std::string>& notes) {
        std::string others;
        for (const fs::path& other : copiesIn(location.parent_path()))
            if (other != location) others += (others.empty() ? "" : ", ") + other.filename().string();
        if (!others.empty())
            notes.push_back("The folder has other sets too: " + others + ". Choose one of these files to use it.");
    }
};

}  // namespace

bool areMnistsDigits(const std::vector<std::uint8_t>& labels) {
    constexpr std::array<std::uint8_t, 10> kFirst = {5, 0, 4, 1, 9, 2, 1, 3, 1, 4};
    return labels.size() == kMnistsTraining && std::equal(kFirst.begin(), kFirst.end(), labels.begin());
}

bool isOfOtherDigits(const fs::path& folder) {
    for (const char* name : {"mnist", "emnist", "kmnist", "qmnist"})
        if (isCalled(folder / "file", name)) return true;
    return false;
}

std::unique_ptr<DatasetSource> makeIdxDataset() { return std::make_unique<IdxDataset>(); }

}  // namespace thaw::core
