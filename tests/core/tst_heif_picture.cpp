// HEIC and AVIF, where this build reads them.
#include <QTest>

#include <tuple>

#include "core/data/picture_file.h"
#include "core/data/picture_format.h"
#include "tests/support/drawn_data.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

bool readsHeif() { return std::string(kPictureFormats).find("HEIC") != std::string::npos; }

fs::path golden(const std::string& name) { return fs::path(THAW_TEST_DATA) / "heif" / name; }

}  // namespace

class HeifPictureTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_home = std::make_unique<TemporaryHome>(); }
    void cleanup() { m_home.reset(); }

    void quarters_data();
    void quarters();
    void damagedHeif();

private:
    FilePrediction read(const Bytes& content, const char* name) {
        writeFile(*m_home / name, content);
        return readPictureFile(*m_home / name, {4});
    }
    std::unique_ptr<TemporaryHome> m_home;
};

void HeifPictureTest::quarters_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("clear");
    QTest::newRow("HEIC") << "quarters.heic" << false;
    QTest::newRow("AVIF") << "quarters.avif" << false;
    QTest::newRow("transparent") << "clear.heic" << true;
}

void HeifPictureTest::quarters() {
    if (!readsHeif()) QSKIP("this build has no libheif");
    QFETCH(QString, name);
    QFETCH(bool, clear);
    const FilePrediction picture = readPictureFile(golden(name.toStdString()), {32});
    QVERIFY2(picture.error.empty(), picture.error.c_str());
    QCOMPARE(picture.width, 64);
    QCOMPARE(picture.height, 48);
    QCOMPARE(picture.modelRgb.size(), std::size_t{32 * 32 * 3});
    const int red[] = {255, clear ? 255 : 0, clear ? 255 : 0}, green[] = {0, 255, 0}, blue[] = {0, 0, 255},
              white[] = {255, 255, 255};
    for (const auto& [x, y, colour] :
         {std::tuple(16, 12, red), std::tuple(48, 12, green), std::tuple(16, 36, blue), std::tuple(48, 36, white)})
        for (int c = 0; c < 3; ++c) {
            const int value = picture.rgb[static_cast<std::size_t>((y * 64 + x) * 3 + c)];
            QVERIFY2(std::abs(value - colour[c]) <= 12, qPrintable(QStringLiteral("%1 at %2, %3").arg(value).arg(x).arg(y)));
        }
}

void HeifPictureTest::damagedHeif() {
    if (!readsHeif()) QSKIP("this build has no libheif");
    for (const char* name : {"quarters.heic", "quarters.avif"}) {
        const Bytes whole = readFile(golden(name));
        for (std::size_t size = 0; size < whole.size(); size += 7)
            QVERIFY(!read(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)), "a.heic").error.empty());
        for (std::size_t at = 0; at < whole.size(); at += 5)
            for (const int mask : {0x01, 0xFF}) {
                Bytes changed = whole;
                changed[at] = static_cast<std::uint8_t>(changed[at] ^ mask);
                read(changed, "a.heic");
            }
    }
}

QTEST_GUILESS_MAIN(HeifPictureTest)
#include "tst_heif_picture.moc"
