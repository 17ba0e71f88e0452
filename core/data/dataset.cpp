#include "core/data/dataset.h"

#include <sys/stat.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <mutex>
#include <random>
#include <sstream>
#include <system_error>

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/data/cifar10.h"
#include "core/data/dataset_source.h"
#include "core/data/download.h"
#include "core/data/fashion_mnist.h"
#include "core/data/image_folder.h"
#include "core/store/paths.h"
#include "core/util/hash.h"

namespace thaw::core {

namespace fs = std::filesystem;

const std::vector<std::unique_ptr<DatasetSource>>& datasetSources() {
    static const auto sources = [] {
        std::vector<std::unique_ptr<DatasetSource>> list;
        list.push_back(makeCifar10());
        list.push_back(makeFashionMnist());
        list.push_back(makeImageFolder());
        return list;
    }();
    return sources;
}

std::vector<fs::path> datasetPlaces(const fs::path& extra) {
    std::vector<fs::path> places;
    if (!extra.empty()) places.push_back(extra);
    if (const char* folder = std::getenv("THAW_DATA"); folder && *folder) places.emplace_back(folder);
    places.push_back(datasetsFolder());
    const char* shared = std::getenv("XDG_DATA_DIRS");
    std::istringstream list(shared && *shared ? shared : "/usr/local/share:/usr/share");
    for (std::string folder; std::getline(list, folder, ':');) {
        if (!fs::path(folder).is_absolute()) continue;
        places.push_back(fs::path(folder) / "datasets");
        places.push_back(fs::path(folder) / "thaw" / "datasets");
    }
    return places;
}

namespace {

const DatasetSource& sourceOf(const std::string& id) {
    std::string known;
    for (const auto& source : datasetSources()) {
        const std::string name = source->describe().id;
        if (name == id) return *source;
        known += ", " + name;
    }
    throw DataError("There is no data set \"" + id + "\".", "Choose one of: auto" + known + '.');
}

// What readLabels() said of a copy, kept as long as its files stay as they are: an archive takes seconds to go through.
DatasetLabels labelsOf(const DatasetSource& source, const fs::path& location) {
    static std::mutex mutex;
    static std::map<std::string, DatasetLabels> known;

    std::ostringstream key;
    for (const fs::path& file : source.files(location)) {
        struct stat info {};
        if (stat(file.c_str(), &info) != 0) info = {};
        key << file.string() << '|' << info.st_size << '|' << info.st_mtim.tv_sec << '.' << info.st_mtim.tv_nsec << '\n';
    }
    {
        const std::lock_guard lock(mutex);
        if (const auto found = known.find(key.str()); found != known.end()) return found->second;
    }
    DatasetLabels labels = source.readLabels(location);
    if (labels.train.empty() || labels.test.empty()) throw DataError(location.string() + " holds no pictures.");
    const std::lock_guard lock(mutex);
    return known[key.str()] = std::move(labels);
}

std::vector<std::int64_t> countPerClass(const std::vector<int>& labels, std::size_t classes) {
    std::vector<std::int64_t> counts(classes);
    for (const int label : labels) ++counts[static_cast<std::size_t>(label)];
    return counts;
}

std::string sentence(const DataError& error) {
    return error.hint().empty() ? error.what() : std::string(error.what()) + ' ' + error.hint();
}

// Fills in what only the files can say; `problem` when they cannot be used.
void inspect(const DatasetSource& source, const fs::path& location, DatasetInfo& info) {
    info.present = true;
    info.location = location;
    try {
        const DatasetLabels labels = labelsOf(source, location);
        info.problem.clear();
        if (!labels.title.empty()) info.title = labels.title;
        info.classNames = labels.classNames;
        info.trainCount = static_cast<std::int64_t>(labels.train.size());
        info.testCount = static_cast<std::int64_t>(labels.test.size());
        info.trainPerClass = countPerClass(labels.train, labels.classNames.size());
        info.testPerClass = countPerClass(labels.test, labels.classNames.size());
    } catch (const DataError& error) {
        info.problem = sentence(error);
    }
}

// The first good copy in `places`, else the first bad one with its problem, else not present.
DatasetInfo lookFor(const DatasetSource& source, const std::vector<fs::path>& places) {
    DatasetInfo found = source.describe();
    for (const fs::path& place : places) {
        const fs::path location = source.find(place);
        if (location.empty()) continue;
        DatasetInfo candidate = source.describe();
        inspect(source, location, candidate);
        if (candidate.problem.empty()) return candidate;
        logMessage("warning", candidate.title + " in " + location.string() + " is not used: " + candidate.problem);
        if (!found.present) found = candidate;
    }
    return found;
}

std::string listed(const std::vector<fs::path>& places) {
    std::string text;
    for (const fs::path& place : places) text += (text.empty() ? "" : ", ") + place.string();
    return text;
}

void requireReadable(const fs::path& directory) {
    std::error_code error;
    const fs::file_status status = fs::status(directory, error);
    if (fs::is_directory(status))
        fs::directory_iterator(directory, error);
    else if (status.type() == fs::file_type::not_found)
        error = std::make_error_code(std::errc::no_such_file_or_directory);
    if (error)
        throw DataError("Cannot read the data in " + directory.string() + ": " + error.message() + '.',
                        "Check the path and its permissions.");
}

// A chosen folder is meant: nothing else is taken in the stead of what it holds.
DatasetInfo lookIn(const DatasetSource& source, const fs::path& directory) {
    const DatasetInfo info = lookFor(source, {directory});
    if (!info.problem.empty()) throw DataError(info.problem);
    return info;
}

DatasetInfo resolveIn(const fs::path& directory) {
    requireReadable(directory);
    for (const auto& source : datasetSources())
        if (const DatasetInfo info = lookIn(*source, directory); info.present) return info;
    throw DataError(directory.string() + " holds no data set that Thaw knows.",
                    "Choose a folder with CIFAR-10's binary files, cifar-10-binary.tar.gz, Fashion-MNIST's IDX files or a folder "
                    "of pictures for "
                    "each class.");
}

// splitmix64: turns seeds that differ by little into generators that differ wholly.
std::uint64_t mix(std::uint64_t value) {
    value += 0x9E3779B97F4A7C15u;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
    return value ^ (value >> 31);
}

// std::shuffle's result depends on the library; a subset must not.
void shuffle(std::vector<std::int64_t>& values, std::uint64_t seed) {
    std::mt19937_64 generator(seed);
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[generator() % i]);
}

// Each class in an order drawn from the seed: its first pictures are used, the last of those may be held out, the rest is left.
struct Parts {
    std::vector<std::int64_t> used, heldOut, left;  // in data-set order
};

Parts partsOf(const std::vector<int>& labels, std::size_t classes, std::int64_t limit, double heldOutShare, std::uint64_t seed) {
    const auto all = static_cast<std::int64_t>(labels.size());
    if (limit <= 0 || limit > all) limit = all;
    std::vector<std::vector<std::int64_t>> perClass(classes);
    for (std::size_t i = 0; i < labels.size(); ++i)
        perClass[static_cast<std::size_t>(labels[i])].push_back(static_cast<std::int64_t>(i));
    for (std::size_t c = 0; c < classes; ++c) shuffle(perClass[c], mix(seed + mix(c)));

    // One of each class in turn: equal counts, and a small class that runs out leaves its share to the others.
    std::vector<std::size_t> taken(classes, 0);
    std::int64_t count = 0;
    for (std::size_t round = 0; count < limit; ++round)
        for (std::size_t c = 0; c < classes && count < limit; ++c)
            if (round < perClass[c].size()) ++taken[c], ++count;

    const double each = heldOutShare * static_cast<double>(limit) / static_cast<double>(std::max<std::size_t>(1, classes));
    const std::size_t wanted = heldOutShare > 0 ? static_cast<std::size_t>(std::max(1.0, std::round(each))) : 0;
    Parts parts;
    for (std::size_t c = 0; c < classes; ++c) {
        const std::size_t held = std::min(wanted, taken[c] / 2);  // a small class keeps something to train on
        for (std::size_t i = 0; i < perClass[c].size(); ++i)
            (i >= taken[c] ? parts.left : i >= taken[c] - held ? parts.heldOut : parts.used).push_back(perClass[c][i]);
    }
    for (std::vector<std::int64_t>* part : {&parts.used, &parts.heldOut, &parts.left}) std::sort(part->begin(), part->end());
    return parts;
}

std::string digestOfPictures(const PictureSet& pictures) {
    Digest digest;
    const std::string sizes =
        std::to_string(pictures.width) + 'x' + std::to_string(pictures.height) + 'x' + std::to_string(pictures.count()) + '\n';
    digest.update(sizes.data(), sizes.size());
    digest.update(pictures.rgb.data(), pictures.rgb.size());
    std::vector<std::uint8_t> labels;
    for (const int label : pictures.labels)
        for (int shift = 0; shift < 32; shift += 8)
            labels.push_back(static_cast<std::uint8_t>(static_cast<std::uint32_t>(label) >> shift));
    digest.update(labels.data(), labels.size());
    return digest.hex();
}

void requirePresent(const DatasetInfo& dataset) {
    if (!dataset.present) throw DataError(dataset.title + " is not on this machine.", dataset.installHint);
}

Parts partsOf(const DatasetLabels& labels, Split split, const DataConfig& part, std::uint64_t seed) {
    const bool test = split == Split::Test;
    return partsOf(labels.of(split), labels.classNames.size(), test ? part.testLimit : part.trainLimit, test ? 0 : part.heldOut,
                   mix(seed) + (test ? 1 : 0));
}

std::string originOf(const DatasetInfo& dataset, Split split, const std::vector<std::int64_t>& chosen) {
    Digest digest;
    digest.update(chosen.data(), chosen.size() * sizeof(std::int64_t));
    std::error_code ignored;
    return fs::weakly_canonical(dataset.location, ignored).string() + (split == Split::Test ? " test " : " train ") +
           digest.hex();
}

PictureSet readSubset(const DatasetInfo& dataset, Split split, const DataConfig& part, std::uint64_t seed) {
    requirePresent(dataset);
    const DatasetSource& source = sourceOf(dataset.id);
    const Parts parts = partsOf(labelsOf(source, dataset.location), split, part, seed);
    const bool heldOut = split == Split::HeldOut;
    const std::vector<std::int64_t>& chosen = heldOut ? parts.heldOut : parts.used;
    PictureSet pictures = source.readPictures(dataset.location, heldOut ? Split::Train : split, chosen, dataset.pictureKind.side);
    if (dataset.pictureKind.anySize) pictures.identity.origin = originOf(dataset, split, chosen);
    return pictures;
}

DataConfig limitedTo(std::int64_t count) {
    DataConfig part;
    part.trainLimit = part.testLimit = static_cast<int>(count);
    return part;
}

}  // namespace

std::vector<std::string> datasetIds() {
    std::vector<std::string> ids;
    for (const auto& source : datasetSources()) ids.push_back(source->describe().id);
    return ids;
}

PictureKind pictureKindOf(const std::string& id, int inputSize) {
    return sourceOf(id).describe().pictureKind.forInput(inputSize);
}

DatasetInfo forInput(DatasetInfo dataset, int inputSize) {
    dataset.pictureKind = dataset.pictureKind.forInput(inputSize);
    return dataset;
}

std::vector<DatasetInfo> listDatasets(const fs::path& extra) {
    std::vector<DatasetInfo> list;
    for (const auto& source : datasetSources()) list.push_back(lookFor(*source, datasetPlaces(extra)));
    return list;
}

DatasetInfo resolveDataset(const DataConfig& config) {
    const bool automatic = config.dataset == "auto";
    if (automatic && !config.directory.empty()) return resolveIn(config.directory);
    if (!automatic) sourceOf(config.dataset);  // throws for an unknown name
    if (!config.directory.empty()) requireReadable(config.directory);

    const std::vector<fs::path> places = datasetPlaces(config.directory);
    std::string problem, hint;
    for (const auto& source : datasetSources()) {
        const DatasetInfo known = source->describe();
        if (!automatic && known.id != config.dataset) continue;
        if (!config.directory.empty()) lookIn(*source, config.directory);
        const DatasetInfo info = lookFor(*source, places);
        if (info.present && info.problem.empty()) return info;
        if (info.present) problem += (problem.empty() ? "" : " ") + info.problem;
        hint += (hint.empty() ? "" : " Or: ") + known.installHint + '.';
    }
    if (!problem.empty()) throw DataError(problem, hint);
    hint += " Or name the folder that holds it with --data DIR.";
    const std::string title = automatic ? "No data set was" : sourceOf(config.dataset).describe().title + " was not";
    throw DataError(title + " found in " + listed(places) + '.', hint);
}

DatasetInfo datasetIn(const fs::path& directory, const std::string& id) {
    requireReadable(directory);
    DatasetInfo info = lookIn(sourceOf(id), directory);
    if (!info.present)
        throw DataError(directory.string() + " does not hold " + info.title + '.', "Name the folder or archive that holds it.");
    return info;
}

std::shared_ptr<const PictureSet> loadSplit(const DatasetInfo& dataset, Split split, const DataConfig& part, std::uint64_t seed) {
    auto pictures = std::make_shared<PictureSet>(readSubset(dataset, split, part, seed));
    pictures->identity.digest = digestOfPictures(*pictures);
    return pictures;
}

std::shared_ptr<const PictureSet> loadSplit(const DatasetInfo& dataset, Split split, int limit, std::uint64_t seed) {
    return loadSplit(dataset, split, limitedTo(limit), seed);
}

PictureSet loadUnseen(const DatasetInfo& dataset, const DataConfig& part, std::uint64_t seed, std::int64_t count) {
    requirePresent(dataset);
    const DatasetSource& source = sourceOf(dataset.id);
    const DatasetLabels labels = labelsOf(source, dataset.location);
    const Parts parts = partsOf(labels, Split::Train, part, seed);
    const std::vector<std::int64_t>& unseen = parts.left.empty() ? parts.heldOut : parts.left;
    if (unseen.empty()) return {};
    DatasetLabels ofUnseen;
    ofUnseen.classNames = labels.classNames;
    for (const std::int64_t index : unseen) ofUnseen.train.push_back(labels.train[static_cast<std::size_t>(index)]);
    std::vector<std::int64_t> chosen = partsOf(ofUnseen, Split::Train, limitedTo(count), seed).used;
    for (std::int64_t& index : chosen) index = unseen[static_cast<std::size_t>(index)];
    return source.readPictures(dataset.location, Split::Train, chosen, dataset.pictureKind.side);
}

std::shared_ptr<const PictureSet> samplePictures(const DatasetInfo& dataset, Split split, int perClass, std::uint64_t seed) {
    const std::int64_t limit = std::max(1, perClass) * static_cast<std::int64_t>(dataset.classNames.size());
    return std::make_shared<const PictureSet>(readSubset(dataset, split, limitedTo(limit), seed));
}

DatasetInfo downloadDataset(const std::string& id, const ProgressCallback& progress) {
    const DatasetSource& source = sourceOf(id);
    const DatasetInfo known = source.describe();
    if (known.download.url.empty()) throw DataError(known.title + " cannot be downloaded by Thaw.", known.installHint);

    const fs::path folder = datasetsFolder();
    if (const DatasetInfo there = lookFor(source, {folder}); there.present && there.problem.empty()) return there;

    const fs::path file = download(known.download, folder, progress);
    const auto unpacking = [&](std::int64_t done, std::int64_t total) {
        DownloadProgress report;
        report.received = done;
        report.total = total;
        report.activity = "Unpacking";
        return !progress || progress(report);
    };
    try {
        source.install(file, folder, unpacking);
    } catch (const StoreError& error) {
        logMessage("warning", known.title + " stays packed: " + error.what());  // it is read from the archive as well
    }
    const DatasetInfo info = lookFor(source, {folder});
    if (!info.problem.empty()) throw DataError(info.problem);
    return info;
}

}  // namespace thaw::core
