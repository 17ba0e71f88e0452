#include "app/cli/interrupts.h"

#include <atomic>
#include <csignal>
#include <cstdlib>

#include "app/cli/commands.h"

namespace thaw::cli {

namespace {

std::atomic<int> g_interrupts{0};

void onInterrupt(int) {
    // Nothing is lost by leaving at once: files are replaced whole or not at all, and a run resumes from its checkpoints.
    if (++g_interrupts > 1) std::_Exit(kInterrupted);
}

}  // namespace

void noteInterrupts() {
    std::signal(SIGINT, onInterrupt);
    std::signal(SIGTERM, onInterrupt);
}

bool interrupted() { return g_interrupts > 0; }

}  // namespace thaw::cli
