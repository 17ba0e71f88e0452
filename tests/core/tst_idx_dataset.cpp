#include <QTest>

#include "core/data/dataset.h"
#include "core/data/idx_dataset.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/resolve.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

using Names = std::vector<std::string>;

void append(Bytes& out, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

/// Pixel (y, x) of picture i is 16 i + 4 y + x.
void writePair(const fs::path& images, const fs::path& labels, const Bytes& values, std::uint32_t side, bool gzipped) {
    Bytes pictures, targets;
    append(pictures, 0x803);
    append(targets, 0x801);
    for (Bytes* header : {&pictures, &targets}) append(*header, static_cast<std::uint32_t>(values.size()));
    append(pictures, side);
    append(pictures, side);
    for (std::size_t i = 0; i < values.size(); ++i)
        for (std::uint32_t y = 0; y < side; ++y)
            for (std::uint32_t x = 0; x < side; ++x) pictures.push_back(static_cast<std::uint8_t>(16 * i + 4 * y + x));
    targets.insert(targets.end(), values.begin(), values.end());
    writeFile(images, gzipped ? gzip(pictures) : pictures);
    writeFile(labels, gzipped ? gzip(targets) : targets);
}

}  // namespace

class IdxDatasetTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_home = std::make_unique<TemporaryHome>(); }
    void cleanup() { m_home.reset(); }

    void anyPair();
    void emnistsLetters();
    void fashionStaysFashion();
    void mnistInItsFolder();
    void severalSetsInAFolder();
    void whatIsMissingIsSaid();
    void damaged();

private:
    fs::path folder() const { return *m_home / "mine"; }
    void write(const std::string& begin, const Bytes& train, const Bytes& test, std::uint32_t side = 4, bool gzipped = true) {
        const std::string end = gzipped ? "-ubyte.gz" : "-ubyte";
        writePair(folder() / (begin + "train-images-idx3" + end), folder() / (begin + "train-labels-idx1" + end), train, side,
                  gzipped);
        writePair(folder() / (begin + "test-images-idx3" + end), folder() / (begin + "test-labels-idx1" + end), test, side,
                  gzipped);
    }
    std::unique_ptr<TemporaryHome> m_home;
};

void IdxDatasetTest::anyPair() {
    write("own-", {7, 3, 7}, {3}, 4, false);
    const DatasetInfo info = resolveIn(folder());
    QCOMPARE(info.id, std::string("idx"));
    QCOMPARE(info.title, std::string("mine (IDX files)"));
    QVERIFY(info.classNames == (Names{"3", "7"}));
    QCOMPARE(info.pictureKind.side, 4);
    QVERIFY(info.pictureKind.grey);
    const auto pictures = loadSplit(info, Split::Train, 0, 1);
    QVERIFY(pictures->labels == (std::vector<int>{1, 0, 1}));
    for (int i = 0; i < 3; ++i)
        for (int p = 0; p < 16 * 3; ++p) QCOMPARE(int{pictures->picture(i)[p]}, 16 * i + p / 3);
    QCOMPARE(resolveIn(folder() / "own-test-labels-idx1-ubyte").location, info.location);
    const std::string digest = pictures->identity.digest;
    fs::remove_all(folder());
    write("own-", {7, 3, 7}, {3});
    QCOMPARE(loadSplit(resolveIn(folder()), Split::Train, 0, 1)->identity.digest, digest);
}

void IdxDatasetTest::emnistsLetters() {
    write("emnist-letters-", {1, 3, 26}, {3});
    const DatasetInfo info = resolveIn(folder());
    QCOMPARE(info.title, std::string("EMNIST's letters"));
    QVERIFY(info.classNames == (Names{"A", "C", "Z"}));
    const auto pictures = loadSplit(info, Split::Train, 0, 1);
    QCOMPARE(int{pictures->picture(1)[3]}, 16 + 4);  // the first row holds what was stored as the first column
}

void IdxDatasetTest::fashionStaysFashion() {
    writeFashionMnist(folder());
    QCOMPARE(resolveIn(folder()).id, std::string("fashion-mnist"));
    QVERIFY(errorOf<DataError>([&] { resolveIn(folder(), "idx"); }).find("not found") != std::string::npos);
}

void IdxDatasetTest::mnistInItsFolder() {
    const fs::path place = *m_home / "data";
    writeFashionMnist(place / "MNIST" / "raw");
    const DatasetInfo info = resolveIn(place);
    QCOMPARE(info.id, std::string("idx"));
    QCOMPARE(info.title, std::string("MNIST"));
    QCOMPARE(info.trainCount, std::int64_t{100});
    fs::rename(place / "MNIST", place / "KMNIST");
    QCOMPARE(resolveIn(place).title, std::string("KMNIST"));
    QCOMPARE(resolveIn(place / "KMNIST" / "raw").classNames.at(1), std::string("ki"));
    QVERIFY(isOfOtherDigits("/x/KMNIST/raw") && !isOfOtherDigits("/x/FashionMNIST/raw"));
}

void IdxDatasetTest::severalSetsInAFolder() {
    write("emnist-digits-", {0, 1}, {1});
    write("emnist-letters-", {1, 2}, {1});
    const DatasetInfo info = resolveIn(folder());
    QCOMPARE(info.title, std::string("EMNIST's digits"));
    QCOMPARE(info.notes.size(), std::size_t{1});
    QVERIFY(info.notes.front().find("emnist-letters-train-images-idx3-ubyte.gz") != std::string::npos);
    QCOMPARE(resolveIn(folder() / "emnist-letters-train-images-idx3-ubyte.gz").title, std::string("EMNIST's letters"));
}

void IdxDatasetTest::whatIsMissingIsSaid() {
    write("own-", {1, 0}, {1});
    fs::remove(folder() / "own-train-labels-idx1-ubyte.gz");
    QVERIFY(errorOf<DataError>([&] { resolveIn(folder()); }).find("without its file of labels") != std::string::npos);
    write("own-", {1, 0}, {1});
    fs::remove(folder() / "own-test-images-idx3-ubyte.gz");
    QVERIFY(errorOf<DataError>([&] { resolveIn(folder()); }).find("without its pair of files for the test") != std::string::npos);
}

void IdxDatasetTest::damaged() {
    write("own-", {1, 0, 1}, {1}, 4, false);
    for (const std::string name : {"own-train-images-idx3-ubyte", "own-test-labels-idx1-ubyte"}) {
        const Bytes whole = readFile(folder() / name);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            writeFile(folder() / name, Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
            QVERIFY(!errorOf<DataError>([&] { resolveIn(folder()); }).empty());
        }
        for (std::size_t at = 0; at < std::min<std::size_t>(whole.size(), 16); ++at)
            for (const int mask : {0x01, 0x80, 0xFF}) {
                Bytes changed = whole;
                changed[at] = static_cast<std::uint8_t>(changed[at] ^ mask);
                writeFile(folder() / name, changed);
                errorOf<DataError>([&] { loadSplit(resolveIn(folder()), Split::Train, 0, 1); });
            }
        writeFile(folder() / name, whole);
    }
    QCOMPARE(resolveIn(folder()).trainCount, std::int64_t{3});
}

QTEST_GUILESS_MAIN(IdxDatasetTest)
#include "tst_idx_dataset.moc"
