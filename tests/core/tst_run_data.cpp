// A resumed run, its evaluation and its inspector meet data that are not what they were.
#include <QTest>

#include <fstream>

#include "core/api/analysis.h"
#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/api/inspector.h"
#include "core/api/runs.h"
#include "core/store/atomic_file.h"
#include "core/store/paths.h"
#include "core/store/run_record.h"
#include "core/train/run_data.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/tiny_run.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

using Change = std::function<void(const fs::path& data)>;

/// "what | hint" of the failure that ends a run; empty when it does not fail.
std::string failureOf(Trainer& trainer) {
    const auto failures = all<RunFailed>(drive(trainer));
    return failures.empty() ? std::string() : failures[0].what + " | " + failures[0].hint;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

void renameClass(const fs::path& data, const std::string& from, const std::string& to) {
    for (const char* split : {"train", "test"}) fs::rename(data / split / from, data / split / to);
}

/// Back to the folder that the process was in.
class CurrentFolder {
public:
    explicit CurrentFolder(const fs::path& folder) : m_before(fs::current_path()) { fs::current_path(folder); }
    ~CurrentFolder() { fs::current_path(m_before); }
    CurrentFolder(const CurrentFolder&) = delete;
    CurrentFolder& operator=(const CurrentFolder&) = delete;

private:
    fs::path m_before;
};

/// A folder of the classes disc, ring and square, and runs on it that were left after their first epoch.
class FolderLesson {
public:
    FolderLesson() { writeImageFolder(data(), {10, 5, 1}, 3, 32); }
    fs::path data() const { return m_lesson.home() / "shapes"; }
    const TinyLesson& lesson() const { return m_lesson; }
    RunConfig config(const std::string& name) const {
        RunConfig config = m_lesson.config(name);
        config.data.dataset = "folder";
        config.data.directory = data();
        return config;
    }
    fs::path interruptedRun(const RunConfig& config) const {
        const auto trainer = makeTrainer(config);
        drive(*trainer, holds<CheckpointSaved>);
        drive(*trainer, holds<EpochFinished>);
        drive(*trainer, holds<CheckpointSaved>);
        return config.output;
    }
    fs::path interruptedRun() const { return interruptedRun(config("run")); }

private:
    TinyLesson m_lesson;
};

}  // namespace

Q_DECLARE_METATYPE(Change)

class TestRunData : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void differencesOfClasses_data() {
        QTest::addColumn<QStringList>("expected");
        QTest::addColumn<QStringList>("found");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, const QStringList& expected, const QStringList& found, const char* words) {
            QTest::addRow("%s", name) << expected << found << words;
        };
        row("same", {"cat", "dog"}, {"cat", "dog"}, "");
        row("none", {}, {}, "");
        row("renamed", {"cat", "dog"}, {"ant", "cat"}, "\"dog\" is missing, \"ant\" is new");
        row("renamed in place", {"cat", "dog"}, {"cat", "dogs"}, "\"dog\" is missing, \"dogs\" is new");
        row("added", {"cat", "dog"}, {"ant", "cat", "dog", "eel"}, "\"ant\", \"eel\" are new");
        row("removed", {"cat", "dog", "eel"}, {"cat", "eel"}, "\"dog\" is missing");
        row("order", {"cat", "dog"}, {"dog", "cat"}, "their order is dog, cat instead of cat, dog");
        row("case", {"cat"}, {"Cat"}, "\"cat\" is missing, \"Cat\" is new");
        row("many", {"a", "b", "c", "d", "e", "f", "g"}, {}, "\"a\", \"b\", \"c\", \"d\", \"e\" and 2 more are missing");
    }
    void differencesOfClasses() {
        QFETCH(QStringList, expected);
        QFETCH(QStringList, found);
        QFETCH(QString, words);
        const auto names = [](const QStringList& list) {
            std::vector<std::string> result;
            for (const QString& name : list) result.push_back(name.toStdString());
            return result;
        };
        QCOMPARE(QString::fromStdString(classDifference(names(expected), names(found))), words);
    }

    void otherDataAreRefused_data() {
        QTest::addColumn<Change>("change");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, Change change, const char* words) { QTest::addRow("%s", name) << change << words; };
        row(
            "a class renamed to the front", [](const fs::path& data) { renameClass(data, "ring", "ant"); },
            "\"ring\" is missing, \"ant\" is new");
        row(
            "a class renamed in place", [](const fs::path& data) { renameClass(data, "ring", "rings"); },
            "\"ring\" is missing, \"rings\" is new");
        row(
            "two classes exchanged",
            [](const fs::path& data) {
                renameClass(data, "ring", "x");
                renameClass(data, "disc", "ring");
                renameClass(data, "x", "disc");
            },
            "has other pictures than the run was made with");
        row(
            "a class added",
            [](const fs::path& data) {
                for (const char* split : {"train", "test"})
                    fs::copy(data / split / "ring", data / split / "extra", fs::copy_options::recursive);
            },
            "\"extra\" is new");
        row(
            "a class removed",
            [](const fs::path& data) {
                for (const char* split : {"train", "test"}) fs::remove_all(data / split / "ring");
            },
            "\"ring\" is missing");
        row(
            "a picture removed", [](const fs::path& data) { fs::remove(data / "train/ring/a3.png"); },
            "\"ring\" has 9 training pictures instead of 10");
        row(
            "pictures added",
            [](const fs::path& data) {
                fs::copy(data / "train/ring/a3.png", data / "train/ring/new.png");
                fs::copy(data / "train/disc/a3.png", data / "train/disc/new.png");
            },
            "\"disc\" has 11 training pictures instead of 10, \"ring\" has 11 training pictures instead of 10");
        row(
            "a test picture removed", [](const fs::path& data) { fs::remove(data / "test/square/b1.png"); },
            "\"square\" has 4 test pictures instead of 5");
        row(
            "a picture relabelled",
            [](const fs::path& data) { fs::rename(data / "train/ring/a3.png", data / "train/disc/z.png"); },
            "\"disc\" has 11 training pictures instead of 10, \"ring\" has 9 training pictures instead of 10");
        row(
            "two labels exchanged",
            [](const fs::path& data) {
                fs::rename(data / "train/ring/a3.png", data / "x");
                fs::rename(data / "train/disc/a3.png", data / "train/ring/a3.png");
                fs::rename(data / "x", data / "train/disc/a3.png");
            },
            "has other pictures than the run was made with");
        row(
            "another picture under the same name",
            [](const fs::path& data) {
                fs::copy_file(data / "train/ring/a2.png", data / "train/ring/a3.png", fs::copy_options::overwrite_existing);
            },
            "has other pictures than the run was made with");
        row(
            "another test picture under the same name",
            [](const fs::path& data) {
                fs::copy_file(data / "test/ring/b2.png", data / "test/ring/b3.png", fs::copy_options::overwrite_existing);
            },
            "has other pictures than the run was made with");
        row(
            "another data set at its place",
            [](const fs::path& data) {
                fs::remove_all(data);
                writeCifar10Folder(data);
            },
            "");
    }
    void otherDataAreRefused() {
        QFETCH(Change, change);
        QFETCH(QString, words);
        const FolderLesson folder;
        const fs::path run = folder.interruptedRun();
        const std::string events = readSmallFile(run / "events.jsonl"), manifest = readSmallFile(run / "run.json");
        change(folder.data());
        const std::string failure = failureOf(*resumeTrainer(run));
        QVERIFY2(!failure.empty() && contains(failure, words.toStdString()), failure.c_str());
        QVERIFY2(contains(failure, folder.data().string()), failure.c_str());
        QVERIFY(contains(failure, " | ") && failure.back() == '.');  // and what to do about it
        QCOMPARE(readSmallFile(run / "events.jsonl"), events);
        QCOMPARE(readSmallFile(run / "run.json"), manifest);

        // Evaluation says the same.
        EvaluateRequest request;
        request.run.run = run;
        request.threads = 1;
        const std::string refused = errorOf<DataError>([&] { evaluateRun(request, {}); });
        const bool trainingOnly = QTest::currentDataTag() == std::string("two labels exchanged") ||
                                  QTest::currentDataTag() == std::string("another picture under the same name") ||
                                  contains(words.toStdString(), "training pictures");
        QCOMPARE(refused.empty(), trainingOnly);
        if (!trainingOnly && !words.isEmpty()) QVERIFY2(contains(refused, words.toStdString()), refused.c_str());
    }

    void theSameDataElsewhere() {
        const FolderLesson folder;
        const fs::path run = folder.interruptedRun(), moved = folder.lesson().home() / "moved";
        fs::rename(folder.data(), moved);
        const std::string missing = failureOf(*resumeTrainer(run));
        QVERIFY2(contains(missing, folder.data().string()), missing.c_str());  // the place that was looked for

        const auto trainer = resumeTrainer(run, /*startPaused=*/false, /*threads=*/0, moved);
        const Events events = drive(*trainer);
        QCOMPARE(all<RunFinished>(events).size(), std::size_t(1));
        QVERIFY(all<RunStarted>(events)[0].bitExact);
        QCOMPARE(readManifest(run).config.data.directory, moved);
        EvaluateRequest request;
        request.run.run = run;
        QVERIFY(evaluateRun(request, {}).ownData);
    }

    /// Records of earlier versions tell no counts; they resume as they did, and say that the data changed.
    void recordsOfEarlierVersions() {
        const FolderLesson folder;
        const fs::path run = folder.interruptedRun();
        RunManifest manifest = readManifest(run);
        manifest.trainPerClass.clear();
        manifest.testPerClass.clear();
        manifest.dataLocation.clear();
        RunRecord::open(run).updateManifest(manifest);
        fs::remove(folder.data() / "train/ring/a3.png");
        const Events events = drive(*resumeTrainer(run));
        QCOMPARE(all<RunFinished>(events).size(), std::size_t(1));
        QVERIFY(!all<RunStarted>(events)[0].bitExact);
        QVERIFY(contains(all<RunStarted>(events)[0].bitExactReason, "pictures"));
        bool told = false;
        for (const Notice& note : readManifest(run).notes) told = told || (note.warning && contains(note.text, "bit-exact"));
        QVERIFY(told);

        renameClass(folder.data(), "ring", "ant");
        const std::string failure = failureOf(*resumeTrainer(folder.interruptedRun(folder.config("second"))));
        QVERIFY(failure.empty());  // that run learned the new names
        RunManifest early = readManifest(run);
        QVERIFY(contains(failureOf(*resumeTrainer(run)), "\"ring\" is missing, \"ant\" is new"));
    }

    /// A finished run opens and says that its pictures are others; other classes would put wrong names to its answers.
    void finishedRuns() {
        const FolderLesson folder;
        const RunConfig config = folder.config("finished");
        drive(*makeTrainer(config));
        fs::remove(folder.data() / "train/ring/a3.png");
        const Events events = drive(*resumeTrainer(config.output));
        QVERIFY(all<RunFailed>(events).empty());
        bool told = false;
        for (const Notice& note : all<Notice>(events)) told = told || (note.warning && contains(note.text, "other pictures"));
        QVERIFY(told);
        renameClass(folder.data(), "ring", "ant");
        QVERIFY(contains(failureOf(*resumeTrainer(config.output)), "\"ring\" is missing, \"ant\" is new"));

        const auto inspector = openInspector(config.output, {});
        QVERIFY(contains(inspector->run().dataset.problem, "\"ring\" is missing, \"ant\" is new"));
        QVERIFY(contains(errorOf<DataError>([&] { inspector->pictures(Split::Test); }), "\"ring\" is missing, \"ant\" is new"));
        ExtractRequest extract;
        extract.run.run = config.output;
        extract.layer = "block5_pool";
        extract.output = folder.lesson().home() / "features.safetensors";
        QVERIFY(contains(errorOf<DataError>([&] { extractFeatures(extract, {}); }), "\"ring\" is missing, \"ant\" is new"));
    }

    void relativePathsAreMadeAbsolute() {
        const FolderLesson folder;
        const fs::path home = folder.lesson().home().path();
        const CurrentFolder inside(home);
        RunConfig config = folder.config("run");
        config.data.directory = "./shapes/../shapes/";
        config.cache.directory = "cache";
        config.output = "runs/../run";
        folder.interruptedRun(config);
        const RunManifest manifest = readManifest(home / "run");
        QCOMPARE(manifest.config.data.directory, home / "shapes");
        QCOMPARE(manifest.dataLocation, home / "shapes");
        QCOMPARE(manifest.config.cache.directory, home / "cache");
        QCOMPARE(manifest.config.output, home / "run");
        QVERIFY(fs::exists(home / "cache"));

        fs::create_directories(home / "elsewhere");
        const CurrentFolder outside(home / "elsewhere");
        QCOMPARE(all<RunFinished>(drive(*resumeTrainer("../run"))).size(), std::size_t(1));
        EvaluateRequest request;
        request.run.run = "../run";
        QVERIFY(evaluateRun(request, {}).ownData);
    }

    void relativePathsOfEarlierVersions() {
        const FolderLesson folder;
        const fs::path home = folder.lesson().home().path(), run = folder.interruptedRun();
        RunManifest manifest = readManifest(run);
        manifest.config.data.directory = "shapes";
        manifest.dataLocation.clear();
        RunRecord::open(run).updateManifest(manifest);
        EvaluateRequest request;
        request.run.run = run;
        {
            const CurrentFolder inside(home);
            QVERIFY(evaluateRun(request, {}).ownData);
        }
        fs::create_directories(home / "elsewhere");
        const CurrentFolder outside(home / "elsewhere");
        const std::string missing = errorOf<DataError>([&] { evaluateRun(request, {}); });
        QVERIFY2(contains(missing, (home / "elsewhere/shapes").string()), missing.c_str());
    }

    /// Data that were found by the environment, or in a usual place, are found again without it.
    void theEnvironmentsData() {
        const FolderLesson folder;
        const fs::path home = folder.lesson().home().path();
        RunConfig config = folder.lesson().config("run");
        config.data.dataset = "auto";
        config.data.directory.clear();
        {
            const CurrentFolder inside(home);
            const ScopedVariable data("THAW_DATA", "cifar");
            folder.interruptedRun(config);
        }
        QCOMPARE(readManifest(config.output).dataLocation, home / "cifar");
        QCOMPARE(all<RunFinished>(drive(*resumeTrainer(config.output))).size(), std::size_t(1));
    }

    void absolutePaths() {
        const TemporaryHome home;
        const CurrentFolder inside(home.path());
        fs::create_directories("real/inner");
        fs::create_directories("real/other");
        fs::create_symlink("real/inner", "link");
        QCOMPARE(absolutePath(""), fs::path());
        QCOMPARE(absolutePath("a/./b/../c/"), home / "a/c");
        QCOMPARE(absolutePath("link"), home / "link");                    // links stay
        QCOMPARE(absolutePath("link/../other"), home / "link/../other");  // for that is real/other
        QCOMPARE(absolutePath("/"), fs::path("/"));
        QCOMPARE(absolutePath("/a//b"), fs::path("/a/b"));
    }

    void namesThatAreNotUtf8() {
        const FolderLesson folder;
        const fs::path home = folder.lesson().home().path();
        const std::string ring = "caf\xE9", disc = "m\\xF6 we";  // the second one is letters, not a byte
        renameClass(folder.data(), "ring", ring);
        renameClass(folder.data(), "disc", disc);
        const fs::path data = home / "k\xE4se";
        fs::rename(folder.data(), data);
        RunConfig config = folder.config("l\xE4uft");
        config.data.directory = data;
        config.cache.directory = home / "cach\xE9";
        config.preset = "eig\xE9n";
        const fs::path run = folder.interruptedRun(config);
        QCOMPARE(run, home / "l\xE4uft");
        const RunManifest manifest = readManifest(run);
        QCOMPARE(manifest.classNames, (std::vector<std::string>{ring, disc, "square"}));
        QCOMPARE(manifest.config.data.directory, data);
        QCOMPARE(manifest.config.cache.directory, home / "cach\xE9");
        QCOMPARE(manifest.config.output, run);
        QCOMPARE(manifest.config.preset, config.preset);
        QCOMPARE(listRuns(home).size(), std::size_t(1));
        QCOMPARE(listRuns(home)[0].runId, std::string("l\xE4uft"));

        QCOMPARE(all<RunFinished>(drive(*resumeTrainer(run))).size(), std::size_t(1));
        EvaluateRequest request;
        request.run.run = run;
        QVERIFY(evaluateRun(request, {}).ownData);
        exportModel({run, "last"}, ExportFormat::Safetensors, home / "mod\xE8l.safetensors");
        QVERIFY(contains(readSmallFile(home / "mod\xE8l.safetensors"), "caf"));
        std::vector<std::string> names;
        QVERIFY(predictFiles({run, "last"}, {data / "test" / ring / "b1.png"}, 1, &names)[0].error.empty());
        QCOMPARE(names, manifest.classNames);
        renameRun(run, "caf\xE9");
        QCOMPARE(readRun(run).summary.title, std::string("caf\xE9"));

        // What an earlier version wrote of such a run: letters that are lost.
        RunManifest early = readManifest(run);
        early.classNames[0] = "caf\xEF\xBF\xBD";
        early.config.data.directory = home / "k\xEF\xBF\xBDse";
        early.dataLocation.clear();
        RunRecord::open(run).updateManifest(early);
        QVERIFY(evaluateRun(request, {}).ownData);
    }
};

QTEST_GUILESS_MAIN(TestRunData)
#include "tst_run_data.moc"
