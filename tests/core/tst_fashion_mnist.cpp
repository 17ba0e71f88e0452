#include <QTest>

#include "core/data/dataset.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/resolve.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

DatasetInfo resolve(const fs::path& place) { return resolveIn(place, "fashion-mnist"); }

}  // namespace

class FashionMnistTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_home = std::make_unique<TemporaryHome>(); }
    void cleanup() { m_home.reset(); }

    void pixelsAndLabels();
    void whereItMayLie();
    void debiansPackage();
    void truncatedAtEachHeaderByte();
    void flippedHeaderBytes();
    void flippedGzipBytes();
    void hugeClaims();
    void countsDisagree();
    void wrongLabel();
    void missingFile();
    void handwrittenDigits();

private:
    fs::path folder() const { return *m_home / "fashion-mnist"; }
    std::unique_ptr<TemporaryHome> m_home;
};

void FashionMnistTest::pixelsAndLabels() {
    writeFashionMnist(folder(), {}, false);
    const Bytes images = readFile(folder() / "train-images-idx3-ubyte"), labels = readFile(folder() / "train-labels-idx1-ubyte");
    const DatasetInfo info = resolve(folder());
    QVERIFY(info.substitute);
    QVERIFY(info.description.find("stands in for CIFAR-10") != std::string::npos);
    QCOMPARE(info.trainCount, std::int64_t{100});
    const auto pictures = loadSplit(info, Split::Train, 0, 1);
    QCOMPARE(pictures->width, 28);
    QCOMPARE(pictures->height, 28);
    for (std::size_t i = 0; i < 100; ++i) {
        QCOMPARE(pictures->labels[i], static_cast<int>(labels[8 + i]));
        for (std::size_t pixel = 0; pixel < 784; ++pixel)
            for (std::size_t channel = 0; channel < 3; ++channel)
                if (pictures->rgb[(i * 784 + pixel) * 3 + channel] != images[16 + i * 784 + pixel]) QFAIL("a pixel differs");
    }

    writeFashionMnist(*m_home / "packed", {}, true);
    QCOMPARE(loadSplit(resolve(*m_home / "packed"), Split::Train, 0, 1)->identity.digest,
             loadSplit(info, Split::Train, 0, 1)->identity.digest);
}

void FashionMnistTest::whereItMayLie() {
    writeFashionMnist(folder());
    for (const fs::path& place : {folder(), m_home->path(), folder() / "train-images-idx3-ubyte.gz"})
        QCOMPARE(resolve(place).location, folder());
    writeFashionMnist(*m_home / "torch" / "FashionMNIST" / "raw", {}, false);
    QCOMPARE(resolve(*m_home / "torch").location, *m_home / "torch" / "FashionMNIST" / "raw");
}

void FashionMnistTest::debiansPackage() {
    m_home.reset();
    m_home = std::make_unique<TemporaryHome>(true);
    if (!fs::exists("/usr/share/datasets/fashion-mnist")) QSKIP("dataset-fashion-mnist is not installed");
    const DatasetInfo info = resolve({});
    QCOMPARE(info.trainCount, std::int64_t{60'000});
    QCOMPARE(info.testCount, std::int64_t{10'000});
    QVERIFY(info.trainPerClass == std::vector<std::int64_t>(10, 6000));
    const auto sample = samplePictures(info, Split::Test, 4, 1);
    QCOMPARE(sample->count(), std::int64_t{40});
}

void FashionMnistTest::truncatedAtEachHeaderByte() {
    writeFashionMnist(folder(), {}, false);
    for (const std::string name :
         {"train-images-idx3-ubyte", "t10k-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-labels-idx1-ubyte"}) {
        const Bytes whole = readFile(folder() / name);
        for (std::size_t size = 0; size <= 20; ++size) {
            writeFile(folder() / name, Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
            const std::string message = errorOf<DataError>([&] { resolve(folder()); });
            QVERIFY2(message.find(name) != std::string::npos, message.c_str());
        }
        for (const std::size_t missing : {1u, 17u}) {
            writeFile(folder() / name, Bytes(whole.begin(), whole.end() - static_cast<std::ptrdiff_t>(missing)));
            QVERIFY(!errorOf<DataError>([&] { resolve(folder()); }).empty());
        }
        Bytes longer = whole;
        longer.push_back(0);
        writeFile(folder() / name, longer);
        QVERIFY(!errorOf<DataError>([&] {
                     const DatasetInfo info = resolve(folder());
                     loadSplit(info, Split::Train, 0, 1);
                     loadSplit(info, Split::Test, 0, 1);
                 }).empty());
        writeFile(folder() / name, whole);
    }
    QCOMPARE(resolve(folder()).testCount, std::int64_t{50});
}

void FashionMnistTest::flippedHeaderBytes() {
    writeFashionMnist(folder(), {}, false);
    for (const std::string name : {"train-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}) {
        const Bytes whole = readFile(folder() / name);
        for (std::size_t at = 0; at < (name.find("images") != std::string::npos ? 16u : 8u); ++at)
            for (const int change : {0x00, 0xFF, -0x01, -0x80}) {
                Bytes damaged = whole;
                damaged[at] = static_cast<std::uint8_t>(change >= 0 ? change : damaged[at] ^ -change);
                if (damaged == whole) continue;
                writeFile(folder() / name, damaged);
                QVERIFY2(!errorOf<DataError>([&] { resolve(folder()); }).empty(), (name + ' ' + std::to_string(at)).c_str());
            }
        writeFile(folder() / name, whole);
    }
}

// Whatever is flipped in a gzipped file: refused, or the very same pictures.
void FashionMnistTest::flippedGzipBytes() {
    writeFashionMnist(folder(), {5, 2, 1});
    const std::string digest = loadSplit(resolve(folder()), Split::Test, 0, 1)->identity.digest;
    for (const std::string name : {"t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"}) {
        const Bytes whole = readFile(folder() / name);
        for (std::size_t at = 0; at < whole.size(); at += at < 64 || whole.size() - at < 16 ? 1 : whole.size() / 200 + 1)
            for (const std::uint8_t mask : {0x01, 0x80, 0xFF}) {
                Bytes damaged = whole;
                damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ mask);
                writeFile(folder() / name, damaged);
                std::string found = digest;
                errorOf<DataError>([&] { found = loadSplit(resolve(folder()), Split::Test, 0, 1)->identity.digest; });
                QVERIFY2(found == digest, (name + ' ' + std::to_string(at)).c_str());
            }
        writeFile(folder() / name, whole);
    }
}

void FashionMnistTest::hugeClaims() {
    writeFashionMnist(folder());
    for (const std::uint32_t count : {0u, 1'000'001u, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu}) {
        Bytes images = {0, 0, 8, 3};
        Bytes labels = {0, 0, 8, 1};
        for (Bytes* file : {&images, &labels})
            for (int shift = 24; shift >= 0; shift -= 8) file->push_back(static_cast<std::uint8_t>(count >> shift));
        images.insert(images.end(), {0, 0, 0, 28, 0, 0, 0, 28});
        writeFile(folder() / "train-images-idx3-ubyte.gz", gzip(images));
        writeFile(folder() / "train-labels-idx1-ubyte.gz", gzip(labels));
        const std::string message = errorOf<DataError>([&] { resolve(folder()); });
        QVERIFY2(message.find("claims " + std::to_string(count)) != std::string::npos, message.c_str());
    }
}

void FashionMnistTest::countsDisagree() {
    writeFashionMnist(folder());
    writeFashionMnist(*m_home / "more", {11, 5, 1});
    fs::copy_file(*m_home / "more" / "train-labels-idx1-ubyte.gz", folder() / "train-labels-idx1-ubyte.gz",
                  fs::copy_options::overwrite_existing);
    const std::string message = errorOf<DataError>([&] { resolve(folder()); });
    QVERIFY2(message.find("has 100 pictures, but there are 110 labels") != std::string::npos, message.c_str());
}

void FashionMnistTest::wrongLabel() {
    writeFashionMnist(folder(), {}, false);
    Bytes labels = readFile(folder() / "t10k-labels-idx1-ubyte");
    labels[8 + 3] = 10;
    writeFile(folder() / "t10k-labels-idx1-ubyte", labels);
    const std::string message = errorOf<DataError>([&] { resolve(folder()); });
    QVERIFY2(message.find("entry 3 has the label 10") != std::string::npos, message.c_str());
}

void FashionMnistTest::missingFile() {
    for (const std::string name :
         {"train-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-labels-idx1-ubyte.gz"}) {
        writeFashionMnist(folder());
        fs::remove(folder() / name);
        const std::string message = errorOf<DataError>([&] { resolve(folder()); });
        QVERIFY2(message.find(name + " is missing from") != std::string::npos, message.c_str());
    }
}

void FashionMnistTest::handwrittenDigits() {
    writeFashionMnist(folder(), {}, false);
    Bytes labels = {0, 0, 8, 1, 0, 0, 0xEA, 0x60, 5, 0, 4, 1, 9, 2, 1, 3, 1, 4};
    labels.resize(8 + 60'000);
    writeFile(folder() / "train-labels-idx1-ubyte", labels);
    const std::string message = errorOf<DataError>([&] { resolve(folder()); });
    QVERIFY2(message.find("handwritten digits") != std::string::npos, message.c_str());
}

QTEST_GUILESS_MAIN(FashionMnistTest)
#include "tst_fashion_mnist.moc"
