// Weight files as people see them. Any file is read as untrusted input: sizes are checked before memory is taken and nothing in
// it runs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/api/config.h"
#include "core/api/dataset_info.h"

namespace thaw::core {

enum class WeightsFormat { Safetensors, TorchZip, TorchLegacy, KerasH5, Unknown };
std::string toString(WeightsFormat format);

struct TensorInfo {
    std::string name;
    std::string dtype;  ///< "float32", "int8", ...
    std::vector<std::int64_t> shape;
};

/// The input scaling that weights were trained with.
struct WeightsScaling {
    Scaling scaling = Scaling::ImageNet;
    /// The file says it, or its numbers are those of published weights. False: concluded from the kind of file; weights that
    /// somebody fine-tuned on other input cannot be told from others.
    bool certain = false;
    std::string reason;  ///< "the file says so"
};

struct WeightsReport {
    std::filesystem::path file;
    WeightsFormat format = WeightsFormat::Unknown;  ///< by content, never by name
    std::int64_t fileBytes = 0;
    std::string sha256;
    std::vector<TensorInfo> tensors;
    std::vector<std::pair<std::string, std::string>> metadata;
    // Against VGG16's trunk:
    std::vector<std::string> matched;  ///< "features.0.weight <- block1_conv1/kernel"
    std::vector<std::string> missing;  ///< trunk tensors that the file lacks
    std::vector<std::string>
        unexpected;  ///< tensors of the file that the trunk has no place for (a full model's classifier is one)
    std::vector<std::string> misshapen;  ///< "features.0.weight: expected 64x3x3x3, file has 64x3x5x5"
    /// "VGG19": what the file holds instead, where its shapes or names tell. A network that has more or other layers of the same
    /// kind is another one, though VGG16's names and shapes are all in it.
    std::string otherNetwork;
    WeightsScaling scaling;  ///< of a usable file
    bool usable() const { return missing.empty() && misshapen.empty() && !matched.empty() && otherNetwork.empty(); }
};

/// Reads headers, names and shapes. Blocking. Throws WeightsError for a file that is damaged, foreign or unsafe.
WeightsReport inspectWeights(const std::filesystem::path& file);

/// Converts the trunk of any readable file into `output` (float32 safetensors, torchvision's names). Blocking.
/// Empty output: the user's weights folder. Returns the file written. Throws WeightsError, StoreError.
std::filesystem::path importWeights(const std::filesystem::path& file, std::filesystem::path output = {});

struct WeightsChoice {
    std::string title;           ///< "VGG16, ImageNet (built in, 8 bit)"
    std::filesystem::path file;  ///< empty: the embedded ones
    std::string description;
    WeightsScaling scaling = {};
};

/// The embedded weights and every usable file of the user's weights folder. Reads headers only.
std::vector<WeightsChoice> listWeights();

/// What scaling the weights of a file need; empty: the embedded ones. Reads headers and the first layer. Blocking. Throws
/// WeightsError.
WeightsScaling scalingOfWeights(const std::filesystem::path& file);
/// "They need the scaling "caffe": ...".
std::string scalingSentence(const WeightsScaling& need);
/// Sentences for people where `chosen` is another one; empty where it is not.
std::string scalingWarning(Scaling chosen, const WeightsScaling& need);
/// The scaling follows the choice of weights, unless it already differed from what the weights before needed: then somebody
/// wanted it so.
void followWeights(RunConfig& config, Scaling neededBefore, Scaling neededNow);
/// Chooses weights by this rule. Blocking. Throws WeightsError for either file.
void chooseWeights(RunConfig& config, const std::filesystem::path& file);

std::filesystem::path embeddedWeightsFile();  ///< throws WeightsError where the installation lacks it

/// Full-precision weights that can be downloaded: "vgg16".
std::vector<std::pair<std::string, DownloadSource>> downloadableWeights();
/// Downloads, checks and imports. Returns the imported file. Throws NetworkError, WeightsError, StoreError, Cancelled.
std::filesystem::path downloadWeights(const std::string& name, const ProgressCallback& progress);

/// Entry of the child process that alone touches the HDF5 library: call first thing in main() of every program; when the
/// arguments ask for it, converts and returns the exit code to leave with, otherwise returns -1.
int runHdf5ImportChild(int argc, char** argv);

}  // namespace thaw::core
