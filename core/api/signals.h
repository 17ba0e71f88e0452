// Signals that end a program, where its parent has not asked to ignore them.
#pragma once

#include <csignal>

namespace thaw::core {

/// As std::signal(), but what is ignored stays ignored: nohup, or a shell's background.
inline void handleSignal(int number, void (*handler)(int)) {
    if (std::signal(number, handler) == SIG_IGN) std::signal(number, SIG_IGN);
}

}  // namespace thaw::core
