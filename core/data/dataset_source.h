// What it takes to teach Thaw a data set: one class that implements DatasetSource in a file of its own, and one line in
// datasetSources(). Looking for copies, subsets, digests, listing and downloading are the same for all (dataset.cpp).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/api/dataset_info.h"
#include "core/data/picture_reading.h"

namespace thaw::core {

/// Labels of a split in data-set order, as indices of the class names.
struct SplitLabels {
    std::vector<int> first;                       ///< of several labels the first; -1: it has none
    std::vector<std::vector<int>> sets;           ///< several labels each: all of them; else empty
    std::vector<std::string> files;               ///< paths, where each picture is a file of its own; else empty
    std::vector<std::vector<std::string>> cells;  ///< of the files, as DatasetLabels::columns; empty: there are none

    std::size_t count() const { return first.size(); }
    void add(int label) { first.push_back(label); }
    void add(std::vector<int> labels) {
        first.push_back(labels.empty() ? -1 : labels.front());
        sets.push_back(std::move(labels));
    }
};

struct DatasetLabels {
    TaskKind task = TaskKind::OneLabel;
    SplitLabels train, test;
    SplitLabels validation;  ///< a third split, which validates; empty: the copy has none
    std::vector<std::string> classNames;
    std::string title;                             ///< of this copy; empty: describe()'s
    std::optional<PictureKind> pictureKind;        ///< of this copy; none: describe()'s
    std::vector<std::string> columns;              ///< of a table: their titles, but for the one that names the files
    std::vector<std::string> notes;                ///< as DatasetInfo's
    std::string splitNote;                         ///< one of the notes: where the splits come from
    std::vector<LeftOutFile> leftOut;              ///< as DatasetInfo's
    std::vector<std::filesystem::path> toPredict;  ///< as DatasetInfo's
    /// Those of leftOut that lie among a class's pictures and are called like pictures or are some, but cannot be read.
    std::vector<LeftOutFile> unreadable;
    std::string decided;  ///< changes with the user's decisions that were applied (decided_labels.h); empty: none
    const SplitLabels& of(Split split) const { return split == Split::Train ? train : split == Split::Test ? test : validation; }
};

/// All methods are const, without state and safe from any thread. Those that read throw DataError: what() names the file and
/// the reason, hint() says what to do. Files are untrusted: every size is checked before memory is taken.
class DatasetSource {
public:
    virtual ~DatasetSource() = default;

    /// What can be said without a file: id, title, description, class names, download, hint.
    virtual DatasetInfo describe() const = 0;

    /// The copy that `place` (a folder or a file) is or holds, told by names alone; empty when there is none.
    virtual std::filesystem::path find(const std::filesystem::path& place) const = 0;

    /// A copy that comes with Thaw; empty: there is none.
    virtual std::filesystem::path builtIn() const { return {}; }

    /// Whether its files have names of their own, so that it is also looked for where other programs keep theirs.
    virtual bool hasOwnNames() const { return true; }

    /// Throws DataError when it can say why `place`, where find() sees no copy, is none.
    virtual void explain(const std::filesystem::path& place) const { (void)place; }

    /// The files of a copy; their sizes and times tell whether it has changed since it was looked at. Empty where readLabels()
    /// names the pictures' files, and reads anew each time.
    virtual std::vector<std::filesystem::path> files(const std::filesystem::path& location) const {
        (void)location;
        return {};
    }

    /// Checks the copy's layout, sizes and labels.
    virtual DatasetLabels readLabels(const std::filesystem::path& location) const = 0;

    /// The same for those who look for what is wrong: a copy with too few good pictures for training is listed all the same.
    virtual DatasetLabels survey(const std::filesystem::path& location) const { return readLabels(location); }

    /// The pictures of `indices` (ascending) of a split with their labels; HeldOut is the copy's own validation split. `side`:
    /// pixels, heeded where describe() says PictureKind::anySize. `reading` is told often. Throws Cancelled. Not called where
    /// readLabels() names files of pictures: they are read alike for all sources (split_pictures.h).
    virtual PictureSet readPictures(const std::filesystem::path& location, Split split, const std::vector<std::int64_t>& indices,
                                    int side, PictureReading& reading) const {
        (void)location, (void)split, (void)indices, (void)side, (void)reading;
        return {};
    }

    /// Called with a downloaded and checked file inside `folder`: may unpack it there. progress(done, total) false cancels.
    virtual void install(const std::filesystem::path& file, const std::filesystem::path& folder,
                         const std::function<bool(std::int64_t, std::int64_t)>& progress) const {
        (void)file, (void)folder, (void)progress;
    }
};

/// In the order in which "auto" prefers them.
const std::vector<std::unique_ptr<DatasetSource>>& datasetSources();
/// One more, the last of them. Before any other thread asks for data sets.
void addDatasetSource(std::unique_ptr<DatasetSource> source);

/// DatasetLabels::unreadable of a data set that is present. Throws DataError.
std::vector<LeftOutFile> unreadableIn(const DatasetInfo& dataset);

/// The places that are searched, in order: `extra` (unless empty), THAW_DATA, the user's data folder, and "datasets" and
/// "thaw/datasets" in each system folder (XDG_DATA_DIRS, by default /usr/local/share and /usr/share).
std::vector<std::filesystem::path> datasetPlaces(const std::filesystem::path& extra = {});

/// Where Keras, MedMNIST and torchvision keep what they download: KERAS_HOME/datasets (by default ~/.keras/datasets), ~/.medmnist
/// and ./data.
std::vector<std::filesystem::path> foreignPlaces();

}  // namespace thaw::core
