// Values handed from one thread to another, in order. The receiver is woken by a queued signal without arguments, so that
// nothing but the values travels, and those under a std::mutex: ThreadSanitizer sees that handover, while Qt's own event
// queue is not instrumented and would look like a race.
#pragma once

#include <mutex>
#include <utility>
#include <vector>

namespace thaw::ui {

template <class T>
class Mailbox {
public:
    /// True when the box was empty: the receiver has to be woken.
    bool put(T value) {
        const std::lock_guard lock(m_mutex);
        m_values.push_back(std::move(value));
        return m_values.size() == 1;
    }
    /// As put, but in place of what was not taken yet: only the newest counts.
    bool replace(T value) {
        const std::lock_guard lock(m_mutex);
        const bool wasEmpty = m_values.empty();
        m_values.clear();
        m_values.push_back(std::move(value));
        return wasEmpty;
    }
    std::vector<T> takeAll() {
        const std::lock_guard lock(m_mutex);
        return std::exchange(m_values, {});
    }

private:
    std::mutex m_mutex;
    std::vector<T> m_values;
};

}  // namespace thaw::ui
