#include <QTest>

#include <cmath>
#include <map>
#include <random>

#include "core/api/analysis.h"
#include "core/api/errors.h"
#include "core/api/evaluation.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

const std::vector<std::string> kClasses = {"ant", "fire engine", "Zebra", "bee", "Bee"};

void picture(const fs::path& file) {
    std::mt19937 random(1);
    writeFile(file, encodePng(drawPicture(1, 24, random), 24, 24));
}

}  // namespace

class TestLabelledPictures : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void namesOfClasses() {
        QCOMPARE(classNamed(kClasses, "ant"), 0);
        QCOMPARE(classNamed(kClasses, "ANT"), 0);
        QCOMPARE(classNamed(kClasses, "Fire_Engine"), 1);
        QCOMPARE(classNamed(kClasses, "fire-engine "), 1);
        QCOMPARE(classNamed(kClasses, "zebra"), 2);
        QCOMPARE(classNamed(kClasses, "bee"), 3);
        QCOMPARE(classNamed(kClasses, "Bee"), 4);
        QCOMPARE(classNamed(kClasses, "BEE"), -1);  // either of two
        QCOMPARE(classNamed(kClasses, "ants"), -1);
        QCOMPARE(classNamed(kClasses, ""), -1);
        QCOMPARE(classNamed({}, "ant"), -1);
    }

    void picturesInFoldersOfClasses() {
        const TemporaryHome home;
        const fs::path folder = home / "mine";
        for (const char* file :
             {"ant/b.png", "ant/deep/a.png", "Fire_Engine/1.png", "dragon/1.png", ".hidden/x.png", "ant/.thumb.png"})
            picture(folder / file);
        writeFile(folder / "ant" / "notes.txt", {'x'});
        fs::create_directories(folder / "zebra");
        const LabelledPictures found = labelledPictures(folder, kClasses);
        QCOMPARE(found.files.size(), std::size_t(3));
        std::map<std::string, int> labels;
        for (std::size_t i = 0; i < found.files.size(); ++i)
            labels[found.files[i].lexically_relative(folder).string()] = found.labels[i];
        QCOMPARE(labels["ant/b.png"], 0);
        QCOMPARE(labels["ant/deep/a.png"], 0);
        QCOMPARE(labels["Fire_Engine/1.png"], 1);
        QCOMPARE(found.unknownFolders, std::vector<std::string>{"dragon"});
        QCOMPARE(found.missingClasses, (std::vector<std::string>{"Zebra", "bee", "Bee"}));
        QCOMPARE(found.otherFiles, std::int64_t(1));
        const std::string said = found.mismatch();
        QVERIFY2(said.find("dragon") != std::string::npos && said.find("Zebra, bee, Bee") != std::string::npos, said.c_str());
    }

    void nothingThatIsCalledSo() {
        const TemporaryHome home;
        picture(home / "mine" / "dragon" / "1.png");
        picture(home / "mine" / "1.png");
        const std::string wrong = errorOf<DataError>([&] { labelledPictures(home / "mine", kClasses); });
        QVERIFY2(wrong.find("Its folders are: dragon") != std::string::npos, wrong.c_str());
        QVERIFY2(!errorOf<DataError>([&] { labelledPictures(home / "nowhere", kClasses); }).empty(), "a missing folder");
        QVERIFY2(!errorOf<DataError>([&] { labelledPictures(home / "mine" / "1.png", kClasses); }).empty(), "a file");
    }

    void judgedAsASplit() {
        std::vector<FilePrediction> files(4);
        files[0].label = 0;
        files[0].probabilities = {0.75f, 0.25f};
        files[1].label = 1;
        files[1].probabilities = {0.5f, 0.5f};  // the first of equals
        files[2].label = 1;
        files[2].error = "is damaged";
        files[3].probabilities = {0.1f, 0.9f};  // nobody knows what it is
        const PredictionSet set = predictionsOf(files, 2);
        QCOMPARE(set.count(), std::int64_t(2));
        QCOMPARE(set.score, 0.5);
        QVERIFY(std::abs(set.loss - (std::log(1 / 0.75) + std::log(2.0)) / 2) < 1e-6);
        const EvaluationReport report = evaluationReport(set);
        QCOMPARE(report.confusion.at(1, 0), std::int64_t(1));
        const std::string table = predictionTable(files, {"ant", "bee"});
        QVERIFY2(table.rfind("file,true,predicted,probability", 0) == 0, table.c_str());
        QVERIFY2(table.find(",bee,ant,0.5") != std::string::npos, table.c_str());
        files.erase(files.begin(), files.begin() + 3);
        QVERIFY(predictionTable(files, {"ant", "bee"}).rfind("file,predicted,probability", 0) == 0);
    }
};

QTEST_GUILESS_MAIN(TestLabelledPictures)
#include "tst_labelled_pictures.moc"
