// Decisions about single pictures: how they are kept, and who sees them.
#include <QTest>

#include <algorithm>
#include <fstream>
#include <set>

#include "core/api/analysis.h"
#include "core/api/decisions.h"
#include "core/api/doctor.h"
#include "core/api/errors.h"
#include "core/data/dataset.h"
#include "core/store/decision_file.h"
#include "core/store/run_record.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/tiny_run.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

DataConfig folderConfig(const fs::path& folder) {
    DataConfig config;
    config.dataset = "folder";
    config.directory = folder;
    return config;
}

Decision leaveOut(const std::string& file) { return {file, DecisionKind::LeaveOut, "", "", 1}; }
Decision move(const std::string& file, const std::string& to) {
    return {file, DecisionKind::Move, to, "Suspected wrong labels", 2};
}
Decision keep(const std::string& file) { return {file, DecisionKind::Keep, "", "", 3}; }

std::string digestOfTraining(const fs::path& folder) {
    return loadSplit(resolveDataset(folderConfig(folder)), Split::Train, DataConfig(), 1)->identity.digest;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string failureOf(Trainer& trainer) {
    const auto failures = all<RunFailed>(drive(trainer));
    return failures.empty() ? std::string() : failures[0].what + " | " + failures[0].hint;
}

}  // namespace

class DecisionsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        m_lesson = std::make_unique<TinyLesson>();
        writeImageFolder(set(), {10, 5, 1}, 3, 32);
    }
    void cleanup() { m_lesson.reset(); }

    void theyAreKept() {
        QVERIFY(decisionsAbout(set()).list.empty());
        changeDecisions(set(), {leaveOut("a.png"), move("b, c.png", "ring"), keep("=d.png")});
        changeDecisions(set(), {leaveOut("b, c.png")}, {"=d.png"});
        const KeptDecisions kept = decisionsAbout(set() / "." / "");
        QCOMPARE(kept.list.size(), std::size_t{2});
        QCOMPARE(kept.list[0].file, std::string("a.png"));
        QCOMPARE(kept.list[1].file, std::string("b, c.png"));
        QVERIFY(kept.list[1].kind == DecisionKind::LeaveOut && kept.list[1].className.empty());
        QVERIFY(decisionsAbout(set() / "train").list.empty());
    }

    void asATable() {
        const std::string table = decisionTable({leaveOut("a.png"), move("b, c.png", "ring"), keep("=d.png")});
        QCOMPARE(table, std::string("file,decision,class,reason\r\na.png,leave out,,\r\n"
                                    "\"b, c.png\",move,ring,Suspected wrong labels\r\n'=d.png,keep,,\r\n"));
    }

    void namesNeedNotBeText() {
        changeDecisions(set(), {leaveOut("train/disc/\xE9.png")});
        QCOMPARE(decisionsAbout(set()).list[0].file, std::string("train/disc/\xE9.png"));
    }

    void aDamagedFileIsSetAside() {
        changeDecisions(set(), {leaveOut(firstOf("train/disc"))});
        const fs::path file = decisionFileOf(set());
        std::ofstream(file, std::ios::trunc) << "{\"format\": 1, \"decisions\": [{";
        const KeptDecisions kept = decisionsAbout(set());
        QVERIFY(kept.list.empty());
        QVERIFY(!kept.damaged.empty() && fs::exists(kept.damaged) && !fs::exists(file));
        const DatasetInfo info = resolveDataset(folderConfig(set()));
        QVERIFY(contains(info.notes.back(), "cannot be read") && contains(info.notes.back(), kept.damaged.string()));
        QCOMPARE(info.trainPerClass[0], std::int64_t{10});
        changeDecisions(set(), {leaveOut(firstOf("train/disc"))});
        QVERIFY(fs::exists(kept.damaged));
        QCOMPARE(decisionsAbout(set()).list.size(), std::size_t{1});
    }

    void aRunSeesThem() {
        const std::string before = digestOfTraining(set()), out = firstOf("train/disc"), moved = firstOf("train/ring");
        changeDecisions(set(), {leaveOut(out), move(moved, "square")});
        const DatasetInfo info = resolveDataset(folderConfig(set()));
        QCOMPARE(info.trainPerClass, (std::vector<std::int64_t>{9, 9, 11}));
        QVERIFY(contains(info.notes.back(), "1 is left out, 1 is in another class"));
        const auto pictures = loadSplit(info, Split::Train, DataConfig(), 1);
        QCOMPARE(pictures->count(), std::int64_t{29});
        QCOMPARE(std::count(pictures->labels.begin(), pictures->labels.end(), 2), 11L);
        QVERIFY(pictures->identity.digest != before);
        changeDecisions(set(), {}, {out, moved});
        const auto again = loadSplit(resolveDataset(folderConfig(set())), Split::Train, DataConfig(), 1);
        QCOMPARE(again->identity.digest, before);
        QVERIFY(!again->identity.mayBe(pictures->identity));
        changeDecisions(set(), {keep(out)});
        QCOMPARE(digestOfTraining(set()), before);
    }

    void aCheckSeesThem() {
        const std::string out = firstOf("train/disc"), moved = firstOf("test/ring");
        changeDecisions(set(), {leaveOut(out), move(moved, "square")});
        const DatasetCheckup checkup = checkDataset(set());
        QCOMPARE(checkup.classes[0].train, std::int64_t{9});
        QCOMPARE(checkup.classes[2].test, std::int64_t{6});
        for (const CheckedPicture& picture : checkup.pictures) QVERIFY(picture.file != out);
    }

    void aClassMustKeepPictures() {
        std::vector<Decision> decisions;
        for (const fs::directory_entry& file : fs::directory_iterator(set() / "train" / "disc"))
            decisions.push_back(leaveOut("train/disc/" + file.path().filename().string()));
        changeDecisions(set(), decisions);
        QVERIFY(contains(errorOf<DataError>([&] { resolveDataset(folderConfig(set())); }),
                         "no training picture of the class \"disc\""));
        QCOMPARE(checkDataset(set()).classes[0].train, std::int64_t{0});
        changeDecisions(set(), {}, {decisions.front().file});
        QCOMPARE(resolveDataset(folderConfig(set())).trainPerClass[0], std::int64_t{1});
    }

    void whatCanBeDecided() {
        const std::string file = firstOf("train/disc");
        QCOMPARE(requireDecidable(set(), {leaveOut(file), move(file, "ring")}), set());
        changeDecisions(set(), {leaveOut(file)});
        requireDecidable(set(), {keep(file)});
        QVERIFY(contains(errorOf<DataError>([&] { requireDecidable(set(), {keep("train/disc/none.png")}); }),
                         "no picture \"train/disc/none.png\""));
        QVERIFY(contains(errorOf<DataError>([&] { requireDecidable(set(), {move(file, "cube")}); }), "no class \"cube\""));
        const fs::path table = m_lesson->home() / "table", cifar = m_lesson->home() / "cifar";
        writePictureTable(table);
        const std::string pictured = checkDataset(table).pictures.front().file;
        requireDecidable(table, {leaveOut(pictured)});
        QVERIFY(contains(errorOf<DataError>([&] { requireDecidable(table, {move(pictured, "disc")}); }), "several labels"));
        writeCifar10Folder(cifar);
        QVERIFY(contains(errorOf<DataError>([&] { requireDecidable(cifar, {}); }), "no picture that is a file of its own"));
    }

    void aTableSeesThem() {
        const fs::path table = m_lesson->home() / "table";
        writePictureTable(table);
        const std::int64_t before = static_cast<std::int64_t>(checkDataset(table).pictures.size());
        changeDecisions(table, {leaveOut(checkDataset(table).pictures.front().file)});
        DataConfig config;
        config.directory = table;
        const DatasetInfo info = resolveDataset(config);
        QCOMPARE(info.trainCount + info.testCount + info.validationCount, before - 1);
        QCOMPARE(loadSplit(info, Split::Train, DataConfig(), 1)->count(), info.trainCount);
    }

    void aResumedRunNeedsThemAsTheyWere() {
        RunConfig config = m_lesson->config("run");
        config.data.dataset = "folder";
        config.data.directory = set();
        const std::string file = firstOf("train/disc"), other = firstOf("train/ring");
        changeDecisions(set(), {leaveOut(file), keep(other)});
        {
            const auto trainer = makeTrainer(config);
            drive(*trainer, holds<CheckpointSaved>);
            drive(*trainer, holds<EpochFinished>);
            drive(*trainer, holds<CheckpointSaved>);
        }
        const RunManifest manifest = readManifest(config.output);
        QCOMPARE(manifest.decisions.size(), std::size_t{1});
        QCOMPARE(manifest.decisions[0].file, file);
        QVERIFY(std::any_of(manifest.notes.begin(), manifest.notes.end(),
                            [](const Notice& note) { return contains(note.text, "1 is left out"); }));
        changeDecisions(set(), {move(other, "square")}, {file});
        const std::string failure = failureOf(*resumeTrainer(config.output));
        for (const std::string& words : {"New: \"" + other + "\" is moved to \"square\"",
                                         "Taken back: \"" + file + "\" is left out", std::string("or train a new run")})
            QVERIFY2(contains(failure, words), failure.c_str());
        changeDecisions(set(), {leaveOut(file)}, {other});
        QCOMPARE(failureOf(*resumeTrainer(config.output)), std::string());
    }

private:
    fs::path set() const { return m_lesson->home() / "set"; }
    std::string firstOf(const std::string& folder) const {
        std::set<std::string> names;
        for (const fs::directory_entry& file : fs::directory_iterator(set() / folder))
            names.insert(file.path().filename().string());
        return folder + '/' + *names.begin();
    }
    std::unique_ptr<TinyLesson> m_lesson;
};

QTEST_GUILESS_MAIN(DecisionsTest)
#include "tst_decisions.moc"
