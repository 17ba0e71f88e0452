// Which folders of a folder of pictures become classes and splits, and what is said of the rest.
#include <QTest>
#include <algorithm>

#include "core/data/dataset.h"
#include "core/data/folder_layout.h"
#include "core/data/folder_names.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/resolve.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

using Names = std::vector<std::string>;

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string joined(const Names& names) {
    std::string text;
    for (const std::string& name : names) text += name + '\n';
    return text;
}

Bytes jpegStart() { return {0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1}; }

}  // namespace

class FolderLayoutTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_home = std::make_unique<TemporaryHome>(); }
    void cleanup() { m_home.reset(); }

    void namesOfSplits();
    void namesOfClasses();
    void splitsInEverySpelling();
    void splitsWithAName();
    void trainAlone();
    void threeSplits();
    void flatTestBesideValid();
    void flatTrainIsRefused();
    void flatSplitsBesideClasses();
    void wordsThatAreClassesToo();
    void whatProgramsLeaveBehind();
    void marksInPictures();
    void wrappers();
    void oneLevelTooLow();
    void oneLevelTooHigh();
    void splitsInsideClasses();
    void classesOfTheSplits();
    void classesThatDifferInCase();
    void foldersInsideClasses();
    void picturesByContent();
    void everythingLeftOutIsListed();
    void theFifthOfEarlierVersions();
    void linksToFolders();
    void nothingThere();

private:
    fs::path root() const { return *m_home / "data"; }
    /// `count` pictures in each of these folders.
    void write(const Names& folders, int count = 5) const {
        for (const std::string& folder : folders)
            for (int i = 0; i < count; ++i) writeFile(root() / folder / (std::to_string(i) + ".jpg"), jpegStart());
    }
    void fresh(const Names& folders, int count = 5) const {
        fs::remove_all(root());
        write(folders, count);
    }
    FolderLayout read(const std::string& below = {}) const { return readFolderLayout(root() / below); }
    std::string notes(const std::string& below = {}) const { return joined(read(below).notes); }
    std::string refusal(const std::string& below = {}) const {
        return errorOf<DataError>([&] {
            DataConfig config;
            config.directory = root() / below;
            resolveDataset(config);
        });
    }
    std::unique_ptr<TemporaryHome> m_home;
};

void FolderLayoutTest::namesOfSplits() {
    for (const char* name :
         {"train", "Train", "TRAIN", "training", "Training Set", "train_set", "training_set", "trainset", "TrainingData",
          "train-images", "seg_train", "train2017", "train1", "images_train", "trn", "trainval", "01_train"})
        QVERIFY2(folderRole(name) == FolderRole::Train, name);
    for (const char* name : {"val", "VAL", "valid", "Validation", "validate", "validation_set", "valset", "dev", "Dev Set",
                             "eval", "val2017", "valid_images", "evaluation", "holdout", "hold_out"})
        QVERIFY2(folderRole(name) == FolderRole::Validation, name);
    for (const char* name :
         {"test", "Test", "testing", "test1", "test_set", "TestSet", "seg_test", "test-data", "testimages", "tst"})
        QVERIFY2(folderRole(name) == FolderRole::Test, name);
    for (const char* name :
         {"unlabelled", "Unlabeled", "un-labelled", "unlabeled_images", "pred", "seg_pred", "submission", "predictions"})
        QVERIFY2(folderRole(name) == FolderRole::Unlabelled, name);
    for (const char* name : {"images", "Images", "JPEGImages", "labels", "Annotations", "data", "dataset", "masks", "image_data",
                             "Image Set", "train_test_split", "ground_truth"})
        QVERIFY2(folderRole(name) == FolderRole::Holder, name);
    for (const char* name :
         {"__MACOSX", ".ipynb_checkpoints", "@eaDir", "$RECYCLE.BIN", ".git", "lost+found", "System Volume Information"})
        QVERIFY2(folderRole(name) == FolderRole::Junk, name);
}

void FolderLayoutTest::namesOfClasses() {
    for (const char* name :
         {"cat",    "Restrained", "trains",  "trainer",   "valley",    "evil",    "contest", "developer",        "latest",
          "device", "tester",     "invalid", "cat_train", "test tube", "imagery", "photos",  "drawings",         "0",
          "10",     "новый",      "détesté", "raw",       "new",       "unknown", "other",   "test_tube_images", "bus training"})
        QVERIFY2(folderRole(name) == FolderRole::Plain, name);
}

void FolderLayoutTest::splitsInEverySpelling() {
    const std::vector<std::pair<std::string, std::string>> spellings = {{"train", "test"},         {"Training", "Test"},
                                                                        {"Train", "Val"},          {"training", "validation"},
                                                                        {"train", "eval"},         {"train", "dev"},
                                                                        {"train", "validate"},     {"TRAIN", "VALID"},
                                                                        {"train_set", "test_set"}, {"Training Set", "Test Set"},
                                                                        {"seg_train", "seg_test"}, {"train2017", "val2017"}};
    for (const auto& [train, test] : spellings) {
        fresh({train + "/cat", train + "/dog"}, 6);
        write({test + "/cat", test + "/dog"}, 3);
        const FolderLayout layout = read();
        QVERIFY2(layout.classNames == (Names{"cat", "dog"}), train.c_str());
        QCOMPARE(layout.train.size(), std::size_t{12});
        QCOMPARE(layout.test.size(), std::size_t{6});
        QVERIFY(layout.validation.empty());
        QVERIFY(layout.leftOut.empty());
        QCOMPARE(joined(layout.notes),
                 '"' + train + "\" (12 pictures) is trained on, \"" + test + "\" (6 pictures) validates after each epoch.\n");
    }
    // As archives unpack them.
    for (const char* inner : {"training_set", "images"}) {
        fresh({std::string("training_set/") + inner + "/cat", std::string("training_set/") + inner + "/dog"}, 6);
        write({"test_set/test_set/cat", "test_set/test_set/dog"}, 3);
        QVERIFY(read().classNames == (Names{"cat", "dog"}));
        QCOMPARE(read().test.size(), std::size_t{6});
    }
}

void FolderLayoutTest::splitsWithAName() {
    fresh({"asl_train/asl_train/A", "asl_train/asl_train/B"}, 6);
    write({"asl_test/asl_test/A", "asl_test/asl_test/B"}, 3);
    QVERIFY(read().classNames == (Names{"A", "B"}));
    QCOMPARE(read().test.size(), std::size_t{6});
    fresh({"asl_train/A", "asl_train/B", "asl_test"});
    QVERIFY(read().toPredict == (std::vector<fs::path>{root() / "asl_test"}));
    // Without the other one it is a name like any.
    QVERIFY(folderRole("crash_test", {"crash_test", "dummy"}) == FolderRole::Plain);
    QVERIFY(folderRole("steam train", {"steam train", "diesel train", "test tube"}) == FolderRole::Plain);
    fresh({"cat_train", "cat_test", "dog_train", "dog_test"});
    QVERIFY2(has(refusal(), "but no class folders"), refusal().c_str());
    fresh({"train", "test/cat", "test/dog"});
    QVERIFY2(has(refusal(), "The training folder"), refusal().c_str());
}

void FolderLayoutTest::trainAlone() {
    fresh({"train/cat", "train/dog"}, 10);
    const FolderLayout layout = read();
    QCOMPARE(layout.train.size(), std::size_t{16});
    QCOMPARE(layout.test.size(), std::size_t{4});
    QVERIFY2(has(notes(), "A fifth of each class, chosen by file name, is kept for testing: 4 of 20 pictures."), notes().c_str());
    QVERIFY2(has(notes(), "Only \"train\" has class folders: it is used alone."), notes().c_str());
    QVERIFY(read("train").test.size() == 4 && read("train").test[0].file == layout.test[0].file);
}

void FolderLayoutTest::threeSplits() {
    fresh({"train/cat", "train/dog"}, 6);
    write({"valid/cat", "valid/dog"}, 3);
    write({"test/cat", "test/dog"}, 2);
    const FolderLayout layout = read();
    QCOMPARE(layout.train.size(), std::size_t{12});
    QCOMPARE(layout.validation.size(), std::size_t{6});
    QCOMPARE(layout.test.size(), std::size_t{4});
    QVERIFY2(has(joined(layout.notes), "\"valid\" (6 pictures) validates") &&
                 has(joined(layout.notes), "\"test\" (4 pictures) is kept for the end") && has(joined(layout.notes), "--reveal"),
             joined(layout.notes).c_str());
    // Two that validate: the shorter name, and the other one is named.
    write({"validation_images/cat", "validation_images/dog"}, 1);
    QCOMPARE(read().validation.size(), std::size_t{6});
    QVERIFY2(has(notes(), "\"validation_images\" (2 pictures) is left out"), notes().c_str());
}

void FolderLayoutTest::flatTestBesideValid() {
    for (const char* flat : {"test", "test1", "unlabelled", "test/images", "test/unlabelled"}) {
        fresh({"train/cat", "train/dog", "valid/cat", "valid/dog", flat});
        const FolderLayout layout = read();
        QVERIFY(layout.classNames == (Names{"cat", "dog"}));
        QCOMPARE(layout.test.size(), std::size_t{10});
        QVERIFY(has(layout.test[0].file, "/valid/"));
        const std::string top = std::string(flat).substr(0, std::string(flat).find('/'));
        QVERIFY2(has(joined(layout.notes), '"' + top + "\" has no labels: its pictures are for the trained network to name"),
                 joined(layout.notes).c_str());
        QVERIFY(layout.leftOut.empty());
        QCOMPARE(layout.toPredict.size(), std::size_t{1});
        QCOMPARE(layout.toPredict[0], root() / top);
    }
}

void FolderLayoutTest::flatTrainIsRefused() {
    for (const Names& folders : {Names{"train", "test1"}, Names{"train", "test"}, Names{"train"},
                                 Names{"Training Set", "Test Set"}, Names{"train", "test", "unlabelled", "cat"}}) {
        fresh(folders);
        const std::string message = refusal();
        QVERIFY2(has(message, "The training folder " + (root() / folders[0]).string() + " has 5 pictures, but no class folders."),
                 message.c_str());
        QVERIFY2(has(message, "for example " + folders[0] + "/cat and " + folders[0] + "/dog"), message.c_str());
    }
    fs::remove_all(root());
    for (const char* name : {"fox.0.jpg", "fox.1.jpg", "owl.0.jpg", "owl.1.jpg"}) writeFile(root() / "train" / name, jpegStart());
    const std::string asked = errorOf<DataError>([&] { resolveIn(root(), "folder"); });
    QVERIFY2(has(asked, "as their names tell: train/fox and train/owl"), asked.c_str());
    QCOMPARE(resolveIn(root()).id, std::string("named"));
}

void FolderLayoutTest::flatSplitsBesideClasses() {
    for (const char* flat :
         {"test", "Test", "test1", "unlabelled", "valid", "validate", "dev", "images", "labels", "predictions", "training"}) {
        fresh({"cat", "dog", flat});
        const FolderLayout layout = read();
        QVERIFY2(layout.classNames == (Names{"cat", "dog"}), flat);
        const FolderRole role = folderRole(flat);
        if (role == FolderRole::Test || role == FolderRole::Unlabelled) {
            QVERIFY2(layout.toPredict == (std::vector<fs::path>{root() / flat}), flat);
            continue;
        }
        QVERIFY2(has(joined(layout.notes), std::string("The folder \"") + flat + "\" (5 pictures) is left out"),
                 joined(layout.notes).c_str());
        QCOMPARE(layout.leftOut.at(0).file, root() / flat);
    }
    // With class folders in it, but nothing to train on beside it: not mixed into the classes.
    fresh({"cat", "dog", "test/cat", "test/dog"}, 10);
    QVERIFY(read().classNames == (Names{"cat", "dog"}));
    QCOMPARE(read().train.size(), std::size_t{16});
    QVERIFY2(has(notes(), "\"test\" (20 pictures) is left out: there is no training folder beside it"), notes().c_str());
    // Only one of two is a class.
    fresh({"cat", "test"});
    QVERIFY2(has(refusal(), "has pictures of one class only: \"cat\". \"test\" (5 pictures) is no class by its name."),
             refusal().c_str());
    // The same inside a split.
    fresh({"train/cat", "train/dog", "train/unlabelled", "test/cat", "test/dog", "test/images"});
    QVERIFY(read().classNames == (Names{"cat", "dog"}));
    QVERIFY(read().toPredict == (std::vector<fs::path>{root() / "train" / "unlabelled"}));
}

void FolderLayoutTest::wordsThatAreClassesToo() {
    fresh({"bus", "car", "train"});
    QVERIFY(read().classNames == (Names{"bus", "car", "train"}));
    QVERIFY2(has(notes(), "\"train\" is taken for a class"), notes().c_str());
    fresh({"train/bus", "train/car", "train/train", "test/bus", "test/car", "test/train"});
    QVERIFY(read().classNames == (Names{"bus", "car", "train"}));
    QCOMPARE(read().test.size(), std::size_t{15});
    fresh({"cat", "dog", "train", "test"});  // here it is a split
    QVERIFY(read().classNames == (Names{"cat", "dog"}));
    for (const auto& [yes, no] : {std::pair("valid", "invalid"), std::pair("mask", "no_mask"), std::pair("data", "no data")}) {
        fresh({yes, no});
        QCOMPARE(read().classNames.size(), std::size_t{2});
    }
}

void FolderLayoutTest::whatProgramsLeaveBehind() {
    fresh({"cat", "dog", "__MACOSX", ".ipynb_checkpoints", "@eaDir", "__MACOSX/cat"});
    writeFile(root() / "cat" / "@eaDir" / "0.jpg", jpegStart());
    writeFile(root() / "cat" / ".ipynb_checkpoints" / "0-checkpoint.jpg", jpegStart());
    writeFile(root() / "cat" / "._0.jpg", Bytes(10));
    const FolderLayout layout = read();
    QVERIFY(layout.classNames == (Names{"cat", "dog"}));
    QCOMPARE(layout.train.size() + layout.test.size(), std::size_t{10});
    for (const char* name : {"__MACOSX", ".ipynb_checkpoints", "@eaDir"}) {
        QVERIFY(has(joined(layout.notes), name));
        QVERIFY(std::any_of(layout.leftOut.begin(), layout.leftOut.end(),
                            [&](const LeftOutFile& left) { return left.file == root() / name; }));
    }
    fresh({"__MACOSX", "pets/cat", "pets/dog"});
    QVERIFY(read().classNames == (Names{"cat", "dog"}));
}

void FolderLayoutTest::marksInPictures() {
    fresh({"images"});
    writeFile(root() / "labels" / "0.txt", Bytes(10, '1'));
    QVERIFY2(has(refusal(), "\"images\", \"labels\" are no classes"), refusal().c_str());
    fresh({"images", "masks"});
    QVERIFY2(has(refusal(), "\"images\", \"masks\" are no classes"), refusal().c_str());
    fresh({"images/train", "images/val", "labels/train"});
    QVERIFY2(has(refusal(), "are no classes"), refusal().c_str());
    fresh({"well/images", "well/masks", "sick/images", "sick/masks"}, 10);
    QCOMPARE(read().train.size() + read().test.size(), std::size_t{20});
    QVERIFY2(has(notes(), "\"sick/masks\", \"well/masks\""), notes().c_str());
    fresh({"train/images", "train/masks", "test/images", "test/masks"});
    QVERIFY2(has(refusal(), "no class folders"), refusal().c_str());
}

void FolderLayoutTest::wrappers() {
    for (const char* wrapper : {"pets", "archive/pets", "data/raw/pets", "images"}) {
        const std::string in = std::string(wrapper) + '/';
        fresh({in + "cat", in + "dog"});
        QVERIFY2(read().classNames == (Names{"cat", "dog"}), wrapper);
        QVERIFY2(has(notes(), "was entered"), notes().c_str());
        fresh({in + "train/cat", in + "train/dog", in + "test/cat", in + "test/dog"});
        QCOMPARE(read().test.size(), std::size_t{10});
    }
    // Unpacked into itself.
    fresh({"cells/sick", "cells/well", "sick", "well"});
    QVERIFY(read().classNames == (Names{"sick", "well"}));
    QVERIFY2(has(notes(), "\"cells\" (10 pictures) is left out: it holds the same classes again"), notes().c_str());
}

void FolderLayoutTest::oneLevelTooLow() {
    fresh({"cat", "dog"});
    QVERIFY2(has(refusal("cat"), "Choose the folder above: " + root().string() + '.'), refusal("cat").c_str());
    fresh({"train/cat", "train/dog", "test/cat", "test/dog"});
    for (const char* below : {"train/cat", "test/dog"})
        QVERIFY2(has(refusal(below), "Choose the folder above: " + root().string() + '.'), refusal(below).c_str());
    QVERIFY2(has(notes("train"), "choose that one to use them all"), notes("train").c_str());
    // Above there is nothing better.
    fresh({"cat"});
    QVERIFY2(!has(refusal("cat"), "above") && has(refusal("cat"), "folder of its own"), refusal("cat").c_str());
}

void FolderLayoutTest::oneLevelTooHigh() {
    fresh({"pets/train/cat", "pets/train/dog", "pets/test/cat", "pets/test/dog", "cars/train/bus", "cars/train/van",
           "cars/test/bus"});
    QVERIFY2(has(refusal(), "holds whole data sets: \"cars\", \"pets\""), refusal().c_str());
    fresh({"pets/cat", "pets/dog", "cars/bus", "cars/van"});
    QVERIFY2(has(notes(), "only folders: \"bus\", \"van\" in \"cars\". If these are the classes, choose the folder " +
                              (root() / "cars").string()),
             notes().c_str());
    fresh({"pets/cat", "pets/dog", "test/cat", "test/dog"});
    QVERIFY2(has(refusal(), "Choose the folder below") || has(refusal(), "no training folder"), refusal().c_str());
    fresh({"valid/cat", "valid/dog", "test/cat", "test/dog"});
    QVERIFY2(has(refusal(), "has no training folder, only \"test\", \"valid\""), refusal().c_str());
    fresh({"train/cat", "train/dog", "train_small/cat", "train_small/dog"});
    QVERIFY2(has(refusal(), "several training folders: \"train\", \"train_small\""), refusal().c_str());
}

void FolderLayoutTest::splitsInsideClasses() {
    fresh({"cat/train", "cat/test", "dog/train", "dog/test"});
    QVERIFY2(has(refusal(), "are divided into splits: \"cat\", \"dog\"") && has(refusal(), "train/cat and test/cat"),
             refusal().c_str());
}

void FolderLayoutTest::classesOfTheSplits() {
    fresh({"train/cat", "train/dog", "train/owl", "train/pig", "test/cat", "test/eel", "test/fox"});
    const std::string message = refusal();
    QVERIFY2(
        has(message,
            "has the classes \"eel\", \"fox\", which have no training pictures. It has no pictures of \"dog\", \"owl\", \"pig\""),
        message.c_str());
    fresh({"train/cat", "train/dog", "train/owl", "test/cat"});
    QCOMPARE(read().test.size(), std::size_t{5});
    QVERIFY2(has(notes(), "\"test\" has no pictures of \"dog\", \"owl\"."), notes().c_str());
    fresh({"train/cat", "test/cat"});
    QVERIFY2(has(refusal(), "one class only: \"cat\""), refusal().c_str());
}

void FolderLayoutTest::classesThatDifferInCase() {
    fresh({"train/Cat", "train/dog", "test/cat", "test/DOG"});
    const FolderLayout layout = read();
    QVERIFY(layout.classNames == (Names{"Cat", "dog"}));
    QCOMPARE(layout.test.size(), std::size_t{10});
    for (const FolderPicture& picture : layout.test) QCOMPARE(picture.label, has(picture.file, "cat") ? 0 : 1);
    QVERIFY(
        std::is_sorted(layout.test.begin(), layout.test.end(), [](const auto& a, const auto& b) { return a.label < b.label; }));
    QVERIFY2(
        has(joined(layout.notes), "In \"test\", \"DOG\", \"cat\" are taken for \"dog\", \"Cat\": the names differ only in case."),
        joined(layout.notes).c_str());
    fresh({"cat", "Cat", "dog"});
    QCOMPARE(read().classNames.size(), std::size_t{3});
    QVERIFY2(has(notes(), "The classes \"Cat\", \"cat\" differ only in case"), notes().c_str());
}

void FolderLayoutTest::foldersInsideClasses() {
    fresh({"cat/indoor", "cat/outdoor/night", "dog"}, 10);
    write({"cat"}, 3);
    const FolderLayout layout = read();
    QVERIFY(layout.classNames == (Names{"cat", "dog"}));
    QCOMPARE(layout.train.size() + layout.test.size(), std::size_t{33});
    QVERIFY2(has(joined(layout.notes), "2 folders inside the classes with 20 pictures were entered: cat/indoor, cat/outdoor."),
             joined(layout.notes).c_str());
}

void FolderLayoutTest::picturesByContent() {
    fresh({"cat", "dog"}, 0);
    const Names names = {"a.HEIC", "b.jfif", "c", "d.dat", "e.tif", "f.JPG", "g.jpeg", "h.txt"};
    for (const char* folder : {"cat", "dog"})
        for (const std::string& name : names) writeFile(root() / folder / name, jpegStart());
    QCOMPARE(read().train.size() + read().test.size(), 2 * names.size());
    Bytes foreign = {0xFF, 0x0A};
    foreign.resize(64);
    writeFile(root() / "cat" / "real.jxl", foreign);
    const FolderLayout layout = read();
    QCOMPARE(layout.train.size() + layout.test.size(), 2 * names.size());
    QCOMPARE(layout.leftOut.size(), std::size_t{1});
    QVERIFY2(has(layout.leftOut[0].reason, "JPEG XL"), layout.leftOut[0].reason.c_str());
    // The only class whose pictures have strange names: it is one all the same.
    fresh({"cat"});
    writeFile(root() / "dog" / "1", jpegStart());
    writeFile(root() / "dog" / "2", jpegStart());
    QVERIFY(read().classNames == (Names{"cat", "dog"}));
}

void FolderLayoutTest::everythingLeftOutIsListed() {
    fresh({"cat", "dog"});
    writeFile(root() / "cat" / "notes.txt", Bytes(10, 'x'));
    writeFile(root() / "cat" / "inner" / "list.csv", Bytes(10, 'x'));
    writeFile(root() / "dog" / ".hidden.jpg", jpegStart());
    writeFile(root() / "loose.jpg", jpegStart());
    writeFile(root() / "readme.md", Bytes(10, 'x'));
    writeFile(root() / "docs" / "readme.md", Bytes(10, 'x'));
    fs::create_directories(root() / "empty");
    const FolderLayout layout = read();
    std::vector<fs::path> files;
    for (const LeftOutFile& left : layout.leftOut) {
        files.push_back(left.file.lexically_relative(root()));
        QVERIFY(!left.reason.empty());
    }
    std::sort(files.begin(), files.end());
    QVERIFY(files == (std::vector<fs::path>{"cat/inner/list.csv", "cat/notes.txt", "docs", "dog/.hidden.jpg", "empty",
                                            "loose.jpg", "readme.md"}));
    const std::string text = joined(layout.notes);
    QVERIFY2(has(text, "Folders without pictures are left out: \"docs\", \"empty\"."), text.c_str());
    QVERIFY2(has(text, "Left out: 1 picture outside the class folders, 2 files that are not pictures, 1 hidden file."),
             text.c_str());
}

// A run made by an earlier version has the same pictures on both sides.
void FolderLayoutTest::theFifthOfEarlierVersions() {
    fresh({"cat", "dog"}, 15);
    Names test;
    for (const FolderPicture& picture : read().test) test.push_back(fs::path(picture.file).lexically_relative(root()).string());
    QCOMPARE(joined(test), std::string("cat/10.jpg\ncat/13.jpg\ncat/4.jpg\ndog/2.jpg\ndog/6.jpg\ndog/8.jpg\n"));
}

void FolderLayoutTest::linksToFolders() {
    fresh({"cat"});
    fs::create_directories(*m_home / "elsewhere");
    for (int i = 0; i < 4; ++i) writeFile(*m_home / "elsewhere" / (std::to_string(i) + ".jpg"), jpegStart());
    fs::create_directory_symlink(*m_home / "elsewhere", root() / "dog");
    fs::create_directory_symlink(root(), root() / "cat" / "loop");
    const FolderLayout layout = read();
    QVERIFY(layout.classNames == (Names{"cat", "dog"}));
    QCOMPARE(layout.train.size() + layout.test.size(), std::size_t{9});
    QCOMPARE(layout.leftOut.size(), std::size_t{1});
}

void FolderLayoutTest::nothingThere() {
    fs::create_directories(root() / "a" / "b");
    QVERIFY2(has(refusal(), "holds no data set that Thaw knows") && has(refusal(), "at least two folders of pictures"),
             refusal().c_str());
    writeFile(root() / "1.jpg", jpegStart());
    QVERIFY2(has(refusal(), "has 1 picture") && has(refusal(), "no class folders"), refusal().c_str());
}

QTEST_GUILESS_MAIN(FolderLayoutTest)
#include "tst_folder_layout.moc"
