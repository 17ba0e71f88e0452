// The choice of pictures for the next runs: what is chosen is in use everywhere, what cannot be used changes nothing.
#include <QSignalSpy>
#include <QTest>

#include "core/store/paths.h"
#include "tests/support/await.h"
#include "tests/support/drawn_data.h"
#include "tests/support/fake_inspector.h"
#include "tests/support/fake_trainer.h"
#include "tests/support/temporary_home.h"
#include "ui/bridge/session.h"

using namespace thaw;
using namespace thaw::test;
using namespace thaw::ui;
namespace fs = std::filesystem;

namespace {

QString text(const fs::path& path) { return QString::fromStdString(path.string()); }

struct Choice {
    Choice()
        : training(fakeFactory()),
          inspection(fakeInspectorFactory({})),
          session(training, library, inspection),
          refused(&session, &Session::dataRefused),
          accepted(&session, &Session::dataAccepted) {}

    bool choose(const fs::path& path) {
        const auto before = refused.count() + accepted.count();
        session.chooseData(text(path));
        return await([&] { return refused.count() + accepted.count() > before; });
    }
    /// Until list and choice have changed together.
    bool isUsed(const std::string& id, const fs::path& directory) {
        return await([&] {
            const core::DatasetInfo* used = session.dataset();
            return used && used->id == id && session.config().data.directory == directory;
        });
    }
    TemporaryHome home;
    TrainingController training;
    LibraryController library;
    InspectionController inspection;
    Session session;
    QSignalSpy refused, accepted;
};

}  // namespace

class TestDataChoice : public QObject {
    Q_OBJECT
private Q_SLOTS:
    /// The window showed and priced CIFAR-10, the run trained the chosen folder.
    void aChosenFolderIsUsedEverywhere() {
        Choice choice;
        writeCifar10Folder(core::datasetsFolder() / "cifar-10-batches-bin");
        const fs::path own = choice.home / "ants and bees";
        writeImageFolder(own, {}, 3, 48, /*splits=*/false);
        choice.session.setDataFolder({});
        QVERIFY(choice.isUsed("cifar10", {}));
        QSignalSpy progress(&choice.library, &LibraryController::checkProgress);
        QVERIFY(choice.choose(own));
        QCOMPARE(choice.accepted.count(), 1);
        QVERIFY(!progress.isEmpty() && progress.front().at(0).toLongLong() > 0);
        QVERIFY(choice.isUsed("folder", own));
        const core::DatasetInfo& used = *choice.session.dataset();
        QCOMPARE(used.classNames.size(), std::size_t(3));
        QCOMPARE(choice.session.layers().modelInfo().layers.back().outputShape.front(), std::int64_t(3));
        QCOMPARE(core::resolveDataset(choice.session.config().data).location, used.location);
        QCOMPARE(choice.session.places(), QStringList{text(own)});
        // Back by one click, and again.
        for (const core::DatasetInfo& info : choice.session.datasets())
            if (info.id == "cifar10") {
                choice.session.useDataset(info);
                break;
            }
        QVERIFY(choice.isUsed("cifar10", {}));
        QCOMPARE(core::resolveDataset(choice.session.config().data).id, std::string("cifar10"));
        QCOMPARE(choice.session.placesHeld().size(), std::size_t(1));
        choice.session.useDataset(choice.session.placesHeld().front());
        QVERIFY(choice.isUsed("folder", own));
    }

    void aBadChoiceChangesNothing_data() {
        QTest::addColumn<QString>("kind");
        for (const char* kind : {"empty folder", "one class", "no class folders", "missing", "text named zip", "cut archive",
                                 "text named tar.gz", "a text"})
            QTest::newRow(kind) << QString::fromLatin1(kind);
    }
    void aBadChoiceChangesNothing() {
        QFETCH(QString, kind);
        Choice choice;
        const fs::path good = choice.home / "good", bad = choice.home / "bad";
        writeImageFolder(good, {}, 3, 48, /*splits=*/false);
        choice.session.setDataFolder({});
        QVERIFY(choice.choose(good));
        QVERIFY(choice.isUsed("folder", good));
        fs::path chosen = bad;
        if (kind == QLatin1String("empty folder")) {
            fs::create_directories(bad);
        } else if (kind == QLatin1String("one class")) {
            writeImageFolder(bad, {}, 1, 48, /*splits=*/false);
        } else if (kind == QLatin1String("no class folders")) {
            std::mt19937 random(1);
            for (const char* name : {"a.png", "b.png"}) writeFile(bad / name, encodePng(drawPicture(1, 40, random), 40, 40));
        } else if (kind == QLatin1String("text named zip")) {
            writeFile(chosen = choice.home / "pictures.zip", {'d', 'e', 'a', 'r'});
        } else if (kind == QLatin1String("cut archive")) {
            writeCifar10Archive(chosen = choice.home / "cifar-10-binary.tar.gz");
            Bytes cut = readFile(chosen);
            cut.resize(cut.size() / 2);
            writeFile(chosen, cut);
        } else if (kind == QLatin1String("text named tar.gz")) {
            writeFile(chosen = choice.home / "letters.tar.gz", {'d', 'e', 'a', 'r'});
        } else if (kind == QLatin1String("a text")) {
            writeFile(chosen = choice.home / "letter.txt", {'d', 'e', 'a', 'r'});
        }
        const std::string before = core::toJson(choice.session.config());
        QSignalSpy checking(&choice.session, &Session::dataChecking);
        QVERIFY(choice.choose(chosen));
        QCOMPARE(choice.refused.count(), 1);
        const QString why = choice.refused.at(0).at(1).toString() + QLatin1Char(' ') + choice.refused.at(0).at(2).toString();
        QVERIFY2(why.size() > 20, qPrintable(why));
        qInfo("%s", qPrintable(why));
        QCOMPARE(checking.count(), 2);  // begun and ended
        QCOMPARE(core::toJson(choice.session.config()), before);
        QVERIFY(choice.isUsed("folder", good));
        QCOMPARE(choice.session.places(), QStringList{text(good)});
        // A lesson keeps the choice, and it can be started.
        choice.session.chooseLesson(QStringLiteral("lesson"));
        QCOMPARE(choice.session.config().data.directory, good);
        // Another good choice right after works.
        QVERIFY(choice.choose(good));
        QCOMPARE(choice.accepted.count(), 2);
    }

    void aCancelledChoiceIsNotHeardOf() {
        Choice choice;
        const fs::path good = choice.home / "good";
        writeImageFolder(good, {}, 3, 48, /*splits=*/false);
        choice.session.setDataFolder({});
        QSignalSpy checking(&choice.session, &Session::dataChecking);
        choice.session.chooseData(text(good));
        choice.session.cancelChoice();
        QCOMPARE(checking.last().at(0).toString(), QString());
        // The next choice is answered; jobs are answered in order.
        QVERIFY(choice.choose(choice.home / "nowhere"));
        QCOMPARE(choice.accepted.count(), 0);
        QCOMPARE(choice.refused.count(), 1);
        QVERIFY(choice.session.config().data.directory.empty());
    }

    void placesAreRememberedTheNewestFirst() {
        Choice choice;
        QSignalSpy changed(&choice.session, &Session::placesChanged);
        QStringList made;
        for (int i = 0; i < 6; ++i) {
            const fs::path folder = choice.home / ("set " + std::to_string(i));
            writeImageFolder(folder, {}, 2, 24, /*splits=*/false);
            QVERIFY(choice.choose(folder));
            made.prepend(text(folder));
        }
        QCOMPARE(choice.session.places(), made.mid(0, 4));
        QCOMPARE(changed.last().at(0).toStringList(), made.mid(0, 4));
        choice.session.forgetPlace(made[2]);
        QCOMPARE(choice.session.places(), QStringList({made[0], made[1], made[3]}));
        // One that is gone says so and is no choice.
        fs::remove_all(made[0].toStdString());
        QSignalSpy listed(&choice.library, &LibraryController::placesListed);
        choice.session.setDataFolder({});
        // The list before may still be on its way.
        QVERIFY(await([&] { return !listed.isEmpty() && !choice.session.placesHeld().front().problem.empty(); }));
        QCOMPARE(text(choice.session.placesHeld().front().place), made[0]);
    }

    void aBrokenLessonKeepsTheOldOne() {
        Choice choice;
        QSignalSpy refused(&choice.session, &Session::refused);
        core::Lesson broken;
        broken.name = broken.title = "broken";
        broken.problem = "It has no epochs.";
        std::vector<core::Lesson> lessons = choice.session.lessons();
        lessons.push_back(broken);
        Q_EMIT choice.library.lessonsListed(lessons);
        const std::string before = choice.session.lesson()->name;
        choice.session.chooseLesson(QStringLiteral("broken"));
        QCOMPARE(choice.session.lesson()->name, before);
        QCOMPARE(refused.count(), 1);
        QVERIFY(refused.at(0).at(0).toString().contains(QStringLiteral("It has no epochs.")));
    }
};

QTEST_GUILESS_MAIN(TestDataChoice)
#include "tst_data_choice.moc"
