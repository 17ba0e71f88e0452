#include "app/exit_deadline.h"

#include <chrono>
#include <cstdlib>
#include <thread>

#include "core/api/engine_info.h"

namespace thaw {

void beginExit() {
    static bool begun = false;
    if (begun) return;
    begun = true;
    std::thread([] {
        std::this_thread::sleep_for(std::chrono::milliseconds(kLongestExitMilliseconds));
        core::logMessage("warning", "Thaw ended while something was still being read or written.");
        std::_Exit(EXIT_SUCCESS);
    }).detach();
}

}  // namespace thaw
