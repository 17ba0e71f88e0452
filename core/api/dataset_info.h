// Data sets as people see them: what is there, what is in it, what it looks like, where it can be had.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/api/config.h"
#include "core/api/modality.h"

namespace thaw::core {

/// Which pictures a set holds, in order.
struct PictureIdentity {
    /// SHA-256 of sizes, pixels and labels; of a set that is not in memory "files:" and that of its files' names, sizes and
    /// labels. Empty: unknown.
    std::string digest;
    std::string
        origin;  ///< the files that they were read from and which of them, where those are read at several sizes; else empty
    std::string state{};  ///< of a set that is not in memory: changes when a file is written anew at the same size; else empty
    std::string featureKey() const { return digest + state; }  ///< for what is computed from the pixels
    /// What is unknown may be the same.
    bool mayBe(const PictureIdentity& other) const {
        return digest.empty() || other.digest.empty() || digest == other.digest || (!origin.empty() && origin == other.origin);
    }
};

/// A file or folder of a data set's copy that is not used.
struct LeftOutFile {
    std::filesystem::path file;
    std::string reason;  ///< plain words: "it is not a picture"
};

/// Pixels of a set that is too large for the memory: they are read from their files when they are asked for. Thread-safe.
class PictureReader {
public:
    virtual ~PictureReader() = default;
    /// Pictures `rows`, one after the other, into `out`: rows.size() pictures of the set. Blocks. Throws DataError for a file
    /// that has changed or gone since the set was listed, or when too many cannot be decoded, and Cancelled in a ReadingScope
    /// that ended.
    virtual void read(const std::vector<std::int64_t>& rows, std::uint8_t* out) const = 0;
    /// Those that could not be decoded so far. For each of them the next good one of its class is read in its place.
    virtual std::vector<LeftOutFile> damaged() const = 0;
};

/// Pictures of one size, 8-bit RGB, row-major, interleaved; immutable once shared. Grey sources are repeated over the channels.
/// Or texts: then there are no pixels, and the width is 0.
struct PictureSet {
    int width = 0, height = 0;
    std::vector<std::uint8_t> rgb;                          ///< count * height * width * 3; empty where `reader` is set
    std::shared_ptr<const PictureReader> reader;            ///< null: all pixels are in memory
    std::shared_ptr<const std::vector<std::string>> texts;  ///< count, of any bytes; null: pictures
    std::vector<int> labels;              ///< count; -1: unknown. Of a sample with several, the first; -1: it has none
    std::vector<std::uint8_t> labelSets;  ///< several labels each: count * classes, 1 where a class is among them; else empty
    PictureIdentity identity;             ///< of a split that a run uses; else unknown
    std::int64_t count() const { return static_cast<std::int64_t>(labels.size()); }
    int classCount() const { return labels.empty() ? 0 : static_cast<int>(labelSets.size() / labels.size()); }  ///< of labelSets
    const std::uint8_t* labelSet(std::int64_t index) const { return labelSets.data() + index * classCount(); }
    /// Whether a class is the picture's, or one of its several.
    bool hasLabel(std::int64_t index, int classIndex) const {
        return labelSets.empty() ? labels[static_cast<std::size_t>(index)] == classIndex : labelSet(index)[classIndex] != 0;
    }
    bool inMemory() const { return reader == nullptr; }
    std::int64_t bytesEach() const { return std::int64_t{3} * width * height; }
    /// Only of a set in memory.
    const std::uint8_t* picture(std::int64_t index) const { return rgb.data() + index * bytesEach(); }
    /// Of any set: bytesEach() bytes a row into `out`. Blocks and throws as PictureReader where the set is not in memory.
    void read(const std::vector<std::int64_t>& rows, std::uint8_t* out) const {
        if (reader) return reader->read(rows, out);
        for (const std::int64_t row : rows) out = std::copy_n(picture(row), bytesEach(), out);
    }
    std::vector<std::uint8_t> read(const std::vector<std::int64_t>& rows) const {
        std::vector<std::uint8_t> pixels(rows.size() * static_cast<std::size_t>(bytesEach()));
        read(rows, pixels.data());
        return pixels;
    }
};

/// What a picture from elsewhere is made into before a network sees it: one like the data set's own.
struct PictureKind {
    int side = 0;       ///< pixels a side of a square; 0: unknown
    bool grey = false;  ///< its colours are taken away
    bool anySize =
        false;  ///< the data set's own are files of any size: they are read as large as the network's input, at least `side`
    SquareFit fit = SquareFit::CentreCrop;
    PictureKind forInput(int inputSize, SquareFit wanted = SquareFit::CentreCrop) const {
        return {anySize && side < inputSize ? inputSize : side, grey, anySize, anySize ? wanted : fit};
    }
};

enum class Split {
    Train,  ///< what is trained on
    Test,
    HeldOut,  ///< what a run validates on so that the test split stays unseen: a share of the training pictures, or the data
              ///< set's own validation split
};

/// What a run validates on.
inline Split validationSplit(const DataConfig& data) {
    return data.heldOut > 0 || data.ownValidation ? Split::HeldOut : Split::Test;
}

struct DownloadSource {
    std::string url;
    std::int64_t bytes = 0;  ///< expected size; 0: unknown
    std::string sha256;      ///< hex; empty: md5 is checked instead
    std::string md5;
    std::string fileName;
};

struct DatasetInfo {
    std::string id;           ///< "cifar10"
    std::string title;        ///< "CIFAR-10"
    std::string description;  ///< a plain sentence
    Modality modality = Modality::Pictures;
    PictureKind pictureKind;  ///< of all its pictures, which are read so
    bool substitute = false;  ///< stands in for the lesson's own data set; labelled so wherever it is shown
    bool present = false;
    std::filesystem::path location;  ///< folder or archive, when present
    std::filesystem::path place;     ///< where it was looked for when it was found: the folder that was asked for, or a usual one
    std::string problem;             ///< why a found copy cannot be used, and what to do; empty when it can
    SplitConfig split;               ///< how it is divided
    std::vector<std::string> classNames;
    TaskKind task = TaskKind::OneLabel;  ///< what its labels are
    std::int64_t trainCount = 0, testCount = 0;
    std::vector<std::int64_t> trainPerClass, testPerClass;
    std::int64_t validationCount = 0;  ///< of a validation split of its own beside the other two; 0: it has none
    /// Plain sentences about this copy: what was left out, entered or guessed, and how many pictures are held back by which rule.
    std::vector<std::string> notes;
    std::vector<LeftOutFile> leftOut;  ///< all of it; a folder that is not used stands as one entry
    /// Folders of pictures without labels beside the splits, such as the test folder of a competition: for a trained network.
    std::vector<std::filesystem::path> toPredict;
    DownloadSource download;  ///< url empty: cannot be downloaded
    std::string installHint;  ///< e.g. the Debian package that brings it
};

/// Every data set Thaw knows, looked for in `extra` (file or folder, may be empty), THAW_DATA, the user's data folder and
/// system folders, in that order. A copy in `extra` is listed even when it cannot be used; elsewhere a good one comes first.
/// Counts are read from headers and label bytes. Those of the other modality are left out. Blocking file access: not for the GUI
/// thread.
std::vector<DatasetInfo> listDatasets(const std::filesystem::path& extra = {}, Modality modality = Modality::Pictures);

/// The one of `listed`, made by listDatasets(config.directory), that a run with `config` uses; null: none. This rule is the only
/// one: a data set that is named by its id; else what config.directory holds, and nothing else; else the first that can be used.
/// What is returned may lack (`present`) or have a `problem` where no other is meant: a run with it is refused. Pure.
const DatasetInfo* chosenDataset(const std::vector<DatasetInfo>& listed, const DataConfig& config);

/// The one that `config` means, by the rule of chosenDataset(). Also tells whether a place can be used: with only `directory`
/// set, what that holds. `modality`: what the model reads (modalityOf). Throws DataError naming what was missing or where it was
/// looked for, and what to do; also for a data set of the other modality. Blocking.
DatasetInfo resolveDataset(const DataConfig& config, Modality modality = Modality::Pictures);

/// Up to `perClass` pictures of each class, chosen by `seed`. Blocking. Throws DataError.
std::shared_ptr<const PictureSet> samplePictures(const DatasetInfo& dataset, Split split, int perClass, std::uint64_t seed);

struct DownloadProgress {
    std::int64_t received = 0, total = 0;  ///< bytes; total 0: unknown
    double bytesPerSecond = 0;
    bool resumed = false;  ///< continued an earlier partial download
    std::string activity;  ///< "Downloading", "Checking", "Unpacking"
};

/// Called a few times a second on the calling thread; false cancels (the partial file stays for resumption).
using ProgressCallback = std::function<bool(const DownloadProgress&)>;

/// Downloads, checks and installs a data set into the user's data folder, unless it is in one of the usual places; returns what
/// is now there. Fails after `giveUpAfter` seconds without a byte, connecting included; 0: a slow network gets minutes. Blocking.
/// Throws NetworkError, StoreError, DataError, Cancelled.
DatasetInfo downloadDataset(const std::string& id, const ProgressCallback& progress, double giveUpAfter = 0);

}  // namespace thaw::core
