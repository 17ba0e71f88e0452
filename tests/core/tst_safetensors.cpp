#include <sys/stat.h>

#include <QTest>
#include <csignal>
#include <cstring>
#include <limits>

#include "core/model/safetensors.h"
#include "core/model/untrusted.h"
#include "tests/support/expect_error.h"
#include "tests/support/reader_faults.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

/// Header length, header, then `dataBytes` bytes that count up.
Bytes fileOf(const std::string& header, std::size_t dataBytes) {
    Bytes bytes(8 + header.size() + dataBytes);
    for (std::size_t i = 0; i < 8; ++i)
        bytes[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(header.size()) >> (8 * i));
    std::copy(header.begin(), header.end(), bytes.begin() + 8);
    for (std::size_t i = 0; i < dataBytes; ++i) bytes[8 + header.size() + i] = static_cast<std::uint8_t>(i);
    return bytes;
}

void readAll(const fs::path& file) {
    const SafetensorsReader reader(file);
    for (const auto& [name, entry] : reader.entries()) reader.read(name);
}

}  // namespace

class SafetensorsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_home = std::make_unique<TemporaryHome>(); }
    void cleanup() { m_home.reset(); }

    void writesWhatItReads();
    void layoutOfTheFile();
    void acceptsWhatTheFormatAllows();
    void refuses_data();
    void refuses();
    void manyTensors();
    void truncations();
    void flips();
    void notAFile();
    void shrinksWhileRead();
    void fullDiskKeepsTheOldFile();
    void oneNameTwiceIsRefused();
    void namesAreMadePrintable();

private:
    std::unique_ptr<TemporaryHome> m_home;
};

void SafetensorsTest::writesWhatItReads() {
    const std::vector<float> floats = {1.5f, -2.0f, std::numeric_limits<float>::quiet_NaN(), 0.0f, 1e-40f, 7.0f};
    const std::vector<std::int64_t> longs = {-1, std::numeric_limits<std::int64_t>::min()};
    const std::vector<std::int8_t> bytes = {-128, 127, 3};
    const std::string name = "name with \"quotes\", \\ and \xc3\xa4\xe2\x82\xac";
    SafetensorsWriter writer;
    writer.add("b", DType::Int8, {3}, bytes.data());
    writer.add(name, DType::Float32, {2, 3}, floats.data());
    writer.add("scalar", DType::Int64, {}, longs.data());
    writer.add("longs", DType::Int64, {2}, longs.data());
    writer.add("empty", DType::Float32, {0, 5}, nullptr);
    writer.setMetadata("key", "value\nwith line");
    const fs::path file = *m_home / "x.safetensors";
    const std::int64_t written = writer.write(file);
    QCOMPARE(written, static_cast<std::int64_t>(fs::file_size(file)));

    const SafetensorsReader reader(file);
    QCOMPARE(reader.entries().size(), std::size_t{5});
    QCOMPARE(reader.metadata().at("key"), std::string("value\nwith line"));
    QVERIFY(reader.entries().at(name).shape == (std::vector<std::int64_t>{2, 3}));
    QVERIFY(reader.entries().at("scalar").shape.empty());
    QCOMPARE(reader.entries().at("scalar").count(), std::int64_t{1});
    QCOMPARE(reader.entries().at("empty").count(), std::int64_t{0});
    QVERIFY(reader.read("empty").empty());
    const Bytes raw = reader.read(name);
    QVERIFY(std::memcmp(raw.data(), floats.data(), raw.size()) == 0);
    QCOMPARE(raw.size(), floats.size() * sizeof(float));
    std::vector<std::int8_t> back(3);
    reader.read("b", back.data());
    QVERIFY(back == bytes);
    QVERIFY(errorOf<WeightsError>([&] { reader.read("nothing"); }).find("no tensor \"nothing\"") != std::string::npos);
}

void SafetensorsTest::layoutOfTheFile() {
    const std::int8_t small = 1;
    const double large = 2;
    SafetensorsWriter writer;
    writer.add("a", DType::Int8, {1}, &small);
    writer.add("z", DType::Float64, {1}, &large);
    writer.write(*m_home / "x");
    const Bytes bytes = readFile(*m_home / "x");
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), 8);
    QCOMPARE(length % 8, std::uint64_t{0});
    QCOMPARE(bytes[8], static_cast<std::uint8_t>('{'));
    QCOMPARE(bytes.size(), 8 + length + 9);
    QCOMPARE(bytes.back(), std::uint8_t{1});  // larger types first
    writer.write(*m_home / "y");
    QVERIFY(readFile(*m_home / "y") == bytes);
}

void SafetensorsTest::acceptsWhatTheFormatAllows() {
    const fs::path file = *m_home / "x";
    for (const char* header : {"{}", "  \n{}\t ", R"({"__metadata__":{}})", R"({"__metadata__":{"a":"b"}})"}) {
        writeFile(file, fileOf(header, 0));
        QCOMPARE(openFault(file, readAll), std::string());
    }
    writeFile(
        file,
        fileOf(R"({"e":{"dtype":"F32","shape":[3,0],"data_offsets":[0,0]},"a":{"data_offsets":[0,4],"shape":[],"dtype":"F32"},)"
               R"("f":{"dtype":"I8","shape":[0],"data_offsets":[4,4]}})",
               4));
    QCOMPARE(openFault(file, readAll), std::string());
}

void SafetensorsTest::refuses_data() {
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<int>("data");
    QTest::addColumn<QString>("why");
    const auto row = [](const char* name, const char* header, int data, const char* why) {
        QTest::newRow(name) << QByteArray(header) << data << QString(why);
    };
    row("not an object", "[]", 0, "not JSON");
    row("text", "hello", 0, "not JSON");
    row("empty header", "", 0, "not JSON");
    row("only spaces", "   ", 0, "not JSON");
    row("two objects", "{}{}", 0, "not JSON from byte");
    row("bad UTF-8", "{\"\xff\":1}", 0, "not JSON from byte");
    row("cut", R"({"a":{"dtype":"F32")", 0, "not JSON from byte");
    row("number for a tensor", R"({"a":1})", 0, "wrong kind");
    row("list for a tensor", R"({"a":[]})", 0, "wrong kind");
    row("null", R"({"a":null})", 0, "wrong kind");
    row("same name twice",
        R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", 8,
        "\"a\" stands there twice");
    row("dtype twice", R"({"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 4, "\"dtype\" twice");
    row("shape twice", R"({"a":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}})", 4, "\"shape\" twice");
    row("metadata twice", R"({"__metadata__":{},"__metadata__":{}})", 0, "metadata stands there twice");
    row("metadata key twice", R"({"__metadata__":{"a":"b","a":"c"}})", 0, "stands there twice");
    row("metadata of numbers", R"({"__metadata__":{"a":1}})", 0, "wrong kind");
    row("metadata of objects", R"({"__metadata__":{"a":{}}})", 0, "wrong kind");
    row("metadata is text", R"({"__metadata__":"a"})", 0, "wrong kind");
    row("unknown field", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":[1]}})", 4, "wrong kind");
    row("unknown type", R"({"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}})", 1, "\"F8_E4M3\"");
    row("no type", R"({"a":{"shape":[1],"data_offsets":[0,4]}})", 4, "lacks");
    row("no shape", R"({"a":{"dtype":"F32","data_offsets":[0,4]}})", 4, "lacks");
    row("no offsets", R"({"a":{"dtype":"F32","shape":[1]}})", 4, "lacks");
    row("one offset", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}})", 4, "lacks");
    row("three offsets", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}})", 4, "lacks");
    row("negative size", R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4, "negative");
    row("float size", R"({"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}})", 4, "whole number");
    row("exponent size", R"({"a":{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}})", 4, "whole number");
    row("size 2^63", R"({"a":{"dtype":"I8","shape":[9223372036854775808],"data_offsets":[0,4]}})", 4, "too large");
    row("size 2^64", R"({"a":{"dtype":"I8","shape":[18446744073709551616],"data_offsets":[0,4]}})", 4, "whole number");
    row("nested list", R"({"a":{"dtype":"F32","shape":[[1]],"data_offsets":[0,4]}})", 4, "wrong kind");
    row("text in a list", R"({"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}})", 4, "wrong kind");
    row("product overflow", R"({"a":{"dtype":"F32","shape":[4194305,4194305,211106198978564],"data_offsets":[0,4]}})", 4,
        "too large");
    row("bytes overflow", R"({"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0]}})", 0, "too large");
    row("2^31-1 numbers over 24 bytes", R"({"a":{"dtype":"F32","shape":[2147483647],"data_offsets":[0,24]}})", 24,
        "claims 8589934588 bytes");
    row("2^31-1 numbers beyond the file", R"({"a":{"dtype":"F32","shape":[2147483647],"data_offsets":[0,8589934588]}})", 24,
        "should fill");
    row("offsets backwards", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", 4, "another size");
    row("wrong size", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4, "claims 8 bytes");
    row("hole at the start", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", 8, "hole");
    row("hole", R"({"a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"I8","shape":[1],"data_offsets":[2,3]}})", 3,
        "hole");
    row("overlap", R"({"a":{"dtype":"I8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"I8","shape":[4],"data_offsets":[2,6]}})",
        6, "overlaps");
    row("same bytes twice",
        R"({"a":{"dtype":"I8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"I8","shape":[4],"data_offsets":[0,4]}})", 4,
        "overlaps");
    row("bytes left over", R"({"a":{"dtype":"I8","shape":[4],"data_offsets":[0,4]}})", 5,
        "should fill 4 bytes, but the file has 5");
    row("bytes missing", R"({"a":{"dtype":"I8","shape":[4],"data_offsets":[0,4]}})", 3,
        "should fill 4 bytes, but the file has 3");
    QByteArray deep(2000, '[');
    QTest::newRow("deep lists") << QByteArray("{\"a\":" + deep) << 0 << QString("wrong kind");
    QByteArray dimensions = "{\"a\":{\"dtype\":\"I8\",\"shape\":[1";
    for (int i = 0; i < 100; ++i) dimensions += ",1";
    QTest::newRow("100 dimensions") << QByteArray(dimensions + "],\"data_offsets\":[0,1]}}") << 1
                                    << QString("too many dimensions");
}

void SafetensorsTest::refuses() {
    QFETCH(QByteArray, header);
    QFETCH(int, data);
    QFETCH(QString, why);
    const fs::path file = *m_home / "x.safetensors";
    writeFile(file, fileOf(header.toStdString(), static_cast<std::size_t>(data)));
    const MemoryLimit limit(64u << 20);
    const std::string fault = openFault(file, readAll);
    QVERIFY2(QString::fromStdString(fault).contains(why), fault.c_str());
}

void SafetensorsTest::manyTensors() {
    std::string header = "{";
    for (int i = 0; i < 1'000'000; ++i) {
        header += (i > 0 ? ",\"" : "\"") + std::to_string(i) + R"(":{"dtype":"I8","shape":[0],"data_offsets":[0,0]})";
        if (header.size() > 15'000'000) break;
    }
    const fs::path file = *m_home / "x";
    writeFile(file, fileOf(header + "}", 0));
    const MemoryLimit limit(64u << 20);
    const std::string fault = openFault(file, readAll);
    QVERIFY2(fault.find("more than 65536 tensors") != std::string::npos, fault.c_str());

    for (const std::uint64_t length :
         {std::uint64_t{1} << 63, ~std::uint64_t{0}, ~std::uint64_t{0} - 7, std::uint64_t{100'000'001}}) {
        Bytes huge = fileOf("{}", 0);
        std::memcpy(huge.data(), &length, 8);
        writeFile(file, huge);
        QVERIFY(openFault(file, readAll).find("longer than the file") != std::string::npos);
    }
    Bytes longHeader = fileOf(std::string((16u << 20) + 1, ' '), 0);
    writeFile(file, longHeader);
    QVERIFY(openFault(file, readAll).find("too long") != std::string::npos);
}

namespace {

Bytes goodFile() {
    return fileOf(
        R"({"__metadata__":{"title":"tiny"},"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},)"
        R"("b":{"dtype":"F32","shape":[2],"data_offsets":[24,32]},"q":{"dtype":"I8","shape":[4],"data_offsets":[32,36]}})",
        36);
}

}  // namespace

void SafetensorsTest::truncations() {
    const Bytes good = goodFile();
    refuseTruncations(good, good.size(), *m_home / "x", readAll);
}

void SafetensorsTest::flips() {
    const Bytes good = goodFile();
    surviveFlips(good, 0, good.size(), *m_home / "x", readAll);
}

void SafetensorsTest::notAFile() {
    QVERIFY(errorOf<WeightsError>([&] { SafetensorsReader(*m_home / "nothing"); }).find("Cannot open") != std::string::npos);
    QVERIFY(errorOf<WeightsError>([&] { SafetensorsReader(m_home->path()); }).find("is not a file") != std::string::npos);
    const fs::path pipe = *m_home / "pipe";
    QCOMPARE(::mkfifo(pipe.c_str(), 0600), 0);
    QVERIFY(errorOf<WeightsError>([&] { SafetensorsReader reader(pipe); }).find("is not a file") != std::string::npos);
}

void SafetensorsTest::shrinksWhileRead() {
    const fs::path file = *m_home / "x";
    writeFile(file, goodFile());
    const SafetensorsReader reader(file);
    fs::resize_file(file, 100);
    QVERIFY(errorOf<WeightsError>([&] { reader.read("w"); }).find("became shorter") != std::string::npos);
}

void SafetensorsTest::fullDiskKeepsTheOldFile() {
    std::signal(SIGXFSZ, SIG_IGN);
    const fs::path file = *m_home / "x";
    const std::vector<float> numbers(10'000, 1.0f);
    SafetensorsWriter writer;
    writer.add("w", DType::Float32, {10'000}, numbers.data());
    writer.write(file);
    const Bytes before = readFile(file);
    rlimit old{};
    ::getrlimit(RLIMIT_FSIZE, &old);
    for (const rlim_t bytes : {rlim_t{0}, rlim_t{1}, rlim_t{4096}, rlim_t{20'000}, static_cast<rlim_t>(before.size() - 1)}) {
        rlimit limit = old;
        limit.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &limit);
        const std::string error = errorOf<StoreError>([&] { writer.write(file); });
        ::setrlimit(RLIMIT_FSIZE, &old);
        QVERIFY2(error.find(file.string()) != std::string::npos, error.c_str());
        QVERIFY(readFile(file) == before);
        QCOMPARE(std::distance(fs::directory_iterator(m_home->path()), fs::directory_iterator()), 1);
    }
}

void SafetensorsTest::oneNameTwiceIsRefused() {
    const float number = 1;
    SafetensorsWriter writer;
    writer.add("w", DType::Float32, {1}, &number);
    writer.add("w", DType::Float32, {1}, &number);
    QVERIFY(!errorOf<StoreError>([&] { writer.write(*m_home / "x"); }).empty());
    QVERIFY(!fs::exists(*m_home / "x"));
}

void SafetensorsTest::namesAreMadePrintable() {
    QCOMPARE(inQuotes("features.0.weight"), std::string("\"features.0.weight\""));
    QCOMPARE(inQuotes(std::string("a\n\x7f\0b", 5)), std::string("\"a\\n\\x7F\\x00b\""));
    QCOMPARE(inQuotes("\xc3\xa4 \xff\xc3"), std::string("\"\xc3\xa4 \\xFF\\xC3\""));
    QCOMPARE(inQuotes("\xe2\x82\xac\xe2\x82"), std::string("\"\xe2\x82\xac\\xE2\\x82\""));
    QCOMPARE(inQuotes(std::string(79, 'a') + "\xc3\xa4z"), "\"" + std::string(79, 'a') + "\xc3\xa4...\"");
}

QTEST_GUILESS_MAIN(SafetensorsTest)
#include "tst_safetensors.moc"
