#include <unistd.h>

#include <QTest>

#include <atomic>

#include "core/api/reading_scope.h"
#include "core/data/dataset.h"
#include "core/data/unpacking.h"
#include "core/store/paths.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/resolve.h"
#include "tests/support/temporary_home.h"
#include "tests/support/torch_writer.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

const UnpackProgress kGoOn = [](std::int64_t, std::int64_t) { return true; };

/// Every file below a folder, by its path there.
std::vector<std::string> namesBelow(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) names.push_back(entry.path().lexically_relative(folder).string());
    std::sort(names.begin(), names.end());
    return names;
}

using Names = std::vector<std::string>;

}  // namespace

class PictureArchiveTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        m_home = std::make_unique<TemporaryHome>();
        writeImageFolder(*m_home / "pets", {10, 5, 1}, 3);
    }
    void cleanup() { m_home.reset(); }

    void equalsTheFolder_data() {
        QTest::addColumn<QString>("kind");
        for (const char* kind : {"zip", "tar", "tar.gz"}) QTest::newRow(kind) << QString(kind);
    }
    void equalsTheFolder();
    void unpackedOnce();
    void badPicturesAreNamedInTheArchive();
    void tablesAndFlatNamesToo();
    void neverOutside();
    void bombs();
    void interrupted();
    void damaged();
    void leftovers();

private:
    fs::path pack(const std::string& kind, const std::string& around = "pets/") {
        TarWriter tar;
        ZipWriter zip;
        for (const std::string& name : namesBelow(*m_home / "pets")) {
            const Bytes content = readFile(*m_home / "pets" / name);
            tar.add(around + name, content);
            zip.add(around + name, std::string(content.begin(), content.end()));
        }
        const fs::path file = *m_home / ("mine." + kind);
        writeFile(file, kind == "zip" ? zip.finish() : kind == "tar" ? tar.finish() : gzip(tar.finish()));
        return file;
    }
    std::unique_ptr<TemporaryHome> m_home;
};

void PictureArchiveTest::equalsTheFolder() {
    QFETCH(QString, kind);
    const DatasetInfo folder = resolveIn(*m_home / "pets");
    for (const char* around : {"", "pets/", "a/b/"}) {
        const fs::path file = pack(kind.toStdString(), around);
        const DatasetInfo info = resolveIn(file);
        QCOMPARE(info.id, std::string("archive"));
        QCOMPARE(info.location, file);
        QCOMPARE(QString::fromStdString(info.title), "mine." + kind + " (an archive of pictures)");
        QVERIFY(info.classNames == folder.classNames && info.pictureKind.anySize);
        for (const Split split : {Split::Train, Split::Test})
            QCOMPARE(loadSplit(info, split, 0, 1)->identity.digest, loadSplit(folder, split, 0, 1)->identity.digest);
        RunConfig sized;
        sized.inputSize = 96;
        QCOMPARE(loadSplit(forInput(info, sized), Split::Test, 0, 1)->width, 96);
        fs::remove(file);
    }
}

void PictureArchiveTest::unpackedOnce() {
    const fs::path file = pack("tar.gz"), folder = unpackedInCache(file);
    QCOMPARE(folder.parent_path(), cacheFolder() / "unpacked");
    const auto time = fs::last_write_time(folder);
    QCOMPARE(unpackedInCache(file), folder);
    QCOMPARE(fs::last_write_time(folder), time);
    writeImageFolder(*m_home / "pets", {12, 5, 1}, 3);
    pack("tar.gz");
    const fs::path again = unpackedInCache(file);
    QVERIFY(again != folder && !fs::exists(folder));  // one for each archive
    QCOMPARE(resolveIn(file).trainCount, std::int64_t{36});
}

void PictureArchiveTest::badPicturesAreNamedInTheArchive() {
    writeFile(*m_home / "pets" / "train" / "disc" / "bad.png", {});
    const fs::path file = pack("zip");
    const DatasetInfo info = resolveIn(file);
    QCOMPARE(info.leftOut.size(), std::size_t{1});
    QCOMPARE(info.leftOut.front().file, file / "train" / "disc" / "bad.png");
    for (const char* name : {"disc", "ring"}) fs::remove_all(*m_home / "pets" / "train" / name);
    const std::string message = errorOf<DataError>([&] { resolveIn(pack("zip")); });
    QVERIFY2(message.find("mine.zip/train has pictures of one class only") != std::string::npos, message.c_str());
}

void PictureArchiveTest::tablesAndFlatNamesToo() {
    fs::remove_all(*m_home / "pets");
    writePictureTable(*m_home / "pets");
    const DatasetInfo table = resolveIn(pack("zip"));
    QVERIFY(table.task == TaskKind::SeveralLabels);
    fs::remove_all(*m_home / "pets");
    std::mt19937 random(1);
    for (int i = 0; i < 10; ++i)
        writeFile(*m_home / "pets" / ((i % 2 == 0 ? "cat." : "dog.") + std::to_string(i) + ".png"),
                  encodePng(drawPicture(i % 2, 20, random), 20, 20));
    QVERIFY(resolveIn(pack("tar")).classNames == (Names{"cat", "dog"}));
}

void PictureArchiveTest::neverOutside() {
    TarWriter tar;
    tar.add("../evil.png", Bytes(10, 'e'));
    tar.add("a/../../evil.png", Bytes(10, 'e'));
    tar.add((*m_home / "evil.png").string(), Bytes(10, 'e'));
    tar.add("link", {}, '2', m_home->path().string());
    tar.add("link/evil.png", Bytes(10, 'l'));
    tar.add("hard", {}, '1', "/etc/passwd");
    tar.add("pipe", {}, '6');
    tar.add("./good/one.png", Bytes(10, 'g'));
    tar.add("good/one.png", Bytes(20, 'h'));
    tar.add("good/one.png/two.png", Bytes(20, 'h'));
    tar.add(std::string(90, 'n') + "/" + "ok.png", Bytes(5, 'n'));
    writeFile(*m_home / "x.tar", tar.finish());
    const fs::path target = *m_home / "out" / "x";
    unpackArchive(*m_home / "x.tar", target, {}, kGoOn);
    QCOMPARE(namesBelow(target), (Names{"good/one.png", "link/evil.png", std::string(90, 'n') + "/ok.png"}));
    QVERIFY(!fs::is_symlink(target / "link"));
    QVERIFY(readFile(target / "good" / "one.png") == Bytes(10, 'g'));
    QVERIFY(!fs::exists(*m_home / "evil.png") && !fs::exists(*m_home / "out" / "evil.png"));
}

void PictureArchiveTest::bombs() {
    TarWriter tar;
    for (int i = 0; i < 5; ++i) tar.add("a" + std::to_string(i) + ".png", Bytes(10'000'000));
    writeFile(*m_home / "bomb.tar.gz", gzip(tar.finish()));
    const fs::path target = *m_home / "out" / "x";
    UnpackOptions options;
    const auto refusal = [&] {
        const std::string message = errorOf<DataError>([&] { unpackArchive(*m_home / "bomb.tar.gz", target, options, kGoOn); });
        return fs::exists(target) || !fs::is_empty(*m_home / "out") ? "something stayed" : message;
    };
    options.freeBytes = 1'000'000;
    QVERIFY2(refusal().find("would unpack to more than") != std::string::npos, refusal().c_str());
    options = {};
    options.mostFiles = 4;
    QVERIFY2(refusal().find("more than 4 files") != std::string::npos, refusal().c_str());
    options = {};
    options.spareSpace = freeSpace(m_home->path());
    QVERIFY2(refusal().find("needs more than the") != std::string::npos, refusal().c_str());
    QVERIFY(refusal().rfind((*m_home / "bomb.tar.gz").string(), 0) == 0);
}

// Whatever ends it, no part of an archive is taken for the whole.
void PictureArchiveTest::interrupted() {
    const fs::path file = pack("tar.gz");
    for (int stopAt = 0; stopAt < 45; stopAt += 11) {
        int calls = 0;
        QVERIFY_THROWS_EXCEPTION(Cancelled, unpackArchive(file, *m_home / "out" / "x", {},
                                                          [&](std::int64_t, std::int64_t) { return calls++ < stopAt; }));
        QVERIFY(fs::is_empty(*m_home / "out"));
    }
    std::atomic<bool> ended = false;
    std::int64_t seen = 0;
    {
        const ReadingScope scope(ended, [&](std::int64_t files) {
            seen = files;
            ended = files >= 7;
        });
        QVERIFY_THROWS_EXCEPTION(Cancelled, resolveIn(file));
    }
    QCOMPARE(seen, std::int64_t{7});
    QVERIFY(fs::is_empty(cacheFolder() / "unpacked"));
    QCOMPARE(resolveIn(file).trainCount, std::int64_t{30});
}

void PictureArchiveTest::damaged() {
    for (const std::string kind : {"zip", "tar.gz"}) {
        const fs::path file = pack(kind);
        const Bytes whole = readFile(file);
        const auto unpack = [&] { unpackArchive(file, *m_home / "out" / "x", {}, kGoOn); };
        for (std::size_t part = 1; part < 16; ++part) {
            writeFile(file, Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(whole.size() * part / 16)));
            QVERIFY2(!errorOf<DataError>(unpack).empty(), (kind + ' ' + std::to_string(part)).c_str());
            QVERIFY(fs::is_empty(*m_home / "out"));
        }
        for (std::size_t at = 0; at < whole.size(); at += at < 100 ? 5 : whole.size() / 60) {
            Bytes changed = whole;
            changed[at] ^= 0x41;
            writeFile(file, changed);
            errorOf<DataError>(unpack);
            fs::remove_all(*m_home / "out" / "x");
            QVERIFY(fs::is_empty(*m_home / "out"));
        }
    }
    writeFile(*m_home / "text.zip", Bytes(1000, 't'));
    QVERIFY(!errorOf<DataError>([&] { unpackArchive(*m_home / "text.zip", *m_home / "out" / "x", {}, kGoOn); }).empty());
}

void PictureArchiveTest::leftovers() {
    const fs::path dead = *m_home / "out" / "x.999999999.part";
    writeFile(dead / "a.png", Bytes(10));
    unpackArchive(pack("zip"), *m_home / "out" / "x", {}, kGoOn);
    QVERIFY(!fs::exists(dead));
}

QTEST_GUILESS_MAIN(PictureArchiveTest)
#include "tst_picture_archive.moc"
