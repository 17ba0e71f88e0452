// Which of many words a text begins with: a tree of bytes. It does not change after it was made, so threads can share it.
#pragma once

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "core/api/tokenizer.h"

namespace thaw::core {

class ByteTrie {
public:
    using Entry = std::pair<std::string_view, TokenId>;
    struct Match {
        std::size_t bytes = 0;  ///< 0: none of the words
        TokenId id = kNoToken;
    };

    ByteTrie() = default;
    /// Empty words are left out; of equal ones the first counts. Reads the texts only now.
    explicit ByteTrie(std::vector<Entry> entries);

    bool isEmpty() const { return m_nodes.empty(); }
    /// Some word begins with this byte.
    bool begins(char byte) const { return m_roots[static_cast<unsigned char>(byte)] != 0; }
    /// The longest of the words that the text begins with.
    Match longest(std::string_view text) const;

private:
    struct Node {
        std::uint32_t firstChild = 0;
        TokenId id = kNoToken;
        std::uint16_t children = 0;
        unsigned char byte = 0;
    };
    const Node* childOf(const Node& node, unsigned char byte) const;

    std::vector<Node> m_nodes;                    // the children of a node lie side by side, in the order of their bytes
    std::array<std::uint32_t, 256> m_roots = {};  // index + 1 of the node of each first byte
};

}  // namespace thaw::core
