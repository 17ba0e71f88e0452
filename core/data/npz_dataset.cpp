#include "core/data/npz_dataset.h"

#include <algorithm>
#include <map>
#include <optional>
#include <system_error>

#include "core/api/errors.h"
#include "core/api/reading_scope.h"
#include "core/data/archive.h"
#include "core/data/folder_names.h"
#include "core/data/med_mnist.h"
#include "core/data/npz_file.h"
#include "core/data/picture_squares.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr int kUsualSide = 28, kMostSide = 1024;
constexpr std::int64_t kMostPictures = 2'000'000, kMostClasses = 1'000;
constexpr std::int64_t kMostLabels = 50'000'000;
constexpr std::int64_t kTellEvery = 100;
constexpr std::size_t kNamesLookedAt = 40;
constexpr const char* kNeeds =
    "Thaw reads arrays called train_images, train_labels, test_images and test_labels (or x_train, y_train, x_test, y_test): "
    "pictures of bytes, all of one square size, and whole numbers as labels.";

[[noreturn]] void refuse(const std::string& shown, const std::string& why) { throw DataError(shown + ' ' + why + '.', kNeeds); }

/// What an array's name says; none: it is not part of a data set.
struct ArrayRole {
    Split split = Split::Train;
    bool pictures = false;
};
std::optional<ArrayRole> roleOf(const std::string& name) {
    for (const auto& [word, split] :
         {std::pair("train", Split::Train), std::pair("val", Split::HeldOut), std::pair("test", Split::Test)}) {
        const std::string part = word;
        if (name == part + "_images" || name == "x_" + part) return ArrayRole{split, true};
        if (name == part + "_labels" || name == "y_" + part) return ArrayRole{split, false};
    }
    return std::nullopt;
}

struct PictureShape {
    std::int64_t count = 0;
    int side = 0, channels = 0;
    std::size_t bytes() const {
        return static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * static_cast<std::size_t>(channels);
    }
};

PictureShape pictureShapeOf(const NpzArray& array) {
    const std::vector<std::int64_t>& shape = array.header.shape;
    if (!array.header.isBytes()) refuse(array.shown, "holds numbers of the type \"" + array.header.type + "\", not bytes");
    if (array.header.byColumns) refuse(array.shown, "is stored by columns (Fortran order); save it with numpy.ascontiguousarray");
    if (shape.size() == 5 || (shape.size() == 4 && shape[3] != 1 && shape[3] != 3))
        refuse(array.shown, "is of three-dimensional pictures, which Thaw does not read");
    if (shape.size() != 3 && shape.size() != 4) refuse(array.shown, "holds no pictures");
    if (shape[1] != shape[2] || shape[1] < 1 || shape[1] > kMostSide)
        refuse(array.shown, "has pictures of " + std::to_string(shape[2]) + " x " + std::to_string(shape[1]) + " pixels");
    if (shape[0] > kMostPictures) refuse(array.shown, "has " + std::to_string(shape[0]) + " pictures, which are too many");
    return {shape[0], static_cast<int>(shape[1]), shape.size() == 4 ? static_cast<int>(shape[3]) : 1};
}

struct LabelArray {
    std::int64_t count = 0, columns = 1;
    std::vector<std::int64_t> values;  // count * columns
};

LabelArray labelArrayOf(const NpzArray& array) {
    const std::vector<std::int64_t>& shape = array.header.shape;
    if (shape.empty() || shape.size() > 2) refuse(array.shown, "holds no labels");
    LabelArray labels{shape[0], shape.size() == 2 ? shape[1] : 1, {}};
    if (array.header.byColumns && labels.columns > 1)
        refuse(array.shown, "is stored by columns (Fortran order); save it with numpy.ascontiguousarray");
    if (labels.columns < 1 || labels.columns > kMostClasses)
        refuse(array.shown, "has " + std::to_string(labels.columns) + " labels for each picture");
    labels.values = array.integers(kMostLabels);
    return labels;
}

/// What a file holds beside the pixels.
struct NpzContents {
    std::map<Split, PictureShape> pictures;
    std::map<Split, LabelArray> labels;
    bool several = false;
    std::int64_t classes = 0;
};

void checkLabels(const fs::path& file, NpzContents& contents) {
    contents.several = contents.labels.begin()->second.columns > 1;
    for (const auto& [split, labels] : contents.labels) {
        const std::int64_t columns = contents.labels.begin()->second.columns;
        if (labels.columns != columns) refuse(file.string(), "has splits with different numbers of labels");
        for (const std::int64_t value : labels.values) {
            if (value < 0 || value >= (contents.several ? 2 : kMostClasses))
                refuse(file.string(), "has the label " + std::to_string(value) +
                                          (contents.several ? ", but where a picture has several they are 0 or 1"
                                                            : ", but labels begin at 0 and end at 999"));
            if (!contents.several) contents.classes = std::max(contents.classes, value + 1);
        }
        if (contents.several) contents.classes = columns;
    }
}

NpzContents contentsOf(const fs::path& file) {
    NpzContents contents;
    readNpz(file, [&](const NpzArray& array) {
        requireReadingWanted();
        const std::optional<ArrayRole> role = roleOf(array.name);
        if (!role) return;
        const bool first = role->pictures ? contents.pictures.emplace(role->split, pictureShapeOf(array)).second
                                          : contents.labels.emplace(role->split, labelArrayOf(array)).second;
        if (!first) refuse(array.shown, "is there twice");
    });
    for (const auto& [split, shape] : contents.pictures) {
        const auto labels = contents.labels.find(split);
        const std::int64_t count = labels == contents.labels.end() ? 0 : labels->second.count;
        if (count != shape.count)
            refuse(file.string(),
                   "has " + std::to_string(shape.count) + " pictures in a split, but " + std::to_string(count) + " labels");
        const PictureShape& one = contents.pictures.begin()->second;
        if (shape.side != one.side || shape.channels != one.channels) refuse(file.string(), "has pictures of different sizes");
    }
    if (contents.pictures.count(Split::Train) == 0 || contents.labels.size() != contents.pictures.size())
        refuse(file.string(), "lacks pictures or labels");
    if (contents.pictures.size() == 1) refuse(file.string(), "has no pictures to test with");
    checkLabels(file, contents);
    return contents;
}

/// The split of the file that a data set's split is.
Split storedSplit(const NpzContents& contents, Split split) {
    return split == Split::Test && contents.pictures.count(Split::Test) == 0 ? Split::HeldOut : split;
}

std::vector<int> labelsOf(const NpzContents& contents, const LabelArray& labels, std::int64_t index) {
    if (!contents.several) return {static_cast<int>(labels.values[static_cast<std::size_t>(index)])};
    std::vector<int> set;
    for (std::int64_t c = 0; c < labels.columns; ++c)
        if (labels.values[static_cast<std::size_t>(index * labels.columns + c)] != 0) set.push_back(static_cast<int>(c));
    return set;
}

SplitLabels splitLabelsOf(const NpzContents& contents, Split split) {
    SplitLabels result;
    const auto labels = contents.labels.find(split);
    if (labels == contents.labels.end()) return result;
    for (std::int64_t i = 0; i < labels->second.count; ++i) {
        std::vector<int> set = labelsOf(contents, labels->second, i);
        contents.several ? result.add(std::move(set)) : result.add(set.front());
    }
    return result;
}

bool isNpz(const fs::path& file) {
    std::error_code ignored;
    return lowered(file.extension().string()) == ".npz" && fs::is_regular_file(file, ignored);
}

bool holdsSplits(const fs::path& file) {
    for (const std::string& path : namesInArchive(file, kNamesLookedAt))
        if (roleOf(fs::path(path).stem().string())) return true;
    return false;
}

std::string sizeText(int side) { return std::to_string(side) + " x " + std::to_string(side) + " pixels"; }

class NpzDataset final : public DatasetSource {
public:
    /// `set` null: files that are not of a set that has a source of its own.
    explicit NpzDataset(const MedMnistSet* set) : m_set(set) {}

    DatasetInfo describe() const override {
        DatasetInfo info;
        if (!m_set) {
            info.id = "npz";
            info.title = "Arrays of NumPy";
            info.description = "Pictures and labels in one .npz file, as MedMNIST and Keras have them.";
            info.pictureKind = {kUsualSide, /*grey=*/true};
            info.installHint = "Choose a .npz file of MedMNIST or one with the same arrays";
            return info;
        }
        info.id = m_set->id;
        info.title = m_set->title;
        info.description = m_set->description + " Of MedMNIST. Licence: " + m_set->licence + '.';
        info.pictureKind = {kUsualSide, m_set->grey};
        info.classNames = m_set->classNames;
        info.download.fileName = m_set->id + ".npz";
        info.download.url = "https://zenodo.org/records/10519652/files/" + info.download.fileName;
        info.download.bytes = m_set->fileSize;
        info.download.md5 = m_set->md5;
        info.download.sha256 = m_set->sha256;
        info.installHint = "Get it in the data panel or with: thaw-cli data get " + m_set->id;
        return info;
    }

    fs::path find(const fs::path& place) const override {
        if (isNpz(place)) return isMine(place) && (m_set || holdsSplits(place)) ? place : fs::path();
        std::vector<fs::path> files;
        std::error_code error;
        for (fs::directory_iterator at(place, error), end; !error && at != end; at.increment(error))
            if (isNpz(at->path()) && isMine(at->path())) files.push_back(at->path());
        // The smallest pictures first: "x.npz" before "x_64.npz" and "x_128.npz".
        std::sort(files.begin(), files.end(), [](const fs::path& a, const fs::path& b) {
            const std::string first = a.filename().string(), second = b.filename().string();
            return std::pair(first.size(), first) < std::pair(second.size(), second);
        });
        for (const fs::path& file : files)
            if (m_set || holdsSplits(file)) return file;
        return {};
    }

    bool hasOwnNames() const override { return m_set != nullptr; }
    std::vector<fs::path> files(const fs::path& location) const override { return {location}; }

    DatasetLabels readLabels(const fs::path& location) const override {
        const NpzContents contents = contentsOf(location);
        DatasetLabels labels;
        labels.task = contents.several ? TaskKind::SeveralLabels : TaskKind::OneLabel;
        labels.train = splitLabelsOf(contents, Split::Train);
        labels.test = splitLabelsOf(contents, storedSplit(contents, Split::Test));
        if (contents.pictures.count(Split::Test) > 0) labels.validation = splitLabelsOf(contents, Split::HeldOut);
        const MedMnistSet* set = medMnistSetOf(location.filename().string());
        if (set && static_cast<std::int64_t>(set->classNames.size()) >= contents.classes)
            labels.classNames = set->classNames;
        else
            for (std::int64_t c = 0; c < contents.classes; ++c) labels.classNames.push_back(std::to_string(c));
        if (set && set->licence.find("-NC") != std::string::npos)
            labels.notes.push_back("Its licence, " + set->licence + ", does not allow commercial use.");
        const PictureShape& shape = contents.pictures.begin()->second;
        labels.pictureKind = PictureKind{shape.side, shape.channels == 1};
        if (!set)
            labels.title = folderTitle(location, "arrays of NumPy");
        else if (!m_set || shape.side != kUsualSide)
            labels.title = set->title + (shape.side != kUsualSide ? " (" + sizeText(shape.side) + ')' : "");
        return labels;
    }

    PictureSet readPictures(const fs::path& location, Split split, const std::vector<std::int64_t>& indices, int,
                            PictureReading& reading) const override {
        const NpzContents contents = contentsOf(location);
        const Split stored = storedSplit(contents, split);
        const auto shape = contents.pictures.find(stored);
        if (!indices.empty() && (shape == contents.pictures.end() || indices.back() >= shape->second.count))
            throw DataError(location.string() + " has changed while it was read.", "Try again.");
        PictureSet set;
        if (indices.empty()) return set;
        requireMemoryFor(indices.size(), shape->second.side);
        set.width = set.height = shape->second.side;
        readNpz(location, [&](const NpzArray& array) {
            const std::optional<ArrayRole> role = roleOf(array.name);
            if (role && role->pictures && role->split == stored) readRows(array, shape->second, indices, reading, set);
        });
        const LabelArray& labels = contents.labels.at(stored);
        const std::size_t classes = readLabels(location).classNames.size();
        for (const std::int64_t index : indices)
            addLabels(set, labelsOf(contents, labels, index), contents.several ? classes : 0);
        return set;
    }

private:
    bool isMine(const fs::path& file) const {
        const MedMnistSet* set = medMnistSetOf(file.filename().string());
        return m_set ? set == m_set : !set || set->md5.empty();
    }

    /// To the array's end, where its checksum is.
    static void readRows(const NpzArray& array, const PictureShape& shape, const std::vector<std::int64_t>& indices,
                         PictureReading& reading, PictureSet& set) {
        const PictureShape now = pictureShapeOf(array);
        if (now.count != shape.count || now.bytes() != shape.bytes()) refuse(array.shown, "has changed while it was read");
        set.rgb.resize(indices.size() * static_cast<std::size_t>(shape.side) * static_cast<std::size_t>(shape.side) * 3);
        std::vector<std::uint8_t> row(shape.bytes());
        std::uint8_t* out = set.rgb.data();
        auto next = indices.begin();
        for (std::int64_t i = 0; i < shape.count; ++i) {
            if (i % kTellEvery == 0) reading.tell(i, shape.count);
            array.read(row.data(), row.size());
            if (next == indices.end() || *next != i) continue;
            ++next;
            if (shape.channels == 3) {
                out = std::copy(row.begin(), row.end(), out);
                continue;
            }
            for (const std::uint8_t value : row) out = std::fill_n(out, 3, value);
        }
    }

    const MedMnistSet* m_set;
};

}  // namespace

std::vector<std::unique_ptr<DatasetSource>> makeNpzDatasets() {
    std::vector<std::unique_ptr<DatasetSource>> sources;
    for (const MedMnistSet& set : medMnistSets())
        if (!set.md5.empty()) sources.push_back(std::make_unique<NpzDataset>(&set));
    sources.push_back(std::make_unique<NpzDataset>(nullptr));
    return sources;
}

}  // namespace thaw::core
