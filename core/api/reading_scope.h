// Ends what reads data sets when nobody waits for it any more: a window that closes, a run that is stopped.
#pragma once

#include <atomic>

namespace thaw::core {

/// As long as it lives, what this thread calls to list, find or read data sets ends with Cancelled soon after `ended` became
/// true.
class ReadingScope {
public:
    explicit ReadingScope(const std::atomic<bool>& ended);
    ~ReadingScope();
    ReadingScope(const ReadingScope&) = delete;
    ReadingScope& operator=(const ReadingScope&) = delete;

private:
    const std::atomic<bool>* m_before;
};

/// Throws Cancelled in a scope whose end has come.
void requireReadingWanted();

}  // namespace thaw::core
