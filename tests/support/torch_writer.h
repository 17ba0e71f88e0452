// PyTorch files by hand, so that they may be as wrong as a test wants them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <zlib.h>

#include "tests/support/drawn_data.h"

namespace thaw::test {

/// A pickle, instruction by instruction.
class PickleWriter {
public:
    PickleWriter() { raw("\x80\x02", 2); }
    PickleWriter& raw(const char* data, std::size_t bytes) {
        m_text.append(data, bytes);
        return *this;
    }
    PickleWriter& op(char instruction) { return raw(&instruction, 1); }
    PickleWriter& text(const std::string& value) { return op('X').number(value.size(), 4).raw(value.data(), value.size()); }
    PickleWriter& global(const std::string& module, const std::string& name) {
        const std::string line = "c" + module + "\n" + name + "\n";
        return raw(line.data(), line.size());
    }
    PickleWriter& integer(std::int64_t value) { return raw("\x8a\x08", 2).number(static_cast<std::uint64_t>(value), 8); }
    PickleWriter& integers(const std::vector<std::int64_t>& values) {
        op('(');
        for (std::int64_t value : values) integer(value);
        return op('t');
    }
    PickleWriter& storage(const std::string& type, const std::string& key, std::int64_t count) {
        return op('(').text("storage").global("torch", type).text(key).text("cpu").integer(count).op('t').op('Q');
    }
    /// Float storage `key` seen as a tensor.
    PickleWriter& tensor(const std::string& key, std::int64_t storageCount, std::int64_t offset,
                         const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& stride) {
        global("torch._utils", "_rebuild_tensor_v2").op('(').storage("FloatStorage", key, storageCount).integer(offset);
        integers(shape).integers(stride).op('\x89').global("collections", "OrderedDict").op(')').op('R');
        return op('t').op('R');
    }
    PickleWriter& number(std::uint64_t value, int bytes) {
        for (int i = 0; i < bytes; ++i) m_text += static_cast<char>(value >> (8 * i));
        return *this;
    }
    std::string finish() { return m_text + "."; }

private:
    std::string m_text;
};

/// A zip file of stored members; of another method only the claim is written.
class ZipWriter {
public:
    void add(const std::string& name, const std::string& content, int method = 0) {
        const auto crc = static_cast<std::uint32_t>(
            ::crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size())));
        const std::uint64_t at = m_bytes.size();
        // Versions, flags, method and time are the same in both headers.
        const std::string common = le(20, 2) + le(0, 2) + le(static_cast<std::uint64_t>(method), 2) + le(0, 4) + le(crc, 4) +
                                   le(content.size(), 4) + le(content.size(), 4) + le(name.size(), 2) + le(0, 2);
        m_bytes += "PK\x03\x04" + common + name + content;
        m_directory +=
            std::string("PK\x01\x02") + le(20, 2) + common + le(0, 2) + le(0, 2) + le(0, 2) + le(0, 4) + le(at, 4) + name;
        ++m_count;
    }
    Bytes finish() const {
        const std::string all = m_bytes + m_directory + "PK\x05\x06" + le(0, 4) + le(m_count, 2) + le(m_count, 2) +
                                le(m_directory.size(), 4) + le(m_bytes.size(), 4) + le(0, 2);
        return {all.begin(), all.end()};
    }
    static std::string le(std::uint64_t value, int bytes) {
        std::string text;
        for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i));
        return text;
    }

private:
    std::string m_bytes, m_directory;
    std::uint64_t m_count = 0;
};

}  // namespace thaw::test
