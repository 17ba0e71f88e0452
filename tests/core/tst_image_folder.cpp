#include <QTest>
#include <algorithm>
#include <fstream>
#include <set>

#include "core/api/reading_scope.h"
#include "core/data/dataset.h"
#include "core/data/dataset_source.h"
#include "core/data/picture_file.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/resolve.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

DatasetInfo folderIn(const std::vector<DatasetInfo>& listed) {
    return *std::find_if(listed.begin(), listed.end(), [](const DatasetInfo& info) { return info.id == "folder"; });
}

/// A picture that shows only when it is decoded that it is damaged.
void halve(const fs::path& file) { fs::resize_file(file, fs::file_size(file) / 2); }

}  // namespace

class ImageFolderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_home = std::make_unique<TemporaryHome>(); }
    void cleanup() { m_home.reset(); }

    void ownSplits();
    void oneLevel();
    void fifthIsAlwaysTheSame();
    void otherFilesArePassedOver();
    void tooLittle();
    void classWithoutTraining();
    void badPicturesAreLeftOut();
    void badPicturesMoveNoOther();
    void tooManyBadPictures();
    void aClassWithoutAPicture();
    void listedByContent();
    void aClassOfBadPicturesOnly();
    void readingIsToldAndCancelled();
    void asLargeAsTheInput();
    void moreThanMemoryHolds();
    void listed();

private:
    fs::path folder() const { return *m_home / "shapes"; }
    std::unique_ptr<TemporaryHome> m_home;
};

void ImageFolderTest::ownSplits() {
    writeImageFolder(folder(), {6, 4, 1}, 3);
    for (const char* name : {"test", "val", "valid", "validation"}) {
        if (std::string(name) != "test") fs::rename(folder() / "test", folder() / name);
        const DatasetInfo info = resolveIn(folder());
        QCOMPARE(info.id, std::string("folder"));
        QCOMPARE(info.title, std::string("shapes (a folder of pictures)"));
        QVERIFY(info.classNames == (std::vector<std::string>{"disc", "ring", "square"}));
        QVERIFY(info.trainPerClass == std::vector<std::int64_t>(3, 6));
        QVERIFY(info.testPerClass == std::vector<std::int64_t>(3, 4));
        const auto pictures = loadSplit(info, Split::Test, 0, 1);
        QCOMPARE(pictures->width, 64);
        QCOMPARE(pictures->height, 64);
        QVERIFY(pictures->labels == (std::vector<int>{0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2}));
        const std::vector<std::uint8_t> square = readSquarePicture(folder() / name / "ring" / "b2.png", {64});
        QVERIFY(std::equal(square.begin(), square.end(), pictures->picture(6)));
        if (std::string(name) != "test") fs::rename(folder() / name, folder() / "test");
    }
    QCOMPARE(loadSplit(resolveIn(folder()), Split::Train, 5, 1)->count(), std::int64_t{5});
    QCOMPARE(samplePictures(resolveIn(folder(), "folder"), Split::Train, 2, 1)->count(), std::int64_t{6});
}

void ImageFolderTest::oneLevel() {
    writeImageFolder(folder(), {9, 3, 1}, 4, 20, false);
    const DatasetInfo info = resolveIn(folder());
    QVERIFY(info.trainPerClass == std::vector<std::int64_t>(4, 10));
    QVERIFY(info.testPerClass == std::vector<std::int64_t>(4, 2));
    std::set<Bytes> seen;
    for (const Split split : {Split::Train, Split::Test}) {
        const auto pictures = loadSplit(info, split, 0, 1);
        for (std::int64_t i = 0; i < pictures->count(); ++i)
            seen.emplace(pictures->picture(i), pictures->picture(i) + 64 * 64 * 3);
    }
    QCOMPARE(seen.size(), std::size_t{48});
}

void ImageFolderTest::fifthIsAlwaysTheSame() {
    writeImageFolder(folder(), {9, 1, 1}, 2, 20, false);
    writeImageFolder(*m_home / "elsewhere", {9, 1, 1}, 2, 20, false);
    const std::string digest = loadSplit(resolveIn(folder()), Split::Test, 0, 1)->identity.digest;
    QCOMPARE(loadSplit(resolveIn(*m_home / "elsewhere"), Split::Test, 0, 1)->identity.digest, digest);
    QCOMPARE(loadSplit(resolveIn(folder()), Split::Test, 0, 2)->identity.digest, digest);
}

void ImageFolderTest::otherFilesArePassedOver() {
    writeImageFolder(folder(), {5, 2, 1}, 2);
    writeFile(folder() / "train" / "readme.txt", Bytes(10));
    writeFile(folder() / "train" / "disc" / "notes.txt", Bytes(10));
    writeFile(folder() / "train" / "disc" / ".hidden.png", Bytes(10));
    writeFile(folder() / "train" / ".cache" / "a.png", Bytes(10));
    fs::create_directories(folder() / "train" / "empty");
    const DatasetInfo info = resolveIn(folder());
    QVERIFY(info.trainPerClass == std::vector<std::int64_t>(2, 5));
    QCOMPARE(info.leftOut.size(), std::size_t{5});
    QCOMPARE(info.notes.size(), std::size_t{4});
}

void ImageFolderTest::tooLittle() {
    writeImageFolder(folder(), {5, 2, 1}, 1, 20, false);
    QVERIFY(errorOf<DataError>([&] { resolveIn(folder()); }).find("has pictures of one class only: \"disc\"") !=
            std::string::npos);
    writeFile(folder() / "other" / "a.png", encodePng(Bytes(3), 1, 1));
    const std::string message = errorOf<DataError>([&] { resolveIn(folder()); });
    QVERIFY2(message.find("The class \"other\" has only one picture") != std::string::npos, message.c_str());
}

void ImageFolderTest::classWithoutTraining() {
    writeImageFolder(folder(), {5, 2, 1}, 2);
    fs::copy(folder() / "test" / "disc", folder() / "test" / "extra");
    const std::string message = errorOf<DataError>([&] { resolveIn(folder()); });
    QVERIFY2(message.find("has the class \"extra\", which has no training pictures") != std::string::npos, message.c_str());
}

// One bad picture refuses nothing: the others are read as if it were not there, and it is listed with its reason.
void ImageFolderTest::badPicturesAreLeftOut() {
    writeImageFolder(folder(), {12, 4, 1}, 3);
    const DatasetInfo clean = resolveIn(folder());
    const auto before = loadSplit(clean, Split::Train, 0, 1);
    const fs::path bad = folder() / "train" / "ring" / "a3.png";
    halve(bad);
    const DatasetInfo info = resolveIn(folder());
    PictureReading reading;
    const auto pictures = loadSplit(info, Split::Train, DataConfig(), 1, &reading);
    QCOMPARE(pictures->count(), std::int64_t{35});
    QCOMPARE(reading.leftOut.size(), std::size_t{1});
    QCOMPARE(reading.leftOut[0].file, bad);
    QVERIFY(reading.leftOut[0].reason.find("the file is damaged") == 0);
    QVERIFY(noteOfLeftOut(reading.leftOut).find("1 picture is left out, because it cannot be read: a3.png (the file is") == 0);
    std::vector<int> labels = before->labels;
    std::vector<std::uint8_t> rgb = before->rgb;
    const std::ptrdiff_t at =
        std::distance(labels.begin(), std::find(labels.begin(), labels.end(), 1)) + 5;  // after a0, a1, a10, a11, a2
    labels.erase(labels.begin() + at);
    rgb.erase(rgb.begin() + at * 64 * 64 * 3, rgb.begin() + (at + 1) * 64 * 64 * 3);
    QVERIFY(pictures->labels == labels);
    QVERIFY(pictures->rgb == rgb);
    QVERIFY(pictures->identity.digest != before->identity.digest);
    QCOMPARE(loadSplit(info, Split::Train, 0, 1)->identity.digest, pictures->identity.digest);
    QCOMPARE(samplePictures(info, Split::Train, 100, 1)->count(), std::int64_t{35});
    requireMostReadable(info, reading.leftOut, 35 + 12);

    // From then on lists of data sets know it too; a run's own list does not depend on what was read before.
    const auto listed = [&] { return folderIn(listDatasets(folder())); };
    QCOMPARE(listed().leftOut.size(), std::size_t{1});
    QCOMPARE(listed().leftOut[0].file, bad);
    QVERIFY(listed().notes.back().find("a3.png") != std::string::npos);
    QVERIFY(resolveIn(folder()).leftOut.empty());
    writeFile(bad, readFile(folder() / "train" / "ring" / "a4.png"));
    QVERIFY(listed().leftOut.empty());
}

// A subset is chosen first and loses its bad ones then: trained, held-out and unseen pictures stay what they were.
void ImageFolderTest::badPicturesMoveNoOther() {
    writeImageFolder(folder(), {30, 4, 1}, 3);
    DataConfig part;
    part.trainLimit = 60;
    part.heldOut = 0.25;
    const auto picturesOf = [](const PictureSet& set) {
        std::multiset<Bytes> all;
        for (std::int64_t i = 0; i < set.count(); ++i) all.emplace(set.picture(i), set.picture(i) + 64 * 64 * 3);
        return all;
    };
    const auto parts = [&] {
        const DatasetInfo info = resolveIn(folder());
        return std::vector<std::multiset<Bytes>>{picturesOf(*loadSplit(info, Split::Train, part, 7)),
                                                 picturesOf(*loadSplit(info, Split::HeldOut, part, 7)),
                                                 picturesOf(loadUnseen(info, part, 7, 1000))};
    };
    const auto before = parts();
    for (const char* name : {"a1.png", "a7.png", "a20.png", "a21.png", "a22.png"}) halve(folder() / "train" / "disc" / name);
    const auto after = parts();
    std::size_t lost = 0;
    for (std::size_t i = 0; i < before.size(); ++i) {
        QVERIFY(std::includes(before[i].begin(), before[i].end(), after[i].begin(), after[i].end()));
        lost += before[i].size() - after[i].size();
    }
    QCOMPARE(lost, std::size_t{5});
}

void ImageFolderTest::tooManyBadPictures() {
    writeImageFolder(folder(), {16, 4, 1}, 2);  // 40 pictures
    const auto check = [&] {
        const DatasetInfo info = resolveIn(folder());
        PictureReading reading;
        std::int64_t read = 0;
        for (const Split split : {Split::Train, Split::Test}) read += loadSplit(info, split, DataConfig(), 1, &reading)->count();
        requireMostReadable(info, reading.leftOut, read);
    };
    for (const char* name : {"a1.png", "a2.png", "a3.png"}) writeFile(folder() / "train" / "disc" / name, Bytes(50, 'x'));
    halve(folder() / "test" / "ring" / "b2.png");
    check();  // exactly a tenth
    writeFile(folder() / "train" / "ring" / "a9.png", {});
    const std::string message = errorOf<DataError>(check);
    QVERIFY2(message.find("5 pictures in " + folder().string() +
                          " cannot be read, which is more than a tenth: a1.png (it is a text") == 0,
             message.c_str());
    QVERIFY2(message.find("a2.png") != std::string::npos && message.find(" and 2 more.") != std::string::npos, message.c_str());
}

void ImageFolderTest::aClassWithoutAPicture() {
    writeImageFolder(folder(), {40, 1, 1}, 3);
    halve(folder() / "test" / "ring" / "b0.png");
    const DatasetInfo info = resolveIn(folder());
    QCOMPARE(loadSplit(info, Split::Train, 0, 1)->count(), std::int64_t{120});
    const std::string message = errorOf<DataError>([&] { loadSplit(info, Split::Test, 0, 1); });
    QVERIFY2(message.find("No picture of the class \"ring\" can be read: b0.png") == 0, message.c_str());
}

void ImageFolderTest::readingIsToldAndCancelled() {
    writeImageFolder(folder(), {40, 4, 1}, 3);
    const DatasetInfo info = resolveIn(folder());
    std::int64_t last = 0;
    PictureReading reading{[&](std::int64_t done, std::int64_t total) {
                               last = done;
                               return total == 120;
                           },
                           {}};
    loadSplit(info, Split::Train, DataConfig(), 1, &reading);
    QCOMPARE(last, std::int64_t{120});
    const std::atomic<bool> ended{true};
    {
        const ReadingScope scope(ended);
        QVERIFY_THROWS_EXCEPTION(Cancelled, resolveIn(folder()));
        QVERIFY_THROWS_EXCEPTION(Cancelled, loadSplit(info, Split::Train, 0, 1));
        QVERIFY_THROWS_EXCEPTION(Cancelled, samplePictures(info, Split::Test, 4, 1));
    }
    PictureReading cancelled{[](std::int64_t, std::int64_t) { return false; }, {}};
    QVERIFY_THROWS_EXCEPTION(Cancelled, loadSplit(info, Split::Train, DataConfig(), 1, &cancelled));
}

// What the first bytes tell stands in the list before anything is decoded, whatever the files are called.
void ImageFolderTest::listedByContent() {
    writeImageFolder(folder(), {30, 8, 1}, 2);
    const fs::path ring = folder() / "train" / "ring";
    fs::rename(ring / "a0.png", ring / "a0.HEIC");
    fs::rename(ring / "a1.png", ring / "a1.jfif");
    fs::rename(ring / "a2.png", ring / "a2");
    const Bytes foreign = {0xFF, 0x0A, 0, 0};
    writeFile(ring / "phone.jxl", foreign);
    writeFile(ring / "empty.png", {});
    writeFile(ring / "page.jpg", Bytes(40, 'x'));
    writeFile(ring / "readme.md", Bytes(40, 'x'));
    DatasetInfo info = resolveIn(folder());
    QVERIFY(info.trainPerClass == (std::vector<std::int64_t>{30, 30}));
    std::string left;
    for (const LeftOutFile& file : info.leftOut) left += file.file.filename().string() + ": " + file.reason + '\n';
    QVERIFY2(
        left.find("empty.png: the file is empty\npage.jpg: it is a text, not a picture\nphone.jxl: it is a JPEG XL picture") == 0,
        left.c_str());
    QVERIFY2(left.find("readme.md: it is not a picture") != std::string::npos, left.c_str());
    QCOMPARE(unreadableIn(info).size(), std::size_t{3});
    QCOMPARE(loadSplit(info, Split::Train, 0, 1)->count(), std::int64_t{60});

    for (int i = 0; i < 10; ++i) writeFile(ring / ("more" + std::to_string(i) + ".png"), {});
    const std::string many = errorOf<DataError>([&] { resolveIn(folder()); });
    QVERIFY2(many.find("13 pictures in " + folder().string() + " cannot be read, which is more than a tenth: empty.png") == 0,
             many.c_str());
    QVERIFY(folderIn(listDatasets(folder())).problem.find("more than a tenth") != std::string::npos);
}

void ImageFolderTest::aClassOfBadPicturesOnly() {
    writeImageFolder(folder(), {30, 8, 1}, 2);
    const Bytes foreign = {0xFF, 0x0A, 0, 0};
    writeFile(folder() / "train" / "phone" / "a.jxl", foreign);
    const std::string message = errorOf<DataError>([&] { resolveIn(folder()); });
    QVERIFY2(message.find("No picture of the class \"phone\" can be read: a.jxl (it is a JPEG XL picture") == 0, message.c_str());
}

void ImageFolderTest::asLargeAsTheInput() {
    writeImageFolder(folder(), {6, 4, 1}, 3, 120);
    DatasetInfo info = resolveIn(folder());
    const auto small = loadSplit(info, Split::Test, 0, 1);
    QCOMPARE(info.pictureKind.forInput(32).side, 64);
    info.pictureKind = info.pictureKind.forInput(96);
    const auto large = loadSplit(info, Split::Test, 0, 1);
    QCOMPARE(large->width, 96);
    const std::vector<std::uint8_t> square = readSquarePicture(folder() / "test" / "ring" / "b2.png", {96});
    QVERIFY(std::equal(square.begin(), square.end(), large->picture(6)));
    QVERIFY(large->identity.digest != small->identity.digest);
    QVERIFY(large->identity.mayBe(small->identity));
    // The labels of the two parts are the same, the pictures are not.
    const auto part = loadSplit(info, Split::Test, 6, 1), otherPart = loadSplit(info, Split::Test, 6, 2);
    QVERIFY(part->labels == otherPart->labels);
    QVERIFY(!part->identity.mayBe(otherPart->identity));
}

void ImageFolderTest::moreThanMemoryHolds() {
    writeImageFolder(folder(), {40, 4, 1}, 3, 20);
    DatasetInfo info = resolveIn(folder());
    std::ofstream(*m_home / "meminfo") << "MemTotal: 20000 kB\nMemAvailable: 10000 kB\n";
    qputenv("THAW_MEMINFO", (*m_home / "meminfo").c_str());
    QCOMPARE(loadSplit(info, Split::Train, 0, 1)->count(), std::int64_t{120});
    info.pictureKind = info.pictureKind.forInput(224);
    const auto large = loadSplit(info, Split::Train, 0, 1), few = loadSplit(info, Split::Train, 30, 1);
    qunsetenv("THAW_MEMINFO");
    QVERIFY(!large->inMemory() && large->count() == 120 && large->width == 224);
    QVERIFY(few->inMemory());
}

void ImageFolderTest::listed() {
    writeImageFolder(folder(), {5, 2, 1}, 2);
    const std::vector<DatasetInfo> found = listDatasets(folder());
    QCOMPARE(folderIn(found).location, folder());
    QVERIFY(!folderIn(listDatasets()).present);
}

QTEST_GUILESS_MAIN(ImageFolderTest)
#include "tst_image_folder.moc"
