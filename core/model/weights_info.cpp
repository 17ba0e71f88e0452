#include "core/api/weights_info.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/api/errors.h"
#include "core/api/models.h"
#include "core/api/text.h"
#include "core/api/trunks.h"
#include "core/data/download.h"
#include "core/model/trunk_match.h"
#include "core/model/weights.h"
#include "core/model/weights_scaling.h"
#include "core/model/weights_source.h"
#include "core/model/zoo.h"
#include "core/store/paths.h"
#include "core/util/hash.h"

namespace thaw::core {

namespace {

constexpr std::size_t kLongestTitle = 100;

struct Downloadable {
    std::string name, model, title;
    DownloadSource source;
    std::string sha256Start;  // where the whole digest is not published; empty: the source's own digest is enough
    std::int64_t aboutBytes = 0;
};

constexpr double kMebi = 1 << 20;

/// torchvision publishes the first eight digits of the digest, in the file's name, and the size in MiB with a digit behind the
/// point.
Downloadable ofTorchvision(const std::string& model, const std::string& file, double mebibytes) {
    const std::size_t dash = file.rfind('-');
    return {model,
            model,
            descriptionOf(model).title + ", ImageNet (torchvision, full precision)",
            {"https://download.pytorch.org/models/" + file, 0, "", "", file},
            file.substr(dash + 1, 8),
            std::llround(mebibytes * kMebi)};
}

/// A revision on Hugging Face, whose digest is published there.
Downloadable ofHuggingFace(const std::string& model, const std::string& repository, const std::string& revision,
                           std::int64_t bytes, const std::string& sha256) {
    return {model,
            model,
            descriptionOf(model).title + " (full precision)",
            {"https://huggingface.co/" + repository + "/resolve/" + revision + "/model.safetensors", bytes, sha256, "",
             model + ".safetensors"},
            "",
            bytes};
}

const std::vector<Downloadable>& downloadables() {
    static const std::vector<Downloadable> kAll = [] {
        Downloadable vgg16 = ofTorchvision("vgg16", "vgg16-397923af.pth", 527.8);
        vgg16.source.bytes = vgg16.aboutBytes = 553'433'881;
        vgg16.name = "vgg16-torchvision";  // Keras's, a tenth of the size, has the plain name
        return std::vector<Downloadable>{
            {"vgg16",
             "vgg16",
             "VGG16, ImageNet (Keras, full precision)",
             {"https://storage.googleapis.com/tensorflow/keras-applications/vgg16/"
              "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
              58'889'256, "", "6d6bbae143d832006294945121d1f1fc", "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5"},
             "",
             58'889'256},
            std::move(vgg16),
            ofTorchvision("alexnet", "alexnet-owt-7be5be79.pth", 233.1),
            ofTorchvision("vgg11", "vgg11-8a719046.pth", 506.8),
            ofTorchvision("vgg11_bn", "vgg11_bn-6002323d.pth", 506.9),
            ofTorchvision("vgg13", "vgg13-19584684.pth", 507.5),
            ofTorchvision("vgg13_bn", "vgg13_bn-abd245e5.pth", 507.6),
            ofTorchvision("vgg16_bn", "vgg16_bn-6c64b313.pth", 527.9),
            ofTorchvision("vgg19", "vgg19-dcbb9e9d.pth", 548.1),
            ofTorchvision("vgg19_bn", "vgg19_bn-c79401a0.pth", 548.1),
            ofTorchvision("squeezenet1_1", "squeezenet1_1-b8a52dc0.pth", 4.7),
            ofTorchvision("resnet18", "resnet18-f37072fd.pth", 44.7),
            ofTorchvision("resnet34", "resnet34-b627a593.pth", 83.3),
            ofTorchvision("resnet50", "resnet50-0676ba61.pth", 97.8),
            ofTorchvision("resnet101", "resnet101-63fe2227.pth", 170.5),
            ofTorchvision("googlenet", "googlenet-1378be20.pth", 49.7),
            ofTorchvision("inception_v3", "inception_v3_google-0cc3c7bd.pth", 103.9),
            ofTorchvision("mobilenet_v2", "mobilenet_v2-b0353104.pth", 13.6),
            ofTorchvision("mobilenet_v3_small", "mobilenet_v3_small-047dcff4.pth", 9.8),
            ofTorchvision("mobilenet_v3_large", "mobilenet_v3_large-8738ca79.pth", 21.1),
            ofTorchvision("densenet121", "densenet121-a639ec97.pth", 30.8),
            ofTorchvision("efficientnet_b0", "efficientnet_b0_rwightman-7f5810bc.pth", 20.5),
            ofTorchvision("convnext_tiny", "convnext_tiny-983f1562.pth", 109.1),
            ofTorchvision("vit_b_16", "vit_b_16-c867db91.pth", 330.3),
            ofHuggingFace("minilm", "sentence-transformers/all-MiniLM-L6-v2", "1110a243fdf4706b3f48f1d95db1a4f5529b4d41",
                          90'868'376, "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
            ofHuggingFace("bert-base-uncased", "google-bert/bert-base-uncased", "86b5e0934494bd15c9632b12f734a8a67f723594",
                          440'449'768, "68d45e234eb4a928074dfd868cead0219ab85354cc53d20e772753c6bb9169d3"),
            ofHuggingFace("distilbert-base-uncased", "distilbert/distilbert-base-uncased",
                          "12040accade4e8a0f71eabdb258fecc2e7e948be", 267'954'768,
                          "5e3f1108e3cb34ee048634875d8482665b65ac713291a7e32396fb18f6ff0063"),
            ofHuggingFace("gpt2", "openai-community/gpt2", "607a30d783dfa663caf39e06633721c8d4cfcd7e", 548'105'171,
                          "248dfc3911869ec493c76e65bf2fcf7f615828b0254c12b473182f0f81d3a707"),
            ofHuggingFace("distilgpt2", "distilbert/distilgpt2", "2290a62682d06624634c1f46a6ad5be0f47f38aa", 352'824'413,
                          "e1ff18884359fe8beb795a5f414feb85a6ce3d929ad019c0d958c039d2b94a1b"),
        };
    }();
    return kAll;
}

/// The one that is asked for, else the one that a file holds, else the default one: its report says what is wrong.
TrunkLayout layoutFor(const WeightsSource& source, const std::string& model) {
    if (!model.empty()) return layoutOf(model);
    const std::string own = modelIn(source.tensors());
    return layoutOf(own.empty() ? RunConfig().model : own);
}

std::set<std::filesystem::path> filesOfFolder() {
    std::error_code error;
    std::set<std::filesystem::path> files;
    for (std::filesystem::directory_iterator entry(weightsFolder(), error), end; !error && entry != end; entry.increment(error))
        files.insert(entry->path());
    return files;
}

/// What an imported file was made from, by its name and the digits of the digest that are known.
std::string downloadIn(const std::map<std::string, std::string>& metadata) {
    const auto name = metadata.find("source"), digest = metadata.find("source_sha256");
    if (name == metadata.end() || digest == metadata.end()) return {};
    for (const Downloadable& item : downloadables())
        if (name->second == item.source.fileName && digest->second.compare(0, item.sha256Start.size(), item.sha256Start) == 0)
            return item.name;
    return {};
}

std::filesystem::path convert(const std::filesystem::path& file, std::filesystem::path output, const std::string& model,
                              const std::string& title) {
    const std::unique_ptr<WeightsSource> source = openWeights(file);
    const TrunkLayout layout = layoutFor(*source, model);
    const TrunkMatch match = matchTrunk(source->tensors(), layout);
    std::map<std::string, HostTensor> tensors = readTrunk(*source, match, file);
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
    writer.setMetadata("title", title.empty() ? layout.title + " from " + file.filename().string() : title);
    writer.setMetadata("model", layout.model);
    writer.setMetadata("source", textOfBytes(file.filename().string()));
    writer.setMetadata("source_format", toString(source->format()));
    writer.setMetadata("source_sha256", digest);
    const WeightsScaling scaling = scalingNeededBy(*source, match);
    if (modalityOf(layout.model) == Modality::Pictures) writer.setMetadata("scaling", toString(scaling.scaling));
    if (!scaling.certain) writer.setMetadata("scaling_assumed", scaling.reason);
    for (const TensorSpec& spec : layout.tensors)
        if (spec.transposed) tensors.at(spec.name) = inputsFirst(tensors.at(spec.name));
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

WeightsReport inspectWeights(const std::filesystem::path& file, const std::string& model) {
    const std::unique_ptr<WeightsSource> source = openWeights(file);
    WeightsReport report;
    report.file = file;
    report.format = source->format();
    report.fileBytes = static_cast<std::int64_t>(std::filesystem::file_size(file));
    report.sha256 = digestOfFile(file);
    for (const auto& [name, tensor] : source->tensors()) report.tensors.push_back({name, toString(tensor.dtype), tensor.shape});
    report.metadata.assign(source->metadata().begin(), source->metadata().end());
    TrunkMatch match = matchTrunk(source->tensors(), layoutFor(*source, model));
    report.model = match.layout.model;
    report.modelTitle = match.layout.title;
    if (match.isTrunk()) report.scaling = scalingNeededBy(*source, match);
    report.otherNetwork = std::move(match.otherNetwork);
    report.matched = std::move(match.matched);
    report.missing = std::move(match.missing);
    report.unexpected = std::move(match.unexpected);
    report.misshapen = std::move(match.misshapen);
    return report;
}

std::filesystem::path importWeights(const std::filesystem::path& file, std::filesystem::path output, const std::string& model) {
    return convert(file, std::move(output), model, {});
}

std::vector<WeightsChoice> listWeights(const std::string& model) {
    const ModelDescription& description = descriptionOf(model);
    const TrunkLayout layout = layoutOf(model);
    const bool pictures = description.input.modality == Modality::Pictures;
    const auto scalingWords = [pictures](const WeightsScaling& scaling) {
        return pictures ? " " + scalingSentence(scaling) : std::string();
    };
    std::vector<WeightsChoice> choices;
    if (!description.builtIn.empty()) {
        const WeightsScaling own{description.scaling, true, "they are " + description.title + "'s own"};
        choices.push_back({description.builtInTitle, {}, description.builtInNote + scalingWords(own), own});
    }

    for (const std::filesystem::path& file : filesOfFolder()) {
        try {
            const std::unique_ptr<WeightsSource> source = openWeights(file);
            const TrunkMatch match = matchTrunk(source->tensors(), layout);
            if (!match.isTrunk()) continue;
            const auto title = source->metadata().find("title");
            const bool titled = title != source->metadata().end() && title->second.size() <= kLongestTitle;
            const WeightsScaling scaling = scalingNeededBy(*source, match);
            choices.push_back({titled ? title->second : file.filename().string(), file,
                               file.filename().string() + ", " + toString(source->format()) + "." + scalingWords(scaling),
                               scaling});
        } catch (const WeightsError&) {  // not a weights file; inspecting it says why
        }
    }
    return choices;
}

std::filesystem::path ownWeightsOf(const std::string& model) {
    const ModelDescription& description = descriptionOf(model);
    if (!description.builtIn.empty()) {
        const std::filesystem::path file = resourcePath("weights/" + description.builtIn);
        if (!file.empty()) return file;
        throw WeightsError("Thaw's own weights (share/thaw/weights/" + description.builtIn + ") are missing.",
                           "Install Thaw again, or choose a weights file of your own.");
    }
    for (const WeightsChoice& choice : listWeights(model)) return choice.file;
    if (description.keras)
        throw WeightsError(
            "There are no weights of " + description.title + " on this machine.",
            "Import a file that Keras saved: thaw-cli weights import FILE. Or choose a weights file of your own, or "
            "start from random values.");
    throw WeightsError("There are no weights of " + description.title + " on this machine.",
                       "Get them with: thaw-cli weights get " + model +
                           ". Or choose a weights file of your own, or start from "
                           "random values.");
}

std::vector<std::pair<std::string, DownloadSource>> downloadableWeights() {
    std::vector<std::pair<std::string, DownloadSource>> result;
    for (const Downloadable& item : downloadables()) result.emplace_back(item.name, item.source);
    return result;
}

std::int64_t downloadBytes(const std::string& download) {
    for (const Downloadable& item : downloadables())
        if (item.name == download) return item.aboutBytes;
    return 0;
}

std::vector<LocalWeights> listLocalWeights() {
    std::vector<LocalWeights> found;
    for (const std::filesystem::path& file : filesOfFolder()) {
        try {
            const std::unique_ptr<WeightsSource> source = openWeights(file);
            const std::string model = modelIn(source->tensors());
            if (!model.empty() && modalityOf(model) == Modality::Pictures)
                found.push_back({model, file, downloadIn(source->metadata())});
        } catch (const WeightsError&) {  // not a weights file
        }
    }
    return found;
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
    const std::filesystem::path imported = convert(file, {}, item->model, item->title);
    std::filesystem::remove(file, ignored);
    return imported;
}

}  // namespace thaw::core
