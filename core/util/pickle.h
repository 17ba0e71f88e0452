// Python's pickle is a program for a small machine with a stack. This machine knows only the instructions that build plain
// values; what asks for more is refused. Nothing in a file is ever executed: a call of a Python function is handed to the derived
// class, which knows a few of them by name and what they would make.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace thaw::core {

class PickleMachine {
public:
    using Id = std::uint32_t;
    enum class Kind { None, Bool, Int, Float, Text, Bytes, Global, Tuple, List, Dict, Object };

    /// One value of a pickle. Values refer to each other by number, so sharing, cycles and depth cost nothing.
    struct Node {
        Kind kind = Kind::None;
        std::int64_t number = 0;  // Bool, Int; Object: the derived class's
        std::string_view text;    // Text, Bytes, Global ("module name"): into the pickle; Object: the derived class's
        std::vector<Id> items;    // Tuple, List; Dict: key, value, key, value ...
    };

    PickleMachine(const PickleMachine&) = delete;
    PickleMachine& operator=(const PickleMachine&) = delete;
    virtual ~PickleMachine() = default;

    /// Runs one pickle from the present position on; returns its value. Throws what fail() throws.
    Id run();
    const Node& node(Id id) const { return m_nodes[id]; }
    std::size_t position() const { return m_position; }

protected:
    /// `withBytes`: also the instructions that push raw bytes.
    PickleMachine(std::vector<std::uint8_t> bytes, std::size_t maxInstructions, bool withBytes)
        : m_bytes(std::move(bytes)), m_maxInstructions(maxInstructions), m_withBytes(withBytes) {}

    /// `why` follows "... cannot be used: ".
    [[noreturn]] virtual void fail(const std::string& why) const = 0;
    /// As above, for a sound pickle that holds what is not expected of it.
    [[noreturn]] virtual void refuse(const std::string& why) const = 0;
    /// Whether "module name" may be named in the pickle.
    virtual bool knows(std::string_view global) const = 0;
    /// For a name that it may not.
    [[noreturn]] virtual void refuseGlobal(std::string_view module, std::string_view name) const;
    /// What `function`, one that knows() knows, makes of these arguments.
    virtual Id call(std::string_view function, const std::vector<Id>& arguments) = 0;
    /// A reference to something outside.
    virtual Id outside(Id reference) = 0;
    /// Gives an object that call() made its state.
    virtual void setState(Id object, Id state) = 0;

    [[noreturn]] void damaged() const;
    Id make(Kind kind, std::int64_t number = 0, std::string_view text = {});
    Node& changeable(Id id) { return m_nodes[id]; }
    const Node& expect(Id id, Kind kind) const;
    const Node* newest() const { return m_stack.empty() ? nullptr : &m_nodes[m_stack.back()]; }  ///< on the stack
    std::string_view bytes() const { return {reinterpret_cast<const char*>(m_bytes.data()), m_bytes.size()}; }
    /// Work that is not seen in the number of instructions.
    void spend(std::size_t instructions);

private:
    void execute(std::uint8_t instruction);
    bool pushValue(std::uint8_t instruction);
    bool collect(std::uint8_t instruction);
    std::string_view take(std::uint64_t bytes);
    std::uint8_t byte() { return static_cast<std::uint8_t>(take(1)[0]); }
    std::uint64_t number(std::size_t bytes);
    std::string_view line();
    void push(Id id) { m_stack.push_back(id); }
    void pushLong();
    void pushTuple(std::vector<Id> items);
    void pushGlobal(std::string_view module, std::string_view name);
    Id top() const;
    std::vector<Id> popMany(std::size_t count);
    std::vector<Id> popToMark();
    void put(std::uint64_t index);
    void get(std::uint64_t index);
    void addItems(Kind kind, const std::vector<Id>& items);

    std::vector<std::uint8_t> m_bytes;
    std::size_t m_maxInstructions;
    bool m_withBytes;
    std::size_t m_position = 0, m_instructions = 0;
    std::vector<Node> m_nodes;
    std::vector<Id> m_stack;
    std::vector<std::size_t> m_marks;
    std::unordered_map<std::uint64_t, Id> m_memo;
    std::set<std::string> m_names;
};

}  // namespace thaw::core
