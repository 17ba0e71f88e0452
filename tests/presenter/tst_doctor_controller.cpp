// The doctor in the window's thread: a drawn folder is checked, its pictures are decided on, and that is undone.
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <fstream>

#include "core/api/errors.h"
#include "tests/support/await.h"
#include "tests/support/drawn_data.h"
#include "ui/bridge/doctor_controller.h"
#include "ui/models/finding_list_model.h"
#include "ui/models/found_picture_model.h"

using namespace thaw;
using test::await;
using ui::DoctorController;
using ui::FindingKind;
namespace fs = std::filesystem;

namespace {

core::LabelSuspects twoSuspects(const std::string& disc, const std::string& ring) {
    core::LabelSuspects suspects;
    suspects.classNames = {"disc", "ring"};
    suspects.labels = {{disc, 0, 1, 0.02, 0.98, {{ring, 1, 0.1}}}, {ring, 1, 0, 0.4, 0.6, {}}};
    suspects.unlike = {{disc, 0, 0.9, {}}};
    return suspects;
}

struct Fixture {
    Fixture() {
        qputenv("THAW_HOME", home.path().toLocal8Bit());
        test::writeImageFolder(set(), {25, 5, 2}, 2, 40);
        for (const fs::directory_entry& file : fs::directory_iterator(set() / "train" / "disc"))
            names.push_back(file.path().filename().string());
        std::sort(names.begin(), names.end());
        fs::copy_file(set() / "train" / "disc" / names[0], set() / "train" / "ring" / "twin.png");
        fs::copy_file(set() / "train" / "disc" / names[0], set() / "test" / "disc" / "twin.png");
        test::writeFile(set() / "train" / "disc" / "broken.png", {'P', 'N', 'G'});
        info.location = info.place = set();
        info.id = "folder";
        info.title = "set";
        info.classNames = {"disc", "ring"};
    }
    ~Fixture() { qunsetenv("THAW_HOME"); }
    fs::path set() const { return fs::path(home.path().toStdString()) / "set"; }
    std::string disc(std::size_t i) const { return "train/disc/" + names[i]; }
    ui::DoctorCalls calls() const {
        ui::DoctorCalls calls;
        calls.judge = [suspects = twoSuspects(disc(1), "train/ring/twin.png")](const core::SuspectsRequest&,
                                                                               const core::CountCallback&) { return suspects; };
        return calls;
    }
    QTemporaryDir home;
    core::DatasetInfo info;
    std::vector<std::string> names;
};

bool check(DoctorController& doctor, const core::DatasetInfo& info) {
    doctor.open(info);
    doctor.check();
    return await([&] { return doctor.isChecked() && doctor.canDecide(); });
}

const ui::Finding* find(const DoctorController& doctor, FindingKind kind) {
    for (const ui::Finding& one : doctor.findings())
        if (one.kind == kind) return &one;
    return nullptr;
}

}  // namespace

class DoctorControllerTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void findingsOfACheck() {
        const Fixture f;
        DoctorController doctor;
        QVERIFY(check(doctor, f.info));
        const ui::Finding* broken = find(doctor, FindingKind::Unreadable);
        QVERIFY(broken && broken->lines.size() == 1 && broken->lines[0].startsWith("train/disc/broken.png: "));
        const ui::Finding* copies = find(doctor, FindingKind::Duplicates);
        QVERIFY(copies);
        QCOMPARE(copies->groups, 1);
        QCOMPARE(copies->pictures.size(), std::size_t(3));
        QVERIFY(find(doctor, FindingKind::AcrossSplits) && find(doctor, FindingKind::TwoClasses));
        QVERIFY(std::is_sorted(doctor.findings().begin(), doctor.findings().end(),
                               [](const ui::Finding& a, const ui::Finding& b) { return a.kind < b.kind; }));
        QVERIFY(!ui::wellText(doctor.findings()).contains("duplicates"));
        QVERIFY(ui::wellText(doctor.findings()).contains("no tiny class"));
    }

    void decisionsAreKeptAndUndone() {
        const Fixture f;
        DoctorController doctor;
        QVERIFY(check(doctor, f.info));
        QSignalSpy kept(&doctor, &DoctorController::decisionsKept);
        const std::string file = f.disc(0);
        doctor.decide({{file, core::DecisionKind::LeaveOut, {}, "Exact duplicates", 0}}, "Leave out");
        QCOMPARE(doctor.decisions().size(), std::size_t(1));
        doctor.decide({{file, core::DecisionKind::Move, "ring", {}, 0}, {f.disc(1), core::DecisionKind::Keep, {}, {}, 0}},
                      "Move");
        QCOMPARE(doctor.decided().at(file).className, std::string("ring"));
        doctor.undoStack().undo();
        QCOMPARE(doctor.decisions().size(), std::size_t(1));
        QVERIFY(doctor.decided().at(file).kind == core::DecisionKind::LeaveOut);
        QVERIFY(await([&] { return kept.count() == 3; }));
        QVERIFY(core::decisionsAbout(f.set()).list.front().kind == core::DecisionKind::LeaveOut);
        doctor.undoStack().redo();
        doctor.takeBack(file);
        QVERIFY(doctor.decided().count(file) == 0);
        doctor.undoStack().undo();
        QCOMPARE(doctor.decided().at(file).className, std::string("ring"));
        QVERIFY(await([&] { return kept.count() == 6; }));
        DoctorController again;
        again.open(f.info);
        QVERIFY(await([&] { return again.decisions().size() == 2; }));
    }

    void aTableOfDecisions() {
        const Fixture f;
        DoctorController doctor;
        QVERIFY(check(doctor, f.info));
        doctor.decide({{f.disc(0), core::DecisionKind::LeaveOut, {}, {}, 0}}, "Leave out");
        QSignalSpy exported(&doctor, &DoctorController::exported);
        doctor.exportDecisions(f.home.filePath("decisions.csv"));
        QVERIFY(await([&] { return exported.count() == 1; }));
        QVERIFY(fs::file_size(f.home.filePath("decisions.csv").toStdString()) > 30);
    }

    void aDiskThatRefuses() {
        const Fixture f;
        DoctorController doctor;
        QVERIFY(check(doctor, f.info));
        const fs::path data = fs::path(f.home.path().toStdString()) / "data";
        fs::create_directories(data);
        std::ofstream(data / "decisions") << "a file where the folder would be";
        QSignalSpy said(&doctor, &DoctorController::said);
        doctor.decide({{f.disc(0), core::DecisionKind::LeaveOut, {}, {}, 0}}, "Leave out");
        QVERIFY(await([&] { return said.count() > 0 && doctor.decisions().empty(); }));
        QVERIFY(!doctor.undoStack().canUndo());
    }

    void suspectsJoinTheFindings() {
        const Fixture f;
        DoctorController doctor(f.calls());
        QVERIFY(check(doctor, f.info));
        doctor.judge();
        QVERIFY(await([&] { return doctor.isJudged(); }));
        const ui::Finding* suspects = find(doctor, FindingKind::Suspects);
        QVERIFY(suspects && find(doctor, FindingKind::Unlike));
        ui::FoundPictureModel model([](const std::string&) { return QImage(); });
        model.setFinding(*suspects, doctor.classNames());
        QCOMPARE(model.index(0).data(ui::FoundPictureModel::SaysRole).toString(), QString("ring"));
        QCOMPARE(model.index(0).data(ui::FoundPictureModel::FigureRole).toString(), QString("98%"));
        QCOMPARE(model.index(0).data(ui::FoundPictureModel::BelowRole).toString(), QString("label disc"));
        QCOMPARE(model.index(0).data(Qt::AccessibleTextRole).toString(),
                 QString("Picture 1 of 2, label disc, the network says ring, 98%, open"));
        doctor.decide({{f.disc(1), core::DecisionKind::Move, "ring", {}, 0}}, "Move");
        model.setDecisions(doctor.decided());
        QCOMPARE(model.index(0).data(ui::FoundPictureModel::DecidedRole).toString(), QString("ring"));
        model.setShow(ui::FoundPictureModel::Show::Open);
        QCOMPARE(model.rowCount(), 1);
        model.setShow(ui::FoundPictureModel::Show::Decided);
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(ui::FoundPictureModel::openIn(*suspects, doctor.decided()), 1);
    }

    void aGroupIsDecidedWhenOneIsLeft() {
        const Fixture f;
        DoctorController doctor;
        QVERIFY(check(doctor, f.info));
        const ui::Finding* copies = find(doctor, FindingKind::Duplicates);
        QCOMPARE(ui::FoundPictureModel::openIn(*copies, doctor.decided()), 1);
        doctor.decide({{copies->pictures[1].file, core::DecisionKind::LeaveOut, {}, {}, 0},
                       {copies->pictures[2].file, core::DecisionKind::LeaveOut, {}, {}, 0}},
                      "Leave out");
        QCOMPARE(ui::FoundPictureModel::openIn(*copies, doctor.decided()), 0);
        ui::FindingListModel list;
        list.setFindings({*copies});
        list.setOpen({0});
        QVERIFY(list.index(0).data(ui::FindingListModel::DecidedRole).toBool());
    }

    void picturesArrive() {
        const Fixture f;
        DoctorController doctor;
        QVERIFY(check(doctor, f.info));
        QVERIFY(doctor.tile(f.disc(0)).isNull());
        QVERIFY(await([&] { return !doctor.tile(f.disc(0)).isNull(); }));
        QSignalSpy whole(&doctor, &DoctorController::pictureArrived);
        doctor.loadPicture(f.disc(1));
        QVERIFY(await([&] { return whole.count() == 1; }));
        QCOMPARE(whole[0][1].value<QImage>().width(), 40);
        QVERIFY(await([&] { return !doctor.tile("train/disc/broken.png").isNull(); }));
    }

    void itStopsAndFails() {
        const Fixture f;
        ui::DoctorCalls calls;
        std::atomic<bool> asked{false};
        calls.check = [&](const fs::path&, const core::CountCallback& progress) -> core::DatasetCheckup {
            for (std::int64_t i = 0;; ++i) {
                asked = true;
                if (!progress(i % 90, 100)) throw core::Cancelled();
            }
        };
        DoctorController doctor(calls);
        doctor.open(f.info);
        doctor.check();
        QVERIFY(await([&] { return asked.load() && doctor.total() == 100; }));
        doctor.stop();
        QVERIFY(await([&] { return doctor.work() == DoctorController::Work::None; }));
        QVERIFY(!doctor.isChecked() && doctor.problem().isEmpty());
        core::DatasetInfo gone = f.info;
        gone.location = f.set() / "gone";
        DoctorController other;
        other.open(gone);
        other.check();
        QVERIFY(await([&] { return !other.problem().isEmpty(); }));
        QVERIFY(!other.isChecked());
    }

    void aLockedSetIsOnlyLookedAt() {
        const Fixture f;
        DoctorController doctor;
        QVERIFY(check(doctor, f.info));
        doctor.setLocked(true);
        doctor.decide({{f.disc(0), core::DecisionKind::LeaveOut, {}, {}, 0}}, "Leave out");
        QVERIFY(doctor.decisions().empty());
    }
};

QTEST_MAIN(DoctorControllerTest)
#include "tst_doctor_controller.moc"
