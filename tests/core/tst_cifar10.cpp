#include <sys/stat.h>
#include <unistd.h>

#include <QTest>
#include <set>

#include "core/data/dataset.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/resolve.h"
#include "tests/support/temporary_home.h"
#include "tests/support/torch_writer.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

DatasetInfo resolve(const fs::path& place) { return resolveIn(place, "cifar10"); }

std::string pythonName(std::size_t file) {
    return std::string(kCifar10Files[file]).substr(0, std::string(kCifar10Files[file]).size() - 4);
}

enum class Pickled {
    ByPython2,   ///< the official archive
    ForPython2,  ///< by Python 3 with protocol 2, which writes bytes as text
    ByNumpy1,    ///< by Python 3 with protocol 4
    ByNumpy2,    ///< the same with the module names of NumPy 2
    FromBuffer,  ///< protocol 5
};

struct Batch {
    std::string data;
    std::vector<std::int64_t> labels;
    std::int64_t rows = 0;
    std::string type = "u1", labelsName = "labels";
};

Batch batchOf(const Bytes& records, std::size_t labelBytes = 1) {
    Batch batch;
    const std::size_t record = labelBytes + 3072;
    for (std::size_t at = 0; at < records.size(); at += record, ++batch.rows) {
        batch.labels.push_back(records[at + labelBytes - 1]);
        batch.data.append(records.begin() + static_cast<std::ptrdiff_t>(at + labelBytes),
                          records.begin() + static_cast<std::ptrdiff_t>(at + record));
    }
    return batch;
}

/// Records of CIFAR-100: a coarse label, a fine one, and bytes that follow from the picture's place.
Bytes cifar100Records(const std::vector<int>& fine) {
    Bytes records;
    for (std::size_t i = 0; i < fine.size(); ++i) {
        records.push_back(static_cast<std::uint8_t>(fine[i] % 20));
        records.push_back(static_cast<std::uint8_t>(fine[i]));
        for (std::size_t p = 0; p < 3072; ++p) records.push_back(static_cast<std::uint8_t>(31 * i + p / 1024 * 70 + p % 50));
    }
    return records;
}

Bytes pickledBatch(const Batch& batch, Pickled how) {
    PickleWriter pickle;
    const bool old = how == Pickled::ByPython2, late = how == Pickled::ByNumpy2 || how == Pickled::FromBuffer;
    const auto sized = [&](char code, const std::string& value) {
        pickle.op(code).number(value.size(), 4).raw(value.data(), value.size());
    };
    const auto key = [&](const std::string& name) {
        if (old)
            pickle.op('U').number(name.size(), 1).raw(name.data(), name.size());
        else if (how == Pickled::ForPython2)
            pickle.text(name);
        else
            sized('B', name);
    };
    const auto bytes = [&](const std::string& value) {
        if (old) return sized('T', value);
        if (how != Pickled::ForPython2) return sized('B', value);
        std::string utf8;
        for (const char c : value) {
            const auto byte = static_cast<unsigned char>(c);
            if (byte >= 0x80) utf8 += static_cast<char>(0xC0 | byte >> 6);
            utf8 += byte >= 0x80 ? static_cast<char>(0x80 | (byte & 0x3F)) : c;
        }
        pickle.global("_codecs", "encode").text(utf8).text("latin1").op('\x86').op('R');
    };
    const auto global = [&](const std::string& module, const std::string& name) {
        if (how == Pickled::ByPython2 || how == Pickled::ForPython2)
            pickle.global(module, name);
        else
            pickle.text(module).text(name).op('\x93').op('\x94');
    };
    const auto type = [&] {
        global("numpy", "dtype");
        old ? pickle.op('U').number(batch.type.size(), 1).raw(batch.type.data(), batch.type.size()) : pickle.text(batch.type);
        pickle.integer(0).integer(1).op('\x87').op('R');
        pickle.op('(').integer(3).text("|").op('N').op('N').op('N').integer(-1).integer(-1).integer(0).op('t').op('b');
    };
    pickle.op('}').op('(');
    key("batch_label"), bytes("training batch 1 of 5");
    key(batch.labelsName), pickle.op(']').op('(');
    for (const std::int64_t label : batch.labels) pickle.op('K').number(static_cast<std::uint64_t>(label), 1);
    pickle.op('e');
    key("data");
    const std::string module = late ? "numpy._core" : "numpy.core";
    if (how == Pickled::FromBuffer) {
        global(module + ".numeric", "_frombuffer");
        pickle.op('(').op('\x96').number(batch.data.size(), 8).raw(batch.data.data(), batch.data.size());
        type();
        pickle.integers({batch.rows, 3072}).text("C").op('t').op('R');
    } else {
        global(module + ".multiarray", "_reconstruct");
        global("numpy", "ndarray");
        pickle.integers({0});
        bytes("b");
        pickle.op('\x87').op('R').op('(').integer(1).integers({batch.rows, 3072});
        type();
        pickle.op('\x89');
        bytes(batch.data);
        pickle.op('t').op('b');
    }
    const std::string text = pickle.op('u').finish();
    return {text.begin(), text.end()};
}

Bytes pickled(const Bytes& records, Pickled how) { return pickledBatch(batchOf(records), how); }

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
    void whereOtherProgramsKeepIt();
    void hostilePickles();
    void otherArchivesAreNamed();
    void hostileArchives();
    void archiveWithWrongSizes();
    void unreadable();
    void withoutPermission();
    void changedCopyIsLookedAtAgain();
    void cifar100();
    void cifar100InPython();

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

// The same pictures, however Python wrote them.
void Cifar10Test::pythonVersion() {
    writeCifar10Folder(folder());
    const std::vector<Bytes> files = drawCifar10Files();
    const fs::path python = *m_home / "py" / "cifar-10-batches-py";
    const auto equalsBinary = [&](const fs::path& place) {
        for (const Split split : {Split::Train, Split::Test})
            for (const int limit : {0, 30})
                if (loadSplit(resolve(place), split, limit, 7)->identity.digest !=
                    loadSplit(resolve(folder()), split, limit, 7)->identity.digest)
                    return false;
        return true;
    };
    for (const Pickled how :
         {Pickled::ByPython2, Pickled::ForPython2, Pickled::ByNumpy1, Pickled::ByNumpy2, Pickled::FromBuffer}) {
        for (std::size_t i = 0; i < files.size(); ++i) writeFile(python / pythonName(i), pickled(files[i], how));
        QVERIFY(equalsBinary(python));
        QVERIFY(resolve(python).trainPerClass == std::vector<std::int64_t>(10, 10));
        QCOMPARE(resolve(python.parent_path()).location, python);
    }
    TarWriter tar;
    tar.add("cifar-10-batches-py/batches.meta", Bytes(10));
    for (std::size_t i = 0; i < files.size(); ++i)
        tar.add("cifar-10-batches-py/" + pythonName(i), pickled(files[i], Pickled::ByPython2));
    writeFile(*m_home / "cifar-10-python.tar.gz", gzip(tar.finish()));
    QVERIFY(equalsBinary(*m_home / "cifar-10-python.tar.gz"));

    fs::remove(python / "data_batch_4");
    const std::string message = errorOf<DataError>([&] { resolve(python); });
    QVERIFY2(message.find("data_batch_4 is missing from") != std::string::npos, message.c_str());
}

void Cifar10Test::whereOtherProgramsKeepIt() {
    const std::vector<Bytes> files = drawCifar10Files();
    const auto writePython = [&](const fs::path& place) {
        for (std::size_t i = 0; i < files.size(); ++i) writeFile(place / pythonName(i), pickled(files[i], Pickled::ByPython2));
    };
    DataConfig config;
    for (const char* below :
         {"cifar-10-batches-py", "cifar-10-batches-py-target/cifar-10-batches-py",
          "cifar-10-batches-py_extracted/cifar-10-batches-py", "cifar-10-python/cifar-10-batches-py", "CIFAR10"}) {
        const fs::path keras = *m_home / "keras" / "datasets";
        writePython(keras / below);
        QCOMPARE(resolveDataset(config).location, keras / below);
        fs::remove_all(keras);
        QVERIFY(!errorOf<DataError>([&] { resolveDataset(config); }).empty());
    }
    TarWriter tar;
    for (std::size_t i = 0; i < files.size(); ++i) tar.add(pythonName(i), pickled(files[i], Pickled::ByPython2));
    const Bytes packed = gzip(tar.finish());
    for (const char* name : {"cifar-10-python.tar.gz", "cifar-10-batches-py.tar.gz", "cifar-10-batches-py-target_archive"}) {
        const fs::path archive = *m_home / "keras" / "datasets" / name;
        writeFile(archive, packed);
        QCOMPARE(resolveDataset(config).location, archive);
        fs::remove(archive);
    }
    // CIFAR-100 has names that begin the same way.
    writePython(*m_home / "keras" / "datasets" / "cifar-100-python");
    QVERIFY(!errorOf<DataError>([&] { resolveDataset(config); }).empty());
    // Class folders of other programs are nobody's wish.
    writeImageFolder(*m_home / "keras" / "datasets", {5, 2, 1}, 2, 20, false);
    QVERIFY(!errorOf<DataError>([&] { resolveDataset(config); }).empty());
    const fs::path before = fs::current_path();
    fs::create_directories(*m_home / "here");
    fs::current_path(*m_home / "here");
    writePython(*m_home / "here" / "data" / "cifar-10-batches-py");
    const fs::path found = resolveDataset(config).location;
    fs::current_path(before);
    QCOMPARE(found, fs::canonical(*m_home / "here") / "data" / "cifar-10-batches-py");
}

void Cifar10Test::hostilePickles() {
    const std::vector<Bytes> files = drawCifar10Files();
    const fs::path python = *m_home / "py";
    for (std::size_t i = 0; i < files.size(); ++i) writeFile(python / pythonName(i), pickled(files[i], Pickled::ByPython2));
    const Bytes good = readFile(python / "data_batch_1");
    const auto refusal = [&](const Bytes& bytes) {
        writeFile(python / "data_batch_1", bytes);
        return errorOf<DataError>([&] { resolve(python); });
    };
    const auto bytesOf = [](const std::string& text) { return Bytes(text.begin(), text.end()); };
    const std::string code =
        PickleWriter().global("os", "system").op('(').text("touch " + (*m_home / "ran").string()).op('t').op('R').finish();
    QVERIFY2(refusal(bytesOf(code)).find("asks for os.system") != std::string::npos, refusal(bytesOf(code)).c_str());
    QVERIFY(!fs::exists(*m_home / "ran"));
    // Cut at any place, and with any byte of its beginning changed: refused or read, never more.
    for (std::size_t cut = 0; cut < good.size(); cut += cut < 100 ? 1 : 1977)
        QVERIFY(!refusal(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(cut))).empty());
    for (std::size_t at = 0; at < 150; at += 2)
        for (const std::uint8_t value : {0x28, 0x52, 0xFF}) {
            Bytes changed = good;
            changed[at] = value;
            refusal(changed);
        }
    const auto wrong = [&](const Batch& batch) { return refusal(pickledBatch(batch, Pickled::ByPython2)); };
    Batch batch = batchOf(files[0]);
    batch.labels[1] = 10;
    QVERIFY(wrong(batch).find("picture 1 has the label 10") != std::string::npos);
    batch = batchOf(files[0]);
    batch.labels.pop_back();
    QVERIFY2(wrong(batch).find("labels") != std::string::npos, wrong(batch).c_str());
    batch = batchOf(files[0]);
    batch.rows += 1;  // more than there are bytes for
    QVERIFY(!wrong(batch).empty());
    batch = batchOf(files[0]);
    batch.type = "f4";
    QVERIFY(!wrong(batch).empty());
    batch = batchOf(files[0]);
    batch.labelsName = "fine_labels";
    QVERIFY2(wrong(batch).find("CIFAR-100") != std::string::npos, wrong(batch).c_str());
    QVERIFY(refusal(good).empty());
}

void Cifar10Test::otherArchivesAreNamed() {
    const auto refusal = [&](const std::string& name, const std::vector<std::string>& members, bool zip = false) {
        const fs::path file = *m_home / name;
        TarWriter tar;
        ZipWriter zipped;
        for (const std::string& member : members) {
            tar.add(member, Bytes(20, 'x'));
            zipped.add(member, std::string(20, 'x'));
        }
        writeFile(file, zip ? zipped.finish() : gzip(tar.finish()));
        DataConfig config;
        config.directory = file;
        const std::string message = errorOf<DataError>([&] { resolveDataset(config); });
        return message.find("et CIFAR-10 again") == std::string::npos ? message : "wrong: " + message;
    };
    const auto check = [](const std::string& message, const char* part) {
        return message.find(part) != std::string::npos && message.rfind("wrong", 0) != 0;
    };
    for (const bool zip : {false, true}) {
        const std::string ending = zip ? ".zip" : ".tar.gz";
        std::vector<std::string> pictures;
        for (int i = 0; i < 100; ++i) pictures.push_back("pets/cat/" + std::to_string(i) + ".jpg");
        QVERIFY(check(refusal("pets" + ending, pictures, zip), "has pictures of one class only"));  // it is unpacked
        QVERIFY(check(refusal("few" + ending, {"a.png", "b.png"}, zip), "no class folders"));
        QVERIFY(check(refusal("c" + ending, {"cifar-100-binary/train.bin", "cifar-100-binary/test.bin"}, zip), "CIFAR-100"));
        QVERIFY(check(refusal("c" + ending, {"cifar-100-python/train", "cifar-100-python/test"}, zip), "CIFAR-100"));
        QVERIFY(check(refusal("c" + ending, {"x/fine_label_names.txt", "x/train.bin"}, zip), "CIFAR-100"));
        QVERIFY(check(refusal("k" + ending, {"train.csv", "test.csv", "sample_submission.csv"}, zip), "tables (CSV)"));
        QVERIFY(check(refusal("k" + ending, {"train.zip", "test1.zip", "sampleSubmission.csv"}, zip), "archive of archives"));
        QVERIFY(check(refusal("m" + ending, {"train-images-idx3-ubyte", "train-labels-idx1-ubyte"}, zip), "MNIST"));
        QVERIFY(check(refusal("s" + ending, {"train_32x32.mat", "test_32x32.mat"}, zip), "SVHN"));
        QVERIFY(check(refusal("o" + ending, {"readme.md"}, zip), "Thaw finds no data set"));
    }
    QVERIFY(check(refusal("cifar-10.zip", {"cifar-10-batches-py/data_batch_1"}, true), "CIFAR-10's files."));
    QVERIFY(check(refusal("mnist.npz", {"x_train.npy", "y_train.npy"}, true), "it is no array of NumPy"));
    DataConfig config;
    config.directory = *m_home / "really.zip";
    writeFile(config.directory, Bytes(100, 'a'));
    QVERIFY(check(errorOf<DataError>([&] { resolveDataset(config); }), "is a text and no archive, whatever its name says"));
    for (const auto& [name, part] :
         {std::pair("train_32x32.mat", "MATLAB"), std::pair("x.npz", "NumPy"), std::pair("a.csv", "tables"),
          std::pair("train-images.idx3-ubyte", "without its file of labels"), std::pair("fine_label_names.txt", "CIFAR-100"),
          std::pair("pets.zip", "archives, which are not unpacked")}) {
        config.directory = *m_home / "folder";
        fs::remove_all(config.directory);
        writeFile(config.directory / name, Bytes(100, 1));
        const std::string message = errorOf<DataError>([&] { resolveDataset(config); });
        QVERIFY2(check(message, part), message.c_str());
    }
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

void Cifar10Test::cifar100() {
    const fs::path place = *m_home / "data" / "cifar-100-binary";
    const Bytes train = cifar100Records({99, 0, 57, 0}), test = cifar100Records({57, 99});
    writeFile(place / "train.bin", train);
    writeFile(place / "test.bin", test);
    const DatasetInfo info = resolveIn(place.parent_path());
    QCOMPARE(info.id, std::string("cifar100"));
    QCOMPARE(info.location, place);
    QCOMPARE(info.classNames.size(), std::size_t{100});
    QCOMPARE(info.classNames.at(57), std::string("pear"));
    QCOMPARE(info.trainPerClass.at(0), std::int64_t{2});
    const auto pictures = loadSplit(info, Split::Train, 0, 1);
    QVERIFY(pictures->labels == (std::vector<int>{99, 0, 57, 0}));
    for (std::size_t i = 0; i < 4; ++i)
        for (std::size_t p = 0; p < 3072; ++p)
            if (pictures->picture(static_cast<std::int64_t>(i))[p] != train[i * 3074 + 2 + p % 3 * 1024 + p / 3])
                QFAIL("a pixel differs");

    TarWriter tar;
    tar.add("cifar-100-binary/fine_label_names.txt", Bytes(10, 'x'));
    tar.add("cifar-100-binary/train.bin", train);
    tar.add("cifar-100-binary/test.bin", test);
    for (const char* name : {"cifar-100-binary.tar.gz", "renamed.tar"}) {
        writeFile(*m_home / name, gzip(TarWriter(tar).finish()));
        QCOMPARE(resolveIn(*m_home / name).id, std::string("cifar100"));
        QCOMPARE(loadSplit(resolveIn(*m_home / name), Split::Train, 0, 1)->identity.digest, pictures->identity.digest);
    }
    Bytes bad = train;
    bad[3075] = 100;
    writeFile(place / "train.bin", bad);
    QVERIFY(errorOf<DataError>([&] { resolveIn(place); }).find("picture 1 has the label 100, but labels end at 99") !=
            std::string::npos);
    for (const std::size_t cut : {1u, 3073u, 5000u}) {
        writeFile(place / "train.bin", Bytes(train.begin(), train.end() - static_cast<std::ptrdiff_t>(cut)));
        QVERIFY(!errorOf<DataError>([&] { resolveIn(place); }).empty());
    }
    // Files of these common names are CIFAR-100's only where something says so.
    writeFile(*m_home / "other" / "train.bin", train);
    writeFile(*m_home / "other" / "test.bin", test);
    QVERIFY(!errorOf<DataError>([&] { resolveIn(*m_home / "other"); }).empty());
}

void Cifar10Test::cifar100InPython() {
    const Bytes train = cifar100Records({99, 0, 57, 0}), test = cifar100Records({57, 99});
    const fs::path binary = *m_home / "cifar-100-binary", python = *m_home / "keras" / "datasets" / "cifar-100-python";
    writeFile(binary / "train.bin", train);
    writeFile(binary / "test.bin", test);
    const auto write = [&](const char* name, const Bytes& records, Pickled how, const char* labels) {
        Batch batch = batchOf(records, 2);
        batch.labelsName = labels;
        writeFile(python / name, pickledBatch(batch, how));
    };
    for (const Pickled how : {Pickled::ByPython2, Pickled::ForPython2, Pickled::FromBuffer}) {
        write("train", train, how, "fine_labels");
        write("test", test, how, "fine_labels");
        const DatasetInfo info = resolveIn({}, "cifar100");
        QCOMPARE(info.location, python);
        for (const Split split : {Split::Train, Split::Test})
            QCOMPARE(loadSplit(info, split, 0, 1)->identity.digest, loadSplit(resolveIn(binary), split, 0, 1)->identity.digest);
    }
    write("train", train, Pickled::ByPython2, "labels");
    const std::string message = errorOf<DataError>([&] { resolveIn({}, "cifar100"); });
    QVERIFY2(message.find("belongs to CIFAR-10, not to CIFAR-100") != std::string::npos, message.c_str());
}

QTEST_GUILESS_MAIN(Cifar10Test)
#include "tst_cifar10.moc"
