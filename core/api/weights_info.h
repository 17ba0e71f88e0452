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
    std::string model;       ///< that it was compared with: the one whose trunk it holds, where it is one of the zoo's
    std::string modelTitle;  ///< "VGG16"
    // Against that model's trunk:
    std::vector<std::string> matched;  ///< "features.0.weight <- block1_conv1/kernel"
    std::vector<std::string> missing;  ///< trunk tensors that the file lacks
    std::vector<std::string>
        unexpected;  ///< tensors of the file that the trunk has no place for (a full model's classifier is one)
    std::vector<std::string> misshapen;  ///< "features.0.weight: expected 64x3x3x3, file has 64x3x5x5"
    /// "VGG19": what the file holds instead, where its shapes or names tell. A network that has more or other layers of the same
    /// kind is another one, though the model's names and shapes are all in it.
    std::string otherNetwork;
    WeightsScaling scaling;  ///< of a usable file
    bool usable() const { return missing.empty() && misshapen.empty() && !matched.empty() && otherNetwork.empty(); }
};

/// Reads headers, names and shapes. An empty model: the one whose trunk the file holds, else the default one. Blocking. Throws
/// WeightsError for a file that is damaged, foreign or unsafe, ConfigError for a model that does not exist.
WeightsReport inspectWeights(const std::filesystem::path& file, const std::string& model = {});

/// Converts the trunk of any readable file into `output` (float32 safetensors, torchvision's names). Blocking. Model as above.
/// Empty output: the user's weights folder. Returns the file written. Throws WeightsError, StoreError.
std::filesystem::path importWeights(const std::filesystem::path& file, std::filesystem::path output = {},
                                    const std::string& model = {});

struct WeightsChoice {
    std::string title;           ///< "VGG16, ImageNet (built in, 8 bit)"
    std::filesystem::path file;  ///< empty: the embedded ones
    std::string description;
    WeightsScaling scaling = {};
};

/// A model's built-in weights, where it has some, and every file of the user's weights folder that holds its trunk. Reads headers
/// only.
std::vector<WeightsChoice> listWeights(const std::string& model = RunConfig().model);

/// What scaling the weights of a file need; empty: the model's own. Reads headers and the first layer. Blocking. Throws
/// WeightsError.
WeightsScaling scalingOfWeights(const std::filesystem::path& file, const std::string& model = RunConfig().model);
/// "They need the scaling "caffe": ...".
std::string scalingSentence(const WeightsScaling& need);
/// Sentences for people where `chosen` is another one; empty where it is not.
std::string scalingWarning(Scaling chosen, const WeightsScaling& need);
/// The scaling follows the choice of weights, unless it already differed from what the weights before needed: then somebody
/// wanted it so.
void followWeights(RunConfig& config, Scaling neededBefore, Scaling neededNow);
/// Chooses weights by this rule. Blocking. Throws WeightsError for either file.
void chooseWeights(RunConfig& config, const std::filesystem::path& file);

/// What a model starts from where no file is named: its built-in weights, else the first file of the user's weights folder that
/// holds them. Throws WeightsError that says where to get some.
std::filesystem::path ownWeightsOf(const std::string& model);

/// Full-precision weights that can be downloaded, by the names of their models.
std::vector<std::pair<std::string, DownloadSource>> downloadableWeights();
/// Downloads, checks and imports. Returns the imported file. Throws NetworkError, WeightsError, StoreError, Cancelled.
std::filesystem::path downloadWeights(const std::string& name, const ProgressCallback& progress);

/// Entry of the child process that alone touches the HDF5 library: call first thing in main() of every program; when the
/// arguments ask for it, converts and returns the exit code to leave with, otherwise returns -1.
int runHdf5ImportChild(int argc, char** argv);

}  // namespace thaw::core
