// Speeds of Thaw's convolution kernels beside LibTorch's, measured in one run of one process: machines are noisy, ratios are not.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/api/config.h"

namespace thaw::core {

/// Seconds of each contender, best and median of the rounds that count.
struct Contender {
    std::string name;  ///< "thaw", "libtorch", "libtorch channels_last", "libtorch plain malloc"
    double best = 0, median = 0;
};

struct KernelBench {
    std::string what;                   ///< "trunk forward, 32 px, batch 128"
    std::int64_t pictures = 0;          ///< a measured call
    std::vector<Contender> contenders;  ///< Thaw's first
    double ratioDefault = 0;            ///< LibTorch with malloc as glibc sets it, over Thaw; medians of ratios round by round
    double ratioBest = 0;               ///< LibTorch's quickest contender over Thaw
    int rounds = 0, discarded = 0;      ///< discarded: the machine was busy (matrix products ran below 80 % of their best rate)
    double sgemmGflops = 0;             ///< median of the rounds that count
};

/// Called between rounds; false cancels.
using BenchCallback = std::function<bool(int done, int total)>;

/// The trunk's forward pass: model, input size and batch size of `config`, with its built-in weights, or random ones where it has
/// none. Blocks; the calling thread computes (useComputeThreads first).
KernelBench benchTrunk(const RunConfig& config, int rounds, const BenchCallback& progress);

/// A whole training step (forward, backward, Adam) above a freeze boundary, its input as cached features.
/// `trainable` as in PhaseConfig::trainable.
KernelBench benchStep(const RunConfig& config, const std::vector<std::string>& trainable, int rounds,
                      const BenchCallback& progress);

/// Relative L2 error of the trunk's features against the same computation in float64: Thaw's and LibTorch's.
struct KernelAccuracy {
    double thaw = 0, libtorch = 0;
};
KernelAccuracy kernelAccuracy(const RunConfig& config, int pictures);

/// One convolution alone, best of the rounds, beside what limits it: the products that its method cannot do without, at the rate
/// at which this machine multiplies matrices. Seconds a batch; -1: not computed by Thaw's kernels.
struct LayerLimit {
    std::string layer, method;
    double directGflop = 0;   ///< of the plain convolution
    double productGflop = 0;  ///< of the method's products; forward and either gradient have the same number
    double forward = -1, dataGradient = -1, weightGradient = -1;
    double pack = -1;  ///< transform of the filter: once for a frozen layer, at every step for one that trains
};

struct LayerLimits {
    double sgemmGflops = 0;  ///< best rate of a matrix product seen between the layers
    std::vector<LayerLimit> layers;
};

/// A round in which a matrix product ran below this share of the best round's rate does not count: the machine was busy.
constexpr double kBusyShare = 0.8;

/// 0 where there are no values.
double median(std::vector<double> values);

/// GFLOP/s of a product of two square float32 matrices, now: what to set beside a figure of the same moment. Some hundredths of a
/// second.
double matrixProductRate();

/// The trunk's convolutions that Thaw's kernels take, on random values. Blocks, as benchTrunk. Empty where the processor has
/// none.
LayerLimits benchLayers(const RunConfig& config, int rounds, const BenchCallback& progress);

/// How quickly a data set in picture files can be had: of a part of its training pictures, which lie in the system's cache.
struct DataBench {
    std::int64_t listed = 0;                           ///< pictures of all splits
    double listSeconds = 0, listAgainSeconds = 0;      ///< the second time the files are known
    int side = 0;                                      ///< pixels a side of the squares that they become
    std::vector<std::filesystem::path> files;          ///< that were read
    double oneThread = 0, allThreads = 0, packed = 0;  ///< pictures/s: decoded, decoded and kept, read back by one thread
};
/// `pictures`: at most so many; 0: all. Throws DataError where there are no files, and Cancelled.
DataBench benchData(const RunConfig& config, std::int64_t pictures, const BenchCallback& progress);

}  // namespace thaw::core
