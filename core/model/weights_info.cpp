#include "core/api/weights_info.h"

#include "core/api/errors.h"
#include "core/store/paths.h"

namespace thaw::core {

std::filesystem::path embeddedWeightsFile() {
    const std::filesystem::path file = resourcePath("weights/vgg16-imagenet-int8.safetensors");
    if (file.empty()) {
        throw WeightsError("Thaw's own weights (share/thaw/weights/vgg16-imagenet-int8.safetensors) are missing.",
                           "Install Thaw again, or choose a weights file of your own.");
    }
    return file;
}

}  // namespace thaw::core
