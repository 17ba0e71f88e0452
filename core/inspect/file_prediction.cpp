#include "core/inspect/file_prediction.h"

#include "core/data/picture_file.h"
#include "core/data/preprocess.h"

namespace thaw::core {

FilePrediction predictPicture(const StagedModel& model, const RunConfig& config, const torch::Device& device,
                              const std::filesystem::path& file) {
    FilePrediction prediction = readPictureFile(file, config.inputSize);
    if (!prediction.error.empty()) return prediction;
    PictureSet picture;
    picture.width = picture.height = prediction.modelSize;
    picture.rgb = prediction.modelRgb;
    picture.labels = {-1};
    torch::NoGradGuard noGrad;
    const torch::Tensor input = networkInput(picture, {0}, {}, config.scaling, config.inputSize).to(device);
    const torch::Tensor probabilities = at::softmax(model.forward(input, 0, model.stageCount()), 1).cpu().contiguous();
    prediction.probabilities.assign(probabilities.data_ptr<float>(), probabilities.data_ptr<float>() + probabilities.numel());
    return prediction;
}

}  // namespace thaw::core
