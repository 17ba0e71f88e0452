#include "core/data/dataset.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <map>
#include <mutex>
#include <random>
#include <sstream>
#include <system_error>

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/api/reading_scope.h"
#include "core/data/cifar.h"
#include "core/data/dataset_source.h"
#include "core/data/download.h"
#include "core/data/fashion_mnist.h"
#include "core/data/folder_download.h"
#include "core/data/foreign_files.h"
#include "core/data/idx_dataset.h"
#include "core/data/image_folder.h"
#include "core/data/known_labels.h"
#include "core/data/named_pictures.h"
#include "core/data/npz_dataset.h"
#include "core/data/picture_archive.h"
#include "core/data/picture_table.h"
#include "core/data/run_samples.h"
#include "core/data/split_pictures.h"
#include "core/data/stl10.h"
#include "core/data/text_sources.h"
#include "core/store/paths.h"
#include "core/util/hash.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

std::vector<std::unique_ptr<DatasetSource>>& knownSources() {
    static auto sources = [] {
        std::vector<std::unique_ptr<DatasetSource>> list;
        list.push_back(makeCifar10());
        list.push_back(makeFashionMnist());
        list.push_back(makeImageFolder());
        list.push_back(makePictureTable());
        list.push_back(makeNamedPictures());
        list.push_back(makeCifar100());
        list.push_back(makeStl10());
        list.push_back(makeIdxDataset());
        for (auto& source : makeNpzDatasets()) list.push_back(std::move(source));
        for (auto& source : makeFolderDownloads()) list.push_back(std::move(source));
        list.push_back(makePictureArchive());
        for (auto& source : makeTextSources()) list.push_back(std::move(source));
        return list;
    }();
    return sources;
}

}  // namespace

const std::vector<std::unique_ptr<DatasetSource>>& datasetSources() { return knownSources(); }

void addDatasetSource(std::unique_ptr<DatasetSource> source) { knownSources().push_back(std::move(source)); }

std::vector<fs::path> datasetPlaces(const fs::path& extra) {
    std::vector<fs::path> places;
    if (!extra.empty()) places.push_back(extra);
    if (const char* folder = std::getenv("THAW_DATA"); folder && *folder) places.push_back(absolutePath(folder));
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

std::vector<fs::path> foreignPlaces() {
    std::vector<fs::path> places;
    const char *keras = std::getenv("KERAS_HOME"), *home = std::getenv("HOME");
    if (keras && *keras)
        places.push_back(fs::path(keras) / "datasets");
    else if (home && *home)
        places.push_back(fs::path(home) / ".keras" / "datasets");
    if (home && *home) places.push_back(fs::path(home) / ".medmnist");
    std::error_code error;
    if (const fs::path here = fs::current_path(error); !error) places.push_back(here / "data");
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

std::vector<std::int64_t> countPerClass(const SplitLabels& labels, std::size_t classes) {
    std::vector<std::int64_t> counts(classes);
    for (const std::vector<int>& set : labels.sets)
        for (const int label : set) ++counts[static_cast<std::size_t>(label)];
    if (labels.sets.empty())
        for (const int label : labels.first) ++counts[static_cast<std::size_t>(label)];
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
        const std::shared_ptr<const DatasetLabels> kept = labelsOf(source, location, info.split);
        const DatasetLabels& labels = *kept;
        info.problem.clear();
        if (!labels.title.empty()) info.title = labels.title;
        if (labels.pictureKind) info.pictureKind = *labels.pictureKind;
        info.task = labels.task;
        info.classNames = labels.classNames;
        info.trainCount = static_cast<std::int64_t>(labels.train.count());
        info.testCount = static_cast<std::int64_t>(labels.test.count());
        info.trainPerClass = countPerClass(labels.train, labels.classNames.size());
        info.testPerClass = countPerClass(labels.test, labels.classNames.size());
        info.validationCount = static_cast<std::int64_t>(labels.validation.count());
        info.notes = labels.notes;
        info.leftOut = labels.leftOut;
        info.toPredict = labels.toPredict;
    } catch (const DataError& error) {
        info.problem = sentence(error);
    }
}

// The first good copy in `places`, else the first bad one with its problem, else not present.
DatasetInfo lookFor(const DatasetSource& source, const std::vector<fs::path>& places, const SplitConfig& split = {}) {
    DatasetInfo found = source.describe();
    for (const fs::path& place : places) {
        const fs::path location = source.find(place);
        if (location.empty()) continue;
        DatasetInfo candidate = source.describe();
        candidate.place = place;
        candidate.split = split;
        inspect(source, location, candidate);
        if (candidate.problem.empty()) return candidate;
        logMessage("warning", candidate.title + " in " + location.string() + " is not used: " + candidate.problem);
        if (!found.present) found = candidate;
    }
    return found;
}

// A chosen folder is meant: a copy in it is taken even with a problem.
DatasetInfo lookInFirst(const DatasetSource& source, const fs::path& directory, const SplitConfig& split = {}) {
    if (!directory.empty())
        if (DatasetInfo inside = lookFor(source, {directory}, split); inside.present) return inside;
    std::vector<fs::path> places = datasetPlaces();
    if (source.hasOwnNames())
        for (const fs::path& place : foreignPlaces()) places.push_back(place);
    if (const fs::path own = source.builtIn(); !own.empty()) places.push_back(own);
    return lookFor(source, places, split);
}

bool isUsable(const DatasetInfo& info) { return info.present && info.problem.empty(); }

std::string listedPlaces(const std::vector<fs::path>& places) {
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

[[noreturn]] void throwNothingIn(const fs::path& directory) {
    explainForeign(directory);
    throw DataError(
        directory.string() + " holds no data set that Thaw knows.",
        "Choose a folder that has at least two folders of pictures, one for each class, or one with the files of CIFAR-10 "
        "or Fashion-MNIST.");
}

[[noreturn]] void throwNoTextsIn(const fs::path& place) {
    throw DataError(place.string() + " holds no labelled texts that Thaw knows.",
                    "Choose a table (CSV or TSV) with a column of texts and one of labels, or a folder that has a folder of .txt "
                    "files for each class.");
}

void requireModality(const DatasetInfo& dataset, Modality modality) {
    if (dataset.modality == modality) return;
    const bool texts = modality == Modality::Texts;
    throw DataError(
        dataset.title + " holds " + (texts ? "pictures" : "texts") + ", but the model reads " + (texts ? "texts." : "pictures."),
        texts ? "Choose a model of pictures, or texts to learn from." : "Choose a model of texts: --model minilm.");
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

/// What is chosen in equal counts: of one label each the classes; of several labels all alike.
std::vector<int> strataOf(const SplitLabels& labels) {
    return labels.sets.empty() ? labels.first : std::vector<int>(labels.count());
}
std::size_t strataCount(const DatasetLabels& labels) { return labels.task == TaskKind::OneLabel ? labels.classNames.size() : 1; }

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

std::string digestOfPictures(const PictureSet& pictures, const PictureReading& reading) {
    constexpr std::size_t kPiece = std::size_t{8} << 20;
    Digest digest;
    const std::string sizes =
        std::to_string(pictures.width) + 'x' + std::to_string(pictures.height) + 'x' + std::to_string(pictures.count()) + '\n';
    digest.update(sizes.data(), sizes.size());
    for (std::size_t i = 0; pictures.texts && i < pictures.texts->size(); ++i) {
        const std::string& text = (*pictures.texts)[i];
        const std::string size = std::to_string(text.size()) + '\n';
        digest.update(size.data(), size.size());
        digest.update(text.data(), text.size());
    }
    for (std::size_t at = 0; at < pictures.rgb.size(); at += kPiece) {
        reading.tell(pictures.count(), pictures.count());
        digest.update(pictures.rgb.data() + at, std::min(kPiece, pictures.rgb.size() - at));
    }
    std::vector<std::uint8_t> labels;
    for (const int label : pictures.labels)
        for (int shift = 0; shift < 32; shift += 8)
            labels.push_back(static_cast<std::uint8_t>(static_cast<std::uint32_t>(label) >> shift));
    digest.update(labels.data(), labels.size());
    digest.update(pictures.labelSets.data(), pictures.labelSets.size());
    return digest.hex();
}

// Sets that are in use: trainer, inspectors and window share one copy of the same pictures.
class SharedSets {
public:
    std::shared_ptr<const PictureSet> theOneOf(std::shared_ptr<const PictureSet> read) {
        const std::string key = read->identity.digest + read->identity.state + read->identity.origin;
        const std::lock_guard lock(m_mutex);
        for (auto one = m_known.begin(); one != m_known.end();) one = one->second.expired() ? m_known.erase(one) : std::next(one);
        if (const std::shared_ptr<const PictureSet> known = m_known[key].lock()) return known;
        m_known[key] = read;
        return read;
    }

private:
    std::mutex m_mutex;
    std::map<std::string, std::weak_ptr<const PictureSet>> m_known;
};
SharedSets& sharedSets() {
    static SharedSets sets;
    return sets;
}

void requirePresent(const DatasetInfo& dataset) {
    if (!dataset.present) throw DataError(dataset.title + " is not on this machine.", dataset.installHint);
}

// Pictures of one of a source's splits.
struct Choice {
    Split split = Split::Train;
    std::vector<std::int64_t> indices;  // ascending
};

Parts trainPartsOf(const DatasetLabels& labels, const DataConfig& part, std::uint64_t seed) {
    return partsOf(strataOf(labels.train), strataCount(labels), part.trainLimit, part.ownValidation ? 0 : part.heldOut,
                   mix(seed));
}

Choice choiceOf(const DatasetInfo& dataset, const DatasetLabels& labels, Split split, const DataConfig& part,
                std::uint64_t seed) {
    const std::size_t strata = strataCount(labels);
    if (split == Split::Test) return {split, partsOf(strataOf(labels.test), strata, part.testLimit, 0, mix(seed) + 1).used};
    if (split == Split::Train) return {split, trainPartsOf(labels, part, seed).used};
    if (!part.ownValidation) return {Split::Train, trainPartsOf(labels, part, seed).heldOut};
    if (labels.validation.count() == 0)
        throw DataError(dataset.location.string() + " has no validation split of its own, with which the run was made.",
                        "Put the run's own data there again.");
    return {split, partsOf(strataOf(labels.validation), strata, part.testLimit, 0, mix(seed) + 2).used};
}

/// Places in a choice of at most `count` of its pictures, in equal counts per class; ascending.
std::vector<std::int64_t> placesOf(const Choice& choice, const DatasetLabels& labels, std::uint64_t seed, std::int64_t count) {
    const std::vector<int> all = strataOf(labels.of(choice.split));
    std::vector<int> ofChoice;
    for (const std::int64_t index : choice.indices) ofChoice.push_back(all[static_cast<std::size_t>(index)]);
    return partsOf(ofChoice, strataCount(labels), count, 0, mix(seed)).used;
}

std::string originOf(const DatasetInfo& dataset, const DatasetLabels& labels, const Choice& choice) {
    Digest digest;
    digest.update(choice.indices.data(), choice.indices.size() * sizeof(std::int64_t));
    std::error_code ignored;
    const char* split = choice.split == Split::Test ? " test " : choice.split == Split::Train ? " train " : " validation ";
    const SquareFit fit = dataset.pictureKind.fit;
    return fs::weakly_canonical(dataset.location, ignored).string() + split + digest.hex() +
           (fit == SquareFit::CentreCrop ? ""
            : fit == SquareFit::Whole    ? " whole"
                                         : " stretched") +
           (labels.decided.empty() ? "" : " decided " + labels.decided);
}

// A class without a picture cannot be learned.
void requireEveryClass(const DatasetLabels& labels, const Choice& choice, const PictureSet& pictures,
                       const std::vector<LeftOutFile>& leftOut) {
    if (leftOut.empty() || labels.task != TaskKind::OneLabel) return;
    std::vector<std::int64_t> chosen(labels.classNames.size());
    for (const std::int64_t index : choice.indices)
        ++chosen[static_cast<std::size_t>(labels.of(choice.split).first[static_cast<std::size_t>(index)])];
    SplitLabels good;
    good.first = pictures.labels;
    const std::vector<std::int64_t> kept = countPerClass(good, chosen.size());
    for (std::size_t c = 0; c < chosen.size(); ++c)
        if (chosen[c] > 0 && kept[c] == 0) throwEmptyClass(labels.classNames[c], leftOut);
}

PictureSet picturesOf(const DatasetSource& source, const DatasetInfo& dataset, const DatasetLabels& labels, const Choice& choice,
                      PictureReading& reading) {
    const SplitLabels& split = labels.of(choice.split);
    const PictureKind& kind = dataset.pictureKind;
    if (split.files.empty() || dataset.modality == Modality::Texts)
        return source.readPictures(dataset.location, choice.split, choice.indices, kind.side, reading);
    return readSplitPictures(dataset.location, split, labels.classNames.size(), choice.indices, kind, reading);
}

// `everyClass`: refuse the split when a class has no picture left.
PictureSet readSubset(const DatasetInfo& dataset, Split split, const DataConfig& part, std::uint64_t seed,
                      PictureReading& reading, bool everyClass) {
    requirePresent(dataset);
    const DatasetSource& source = sourceOf(dataset.id);
    const std::shared_ptr<const DatasetLabels> labels = listedLabels(source, dataset.location, dataset.split);
    const Choice choice = choiceOf(dataset, *labels, split, part, seed);
    PictureReading own{reading.progress, {}};
    PictureSet pictures = picturesOf(source, dataset, *labels, choice, own);
    if (dataset.pictureKind.anySize) pictures.identity.origin = originOf(dataset, *labels, choice);
    rememberDamaged(own.leftOut);
    if (everyClass) requireEveryClass(*labels, choice, pictures, own.leftOut);
    reading.leftOut.insert(reading.leftOut.end(), own.leftOut.begin(), own.leftOut.end());
    return pictures;
}

DataConfig limitedTo(std::int64_t count) {
    DataConfig part;
    part.trainLimit = part.testLimit = static_cast<int>(count);
    return part;
}

}  // namespace

std::vector<LeftOutFile> unreadableIn(const DatasetInfo& dataset) {
    return listedLabels(sourceOf(dataset.id), dataset.location, dataset.split)->unreadable;
}

std::vector<std::string> datasetIds() {
    std::vector<std::string> ids;
    for (const auto& source : datasetSources()) ids.push_back(source->describe().id);
    return ids;
}

PictureKind pictureKindOf(const std::string& id, const RunConfig& config) {
    return sourceOf(id).describe().pictureKind.forInput(config.inputSize, config.data.squareFit);
}

DatasetInfo forInput(DatasetInfo dataset, const RunConfig& config) {
    dataset.pictureKind = dataset.pictureKind.forInput(config.inputSize, config.data.squareFit);
    return dataset;
}

std::vector<DatasetInfo> listDatasets(const fs::path& extra, Modality modality) {
    std::vector<DatasetInfo> list;
    for (const auto& source : datasetSources()) {
        if (source->describe().modality != modality) continue;
        list.push_back(lookInFirst(*source, extra));
        DatasetInfo& info = list.back();
        if (!isUsable(info)) continue;
        const std::vector<LeftOutFile> damaged = damagedIn(info.location);
        if (damaged.empty()) continue;
        info.leftOut.insert(info.leftOut.end(), damaged.begin(), damaged.end());
        info.notes.push_back(noteOfLeftOut(damaged));
    }
    return list;
}

const DatasetInfo* chosenDataset(const std::vector<DatasetInfo>& listed, const DataConfig& config) {
    if (config.dataset != "auto") {
        const auto named =
            std::find_if(listed.begin(), listed.end(), [&](const DatasetInfo& info) { return info.id == config.dataset; });
        return named == listed.end() ? nullptr : &*named;
    }
    const DatasetInfo* bad = nullptr;
    for (const DatasetInfo& info : listed) {
        if (!info.present || (!config.directory.empty() && info.place != config.directory)) continue;
        if (isUsable(info)) return &info;
        if (!bad) bad = &info;
    }
    return config.directory.empty() ? nullptr : bad;
}

DatasetInfo resolveDataset(const DataConfig& config, Modality modality) {
    const bool automatic = config.dataset == "auto", chosenPlace = !config.directory.empty();
    if (!automatic) requireModality(sourceOf(config.dataset).describe(), modality);
    if (chosenPlace) requireReadable(config.directory);

    std::vector<DatasetInfo> listed;
    std::string problem, hint;
    for (const auto& source : datasetSources()) {
        const DatasetInfo known = source->describe();
        if (known.modality != modality || (!automatic && known.id != config.dataset)) continue;
        listed.push_back(automatic && chosenPlace ? lookFor(*source, {config.directory}, config.split)
                                                  : lookInFirst(*source, config.directory, config.split));
        const DatasetInfo* chosen = chosenDataset(listed, config);
        if (chosen && isUsable(*chosen)) return *chosen;  // whatever is listed after it
        if (!listed.back().problem.empty()) problem += (problem.empty() ? "" : " ") + listed.back().problem;
        hint += (hint.empty() ? "" : " Or: ") + known.installHint + '.';
    }
    if (const DatasetInfo* chosen = chosenDataset(listed, config); chosen && chosenPlace && chosen->place == config.directory)
        throw DataError(chosen->problem);
    if (chosenPlace)
        for (const auto& source : datasetSources())
            if (source->describe().modality == modality && (automatic || source->describe().id == config.dataset))
                source->explain(config.directory);
    if (automatic && chosenPlace && modality == Modality::Texts) throwNoTextsIn(config.directory);
    if (automatic && chosenPlace) throwNothingIn(config.directory);
    if (!problem.empty()) throw DataError(problem, hint);
    hint += " Or name the folder that holds it with --data DIR.";
    const std::string title = automatic ? "No data set was" : sourceOf(config.dataset).describe().title + " was not";
    throw DataError(title + " found in " + listedPlaces(datasetPlaces(config.directory)) + '.', hint);
}

DatasetInfo datasetIn(const fs::path& directory, const std::string& id, const SplitConfig& split) {
    requireReadable(directory);
    DatasetInfo info = lookFor(sourceOf(id), {directory}, split);
    if (!info.problem.empty()) throw DataError(info.problem);
    if (!info.present)
        throw DataError(directory.string() + " does not hold " + info.title + '.', "Name the folder or archive that holds it.");
    return info;
}

std::shared_ptr<const PictureSet> loadSplit(const DatasetInfo& dataset, Split split, const DataConfig& part, std::uint64_t seed,
                                            PictureReading* reading) {
    PictureReading own;
    PictureReading& used = reading ? *reading : own;
    auto pictures = std::make_shared<PictureSet>(readSubset(dataset, split, part, seed, used, /*everyClass=*/true));
    if (pictures->inMemory()) pictures->identity.digest = digestOfPictures(*pictures, used);
    return sharedSets().theOneOf(std::move(pictures));
}

std::shared_ptr<const PictureSet> loadSplit(const DatasetInfo& dataset, Split split, int limit, std::uint64_t seed) {
    return loadSplit(dataset, split, limitedTo(limit), seed);
}

PictureSet loadUnseen(const DatasetInfo& dataset, const DataConfig& part, std::uint64_t seed, std::int64_t count) {
    requirePresent(dataset);
    const DatasetSource& source = sourceOf(dataset.id);
    const std::shared_ptr<const DatasetLabels> labels = listedLabels(source, dataset.location, dataset.split);
    Choice unseen{Split::Train, trainPartsOf(*labels, part, seed).left};
    if (unseen.indices.empty()) unseen = choiceOf(dataset, *labels, Split::HeldOut, part, seed);
    if (unseen.indices.empty()) return {};
    Choice chosen{unseen.split, {}};
    for (const std::int64_t place : placesOf(unseen, *labels, seed, count))
        chosen.indices.push_back(unseen.indices[static_cast<std::size_t>(place)]);
    PictureReading reading;
    return picturesOf(source, dataset, *labels, chosen, reading);
}

RunSamples sampleRun(const DatasetInfo& dataset, const DataConfig& part, std::uint64_t seed, std::int64_t count) {
    requirePresent(dataset);
    const DatasetSource& source = sourceOf(dataset.id);
    const std::shared_ptr<const DatasetLabels> labels = listedLabels(source, dataset.location, dataset.split);
    const Choice train = choiceOf(dataset, *labels, Split::Train, part, seed);
    const std::vector<std::int64_t> places = placesOf(train, *labels, seed, count);
    Choice chosen{Split::Train, {}};
    for (const std::int64_t place : places) chosen.indices.push_back(train.indices[static_cast<std::size_t>(place)]);
    PictureReading reading;
    RunSamples samples;
    samples.pictures = picturesOf(source, dataset, *labels, chosen, reading);
    const std::vector<std::string>& files = labels->train.files;
    for (std::size_t i = 0; i < places.size(); ++i) {
        const fs::path file = files.empty() ? fs::path() : fs::path(files[static_cast<std::size_t>(chosen.indices[i])]);
        const auto isThis = [&](const LeftOutFile& one) { return one.file == file; };
        if (std::any_of(reading.leftOut.begin(), reading.leftOut.end(), isThis)) continue;
        samples.rows.push_back(places[i]);
        if (!files.empty()) samples.files.push_back(file);
    }
    return samples;
}

std::shared_ptr<const PictureSet> samplePictures(const DatasetInfo& dataset, Split split, int perClass, std::uint64_t seed) {
    const std::int64_t limit = std::max(1, perClass) * static_cast<std::int64_t>(dataset.classNames.size());
    PictureReading reading;
    return std::make_shared<const PictureSet>(readSubset(dataset, split, limitedTo(limit), seed, reading, /*everyClass=*/false));
}

DatasetInfo downloadDataset(const std::string& id, const ProgressCallback& progress, double giveUpAfter) {
    const DatasetSource& source = sourceOf(id);
    const DatasetInfo known = source.describe();
    if (known.download.url.empty()) throw DataError(known.title + " cannot be downloaded by Thaw.", known.installHint);

    const fs::path folder = datasetsFolder();
    if (const DatasetInfo there = lookFor(source, datasetPlaces({})); there.present && there.problem.empty()) return there;

    DownloadOptions options;
    options.giveUpAfter = std::chrono::milliseconds(std::llround(1000 * giveUpAfter));
    const fs::path file = download(known.download, folder, progress, options);
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
