#include <sys/stat.h>
#include <unistd.h>

#include <QTest>
#include <set>

#include "core/data/dataset.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

DatasetInfo resolve(const fs::path& place) {
    DataConfig config;
    config.dataset = "cifar10";
    config.directory = place;
    return resolveDataset(config);
}

}  // namespace

class Cifar10Test : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_home = std::make_unique<TemporaryHome>(); }
    void cleanup() { m_home.reset(); }

    void pixelsAndLabels();
    void whereItMayLie();
    void archiveEqualsFolder();
    void missingFile();
    void wrongSizes();
    void truncatedAtEachByteOfARecord();
    void wrongLabel();
    void pythonVersion();
    void hostileArchives();
    void archiveWithWrongSizes();
    void unreadable();
    void withoutPermission();
    void changedCopyIsLookedAtAgain();

private:
    fs::path folder() const { return *m_home / "data" / "cifar-10-batches-bin"; }
    std::unique_ptr<TemporaryHome> m_home;
};

void Cifar10Test::pixelsAndLabels() {
    const DrawnSizes sizes{10, 5, 1};
    writeCifar10Folder(folder(), sizes);
    const std::vector<Bytes> files = drawCifar10Files(sizes);
    const DatasetInfo info = resolve(folder());
    QCOMPARE(info.trainCount, std::int64_t{100});
    QCOMPARE(info.testCount, std::int64_t{50});
    QVERIFY(info.trainPerClass == std::vector<std::int64_t>(10, 10));
    QVERIFY(info.testPerClass == std::vector<std::int64_t>(10, 5));
    QVERIFY(!info.substitute);
    QCOMPARE(info.classNames.at(9), std::string("truck"));

    for (const Split split : {Split::Train, Split::Test}) {
        const auto pictures = loadSplit(info, split, 0, 1);
        QCOMPARE(pictures->width, 32);
        QCOMPARE(pictures->height, 32);
        std::int64_t index = 0;
        for (std::size_t i = split == Split::Train ? 0 : 5; i < (split == Split::Train ? 5u : 6u); ++i)
            for (std::size_t record = 0; record < files[i].size(); record += 3073, ++index) {
                QCOMPARE(pictures->labels[static_cast<std::size_t>(index)], static_cast<int>(files[i][record]));
                for (std::size_t pixel = 0; pixel < 1024; ++pixel)
                    for (std::size_t channel = 0; channel < 3; ++channel)
                        if (pictures->picture(index)[pixel * 3 + channel] != files[i][record + 1 + channel * 1024 + pixel])
                            QFAIL("a pixel differs");
            }
        QCOMPARE(index, pictures->count());
    }
}

void Cifar10Test::whereItMayLie() {
    writeCifar10Folder(folder());
    QCOMPARE(resolve(folder()).location, folder());
    QCOMPARE(resolve(folder().parent_path()).location, folder());
    QCOMPARE(resolve(folder() / "test_batch.bin").location, folder());
    writeCifar10Archive(*m_home / "other" / "cifar-10-binary.tar.gz");
    QCOMPARE(resolve(*m_home / "other").location, *m_home / "other" / "cifar-10-binary.tar.gz");
    fs::rename(*m_home / "other" / "cifar-10-binary.tar.gz", *m_home / "other" / "mine.tgz");
    QCOMPARE(resolve(*m_home / "other" / "mine.tgz").location, *m_home / "other" / "mine.tgz");
}

void Cifar10Test::archiveEqualsFolder() {
    writeCifar10Folder(folder());
    writeCifar10Archive(*m_home / "c.tar.gz");
    for (const Split split : {Split::Train, Split::Test})
        for (const int limit : {0, 30})
            QCOMPARE(loadSplit(resolve(*m_home / "c.tar.gz"), split, limit, 7)->identity.digest,
                     loadSplit(resolve(folder()), split, limit, 7)->identity.digest);
    QVERIFY(loadSplit(resolve(folder()), Split::Train, 30, 7)->identity.digest !=
            loadSplit(resolve(folder()), Split::Train, 30, 8)->identity.digest);
}

void Cifar10Test::missingFile() {
    for (const char* name : kCifar10Files) {
        fs::remove_all(folder());
        writeCifar10Folder(folder());
        fs::remove(folder() / name);
        const std::string message = errorOf<DataError>([&] { resolve(folder()); });
        QVERIFY2(message.find(std::string(name) + " is missing from") != std::string::npos, message.c_str());
    }
}

void Cifar10Test::wrongSizes() {
    writeCifar10Folder(folder());
    const auto check = [&](std::uintmax_t size) {
        fs::resize_file(folder() / "data_batch_3.bin", size);
        const std::string message = errorOf<DataError>([&] { resolve(folder()); });
        QVERIFY2(
            message.find("data_batch_3.bin has " + std::to_string(size) + " bytes; 30730000 are expected") != std::string::npos,
            message.c_str());
    };
    for (const std::uintmax_t size : {0u, 1u, 3072u, 3074u, 30'729'999u, 30'730'001u, 30'733'073u}) check(size);
    check(std::uintmax_t{1} << 40);  // sparse: nothing of it may be read into memory
}

void Cifar10Test::truncatedAtEachByteOfARecord() {
    writeCifar10Folder(folder(), {5, 1, 1});
    const Bytes whole = readFile(folder() / "test_batch.bin");
    for (std::size_t cut = 1; cut < 3073; cut += cut < 20 ? 1 : 61) {
        writeFile(folder() / "test_batch.bin", Bytes(whole.begin(), whole.end() - static_cast<std::ptrdiff_t>(cut)));
        QVERIFY(!errorOf<DataError>([&] { resolve(folder()); }).empty());
    }
}

void Cifar10Test::wrongLabel() {
    writeCifar10Folder(folder());
    Bytes file = readFile(folder() / "data_batch_2.bin");
    for (const int label : {10, 31, 255}) {
        file[3073] = static_cast<std::uint8_t>(label);
        writeFile(folder() / "data_batch_2.bin", file);
        const std::string message = errorOf<DataError>([&] { resolve(folder()); });
        QVERIFY2(message.find("picture 1 has the label " + std::to_string(label)) != std::string::npos, message.c_str());
    }
}

void Cifar10Test::pythonVersion() {
    writeFile(*m_home / "data" / "cifar-10-batches-py" / "data_batch_1", Bytes(100));
    std::string message = errorOf<DataError>([&] { resolve(*m_home / "data"); });
    QVERIFY2(message.find("Python version") != std::string::npos, message.c_str());

    TarWriter tar;
    tar.add("cifar-10-batches-py/data_batch_1", Bytes(100));
    writeFile(*m_home / "cifar-10-python.tar.gz", gzip(tar.finish()));
    message = errorOf<DataError>([&] { resolve(*m_home / "cifar-10-python.tar.gz"); });
    QVERIFY2(message.find("Python version") != std::string::npos, message.c_str());
}

void Cifar10Test::hostileArchives() {
    const std::vector<Bytes> files = drawCifar10Files();
    const fs::path file = *m_home / "c.tar.gz";
    const auto write = [&](const auto& change) {
        TarWriter tar;
        change(tar);
        for (std::size_t i = 0; i < files.size(); ++i) tar.add(kCifar10Files[i], files[i]);
        writeFile(file, gzip(tar.finish()));
    };
    write([](TarWriter& tar) { tar.add("data_batch_1.bin", {}, '2', "/etc/passwd"); });
    QCOMPARE(resolve(file).trainCount, std::int64_t{100});  // a link is no file
    write([&](TarWriter& tar) { tar.add("elsewhere/data_batch_1.bin", files[0]); });
    QVERIFY(errorOf<DataError>([&] { resolve(file); }).find("twice") != std::string::npos);
    write([](TarWriter& tar) {
        for (int i = 0; i < 100; ++i) tar.add(std::to_string(i), {});
    });
    QVERIFY(!errorOf<DataError>([&] { resolve(file); }).empty());
    write([](TarWriter& tar) { tar.add("bomb", Bytes(300'000'000)); });
    QVERIFY(errorOf<DataError>([&] { resolve(file); }).find("more data") != std::string::npos);
}

void Cifar10Test::archiveWithWrongSizes() {
    const std::vector<Bytes> files = drawCifar10Files();
    for (const std::size_t size : {0u, 1u, 3072u, 40'000'000u}) {
        TarWriter tar;
        for (std::size_t i = 0; i < files.size(); ++i) tar.add(kCifar10Files[i], i == 4 ? Bytes(size) : files[i]);
        writeFile(*m_home / "c.tar.gz", gzip(tar.finish()));
        const std::string message = errorOf<DataError>([&] { resolve(*m_home / "c.tar.gz"); });
        QVERIFY2(message.find("data_batch_5.bin in") != std::string::npos, message.c_str());
    }
}

void Cifar10Test::unreadable() {
    QVERIFY(errorOf<DataError>([&] { resolve(*m_home / "missing"); }).find("No such file") != std::string::npos);
    writeCifar10Folder(folder());
    fs::remove(folder() / "data_batch_2.bin");
    fs::create_directory(folder() / "data_batch_2.bin");
    QVERIFY(errorOf<DataError>([&] { resolve(folder()); }).find("is not a file") != std::string::npos);
    fs::remove(folder() / "data_batch_2.bin");
    QCOMPARE(mkfifo((folder() / "data_batch_2.bin").c_str(), 0600), 0);
    QVERIFY(errorOf<DataError>([&] { resolve(folder()); }).find("is not a file") != std::string::npos);
}

// Root may read everything, so it becomes nobody meanwhile.
void Cifar10Test::withoutPermission() {
    fs::permissions(m_home->path(), fs::perms::all);
    for (const fs::path& locked : {folder(), folder() / "data_batch_4.bin"}) {
        fs::remove_all(folder());
        writeCifar10Folder(folder());
        fs::permissions(locked, fs::perms::none);
        const bool root = geteuid() == 0;
        if (root) QCOMPARE(seteuid(65534), 0);
        const std::string message = errorOf<DataError>([&] { resolve(folder()); });
        if (root) QCOMPARE(seteuid(0), 0);
        fs::permissions(locked, fs::perms::owner_all);
        QVERIFY2(message.find("Cannot read") == 0 && message.find("Permission denied") != std::string::npos, message.c_str());
    }
}

void Cifar10Test::changedCopyIsLookedAtAgain() {
    writeCifar10Folder(folder());
    QCOMPARE(resolve(folder()).trainCount, std::int64_t{100});
    writeCifar10Folder(folder(), {20, 5, 1});
    QCOMPARE(resolve(folder()).trainCount, std::int64_t{200});
}

QTEST_GUILESS_MAIN(Cifar10Test)
#include "tst_cifar10.moc"
