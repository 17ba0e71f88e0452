// Ctrl+C, or a terminal that is closed, during long work: noted, so that what runs can end in good order.
#pragma once

namespace thaw::cli {

/// From now on the first SIGINT, SIGTERM or SIGHUP is only noted; the same SIGINT or SIGTERM again ends the process at once with
/// kInterrupted. A signal that is ignored already stays so.
void noteInterrupts();
bool interrupted();

}  // namespace thaw::cli
