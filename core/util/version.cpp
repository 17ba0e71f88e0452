#include "core/api/engine_info.h"

namespace thaw::core {

std::string version() { return THAW_VERSION; }

}  // namespace thaw::core
