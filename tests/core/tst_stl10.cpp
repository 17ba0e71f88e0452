#include <QTest>

#include "core/data/dataset.h"
#include "core/data/dataset_source.h"
#include "core/store/paths.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/resolve.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kPlane = 96 * 96, kPicture = 3 * kPlane;

/// Channel c at (y, x) of picture i is 10 i + 60 c + y / 8 + x / 2, stored column by column.
Bytes drawn(std::size_t count) {
    Bytes bytes;
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t c = 0; c < 3; ++c)
            for (std::size_t x = 0; x < 96; ++x)
                for (std::size_t y = 0; y < 96; ++y) bytes.push_back(static_cast<std::uint8_t>(10 * i + 60 * c + y / 8 + x / 2));
    return bytes;
}

}  // namespace

class Stl10Test : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        m_home = std::make_unique<TemporaryHome>();
        writeFile(folder() / "train_X.bin", drawn(4));
        writeFile(folder() / "train_y.bin", {1, 10, 2, 1});
        writeFile(folder() / "test_X.bin", drawn(2));
        writeFile(folder() / "test_y.bin", {3, 10});
    }
    void cleanup() { m_home.reset(); }

    void pixelsAndLabels() {
        const DatasetInfo info = resolveIn(*m_home / "data");
        QCOMPARE(info.id, std::string("stl10"));
        QCOMPARE(info.location, folder());
        QCOMPARE(info.pictureKind.side, 96);
        const auto pictures = loadSplit(info, Split::Train, 0, 1);
        QVERIFY(pictures->labels == (std::vector<int>{0, 9, 1, 0}));
        for (std::size_t i = 0; i < 4; ++i)
            for (std::size_t p = 0; p < kPicture; ++p) {
                const std::size_t y = p / 3 / 96, x = p / 3 % 96;
                if (pictures->picture(static_cast<std::int64_t>(i))[p] !=
                    static_cast<std::uint8_t>(10 * i + 60 * (p % 3) + y / 8 + x / 2))
                    QFAIL("a pixel differs");
            }
        QCOMPARE(loadSplit(info, Split::Test, 0, 1)->labels.back(), 9);
    }

    void whatIsWrongIsSaid() {
        const auto problem = [&] { return errorOf<DataError>([&] { resolveIn(folder(), "stl10"); }); };
        for (const std::uintmax_t size : {std::uintmax_t{0}, std::uintmax_t{kPicture * 4 - 1}, std::uintmax_t{1} << 40}) {
            fs::resize_file(folder() / "train_X.bin", size);
            QVERIFY2(problem().find("train_X.bin has " + std::to_string(size) + " bytes; 4 labels go with 110592") !=
                         std::string::npos,
                     problem().c_str());
        }
        writeFile(folder() / "train_X.bin", drawn(4));
        for (const int label : {0, 11, 255}) {
            writeFile(folder() / "train_y.bin", {1, static_cast<std::uint8_t>(label), 1, 1});
            QVERIFY(problem().find("picture 1 has the label " + std::to_string(label)) != std::string::npos);
        }
        writeFile(folder() / "train_y.bin", {});
        QVERIFY(!problem().empty());
        writeFile(folder() / "train_y.bin", {1, 10, 2, 1});
        fs::remove(folder() / "test_y.bin");
        QVERIFY(problem().find("test_y.bin is missing") != std::string::npos);
    }

    void installUnpacksWhatIsRead() {
        TarWriter tar;
        tar.add("stl10_binary/unlabeled_X.bin", Bytes(1000, 'u'));
        for (const char* name : {"test_X.bin", "test_y.bin", "train_X.bin", "train_y.bin"})
            tar.add(std::string("stl10_binary/") + name, readFile(folder() / name));
        const fs::path archive = datasetsFolder() / "stl10_binary.tar.gz";
        writeFile(archive, gzip(tar.finish()));
        for (const auto& source : datasetSources())
            if (source->describe().id == "stl10")
                source->install(archive, datasetsFolder(), [](std::int64_t, std::int64_t) { return true; });
        QVERIFY(!fs::exists(archive) && !fs::exists(datasetsFolder() / "stl10_binary" / "unlabeled_X.bin"));
        QCOMPARE(resolveIn({}, "stl10").location, datasetsFolder() / "stl10_binary");
    }

private:
    fs::path folder() const { return *m_home / "data" / "stl10_binary"; }
    std::unique_ptr<TemporaryHome> m_home;
};

QTEST_GUILESS_MAIN(Stl10Test)
#include "tst_stl10.moc"
