#include <QTest>

#include "core/api/division_preview.h"
#include "core/api/errors.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

/// Discs of three walks and rings of two, of which walk2 is in training and test.
void writeWalks(const fs::path& folder) {
    writeImageFolder(folder / "drawn", {6, 1, 1}, 2);
    std::vector<fs::path> drawn;
    for (const fs::directory_entry& file : fs::directory_iterator(folder / "drawn" / "train" / "disc")) drawn.push_back(file);
    const auto put = [&](const std::string& name) {
        const fs::path file = folder / "set" / name;
        fs::create_directories(file.parent_path());
        fs::copy_file(drawn.front(), file);
    };
    for (const char* name :
         {"train/disc/walk1_1.png", "train/disc/walk1_2.png", "train/disc/walk2_1.png", "train/ring/walk4_1.png",
          "train/ring/walk4_2.png", "test/disc/walk2_2.png", "test/disc/walk3_1.png", "test/ring/walk5_1.png"})
        put(name);
}

SplitConfig byName(SplitMode mode = SplitMode::Own) {
    SplitConfig split;
    split.mode = mode;
    split.test = 0.4;
    split.groups = "name:^([^_]+)_";
    return split;
}

}  // namespace

class TestDivisionPreview : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aGroupOnBothSides() {
        const TemporaryHome home;
        writeWalks(home / "walks");
        const auto pictures = openDivisiblePictures(home / "walks" / "set");
        QVERIFY(pictures->columns().empty());
        const DivisionPreview preview = pictures->preview(byName());
        QCOMPARE(preview.train.pictures, std::int64_t(5));
        QCOMPARE(preview.train.groups, std::int64_t(3));
        QCOMPARE(preview.test.pictures, std::int64_t(3));
        QCOMPARE(preview.test.groups, std::int64_t(3));
        QCOMPARE(preview.validation.pictures + preview.validation.groups, std::int64_t(0));
        QCOMPARE(preview.onBothSides.size(), std::size_t(1));
        const DividedGroup& divided = preview.onBothSides.front();
        QCOMPARE(divided.name, std::string("walk2"));
        QCOMPARE(divided.pictures.size(), std::size_t(2));
        QCOMPARE(divided.pictures[0].file, std::string("train/disc/walk2_1.png"));
        QVERIFY(divided.pictures[1].split == Split::Test);
        QCOMPARE(divided.pictures[1].label, 0);
    }

    void theExampleShowsItsPart() {
        const TemporaryHome home;
        writeWalks(home / "walks");
        const auto pictures = openDivisiblePictures(home / "walks" / "set");
        DivisionPreview preview = pictures->preview(byName());
        QCOMPARE(preview.example.substr(preview.exampleBegin, preview.exampleLength), preview.exampleGroup);
        QCOMPARE(preview.exampleGroup, std::string("walk1"));
        SplitConfig split;
        split.groups = "folder";
        preview = pictures->preview(split);
        QCOMPARE(preview.example.substr(preview.exampleBegin, preview.exampleLength), std::string("train/disc"));
        QVERIFY(preview.onBothSides.empty());
        preview = pictures->preview({});
        QVERIFY(preview.exampleGroup.empty() && !preview.example.empty());
        QCOMPARE(preview.train.groups, std::int64_t(0));
    }

    void dividedAnewGroupsStayWhole() {
        const TemporaryHome home;
        writeWalks(home / "walks");
        const auto pictures = openDivisiblePictures(home / "walks" / "set");
        const DivisionPreview preview = pictures->preview(byName(SplitMode::Anew));
        QVERIFY(preview.onBothSides.empty());
        QCOMPARE(preview.train.groups + preview.test.groups, std::int64_t(5));
        QCOMPARE(preview.train.pictures + preview.test.pictures, std::int64_t(8));
    }

    void columnsOfATable() {
        const TemporaryHome home;
        writePictureTable(home / "table", {12, 5, 1});
        const auto pictures = openDivisiblePictures(home / "table");
        QVERIFY(std::count(pictures->columns().begin(), pictures->columns().end(), "split") == 1);
        SplitConfig split;
        split.groups = "column:split";
        const DivisionPreview preview = pictures->preview(split);
        QCOMPARE(preview.train.groups, std::int64_t(1));
        QCOMPARE(preview.exampleLength, std::size_t(0));
        QVERIFY(!preview.exampleGroup.empty());
    }

    void whatCannotBeTold() {
        const TemporaryHome home;
        writeWalks(home / "walks");
        const auto pictures = openDivisiblePictures(home / "walks" / "set");
        SplitConfig split;
        split.groups = "name:^x";
        QVERIFY(errorOf<DataError>([&] { pictures->preview(split); }).find("finds nothing") != std::string::npos);
        split.groups = "column:patient";
        QVERIFY(errorOf<DataError>([&] { pictures->preview(split); }).find("no table") != std::string::npos);
        writeCifar10Folder(home / "cifar");
        QVERIFY(!errorOf<DataError>([&] { openDivisiblePictures(home / "cifar"); }).empty());
    }
};

QTEST_APPLESS_MAIN(TestDivisionPreview)
#include "tst_division_preview.moc"
