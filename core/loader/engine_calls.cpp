#include <dlfcn.h>

#include <filesystem>
#include <system_error>

#include <engine_build.h>
#include "core/api/errors.h"
#include "core/loader/engine_table.h"

namespace thaw::core {
namespace {

namespace fs = std::filesystem;

constexpr char kInstallAgain[] = "Install Thaw again, or build all of it.";

const EngineTable& load() {
    std::error_code ignored;
    const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
    const fs::path file = program.parent_path().parent_path() / THAW_ENGINE_FILE;
    if (!fs::exists(file, ignored)) throw Error("Thaw's engine is missing: " + file.string() + '.', kInstallAgain);
    // All symbols now: one that another build lacks would otherwise end the process in the middle of a run.
    void* const module = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    const std::string problem = module ? "" : dlerror();
    const auto* const build = module ? static_cast<const char*>(dlsym(module, "thawEngineBuild")) : nullptr;
    const void* const table = module ? dlsym(module, "thawEngine") : nullptr;
    if (build && table && std::string(build) == THAW_BUILD_HASH) return *static_cast<const EngineTable*>(table);
    if (!module) logMessage("error", problem);
    if (module || problem.find("undefined symbol") != std::string::npos)
        throw Error("Thaw's engine, " + file.string() + ", belongs to another build of Thaw than this program.", kInstallAgain);
    throw Error("Thaw's engine could not be loaded: " + problem + '.', kInstallAgain);
}

const EngineTable& engine() {
    static const EngineTable& table = []() -> const EngineTable& {
        const EngineTable& loaded = load();
        loaded.prepareEngine();
        return loaded;
    }();
    return table;
}

}  // namespace

void prepareEngine() { engine(); }
EngineInfo engineInfo() { return engine().engineInfo(); }
void useComputeThreads(int threads) { engine().useComputeThreads(threads); }

std::unique_ptr<Trainer> makeTrainer(const RunConfig& config, bool startPaused) {
    return engine().makeTrainer(config, startPaused);
}
std::unique_ptr<Trainer> resumeTrainer(const fs::path& runDirectory, bool startPaused, int threads, const fs::path& data) {
    return engine().resumeTrainer(runDirectory, startPaused, threads, data);
}
std::unique_ptr<Inspector> openInspector(const fs::path& runDirectory, const DataConfig& data) {
    return engine().openInspector(runDirectory, data);
}

std::vector<CameraInfo> listCameras() { return engine().listCameras(); }
std::unique_ptr<FrameSource> openCamera(const CameraInfo& camera) { return engine().openCamera(camera); }
std::unique_ptr<FrameSource> openVideo(const fs::path& file) { return engine().openVideo(file); }
RgbPicture modelPictureOf(const RgbPicture& frame, const PictureKind& kind) { return engine().modelPictureOf(frame, kind); }

std::vector<std::uint8_t> squareOfFile(const fs::path& file, const PictureKind& kind, DecodedSize size,
                                       const std::atomic<bool>* stop) {
    return engine().squareOfFile(file, kind, size, stop);
}
std::string picturePng(const PictureSet& pictures, std::int64_t index) { return engine().picturePng(pictures, index); }
std::string mapPng(const PictureSet& pictures, std::int64_t index, const ClassMap& map) {
    return engine().mapPng(pictures, index, map);
}

std::map<std::string, TrunkSpeed> storedTrunkSpeeds() { return engine().storedTrunkSpeeds(); }
TrunkSpeed measureTrunkSpeed(const std::string& model, const std::atomic<bool>& stop) {
    return engine().measureTrunkSpeed(model, stop);
}

AugmentationPreview previewAugmentation(const RunConfig& config, int samples, int epochs) {
    return engine().previewAugmentation(config, samples, epochs);
}
std::unique_ptr<Collector> makeCollector(const CollectTrunk& trunk) { return engine().makeCollector(trunk); }
CollectHead trainCollectHead(const std::vector<CollectSample>& samples, int classCount, const std::atomic<bool>& stop) {
    return engine().trainCollectHead(samples, classCount, stop);
}
std::string pngOf(const RgbPicture& picture) { return engine().pngOf(picture); }
DatasetCheckup checkDataset(const fs::path& folder, const CountCallback& progress) {
    return engine().checkDataset(folder, progress);
}
std::unique_ptr<CheckedPictures> openCheckedPictures(const fs::path& folder) { return engine().openCheckedPictures(folder); }
LabelSuspects suspectLabels(const SuspectsRequest& request, const CountCallback& progress) {
    return engine().suspectLabels(request, progress);
}

}  // namespace thaw::core
