// The doctor of a data set: what is wrong with its pictures and labels before anything is trained. Nothing here changes the
// user's files.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/api/analysis.h"
#include "core/api/dataset_info.h"
#include "core/api/prediction.h"

namespace thaw::core {

/// A picture that could be read.
struct CheckedPicture {
    std::string file;  ///< relative to the data set's folder, with '/'; of a set without picture files "train/17", by its number
    Split split = Split::Train;  ///< HeldOut: the data set's own validation split
    std::vector<int> labels;     ///< ascending indices of the classes; of one label each: one
    int width = 0, height = 0;   ///< pixels, upright
    float brightness = 0;        ///< mean luma, 0 (black) to 1 (white)
    bool grey = false;           ///< without colours, however it is stored
};

struct ClassCounts {
    std::string name;
    std::int64_t train = 0, validation = 0, test = 0;  ///< readable pictures that have the label
    std::int64_t all() const { return train + validation + test; }
};

/// Pictures that show the same: indices of DatasetCheckup::pictures, ascending, at least two.
using PictureGroup = std::vector<std::size_t>;

/// The least, the middle and the largest of a value over all pictures.
struct ValueRange {
    double least = 0, median = 0, greatest = 0;
};

struct DatasetCheckup {
    std::string id, title;  ///< as DatasetInfo's
    std::filesystem::path location;
    TaskKind task = TaskKind::OneLabel;
    std::vector<ClassCounts> classes;      ///< in the order of labels
    std::vector<CheckedPicture> pictures;  ///< training, then validation, then test pictures, in data-set order
    std::vector<LeftOutFile> unreadable;   ///< among the pictures; files relative to the location
    std::vector<LeftOutFile> leftOut;      ///< other files and folders that are not used; relative to the location
    std::vector<std::string> notes;        ///< as DatasetInfo's
    std::vector<PictureGroup> duplicates;  ///< the same bytes; of a set without picture files the same pixels
    std::vector<PictureGroup>
        nearDuplicates;                      ///< alike but for size, compression or a narrow edge; exact ones are named with them
    std::vector<PictureGroup> acrossSplits;  ///< of both kinds, in more than one split
    std::vector<PictureGroup> inTwoClasses;  ///< of both kinds, whose labels differ
    ValueRange width, height, aspect, brightness;  ///< aspect: width over height
    std::int64_t greyPictures = 0;

    double imbalance() const;  ///< training pictures of the largest class over those of the smallest; 0: one has none
    std::vector<std::string> tinyClasses() const;  ///< fewer than kTinyClass training pictures
    bool isGrey() const { return !pictures.empty() && greyPictures == static_cast<std::int64_t>(pictures.size()); }
};

/// With fewer training pictures a class is hardly learned, and its accuracy says little.
constexpr std::int64_t kTinyClass = 20;

/// Reads every picture of the data set in a folder or archive once, small, by several threads; about a kilobyte of each is kept
/// meanwhile. Bad pictures are listed, however many. Progress counts pictures. Blocking; thread-safe. Throws DataError where
/// there is no data set, and Cancelled.
DatasetCheckup checkDataset(const std::filesystem::path& folder, const CountCallback& progress = {});

/// The pictures of a data set by their names (CheckedPicture::file), those that were left out too. One thread at a time.
class CheckedPictures {
public:
    virtual ~CheckedPictures() = default;
    /// As it is, at most 512 pixels a side. Throws DataError.
    virtual RgbPicture whole(const std::string& file) const = 0;
    /// Their centre squares, `side` pixels a side, or as large as they are where the set has no picture files; without pixels for
    /// one that cannot be read. Throws Cancelled soon after `stop` became true.
    virtual std::vector<RgbPicture> squares(const std::vector<std::string>& files, int side,
                                            const std::atomic<bool>& stop) const = 0;
};

/// Blocking: lists the data set. Throws DataError.
std::unique_ptr<CheckedPictures> openCheckedPictures(const std::filesystem::path& folder);

}  // namespace thaw::core
