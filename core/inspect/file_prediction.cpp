#include "core/inspect/file_prediction.h"

#include <algorithm>

#include "core/data/picture_file.h"
#include "core/data/preprocess.h"
#include "core/train/task.h"

namespace thaw::core {
namespace {

/// The numbers that the network gets, as a picture: channels in the network's order.
void showInput(const torch::Tensor& input, FilePrediction& prediction) {
    prediction.inputSize = static_cast<int>(input.size(2));
    prediction.inputLow = input.min().item<float>();
    prediction.inputHigh = input.max().item<float>();
    const float range = std::max(prediction.inputHigh - prediction.inputLow, 1e-6f);
    const torch::Tensor bytes =
        input[0].permute({1, 2, 0}).sub(prediction.inputLow).mul(255 / range).round().to(torch::kUInt8).contiguous();
    prediction.inputRgb.assign(bytes.data_ptr<std::uint8_t>(), bytes.data_ptr<std::uint8_t>() + bytes.numel());
}

}  // namespace

torch::Tensor squareInput(const std::vector<std::uint8_t>& rgb, int side, const RunConfig& config) {
    PictureSet picture;
    picture.width = picture.height = side;
    picture.rgb = rgb;
    picture.labels = {-1};
    return networkInput(picture, {0}, {}, config.scaling, config.inputSize);
}

FilePrediction predictPicture(const StagedModel& model, const RunConfig& config, const PictureKind& kind,
                              const torch::Device& device, const std::filesystem::path& file) {
    FilePrediction prediction = readPictureFile(file, kind);
    if (!prediction.error.empty()) return prediction;
    torch::NoGradGuard noGrad;
    const torch::Tensor input = squareInput(prediction.modelRgb, kind.side, config);
    showInput(input, prediction);
    prediction.task = model.info().task;
    const torch::Tensor outputs = model.forward(input.to(device), 0, model.stageCount());
    const torch::Tensor probabilities = taskOf(model.info().task).probabilities(outputs).cpu().contiguous();
    prediction.probabilities.assign(probabilities.data_ptr<float>(), probabilities.data_ptr<float>() + probabilities.numel());
    return prediction;
}

}  // namespace thaw::core
