#include <sys/stat.h>
#include <unistd.h>

#include <QByteArray>
#include <QTest>
#include <algorithm>
#include <array>
#include <cstdio>
#include <random>

#include "core/data/picture_file.h"
#include "core/data/picture_format.h"
#include "tests/support/drawn_data.h"
#include "tests/support/encoded_pictures.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

// 16 x 8 pixels, the left half red, the right half blue.
constexpr const char* kJpeg =
    "ffd8ffe000104a46494600010100000100010000ffdb004300020101010101020101010202020202040302020202050404030406050606060506"
    "0606070908060709070606080b08090a0a0a0a0a06080b0c0b0a0c090a0a0affdb004301020202020202050303050a0706070a0a0a0a0a0a0a0a"
    "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0affc00011080008001003012200021101"
    "031101ffc4001f0000010501010101010100000000000000000102030405060708090a0bffc400b5100002010303020403050504040000017d01"
    "020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738393a4344"
    "45464748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3"
    "b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9faffc4001f010003010101010101"
    "0101010000000000000102030405060708090a0bffc400b511000201020404030407050404000102770001020311040521310612415107617113"
    "22328108144291a1b1c109233352f0156272d10a162434e125f11718191a262728292a35363738393a434445464748494a535455565758595a63"
    "6465666768696a737475767778797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8"
    "c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9faffda000c03010002110311003f00f8bebe43a28afea8fd997ff355ff00"
    "dc8ffeee1fda9fb433fe699ffb9dff00dd43ffd9";

Bytes jpeg() {
    const QByteArray bytes = QByteArray::fromHex(kJpeg);
    return {bytes.begin(), bytes.end()};
}

Bytes jpegTurned(std::uint8_t orientation) {
    Bytes bytes = jpeg(), segment = {0xFF, 0xE1, 0, 34, 'E', 'x', 'i', 'f', 0, 0};
    const Bytes exif = exifOf(orientation);
    segment.insert(segment.end(), exif.begin(), exif.end());
    bytes.insert(bytes.begin() + 2, segment.begin(), segment.end());
    return bytes;
}

Bytes bmp(std::int32_t width, std::int32_t height, std::size_t pixelBytes) {
    Bytes bytes = {'B', 'M'};
    const auto put = [&](std::uint32_t value, int count) {
        for (int i = 0; i < count; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    };
    put(static_cast<std::uint32_t>(54 + pixelBytes), 4);
    put(0, 4);
    put(54, 4);
    put(40, 4);
    put(static_cast<std::uint32_t>(width), 4);
    put(static_cast<std::uint32_t>(height), 4);
    put(1, 2);
    put(24, 2);
    for (int i = 0; i < 6; ++i) put(0, 4);
    bytes.resize(bytes.size() + pixelBytes, 200);
    return bytes;
}

bool near(const std::uint8_t* pixel, int red, int green, int blue, int tolerance = 0) {
    return std::abs(pixel[0] - red) <= tolerance && std::abs(pixel[1] - green) <= tolerance &&
           std::abs(pixel[2] - blue) <= tolerance;
}

}  // namespace

class PictureFileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_home = std::make_unique<TemporaryHome>(); }
    void cleanup() { m_home.reset(); }

    void colours();
    void orientation();
    void centreCrop();
    void largePictureIsShownSmaller();
    void bitmaps();
    void foreignFiles();
    void hugeClaims();
    void truncated();
    void missingEnd();
    void everyJpeg();
    void everyPng();
    void gif();
    void tiff();
    void webp();
    void turnedInEveryFormat();
    void librariesAreSilent();
    void flippedBytes();
    void notAFile();
    void squareAlone();
    void greyForAGreyDataSet();
    void extremeShapes();
    void toldByContent();
    void names();

private:
    FilePrediction read(const Bytes& content, int side = 4) {
        writeFile(*m_home / "picture.x", content);
        return readPictureFile(*m_home / "picture.x", {side});
    }
    std::unique_ptr<TemporaryHome> m_home;
};

void PictureFileTest::colours() {
    FilePrediction picture = read(encodePng({10, 20, 30, 40, 50, 60}, 2, 1));
    QVERIFY2(picture.error.empty(), picture.error.c_str());
    QCOMPARE(picture.width, 2);
    QCOMPARE(picture.height, 1);
    QVERIFY(picture.rgb == (Bytes{10, 20, 30, 40, 50, 60}));
    QCOMPARE(picture.modelSize, 4);
    QCOMPARE(picture.modelRgb.size(), std::size_t{48});

    QVERIFY(read(encodePng({0, 100, 255}, 3, 1, 1)).rgb == (Bytes{0, 0, 0, 100, 100, 100, 255, 255, 255}));
    QVERIFY(read(encodePng({0, 255, 0, 0, 100, 255}, 3, 1, 2)).rgb == (Bytes{0, 0, 0, 255, 255, 255, 100, 100, 100}));
    // Red, opaque, half and fully transparent, over white.
    QVERIFY(read(encodePng({200, 0, 0, 255, 200, 0, 0, 128, 200, 0, 0, 0}, 3, 1, 4)).rgb ==
            (Bytes{200, 0, 0, 227, 127, 127, 255, 255, 255}));
    // 16 bit: 0x8000 is 127.5 of 255, 0xFFFF is 255.
    const FilePrediction deep = read(encodePng({0x80, 0x00, 0xFF, 0xFF, 0x00, 0x00}, 1, 1, 3, 16));
    QVERIFY2(deep.error.empty(), deep.error.c_str());
    QVERIFY(near(deep.rgb.data(), 128, 255, 0, 1));
    QVERIFY(near(read(encodePng({0xFF, 0xFF, 0, 0, 0, 0, 0, 0}, 1, 1, 4, 16)).rgb.data(), 255, 255, 255));
    QVERIFY(near(read(encodePng({0x40, 0x00}, 1, 1, 1, 16)).rgb.data(), 64, 64, 64, 1));
}

void PictureFileTest::orientation() {
    const auto corner = [](const FilePrediction& picture, int x, int y) {
        return picture.rgb.data() + (y * picture.width + x) * 3;
    };
    const FilePrediction plain = read(jpeg());
    QVERIFY2(plain.error.empty(), plain.error.c_str());
    QCOMPARE(plain.width, 16);
    QVERIFY(near(corner(plain, 1, 1), 255, 0, 0, 20));
    QVERIFY(near(corner(plain, 14, 6), 0, 0, 255, 20));

    const FilePrediction upsideDown = read(jpegTurned(3));
    QVERIFY(near(corner(upsideDown, 1, 1), 0, 0, 255, 20));
    const FilePrediction turned = read(jpegTurned(6));
    QCOMPARE(turned.width, 8);
    QCOMPARE(turned.height, 16);
    QVERIFY(near(corner(turned, 4, 1), 255, 0, 0, 20));
    QVERIFY(near(corner(turned, 4, 14), 0, 0, 255, 20));
}

void PictureFileTest::centreCrop() {
    Bytes samples;  // 12 x 4: black sides, a white square in the middle
    for (int y = 0; y < 4; ++y)
        for (int x = 0; x < 12; ++x) samples.insert(samples.end(), 3, x >= 4 && x < 8 ? 255 : 0);
    for (const int side : {1, 2, 4, 8, 224}) {
        const FilePrediction picture = read(encodePng(samples, 12, 4), side);
        QVERIFY(picture.modelRgb == Bytes(static_cast<std::size_t>(side * side * 3), 255));
    }
}

void PictureFileTest::largePictureIsShownSmaller() {
    const FilePrediction wide = read(encodePng(Bytes(2000 * 3 * 3, 77), 2000, 3), 32);
    QCOMPARE(wide.width, 512);
    QCOMPARE(wide.height, 1);
    QVERIFY(wide.rgb == Bytes(512 * 3, 77));
    const FilePrediction tall = read(encodePng(Bytes(300 * 1024 * 3, 77), 300, 1024), 32);
    QCOMPARE(tall.width, 150);
    QCOMPARE(tall.height, 512);
}

void PictureFileTest::bitmaps() {
    for (const std::int32_t height : {4, -4}) {
        const FilePrediction picture = read(bmp(4, height, 48));
        QVERIFY2(picture.error.empty(), picture.error.c_str());
        QVERIFY(picture.rgb == Bytes(48, 200));
    }
}

void PictureFileTest::foreignFiles() {
    for (const std::string text : {"", "B", "text", "GIF89a......", "%PDF-1.4", "<svg xmlns='http://www.w3.org/2000/svg'/>",
                                   "MM.*........", "BM and more text than a header has"}) {
        const FilePrediction picture = read(Bytes(text.begin(), text.end()));
        QVERIFY2(picture.error.find("picture.x cannot be read: ") == 0, picture.error.c_str());
        QVERIFY(picture.rgb.empty() && picture.modelRgb.empty());
    }
}

// Sizes are refused before the decoder sees them.
void PictureFileTest::hugeClaims() {
    const auto claim = [](Bytes png, std::uint32_t width, std::uint32_t height) {
        for (int i = 0; i < 4; ++i) {
            png[16 + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(width >> (24 - 8 * i));
            png[20 + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(height >> (24 - 8 * i));
        }
        return png;
    };
    const Bytes png = encodePng({1, 2, 3}, 1, 1);
    for (const auto& [width, height] :
         {std::pair{0xFFFFFFFFu, 0xFFFFFFFFu}, {0x7FFFFFFFu, 1u}, {10'001u, 10'000u}, {0u, 5u}, {5u, 0u}}) {
        const FilePrediction picture = read(claim(png, width, height));
        QVERIFY2(picture.error.find(width && height ? "too large" : "damaged") != std::string::npos, picture.error.c_str());
    }
    Bytes large = jpeg();
    constexpr std::array<std::uint8_t, 2> kFrameMarker = {0xFF, 0xC0};
    const auto frame = std::search(large.begin(), large.end(), kFrameMarker.begin(), kFrameMarker.end());
    std::fill(frame + 5, frame + 9, 0xFF);
    QVERIFY(read(large).error.find("65535 x 65535 pixels, which is too large: at most 100 million pixels are read") !=
            std::string::npos);
    QVERIFY(read(bmp(2'000'000'000, 2'000'000'000, 30)).error.find("too large") != std::string::npos);
    const Bytes webp = {'R', 'I', 'F', 'F', 30, 0, 0, 0, 'W', 'E',  'B',  'P',  'V',  'P',  '8',
                        'X', 10,  0,   0,   0,  0, 0, 0, 0,   0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    QVERIFY(read(webp).error.find("16777216 x 16777216") != std::string::npos);

    writeFile(*m_home / "big.png", png);
    fs::resize_file(*m_home / "big.png", std::uintmax_t{1} << 40);
    QVERIFY(readPictureFile(*m_home / "big.png", {32}).error.find("are too large: at most 64 MB are read") != std::string::npos);
}

void PictureFileTest::truncated() {
    for (const Bytes& whole : {jpegTurned(6), encodePng(Bytes(16 * 16 * 4, 9), 16, 16, 4), bmp(4, 4, 48)})
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const FilePrediction picture = read(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
            QCOMPARE(picture.error.empty(), !picture.rgb.empty());
        }
    // Of so small a picture no row may be missing; the end marker may, and so may bits that only fill up the last byte.
    const Bytes whole = jpegTurned(6);
    const Bytes pixels = read(whole).rgb;
    QCOMPARE(pixels.size(), std::size_t{16 * 8 * 3});
    Bytes followed = whole;
    followed.insert(followed.end(), 40, 7);  // some cameras append data of their own
    QVERIFY(read(followed).rgb == pixels);
    QVERIFY(read(Bytes(whole.begin(), whole.end() - 2)).rgb == pixels);
    for (std::size_t size = 3; size < whole.size() - 2; ++size) {
        const FilePrediction picture = read(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
        QVERIFY2(!picture.error.empty() || picture.rgb == pixels, std::to_string(size).c_str());
    }
}

// A picture that lacks its last rows only is one; more is a damaged file.
void PictureFileTest::missingEnd() {
    std::mt19937 random(1);
    const Bytes samples = drawPicture(1, 480, random);
    for (const bool progressive : {false, true}) {
        JpegKind kind;
        kind.progressive = progressive;
        const Bytes whole = encodeJpeg(samples, 480, 480, kind);
        const Bytes pixels = read(whole).rgb;
        const auto first = [&](double share) {
            return Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(whole.size()) * share));
        };
        QVERIFY(!pixels.empty());
        QVERIFY(read(Bytes(whole.begin(), whole.end() - 2)).rgb == pixels);
        const FilePrediction almost = read(Bytes(whole.begin(), whole.end() - 12));
        QVERIFY2(almost.error.empty(), almost.error.c_str());
        QVERIFY(std::equal(pixels.begin(), pixels.begin() + 440 * 480 * 3, almost.rgb.begin()));
        for (const double share : {0.5, 0.8, 0.9}) {
            const std::string error = read(first(share)).error;
            QVERIFY2(error.find("the file is damaged: ") != std::string::npos, error.c_str());
        }
    }
    const Bytes png = encodePng(samples, 480, 480);
    QVERIFY(read(Bytes(png.begin(), png.end() - 12)).rgb == read(png).rgb);  // without IEND
    QVERIFY(read(Bytes(png.begin(), png.end() - 100)).error.empty());
    QVERIFY(!read(Bytes(png.begin(), png.begin() + static_cast<std::ptrdiff_t>(png.size() / 2))).error.empty());
    Bytes wrong = png;
    wrong[wrong.size() - 15] ^= 1;  // the pixels' checksum
    QVERIFY(!read(wrong).error.empty());
}

void PictureFileTest::everyJpeg() {
    JpegKind kind;
    kind.channels = 4;
    kind.quality = 100;
    FilePrediction picture = read(encodeJpeg(Bytes(8 * 8 * 4, 255), 8, 8, kind));
    QVERIFY2(picture.error.empty(), picture.error.c_str());
    QVERIFY(near(picture.rgb.data(), 255, 255, 255, 1));
    Bytes cyan;
    for (int i = 0; i < 64; ++i) cyan.insert(cyan.end(), {0, 255, 255, 255});
    QVERIFY(near(read(encodeJpeg(cyan, 8, 8, kind)).rgb.data(), 0, 255, 255, 3));
    for (std::uint8_t& ink : cyan) ink = static_cast<std::uint8_t>(255 - ink);
    kind.adobe = false;
    QVERIFY(near(read(encodeJpeg(cyan, 8, 8, kind)).rgb.data(), 0, 255, 255, 3));
    kind.channels = 1;
    QVERIFY(near(read(encodeJpeg(Bytes(64, 77), 8, 8, kind)).rgb.data(), 77, 77, 77, 1));
    kind.channels = 3;
    kind.progressive = true;
    QVERIFY(near(read(encodeJpeg(Bytes(64 * 3, 77), 8, 8, kind)).rgb.data(), 77, 77, 77, 1));
}

void PictureFileTest::everyPng() {
    const auto grey = [](std::initializer_list<int> levels) {
        Bytes rgb;
        for (const int level : levels) rgb.insert(rgb.end(), 3, static_cast<std::uint8_t>(level));
        return rgb;
    };
    const auto check = [&](const Bytes& rows, int width, const PngKind& kind, const Bytes& expected) {
        const FilePrediction picture = read(encodePngKind(rows, width, 1, kind));
        QVERIFY2(picture.error.empty(), picture.error.c_str());
        QVERIFY(picture.rgb == expected);
    };
    PngKind kind;
    kind.colourType = 0;
    kind.bits = 1;
    check({0b10100000}, 3, kind, grey({255, 0, 255}));
    kind.bits = 2;
    check({0b00011011}, 4, kind, grey({0, 85, 170, 255}));
    kind.bits = 4;
    check({0x0F, 0x80}, 3, kind, grey({0, 255, 136}));
    kind.clear = 8;  // one level of grey is transparent
    check({0x0F, 0x80}, 3, kind, grey({0, 255, 255}));
    kind.bits = 16;
    kind.clear = 0x4000;
    check({0x40, 0x00, 0x40, 0x40}, 2, kind, grey({255, 64}));
    kind.clear = -1;
    kind.colourType = 4;
    check({0x40, 0x40, 0xFF, 0xFF, 0x40, 0x40, 0, 0}, 2, kind, grey({64, 255}));
    kind.colourType = 3;
    kind.bits = 4;
    kind.palette = {10, 20, 30, 40, 50, 60, 70, 80, 90};
    check({0x01, 0x20}, 3, kind, {10, 20, 30, 40, 50, 60, 70, 80, 90});
    kind.paletteAlpha = {0, 255};
    check({0x01, 0x20}, 3, kind, {255, 255, 255, 40, 50, 60, 70, 80, 90});

    std::mt19937 random(1);
    const Bytes samples = drawPicture(3, 37, random);
    kind = {};
    kind.interlaced = true;
    QVERIFY(read(encodePngKind(samples, 37, 37, kind)).rgb == samples);
}

void PictureFileTest::gif() {
    Bytes indices(20 * 10);
    for (std::size_t i = 0; i < indices.size(); ++i) indices[i] = static_cast<std::uint8_t>(i % 97);
    GifFrame frame{0, 0, 20, 10, indices};
    const GifFrame other{0, 0, 20, 10, Bytes(200, 5)};
    const auto expected = [&](std::size_t i) {
        const int index = indices[i];
        return Bytes{static_cast<std::uint8_t>(index), static_cast<std::uint8_t>(2 * index),
                     static_cast<std::uint8_t>(255 - index)};
    };
    for (const bool interlaced : {false, true}) {
        frame.interlaced = interlaced;
        const FilePrediction picture = read(encodeGif(20, 10, {frame, other}));
        QVERIFY2(picture.error.empty(), picture.error.c_str());
        for (std::size_t i = 0; i < indices.size(); ++i)
            QVERIFY(Bytes(picture.rgb.begin() + static_cast<std::ptrdiff_t>(3 * i),
                          picture.rgb.begin() + static_cast<std::ptrdiff_t>(3 * i + 3)) == expected(i));
    }
    // A small frame on a larger canvas, and what is transparent, over white.
    GifFrame small{2, 1, 3, 2, {1, 2, 3, 4, 5, 6}, false, 5};
    const FilePrediction picture = read(encodeGif(6, 4, {small}));
    QCOMPARE(picture.width, 6);
    QCOMPARE(picture.height, 4);
    QVERIFY(near(picture.rgb.data(), 255, 255, 255));
    QVERIFY(near(picture.rgb.data() + (1 * 6 + 2) * 3, 1, 2, 254));
    QVERIFY(near(picture.rgb.data() + (2 * 6 + 3) * 3, 255, 255, 255));
    QVERIFY(near(picture.rgb.data() + (2 * 6 + 4) * 3, 6, 12, 249));
    small.left = 100;  // a canvas that is too small
    QCOMPARE(read(encodeGif(6, 4, {small})).width, 3);
    const Bytes whole = encodeGif(20, 10, {frame});
    QVERIFY(!read(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(whole.size() - 60))).error.empty());
    QVERIFY(!read(encodeGif(6, 4, {})).error.empty());
}

void PictureFileTest::tiff() {
    const Bytes first = {10, 20, 30, 40, 50, 60}, second = {1, 2, 3, 4, 5, 6};
    const auto check = [&](const Bytes& file, const Bytes& expected) {
        const FilePrediction picture = read(file);
        QVERIFY2(picture.error.empty(), picture.error.c_str());
        QVERIFY(picture.rgb == expected);
    };
    const auto floats = [](std::initializer_list<float> values) {
        Bytes bytes(values.size() * sizeof(float));
        std::copy_n(reinterpret_cast<const std::uint8_t*>(values.begin()), bytes.size(), bytes.begin());
        return bytes;
    };
    const Bytes ramp = {0, 0, 0, 51, 51, 51, 255, 255, 255};
    check(encodeTiff({first}, 2, 1), first);
    check(encodeTiff({first, second}, 2, 1), first);  // the first page
    check(encodeTiff({{0, 51, 255}}, 3, 1, {8, 1, 1, 1, {}}), ramp);
    check(encodeTiff({{255, 204, 0}}, 3, 1, {8, 1, 0, 1, {}}), ramp);  // white is 0
    check(encodeTiff({{0, 0, 0x33, 0x33, 0xFF, 0xFF}}, 3, 1, {16, 1, 1, 1, {}}), ramp);
    check(encodeTiff({{10, 10, 20, 20, 30, 30}}, 1, 1, {16, 3, 2, 1, {}}), {10, 20, 30});
    check(encodeTiff({floats({0, 0.2f, 1})}, 3, 1, {32, 1, 1, 3, {}}), ramp);
    check(encodeTiff({floats({-100, 0, 400})}, 3, 1, {32, 1, 1, 3, {}}), ramp);  // scaled
    check(encodeTiff({floats({0.2f, 0.4f, 1})}, 1, 1, {32, 3, 2, 3, {}}), {51, 102, 255});
    // Alpha, named or not; a fourth channel that is something else is not alpha.
    const Bytes clear = {200, 0, 0, 255, 200, 0, 0, 0};
    check(encodeTiff({clear}, 2, 1, {8, 4, 2, 1, {{338, 2}}}), {200, 0, 0, 255, 255, 255});
    check(encodeTiff({clear}, 2, 1, {8, 4, 2, 1, {}}), {200, 0, 0, 255, 255, 255});
    check(encodeTiff({clear}, 2, 1, {8, 4, 2, 1, {{338, 0}}}), {200, 0, 0, 200, 0, 0});
    const Bytes whole = encodeTiff({first}, 2, 1);
    for (std::size_t size = 8; size < whole.size() - 4; size += 5)
        QVERIFY(!read(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))).error.empty());
    const std::string raw = read(encodeTiff({first}, 2, 1, {8, 3, 2, 1, {{254, 1}}})).error;
    QVERIFY2(raw.find("a camera's raw picture") != std::string::npos, raw.c_str());
}

void PictureFileTest::webp() {
    const Bytes rgba = {10, 20, 30, 255, 40, 50, 60, 0}, other = {1, 2, 3, 255, 4, 5, 6, 255};
    const Bytes expected = {10, 20, 30, 255, 255, 255};
    QVERIFY(read(encodeWebP(rgba, 2, 1)).rgb == expected);
    const FilePrediction animated = read(animatedWebP({rgba, other}, 2, 1));
    QVERIFY2(animated.error.empty(), animated.error.c_str());
    QVERIFY(animated.rgb == expected);
    const Bytes whole = encodeWebP(rgba, 2, 1);
    QVERIFY(!read(Bytes(whole.begin(), whole.end() - 4)).error.empty());
}

// All formats that know EXIF are turned alike, by all its eight values.
void PictureFileTest::turnedInEveryFormat() {
    const Bytes samples = {1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6};  // 3 x 2
    Bytes rgba;
    for (std::size_t i = 0; i < samples.size(); i += 3)
        rgba.insert(rgba.end(), {samples[i], samples[i + 1], samples[i + 2], 255});
    const std::array<std::vector<int>, 9> expected = {{{},
                                                       {1, 2, 3, 4, 5, 6},
                                                       {3, 2, 1, 6, 5, 4},
                                                       {6, 5, 4, 3, 2, 1},
                                                       {4, 5, 6, 1, 2, 3},
                                                       {1, 4, 2, 5, 3, 6},
                                                       {4, 1, 5, 2, 6, 3},
                                                       {6, 3, 5, 2, 4, 1},
                                                       {3, 6, 2, 5, 1, 4}}};
    for (int orientation = 1; orientation <= 8; ++orientation) {
        PngKind png;
        png.exif = exifOf(orientation);
        for (const Bytes& file :
             {encodePngKind(samples, 3, 2, png), webpWithExif(encodeWebP(rgba, 3, 2), 3, 2, exifOf(orientation)),
              encodeTiff({samples}, 3, 2, {8, 3, 2, 1, {{274, static_cast<std::uint32_t>(orientation)}}})}) {
            const FilePrediction picture = read(file);
            QVERIFY2(picture.error.empty(), picture.error.c_str());
            QCOMPARE(picture.width, orientation >= 5 ? 2 : 3);
            std::vector<int> seen;
            for (std::size_t i = 0; i < picture.rgb.size(); i += 3) seen.push_back(picture.rgb[i]);
            QVERIFY2(seen == expected[static_cast<std::size_t>(orientation)], std::to_string(orientation).c_str());
        }
    }
}

// Whatever the decoders' libraries have to say stays off the terminal.
void PictureFileTest::librariesAreSilent() {
    std::FILE* caught = std::tmpfile();
    QVERIFY(caught != nullptr);
    const int terminal = ::dup(STDERR_FILENO);
    ::dup2(::fileno(caught), STDERR_FILENO);
    std::mt19937 random(1);
    const Bytes samples = drawPicture(2, 40, random);
    Bytes rgba;
    for (std::size_t i = 0; i < samples.size(); i += 3) rgba.insert(rgba.end(), {samples[i], samples[i + 1], samples[i + 2], 9});
    for (const Bytes& whole :
         {encodeJpeg(samples, 40, 40), encodePng(samples, 40, 40), encodeWebP(rgba, 40, 40), encodeTiff({samples}, 40, 40),
          encodeGif(40, 40, {{0, 0, 40, 40, Bytes(1600, 3)}}), bmp(40, 40, 4800)})
        for (int i = 0; i < 60; ++i) {
            Bytes damaged = whole;
            damaged[random() % damaged.size()] ^= 0x55;
            read(damaged);
            read(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(random() % whole.size())));
        }
    std::fflush(stderr);
    ::dup2(terminal, STDERR_FILENO);
    ::close(terminal);
    QCOMPARE(std::ftell(caught), 0L);
    std::fclose(caught);
}

void PictureFileTest::flippedBytes() {
    for (const Bytes& whole : {jpegTurned(6), encodePng(Bytes(8 * 8 * 4, 9), 8, 8, 4), bmp(4, 4, 48)})
        for (std::size_t at = 0; at < whole.size(); ++at)
            for (const std::uint8_t mask : {0x01, 0x80, 0xFF}) {
                Bytes damaged = whole;
                damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ mask);
                const FilePrediction picture = read(damaged);
                QCOMPARE(picture.error.empty(), !picture.rgb.empty());
                QVERIFY(picture.width <= 512 && picture.height <= 512);
            }
}

void PictureFileTest::notAFile() {
    QVERIFY(readPictureFile(*m_home / "missing.png", {32}).error.find("missing.png cannot be read: the file is not there") == 0);
    QVERIFY(readPictureFile(m_home->path(), {32}).error.find("it is a folder, not a file") != std::string::npos);
    fs::create_symlink(*m_home / "nowhere", *m_home / "broken.png");
    QVERIFY(readPictureFile(*m_home / "broken.png", {32}).error.find("a link to a file that is not there") != std::string::npos);
    fs::create_symlink(*m_home / "loop.png", *m_home / "loop.png");
    QVERIFY(readPictureFile(*m_home / "loop.png", {32}).error.find("a link that leads in a circle") != std::string::npos);
    QCOMPARE(mkfifo((*m_home / "pipe").c_str(), 0600), 0);
    QVERIFY(readPictureFile(*m_home / "pipe", {32}).error.find("it is not a file") != std::string::npos);
}

void PictureFileTest::squareAlone() {
    const Bytes content = encodePng(Bytes(20 * 10 * 3, 50), 20, 10);
    writeFile(*m_home / "a.png", content);
    QVERIFY(readSquarePicture(*m_home / "a.png", {7}) == Bytes(7 * 7 * 3, 50));
    QVERIFY(errorOf<DataError>([&] { readSquarePicture(*m_home / "b.png", {7}); }).find("the file is not there") !=
            std::string::npos);
}

void PictureFileTest::greyForAGreyDataSet() {
    const Bytes red = Bytes{255, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0};
    writeFile(*m_home / "red.png", encodePng(red, 2, 2));
    const PictureKind grey{2, /*grey=*/true};
    const Bytes expected(2 * 2 * 3, 76);  // 0.299 * 255
    const FilePrediction read = readPictureFile(*m_home / "red.png", grey);
    QVERIFY(read.modelRgb == expected);
    QVERIFY(read.rgb == red);  // the original beside it keeps its colours
    QVERIFY(readSquarePicture(*m_home / "red.png", grey) == expected);
    QVERIFY(squareOfPicture({2, 2, red}, grey) == expected);
}

void PictureFileTest::extremeShapes() {
    for (const auto& [width, height] : {std::pair{1, 1}, {60'000, 1}, {1, 60'000}, {2'000'000, 2}}) {
        const FilePrediction picture =
            read(encodePng(Bytes(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 9), width, height, 1), 32);
        QVERIFY2(picture.error.empty(), picture.error.c_str());
        QVERIFY(picture.modelRgb == Bytes(32 * 32 * 3, 9));
        QVERIFY(picture.width >= 1 && picture.height >= 1 && picture.width <= 512 && picture.height <= 512);
    }
}

// A look at the first bytes: what is a picture, whatever its name; what is called one and is none; what is neither.
void PictureFileTest::toldByContent() {
    using Verdict = PictureCheck::Verdict;
    const auto check = [&](const char* name, const Bytes& content, Verdict verdict, const std::string& reason = {}) {
        writeFile(*m_home / name, content);
        const PictureCheck found = checkPicture(*m_home / name);
        QVERIFY2(found.verdict == verdict, name);
        QVERIFY2(reason.empty() ? found.reason.empty() : found.reason.find(reason) != std::string::npos, found.reason.c_str());
    };
    const auto bytes = [](const std::string& text) { return Bytes(text.begin(), text.end()); };
    const std::string heic(
        "\0\0\0\x18"
        "ftypheic\0\0\0\0mif1heic",
        24),
        avif(
            "\0\0\0\x1c"
            "ftypavif\0\0\0\0avifmif1",
            24);
    for (const char* name : {"a.HEIC", "a.jfif", "a.png", "a", "a.txt"}) check(name, jpeg(), Verdict::Picture);
    check("b.jpg", encodePng({1, 2, 3}, 1, 1), Verdict::Picture);
    check("b.jpeg", encodeTiff({{1, 2, 3}}, 1, 1), Verdict::Picture);
    const bool readsHeif = std::string(kPictureFormats).find("HEIC") != std::string::npos;  // this build does
    const Verdict ofHeif = readsHeif ? Verdict::Picture : Verdict::Bad;
    check("c.heic", bytes(heic), ofHeif,
          readsHeif ? "" : "it is a HEIC picture, as iPhones make them, which Thaw does not read; convert it to JPEG");
    check("c.jpg", bytes(heic), ofHeif, readsHeif ? "" : "HEIC");
    check("c", bytes(avif), ofHeif, readsHeif ? "" : "it is an AVIF picture");
    check("c.jxl", {0xFF, 0x0A}, Verdict::Bad, "it is a JPEG XL picture");
    check("d.jpg", {}, Verdict::Bad, "the file is empty");
    check("e.jpg", bytes("hello"), Verdict::Bad, "it is a text, not a picture");
    check("f.png", bytes("<!DOCTYPE html><html>"), Verdict::Bad, "it is a web page");
    check("g.jpg", bytes("version https://git-lfs.github.com/spec/v1\n"), Verdict::Bad, "git lfs pull");
    check("h.jpg", Bytes(100, 0), Verdict::Bad, "only zeros");
    check("readme.txt", bytes("hello"), Verdict::Other);
    check("Thumbs.db", {0xD0, 0xCF, 0x11, 0xE0}, Verdict::Other);
    check("labels.csv", {}, Verdict::Other);
    check("BMW.txt", bytes("BMW is a car maker, and this is a text."), Verdict::Other);
    Bytes huge = encodePng({1, 2, 3}, 1, 1);
    huge[17] = huge[21] = 9;
    check("i.png", huge, Verdict::Bad, "too large: at most 100 million pixels");
    fs::create_directories(*m_home / "folder.jpg");
    QVERIFY(checkPicture(*m_home / "folder.jpg").reason.find("it is a folder") != std::string::npos);
    QCOMPARE(mkfifo((*m_home / "pipe.jpg").c_str(), 0600), 0);
    QVERIFY(checkPicture(*m_home / "pipe.jpg").verdict == Verdict::Bad);
    fs::create_symlink(*m_home / "a.png", *m_home / "link");
    QVERIFY(checkPicture(*m_home / "link").verdict == Verdict::Picture);
}

void PictureFileTest::names() {
    for (const char* name : {"a.png", "a.JPG", "a.b.jpeg", "/x/y.WebP", "a.bmp", "a.GIF", "a.tif", "a.HEIC", "a.jfif"})
        QVERIFY(isPictureName(name));
    for (const char* name : {"a.txt", "png", ".png", "", "a.png.part"}) QVERIFY(!isPictureName(name));
}

QTEST_GUILESS_MAIN(PictureFileTest)
#include "tst_picture_file.moc"
