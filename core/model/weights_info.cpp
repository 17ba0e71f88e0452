#include "core/api/weights_info.h"

#include <algorithm>
#include <set>

#include "core/api/errors.h"
#include "core/api/text.h"
#include "core/data/download.h"
#include "core/model/trunk_match.h"
#include "core/model/weights.h"
#include "core/model/weights_scaling.h"
#include "core/model/weights_source.h"
#include "core/store/paths.h"
#include "core/util/hash.h"

namespace thaw::core {

namespace {

constexpr std::size_t kLongestTitle = 100;

struct Downloadable {
    const char* name;
    const char* title;
    DownloadSource source;
    const char* sha256Start;  // where the whole digest is not published; empty: the source's own digest is enough
};

const std::vector<Downloadable>& downloadables() {
    static const std::vector<Downloadable> kAll = {
        {"vgg16",
         "VGG16, ImageNet (Keras, full precision)",
         {"https://storage.googleapis.com/tensorflow/keras-applications/vgg16/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
          58'889'256, "", "6d6bbae143d832006294945121d1f1fc", "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5"},
         ""},
        // torchvision publishes the first eight digits of the digest, in the file's name.
        {"vgg16-torchvision",
         "VGG16, ImageNet (torchvision, full precision)",
         {"https://download.pytorch.org/models/vgg16-397923af.pth", 553'433'881, "", "", "vgg16-397923af.pth"},
         "397923af"},
    };
    return kAll;
}

std::filesystem::path convert(const std::filesystem::path& file, std::filesystem::path output, const std::string& title) {
    const std::unique_ptr<WeightsSource> source = openWeights(file);
    const std::map<std::string, HostTensor> tensors = readTrunk(*source, file);
    const std::string digest = digestOfFile(file);
    if (output.empty()) {
        ensureFolder(weightsFolder());
        // Another file of the same name stays; the same weights are written once.
        for (int number = 1;; ++number) {
            output = weightsFolder() / (file.stem().string() + (number > 1 ? "-" + std::to_string(number) : "") + ".safetensors");
            if (!std::filesystem::exists(output)) break;
            try {
                const SafetensorsReader existing(output);
                const auto origin = existing.metadata().find("source_sha256");
                if (origin != existing.metadata().end() && origin->second == digest) return output;
            } catch (const WeightsError&) {  // not one of ours
            }
        }
    }

    SafetensorsWriter writer;
    writer.setMetadata("title", title);
    writer.setMetadata("model", "vgg16");
    writer.setMetadata("source", textOfBytes(file.filename().string()));
    writer.setMetadata("source_format", toString(source->format()));
    writer.setMetadata("source_sha256", digest);
    const WeightsScaling scaling = scalingNeededBy(*source, matchTrunk(source->tensors()));
    writer.setMetadata("scaling", toString(scaling.scaling));
    if (!scaling.certain) writer.setMetadata("scaling_assumed", scaling.reason);
    for (const auto& [name, tensor] : tensors) writer.add(name, DType::Float32, tensor.shape, tensor.values.data());
    writer.write(output);
    return output;
}

}  // namespace

std::string toString(WeightsFormat format) {
    switch (format) {
        case WeightsFormat::Safetensors:
            return "safetensors";
        case WeightsFormat::TorchZip:
            return "PyTorch";
        case WeightsFormat::TorchLegacy:
            return "PyTorch (before 1.6)";
        case WeightsFormat::KerasH5:
            return "Keras HDF5";
        case WeightsFormat::Unknown:
            break;
    }
    return "unknown";
}

WeightsReport inspectWeights(const std::filesystem::path& file) {
    const std::unique_ptr<WeightsSource> source = openWeights(file);
    WeightsReport report;
    report.file = file;
    report.format = source->format();
    report.fileBytes = static_cast<std::int64_t>(std::filesystem::file_size(file));
    report.sha256 = digestOfFile(file);
    for (const auto& [name, tensor] : source->tensors()) report.tensors.push_back({name, toString(tensor.dtype), tensor.shape});
    report.metadata.assign(source->metadata().begin(), source->metadata().end());
    TrunkMatch match = matchTrunk(source->tensors());
    if (match.isTrunk()) report.scaling = scalingNeededBy(*source, match);
    report.otherNetwork = std::move(match.otherNetwork);
    report.matched = std::move(match.matched);
    report.missing = std::move(match.missing);
    report.unexpected = std::move(match.unexpected);
    report.misshapen = std::move(match.misshapen);
    return report;
}

std::filesystem::path importWeights(const std::filesystem::path& file, std::filesystem::path output) {
    return convert(file, std::move(output), "VGG16 from " + file.filename().string());
}

std::vector<WeightsChoice> listWeights() {
    std::vector<WeightsChoice> choices;
    const WeightsScaling embedded{Scaling::ImageNet, true, "they are torchvision's"};
    choices.push_back({kEmbeddedTitle, {}, "torchvision's weights, rounded to 8 bits. " + scalingSentence(embedded), embedded});

    std::error_code error;
    std::set<std::filesystem::path> files;
    for (std::filesystem::directory_iterator entry(weightsFolder(), error), end; !error && entry != end; entry.increment(error)) {
        files.insert(entry->path());
    }
    for (const std::filesystem::path& file : files) {
        try {
            const std::unique_ptr<WeightsSource> source = openWeights(file);
            const TrunkMatch match = matchTrunk(source->tensors());
            if (!match.isTrunk()) continue;
            const auto title = source->metadata().find("title");
            const bool titled = title != source->metadata().end() && title->second.size() <= kLongestTitle;
            const WeightsScaling scaling = scalingNeededBy(*source, match);
            choices.push_back({titled ? title->second : file.filename().string(), file,
                               file.filename().string() + ", " + toString(source->format()) + ". " + scalingSentence(scaling),
                               scaling});
        } catch (const WeightsError&) {  // not a weights file; inspecting it says why
        }
    }
    return choices;
}

std::filesystem::path embeddedWeightsFile() {
    const std::filesystem::path file = resourcePath("weights/vgg16-imagenet-int8.safetensors");
    if (file.empty()) {
        throw WeightsError("Thaw's own weights (share/thaw/weights/vgg16-imagenet-int8.safetensors) are missing.",
                           "Install Thaw again, or choose a weights file of your own.");
    }
    return file;
}

std::vector<std::pair<std::string, DownloadSource>> downloadableWeights() {
    std::vector<std::pair<std::string, DownloadSource>> result;
    for (const Downloadable& item : downloadables()) result.emplace_back(item.name, item.source);
    return result;
}

std::filesystem::path downloadWeights(const std::string& name, const ProgressCallback& progress) {
    const std::vector<Downloadable>& all = downloadables();
    const auto item = std::find_if(all.begin(), all.end(), [&](const Downloadable& each) { return name == each.name; });
    if (item == all.end()) {
        std::string known;
        for (const Downloadable& each : all) known += (known.empty() ? "" : ", ") + std::string(each.name);
        throw WeightsError("There are no weights called " + name + " to download.", "Known names: " + known + ".");
    }
    const std::filesystem::path folder = cacheFolder() / "downloads";
    ensureFolder(folder);
    const std::filesystem::path file = download(item->source, folder, progress);
    const std::string start = item->sha256Start;
    std::error_code ignored;
    if (!start.empty() && digestOfFile(file).compare(0, start.size(), start) != 0) {
        std::filesystem::remove(file, ignored);
        throw NetworkError("The downloaded file " + item->source.fileName + " does not have the checksum in its name.",
                           "Download it again.");
    }
    if (progress) {
        DownloadProgress state;
        state.received = state.total = item->source.bytes;
        state.activity = "Unpacking";
        if (!progress(state)) throw Cancelled();
    }
    const std::filesystem::path imported = convert(file, {}, item->title);
    std::filesystem::remove(file, ignored);
    return imported;
}

}  // namespace thaw::core
