// Beside what reads data sets: an end when nobody waits for it any more (a window that closes, a run that is stopped, a choice
// that is taken back), and how far the listing of a folder has come.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

namespace thaw::core {

/// As long as it lives, what this thread calls to list, find or read data sets ends with Cancelled soon after `ended` became
/// true, and tells `found` on this thread how many files of a folder it has looked at; `found` may be empty.
class ReadingScope {
public:
    explicit ReadingScope(const std::atomic<bool>& ended, std::function<void(std::int64_t files)> found = {});
    ~ReadingScope();
    ReadingScope(const ReadingScope&) = delete;
    ReadingScope& operator=(const ReadingScope&) = delete;

private:
    friend void requireReadingWanted();
    friend void tellFilesFound(std::int64_t files);
    const ReadingScope* const m_before;
    const std::atomic<bool>& m_ended;
    const std::function<void(std::int64_t)> m_found;
};

/// Throws Cancelled in a scope whose end has come.
void requireReadingWanted();
/// Tells the scope, where there is one.
void tellFilesFound(std::int64_t files);

}  // namespace thaw::core
