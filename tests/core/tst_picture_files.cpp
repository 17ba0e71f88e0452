#include <QTest>

#include <fstream>
#include <map>
#include <set>

#include "core/api/analysis.h"
#include "core/data/dataset.h"
#include "core/data/picture_pack.h"
#include "core/data/split_pictures.h"
#include "core/store/paths.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/resolve.h"
#include "tests/support/tiny_run.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

std::vector<std::int64_t> allRows(const PictureSet& set) {
    std::vector<std::int64_t> rows;
    for (std::int64_t i = 0; i < set.count(); ++i) rows.push_back(i);
    return rows;
}

std::vector<std::uint8_t> bytesOf(const PictureSet& set, const std::vector<std::int64_t>& rows) { return set.read(rows); }

fs::path onlyPack() {
    for (const fs::directory_entry& entry : fs::directory_iterator(cacheFolder() / "pictures"))
        if (entry.path().extension() == ".pixels") return entry.path();
    return {};
}

}  // namespace

/// Sets that are read on demand, because a limit of a few bytes is set.
class TestPictureFiles : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        m_home = std::make_unique<TemporaryHome>();
        writeImageFolder(folder(), {20, 5, 1}, 3);
        m_whole = loadSplit(resolveIn(folder()), Split::Train, 0, 1);
        QVERIFY(m_whole->inMemory());
        setMostBytesInMemory(1);
    }
    void cleanup() {
        setMostBytesInMemory(kMostBytesInMemory);
        m_whole.reset();
        m_home.reset();
    }

    void theSamePicturesInAnyOrder() {
        const auto set = demanded();
        QVERIFY(!set->inMemory() && set->rgb.empty());
        QVERIFY(set->labels == m_whole->labels);
        QVERIFY(bytesOf(*set, allRows(*set)) == m_whole->rgb);
        for (const std::vector<std::int64_t>& rows : {std::vector<std::int64_t>{7, 3, 59, 3}, {0}, {}})
            QVERIFY(set->read(rows) == m_whole->read(rows));
        QVERIFY(set->reader->damaged().empty());
    }

    void readOnceForAll() {
        const auto set = demanded(), again = demanded();
        QCOMPARE(set.get(), again.get());
    }

    void decodedOnceOnly() {
        bytesOf(*demanded(), allRows(*m_whole));
        const fs::path pack = onlyPack();
        QCOMPARE(static_cast<std::int64_t>(fs::file_size(pack)), m_whole->count() * m_whole->bytesEach());
        // What lies in the pack is what is read, as its marked pixel shows; with a wrong checksum the file is decoded again.
        QVERIFY(bytesOf(*demanded(), allRows(*m_whole)) == m_whole->rgb);
        QCOMPARE(static_cast<std::int64_t>(fs::file_size(pack)), m_whole->count() * m_whole->bytesEach());
        std::fstream(pack, std::ios::in | std::ios::out | std::ios::binary).seekp(100).put('x');
        QVERIFY(bytesOf(*demanded(), allRows(*m_whole)) == m_whole->rgb);
    }

    void identity() {
        const PictureIdentity first = demanded()->identity;
        QVERIFY(first.digest.rfind("files:", 0) == 0 && !first.state.empty());
        QCOMPARE(demanded()->identity.digest, first.digest);
        const fs::path file = anyFile();
        fs::last_write_time(file, fs::last_write_time(file) + std::chrono::seconds(5));
        const PictureIdentity touched = demanded()->identity;
        QCOMPARE(touched.digest, first.digest);  // a copy of the folder is the same set,
        QVERIFY(touched.state != first.state);   // but its features are computed again
        std::ofstream(file, std::ios::app) << "x";
        QVERIFY(demanded()->identity.digest != first.digest);
    }

    void damagedOnesAreReplaced() {
        const fs::path file = anyFile();
        fs::resize_file(file, fs::file_size(file) / 2);
        const auto set = demanded();
        const std::vector<std::uint8_t> pixels = bytesOf(*set, allRows(*set));
        const std::vector<LeftOutFile> damaged = set->reader->damaged();
        QCOMPARE(damaged.size(), std::size_t(1));
        QCOMPARE(damaged.front().file, file);
        QVERIFY(!damaged.front().reason.empty());
        // The next one of its class stands there.
        std::int64_t differing = -1;
        for (std::int64_t i = 0; i < set->count(); ++i)
            if (!std::equal(m_whole->picture(i), m_whole->picture(i + 1), pixels.begin() + i * set->bytesEach())) {
                QCOMPARE(differing, std::int64_t(-1));
                differing = i;
            }
        QVERIFY(differing >= 0);
        QVERIFY(std::equal(m_whole->picture(differing + 1), m_whole->picture(differing + 2),
                           pixels.begin() + differing * set->bytesEach()));
        QVERIFY(bytesOf(*demanded(), allRows(*set)) == pixels);
    }

    void tooManyDamagedOnes() {
        int count = 0;
        for (const fs::directory_entry& entry : fs::directory_iterator(folder() / "train" / "disc"))
            if (++count <= 8) fs::resize_file(entry.path(), fs::file_size(entry.path()) / 2);
        const auto set = demanded();
        const std::string message = errorOf<DataError>([&] { bytesOf(*set, allRows(*set)); });
        QVERIFY2(message.find("cannot be read, which is more than a tenth") != std::string::npos, message.c_str());
    }

    void filesThatChangeOrGo() {
        const fs::path file = anyFile();
        auto set = demanded();
        std::ofstream(file, std::ios::app) << "more";
        std::string message = errorOf<DataError>([&] { bytesOf(*set, allRows(*set)); });
        QVERIFY2(message.find(file.string() + " has changed since the data set was listed.") != std::string::npos,
                 message.c_str());
        set = demanded();
        fs::remove(file);
        message = errorOf<DataError>([&] { bytesOf(*set, allRows(*set)); });
        QVERIFY2(message.find(file.string() + " is not there any more.") != std::string::npos, message.c_str());
    }

    void noRoomForAPack() {
        fs::create_directories(cacheFolder());
        std::ofstream(cacheFolder() / "pictures") << "in the way";
        const auto set = demanded();
        QVERIFY(bytesOf(*set, allRows(*set)) == m_whole->rgb);
    }

    void packsAreShared() {
        const fs::path name = *m_home / "packs" / "one";
        const std::vector<std::uint8_t> a(12, 1), b(12, 2);
        std::vector<std::uint8_t> out(12);
        {
            PicturePack pack(name, 12), second(name, 12);
            pack.keep(5, a.data());
            second.keep(6, b.data());  // only one of the two writes
            QVERIFY(pack.read(5, out.data()) && out == a);
            QVERIFY(!second.read(6, out.data()));
        }
        std::ofstream(name.string() + ".index", std::ios::app) << "torn";
        PicturePack pack(name, 12);
        QCOMPARE(pack.count(), std::int64_t(1));
        pack.keep(6, b.data());
        QVERIFY(pack.read(5, out.data()) && out == a && pack.read(6, out.data()) && out == b);
        QVERIFY(!pack.read(7, out.data()));
        QCOMPARE(PicturePack(name, 12).count(), std::int64_t(2));
    }

    void aRunIsTheSame() {
        TinyLesson lesson;
        writeImageFolder(lesson.home() / "own", {20, 5, 1}, 3);
        const auto digestOf = [&](const std::string& name) {
            RunConfig config = lesson.config(name);
            config.data.dataset = "auto";
            config.data.directory = lesson.home() / "own";
            config.cache.onDisk = false;
            drive(*makeTrainer(config));
            return weightsDigest(config.output);
        };
        const std::string demanded = digestOf("demanded");
        setMostBytesInMemory(kMostBytesInMemory);
        QCOMPARE(digestOf("whole"), demanded);
    }

    void aRunTellsWhatItReplaced() {
        TinyLesson lesson;
        writeImageFolder(lesson.home() / "own", {20, 5, 1}, 3);
        fs::path bad;
        for (const fs::directory_entry& entry : fs::directory_iterator(lesson.home() / "own" / "train" / "ring"))
            bad = std::max(bad, entry.path());
        fs::resize_file(bad, fs::file_size(bad) / 2);
        RunConfig config = lesson.config("run");
        config.data.dataset = "auto";
        config.data.directory = lesson.home() / "own";
        const Events events = drive(*makeTrainer(config));
        QVERIFY(!all<RunFinished>(events).empty());
        int told = 0;
        for (const Notice& notice : all<Notice>(events))
            told += notice.text.find("Other pictures of their classes stand in for them.") != std::string::npos;
        QCOMPARE(told, 1);
        std::ifstream file(config.output / "run.json");
        const std::string manifest{std::istreambuf_iterator<char>(file), {}};
        QVERIFY(manifest.find(bad.filename().string()) != std::string::npos);
    }

private:
    fs::path folder() const { return *m_home / "shapes"; }
    std::shared_ptr<const PictureSet> demanded() const { return loadSplit(resolveIn(folder()), Split::Train, 0, 1); }
    /// The first training picture of a class.
    fs::path anyFile() const {
        std::set<fs::path> files;
        for (const fs::directory_entry& entry : fs::directory_iterator(folder() / "train" / "disc")) files.insert(entry.path());
        return *files.begin();
    }

    std::unique_ptr<TemporaryHome> m_home;
    std::shared_ptr<const PictureSet> m_whole;
};

QTEST_APPLESS_MAIN(TestPictureFiles)
#include "tst_picture_files.moc"
