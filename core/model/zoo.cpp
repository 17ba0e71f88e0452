#include "core/model/zoo.h"

#include <map>
#include <utility>

#include "core/api/errors.h"
#include "core/model/vgg16.h"

namespace thaw::core {
namespace {

std::map<std::string, TrunkRecipe>& recipes() {
    static std::map<std::string, TrunkRecipe> all{{"vgg16", vgg16Recipe()}};
    return all;
}

}  // namespace

const TrunkRecipe& recipeOf(const std::string& model) {
    const auto found = recipes().find(model);
    if (found != recipes().end()) return found->second;
    std::string names;
    for (const auto& [name, recipe] : recipes()) names += (names.empty() ? "" : ", ") + name;
    throw ConfigError("There is no model \"" + model + "\".", "Choose one of: " + names + ".");
}

void replaceRecipeForTests(const std::string& model, TrunkRecipe recipe) { recipes()[model] = std::move(recipe); }

}  // namespace thaw::core
