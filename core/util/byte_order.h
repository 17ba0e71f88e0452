// Numbers in files, least significant byte first.
#pragma once

#include <cstddef>
#include <cstdint>

namespace thaw::core {

/// `bytes` (at most 8) as an unsigned number.
inline std::uint64_t littleEndian(const std::uint8_t* data, std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value |= static_cast<std::uint64_t>(data[i]) << (8 * i);
    return value;
}

}  // namespace thaw::core
