// How quickly a data set's pictures can be had.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <random>
#include <system_error>

#include "core/api/bench.h"
#include "core/api/errors.h"
#include "core/data/dataset.h"
#include "core/data/dataset_source.h"
#include "core/data/picture_file.h"
#include "core/data/picture_pack.h"
#include "core/util/parallel.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

double secondsOf(const std::function<void()>& work) {
    const auto begin = Clock::now();
    work();
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// The training pictures' files, in an order that is drawn.
std::vector<std::string> filesOf(const DatasetInfo& dataset) {
    for (const auto& source : datasetSources())
        if (source->describe().id == dataset.id) {
            std::vector<std::string> files = source->readLabels(dataset.location).train.files;
            std::shuffle(files.begin(), files.end(), std::mt19937(1));
            return files;
        }
    return {};
}

}  // namespace

DataBench benchData(const RunConfig& config, std::int64_t pictures, const BenchCallback& progress) {
    constexpr int kSteps = 5;
    const auto tell = [&](int step) {
        if (progress && !progress(step, kSteps)) throw Cancelled();
    };
    tell(0);
    DataBench bench;
    DatasetInfo dataset;
    bench.listSeconds = secondsOf([&] { dataset = resolveDataset(config.data); });
    bench.listAgainSeconds = secondsOf([&] { dataset = resolveDataset(config.data); });
    tell(1);
    std::vector<std::string> files = filesOf(dataset);
    if (files.empty())
        throw DataError(dataset.title + " has no picture files of its own.", "Name a folder of pictures with --data.");
    bench.listed = dataset.trainCount + dataset.testCount + dataset.validationCount;
    if (pictures > 0 && pictures < static_cast<std::int64_t>(files.size())) files.resize(static_cast<std::size_t>(pictures));
    const PictureKind kind = forInput(dataset, config).pictureKind;
    bench.side = kind.side;
    bench.files.assign(files.begin(), files.end());
    const auto count = static_cast<double>(files.size());
    const auto bytes = static_cast<std::size_t>(3) * static_cast<std::size_t>(kind.side) * static_cast<std::size_t>(kind.side);

    for (const std::string& file : files) squareOfFile(file, kind, DecodedSize::AsNeeded);  // into the system's cache
    tell(2);
    bench.oneThread = count / secondsOf([&] {
                          for (const std::string& file : files) squareOfFile(file, kind, DecodedSize::AsNeeded);
                      });
    tell(3);
    const fs::path pack = fs::temp_directory_path() / ("thaw-pack-" + std::to_string(std::random_device()()));
    {
        PicturePack kept(pack / "bench", bytes);
        bench.allThreads =
            count / secondsOf([&] {
                forEachInParallel(static_cast<std::int64_t>(files.size()),
                                  [&](std::int64_t i, const std::atomic<bool>& stop) {
                                      const auto at = static_cast<std::size_t>(i);
                                      kept.keep(at, squareOfFile(files[at], kind, DecodedSize::AsNeeded, &stop).data());
                                  },
                                  {});
            });
        tell(4);
        std::vector<std::uint8_t> pixels(bytes);
        bench.packed = count / secondsOf([&] {
                           for (std::size_t i = 0; i < files.size(); ++i) kept.read(i, pixels.data());
                       });
    }
    std::error_code ignored;
    fs::remove_all(pack, ignored);
    tell(kSteps);
    return bench;
}

}  // namespace thaw::core
