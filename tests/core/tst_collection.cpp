// Collections on disk: nothing is lost, and what is saved opens as a data set.
#include <QTest>

#include <algorithm>
#include <fstream>

#include "core/api/collect.h"
#include "core/api/dataset_info.h"
#include "core/store/paths.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

RgbPicture drawn(int label, int side = 40) {
    std::mt19937 random(static_cast<unsigned>(label + 1));
    return {side, side, drawPicture(label, side, random)};
}

CollectedPicture picture(int classId, int number, const std::string& ending = ".png") { return {classId, number, ending}; }

void keepSome(CollectionStore& store, int classId, int count) {
    for (int number = 1; number <= count; ++number) store.keep(picture(classId, number), pngOf(drawn(classId)));
}

std::vector<std::string> filesBelow(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) names.push_back(fs::relative(entry.path(), folder).string());
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace

class TestCollection : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void itBeginsWithTwoClasses() {
        const TemporaryHome home;
        const auto store = openCollection();
        QCOMPARE(store->collection().classes.size(), std::size_t(2));
        QCOMPARE(store->collection().classes[0].name, std::string("Class 1"));
        QCOMPARE(store->collection().pictureCount(), 0);
        QVERIFY(!store->collection().saved);
    }

    void whatWasKeptIsThereAgain() {
        const TemporaryHome home;
        {
            const auto store = openCollection();
            Collection now = store->collection();
            now.title = "Blood cells";
            now.classes[0].name = "White cell";
            now.classes.push_back({3, "Platelets", {}});
            store->describe(now);
            keepSome(*store, 1, 6);
            keepSome(*store, 3, 2);
            store->remove(picture(1, 2));
        }
        const auto store = openCollection();
        const Collection& found = store->collection();
        QCOMPARE(found.title, std::string("Blood cells"));
        QCOMPARE(found.classes.size(), std::size_t(3));
        QCOMPARE(found.classes[0].name, std::string("White cell"));
        QCOMPARE(found.classes[0].pictures.size(), std::size_t(5));
        QCOMPARE(found.classes[0].pictures[1].number, 3);
        QVERIFY(found.classes[0].pictures[3].isKeptAside());
        QCOMPARE(found.classes[2].pictures.size(), std::size_t(2));
        QVERIFY(readFile(collectedFile(found, picture(3, 2))).size() > 100);
    }

    void aTornDescriptionLosesNoPicture() {
        const TemporaryHome home;
        fs::path folder;
        {
            const auto store = openCollection();
            keepSome(*store, 2, 3);
            folder = store->collection().folder;
        }
        std::ofstream(folder / "collection.json") << "{\"format\": 1, \"tit";
        const auto store = openCollection();
        QCOMPARE(store->collection().folder, folder);
        QCOMPARE(store->collection().pictureCount(), 3);
        QCOMPARE(store->collection().classes.front().name, std::string("Class 2"));
    }

    void aRemovedPictureComesBack() {
        const TemporaryHome home;
        const auto store = openCollection();
        keepSome(*store, 1, 4);
        const Bytes before = readFile(collectedFile(store->collection(), picture(1, 2)));
        store->remove(picture(1, 2));
        QVERIFY(!fs::exists(collectedFile(store->collection(), picture(1, 2))));
        QCOMPARE(store->collection().pictureCount(), 3);
        store->restore(picture(1, 2));
        QVERIFY(readFile(collectedFile(store->collection(), picture(1, 2))) == before);
        QCOMPARE(store->collection().classes[0].pictures[1].number, 2);
    }

    void aFileIsCopiedAsItIs() {
        const TemporaryHome home;
        writeFile(home / "mine.jpg", Bytes(2000, 7));
        const auto store = openCollection();
        store->copyIn(picture(1, 1, ".jpg"), home / "mine.jpg");
        QVERIFY(readFile(collectedFile(store->collection(), picture(1, 1, ".jpg"))) == Bytes(2000, 7));
        QVERIFY(errorOf<DataError>([&] { store->copyIn(picture(1, 2), home / "none.png"); }).find("none.png cannot be read") ==
                0);
        fs::resize_file(home / "mine.jpg", (64u << 20) + 1);
        QVERIFY(errorOf<DataError>([&] { store->copyIn(picture(1, 2), home / "mine.jpg"); }).find("larger than 64 MB") !=
                std::string::npos);
        QCOMPARE(store->collection().pictureCount(), 1);
    }

    void whatIsSavedOpensAsADataSet() {
        const TemporaryHome home;
        const auto store = openCollection();
        Collection now = store->collection();
        now.classes[0].name = "Left / right";
        store->describe(now);
        keepSome(*store, 1, 8);
        keepSome(*store, 2, 9);
        std::int64_t last = 0;
        store->save(home / "set", [&](std::int64_t done, std::int64_t total) {
            last = done;
            return total == 17;
        });
        QCOMPARE(last, 17);
        QVERIFY(store->collection().saved);
        QCOMPARE(store->collection().savedTo, home / "set");
        DataConfig config;
        config.directory = home / "set";
        const DatasetInfo set = resolveDataset(config);
        QCOMPARE(set.classNames, (std::vector<std::string>{"Class 2", "Left _ right"}));
        QCOMPARE(set.trainCount + set.testCount, 17);
    }

    void savingAgainWritesTheDifference() {
        const TemporaryHome home;
        const auto store = openCollection();
        keepSome(*store, 1, 3);
        keepSome(*store, 2, 2);
        store->save(home / "set", {});
        writeFile(home / "set" / "notes.txt", Bytes(10, 'a'));
        const auto before = fs::last_write_time(home / "set" / "Class 1" / "0001.png");
        store->remove(picture(1, 3));
        QVERIFY(!store->collection().saved);
        store->keep(picture(2, 3), pngOf(drawn(2)));
        store->save(home / "set", {});
        QCOMPARE(filesBelow(home / "set"), (std::vector<std::string>{"Class 1/0001.png", "Class 1/0002.png", "Class 2/0001.png",
                                                                     "Class 2/0002.png", "Class 2/0003.png", "notes.txt"}));
        QCOMPARE(fs::last_write_time(home / "set" / "Class 1" / "0001.png"), before);
        // A class by another name: its old folder goes.
        Collection now = store->collection();
        now.classes[1].name = "Cup";
        store->describe(now);
        store->save(home / "set", {});
        QVERIFY(!fs::exists(home / "set" / "Class 2"));
        QVERIFY(fs::exists(home / "set" / "Cup" / "0003.png"));
    }

    void anotherFolderWithFilesIsRefused() {
        const TemporaryHome home;
        const auto store = openCollection();
        keepSome(*store, 1, 1);
        writeFile(home / "full" / "letter.txt", Bytes(10, 'a'));
        QVERIFY(errorOf<StoreError>([&] { store->save(home / "full", {}); }).find("is not empty") != std::string::npos);
        QCOMPARE(filesBelow(home / "full"), std::vector<std::string>{"letter.txt"});
    }

    void aSaveThatWasBrokenOffGoesOn() {
        const TemporaryHome home;
        const auto store = openCollection();
        keepSome(*store, 1, 3);
        QVERIFY_EXCEPTION_THROWN(store->save(home / "set", [](std::int64_t done, std::int64_t) { return done < 2; }), Cancelled);
        QVERIFY(!store->collection().saved);
        store->save(home / "set", {});
        QCOMPARE(filesBelow(home / "set").size(), std::size_t(3));
    }

    void whatIsSavedLeavesTheCache() {
        const TemporaryHome home;
        fs::path folder;
        {
            const auto store = openCollection();
            keepSome(*store, 1, 2);
            store->save(home / "set", {});
            folder = store->collection().folder;
        }
        const auto store = openCollection();
        QVERIFY(!fs::exists(folder));
        QCOMPARE(store->collection().pictureCount(), 0);
        QCOMPARE(filesBelow(home / "set").size(), std::size_t(2));
    }

    void twoWindowsDoNotShareOne() {
        const TemporaryHome home;
        const auto first = openCollection();
        keepSome(*first, 1, 2);
        const auto second = openCollection();
        QVERIFY(first->collection().folder != second->collection().folder);
        QCOMPARE(second->collection().pictureCount(), 0);
    }

    void throwingAwayBeginsAnew() {
        const TemporaryHome home;
        const auto store = openCollection();
        keepSome(*store, 1, 2);
        store->throwAway();
        QCOMPARE(store->collection().pictureCount(), 0);
        QCOMPARE(store->collection().classes.size(), std::size_t(2));
        QVERIFY(!fs::exists(store->collection().folder / "1"));
        store->keep(picture(1, 1), pngOf(drawn(1)));
        QCOMPARE(store->collection().pictureCount(), 1);
    }

    void aForgedDescriptionDeletesNothingElse() {
        const TemporaryHome home;
        writeFile(home / "precious.txt", Bytes(10, 'a'));
        fs::path folder;
        {
            const auto store = openCollection();
            keepSome(*store, 1, 2);
            folder = store->collection().folder;
        }
        fs::create_directories(home / "set");
        std::ofstream(folder / "collection.json")
            << "{\"format\": 1, \"title\": \"x\", \"class_ids\": [1], \"class_names\": [\"a\"], \"saved_to\": \""
            << (home / "set").string() << "\", \"saved_files\": [\"../precious.txt\", \"" << (home / "precious.txt").string()
            << "\"]}";
        const auto store = openCollection();
        QCOMPARE(store->collection().pictureCount(), 2);
        store->save(home / "set", {});
        QVERIFY(fs::exists(home / "precious.txt"));
    }

    void namesOfFoldersAreSafe() {
        QCOMPARE(classFolderName("White cell"), std::string("White cell"));
        QCOMPARE(classFolderName("a/b\\c\n"), std::string("a_b_c_"));
        QCOMPARE(classFolderName(".."), std::string("class"));
        QCOMPARE(classFolderName(".hidden"), std::string("_hidden"));
        QCOMPARE(classFolderName("  "), std::string("class"));
        std::string umlauts;
        for (int i = 0; i < 80; ++i) umlauts += "\xC3\xA4";
        QCOMPARE(classFolderName("x" + umlauts).size(), std::size_t(99));
    }

    void noiseIsNoNewPicture() {
        const RgbPicture picture = drawn(3, 64);
        RgbPicture noisy = picture, moved = picture;
        std::mt19937 random(5);
        for (std::uint8_t& value : noisy.rgb)
            value = static_cast<std::uint8_t>(std::clamp(value + static_cast<int>(random() % 7) - 3, 0, 255));
        QVERIFY(looksTheSame(picture, picture));
        QVERIFY(looksTheSame(picture, noisy));
        std::rotate(moved.rgb.begin(), moved.rgb.begin() + 3 * 4, moved.rgb.end());
        QVERIFY(!looksTheSame(picture, moved));
        QVERIFY(!looksTheSame(picture, drawn(3, 63)));
    }
};

QTEST_GUILESS_MAIN(TestCollection)
#include "tst_collection.moc"
