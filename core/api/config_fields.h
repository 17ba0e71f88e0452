// What there is to say of each setting of a RunConfig. It stands once, in core/store/config_fields.h, and serves JSON, checks,
// the command line's help and the window.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace thaw::core {

struct ConfigField {
    std::string path;    ///< in JSON: "head.dropout"; of each phase: "phases.optimizer.momentum"
    std::string title;   ///< as the window labels it
    std::string help;    ///< a sentence or two
    std::string unit;    ///< "epochs"; empty: none
    bool whole = false;  ///< a whole number
    bool ranged = false;
    double least = 0, greatest = 0;                  ///< where ranged
    bool aboveLeast = false, belowGreatest = false;  ///< the limit itself is not allowed
    std::vector<std::string> choices;                ///< of an enumeration, by their names in JSON

    /// "from 1 to 4096", "from 0 to below 1", "above 0 and at most 10"; the choices; empty: anything.
    std::string values() const;
};

/// All, in the order in which a config is written.
const std::vector<ConfigField>& configFields();
/// Throws std::out_of_range for a path that does not exist.
const ConfigField& configField(std::string_view path);

}  // namespace thaw::core
