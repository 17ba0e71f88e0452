#include "core/model/vgg16.h"

namespace thaw::core {

TrunkRecipe vgg16Recipe() { return {"VGG16", {{64, 64}, {128, 128}, {256, 256, 256}, {512, 512, 512}, {512, 512, 512}}}; }

}  // namespace thaw::core
