#include <sys/stat.h>

#include <QByteArray>
#include <QTest>
#include <algorithm>
#include <array>

#include "core/data/picture_file.h"
#include "tests/support/drawn_data.h"
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
    Bytes bytes = jpeg();
    const Bytes exif = {0xFF, 0xE1, 0,    34,   'E', 'x', 'i', 'f', 0, 0, 'I',         'I', 42, 0, 8, 0, 0, 0,
                        1,    0,    0x12, 0x01, 3,   0,   1,   0,   0, 0, orientation, 0,   0,  0, 0, 0, 0, 0};
    bytes.insert(bytes.begin() + 2, exif.begin(), exif.end());
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
    void flippedBytes();
    void notAFile();
    void squareAlone();
    void greyForAGreyDataSet();
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
    for (const std::string text :
         {"", "B", "text", "GIF89a......", "%PDF-1.4", "<svg xmlns='http://www.w3.org/2000/svg'/>", "II*\0........"}) {
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
    QVERIFY(read(large).error.find("65535 x 65535 pixels, which is too large") != std::string::npos);
    QVERIFY(read(bmp(2'000'000'000, 2'000'000'000, 30)).error.find("too large") != std::string::npos);
    const Bytes webp = {'R', 'I', 'F', 'F', 30, 0, 0, 0, 'W', 'E',  'B',  'P',  'V',  'P',  '8',
                        'X', 10,  0,   0,   0,  0, 0, 0, 0,   0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    QVERIFY(read(webp).error.find("16777216 x 16777216") != std::string::npos);

    writeFile(*m_home / "big.png", png);
    fs::resize_file(*m_home / "big.png", std::uintmax_t{1} << 40);
    QVERIFY(readPictureFile(*m_home / "big.png", {32}).error.find("larger than 64 MB") != std::string::npos);
}

void PictureFileTest::truncated() {
    for (const Bytes& whole : {jpegTurned(6), encodePng(Bytes(16 * 16 * 4, 9), 16, 16, 4), bmp(4, 4, 48)})
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const FilePrediction picture = read(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
            QCOMPARE(picture.error.empty(), !picture.rgb.empty());
        }
    // A JPEG decoder makes up what is missing: that is no picture to predict.
    const Bytes whole = jpegTurned(6);
    QVERIFY(read(whole).error.empty());
    Bytes followed = whole;
    followed.insert(followed.end(), 40, 7);  // some cameras append data of their own
    QVERIFY(read(followed).error.empty());
    for (std::size_t size = 3; size < whole.size(); ++size)
        QVERIFY(!read(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))).error.empty());
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
    QVERIFY(readPictureFile(m_home->path(), {32}).error.find("it is not a file") != std::string::npos);
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
    QVERIFY(centreSquareOf({2, 2, red}, grey) == expected);
}

void PictureFileTest::names() {
    for (const char* name : {"a.png", "a.JPG", "a.b.jpeg", "/x/y.WebP", "a.bmp"}) QVERIFY(isPictureName(name));
    for (const char* name : {"a.txt", "png", ".png", "a.gif", "", "a.png.part"}) QVERIFY(!isPictureName(name));
}

QTEST_GUILESS_MAIN(PictureFileTest)
#include "tst_picture_file.moc"
