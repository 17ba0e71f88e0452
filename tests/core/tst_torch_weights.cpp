#include <QTest>
#include <cstring>
#include <limits>

#include "core/model/safetensors.h"
#include "core/model/torch_pickle.h"
#include "core/model/trunk_match.h"
#include "core/model/weights.h"
#include "core/model/weights_source.h"
#include "tests/support/expect_error.h"
#include "tests/support/reader_faults.h"
#include "tests/support/temporary_home.h"
#include "tests/support/torch_writer.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

const fs::path kData = fs::path(THAW_TEST_DATA) / "torch";
constexpr const char* kMagic = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e";

void readAll(const fs::path& file) {
    const std::unique_ptr<WeightsSource> source = openWeights(file);
    for (const auto& [name, tensor] : source->tensors()) source->read(name);
}

std::string fault(const fs::path& file) {
    const MemoryLimit limit(64u << 20);
    return openFault(file, readAll);
}

std::string zipOf(const fs::path& file, const std::string& pickle,
                  const std::vector<std::pair<std::string, std::string>>& storages) {
    ZipWriter zip;
    zip.add("x/data.pkl", pickle);
    for (const auto& [key, content] : storages) zip.add("x/data/" + key, content);
    zip.add("x/version", "3\n");
    writeFile(file, zip.finish());
    return fault(file);
}

/// {"w": tensor}
std::string oneTensor(std::int64_t storageCount, std::int64_t offset, const std::vector<std::int64_t>& shape,
                      const std::vector<std::int64_t>& stride) {
    return PickleWriter().op('}').text("w").tensor("0", storageCount, offset, shape, stride).op('s').finish();
}

std::string systemPickle(bool littleEndian = true) {
    return PickleWriter().op('}').text("little_endian").op(littleEndian ? '\x88' : '\x89').op('s').finish();
}

/// The five pickles of a legacy file, then the raw storages.
std::string legacyOf(const std::string& object, const std::vector<std::string>& keys, const std::string& raw,
                     bool littleEndian = true) {
    PickleWriter list;
    list.op(']').op('(');
    for (const std::string& key : keys) list.text(key);
    return std::string(kMagic, 15) + PickleWriter().integer(1001).finish() + systemPickle(littleEndian) + object +
           list.op('e').finish() + raw;
}

std::string faultOfText(const fs::path& file, const std::string& text) {
    writeFile(file, Bytes(text.begin(), text.end()));
    return fault(file);
}

}  // namespace

class TorchWeightsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_home = std::make_unique<TemporaryHome>(); }
    void cleanup() { m_home.reset(); }

    void readsWhatTorchWrote_data();
    void readsWhatTorchWrote();
    void refusesCode_data();
    void refusesCode();
    void refusesOtherNames();
    void refusesClaims();
    void refusesPickles();
    void costlyPickles();
    void refusesZips();
    void refusesLegacy();
    void python2Files();
    void wholeTrunk();
    void truncations_data();
    void truncations();
    void flips_data();
    void flips();
    void otherFiles();

private:
    std::unique_ptr<TemporaryHome> m_home;
};

void TorchWeightsTest::readsWhatTorchWrote_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("expected");
    QTest::addColumn<bool>("zip");
    for (const char* name : {"", "_types", "_checkpoint"}) {
        QTest::newRow(qPrintable(QString("zip") + name))
            << QString("zip%1.pth").arg(name) << QString("expected%1.safetensors").arg(name) << true;
        QTest::newRow(qPrintable(QString("legacy") + name))
            << QString("legacy%1.pth").arg(name) << QString("expected%1.safetensors").arg(name) << false;
    }
    QTest::newRow("protocol 4") << "zip_protocol4.pth"
                                << "expected.safetensors" << true;
}

void TorchWeightsTest::readsWhatTorchWrote() {
    QFETCH(QString, file);
    QFETCH(QString, expected);
    QFETCH(bool, zip);
    // The reader never looks at the name.
    const fs::path copy = *m_home / "weights.bin";
    fs::copy_file(kData / file.toStdString(), copy);
    const std::unique_ptr<WeightsSource> source = openWeights(copy);
    QVERIFY(source->format() == (zip ? WeightsFormat::TorchZip : WeightsFormat::TorchLegacy));
    const SafetensorsReader wanted(kData / expected.toStdString());
    QCOMPARE(source->tensors().size(), wanted.entries().size());
    for (const auto& [name, entry] : wanted.entries()) {
        QVERIFY2(source->tensors().count(name) == 1, name.c_str());
        const SourceTensor& tensor = source->tensors().at(name);
        QVERIFY2(tensor.dtype == entry.dtype, name.c_str());
        QVERIFY2(tensor.shape == entry.shape, name.c_str());
        QVERIFY2(source->read(name) == wanted.read(name), name.c_str());
    }
}

void TorchWeightsTest::refusesCode_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("hint");
    const QString system = "it asks for \"posix.system\", which runs commands on your machine",
                  module = "it is a whole model of the Python class \"torch.nn.modules.linear.Identity\"",
                  load = "torch.save(torch.load(\"%1\", weights_only=False).state_dict(), \"weights.pth\")";
    QTest::newRow("zip system") << "zip_system.pth" << system << "Do not open this file in Python either.";
    QTest::newRow("legacy system") << "legacy_system.pth" << system << "Do not open this file in Python either.";
    QTest::newRow("zip module") << "zip_module.pth" << module << load.arg("zip_module.pth");
    QTest::newRow("legacy module") << "legacy_module.pth" << module << load.arg("legacy_module.pth");
}

void TorchWeightsTest::refusesCode() {
    QFETCH(QString, file);
    QFETCH(QString, what);
    QFETCH(QString, hint);
    const std::string error = errorOf<WeightsError>([&] { openWeights(kData / file.toStdString()); });
    QVERIFY2(QString::fromStdString(error).contains(what), error.c_str());
    QVERIFY2(QString::fromStdString(error).contains(hint), error.c_str());
}

void TorchWeightsTest::refusesOtherNames() {
    const fs::path file = *m_home / "x.pth";
    struct Row {
        std::string module, name, what;
    };
    for (const auto& [module, name, what] :
         std::vector<Row>{{"builtins", "eval", "runs commands"},
                          {"os", "system", "runs commands"},
                          {"subprocess", "Popen", "runs commands"},
                          {"builtins", "set", "Python objects (\"builtins.set\")"},
                          {"argparse", "Namespace", "Python objects (\"argparse.Namespace\")"},
                          {"collections", "OrderedDict.fromkeys", "Python objects"},
                          {"torch._utils", "_rebuild_qtensor", "tensors of a kind that Thaw does not read"},
                          {"torch._utils", "_rebuild_tensor_v3", "tensors of a kind that Thaw does not read"},
                          {"torch._tensor", "_rebuild_from_type_v2", "tensors of a kind that Thaw does not read"},
                          {"torch", "ComplexFloatStorage", "numbers of the type \"ComplexFloat\""},
                          {"torch", "FloatStorage.from_file", "Python objects"},
                          {"torch FloatStorage", "", "Python objects"},
                          {"torch", "load", "Python objects"},
                          {"\x1b[31m", "\xff", "Python objects (\"\\x1B[31m.\\xFF\")"}}) {
        const std::string error = zipOf(file, PickleWriter().op('}').text("w").global(module, name).op('s').finish(), {});
        QVERIFY2(error.find(what) != std::string::npos, (module + "." + name + ": " + error).c_str());
        // The same by STACK_GLOBAL.
        const std::string stacked =
            zipOf(file, PickleWriter().op('}').text("w").text(module).text(name).op('\x93').op('s').finish(), {});
        QVERIFY2(stacked.find(what) != std::string::npos, stacked.c_str());
    }
    // Allowed names in the wrong places.
    QVERIFY(!zipOf(file, PickleWriter().global("collections", "OrderedDict").finish(), {}).empty());
    QVERIFY(!zipOf(file, PickleWriter().global("torch", "FloatStorage").op(')').op('R').finish(), {}).empty());
    QVERIFY(!zipOf(file, PickleWriter().op('}').op(')').op('R').finish(), {}).empty());
    QVERIFY(!zipOf(file,
                   PickleWriter().op('}').text("w").global("torch._utils", "_rebuild_tensor_v2").op(')').op('R').op('s').finish(),
                   {})
                 .empty());
    QVERIFY(!zipOf(file,
                   PickleWriter()
                       .op('}')
                       .text("w")
                       .global("torch._utils", "_rebuild_parameter")
                       .integers({1, 2, 3})
                       .op('R')
                       .op('s')
                       .finish(),
                   {})
                 .empty());
    // Other persistent ids than storages.
    QVERIFY(!zipOf(file, PickleWriter().op('}').text("w").text("module").op('Q').op('s').finish(), {}).empty());
    QVERIFY(!zipOf(file, PickleWriter().op('}').text("w").integers({1, 2, 3, 4, 5}).op('Q').op('s').finish(), {}).empty());
}

void TorchWeightsTest::refusesClaims() {
    const fs::path file = *m_home / "x.pth";
    const std::string six(24, '\1');
    QCOMPARE(zipOf(file, oneTensor(6, 0, {2, 3}, {3, 1}), {{"0", six}}), std::string());
    QCOMPARE(zipOf(file, oneTensor(6, 0, {0, 7}, {7, 1}), {{"0", six}}), std::string());
    QCOMPARE(zipOf(file, oneTensor(6, 5, {}, {}), {{"0", six}}), std::string());

    const std::int64_t large = std::numeric_limits<std::int64_t>::max();
    const std::vector<std::string> tooMany = {
        oneTensor(6, 0, {2147483647}, {1}),
        oneTensor(6, 0, {7}, {1}),
        oneTensor(6, 6, {}, {}),
        oneTensor(6, 1, {2, 3}, {3, 1}),
        oneTensor(6, 0, {2, 2}, {5, 1}),
        oneTensor(6, 0, {large}, {1}),
        oneTensor(6, 0, {2}, {large}),
        oneTensor(6, large, {2}, {large}),
        oneTensor(6, 0, {4194305, 4194305, 211106198978564}, {1, 1, 1}),
        oneTensor(6, 0, {std::int64_t{1} << 32, std::int64_t{1} << 32}, {1, 1}),
        oneTensor(6, 0, {7}, {0}),
        oneTensor(6, 0, {2147483647}, {0}),
    };
    for (std::size_t i = 0; i < tooMany.size(); ++i) {
        const std::string error = zipOf(file, tooMany[i], {{"0", six}});
        QVERIFY2(error.find("claims more numbers than its storage") != std::string::npos,
                 (std::to_string(i) + ": " + error).c_str());
    }
    for (const std::string& damaged :
         {oneTensor(6, -1, {2}, {1}), oneTensor(6, 0, {-2}, {1}), oneTensor(6, 0, {2}, {-1}), oneTensor(6, 0, {2}, {1, 1}),
          oneTensor(-1, 0, {2}, {1}), oneTensor(std::numeric_limits<std::int64_t>::min(), 0, {2}, {1})}) {
        QVERIFY(zipOf(file, damaged, {{"0", six}}).find("damaged") != std::string::npos);
    }
    // The storage itself is smaller or larger than it says, or not there.
    QVERIFY(zipOf(file, oneTensor(2147483647, 0, {2147483647}, {1}), {{"0", six}})
                .find("should hold 2147483647 numbers, but has 24 bytes") != std::string::npos);
    QVERIFY(zipOf(file, oneTensor(large, 0, {large}, {1}), {{"0", six}}).find("should hold") != std::string::npos);
    QVERIFY(zipOf(file, oneTensor(5, 0, {5}, {1}), {{"0", six}}).find("should hold 5") != std::string::npos);
    QVERIFY(zipOf(file, oneTensor(6, 0, {6}, {1}), {{"0", six + "?"}}).find("should hold 6") != std::string::npos);
    QVERIFY(zipOf(file, oneTensor(6, 0, {6}, {1}), {}).find("is missing") != std::string::npos);
    // One storage with two descriptions.
    PickleWriter two;
    two.op('}').op('(').text("a").tensor("0", 6, 0, {6}, {1}).text("b").tensor("0", 4, 0, {4}, {1}).op('u');
    QVERIFY(zipOf(file, two.finish(), {{"0", six}}).find("described in two ways") != std::string::npos);
}

void TorchWeightsTest::refusesPickles() {
    const fs::path file = *m_home / "x.pth";
    const std::vector<std::string> bad = {
        PickleWriter().finish(),                                              // nothing
        PickleWriter().op('}').op('}').finish(),                              // two values
        PickleWriter().op('(').op('}').finish(),                              // an open mark
        PickleWriter().op('t').finish(),                                      // no mark
        PickleWriter().op('s').finish(),                                      // nothing to set
        PickleWriter().op('}').text("a").op('s').finish(),                    // half an item
        PickleWriter().op('}').op('(').text("a").op('u').finish(),            // half an item
        PickleWriter().op(']').op('(').text("a").text("b").op('u').finish(),  // items for a list
        PickleWriter().op('}').text("a").op('a').finish(),                    // an element for a dictionary
        PickleWriter().raw("h\x05", 2).finish(),                              // unknown memo
        PickleWriter().raw("q\x05", 2).finish(),                              // nothing to remember
        PickleWriter().op('}').op('(').raw("q\x05", 2).op('u').finish(),      // nothing above the mark
        PickleWriter().op('(').op('\x85').finish(),                           // not across a mark
        PickleWriter().op('}').op('N').op('\x93').finish(),                   // names that are no text
        PickleWriter().op('}').op('b').finish(),                              // BUILD without a state
        PickleWriter().raw("X\xff\xff\xff\xff", 5).finish(),                  // text of 4 GB
        PickleWriter().raw("\x8a\xff", 2).finish(),                           // a number of 255 bytes
        PickleWriter().raw("\x80\x07", 2).op('}').finish(),                   // protocol 7
        PickleWriter().text("no dictionary").finish(),
        PickleWriter().integer(5).finish(),
        PickleWriter().tensor("0", 6, 0, {6}, {1}).finish(),  // a tensor alone
        std::string("}"),
        std::string(),
    };
    for (std::size_t i = 0; i < bad.size(); ++i) {
        const std::string error = zipOf(file, bad[i], {{"0", std::string(24, '\1')}});
        QVERIFY2(!error.empty() && error.find("ESCAPED") == std::string::npos, (std::to_string(i) + ": " + error).c_str());
    }
    // Every instruction that no state_dict needs, alone.
    const std::string known = "(NJKMGXUT}])tqrhjcQRsuaeb.\x80\x95\x88\x89\x8a\x8c\x85\x86\x87\x94\x93";
    for (int code = 0; code < 256; ++code) {
        if (known.find(static_cast<char>(code)) != std::string::npos) continue;
        const std::string error = zipOf(file, PickleWriter().op('}').op(static_cast<char>(code)).finish(), {});
        QVERIFY2(error.find("the instruction " + std::to_string(code)) != std::string::npos, error.c_str());
    }
    // One name twice: in one dictionary, and by two paths.
    PickleWriter twice;
    twice.op('}').op('(').text("w").tensor("0", 6, 0, {6}, {1}).text("w").tensor("0", 6, 0, {6}, {1}).op('u');
    QVERIFY(zipOf(file, twice.finish(), {{"0", std::string(24, '\1')}}).find("\"w\" stands there twice") != std::string::npos);
    PickleWriter paths;
    paths.op('}')
        .op('(')
        .text("a.b")
        .tensor("0", 6, 0, {6}, {1})
        .text("a")
        .op('}')
        .text("b")
        .tensor("0", 6, 0, {6}, {1})
        .op('s')
        .op('u');
    QVERIFY(zipOf(file, paths.finish(), {{"0", std::string(24, '\1')}}).find("\"a.b\" stands there twice") != std::string::npos);
}

void TorchWeightsTest::costlyPickles() {
    const fs::path file = *m_home / "x.pth";
    // A dictionary within itself.
    const std::string loop = PickleWriter().op('}').raw("q\x01", 2).text("a").raw("h\x01", 2).op('s').finish();
    QVERIFY(zipOf(file, loop, {}).find("nested too deeply") != std::string::npos);
    // Two keys to the same dictionary, thirteen times over: 8192 names for one tensor; thirty times: refused.
    for (const int levels : {13, 30}) {
        PickleWriter doubling;
        for (int i = 0; i < levels; ++i) doubling.op('}').op('(').text("a");
        doubling.op('}').text("w").tensor("0", 6, 0, {6}, {1}).op('s');
        for (int i = 0; i < levels; ++i)
            doubling.op('q')
                .number(static_cast<std::uint64_t>(i), 1)
                .text("b")
                .op('h')
                .number(static_cast<std::uint64_t>(i), 1)
                .op('u');
        const std::string error = zipOf(file, doubling.finish(), {{"0", std::string(24, '\1')}});
        QCOMPARE(error.find("nested too deeply") != std::string::npos, levels == 30);
    }
    // A tuple in a tuple in a tuple, 200,000 times: depth must cost no stack.
    PickleWriter deep;
    deep.op(')');
    for (int i = 0; i < 200'000; ++i) deep.op('\x85');
    QVERIFY(!zipOf(file, deep.finish(), {}).empty());
    // Too many instructions; a pickle of more than 8 MB.
    PickleWriter longOne;
    longOne.op('}').op('(');
    for (int i = 0; i < 300'000; ++i) longOne.op('N');
    QVERIFY(zipOf(file, longOne.op('u').finish(), {}).find("too long") != std::string::npos);
    QVERIFY(zipOf(file, PickleWriter().text(std::string(9u << 20, 'a')).finish(), {}).find("too long") != std::string::npos);
    // A name made of a thousand long keys.
    PickleWriter name;
    name.op('}').text(std::string(2000, 'k')).tensor("0", 6, 0, {6}, {1}).op('s');
    QVERIFY(zipOf(file, name.finish(), {{"0", std::string(24, '\1')}}).find("too long") != std::string::npos);
}

void TorchWeightsTest::refusesZips() {
    const fs::path file = *m_home / "x.pth";
    ZipWriter writer;
    writer.add("x/data.pkl", oneTensor(6, 0, {6}, {1}));
    writer.add("x/data/0", std::string(24, '\1'));
    const Bytes good = writer.finish();
    writeFile(file, good);
    QCOMPARE(fault(file), std::string());

    const auto patched = [&](std::size_t fromEnd, const std::string& bytes) {
        Bytes bad = good;
        std::copy(bytes.begin(), bytes.end(), bad.end() - static_cast<std::ptrdiff_t>(fromEnd));
        writeFile(file, bad);
        return fault(file);
    };
    QVERIFY(patched(6, ZipWriter::le(0xffffffff, 4)).find("ZIP64") != std::string::npos);
    QVERIFY(patched(6, ZipWriter::le(good.size(), 4)).find("outside the file") != std::string::npos);
    QVERIFY(patched(12, ZipWriter::le(0xffff, 2) + ZipWriter::le(0xffff, 2).substr(0, 2)).find("several parts") !=
            std::string::npos);
    QVERIFY(patched(14, ZipWriter::le(60000, 2) + ZipWriter::le(60000, 2)).find("too short") != std::string::npos);
    // The directory's last record (of x/data/0) is 46 + 8 bytes before the end record of 22.
    const std::size_t record = 22 + 46 + 8;
    QVERIFY(patched(record - 8, ZipWriter::le(1, 2)).find("encrypted") != std::string::npos);
    QVERIFY(patched(record - 10, ZipWriter::le(8, 2)).find("compressed") != std::string::npos);
    QVERIFY(patched(record - 20, ZipWriter::le(25, 4)).find("two sizes") != std::string::npos);
    QVERIFY(patched(record - 20, ZipWriter::le(25, 4) + ZipWriter::le(25, 4)).find("outside the file") != std::string::npos);
    QVERIFY(patched(record - 20, ZipWriter::le(0xffffffff, 4) + ZipWriter::le(0xffffffff, 4)).find("ZIP64") != std::string::npos);
    QVERIFY(!patched(record - 42, ZipWriter::le(0, 4)).empty());
    QVERIFY(patched(record - 42, ZipWriter::le(3, 4)).find("not where it should be") != std::string::npos);
    QVERIFY(patched(record - 16, ZipWriter::le(12345, 4)).find("checksum") != std::string::npos);

    ZipWriter twice;
    twice.add("x/data.pkl", oneTensor(6, 0, {6}, {1}));
    twice.add("x/data.pkl", oneTensor(6, 0, {6}, {1}));
    writeFile(file, twice.finish());
    QVERIFY(fault(file).find("stands there twice") != std::string::npos);
    ZipWriter pickles;
    pickles.add("x/data.pkl", oneTensor(6, 0, {6}, {1}));
    pickles.add("y/data.pkl", oneTensor(6, 0, {6}, {1}));
    writeFile(file, pickles.finish());
    QVERIFY(fault(file).find("two pickles") != std::string::npos);
    ZipWriter other;
    other.add("config.json", "{}");
    writeFile(file, other.finish());
    QVERIFY(fault(file).find("a zip archive, but none that PyTorch wrote: it holds \"config.json\"") != std::string::npos);
    ZipWriter big;
    big.add("x/data.pkl", oneTensor(6, 0, {6}, {1}));
    big.add("x/data/0", std::string(24, '\1'));
    big.add("x/byteorder", "big");
    writeFile(file, big.finish());
    QVERIFY(fault(file).find("big-endian") != std::string::npos);
}

void TorchWeightsTest::refusesLegacy() {
    const fs::path file = *m_home / "x.pth";
    const std::string object = oneTensor(6, 0, {6}, {1}), raw = ZipWriter::le(6, 8) + std::string(24, '\1');
    QCOMPARE(faultOfText(file, legacyOf(object, {"0"}, raw)), std::string());
    QVERIFY(faultOfText(file, legacyOf(object, {"0"}, raw, false)).find("big-endian") != std::string::npos);
    QVERIFY(faultOfText(file, legacyOf(object, {"1"}, raw)).find("list of storages") != std::string::npos);
    QVERIFY(faultOfText(file, legacyOf(object, {}, raw)).find("list of storages") != std::string::npos);
    QVERIFY(faultOfText(file, legacyOf(object, {"0", "0"}, raw)).find("list of storages") != std::string::npos);
    QVERIFY(faultOfText(file, legacyOf(object, {"0"}, raw + "?")).find("follows its last storage") != std::string::npos);
    QVERIFY(faultOfText(file, legacyOf(object, {"0"}, raw.substr(0, 31))).find("cut off") != std::string::npos);
    QVERIFY(faultOfText(file, legacyOf(object, {"0"}, raw.substr(0, 7))).find("ends too early") != std::string::npos);
    QVERIFY(faultOfText(file, legacyOf(object, {"0"}, ZipWriter::le(std::uint64_t{1} << 63, 8) + std::string(24, '\1')))
                .find("two sizes") != std::string::npos);
    const std::int64_t huge = std::int64_t{1} << 62;
    QVERIFY(faultOfText(file, legacyOf(oneTensor(huge, 0, {huge}, {1}), {"0"},
                                       ZipWriter::le(static_cast<std::uint64_t>(huge), 8) + "abc"))
                .find("cut off") != std::string::npos);
    const std::string version = std::string(kMagic, 15) + PickleWriter().integer(1002).finish() + systemPickle() + object;
    QVERIFY(faultOfText(file, version).find("version is unknown") != std::string::npos);
}

void TorchWeightsTest::python2Files() {
    // Python 2 wrote byte strings for names, OrderedDict with a list of pairs, and _rebuild_tensor before torch 0.4.
    PickleWriter object;
    object.global("collections", "OrderedDict").op(']').op(']').op('(').raw("U\x01w", 3);
    object.global("torch._utils", "_rebuild_tensor").op('(').op('(').raw("U\x07storage", 9).global("torch", "FloatStorage");
    object.raw("U\x01", 2)
        .raw("0", 1)
        .raw(
            "U\x03"
            "cpu",
            5)
        .integer(6)
        .op('N')
        .op('t')
        .op('Q')
        .integer(1)
        .integers({5})
        .integers({1})
        .op('t')
        .op('R');
    object.op('e').op('a').op('\x85').op('R');
    const fs::path file = *m_home / "x.pth";
    const std::string raw = ZipWriter::le(6, 8) + std::string(24, '\1');
    QCOMPARE(faultOfText(file, legacyOf(object.finish(), {"0"}, raw)), std::string());
    QVERIFY(openWeights(file)->tensors().at("w").shape == std::vector<std::int64_t>{5});
}

void TorchWeightsTest::wholeTrunk() {
    // A full VGG16 with its classifier, saved by a data-parallel training script in the old format.
    PickleWriter object;
    object.op('}').text("state_dict").op('}').op('(');
    std::vector<std::string> keys;
    std::string raw;
    int number = 0;
    for (const TensorSpec& tensor : layoutOf("vgg16").tensors) {
        std::int64_t count = 1;
        std::vector<std::int64_t> stride(tensor.shape.size());
        for (std::size_t i = tensor.shape.size(); i-- > 0;) {
            stride[i] = count;
            count *= tensor.shape[i];
        }
        keys.push_back("k" + std::to_string(number));
        object.text("module." + tensor.name).tensor(keys.back(), count, 0, tensor.shape, stride);
        const float value = static_cast<float>(number++) - 3.5f;
        std::string content(static_cast<std::size_t>(count) * 4, '\0');
        for (std::size_t i = 0; i < content.size(); i += 4) std::memcpy(&content[i], &value, 4);
        raw += ZipWriter::le(static_cast<std::uint64_t>(count), 8) + content;
    }
    keys.push_back("classifier");
    object.text("module.classifier.6.weight").tensor("classifier", 10, 0, {2, 5}, {5, 1}).op('u').op('s');
    raw += ZipWriter::le(10, 8) + std::string(40, '\0');
    const fs::path file = *m_home / "x.pth";
    QCOMPARE(faultOfText(file, legacyOf(object.finish(), keys, raw)), std::string());

    const WeightsReport report = inspectWeights(file);
    QVERIFY(report.usable());
    QVERIFY(report.format == WeightsFormat::TorchLegacy);
    QCOMPARE(report.matched.size(), std::size_t{26});
    QCOMPARE(report.matched.front(), std::string("features.0.weight <- state_dict.module.features.0.weight"));
    QVERIFY(report.unexpected == std::vector<std::string>{"state_dict.module.classifier.6.weight"});
    const TrunkWeights weights = loadTrunkWeights(file);
    number = 0;
    for (const TensorSpec& tensor : layoutOf("vgg16").tensors) {
        const HostTensor& own = weights.tensors.at(tensor.name);
        QVERIFY(own.shape == tensor.shape);
        QCOMPARE(own.values.front(), static_cast<float>(number) - 3.5f);
        QCOMPARE(own.values.back(), static_cast<float>(number++) - 3.5f);
    }
}

void TorchWeightsTest::truncations_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"zip.pth", "legacy.pth", "legacy_types.pth"}) QTest::newRow(name) << QString(name);
}

void TorchWeightsTest::truncations() {
    QFETCH(QString, name);
    const Bytes good = readFile(kData / name.toStdString());
    refuseTruncations(good, good.size(), *m_home / "x.pth", readAll);
}

void TorchWeightsTest::flips_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("step");
    QTest::newRow("zip") << "zip.pth" << 1;
    QTest::newRow("legacy, every type") << "legacy_types.pth" << 1;
    QTest::newRow("zip, protocol 4") << "zip_protocol4.pth" << 5;
    QTest::newRow("zip, every type") << "zip_types.pth" << 5;
}

void TorchWeightsTest::flips() {
    QFETCH(QString, name);
    QFETCH(int, step);
    const Bytes good = readFile(kData / name.toStdString());
    surviveFlips(good, 0, good.size(), *m_home / "x.pth", readAll, static_cast<std::size_t>(step));
}

void TorchWeightsTest::otherFiles() {
    const fs::path file = *m_home / "weights.pth";
    const auto hint = [&](const std::string& text) {
        writeFile(file, Bytes(text.begin(), text.end()));
        return errorOf<WeightsError>([&] { openWeights(file); });
    };
    QVERIFY(hint(PickleWriter().op('}').finish()).find("Python pickle") != std::string::npos);
    QVERIFY(hint("x").find("Thaw reads weights as safetensors, as a state_dict of PyTorch") != std::string::npos);
}

QTEST_GUILESS_MAIN(TorchWeightsTest)
#include "tst_torch_weights.moc"
