#include <sys/stat.h>

#include <QTest>
#include <map>

#include "core/data/archive.h"
#include "core/data/gzip_reader.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

std::map<std::string, Bytes> contents(const fs::path& file, const ArchiveLimits& limits = {}) {
    std::map<std::string, Bytes> result;
    readArchive(file, limits, [&](const std::string& name, std::int64_t size, const ArchiveRead& read) {
        if (size > 1'000'000) return;
        Bytes bytes(static_cast<std::size_t>(size));
        read(bytes.data(), bytes.size());
        result[name] = bytes;
    });
    return result;
}

Bytes someBytes(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    Bytes bytes(count);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    return bytes;
}

}  // namespace

class ArchiveTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_home = std::make_unique<TemporaryHome>(); }
    void cleanup() { m_home.reset(); }

    void filesOnly();
    void plainTar();
    void limits();
    void truncated();
    void flippedBytes();
    void checksumOfTheStream();
    void hugeClaims();
    void notAnArchive();
    void notAFile();
    void readerTellsGzipByContent();

private:
    fs::path file() const { return *m_home / "a.tar.gz"; }
    std::unique_ptr<TemporaryHome> m_home;
};

// Links, devices, folders and climbing paths: only the last part of a regular file's path is ever seen.
void ArchiveTest::filesOnly() {
    TarWriter tar;
    tar.add("folder/", {}, '5');
    tar.add("../../../etc/evil.bin", Bytes(10, 'e'));
    tar.add("/absolute.bin", Bytes(20, 'a'));
    tar.add("link.bin", {}, '2', "/etc/passwd");
    tar.add("hard.bin", {}, '1', "/etc/passwd");
    tar.add("pipe.bin", {}, '6');
    tar.add("folder/last.bin", Bytes(600, 'l'));
    writeFile(file(), gzip(tar.finish()));
    const auto found = contents(file());
    QCOMPARE(found.size(), std::size_t{3});
    QVERIFY(found.at("evil.bin") == Bytes(10, 'e'));
    QVERIFY(found.at("absolute.bin") == Bytes(20, 'a'));
    QVERIFY(found.at("last.bin") == Bytes(600, 'l'));
}

void ArchiveTest::plainTar() {
    TarWriter tar;
    tar.add("a.bin", Bytes(10, 'e'));
    writeFile(file(), tar.finish());
    QVERIFY(contents(file()).at("a.bin") == Bytes(10, 'e'));
}

void ArchiveTest::limits() {
    TarWriter many;
    for (int i = 0; i < 5; ++i) many.add(std::to_string(i), Bytes(1, 'x'));
    writeFile(file(), gzip(many.finish()));
    QCOMPARE(contents(file(), {5, 1'000'000}).size(), std::size_t{5});
    QVERIFY(errorOf<DataError>([&] { contents(file(), {4, 1'000'000}); }).find("more files") != std::string::npos);

    TarWriter bomb;  // 64 MB of zeros in 64 kB
    bomb.add("bomb", Bytes(64'000'000));
    writeFile(file(), gzip(bomb.finish()));
    QVERIFY(fs::file_size(file()) < 100'000);
    QVERIFY(errorOf<DataError>([&] { contents(file(), {5, 1'000'000}); }).find("more data") != std::string::npos);

    Bytes trailing = gzip([] {
        TarWriter tar;
        tar.add("a", Bytes(1));
        Bytes bytes = tar.finish();
        bytes.resize(bytes.size() + 50'000'000);
        return bytes;
    }());
    writeFile(file(), trailing);
    QVERIFY(errorOf<DataError>([&] { contents(file(), {5, 1'000'000}); }).find("more data") != std::string::npos);
}

void ArchiveTest::truncated() {
    TarWriter tar;
    tar.add("a.bin", someBytes(500, 1));
    const Bytes whole = gzip(tar.finish());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        writeFile(file(), Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
        QVERIFY2(!errorOf<DataError>([&] { contents(file()); }).empty(), std::to_string(size).c_str());
    }
}

// Any flip is either refused or harmless: a wrong content is never handed on without an error.
void ArchiveTest::flippedBytes() {
    const Bytes content = someBytes(300, 2);
    TarWriter tar;
    tar.add("a.bin", content);
    const Bytes whole = gzip(tar.finish());
    for (std::size_t at = 0; at < whole.size(); ++at)
        for (const std::uint8_t mask : {0x01, 0x80, 0xFF}) {
            Bytes damaged = whole;
            damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ mask);
            writeFile(file(), damaged);
            std::map<std::string, Bytes> found;
            if (errorOf<DataError>([&] { found = contents(file()); }).empty())
                QVERIFY2(found.size() == 1 && found.begin()->second == content, std::to_string(at).c_str());
        }
}

void ArchiveTest::checksumOfTheStream() {
    TarWriter tar;
    tar.add("a.bin", someBytes(100, 3));
    Bytes damaged = gzip(tar.finish());
    damaged[damaged.size() - 6] ^= 1;  // the CRC itself
    writeFile(file(), damaged);
    QVERIFY(!errorOf<DataError>([&] { contents(file()); }).empty());
}

void ArchiveTest::hugeClaims() {
    for (const std::int64_t claim : {std::int64_t{1} << 32, (std::int64_t{1} << 33) - 1}) {
        TarWriter tar;
        tar.add("a.bin", Bytes(10), '0', {}, claim);
        writeFile(file(), gzip(tar.finish()));
        QVERIFY(!errorOf<DataError>([&] { contents(file()); }).empty());
    }
    TarWriter pax;  // an extended header of 8 GB
    pax.add("header", Bytes(10), 'x', {}, (std::int64_t{1} << 33) - 1);
    writeFile(file(), gzip(pax.finish()));
    QVERIFY(!errorOf<DataError>([&] { contents(file()); }).empty());
}

void ArchiveTest::notAnArchive() {
    for (const Bytes& content : {Bytes{}, Bytes(5, 'x'), someBytes(100'000, 4), gzip(someBytes(100'000, 5)), gzip({})}) {
        writeFile(file(), content);
        const std::string message = errorOf<DataError>([&] {
            if (contents(file()).empty()) throw DataError("no file in it");
        });
        QVERIFY(!message.empty());
    }
}

void ArchiveTest::notAFile() {
    QVERIFY(errorOf<DataError>([&] { contents(*m_home / "missing"); }).find("No such file") != std::string::npos);
    QVERIFY(errorOf<DataError>([&] { contents(m_home->path()); }).find("is not a file") != std::string::npos);
    QCOMPARE(mkfifo(file().c_str(), 0600), 0);
    QVERIFY(errorOf<DataError>([&] { contents(file()); }).find("is not a file") != std::string::npos);
}

void ArchiveTest::readerTellsGzipByContent() {
    const Bytes content = someBytes(1000, 6);
    for (const bool packed : {true, false}) {
        writeFile(file(), packed ? gzip(content) : content);
        GzipReader reader(file());
        Bytes got(1000);
        reader.readExactly(got.data(), got.size());
        QVERIFY(got == content);
        QCOMPARE(reader.drain(0), std::int64_t{0});
        QVERIFY(reader.upperBound() >= 1000);
        QVERIFY(!errorOf<DataError>([&] { reader.readExactly(got.data(), 1); }).empty());
    }
}

QTEST_GUILESS_MAIN(ArchiveTest)
#include "tst_archive.moc"
