// What prepareProcess found out, for engineInfo() and the log.
#pragma once

#include <string>

namespace thaw::core {

/// Processors that this process may use: its affinity and its control group's quota. At least 1.
int availableCores();
/// "started again with OPENBLAS_CORETYPE=SkylakeX" and the like; empty when there is nothing to tell.
std::string preparationNote();

}  // namespace thaw::core
