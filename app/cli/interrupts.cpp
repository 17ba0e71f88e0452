#include "app/cli/interrupts.h"

#include <atomic>
#include <csignal>
#include <cstdlib>

#include "app/cli/commands.h"
#include "core/api/signals.h"

namespace thaw::cli {

namespace {

std::atomic<int> g_first{0};  // the signal that came first

void onInterrupt(int number) {
    int none = 0;
    if (g_first.compare_exchange_strong(none, number)) return;
    // A closing terminal sends SIGHUP, often twice, and a session's end SIGTERM after it: only the same wish again is impatience.
    // Nothing is lost by leaving at once: files are replaced whole or not at all, and a run resumes from its checkpoints.
    if (number == g_first && number != SIGHUP) std::_Exit(kInterrupted);
}

}  // namespace

void noteInterrupts() {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) core::handleSignal(number, onInterrupt);
}

bool interrupted() { return g_first != 0; }

}  // namespace thaw::cli
