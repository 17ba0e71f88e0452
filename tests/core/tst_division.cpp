#include <QTest>

#include <fstream>
#include <set>

#include "core/data/dataset.h"
#include "core/data/division.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/resolve.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

/// Two classes, in which each patient has three pictures: class/p07_2.png.
DatasetLabels patients(int each = 30) {
    DatasetLabels labels;
    labels.classNames = {"ill", "well"};
    labels.columns = {"patient"};
    labels.notes = {"first", "as it was"};
    labels.splitNote = "as it was";
    for (int i = 0; i < 2 * each; ++i) {
        const bool well = i >= each;
        SplitLabels& part = i % 5 == 0 ? labels.test : labels.train;
        const std::string patient = "p" + std::to_string(i / 3);
        part.add(well ? 1 : 0);
        part.files.push_back(std::string("/set/") + (well ? "well/" : "ill/") + patient + '_' + std::to_string(i % 3) + ".png");
        part.cells.push_back({patient});
    }
    return labels;
}

SplitConfig anew(double test, double validation = 0, const std::string& groups = {}) {
    SplitConfig split;
    split.mode = SplitMode::Anew;
    split.test = test;
    split.validation = validation;
    split.groups = groups;
    return split;
}

std::set<std::string> filesOf(const SplitLabels& part) { return {part.files.begin(), part.files.end()}; }

std::set<std::string> patientsOf(const SplitLabels& part) {
    std::set<std::string> names;
    for (const auto& cells : part.cells) names.insert(cells.front());
    return names;
}

int countOf(const SplitLabels& part, int label) {
    return static_cast<int>(std::count(part.first.begin(), part.first.end(), label));
}

}  // namespace

class TestDivision : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void ownSplitsStay() {
        DatasetLabels labels = patients();
        divide(labels, {}, "/set");
        QVERIFY(filesOf(labels.test) == filesOf(patients().test));
        QVERIFY(splitKey({}).empty());
    }

    void sharesOfEachClass() {
        DatasetLabels labels = patients();
        divide(labels, anew(0.3, 0.2), "/set");
        QCOMPARE(labels.test.count(), std::size_t(18));
        QCOMPARE(labels.validation.count(), std::size_t(12));
        for (const int label : {0, 1}) {
            QCOMPARE(countOf(labels.test, label), 9);
            QCOMPARE(countOf(labels.validation, label), 6);
            QCOMPARE(countOf(labels.train, label), 15);
        }
        std::set<std::string> all = filesOf(labels.train);
        all.merge(filesOf(labels.test));
        all.merge(filesOf(labels.validation));
        QCOMPARE(all.size(), std::size_t(60));
        QVERIFY(labels.notes == (std::vector<std::string>{"first", labels.splitNote}));
        QVERIFY(labels.splitNote.find("30 pictures train, 12 validate, 18 test") != std::string::npos);
    }

    void theSeedDecides() {
        DatasetLabels a = patients(), b = patients(), c = patients();
        SplitConfig split = anew(0.3);
        divide(a, split, "/set");
        divide(b, split, "/set");
        split.seed = 2;
        divide(c, split, "/set");
        QVERIFY(a.test.files == b.test.files);
        QVERIFY(filesOf(a.test) != filesOf(c.test));
    }

    void groupsStayWhole() {
        for (const char* groups : {"column:patient", "name:^(p[0-9]+)_"}) {
            DatasetLabels labels = patients();
            divide(labels, anew(0.3, 0.2, groups), "/set");
            std::set<std::string> seen;
            for (const SplitLabels* part : {&labels.train, &labels.test, &labels.validation})
                for (const std::string& patient : patientsOf(*part)) QVERIFY(seen.insert(patient).second);
            QCOMPARE(labels.test.count(), std::size_t(18));
            QCOMPARE(countOf(labels.test, 0), 9);
            QVERIFY(labels.splitNote.find("20 groups") != std::string::npos);
        }
    }

    void foldsPartition() {
        std::multiset<std::string> tested;
        for (int fold = 1; fold <= 4; ++fold) {
            DatasetLabels labels = patients();
            SplitConfig split;
            split.mode = SplitMode::Folds;
            split.folds = 4;
            split.fold = fold;
            split.groups = "column:patient";
            divide(labels, split, "/set");
            QCOMPARE(labels.train.count() + labels.test.count(), std::size_t(60));
            QVERIFY(labels.validation.count() == 0);
            for (const std::string& file : labels.test.files) tested.insert(file);
            QVERIFY(labels.test.count() >= 12 && labels.test.count() <= 18);
        }
        QCOMPARE(tested.size(), std::size_t(60));
        QCOMPARE(std::set<std::string>(tested.begin(), tested.end()).size(), std::size_t(60));
    }

    void severalLabels() {
        DatasetLabels labels;
        labels.task = TaskKind::SeveralLabels;
        labels.classNames = {"a", "b"};
        for (int i = 0; i < 40; ++i) {
            labels.train.add(i % 4 == 0 ? std::vector<int>{} : i % 4 == 1 ? std::vector<int>{0, 1} : std::vector<int>{i % 2});
            labels.train.files.push_back("/set/" + std::to_string(100 + i));
        }
        divide(labels, anew(0.5), "/set");
        const auto with = [&](int label) {
            return std::count_if(labels.test.sets.begin(), labels.test.sets.end(),
                                 [&](const auto& set) { return std::count(set.begin(), set.end(), label) > 0; });
        };
        QVERIFY(std::abs(static_cast<int>(labels.test.count()) - 20) <= 1);
        QVERIFY(std::abs(with(0) - 10) <= 1 && std::abs(with(1) - 10) <= 1);
    }

    void whatCannotBeDivided() {
        const auto failing = [](const SplitConfig& split, DatasetLabels labels = patients()) {
            return errorOf<DataError>([&] { divide(labels, split, "/set"); });
        };
        QVERIFY(failing(anew(0.3, 0, "column:doctor")).find("no table with a column \"doctor\"") != std::string::npos);
        QVERIFY(failing(anew(0.3, 0, "name:(")).find("no expression") != std::string::npos);
        QVERIFY(failing(anew(0.3, 0, "name:^x")).find("finds nothing in the name ill/p0_0.png") != std::string::npos);
        QVERIFY(failing(anew(0.3, 0, "patients")).find("does not say what must not be divided") != std::string::npos);
        QVERIFY(failing(anew(0.6, 0.5)).find("nothing to train on") != std::string::npos);
        QVERIFY(failing(anew(0.3, 0, "name:p")).find("a split would be empty") != std::string::npos);
        SplitConfig fold;
        fold.mode = SplitMode::Folds;
        fold.folds = 3;
        fold.fold = 4;
        QVERIFY(failing(fold).find("no fold 4 of 3") != std::string::npos);
        DatasetLabels arrays = patients();
        for (SplitLabels* part : {&arrays.train, &arrays.test}) part->files.clear();
        QVERIFY(failing(anew(0.3), arrays).find("says itself") != std::string::npos);
    }

    void ofAFolderAndATable() {
        const TemporaryHome home;
        writeImageFolder(home / "shapes", {6, 4, 1}, 3);
        DataConfig config;
        config.directory = home / "shapes";
        config.split = anew(0.5, 0.2);
        const DatasetInfo info = resolveDataset(config);
        QCOMPARE(info.testCount, std::int64_t(15));
        QCOMPARE(info.validationCount, std::int64_t(6));
        QCOMPARE(loadSplit(info, Split::Train, 0, 1)->count(), std::int64_t(9));
        QCOMPARE(loadSplit(info, Split::Test, 0, 1)->count(), std::int64_t(15));
        QVERIFY(datasetIn(home / "shapes", "folder", config.split).testPerClass == info.testPerClass);
        QCOMPARE(resolveIn(home / "shapes").testCount, std::int64_t(12));

        writePictureTable(home / "table", {12, 5, 1});
        config.directory = home / "table";
        config.split.groups = "column:split";
        config.split.validation = 0;
        const DatasetInfo table = resolveDataset(config);
        QVERIFY(table.trainCount > 0 && table.testCount > 0);
        config.dataset = "cifar10";
        writeCifar10Folder(home / "cifar");
        config.directory = home / "cifar";
        QVERIFY(!errorOf<DataError>([&] { resolveDataset(config); }).empty());
    }
};

QTEST_APPLESS_MAIN(TestDivision)
#include "tst_division.moc"
