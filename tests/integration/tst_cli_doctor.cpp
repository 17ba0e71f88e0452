// thaw-cli data check, data suspects and data decide: what other programs read of them.
#include <QJsonArray>
#include <QtTest>
#include <set>

#include "tests/support/cli_process.h"
#include "tests/support/drawn_data.h"
#include "tests/support/temporary_home.h"

using namespace thaw;

class TestCliDoctor : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        test::writeImageFolder(set(), {/*trainPerClass=*/6, /*testPerClass=*/3, /*seed=*/2}, 2, 96);
        std::filesystem::copy_file(set() / "train" / "disc" / first("train", "disc"), set() / "test" / "ring" / "again.png");
        test::writeFile(set() / "train" / "disc" / "broken.png", {'P', 'N', 'G'});
        test::writeFile(set() / "train" / "disc" / "notes.txt", {'h', 'i'});
    }

    void checkAsJson() {
        const test::CliOutcome outcome = test::runCli({"data", "check", path(), "--json"});
        QVERIFY2(outcome.exitCode == 0, outcome.all());
        const QJsonObject json = outcome.json();
        const QJsonObject disc = json["classes"].toArray().at(0).toObject();
        QCOMPARE(disc["name"].toString(), QString("disc"));
        QCOMPARE(disc["train"].toInt(), 6);
        QCOMPARE(disc["test"].toInt(), 3);
        const QString original = "train/disc/" + QString::fromStdString(first("train", "disc"));
        const QJsonArray same{QJsonArray{original, "test/ring/again.png"}};
        QCOMPARE(json["duplicates"].toArray(), same);
        QVERIFY(json["across_splits"].toArray().contains(same.at(0)));
        QVERIFY(json["in_two_classes"].toArray().contains(same.at(0)));
        QVERIFY(json["near_duplicates"].isArray());
        QCOMPARE(json["unreadable"].toArray().at(0).toObject()["file"].toString(), QString("train/disc/broken.png"));
        QVERIFY(!json["unreadable"].toArray().at(0).toObject()["reason"].toString().isEmpty());
        QCOMPARE(json["left_out"].toArray().at(0).toObject()["file"].toString(), QString("train/disc/notes.txt"));
    }

    void checkAsText() {
        const test::CliOutcome outcome = test::runCli({"data", "check", path()});
        QCOMPARE(outcome.exitCode, 0);
        for (const char* words : {"Exact duplicates: 1", "test/ring/again.png (test, ring)", "broken.png"})
            QVERIFY2(outcome.output.contains(words), outcome.output);
    }

    void suspectsWorstFirst() {
        const std::filesystem::path folder = m_home.path() / "mixed";
        test::writeImageFolder(folder, {/*trainPerClass=*/30, /*testPerClass=*/2, /*seed=*/3}, 2);
        QSet<QString> moved;
        const auto move = [&](const char* from, const char* to, const std::string& name) {
            std::filesystem::rename(folder / "train" / from / name, folder / "train" / to / ("moved_" + name));
            moved << QString("train/%1/moved_%2").arg(to, QString::fromStdString(name));
        };
        for (const char* name : {"a1.png", "a3.png"}) move("disc", "ring", name);
        move("ring", "disc", "a2.png");
        const test::CliOutcome outcome = test::runCli({"data", "suspects", "--data", QString::fromStdString(folder.string()),
                                                       "--model", "vgg16", "--input-size", "32", "--json"});
        QVERIFY2(outcome.exitCode == 0, outcome.all());
        const QJsonArray suspects = QJsonDocument::fromJson(outcome.output).array();
        QVERIFY2(suspects.size() >= 3, outcome.output);
        int found = 0;
        for (int i = 0; i < 3; ++i) {
            const QJsonObject one = suspects.at(i).toObject();
            if (moved.contains(one["file"].toString())) ++found;
            QVERIFY(one["label"].toString() != one["suggested"].toString());
            QVERIFY(i == 0 || one["score"].toDouble() >= suspects.at(i - 1).toObject()["score"].toDouble());
        }
        QVERIFY2(found == 3, outcome.output);
    }

    void picturesUnlikeAllOthersComeFirst() {
        const std::filesystem::path folder = m_home.path() / "odd";
        test::writeImageFolder(folder, {/*trainPerClass=*/40, /*testPerClass=*/2, /*seed=*/4}, 2);
        test::Bytes stripes;
        for (int y = 0; y < 48; ++y)
            for (int x = 0; x < 48; ++x)
                for (int c = 0; c < 3; ++c) stripes.push_back(x / 4 % 2 == 0 ? 255 : 0);
        test::writeFile(folder / "train" / "ring" / "odd.png", test::encodePng(stripes, 48, 48));
        const test::CliOutcome outcome = test::runCli({"data", "suspects", "--data", QString::fromStdString(folder.string()),
                                                       "--model", "vgg16", "--input-size", "32", "--unlike", "--json"});
        QVERIFY2(outcome.exitCode == 0, outcome.all());
        const QJsonArray unlike = QJsonDocument::fromJson(outcome.output).array();
        QVERIFY2(!unlike.isEmpty() && unlike.size() < 8, outcome.output);
        QCOMPARE(unlike.at(0).toObject()["file"].toString(), QString("train/ring/odd.png"));
        QCOMPARE(unlike.at(0).toObject()["label"].toString(), QString("ring"));
    }

    void decisions() {
        const QString file = "train/disc/" + QString::fromStdString(first("train", "disc"));
        const QString other = "train/ring/" + QString::fromStdString(first("train", "ring"));
        const test::CliOutcome decided =
            test::runCli({"data", "decide", path(), "--leave-out", file, "--move", other, "disc", "--reason", "blurred"});
        QVERIFY2(decided.exitCode == 0, decided.all());
        QVERIFY2(decided.output.contains(file.toUtf8() + ": leave out (blurred)"), decided.output);
        const QJsonObject json = test::runCli({"data", "check", path(), "--json"}).json();
        QCOMPARE(json["classes"].toArray().at(1).toObject()["train"].toInt(), 5);
        QVERIFY(json["duplicates"].toArray().isEmpty());
        const test::CliOutcome table = test::runCli({"data", "decide", path(), "--csv"});
        QVERIFY2(table.output.contains(other.toUtf8() + ",move,disc,blurred\n"), table.output);
        QCOMPARE(test::runCli({"data", "decide", path(), "--undo"}).exitCode, 0);
        const test::CliOutcome left = test::runCli({"data", "decide", path(), "--list"});
        QVERIFY2(left.output.contains(file.toUtf8()) && !left.output.contains(other.toUtf8()), left.output);
        const test::CliOutcome empty = test::runCli({"data", "decide", path(), "--undo", file});
        QVERIFY2(empty.output.contains("No decision"), empty.all());
        const test::CliOutcome unknown = test::runCli({"data", "decide", path(), "--keep", "none.png"});
        QCOMPARE(unknown.exitCode, 1);
        QVERIFY2(unknown.errors.contains("no picture \"none.png\""), unknown.errors);
        QCOMPARE(test::runCli({"data", "decide", path(), "--undo"}).exitCode, 1);
    }

    void nothingToCheck() {
        const test::CliOutcome outcome = test::runCli({"data", "check", path() + "/nowhere", "--json"});
        QCOMPARE(outcome.exitCode, 1);
        QVERIFY(outcome.output.isEmpty());
        QVERIFY2(outcome.errors.contains("nowhere"), outcome.errors);
    }

private:
    std::filesystem::path set() const { return m_home.path() / "shapes"; }
    QString path() const { return QString::fromStdString(set().string()); }
    std::string first(const char* split, const char* label) const {
        std::set<std::string> names;
        for (const auto& file : std::filesystem::directory_iterator(set() / split / label))
            names.insert(file.path().filename().string());
        return *names.begin();
    }
    test::TemporaryHome m_home;
};

QTEST_GUILESS_MAIN(TestCliDoctor)
#include "tst_cli_doctor.moc"
