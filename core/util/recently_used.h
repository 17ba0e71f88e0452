// A few values by name, those that were used last.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <utility>

namespace thaw::core {

template <typename Value>
class RecentlyUsed {
public:
    explicit RecentlyUsed(std::size_t capacity) : m_capacity(capacity) {}

    /// nullptr where there is none; valid until the next put().
    Value* find(const std::string& key) {
        for (auto entry = m_entries.begin(); entry != m_entries.end(); ++entry) {
            if (entry->first != key) continue;
            m_entries.splice(m_entries.begin(), m_entries, entry);
            return &m_entries.front().second;
        }
        return nullptr;
    }
    /// Drops what was used longest ago where there is no room.
    Value& put(const std::string& key, Value value) {
        while (m_entries.size() >= m_capacity) m_entries.pop_back();
        m_entries.emplace_front(key, std::move(value));
        return m_entries.front().second;
    }
    /// Keys and values, the last used first.
    const std::list<std::pair<std::string, Value>>& entries() const { return m_entries; }

private:
    std::size_t m_capacity;
    std::list<std::pair<std::string, Value>> m_entries;
};

}  // namespace thaw::core
