#include <QTest>

#include <fstream>

#include "core/data/dataset.h"
#include "core/data/label_table.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/resolve.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

void write(const fs::path& file, const std::string& text) { writeFile(file, Bytes(text.begin(), text.end())); }

LabelTable tableOf(const std::string& text) { return labelTableFrom(tableRows(text)); }

std::vector<std::vector<int>> labelsOf(const LabelTable& table) {
    std::vector<std::vector<int>> all;
    for (const LabelledName& row : table.rows) all.push_back(row.labels);
    return all;
}

using Names = std::vector<std::string>;
using Labels = std::vector<std::vector<int>>;

}  // namespace

class TestPictureTable : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void rowsAndCells() {
        QVERIFY(tableRows("a,b\n1,2\n") == (TableRows{{"a", "b"}, {"1", "2"}}));
        QVERIFY(tableRows("a;b\r\n\"x;\"\"y\"\"\nz\";2") == (TableRows{{"a", "b"}, {"x;\"y\"\nz", "2"}}));
        QVERIFY(tableRows("a\tb, c\n1\t\n\n") == (TableRows{{"a", "b, c"}, {"1", ""}}));
        QVERIFY(QString::fromStdString(errorOf<DataError>([] { tableRows("a,b\n\"1,2\n"); })).contains("never ends"));
    }

    void oneLabelEach() {
        const LabelTable table = tableOf("id,breed\nx1,golden retriever\nx2,pug\nx3,pug\n");
        QVERIFY(table.task == TaskKind::OneLabel);
        QCOMPARE(table.classNames, (Names{"golden retriever", "pug"}));
        QCOMPARE(labelsOf(table), (Labels{{0}, {1}, {1}}));
        QCOMPARE(table.rows[0].name, std::string("x1"));
    }

    void severalLabelsInACell() {
        for (const char* text : {"image,tags\na,sun sea\nb,sea\nc,\n", "image,label\na,sun|sea\nb,sea\nc,\n",
                                 "image,x\na,\"sea, sun\"\nb,sea\nc,\n", "image;labels\na;sea, sun\nb;sea\nc;\n"}) {
            const LabelTable table = tableOf(text);
            QVERIFY(table.task == TaskKind::SeveralLabels);
            QCOMPARE(table.classNames, (Names{"sea", "sun"}));
            QCOMPARE(labelsOf(table), (Labels{{0, 1}, {0}, {}}));
        }
    }

    void columnsOfFlags() {
        const LabelTable several = tableOf("file,cat,dog,split\na,1,1,train\nb,0,1,val\nc,0.0,0,test\n");
        QVERIFY(several.task == TaskKind::SeveralLabels);
        QCOMPARE(several.classNames, (Names{"cat", "dog"}));
        QCOMPARE(labelsOf(several), (Labels{{0, 1}, {1}, {}}));
        QCOMPARE(several.rows[1].split, std::string("val"));
        QVERIFY(tableOf("file,cat,dog\na,1,0\nb,0,1\n").task == TaskKind::OneLabel);
        // Numbers beside a column of labels are no labels.
        QVERIFY(tableOf("file,blurred,label\na,1,cat\nb,0,dog\n").classNames == (Names{"cat", "dog"}));
    }

    void whatIsMissingIsSaid() {
        const auto fault = [](const char* text) { return QString::fromStdString(errorOf<DataError>([text] { tableOf(text); })); };
        QVERIFY(fault("").contains("line of titles"));
        QVERIFY(fault("file,label\n").contains("line of titles"));
        QVERIFY(fault("file,width,height\na,20,30\nb,21,30\n").contains("no column"));
        QVERIFY(fault("file,label\na,cat\nb,cat\n").contains("1 label,"));
    }

    void aFolderOfPictures() {
        const TemporaryHome home;
        writePictureTable(home / "table", {6, 2, 1});
        const DatasetInfo info = resolveIn(home / "table");
        QCOMPARE(info.id, std::string("table"));
        QVERIFY(info.task == TaskKind::SeveralLabels);
        QCOMPARE(info.classNames, (Names{"disc", "frame", "hollow", "ring", "round", "square"}));
        QCOMPARE(info.trainCount, std::int64_t(24));
        QCOMPARE(info.testPerClass, (std::vector<std::int64_t>{2, 2, 4, 2, 4, 2}));
        const auto pictures = loadSplit(info, Split::Test, 0, 1);
        QCOMPARE(pictures->count(), std::int64_t(8));
        QCOMPARE(pictures->classCount(), 6);
        for (std::int64_t i = 0; i < pictures->count(); ++i) {
            QVERIFY(pictures->hasLabel(i, pictures->labels[static_cast<std::size_t>(i)]));
            QVERIFY(!(pictures->hasLabel(i, 0) && pictures->hasLabel(i, 1)));
        }
        QCOMPARE(loadSplit(info, Split::Train, 10, 1)->count(), std::int64_t(10));
        QCOMPARE(loadSplit(info, Split::Train, 10, 1)->identity.digest, loadSplit(info, Split::Train, 10, 1)->identity.digest);
    }

    void otherLabelsAreOtherData() {
        const TemporaryHome home;
        writePictureTable(home / "table", {6, 2, 1});
        const std::string before = loadSplit(resolveIn(home / "table"), Split::Test, 0, 1)->identity.digest;
        std::ofstream(home / "table" / "labels.csv", std::ios::app) << "0-b0,square,test\n";  // named twice: the first counts
        QCOMPARE(loadSplit(resolveIn(home / "table"), Split::Test, 0, 1)->identity.digest, before);
        write(home / "table" / "labels.csv", "file,labels\n0-b0,disc|square\n0-b1,round\n1-b0,disc\n1-b1,round\n2-b0,disc\n");
        QVERIFY(loadSplit(resolveIn(home / "table"), Split::Test, 0, 1)->identity.digest != before);
    }

    void kagglesLayout() {
        const TemporaryHome home;
        writeImageFolder(home / "drawn", {10, 0, 1}, 2, 20, false);
        std::string table = "id,label\n";
        int number = 0;
        for (const char* name : {"disc", "ring"})
            for (int i = 0; i < 10; ++i) {
                const std::string id = "p" + std::to_string(number++);
                fs::create_directories(home / "set" / "train");
                fs::copy(home / "drawn" / name / ("a" + std::to_string(i) + ".png"), home / "set" / "train" / (id + ".png"));
                table += id + ',' + name + '\n';
            }
        write(home / "set" / "train.csv", table + "gone,disc\n");
        fs::copy(home / "drawn" / "disc" / "a0.png", home / "set" / "extra.png");
        fs::create_directories(home / "set" / "test");
        fs::copy(home / "drawn" / "ring" / "a0.png", home / "set" / "test" / "q0.png");
        const DatasetInfo info = resolveIn(home / "set");
        QCOMPARE(info.id, std::string("table"));
        QVERIFY(info.task == TaskKind::OneLabel);
        QCOMPARE(info.trainCount + info.testCount, std::int64_t(20));
        QVERIFY(info.testCount > 0);
        QCOMPARE(info.leftOut.size(), std::size_t(1));
        QVERIFY(info.toPredict == (std::vector<fs::path>{home / "set" / "test"}));
        bool missing = false;
        for (const std::string& note : info.notes) missing = missing || note.find("\"gone\"") != std::string::npos;
        QVERIFY(missing);
        QVERIFY(loadSplit(info, Split::Train, 0, 1)->labelSets.empty());
    }

    void faultsNameTheTable() {
        const TemporaryHome home;
        writePictureTable(home / "table", {6, 2, 1});
        write(home / "table" / "labels.csv", "file,labels\nnobody,a|b\n");
        const QString missing = QString::fromStdString(errorOf<DataError>([&] { resolveIn(home / "table"); }));
        QVERIFY2(missing.contains("nobody") && missing.contains("labels.csv"), qPrintable(missing));
        write(home / "table" / "labels.csv", "file,width\n0-b0,7\n");
        QVERIFY(QString::fromStdString(errorOf<DataError>([&] { resolveIn(home / "table"); })).contains("labels.csv"));
    }
};

QTEST_MAIN(TestPictureTable)
#include "tst_picture_table.moc"
