#include "core/util/pickle.h"

#include <cstdlib>
#include <utility>

#include "core/util/byte_order.h"

namespace thaw::core {

namespace {

constexpr std::size_t kMaxNameBytes = 1024;

}  // namespace

PickleMachine::Id PickleMachine::run() {
    m_stack.clear();
    m_marks.clear();
    m_memo.clear();
    for (;;) {
        spend(1);
        const std::uint8_t instruction = byte();
        if (instruction == '.') break;
        execute(instruction);
    }
    if (m_stack.size() != 1 || !m_marks.empty()) fail("its pickle does not end with one value");
    return m_stack.back();
}

void PickleMachine::damaged() const {
    fail("its pickle is damaged");
    std::abort();  // not reached: GCC forgets that a virtual function does not return
}

void PickleMachine::refuseGlobal(std::string_view module, std::string_view name) const {
    refuse("it asks for " + std::string(module) + '.' + std::string(name));
    std::abort();
}

void PickleMachine::spend(std::size_t instructions) {
    m_instructions += instructions;
    if (m_instructions > m_maxInstructions) fail("its pickle is too long");
}

void PickleMachine::execute(std::uint8_t instruction) {
    if (pushValue(instruction) || collect(instruction)) return;
    switch (instruction) {
        case 0x80:  // PROTO
            if (const std::uint8_t protocol = byte(); protocol < 2 || protocol > 5) fail("its pickle has an unknown protocol");
            break;
        case 0x95:  // FRAME
            take(8);
            break;
        case 'q':
            put(number(1));
            break;
        case 'r':
            put(number(4));
            break;
        case 0x94:  // MEMOIZE
            put(m_memo.size());
            break;
        case 'h':
            get(number(1));
            break;
        case 'j':
            get(number(4));
            break;
        case 'c': {
            const std::string_view module = line();
            pushGlobal(module, line());
            break;
        }
        case 0x93: {  // STACK_GLOBAL
            const std::vector<Id> names = popMany(2);
            pushGlobal(expect(names[0], Kind::Text).text, expect(names[1], Kind::Text).text);
            break;
        }
        case 'Q':
            push(outside(popMany(1)[0]));
            break;
        case 'R': {
            const std::vector<Id> parts = popMany(2);
            const std::vector<Id> arguments = expect(parts[1], Kind::Tuple).items;  // call() makes nodes: no reference lasts
            push(call(expect(parts[0], Kind::Global).text, arguments));
            break;
        }
        case 'b': {  // BUILD
            const Id state = popMany(1)[0];
            setState(top(), state);
            break;
        }
        default:
            refuse("its pickle holds the instruction " + std::to_string(instruction));
    }
}

bool PickleMachine::pushValue(std::uint8_t instruction) {
    switch (instruction) {
        case 'N':
            push(make(Kind::None));
            return true;
        case 0x88:
        case 0x89:
            push(make(Kind::Bool, instruction == 0x88 ? 1 : 0));
            return true;
        case 'J':
            push(make(Kind::Int, static_cast<std::int32_t>(number(4))));
            return true;
        case 'K':
            push(make(Kind::Int, static_cast<std::int64_t>(number(1))));
            return true;
        case 'M':
            push(make(Kind::Int, static_cast<std::int64_t>(number(2))));
            return true;
        case 0x8a:  // LONG1
            pushLong();
            return true;
        case 'G':
            take(8);
            push(make(Kind::Float));
            return true;
        case 'X':
        case 'T':
            push(make(Kind::Text, 0, take(number(4))));
            return true;
        case 0x8c:
        case 'U':
            push(make(Kind::Text, 0, take(number(1))));
            return true;
        default:
            break;
    }
    if (!m_withBytes) return false;
    switch (instruction) {
        case 'C':
            push(make(Kind::Bytes, 0, take(number(1))));
            return true;
        case 'B':
            push(make(Kind::Bytes, 0, take(number(4))));
            return true;
        case 0x8e:  // BINBYTES8
        case 0x96:  // BYTEARRAY8
            push(make(Kind::Bytes, 0, take(number(8))));
            return true;
        default:
            return false;
    }
}

bool PickleMachine::collect(std::uint8_t instruction) {
    switch (instruction) {
        case '(':
            m_marks.push_back(m_stack.size());
            return true;
        case '}':
            push(make(Kind::Dict));
            return true;
        case ']':
            push(make(Kind::List));
            return true;
        case ')':
            push(make(Kind::Tuple));
            return true;
        case 't':
            pushTuple(popToMark());
            return true;
        case 0x85:
        case 0x86:
        case 0x87:
            pushTuple(popMany(instruction - 0x84u));
            return true;
        case 's':
            addItems(Kind::Dict, popMany(2));
            return true;
        case 'u':
            addItems(Kind::Dict, popToMark());
            return true;
        case 'a':
            addItems(Kind::List, popMany(1));
            return true;
        case 'e':
            addItems(Kind::List, popToMark());
            return true;
        default:
            return false;
    }
}

std::string_view PickleMachine::take(std::uint64_t bytes) {
    if (bytes > m_bytes.size() - m_position) fail("its pickle ends too early");
    const std::string_view text(reinterpret_cast<const char*>(m_bytes.data()) + m_position, static_cast<std::size_t>(bytes));
    m_position += static_cast<std::size_t>(bytes);
    return text;
}

std::uint64_t PickleMachine::number(std::size_t bytes) {
    return littleEndian(reinterpret_cast<const std::uint8_t*>(take(bytes).data()), bytes);
}

std::string_view PickleMachine::line() {
    const std::size_t begin = m_position;
    while (byte() != '\n')
        if (m_position - begin > kMaxNameBytes) damaged();
    return {reinterpret_cast<const char*>(m_bytes.data()) + begin, m_position - begin - 1};
}

PickleMachine::Id PickleMachine::make(Kind kind, std::int64_t number, std::string_view text) {
    Node& node = m_nodes.emplace_back();
    node.kind = kind;
    node.number = number;
    node.text = text;
    return static_cast<Id>(m_nodes.size() - 1);
}

const PickleMachine::Node& PickleMachine::expect(Id id, Kind kind) const {
    if (m_nodes[id].kind != kind) damaged();
    return m_nodes[id];
}

void PickleMachine::pushLong() {
    const std::string_view raw = take(byte());
    if (raw.size() > 8) {
        push(make(Kind::Bytes, 0, raw));
        return;
    }
    std::uint64_t value = littleEndian(reinterpret_cast<const std::uint8_t*>(raw.data()), raw.size());
    if (!raw.empty() && raw.size() < 8 && (raw.back() & 0x80) != 0) value |= ~std::uint64_t{0} << (8 * raw.size());
    push(make(Kind::Int, static_cast<std::int64_t>(value)));
}

void PickleMachine::pushTuple(std::vector<Id> items) {
    const Id tuple = make(Kind::Tuple);
    m_nodes[tuple].items = std::move(items);
    push(tuple);
}

void PickleMachine::pushGlobal(std::string_view module, std::string_view name) {
    const std::string& full = *m_names.insert(std::string(module) + ' ' + std::string(name)).first;
    if (!knows(full)) refuseGlobal(module, name);
    push(make(Kind::Global, 0, full));
}

PickleMachine::Id PickleMachine::top() const {
    if (m_stack.empty() || (!m_marks.empty() && m_marks.back() >= m_stack.size())) damaged();
    return m_stack.back();
}

std::vector<PickleMachine::Id> PickleMachine::popMany(std::size_t count) {
    const std::size_t floor = m_marks.empty() ? 0 : m_marks.back();
    if (m_stack.size() - floor < count) damaged();
    std::vector<Id> items(m_stack.end() - static_cast<std::ptrdiff_t>(count), m_stack.end());
    m_stack.resize(m_stack.size() - count);
    return items;
}

std::vector<PickleMachine::Id> PickleMachine::popToMark() {
    if (m_marks.empty()) damaged();
    std::vector<Id> items(m_stack.begin() + static_cast<std::ptrdiff_t>(m_marks.back()), m_stack.end());
    m_stack.resize(m_marks.back());
    m_marks.pop_back();
    return items;
}

void PickleMachine::put(std::uint64_t index) { m_memo[index] = top(); }

void PickleMachine::get(std::uint64_t index) {
    const auto found = m_memo.find(index);
    if (found == m_memo.end()) damaged();
    push(found->second);
}

void PickleMachine::addItems(Kind kind, const std::vector<Id>& items) {
    if (m_nodes[top()].kind != kind || (kind == Kind::Dict && items.size() % 2 != 0)) damaged();
    std::vector<Id>& own = m_nodes[top()].items;
    own.insert(own.end(), items.begin(), items.end());
}

}  // namespace thaw::core
