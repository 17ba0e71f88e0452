#include "ui/bridge/kept_ticks.h"

#include <algorithm>

#include "core/api/layer_info.h"

namespace thaw::ui {

KeptTicks::Ticks KeptTicks::ownTicks(const core::RunConfig& config) {
    constexpr int kAnyClasses = 2;
    core::RunConfig plain;
    core::chooseModel(plain, config.model);
    const core::ModelInfo model = core::describeModel(plain, kAnyClasses);
    const auto isPreset = [&](const std::vector<std::string>& names) {
        const core::LayerMask mask = model.maskOf(names);
        return std::any_of(model.presets.begin(), model.presets.end(),
                           [&](const core::LayerPreset& preset) { return model.maskOf(preset.layers) == mask; });
    };
    Ticks ticks;
    for (const core::PhaseConfig& phase : config.phases)
        ticks.push_back(isPreset(phase.trainable) ? std::vector<std::string>() : phase.trainable);
    return ticks;
}

bool KeptTicks::chooseModel(core::RunConfig& config, const std::string& model) {
    if (model == config.model) return false;
    const Ticks left = m_ticks[config.model] = ownTicks(config), &back = m_ticks[model];
    core::chooseModel(config, model);
    for (std::size_t i = 0; i < config.phases.size(); ++i) {
        if (i < back.size() && !back[i].empty())
            config.phases[i].trainable = back[i];
        else if (!left[i].empty())
            config.phases[i].trainable = {"head"};
    }
    return std::any_of(left.begin(), left.end(), [](const auto& names) { return !names.empty(); });
}

}  // namespace thaw::ui
