#pragma once

namespace thaw::core {

/// Processors that this process may use: its affinity and its control group's quota. At least 1.
int availableCores();

}  // namespace thaw::core
