// Ticks that were set by hand belong to the model whose layers they name: they wait for it while another one is chosen.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/api/config.h"

namespace thaw::ui {

class KeptTicks {
public:
    /// core::chooseModel with the ticks that the model was left with; phases whose ticks it does not know train the head. True
    /// where ticks of the model before wait now. Throws ConfigError for a model that does not exist.
    bool chooseModel(core::RunConfig& config, const std::string& model);

private:
    using Ticks = std::vector<std::vector<std::string>>;  ///< of each phase; none where a preset stands, which has its like
    static Ticks ownTicks(const core::RunConfig& config);
    std::map<std::string, Ticks> m_ticks;  ///< by model
};

}  // namespace thaw::ui
