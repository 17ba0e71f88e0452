// The ids of words that came before. Of a bounded size: when it is full, it is emptied and starts anew.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/api/tokenizer.h"

namespace thaw::core {

/// One thread at a time.
class WordCache {
public:
    static constexpr std::size_t kLongestWord = 64;  ///< bytes

    WordCache() : m_slots(kSlots) {}

    /// Appends the ids of a word that is known.
    bool find(std::string_view word, std::vector<TokenId>& ids) {
        m_hash = std::hash<std::string_view>()(word);
        m_place = m_hash & (kSlots - 1);
        for (; m_slots[m_place].ids > 0; m_place = (m_place + 1) & (kSlots - 1)) {
            const Slot& slot = m_slots[m_place];
            if (slot.hash != static_cast<std::uint32_t>(m_hash >> 32) || slot.bytes != word.size() ||
                word.compare({m_letters.data() + slot.firstLetter, slot.bytes}) != 0)
                continue;
            const TokenId* first = m_ids.data() + slot.firstId;
            ids.insert(ids.end(), first, first + slot.ids);
            return true;
        }
        return false;
    }

    /// Of the word that find() just missed: one id or more, no more than it has bytes.
    void keep(std::string_view word, const TokenId* ids, std::size_t count) {
        if (m_used == kSlots / 2) {
            *this = WordCache();
            m_place = std::hash<std::string_view>()(word) & (kSlots - 1);
        }
        m_slots[m_place] = {static_cast<std::uint32_t>(m_hash >> 32), static_cast<std::uint32_t>(m_letters.size()),
                            static_cast<std::uint32_t>(m_ids.size()), static_cast<std::uint16_t>(word.size()),
                            static_cast<std::uint16_t>(count)};
        m_letters += word;
        m_ids.insert(m_ids.end(), ids, ids + count);
        ++m_used;
    }

private:
    static constexpr std::size_t kSlots = 1u << 16;
    struct Slot {
        std::uint32_t hash = 0, firstLetter = 0, firstId = 0;
        std::uint16_t bytes = 0, ids = 0;  // no ids: the slot is free
    };

    std::vector<Slot> m_slots;
    std::string m_letters;
    std::vector<TokenId> m_ids;
    std::size_t m_used = 0, m_place = 0;
    std::uint64_t m_hash = 0;
};

}  // namespace thaw::core
