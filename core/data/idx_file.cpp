#include "core/data/idx_file.h"

#include <array>

#include "core/api/errors.h"
#include "core/data/gzip_reader.h"
#include "core/data/picture_squares.h"

namespace thaw::core {

namespace {

constexpr std::int64_t kMaxPictures = 1'000'000;
constexpr std::int64_t kMaxSide = 1024;
constexpr std::int64_t kTellEvery = 500;

std::int64_t readNumber(GzipReader& reader) {
    std::array<std::uint8_t, 4> bytes{};
    reader.readExactly(bytes.data(), bytes.size());
    return (std::int64_t{bytes[0]} << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3];
}

struct IdxHeader {
    std::int64_t count = 0;
    int side = 1;
    std::size_t pixels() const { return static_cast<std::size_t>(side) * static_cast<std::size_t>(side); }
};

/// The file is big enough for what it claims.
IdxHeader readHeader(GzipReader& reader, int dimensions, const std::string& hint) {
    const std::string name = reader.file().string();
    if (readNumber(reader) != 0x0800 + dimensions)
        throw DataError(name + " is not an IDX file of " + (dimensions == 1 ? "labels." : "pictures."), hint);
    IdxHeader header;
    header.count = readNumber(reader);
    std::int64_t bytes = header.count;
    if (dimensions == 3) {
        const std::int64_t height = readNumber(reader), width = readNumber(reader);
        if (width != height || width < 1 || width > kMaxSide)
            throw DataError(name + " has pictures of " + std::to_string(width) + " x " + std::to_string(height) + " pixels.",
                            hint);
        header.side = static_cast<int>(width);
        bytes *= width * height;
    }
    if (header.count < 1 || header.count > kMaxPictures || 4 * (1 + dimensions) + bytes > reader.upperBound())
        throw DataError(name + " claims " + std::to_string(header.count) + " entries, which cannot be.", hint);
    return header;
}

void expectEnd(GzipReader& reader, const std::string& hint) {
    std::uint8_t extra = 0;
    if (reader.read(&extra, 1) != 0) throw DataError(reader.file().string() + " is longer than its header says.", hint);
}

}  // namespace

std::vector<std::uint8_t> readIdxLabels(const IdxPair& pair) {
    GzipReader reader(pair.labels);
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(readHeader(reader, 1, pair.hint).count));
    reader.readExactly(bytes.data(), bytes.size());
    expectEnd(reader, pair.hint);
    return bytes;
}

int readIdxSide(const IdxPair& pair, std::int64_t count) {
    GzipReader reader(pair.images);
    const IdxHeader header = readHeader(reader, 3, pair.hint);
    if (header.count != count)
        throw DataError(reader.file().string() + " has " + std::to_string(header.count) + " pictures, but there are " +
                            std::to_string(count) + " labels.",
                        pair.hint);
    return header.side;
}

PictureSet readIdxPictures(const IdxPair& pair, std::int64_t count, int side, bool byColumns,
                           const std::vector<std::int64_t>& indices, PictureReading& reading) {
    GzipReader reader(pair.images);
    const IdxHeader header = readHeader(reader, 3, pair.hint);
    if (header.count != count || header.side != side || (!indices.empty() && indices.back() >= count))
        throw DataError(pair.images.string() + " has changed while it was read.", "Try again.");
    requireMemoryFor(indices.size(), side);
    PictureSet set;
    set.width = set.height = side;
    set.rgb.reserve(indices.size() * 3 * header.pixels());
    std::vector<std::uint8_t> grey(header.pixels());
    const auto row = static_cast<std::size_t>(side);
    auto next = indices.begin();
    for (std::int64_t i = 0; i < count; ++i) {  // to the end, where the checksum is
        reader.readExactly(grey.data(), grey.size());
        if (i % kTellEvery == 0) reading.tell(i, count);
        if (next == indices.end() || *next != i) continue;
        ++next;
        for (std::size_t pixel = 0; pixel < grey.size(); ++pixel)
            set.rgb.insert(set.rgb.end(), 3, grey[byColumns ? pixel % row * row + pixel / row : pixel]);
    }
    expectEnd(reader, pair.hint);
    return set;
}

}  // namespace thaw::core
