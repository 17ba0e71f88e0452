#include "tests/support/drawn_data.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace thaw::test {

namespace fs = std::filesystem;

const char* const kCifar10Files[6] = {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                                      "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"};

namespace {

constexpr int kClasses = 10;
constexpr std::array<std::array<int, 3>, kClasses> kColours = {{{230, 40, 40},
                                                                {40, 200, 60},
                                                                {50, 80, 230},
                                                                {230, 210, 40},
                                                                {200, 50, 210},
                                                                {40, 210, 210},
                                                                {250, 140, 30},
                                                                {240, 240, 240},
                                                                {150, 90, 40},
                                                                {130, 130, 250}}};

bool inside(int shape, float x, float y) {
    const float radius = std::hypot(x, y), square = std::max(std::abs(x), std::abs(y));
    switch (shape) {
        case 0:
            return radius < 0.55f;
        case 1:
            return radius > 0.35f && radius < 0.6f;
        case 2:
            return square < 0.5f;
        case 3:
            return square > 0.35f && square < 0.6f;
        case 4:
            return std::abs(y) < 0.18f && std::abs(x) < 0.7f;
        case 5:
            return std::abs(x) < 0.18f && std::abs(y) < 0.7f;
        case 6:
            return square < 0.65f && std::min(std::abs(x), std::abs(y)) < 0.15f;
        case 7:
            return square < 0.65f && std::abs(x - y) < 0.25f;
        case 8:
            return y < 0.5f && y > -0.6f && std::abs(x) < (y + 0.6f) * 0.6f;
        default:
            return square < 0.65f && (static_cast<int>((x + 2) * 5) + static_cast<int>((y + 2) * 5)) % 2 == 0;
    }
}

void append(Bytes& out, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

// One chunk of a PNG.
void appendChunk(Bytes& png, const char* type, const Bytes& content) {
    append(png, static_cast<std::uint32_t>(content.size()));
    const std::size_t begin = png.size();
    png.insert(png.end(), type, type + 4);
    png.insert(png.end(), content.begin(), content.end());
    append(png, static_cast<std::uint32_t>(crc32(0, png.data() + begin, static_cast<uInt>(png.size() - begin))));
}

}  // namespace

Bytes drawPicture(int label, int side, std::mt19937& random) {
    std::uniform_real_distribution<float> shift(-0.25f, 0.25f), noise(0, 40);
    const float dx = shift(random), dy = shift(random);
    Bytes rgb;
    rgb.reserve(static_cast<std::size_t>(side * side * 3));
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x) {
            const float u = 2 * (static_cast<float>(x) + 0.5f) / static_cast<float>(side) - 1 - dx;
            const float v = 2 * (static_cast<float>(y) + 0.5f) / static_cast<float>(side) - 1 - dy;
            const bool filled = inside(label, u, v);
            for (const int colour : kColours[static_cast<std::size_t>(label)])
                rgb.push_back(static_cast<std::uint8_t>(
                    std::clamp(noise(random) + (filled ? static_cast<float>(colour) - 20 : 20), 0.0f, 255.0f)));
        }
    return rgb;
}

std::vector<Bytes> drawCifar10Files(const DrawnSizes& sizes) {
    std::mt19937 random(sizes.seed);
    std::vector<Bytes> files(6);
    const auto add = [&](Bytes& file, int label) {
        const Bytes rgb = drawPicture(label, 32, random);
        file.push_back(static_cast<std::uint8_t>(label));
        for (std::size_t channel = 0; channel < 3; ++channel)
            for (std::size_t pixel = channel; pixel < rgb.size(); pixel += 3) file.push_back(rgb[pixel]);
    };
    const int train = sizes.trainPerClass * kClasses;
    for (int i = 0; i < train; ++i) add(files[static_cast<std::size_t>(i * 5 / train)], i % kClasses);
    for (int i = 0; i < sizes.testPerClass * kClasses; ++i) add(files[5], i % kClasses);
    return files;
}

void writeCifar10Folder(const fs::path& folder, const DrawnSizes& sizes) {
    const std::vector<Bytes> files = drawCifar10Files(sizes);
    for (std::size_t i = 0; i < files.size(); ++i) writeFile(folder / kCifar10Files[i], files[i]);
}

void writeCifar10Archive(const fs::path& file, const DrawnSizes& sizes) {
    const std::vector<Bytes> files = drawCifar10Files(sizes);
    TarWriter tar;
    tar.add("cifar-10-batches-bin/", {}, '5');
    for (const std::size_t i : {3u, 0u, 5u, 1u, 4u, 2u})  // the official archive is in no order either
        tar.add(std::string("cifar-10-batches-bin/") + kCifar10Files[i], files[i]);
    tar.add("cifar-10-batches-bin/readme.html", Bytes(100, ' '));
    writeFile(file, gzip(tar.finish()));
}

void writeFashionMnist(const fs::path& folder, const DrawnSizes& sizes, bool gzipped) {
    std::mt19937 random(sizes.seed);
    const auto write = [&](const std::string& name, const Bytes& content) {
        writeFile(folder / (gzipped ? name + ".gz" : name), gzipped ? gzip(content) : content);
    };
    for (const bool train : {true, false}) {
        const int count = (train ? sizes.trainPerClass : sizes.testPerClass) * kClasses;
        Bytes images, labels;
        append(images, 0x803);
        append(labels, 0x801);
        for (Bytes* header : {&images, &labels}) append(*header, static_cast<std::uint32_t>(count));
        append(images, 28);
        append(images, 28);
        for (int i = 0; i < count; ++i) {
            const int label = i % kClasses;
            const Bytes rgb = drawPicture(label, 28, random);
            for (std::size_t pixel = 0; pixel < rgb.size(); pixel += 3)
                images.push_back(std::max({rgb[pixel], rgb[pixel + 1], rgb[pixel + 2]}));
            labels.push_back(static_cast<std::uint8_t>(label));
        }
        write(train ? "train-images-idx3-ubyte" : "t10k-images-idx3-ubyte", images);
        write(train ? "train-labels-idx1-ubyte" : "t10k-labels-idx1-ubyte", labels);
    }
}

void writeImageFolder(const fs::path& folder, const DrawnSizes& sizes, int classes, int side, bool splits) {
    static constexpr std::array<const char*, kClasses> kNames = {"disc", "ring",  "square", "frame",    "bar",
                                                                 "post", "cross", "slash",  "triangle", "checks"};
    std::mt19937 random(sizes.seed);
    for (const bool train : {true, false})
        for (int label = 0; label < classes; ++label)
            for (int i = 0; i < (train ? sizes.trainPerClass : sizes.testPerClass); ++i) {
                const fs::path base = splits ? folder / (train ? "train" : "test") : folder;
                const std::string name = (train ? "a" : "b") + std::to_string(i) + ".png";
                writeFile(base / kNames[static_cast<std::size_t>(label)] / name,
                          encodePng(drawPicture(label, side, random), side, side));
            }
}

void writePictureTable(const fs::path& folder, const DrawnSizes& sizes, int side) {
    static constexpr std::array<const char*, 4> kLabels = {"disc|round", "ring|round|hollow", "square", "frame|hollow"};
    std::mt19937 random(sizes.seed);
    std::string table = "file,labels,split\n";
    for (const bool train : {true, false})
        for (std::size_t label = 0; label < kLabels.size(); ++label)
            for (int i = 0; i < (train ? sizes.trainPerClass : sizes.testPerClass); ++i) {
                const std::string name = std::to_string(label) + (train ? "-a" : "-b") + std::to_string(i);
                writeFile(folder / "images" / (name + ".png"),
                          encodePng(drawPicture(static_cast<int>(label), side, random), side, side));
                table += name + ',' + kLabels[label] + (train ? ",train\n" : ",test\n");
            }
    writeFile(folder / "labels.csv", Bytes(table.begin(), table.end()));
}

Bytes encodePng(const Bytes& samples, int width, int height, int channels, int bits) {
    const std::size_t rowBytes = static_cast<std::size_t>(width * channels * bits / 8);
    Bytes rows;
    for (int y = 0; y < height; ++y) {
        rows.push_back(0);
        const auto begin = samples.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(y) * rowBytes);
        rows.insert(rows.end(), begin, begin + static_cast<std::ptrdiff_t>(rowBytes));
    }
    uLongf size = compressBound(static_cast<uLong>(rows.size()));
    Bytes packed(size);
    if (compress(packed.data(), &size, rows.data(), static_cast<uLong>(rows.size())) != Z_OK)
        throw std::runtime_error("compress");
    packed.resize(size);

    static constexpr std::array<std::uint8_t, 5> kColourType = {0, 0, 4, 2, 6};
    Bytes result = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'}, header;
    append(header, static_cast<std::uint32_t>(width));
    append(header, static_cast<std::uint32_t>(height));
    header.insert(header.end(), {static_cast<std::uint8_t>(bits), kColourType[static_cast<std::size_t>(channels)], 0, 0, 0});
    appendChunk(result, "IHDR", header);
    appendChunk(result, "IDAT", packed);
    appendChunk(result, "IEND", {});
    return result;
}

void TarWriter::add(const std::string& path, const Bytes& content, char type, const std::string& link, std::int64_t claimedSize) {
    Bytes header(512, 0);
    const auto put = [&](std::size_t offset, const std::string& text) {
        std::copy(text.begin(), text.end(), header.begin() + static_cast<std::ptrdiff_t>(offset));
    };
    const auto octal = [](std::int64_t value, int digits) {
        char text[32];
        std::snprintf(text, sizeof text, "%0*llo", digits, static_cast<unsigned long long>(value));
        return std::string(text);
    };
    put(0, path.substr(0, 100));
    put(100, "0000644");
    put(108, "0000000");
    put(116, "0000000");
    put(124, octal(claimedSize >= 0 ? claimedSize : static_cast<std::int64_t>(content.size()), 11));
    put(136, "00000000000");
    put(148, "        ");
    header[156] = static_cast<std::uint8_t>(type);
    put(157, link.substr(0, 100));
    put(257, "ustar");
    put(263, "00");
    unsigned sum = 0;
    for (const std::uint8_t byte : header) sum += byte;
    put(148, octal(sum, 6) + '\0');
    m_bytes.insert(m_bytes.end(), header.begin(), header.end());
    m_bytes.insert(m_bytes.end(), content.begin(), content.end());
    m_bytes.resize((m_bytes.size() + 511) / 512 * 512);
}

Bytes TarWriter::finish() {
    m_bytes.resize(m_bytes.size() + 1024);
    return std::move(m_bytes);
}

Bytes gzip(const Bytes& content) {
    z_stream stream{};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::runtime_error("deflateInit2");
    Bytes out(deflateBound(&stream, static_cast<uLong>(content.size())) + 64);
    stream.next_in = const_cast<Bytef*>(content.data());
    stream.avail_in = static_cast<uInt>(content.size());
    stream.next_out = out.data();
    stream.avail_out = static_cast<uInt>(out.size());
    const int result = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    if (result != Z_STREAM_END) throw std::runtime_error("deflate");
    return out;
}

void writeFile(const fs::path& file, const Bytes& content) {
    if (file.has_parent_path()) fs::create_directories(file.parent_path());
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
    if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

Bytes readFile(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + file.string());
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace thaw::test
