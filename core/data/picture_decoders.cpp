// What the decoders of all formats share.
#include "core/data/picture_decoders.h"

#include <cstring>

#include "core/api/errors.h"

namespace thaw::core {

int exifOrientation(const std::uint8_t* data, std::size_t bytes) {
    if (bytes >= 6 && std::memcmp(data, "Exif\0\0", 6) == 0) data += 6, bytes -= 6;
    if (bytes < 8 || (std::memcmp(data, "II*\0", 4) != 0 && std::memcmp(data, "MM\0*", 4) != 0)) return 1;
    const bool little = data[0] == 'I';
    const auto number = [&](std::size_t offset, std::size_t count) {  // 0 beyond the end
        std::size_t value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t at = offset + (little ? count - 1 - i : i);
            value = value << 8 | (at < bytes ? data[at] : 0);
        }
        return value;
    };
    constexpr std::size_t kEntry = 12, kOrientation = 0x0112;
    const std::size_t directory = number(4, 4), entries = number(directory, 2);
    for (std::size_t i = 0; i < entries; ++i) {
        const std::size_t entry = directory + 2 + i * kEntry;
        if (entry + kEntry > bytes) return 1;
        if (number(entry, 2) != kOrientation) continue;
        const std::size_t value = number(entry + 8, 2);
        return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
    }
    return 1;
}

void overWhite(const std::uint8_t* rgba, std::uint8_t* rgb, int count) {
    for (int i = 0; i < count; ++i, rgba += 4, rgb += 3)
        for (int c = 0; c < 3; ++c) rgb[c] = static_cast<std::uint8_t>((rgba[c] * rgba[3] + 255 * (255 - rgba[3]) + 127) / 255);
}

void requireMostRows(std::int64_t whole, std::int64_t all) {
    if ((all - whole) * 16 > all)
        throw DataError("the file is damaged: only " + std::to_string(100 * whole / all) + " % of the picture is there");
}

}  // namespace thaw::core
