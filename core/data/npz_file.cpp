#include "core/data/npz_file.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "core/api/errors.h"
#include "core/data/archive.h"
#include "core/util/byte_order.h"

namespace thaw::core {

namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::int64_t kMostHeaderBytes = 65536;
constexpr std::size_t kMostDimensions = 8;
constexpr std::string_view kEnding = ".npy";
constexpr const char* kSaveAgain = "Save plain arrays of whole numbers with numpy.savez.";

[[noreturn]] void refuse(const std::string& shown, const std::string& why,
                         const char* hint = "Copy or download the file again.") {
    throw DataError(shown + " cannot be read: " + why + '.', hint);
}

/// Reads the few kinds of Python's literals that stand in a header.
class HeaderReader {
public:
    HeaderReader(std::string_view text, const std::string& shown) : m_text(text), m_shown(shown) {}

    NpyHeader read() {
        expect('{');
        while (!take('}')) {
            const std::string key = word();
            expect(':');
            if (key == "descr")
                m_header.type = type();
            else if (key == "fortran_order")
                m_header.byColumns = truth();
            else if (key == "shape")
                m_header.shape = shape(), m_hasShape = true;
            else
                throwDamaged();
            if (!take(',') && !ahead('}')) throwDamaged();
        }
        if (m_header.type.empty() || !m_hasShape) throwDamaged();
        return m_header;
    }

private:
    [[noreturn]] void throwDamaged() const { refuse(m_shown, "its header is damaged"); }
    void skipSpace() { m_text.remove_prefix(std::min(m_text.find_first_not_of(" \t\n"), m_text.size())); }
    bool ahead(char c) {
        skipSpace();
        return !m_text.empty() && m_text.front() == c;
    }
    bool take(char c) {
        if (!ahead(c)) return false;
        m_text.remove_prefix(1);
        return true;
    }
    void expect(char c) {
        if (!take(c)) throwDamaged();
    }
    std::string word() {
        const char quote = ahead('"') ? '"' : '\'';
        expect(quote);
        const std::size_t end = m_text.find(quote);
        if (end == std::string_view::npos) throwDamaged();
        const std::string text(m_text.substr(0, end));
        m_text.remove_prefix(end + 1);
        return text;
    }
    std::string type() {
        if (ahead('[')) refuse(m_shown, "it is a table of several columns, not an array", kSaveAgain);
        return word();
    }
    bool truth() {
        skipSpace();
        for (const bool value : {true, false}) {
            const std::string_view name = value ? "True" : "False";
            if (m_text.substr(0, name.size()) != name) continue;
            m_text.remove_prefix(name.size());
            return value;
        }
        throwDamaged();
    }
    std::vector<std::int64_t> shape() {
        std::vector<std::int64_t> sides;
        expect('(');
        while (!take(')')) {
            sides.push_back(number());
            if (sides.size() > kMostDimensions || (!take(',') && !ahead(')'))) throwDamaged();
        }
        return sides;
    }
    std::int64_t number() {
        skipSpace();
        const std::size_t digits = std::min(m_text.find_first_not_of("0123456789"), m_text.size());
        if (digits == 0 || digits > 15) throwDamaged();
        const std::int64_t value = std::stoll(std::string(m_text.substr(0, digits)));
        m_text.remove_prefix(digits);
        if (!m_text.empty() && m_text.front() == 'L') m_text.remove_prefix(1);  // Python 2
        return value;
    }

    std::string_view m_text;
    const std::string& m_shown;
    NpyHeader m_header;
    bool m_hasShape = false;
};

/// Bytes of one number; 0: none that is known.
std::int64_t itemBytes(const std::string& type) {
    constexpr std::string_view kOrders = "|<>=", kKinds = "biuf";
    if (type.size() != 3 || kOrders.find(type[0]) == std::string_view::npos || kKinds.find(type[1]) == std::string_view::npos)
        return 0;
    const int bytes = type[2] - '0';
    return bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8 ? bytes : 0;
}

NpyHeader readHeader(std::int64_t size, const ArchiveRead& read, const std::string& shown) {
    std::array<std::uint8_t, 12> begin{};
    if (size >= static_cast<std::int64_t>(begin.size())) read(begin.data(), 10);
    if (std::memcmp(begin.data(), kMagic.data(), kMagic.size()) != 0) refuse(shown, "it is no array of NumPy");
    const bool old = begin[6] == 1;
    if (!old) read(begin.data() + 10, 2);
    const std::int64_t prefix = old ? 10 : 12;
    const auto length = static_cast<std::int64_t>(littleEndian(begin.data() + 8, old ? 2 : 4));
    if (begin[6] < 1 || begin[6] > 3 || length > kMostHeaderBytes || prefix + length > size)
        refuse(shown, "its header is damaged");
    std::string text(static_cast<std::size_t>(length), '\0');
    read(text.data(), text.size());
    return npyHeaderFrom(text, size - prefix - length, shown);
}

}  // namespace

std::int64_t NpyHeader::rowBytes() const {
    std::int64_t bytes = itemBytes(type);
    for (std::size_t i = 1; i < shape.size(); ++i) bytes *= shape[i];
    return bytes;
}

NpyHeader npyHeaderFrom(std::string_view text, std::int64_t dataBytes, const std::string& shown) {
    const NpyHeader header = HeaderReader(text, shown).read();
    const std::int64_t each = itemBytes(header.type);
    if (each == 0) refuse(shown, "its numbers are of the type \"" + header.type + "\", which Thaw does not know", kSaveAgain);
    std::int64_t room = each;  // without empty sides: rowBytes() must not overflow either
    bool empty = false;
    for (const std::int64_t side : header.shape) {
        if (room > std::numeric_limits<std::int64_t>::max() / std::max<std::int64_t>(side, 1))
            refuse(shown, "its header is damaged");
        room *= std::max<std::int64_t>(side, 1);
        empty = empty || side == 0;
    }
    const std::int64_t bytes = empty ? 0 : room;
    if (bytes != dataBytes)
        refuse(shown, "its header claims " + std::to_string(bytes) + " bytes of numbers, but " + std::to_string(dataBytes) +
                          " are there");
    return header;
}

std::vector<std::int64_t> NpzArray::integers(std::int64_t most) const {
    const char kind = header.type[1];
    if (kind == 'f') refuse(shown, "its numbers are not whole ones, but of the type \"" + header.type + '"', kSaveAgain);
    const std::int64_t each = itemBytes(header.type),
                       count = header.shape.empty() ? 1 : header.count() * header.rowBytes() / each;
    if (count > most)
        refuse(shown, "it has " + std::to_string(count) + " numbers; at most " + std::to_string(most) + " are read");
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(count * each));
    read(bytes.data(), bytes.size());
    std::vector<std::int64_t> values(static_cast<std::size_t>(count));
    const auto width = static_cast<std::size_t>(each);
    for (std::size_t i = 0; i < values.size(); ++i) {
        std::uint8_t* one = bytes.data() + i * width;
        if (header.type[0] == '>') std::reverse(one, one + width);
        const int unused = 64 - 8 * static_cast<int>(width);
        const std::uint64_t raw = littleEndian(one, width) << unused;
        values[i] = kind == 'i' ? static_cast<std::int64_t>(raw) >> unused : static_cast<std::int64_t>(raw >> unused);
    }
    return values;
}

void readNpz(const std::filesystem::path& file, const std::function<void(const NpzArray& array)>& visitor) {
    readZip(file, [&](const std::string& path, std::int64_t size, const ArchiveRead& read) {
        if (path.size() <= kEnding.size() || path.compare(path.size() - kEnding.size(), kEnding.size(), kEnding) != 0) return;
        NpzArray array;
        array.name = path.substr(0, path.size() - kEnding.size());
        array.shown = array.name + " in " + file.string();
        array.header = readHeader(size, read, array.shown);
        array.read = read;
        visitor(array);
    });
}

}  // namespace thaw::core
