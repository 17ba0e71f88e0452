// How many threads compute, decode and measure: the one place that says so.
#pragma once

namespace thaw::core {

/// Processors that this process may use: its affinity, and the quota of its control group and of every group above it, rounded to
/// whole processors. At least 1. Asked anew at each call.
int availableCores();

/// Threads for work that may take all processors. `asked` = 0: availableCores(), or fewer where OMP_NUM_THREADS says so;
/// otherwise as many as asked, but no more than availableCores(): more would only wait for each other.
int threadsFor(int asked);

}  // namespace thaw::core
