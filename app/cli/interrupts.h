// Ctrl+C during long work: noted, so that what runs can end in good order.
#pragma once

namespace thaw::cli {

/// From now on the first SIGINT or SIGTERM is only noted; a second one ends the process at once with kInterrupted.
void noteInterrupts();
bool interrupted();

}  // namespace thaw::cli
