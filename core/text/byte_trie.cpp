#include "core/text/byte_trie.h"

#include <algorithm>

namespace thaw::core {

namespace {

// Words that share their first `depth` bytes, and the node that stands for these.
struct Range {
    std::size_t begin, end, depth, node;
};

unsigned char byteOf(const ByteTrie::Entry& entry, std::size_t at) { return static_cast<unsigned char>(entry.first[at]); }

}  // namespace

ByteTrie::ByteTrie(std::vector<Entry> entries) {
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.first < b.first; });
    constexpr std::size_t kRoot = static_cast<std::size_t>(-1);
    std::vector<Range> waiting{{0, entries.size(), 0, kRoot}};
    for (std::size_t next = 0; next < waiting.size(); ++next) {
        const Range range = waiting[next];
        std::size_t begin = range.begin;
        for (; begin < range.end && entries[begin].first.size() == range.depth; ++begin)
            if (range.node != kRoot && m_nodes[range.node].id == kNoToken) m_nodes[range.node].id = entries[begin].second;
        if (range.node != kRoot) m_nodes[range.node].firstChild = static_cast<std::uint32_t>(m_nodes.size());
        while (begin < range.end) {
            const unsigned char byte = byteOf(entries[begin], range.depth);
            std::size_t end = begin + 1;
            while (end < range.end && byteOf(entries[end], range.depth) == byte) ++end;
            waiting.push_back({begin, end, range.depth + 1, m_nodes.size()});
            m_nodes.push_back({0, kNoToken, 0, byte});
            if (range.node == kRoot)
                m_roots[byte] = static_cast<std::uint32_t>(m_nodes.size());
            else
                ++m_nodes[range.node].children;
            begin = end;
        }
    }
}

const ByteTrie::Node* ByteTrie::childOf(const Node& node, unsigned char byte) const {
    const Node* first = m_nodes.data() + node.firstChild;
    const Node* last = first + node.children;
    const Node* found = std::lower_bound(first, last, byte, [](const Node& child, unsigned char b) { return child.byte < b; });
    return found != last && found->byte == byte ? found : nullptr;
}

ByteTrie::Match ByteTrie::longest(std::string_view text) const {
    Match match;
    if (text.empty() || !begins(text.front())) return match;
    const Node* node = &m_nodes[m_roots[static_cast<unsigned char>(text.front())] - 1];
    for (std::size_t bytes = 1; node; ++bytes) {
        if (node->id != kNoToken) match = {bytes, node->id};
        node = bytes < text.size() ? childOf(*node, static_cast<unsigned char>(text[bytes])) : nullptr;
    }
    return match;
}

}  // namespace thaw::core
