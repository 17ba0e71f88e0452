// DICOM, where this build reads it.
#include <QTest>

#include <cstring>
#include <utility>

#include "core/data/picture_file.h"
#include "core/data/picture_format.h"
#include "tests/support/drawn_data.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

bool readsDicom() { return std::string(kPictureFormats).find("DICOM") != std::string::npos; }

/// A DICOM file by hand: explicit types, little-endian, uncompressed.
class DicomWriter {
public:
    DicomWriter() {
        put(2, 0x10, "UI", std::string("1.2.840.10008.1.2.1\0", 20));
        const std::string syntax = std::exchange(m_text, {});
        put(2, 0, "UL", number(syntax.size(), 4));
        m_text = std::string(128, '\0') + "DICM" + m_text + syntax;
        put(8, 0x16, "UI", std::string("1.2.840.10008.5.1.4.1.1.7\0", 26));
    }
    DicomWriter& put(unsigned group, unsigned element, const char* type, std::string value) {
        if (value.size() % 2 != 0) value += ' ';
        m_text += number(group, 2) + number(element, 2) + type;
        const bool isLong = std::strcmp(type, "OB") == 0 || std::strcmp(type, "OW") == 0;
        m_text += isLong ? number(0, 2) + number(value.size(), 4) : number(value.size(), 2);
        m_text += value;
        return *this;
    }
    DicomWriter& number16(unsigned element, unsigned value) { return put(0x28, element, "US", number(value, 2)); }
    /// The usual fields of a picture; others go between these and pixels().
    DicomWriter& picture(unsigned rows, unsigned columns, unsigned samples, const char* kind, unsigned bits,
                         bool isSigned = false) {
        number16(2, samples).put(0x28, 4, "CS", kind);
        if (samples > 1) number16(6, 0);
        if (m_frames > 1) put(0x28, 8, "IS", std::to_string(m_frames));
        number16(0x10, rows).number16(0x11, columns).number16(0x100, bits).number16(0x101, bits).number16(0x102, bits - 1);
        return number16(0x103, isSigned ? 1 : 0);
    }
    DicomWriter& frames(int count) {
        m_frames = count;
        return *this;
    }
    Bytes pixels(const std::string& values, unsigned bits) {
        put(0x7FE0, 0x10, bits == 8 ? "OB" : "OW", values);
        return {m_text.begin(), m_text.end()};
    }
    static std::string number(std::uint64_t value, int bytes) {
        std::string result;
        for (int i = 0; i < bytes; ++i) result += static_cast<char>(value >> (8 * i));
        return result;
    }

private:
    std::string m_text;
    int m_frames = 1;
};

std::string words(const std::vector<int>& values) {
    std::string result;
    for (const int value : values) result += DicomWriter::number(static_cast<std::uint16_t>(value), 2);
    return result;
}

}  // namespace

class DicomPictureTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_home = std::make_unique<TemporaryHome>(); }
    void cleanup() { m_home.reset(); }

    void grey();
    void windows();
    void coloursAndFrames();
    void damaged();

private:
    FilePrediction read(const Bytes& content) {
        writeFile(*m_home / "a.dcm", content);
        return readPictureFile(*m_home / "a.dcm", {4});
    }
    /// The red channel of all pixels; what was wrong is said.
    std::vector<int> greys(const Bytes& content) {
        const FilePrediction picture = read(content);
        if (!picture.error.empty()) qWarning("%s", picture.error.c_str());
        std::vector<int> values;
        for (std::size_t i = 0; i < picture.rgb.size(); i += 3) values.push_back(picture.rgb[i]);
        return values;
    }
    std::unique_ptr<TemporaryHome> m_home;
};

void DicomPictureTest::grey() {
    if (!readsDicom()) QSKIP("this build has no DCMTK");
    const std::string values("\x00\x40\x80\xFF", 4);
    QCOMPARE(greys(DicomWriter().picture(2, 2, 1, "MONOCHROME2 ", 8).pixels(values, 8)), (std::vector<int>{0, 64, 128, 255}));
    QCOMPARE(greys(DicomWriter().picture(2, 2, 1, "MONOCHROME1 ", 8).pixels(values, 8)), (std::vector<int>{255, 191, 127, 0}));
    // Without a window the values are spread.
    QCOMPARE(greys(DicomWriter().picture(1, 3, 1, "MONOCHROME2 ", 16, true).pixels(words({-1000, 0, 1000}), 16)),
             (std::vector<int>{0, 127, 255}));
}

void DicomPictureTest::windows() {
    if (!readsDicom()) QSKIP("this build has no DCMTK");
    // Hounsfield's scale: stored values less 1024; the window goes from 40 - 50 to 40 + 50.
    DicomWriter ct;
    ct.picture(1, 5, 1, "MONOCHROME2 ", 16).put(0x28, 0x1050, "DS", "40\\600").put(0x28, 0x1051, "DS", "101\\1500");
    ct.put(0x28, 0x1052, "DS", "-1024 ").put(0x28, 0x1053, "DS", "1 ");
    const std::vector<int> found = greys(ct.pixels(words({0, 1013, 1063, 1114, 4000}), 16));
    QCOMPARE(found, (std::vector<int>{0, 0, 126, 255, 255}));
}

void DicomPictureTest::coloursAndFrames() {
    if (!readsDicom()) QSKIP("this build has no DCMTK");
    const FilePrediction colours = read(DicomWriter().picture(1, 2, 3, "RGB ", 8).pixels("abcdef", 8));
    QVERIFY2(colours.error.empty(), colours.error.c_str());
    QVERIFY(colours.rgb == (Bytes{'a', 'b', 'c', 'd', 'e', 'f'}));
    DicomWriter film;
    film.frames(3);
    QCOMPARE(greys(film.picture(1, 2, 1, "MONOCHROME2 ", 8).pixels(std::string("\x00\xFF\x33\x44\x55\x66", 6), 8)),
             (std::vector<int>{0, 255}));
    QVERIFY(isPictureName("a.DCM"));
    QVERIFY(checkPicture(*m_home / "a.dcm").verdict == PictureCheck::Verdict::Picture);
}

void DicomPictureTest::damaged() {
    if (!readsDicom()) QSKIP("this build has no DCMTK");
    const Bytes whole = DicomWriter().picture(8, 8, 1, "MONOCHROME2 ", 8).pixels(std::string(64, 'p'), 8);
    QVERIFY(read(whole).error.empty());
    for (std::size_t size = 0; size < whole.size(); ++size)
        QVERIFY(!read(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))).error.empty());
    for (std::size_t at = 128; at < whole.size(); ++at)
        for (const int mask : {0x01, 0x80, 0xFF}) {
            Bytes changed = whole;
            changed[at] = static_cast<std::uint8_t>(changed[at] ^ mask);
            read(changed);
        }
    DicomWriter huge;
    huge.picture(60000, 60000, 1, "MONOCHROME2 ", 8);
    QVERIFY(!read(huge.pixels("pp", 8)).error.empty());
}

QTEST_GUILESS_MAIN(DicomPictureTest)
#include "tst_dicom_picture.moc"
