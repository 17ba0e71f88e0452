// Ends the process in time, whatever its threads wait for: a disk that does not answer, a folder on a network, a camera.
#pragma once

namespace thaw {

/// Closing takes so long at most.
inline constexpr int kLongestExitMilliseconds = 5000;

/// From the first call on the process has kLongestExitMilliseconds; then it ends where it is, with exit code 0. Nothing is lost
/// by that but work since the last checkpoint: files are replaced whole or not at all. GUI thread.
void beginExit();

}  // namespace thaw
