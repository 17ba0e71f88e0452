// Collect and train: pictures of a few classes, taken by a camera or brought as files, and a head that is trained on them at
// once. The trunk is frozen: the features of each picture are computed once, and the head alone is trained again after each
// change.
//
// Threading: a Collector and a CollectionStore belong to the thread that calls them, each to one of its own. All calls block:
// none is for the GUI thread. Plain values may go from thread to thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/api/analysis.h"
#include "core/api/prediction.h"

namespace thaw::core {

/// Every fifth picture of a class is kept aside: the head is never trained on it, so that it can be judged by it.
inline constexpr int kKeptAsideEvery = 5;

struct CollectedPicture {
    int classId = 0;
    int number = 0;      ///< within its class, from 1; another picture never gets it while the collection is open
    std::string ending;  ///< ".png", ".jpg": of the file
    bool isKeptAside() const { return number % kKeptAsideEvery == 0; }
    bool operator==(const CollectedPicture& other) const { return classId == other.classId && number == other.number; }
};

struct CollectedClass {
    int id = 0;  ///< from 1
    std::string name;
    std::vector<CollectedPicture> pictures;  ///< oldest first
};

struct Collection {
    std::filesystem::path folder;  ///< in the cache
    std::string title;
    std::vector<CollectedClass> classes;
    std::filesystem::path savedTo;  ///< where it was saved as a data set; empty: nowhere yet
    bool saved = false;             ///< it stands there as it is now
    std::int64_t pictureCount() const;
};

/// Where a picture of a collection lies as long as it is not removed. Pure.
std::filesystem::path collectedFile(const Collection& collection, const CollectedPicture& picture);

/// A collection on disk: it lies in the cache folder until it is saved as a data set or thrown away, and every call leaves it
/// whole: a crash loses nothing that a call before it kept. One process has it open at a time. All calls throw StoreError.
class CollectionStore {
public:
    virtual ~CollectionStore() = default;  ///< leaves the collection as it is

    virtual const Collection& collection() const = 0;

    /// Other names, and classes that come and go; the pictures of `now` are not looked at. A class that goes must be empty.
    virtual void describe(const Collection& now) = 0;
    /// A picture as PNG (pngOf) of a number that is free.
    virtual void keep(const CollectedPicture& picture, const std::string& png) = 0;
    /// A copy of a file, byte for byte. Throws DataError for one that cannot be read or is larger than 64 MB.
    virtual void copyIn(const CollectedPicture& picture, const std::filesystem::path& file) = 0;
    /// A removed picture can be restored as long as the store is open; the next openCollection() forgets it.
    virtual void remove(const CollectedPicture& picture) = 0;
    virtual void restore(const CollectedPicture& picture) = 0;

    /// As a data set that Thaw opens: `folder`/CLASS/0001.png. The folder must be new or empty, or the one that it was saved to
    /// before: then only what has changed since is written, and files that were removed here are removed there. Classes without
    /// pictures are left out. Throws StoreError and Cancelled.
    virtual void save(const std::filesystem::path& folder, const CountCallback& progress) = 0;
    /// All pictures are deleted from the cache; the collection begins anew.
    virtual void throwAway() = 0;
};

/// The newest collection of the cache that is not saved and that no other process has open, else a new one with two classes.
/// Saved and empty ones are deleted from the cache. Throws StoreError.
std::unique_ptr<CollectionStore> openCollection();

/// The name of a class's folder: without '/', control characters and a leading point, at most 100 bytes. Pure.
std::string classFolderName(const std::string& name);

/// The picture as a PNG file, without loss.
std::string pngOf(const RgbPicture& picture);

/// Whether two frames show the same: no part of an eighth of the sides differs by more than 1.5 levels on the mean. Noise of a
/// camera does not count. Pure.
bool looksTheSame(const RgbPicture& a, const RgbPicture& b);

struct CollectTrunk {
    std::string model = "mobilenet_v2";
    std::filesystem::path weights;  ///< empty: the built-in ones
    int inputSize = 0;              ///< pixels a side; 0: the model's suggested one
};

struct FileFeatures {
    std::vector<float> features;
    RgbPicture picture;  ///< whole, at most 512 pixels a side
};

/// A frozen trunk with average pooling behind it.
class Collector {
public:
    virtual ~Collector() = default;

    virtual const CollectTrunk& trunk() const = 0;  ///< inputSize as it is used
    virtual const std::string& title() const = 0;   ///< of the model: "MobileNetV2"
    virtual int featureCount() const = 0;
    /// Of the centre square; featureCount() values. A picture and its PNG file have the same features, bit for bit.
    virtual std::vector<float> features(const RgbPicture& picture) = 0;
    /// An untrusted file. Throws DataError.
    virtual FileFeatures features(const std::filesystem::path& file) = 0;
};

/// Loads the weights: some tenths of a second. Throws ConfigError, WeightsError.
std::unique_ptr<Collector> makeCollector(const CollectTrunk& trunk = {});

/// Softmax regression on standardised features.
struct CollectHead {
    int classCount = 0;
    std::vector<float> mean, scale;  ///< features; standardised = (value - mean) * scale
    std::vector<float> weights;      ///< classCount * features
    std::vector<float> bias;         ///< classCount
    int steps = 0;                   ///< that the training took
    bool converged = false;          ///< else it ended at the limit of steps

    /// classCount; of Collector::features. Cheap.
    std::vector<float> probabilities(const std::vector<float>& features) const;
};

struct CollectSample {
    std::shared_ptr<const std::vector<float>> features;
    int classIndex = 0;
};

/// Trains on all samples, to convergence or 300 steps; deterministic with one number of threads. At least two classes with a
/// sample each. `stop` is looked at between steps. Throws TrainingError and Cancelled.
CollectHead trainCollectHead(const std::vector<CollectSample>& samples, int classCount, const std::atomic<bool>& stop);

}  // namespace thaw::core
