// The models that Thaw can build, as recipes: what a trunk consists of, without tensors.
#pragma once

#include <string>
#include <vector>

namespace thaw::core {

/// A VGG-shaped trunk: blocks of 3x3 convolutions with ReLU, each block ended by a 2x2 max pooling.
struct TrunkRecipe {
    std::string title;                     ///< "VGG16"
    std::vector<std::vector<int>> blocks;  ///< output channels of every convolution
};

/// Throws ConfigError naming the models that exist.
const TrunkRecipe& recipeOf(const std::string& model);

/// Puts another trunk behind a model's name, so that tests train in milliseconds. Not thread-safe.
void replaceRecipeForTests(const std::string& model, TrunkRecipe recipe);

}  // namespace thaw::core
