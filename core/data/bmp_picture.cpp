// BMP of every version, read here: 1 to 32 bits, palettes, bit fields and runs.
#include <algorithm>
#include <array>
#include <vector>

#include "core/api/errors.h"
#include "core/data/picture_decoders.h"
#include "core/data/picture_format.h"

namespace thaw::core {
namespace {

enum Compression : std::uint32_t { kPlain = 0, kRuns8 = 1, kRuns4 = 2, kFields = 3, kFieldsWithAlpha = 6 };

[[noreturn]] void throwDamaged() { throw DataError("the file is damaged"); }
[[noreturn]] void throwMissing() { throw DataError("the file is damaged: a part of it is missing"); }

/// Where a colour's bits lie in a pixel.
struct Field {
    std::uint32_t mask = 0;
    int shift = 0;
    explicit Field(std::uint32_t bits = 0) : mask(bits) {
        while (mask != 0 && (mask >> shift & 1) == 0) ++shift;
    }
    std::uint8_t of(std::uint32_t pixel) const {
        const std::uint64_t most = mask >> shift;
        return most == 0 ? 0 : static_cast<std::uint8_t>(((pixel & mask) >> shift) * std::uint64_t{255} / most);
    }
};

class BmpReader {
public:
    explicit BmpReader(const std::string& bytes) : m_bytes(bytes) { readHeader(); }
    cv::Mat rgb();

private:
    std::uint32_t number(std::size_t offset, int count) const {
        if (offset + static_cast<std::size_t>(count) > m_bytes.size()) throwMissing();
        std::uint32_t value = 0;
        for (int i = count - 1; i >= 0; --i)
            value = value << 8 | static_cast<std::uint8_t>(m_bytes[offset + static_cast<std::size_t>(i)]);
        return value;
    }
    void readHeader();
    void readPalette(std::size_t at, int entryBytes);
    void readRuns(std::vector<std::uint8_t>& indices) const;
    std::uint8_t* rowOf(cv::Mat& picture, int stored) const { return picture.ptr(m_fromTop ? stored : m_height - 1 - stored); }
    std::size_t rowBytes() const { return (static_cast<std::size_t>(m_width) * static_cast<std::size_t>(m_bits) + 31) / 32 * 4; }
    void paint(int index, std::uint8_t* out) const;
    void readIndexed(cv::Mat& picture) const;
    void readDirect(cv::Mat& picture) const;

    const std::string& m_bytes;
    std::size_t m_pixels = 0;
    int m_width = 0, m_height = 0, m_bits = 0;
    bool m_fromTop = false;
    std::uint32_t m_compression = kPlain;
    std::array<Field, 4> m_fields;
    std::vector<std::array<std::uint8_t, 3>> m_palette;
};

void BmpReader::readHeader() {
    const auto size = claimedSize(m_bytes);
    if (!size) throwMissing();
    requirePictureSize(size->first, size->second);
    m_width = static_cast<int>(size->first);
    m_height = static_cast<int>(size->second);
    m_pixels = number(10, 4);
    const std::uint32_t header = number(14, 4);
    const bool old = header == 12;
    m_bits = static_cast<int>(number(old ? 24 : 28, 2));
    if (!old) {
        m_fromTop = static_cast<std::int32_t>(number(22, 4)) < 0;
        m_compression = number(30, 4);
    }
    const bool indexed = m_bits == 1 || m_bits == 2 || m_bits == 4 || m_bits == 8;
    const bool runs = (m_compression == kRuns8 && m_bits == 8) || (m_compression == kRuns4 && m_bits == 4);
    const bool fields = (m_compression == kFields || m_compression == kFieldsWithAlpha) && (m_bits == 16 || m_bits == 32);
    if (m_compression != kPlain && !runs && !fields)
        throw DataError("it is a rare kind of BMP, which Thaw does not read; save it as PNG or JPEG");
    if (!indexed && m_bits != 16 && m_bits != 24 && m_bits != 32) throwDamaged();
    if (indexed) {
        readPalette(14 + header, old ? 3 : 4);
        if (m_palette.empty()) throwDamaged();
    }
    if (m_bits == 16) m_fields = {Field(0x7C00), Field(0x03E0), Field(0x001F), Field()};
    if (m_bits == 32) m_fields = {Field(0xFF0000), Field(0x00FF00), Field(0x0000FF), Field()};
    if (!fields) return;
    const std::size_t masks = m_compression == kFieldsWithAlpha || header >= 56 ? 4 : 3;
    for (std::size_t i = 0; i < masks; ++i) m_fields[i] = Field(number(54 + 4 * i, 4));
}

void BmpReader::readPalette(std::size_t at, int entryBytes) {
    std::size_t count = entryBytes == 3 ? 0 : number(46, 4);
    const std::size_t most = std::size_t{1} << m_bits;
    if (count == 0 || count > most) count = most;
    // Some old files have fewer entries than they claim: the pixels begin where they end.
    if (m_pixels > at) count = std::min(count, (m_pixels - at) / static_cast<std::size_t>(entryBytes));
    for (std::size_t i = 0; i < count; ++i, at += static_cast<std::size_t>(entryBytes))
        m_palette.push_back({static_cast<std::uint8_t>(number(at + 2, 1)), static_cast<std::uint8_t>(number(at + 1, 1)),
                             static_cast<std::uint8_t>(number(at, 1))});
}

void BmpReader::paint(int index, std::uint8_t* out) const {
    const auto at = static_cast<std::size_t>(index);
    const std::array<std::uint8_t, 3> colour = at < m_palette.size() ? m_palette[at] : std::array<std::uint8_t, 3>{0, 0, 0};
    std::copy(colour.begin(), colour.end(), out);
}

/// What the runs skip stays 0.
void BmpReader::readRuns(std::vector<std::uint8_t>& indices) const {
    std::size_t at = m_pixels;
    int x = 0, y = 0;
    const auto put = [&](std::uint32_t index) {
        if (x < m_width)
            indices[static_cast<std::size_t>(y) * static_cast<std::size_t>(m_width) + static_cast<std::size_t>(x++)] =
                static_cast<std::uint8_t>(index);
    };
    const auto putPart = [&](std::uint32_t byte, std::uint32_t i) {
        put(m_bits == 8 ? byte : i % 2 == 0 ? byte >> 4 : byte & 15);
    };
    while (y < m_height) {
        const std::uint32_t count = number(at, 1), value = number(at + 1, 1);
        at += 2;
        if (count > 0) {
            for (std::uint32_t i = 0; i < count; ++i) putPart(value, i);
        } else if (value == 0) {
            x = 0, ++y;
        } else if (value == 1) {
            return;
        } else if (value == 2) {
            x = std::min(m_width, x + static_cast<int>(number(at, 1)));
            y += static_cast<int>(number(at + 1, 1));
            at += 2;
        } else {
            for (std::uint32_t i = 0; i < value; ++i) putPart(number(at + (m_bits == 8 ? i : i / 2), 1), i);
            at += ((m_bits == 8 ? value : (value + 1) / 2) + 1) / 2 * 2;
        }
    }
}

void BmpReader::readIndexed(cv::Mat& picture) const {
    std::vector<std::uint8_t> indices(picture.total());
    if (m_compression == kPlain) {
        const int perByte = 8 / m_bits;
        for (int y = 0; y < m_height; ++y)
            for (int x = 0; x < m_width; ++x) {
                const std::size_t at =
                    m_pixels + static_cast<std::size_t>(y) * rowBytes() + static_cast<std::size_t>(x / perByte);
                const int shift = 8 - m_bits * (x % perByte + 1);
                indices[static_cast<std::size_t>(y) * static_cast<std::size_t>(m_width) + static_cast<std::size_t>(x)] =
                    static_cast<std::uint8_t>(static_cast<std::uint8_t>(m_bytes[at]) >> shift & ((1 << m_bits) - 1));
            }
    } else {
        readRuns(indices);
    }
    for (int y = 0; y < m_height; ++y) {
        std::uint8_t* out = rowOf(picture, y);
        for (int x = 0; x < m_width; ++x, out += 3)
            paint(indices[static_cast<std::size_t>(y) * static_cast<std::size_t>(m_width) + static_cast<std::size_t>(x)], out);
    }
}

void BmpReader::readDirect(cv::Mat& picture) const {
    const auto bytesEach = static_cast<std::size_t>(m_bits / 8);
    std::vector<std::uint8_t> row(static_cast<std::size_t>(m_width) * 4);
    const auto readRow = [&](int y, bool transparent) {
        std::size_t at = m_pixels + static_cast<std::size_t>(y) * rowBytes();
        for (std::size_t x = 0; x < static_cast<std::size_t>(m_width); ++x, at += bytesEach) {
            const std::uint32_t pixel = number(at, m_bits / 8);
            for (std::size_t c = 0; c < 3; ++c)
                row[4 * x + c] = m_bits == 24 ? static_cast<std::uint8_t>(pixel >> (16 - 8 * c)) : m_fields[c].of(pixel);
            row[4 * x + 3] = transparent ? m_fields[3].of(pixel) : 255;
        }
    };
    // Many programs leave alpha at 0 everywhere and mean a picture that is not transparent.
    bool transparent = false;
    for (int y = 0; y < m_height && m_fields[3].mask != 0 && !transparent; ++y) {
        readRow(y, /*transparent=*/true);
        for (std::size_t x = 0; x < static_cast<std::size_t>(m_width); ++x) transparent = transparent || row[4 * x + 3] != 0;
    }
    for (int y = 0; y < m_height; ++y) {
        readRow(y, transparent);
        overWhite(row.data(), rowOf(picture, y), m_width);
    }
}

cv::Mat BmpReader::rgb() {
    const bool runs = m_compression == kRuns8 || m_compression == kRuns4;
    const std::size_t last = (static_cast<std::size_t>(m_width) * static_cast<std::size_t>(m_bits) + 7) / 8;
    // The last row may lack the bytes that fill it up.
    if (!runs && m_pixels + static_cast<std::size_t>(m_height - 1) * rowBytes() + last > m_bytes.size()) throwMissing();
    cv::Mat picture(m_height, m_width, CV_8UC3);
    if (m_palette.empty())
        readDirect(picture);
    else
        readIndexed(picture);
    return picture;
}

}  // namespace

DecodedPicture decodeBmp(const std::string& bytes) { return {BmpReader(bytes).rgb(), 1}; }

}  // namespace thaw::core
