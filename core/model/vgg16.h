// Simonyan and Zisserman 2015, configuration D.
#pragma once

#include "core/model/zoo.h"

namespace thaw::core {

TrunkRecipe vgg16Recipe();

}  // namespace thaw::core
