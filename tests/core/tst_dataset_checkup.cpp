#include <QTest>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <random>
#include <set>

#include "core/api/doctor.h"
#include "core/api/errors.h"
#include "core/data/dataset.h"
#include "core/data/picture_file.h"
#include "tests/support/drawn_data.h"
#include "tests/support/encoded_pictures.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

struct Drawing {
    int width = 0, height = 0;
    Bytes rgb;
};

/// A slope of colours with discs on it and a fine grain; `moved` shifts the last and largest disc.
Drawing scene(unsigned seed, int width, int height, double moved = 0) {
    std::mt19937 random(seed);
    const auto number = [&random](double low, double high) { return low + (high - low) * (random() / 4294967295.0); };
    double colours[12][3], discs[10][3], slope = number(0, 6.28);
    for (auto& colour : colours)
        for (double& value : colour) value = number(20, 235);
    for (int i = 0; i < 10; ++i) discs[i][0] = number(0, 1), discs[i][1] = number(0, 1), discs[i][2] = number(0.05, 0.12);
    discs[9][2] = 0.22;
    discs[9][0] += discs[9][0] < 0.5 ? moved : -moved;
    Drawing drawing{width, height, Bytes(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3)};
    std::mt19937 grain(seed + 1);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const double u = (x + 0.5) / width, v = (y + 0.5) / height;
            const double share = std::clamp(0.5 + std::cos(slope) * (u - 0.5) + std::sin(slope) * (v - 0.5), 0.0, 1.0);
            const double speck = grain() % 9 - 4.0;
            for (int c = 0; c < 3; ++c) {
                double value = colours[10][c] * share + colours[11][c] * (1 - share);
                for (int i = 0; i < 10; ++i)
                    if (std::hypot(u - discs[i][0], v - discs[i][1]) < discs[i][2]) value = colours[i][c];
                drawing.rgb[static_cast<std::size_t>((y * width + x) * 3 + c)] =
                    static_cast<std::uint8_t>(std::clamp(value + speck, 0.0, 255.0));
            }
        }
    return drawing;
}

/// A part of a drawing at another size: bilinear, as many programs do it.
Drawing resampled(const Drawing& from, double left, double top, double wide, double high, int width, int height) {
    Drawing to{width, height, Bytes(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3)};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (int c = 0; c < 3; ++c) {
                const double u = std::clamp(left + (x + 0.5) * wide / width - 0.5, 0.0, from.width - 1.001);
                const double v = std::clamp(top + (y + 0.5) * high / height - 0.5, 0.0, from.height - 1.001);
                const int column = static_cast<int>(u), row = static_cast<int>(v);
                const auto at = [&](int dx, int dy) {
                    return double{1} * from.rgb[static_cast<std::size_t>(((row + dy) * from.width + column + dx) * 3 + c)];
                };
                const double above = at(0, 0) + (at(1, 0) - at(0, 0)) * (u - column);
                const double below = at(0, 1) + (at(1, 1) - at(0, 1)) * (u - column);
                to.rgb[static_cast<std::size_t>((y * width + x) * 3 + c)] =
                    static_cast<std::uint8_t>(std::lround(above + (below - above) * (v - row)));
            }
    return to;
}

/// The mean of what each pixel covers.
Drawing threeQuarters(const Drawing& from) {
    const int width = from.width * 3 / 4, height = from.height * 3 / 4;
    const Drawing fine = resampled(from, 0, 0, from.width, from.height, 4 * width, 4 * height);
    Drawing to{width, height, Bytes(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3)};
    for (std::size_t i = 0; i < to.rgb.size(); ++i) {
        const int channel = static_cast<int>(i % 3), x = static_cast<int>(i / 3) % width, y = static_cast<int>(i / 3) / width;
        int sum = 0;
        for (int k = 0; k < 16; ++k)
            sum += fine.rgb[static_cast<std::size_t>(((4 * y + k / 4) * fine.width + 4 * x + k % 4) * 3 + channel)];
        to.rgb[i] = static_cast<std::uint8_t>((sum + 8) / 16);
    }
    return to;
}

void writeJpeg(const fs::path& file, const Drawing& drawing, int quality) {
    JpegKind kind;
    kind.quality = quality;
    fs::create_directories(file.parent_path());
    writeFile(file, encodeJpeg(drawing.rgb, drawing.width, drawing.height, kind));
}

using Names = std::set<std::string>;
std::vector<Names> namesOf(const DatasetCheckup& checkup, const std::vector<PictureGroup>& groups) {
    std::vector<Names> names;
    for (const PictureGroup& group : groups) {
        names.emplace_back();
        for (const std::size_t picture : group) names.back().insert(checkup.pictures[picture].file);
    }
    return names;
}

std::string reasonOf(const std::vector<LeftOutFile>& files, const std::string& name) {
    for (const LeftOutFile& file : files)
        if (file.file == name) return file.reason;
    return "(not listed)";
}

}  // namespace

class DatasetCheckupTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_home = std::make_unique<TemporaryHome>(); }
    void cleanup() { m_home.reset(); }

    void factsOfAFolder();
    void badFilesAreListed();
    void samePictures();
    void nearDuplicates();
    void copiesAmongAlikePictures();
    void picturesAsTheyLie();
    void aTable();
    void aSetWithoutFiles();
    void nothingThere();
    void cancelled();

private:
    fs::path folder() const { return *m_home / "set"; }
    std::unique_ptr<TemporaryHome> m_home;
};

void DatasetCheckupTest::factsOfAFolder() {
    writeImageFolder(folder(), {25, 4, 1}, 3, 48);
    for (int i = 5; i < 25; ++i)
        for (const fs::directory_entry& file : fs::directory_iterator(folder() / "train" / "ring"))
            if (file.path().stem().string().find(std::to_string(i)) != std::string::npos) fs::remove(file.path());
    writeFile(folder() / "train" / "disc" / "grey.png", encodePng(Bytes(40 * 20, 128), 40, 20, 1));
    const DatasetCheckup checkup = checkDataset(folder());
    QCOMPARE(checkup.id, std::string("folder"));
    QCOMPARE(checkup.classes.size(), std::size_t{3});
    QCOMPARE(checkup.classes[0].train, std::int64_t{26});
    QCOMPARE(checkup.classes[0].test, std::int64_t{4});
    QVERIFY(checkup.classes[1].train < kTinyClass);
    QVERIFY(checkup.tinyClasses() == (std::vector<std::string>{"ring"}));
    QCOMPARE(checkup.imbalance(), 26.0 / static_cast<double>(checkup.classes[1].train));
    QCOMPARE(checkup.width.least, 40.0);
    QCOMPARE(checkup.width.median, 48.0);
    QCOMPARE(checkup.height.least, 20.0);
    QCOMPARE(checkup.aspect.greatest, 2.0);
    QCOMPARE(checkup.greyPictures, std::int64_t{1});
    QVERIFY(!checkup.isGrey());
    const auto grey = std::find_if(checkup.pictures.begin(), checkup.pictures.end(),
                                   [](const CheckedPicture& picture) { return picture.file == "train/disc/grey.png"; });
    QVERIFY(grey != checkup.pictures.end() && grey->grey && grey->split == Split::Train);
    QCOMPARE(grey->labels, std::vector<int>{0});
    QVERIFY(std::abs(grey->brightness - 128.0F / 255) < 0.001F);
}

void DatasetCheckupTest::badFilesAreListed() {
    writeImageFolder(folder(), {4, 2, 1}, 2, 48);
    writeFile(folder() / "train" / "disc" / "empty.png", {});
    writeFile(folder() / "train" / "disc" / "notes.txt", {'h', 'i'});
    for (const fs::directory_entry& file : fs::directory_iterator(folder() / "train" / "ring"))
        fs::resize_file(file.path(), fs::file_size(file.path()) / 2);
    const DatasetCheckup checkup = checkDataset(folder());  // more than a tenth is bad: a run would be refused
    QCOMPARE(checkup.unreadable.size(), std::size_t{5});
    QCOMPARE(reasonOf(checkup.unreadable, "train/disc/empty.png"), std::string("the file is empty"));
    QCOMPARE(reasonOf(checkup.leftOut, "train/disc/notes.txt"), std::string("it is not a picture"));
    QCOMPARE(reasonOf(checkup.leftOut, "train/disc/empty.png"), std::string("(not listed)"));
    QCOMPARE(checkup.classes[1].train, std::int64_t{0});
    QCOMPARE(checkup.imbalance(), 0.0);
}

void DatasetCheckupTest::samePictures() {
    for (int i = 0; i < 6; ++i) {
        writeJpeg(folder() / "train" / (i % 2 ? "b" : "a") / (std::to_string(i) + ".jpg"), scene(10u + i, 96, 72), 90);
        writeJpeg(folder() / "test" / (i % 2 ? "b" : "a") / (std::to_string(i) + ".jpg"), scene(20u + i, 96, 72), 90);
    }
    fs::copy_file(folder() / "train/a/0.jpg", folder() / "train/a/0 copy.jpg");
    fs::copy_file(folder() / "train/a/2.jpg", folder() / "test/a/again.jpg");
    fs::copy_file(folder() / "train/a/4.jpg", folder() / "train/b/other label.jpg");
    writeJpeg(folder() / "train/a/4 small.jpg", resampled(scene(14, 96, 72), 0, 0, 96, 72, 64, 48), 80);
    const DatasetCheckup checkup = checkDataset(folder());
    const std::vector<Names> four{{"train/a/4.jpg", "train/a/4 small.jpg", "train/b/other label.jpg"}};
    QVERIFY(namesOf(checkup, checkup.nearDuplicates) == four);
    QVERIFY(namesOf(checkup, checkup.inTwoClasses) == four);
    QVERIFY(namesOf(checkup, checkup.acrossSplits) == (std::vector<Names>{{"train/a/2.jpg", "test/a/again.jpg"}}));
    const std::vector<Names> exact = namesOf(checkup, checkup.duplicates);
    QCOMPARE(exact.size(), std::size_t{3});
    QVERIFY(std::count(exact.begin(), exact.end(), Names{"train/a/0.jpg", "train/a/0 copy.jpg"}) == 1);
    QVERIFY(std::count(exact.begin(), exact.end(), Names{"train/a/4.jpg", "train/b/other label.jpg"}) == 1);
}

void DatasetCheckupTest::nearDuplicates() {
    constexpr int kScenes = 240, kCopied = 60, kMoved = 40, kWidth = 128, kHeight = 96;
    int planted = 0;
    const auto name = [](int i, const char* kind) {
        return std::string(i % 2 ? "b/" : "a/") + std::to_string(i) + kind + ".jpg";
    };
    for (int i = 0; i < kScenes; ++i) {
        const Drawing drawing = scene(100u + static_cast<unsigned>(i), kWidth, kHeight);
        writeJpeg(folder() / name(i, ""), drawing, 92);
        if (i < kCopied) {
            writeJpeg(folder() / name(i, "_resized"),
                      resampled(drawing, 0, 0, kWidth, kHeight, i % 3 ? 64 : 200, i % 3 ? 48 : 150), 92);
            writeJpeg(folder() / name(i, "_compressed"), drawing, 30);
            const double edge = i % 2 ? 0.05 : 0.025, wide = kWidth * (1 - 2 * edge), high = kHeight * (1 - 2 * edge);
            writeJpeg(
                folder() / name(i, "_cropped"),
                resampled(drawing, kWidth * edge, kHeight * edge, wide, high, static_cast<int>(wide), static_cast<int>(high)),
                92);
            planted += 3;
        } else if (i < kCopied + kMoved) {  // the same place, something in it has moved: another picture
            writeJpeg(folder() / name(i, "_moved"), scene(100u + static_cast<unsigned>(i), kWidth, kHeight, 0.3), 92);
        }
    }
    const DatasetCheckup checkup = checkDataset(folder());
    int found = 0, falsePairs = 0, pairs = 0;
    const auto sceneOf = [](const std::string& file) { return std::stoi(file.substr(2)); };
    for (const Names& group : namesOf(checkup, checkup.nearDuplicates)) {
        for (const std::string& file : group) {
            const int i = sceneOf(file);
            if (file.find('_') != std::string::npos && file.find("_moved") == std::string::npos && group.count(name(i, "")) > 0)
                ++found;
            for (const std::string& other : group) {
                if (other <= file) continue;
                ++pairs;
                if (sceneOf(other) != i || (file + other).find("_moved") != std::string::npos) ++falsePairs;
            }
        }
    }
    std::printf("near duplicates: %d of %d found, %d of %d pairs false\n", found, planted, falsePairs, pairs);
    QVERIFY(found >= 0.95 * planted);
    QVERIFY(falsePairs < 0.01 * pairs);
}

/// Many shirts are as alike as a smaller copy is to its original.
void DatasetCheckupTest::copiesAmongAlikePictures() {
    constexpr std::int64_t kPictures = 6000, kCopied = 120;
    DataConfig fashion;
    fashion.directory = "/usr/share/datasets/fashion-mnist";
    if (!fs::exists(fashion.directory)) QSKIP("Debian's package dataset-fashion-mnist is not installed.");
    const auto set = loadSplit(resolveDataset(fashion), Split::Train, static_cast<int>(kPictures), 1);
    for (std::int64_t i = 0; i < kPictures; ++i) {
        const Drawing drawing{set->width, set->height, Bytes(set->picture(i), set->picture(i) + set->bytesEach())};
        const fs::path file = folder() / (i % 2 == 0 ? "a" : "b") / (std::to_string(i) + ".jpg");
        writeJpeg(file, drawing, 100);
        if (i < kCopied) writeJpeg(file.parent_path() / (std::to_string(i) + "_copy.jpg"), threeQuarters(drawing), 100);
    }
    const DatasetCheckup checkup = checkDataset(folder());
    int found = 0, others = 0;
    for (const Names& group : namesOf(checkup, checkup.nearDuplicates))
        for (const std::string& file : group) {
            const std::string number = file.substr(2, file.find_first_of("_.") - 2), place = file.substr(0, 2) + number;
            const bool copied = group.count(place + ".jpg") == 1 && group.count(place + "_copy.jpg") == 1;
            if (copied && file.find("_copy") != std::string::npos) ++found;
            if (!copied) ++others;
        }
    std::printf("copies among shirts: %d of %d found, %d of %d others named\n", found, static_cast<int>(kCopied), others,
                static_cast<int>(kPictures));
    QVERIFY(found >= 0.95 * kCopied);
    QVERIFY(others < 0.01 * kPictures);  // the set has some pictures twice itself
}

void DatasetCheckupTest::picturesAsTheyLie() {
    const Drawing drawing = scene(7, 640, 480);
    writeJpeg(folder() / "large.jpg", drawing, 90);
    const SmallPicture small = smallPictureOfFile(folder() / "large.jpg", 32);
    QCOMPARE(small.width, 640);  // though it was decoded smaller
    QCOMPARE(small.height, 480);
    QCOMPARE(small.rgb.size(), std::size_t{32 * 32 * 3});
    const std::vector<std::uint8_t> whole = squeezed(drawing.rgb.data(), 640, 480, 32);
    for (std::size_t i = 0; i < whole.size(); ++i) QVERIFY(std::abs(whole[i] - small.rgb[i]) < 24);
    writeFile(folder() / "turned.png", encodePngKind(drawing.rgb, 640, 480, {2, 8, false, {}, {}, -1, exifOf(6)}));
    QCOMPARE(smallPictureOfFile(folder() / "turned.png", 32).width, 480);
    writeJpeg(folder() / "cut.jpg", drawing, 90);
    fs::resize_file(folder() / "cut.jpg", fs::file_size(folder() / "cut.jpg") / 2);
    QVERIFY(errorOf<DataError>([&] { smallPictureOfFile(folder() / "cut.jpg", 32); }).find("damaged") != std::string::npos);
}

void DatasetCheckupTest::aTable() {
    writePictureTable(folder(), {6, 3, 1}, 48);
    const DatasetCheckup checkup = checkDataset(folder());
    QVERIFY(checkup.task == TaskKind::SeveralLabels);
    QCOMPARE(checkup.classes.size(), std::size_t{6});
    QCOMPARE(checkup.pictures.front().file.substr(0, 7), std::string("images/"));
    QVERIFY(std::any_of(checkup.pictures.begin(), checkup.pictures.end(),
                        [](const CheckedPicture& picture) { return picture.labels.size() > 1; }));
}

void DatasetCheckupTest::aSetWithoutFiles() {
    writeFashionMnist(folder(), {5, 3, 1});
    const DatasetCheckup checkup = checkDataset(folder());
    QCOMPARE(checkup.id, std::string("fashion-mnist"));
    QCOMPARE(checkup.pictures.size(), std::size_t{80});
    QCOMPARE(checkup.pictures.front().file, std::string("train/0"));
    QCOMPARE(checkup.pictures.back().file, std::string("test/29"));
    QVERIFY(checkup.isGrey());
    QCOMPARE(checkup.width.least, 28.0);
}

void DatasetCheckupTest::nothingThere() {
    fs::create_directories(folder());
    QVERIFY(!errorOf<DataError>([&] { checkDataset(folder()); }).empty());
    QVERIFY(!errorOf<DataError>([&] { checkDataset(folder() / "missing"); }).empty());
}

void DatasetCheckupTest::cancelled() {
    writeImageFolder(folder(), {10, 4, 1}, 2, 48);
    std::int64_t last = 0, all = 0;
    checkDataset(folder(), [&](std::int64_t done, std::int64_t total) {
        const bool grows = done >= last && done <= total;
        last = done;
        all = total;
        return grows;
    });
    QCOMPARE(last, all);
    QVERIFY_THROWS_EXCEPTION(Cancelled, checkDataset(folder(), [](std::int64_t, std::int64_t) { return false; }));
}

QTEST_GUILESS_MAIN(DatasetCheckupTest)
#include "tst_dataset_checkup.moc"
