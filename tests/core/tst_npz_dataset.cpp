#include <QTest>

#include <sstream>

#include "core/data/dataset.h"
#include "core/data/med_mnist.h"
#include "core/data/npz_file.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/resolve.h"
#include "tests/support/temporary_home.h"
#include "tests/support/torch_writer.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

fs::path golden(const char* name) { return fs::path(THAW_TEST_DATA) / "npz" / name; }

/// What make_npz_golden.py draws.
int pixelOf(int first, int i, int y, int x, int c) { return (first + 7 * i + 3 * y + x + 50 * c) % 256; }

std::string npy(const std::string& type, const std::string& shape, const std::string& data, bool byColumns = false) {
    std::string header =
        "{'descr': '" + type + "', 'fortran_order': " + (byColumns ? "True" : "False") + ", 'shape': " + shape + ", }";
    header.resize(118, ' ');
    return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header.substr(0, 117) + '\n' + data;
}

struct Member {
    std::string name, content;
};
using Members = std::vector<Member>;

/// Two pictures of 2 x 2 pixels for training and one for testing.
Members smallSet() {
    return {{"train_images.npy", npy("|u1", "(2, 2, 2)", "abcdefgh")},
            {"train_labels.npy", npy("|u1", "(2, 1)", std::string("\0\1", 2))},
            {"test_images.npy", npy("|u1", "(1, 2, 2)", "ijkl")},
            {"test_labels.npy", npy("|u1", "(1, 1)", std::string("\1", 1))}};
}

Bytes zipOf(const Members& members) {
    ZipWriter zip;
    for (const Member& member : members) zip.add(member.name, member.content);
    return zip.finish();
}

std::string digestsOf(const fs::path& file) {
    const DatasetInfo info = resolveIn(file);
    return loadSplit(info, Split::Train, 0, 1)->identity.digest + loadSplit(info, Split::Test, 0, 1)->identity.digest;
}

}  // namespace

class NpzDatasetTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_home = std::make_unique<TemporaryHome>(); }
    void cleanup() { m_home.reset(); }

    void pneumonia();
    void severalLabelsInColour();
    void ofKeras();
    void whereItMayLie();
    void sizesByName();
    void publishedSets();
    void headers_data();
    void headers();
    void whatIsWrongIsSaid_data();
    void whatIsWrongIsSaid();
    void valTestsWhereNothingElseDoes();
    void truncated();
    void flippedBytes();
    void hugeClaims();

private:
    fs::path write(const Members& members, const std::string& name = "set.npz") {
        writeFile(*m_home / name, zipOf(members));
        return *m_home / name;
    }
    std::unique_ptr<TemporaryHome> m_home;
};

void NpzDatasetTest::pneumonia() {
    const DatasetInfo info = resolveIn(golden("pneumoniamnist.npz"));
    QCOMPARE(info.id, std::string("pneumoniamnist"));
    QCOMPARE(info.title, std::string("PneumoniaMNIST"));
    QVERIFY2(info.description.find("Licence: CC BY 4.0") != std::string::npos, info.description.c_str());
    QVERIFY(info.classNames == (std::vector<std::string>{"normal", "pneumonia"}));
    QVERIFY(info.task == TaskKind::OneLabel && info.pictureKind.grey);
    QCOMPARE(info.pictureKind.side, 28);
    QCOMPARE(info.trainCount, std::int64_t{8});
    QCOMPARE(info.validationCount, std::int64_t{4});
    QCOMPARE(info.testCount, std::int64_t{6});
    DataConfig own;
    own.ownValidation = true;
    int first = 0;
    for (const Split split : {Split::Train, Split::HeldOut, Split::Test}) {
        const auto pictures = loadSplit(info, split, own, 1);
        for (int i = 0; i < pictures->count(); ++i) {
            QCOMPARE(pictures->labels[static_cast<std::size_t>(i)], i % 2);
            for (int p = 0; p < 28 * 28 * 3; ++p)
                if (pictures->picture(i)[p] != pixelOf(first, i, p / 3 / 28, p / 3 % 28, 0)) QFAIL("a pixel differs");
        }
        first += 10;
    }
    QCOMPARE(loadSplit(info, Split::Train, 4, 1)->count(), std::int64_t{4});
}

void NpzDatasetTest::severalLabelsInColour() {
    const DatasetInfo info = resolveIn(golden("several.npz"));
    QCOMPARE(info.id, std::string("npz"));
    QCOMPARE(info.title, std::string("several.npz (arrays of NumPy)"));
    QVERIFY(info.task == TaskKind::SeveralLabels && !info.pictureKind.grey);
    QVERIFY(info.classNames == (std::vector<std::string>{"0", "1", "2"}));
    const auto pictures = loadSplit(info, Split::Train, 0, 1);
    QCOMPARE(pictures->classCount(), 3);
    for (int i = 0; i < 8; ++i) {
        for (int c = 0; c < 3; ++c) QCOMPARE(pictures->hasLabel(i, c), (i >> c & 1) != 0);
        for (int p = 0; p < 28 * 28 * 3; ++p)
            if (pictures->picture(i)[p] != pixelOf(0, i, p / 3 / 28, p / 3 % 28, p % 3)) QFAIL("a pixel differs");
    }
}

void NpzDatasetTest::ofKeras() {
    const DatasetInfo info = resolveIn(golden("mnist.npz"));
    QCOMPARE(info.trainCount, std::int64_t{4});
    QCOMPARE(info.testCount, std::int64_t{2});
    QCOMPARE(info.validationCount, std::int64_t{0});
    QVERIFY(info.classNames == (std::vector<std::string>{"0", "1"}));
}

void NpzDatasetTest::whereItMayLie() {
    const fs::path folder = *m_home / "home" / "data" / "datasets";
    fs::create_directories(*m_home / "mine");
    fs::copy_file(golden("pneumoniamnist.npz"), *m_home / "mine" / "PneumoniaMNIST.npz");
    QCOMPARE(resolveIn(*m_home / "mine").id, std::string("pneumoniamnist"));
    fs::create_directories(*m_home / "keras" / "datasets");
    QVERIFY(!errorOf<DataError>([] { resolveIn({}, "pneumoniamnist"); }).empty());
    fs::copy_file(golden("pneumoniamnist.npz"), *m_home / "keras" / "datasets" / "pneumoniamnist.npz");
    QCOMPARE(resolveIn({}, "pneumoniamnist").location, *m_home / "keras" / "datasets" / "pneumoniamnist.npz");
}

void NpzDatasetTest::sizesByName() {
    const fs::path folder = *m_home / "sizes";
    writeFile(folder / "bloodmnist_64.npz", zipOf(smallSet()));
    const DatasetInfo larger = resolveIn(folder);
    QCOMPARE(larger.id, std::string("bloodmnist"));
    QCOMPARE(larger.title, std::string("BloodMNIST (2 x 2 pixels)"));
    QCOMPARE(larger.pictureKind.side, 2);
    QCOMPARE(larger.classNames.size(), std::size_t{8});
    writeFile(folder / "bloodmnist.npz", zipOf(smallSet()));
    QCOMPARE(resolveIn(folder).location, folder / "bloodmnist.npz");
    QCOMPARE(resolveIn(folder / "bloodmnist_64.npz").location, folder / "bloodmnist_64.npz");
}

void NpzDatasetTest::publishedSets() {
    QCOMPARE(medMnistSets().size(), std::size_t{12});
    QCOMPARE(medMnistSetOf("OctMNIST_224.npz")->title, std::string("OCTMNIST"));
    QVERIFY(!medMnistSetOf("organmnist3d.npz") && !medMnistSetOf("octmnist_32.npz"));
    for (const MedMnistSet& set : medMnistSets()) {
        QVERIFY(set.classNames.size() >= 2 && !set.licence.empty());
        QVERIFY(set.md5.empty() || set.md5.size() == 32);
    }
    const DatasetInfo derma = resolveIn(write(smallSet(), "dermamnist.npz"));
    QVERIFY(derma.description.find("CC BY-NC 4.0") != std::string::npos);
    QCOMPARE(derma.notes, (std::vector<std::string>{"Its licence, CC BY-NC 4.0, does not allow commercial use."}));
    QCOMPARE(medMnistSetOf("chestmnist.npz")->classNames.size(), std::size_t{14});
}

void NpzDatasetTest::headers_data() {
    QTest::addColumn<QString>("header");
    QTest::addColumn<qlonglong>("bytes");
    QTest::addColumn<QString>("problem");
    const auto row = [](const char* name, const char* header, qlonglong bytes, const char* problem) {
        QTest::newRow(name) << QString(header) << bytes << QString(problem);
    };
    row("bytes", "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 4), }", 12, "");
    row("other order and quotes", "{\"shape\": (3,), \"fortran_order\": True, \"descr\": \"<f8\"}  \n", 24, "");
    row("a number", "{'descr': '>i2', 'fortran_order': False, 'shape': ()}", 2, "");
    row("Python 2", "{'descr': '|b1', 'fortran_order': False, 'shape': (5L, 1L)}", 5, "");
    row("nothing in it", "{'descr': '|u1', 'fortran_order': False, 'shape': (0, 28)}", 0, "");
    row("too many bytes", "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 4)}", 13, "claims 12 bytes of numbers, but 13");
    row("overflow", "{'descr': '|u1', 'fortran_order': False, 'shape': (999999999999, 999999999999)}", 0, "damaged");
    row("overflow behind nothing", "{'descr': '|u1', 'fortran_order': False, 'shape': (0, 999999999999, 999999999999)}", 0,
        "damaged");
    row("negative", "{'descr': '|u1', 'fortran_order': False, 'shape': (-3, 4)}", 12, "damaged");
    row("objects", "{'descr': '|O', 'fortran_order': False, 'shape': (3,)}", 24, "type \"|O\"");
    row("text", "{'descr': '<U5', 'fortran_order': False, 'shape': (3,)}", 60, "type \"<U5\"");
    row("columns", "{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (3,)}", 12, "several columns");
    row("no shape", "{'descr': '|u1', 'fortran_order': False}", 12, "damaged");
    row("code", "{'descr': '|u1', 'fortran_order': f(), 'shape': (3,)}", 3, "damaged");
    row("unknown", "{'descr': '|u1', 'fortran_order': False, 'shape': (3,), 'x': 1}", 3, "damaged");
    row("empty", "", 0, "damaged");
}

void NpzDatasetTest::headers() {
    QFETCH(QString, header);
    QFETCH(qlonglong, bytes);
    QFETCH(QString, problem);
    const std::string text = header.toStdString();
    const std::string message = errorOf<DataError>([&] { npyHeaderFrom(text, bytes, "a in b.npz"); });
    QVERIFY2(problem.isEmpty() ? message.empty() : message.find(problem.toStdString()) != std::string::npos, message.c_str());
    QVERIFY(message.empty() || message.rfind("a in b.npz", 0) == 0);
    for (std::size_t length = 0; length + 4 < text.size(); ++length)
        QVERIFY(!errorOf<DataError>([&] { npyHeaderFrom(std::string_view(text).substr(0, length), bytes, "a"); }).empty());
}

void NpzDatasetTest::whatIsWrongIsSaid_data() {
    QTest::addColumn<int>("member");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("problem");
    const auto row = [](const char* name, int member, const std::string& content, const char* problem) {
        QTest::newRow(name) << member << QByteArray::fromStdString(content) << QString(problem);
    };
    row("by columns", 0, npy("|u1", "(2, 2, 2)", "abcdefgh", true), "Fortran order");
    row("floats", 0, npy("<f4", "(2, 2, 2)", std::string(32, '\0')), "type \"<f4\", not bytes");
    row("not square", 0, npy("|u1", "(2, 1, 4)", "abcdefgh"), "4 x 1 pixels");
    row("three dimensions", 0, npy("|u1", "(2, 2, 2, 2)", std::string(16, 'a')), "three-dimensional");
    row("flat", 0, npy("|u1", "(2, 4)", "abcdefgh"), "holds no pictures");
    row("other size in the test", 2, npy("|u1", "(1, 1, 1)", "a"), "different sizes");
    row("fewer labels", 1, npy("|u1", "(1, 1)", "\1"), "2 pictures in a split, but 1 labels");
    row("labels of floats", 1, npy("<f4", "(2,)", std::string(8, '\0')), "not whole ones");
    row("negative label", 1, npy("|i1", "(2,)", "\1\xFF"), "the label -1");
    row("several, not flags", 1, npy("|u1", "(2, 2)", std::string("\0\1\2\0", 4)), "");
    row("no labels", 1, "", "cannot be read: it is no array");
    row("no array", 0, std::string(300, 'x'), "it is no array of NumPy");
    row("header too long", 0, std::string("\x93NUMPY\x02\x00\xFF\xFF\xFF\x7F", 12) + std::string(200, ' '), "header is damaged");
}

void NpzDatasetTest::whatIsWrongIsSaid() {
    QFETCH(int, member);
    QFETCH(QByteArray, content);
    QFETCH(QString, problem);
    Members members = smallSet();
    members[static_cast<std::size_t>(member)].content = content.toStdString();
    const fs::path file = write(members);
    const std::string message = errorOf<DataError>([&] { resolveIn(file); });
    QVERIFY2(!message.empty() && message.find(problem.toStdString()) != std::string::npos, message.c_str());
    QVERIFY2(message.find(file.string()) != std::string::npos, message.c_str());
}

void NpzDatasetTest::valTestsWhereNothingElseDoes() {
    Members members = smallSet();
    members[2].name = "val_images.npy";
    members[3].name = "val_labels.npy";
    const DatasetInfo info = resolveIn(write(members));
    QCOMPARE(info.testCount, std::int64_t{1});
    QCOMPARE(info.validationCount, std::int64_t{0});
    const auto test = loadSplit(info, Split::Test, 0, 1);
    QCOMPARE(test->labels.front(), 1);
    QCOMPARE(test->rgb.back(), static_cast<std::uint8_t>('l'));
    members.resize(2);
    QVERIFY(errorOf<DataError>([&] { resolveIn(write(members, "train.npz")); }).find("to test with") != std::string::npos);
}

// A zip's directory stands at its end: whatever is cut off, it is missed.
void NpzDatasetTest::truncated() {
    const Bytes whole = readFile(golden("pneumoniamnist.npz"));
    const fs::path file = *m_home / "pneumoniamnist.npz";
    for (std::size_t size = 0; size < whole.size(); size += size < 400 || whole.size() - size < 100 ? 1 : 13) {
        writeFile(file, Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
        const std::string message = errorOf<DataError>([&] { resolveIn(file); });
        QVERIFY2(message.find("pneumoniamnist.npz") != std::string::npos, (std::to_string(size) + message).c_str());
    }
}

// Whatever is flipped: refused, or the very same pictures.
void NpzDatasetTest::flippedBytes() {
    const Bytes whole = readFile(golden("pneumoniamnist.npz"));
    const fs::path file = *m_home / "pneumoniamnist.npz";
    writeFile(file, whole);
    const std::string digests = digestsOf(file);
    int refused = 0, same = 0;
    for (std::size_t at = 0; at < whole.size(); at += 7)
        for (const int mask : {0x01, 0x80, 0xFF}) {
            Bytes damaged = whole;
            damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ mask);
            writeFile(file, damaged);
            std::string found = digests;
            const bool isRefused = !errorOf<DataError>([&] { found = digestsOf(file); }).empty();
            QVERIFY2(found == digests, std::to_string(at).c_str());
            ++(isRefused ? refused : same);
        }
    qInfo("%d flips refused, %d harmless", refused, same);
}

void NpzDatasetTest::hugeClaims() {
    Members members = smallSet();
    Bytes file = zipOf(members);
    const std::string name = "train_images.npy";
    // The sizes in both headers of the first member: 4 GB.
    const auto directory = std::find_end(file.begin(), file.end(), name.begin(), name.end());
    for (auto at : {file.begin() + 30, directory})
        std::fill(at - (at == directory ? 22 : 8), at - (at == directory ? 18 : 4), 0xFE);
    writeFile(*m_home / "set.npz", file);
    const std::string message = errorOf<DataError>([&] { resolveIn(*m_home / "set.npz"); });
    QVERIFY2(message.find("set.npz") != std::string::npos, message.c_str());
    members[0].content = npy("|u1", "(2000001, 2, 2)", "abcdefgh");
    QVERIFY(errorOf<DataError>([&] { resolveIn(write(members, "claims.npz")); }).find("claims 8000004 bytes") !=
            std::string::npos);
}

QTEST_GUILESS_MAIN(NpzDatasetTest)
#include "tst_npz_dataset.moc"
