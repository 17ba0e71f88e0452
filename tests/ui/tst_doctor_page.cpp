#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include <algorithm>

#include "core/api/errors.h"
#include "tests/support/await.h"
#include "tests/support/drawn_data.h"
#include "tests/ui/window_fixture.h"
#include "ui/widgets/doctor/doctor_page.h"
#include "ui/widgets/doctor/finding_list.h"
#include "ui/widgets/doctor/finding_view.h"
#include "ui/widgets/doctor/found_tiles.h"
#include "ui/widgets/doctor/pictures_view.h"
#include "ui/widgets/doctor/split_view.h"
#include "ui/widgets/parts/empty_state.h"
#include "ui/widgets/parts/message_line.h"
#include "ui/widgets/parts/setting_row.h"
#include "ui/widgets/parts/work_strip.h"

using namespace thaw;
using test::await;
using ui::FindingKind;
namespace fs = std::filesystem;

namespace {

struct Fixture {
    explicit Fixture(QSize size = {1316, 698}, int each = 30) {
        test::writeImageFolder(set(), {each, 6, 5}, 3, 90);
        for (const fs::directory_entry& file : fs::directory_iterator(set() / "train" / "disc"))
            names.push_back(file.path().filename().string());
        std::sort(names.begin(), names.end());
        fs::copy_file(set() / "train" / "disc" / names[0], set() / "train" / "disc" / "again.png");
        fs::copy_file(set() / "train" / "disc" / names[1], set() / "test" / "ring" / "again.png");
        test::writeFile(set() / "train" / "disc" / "broken.png", {'P', 'N', 'G'});
        for (std::size_t i = 20; i < names.size(); ++i) fs::remove(set() / "train" / "square" / names[i]);
        for (std::size_t i = 8; i < 20; ++i) fs::remove(set() / "train" / "square" / names[i]);
        info.location = info.place = set();
        info.id = "folder";
        info.title = "shapes (a folder of pictures)";
        info.classNames = {"disc", "ring", "square"};
        ui::DoctorCalls calls;
        calls.judge = [this](const core::SuspectsRequest&, const core::CountCallback&) { return suspects(); };
        page = std::make_unique<ui::DoctorPage>(calls);
        page->resize(size);
        page->open(info);
        page->show();
        shown = QTest::qWaitForWindowExposed(page.get());
    }
    core::LabelSuspects suspects() const {
        core::LabelSuspects found;
        found.classNames = {"disc", "ring", "square"};
        for (std::size_t i = 2; i < 14; ++i) {
            const std::string file = "train/disc/" + names[i], other = "train/ring/" + names[i];
            found.labels.push_back({file,
                                    0,
                                    1,
                                    0.01 * static_cast<double>(i),
                                    1 - 0.02 * static_cast<double>(i),
                                    {{other, 1, 0.1},
                                     {"train/ring/" + names[0], 1, 0.2},
                                     {"train/ring/" + names[1], 1, 0.2},
                                     {"train/square/" + names[1], 2, 0.3}}});
        }
        found.unlike = {{"train/ring/" + names[3], 1, 0.9, {}}};
        return found;
    }
    fs::path set() const { return fs::path(home.folder.path().toStdString()) / "set"; }
    ui::DoctorController& doctor() const { return page->doctor(); }
    bool check() const {
        doctor().check();
        return await([this] { return doctor().isChecked() && doctor().canDecide(); });
    }
    bool judge() const {
        doctor().judge();
        return await([this] { return doctor().isJudged(); }) && open(FindingKind::Suspects);
    }
    bool open(FindingKind kind) const {
        for (std::size_t i = 0; i < doctor().findings().size(); ++i)
            if (doctor().findings()[i].kind == kind) {
                page->list().setCurrentIndex(page->list().model()->index(static_cast<int>(i), 0));
                return true;
            }
        return false;
    }
    ui::FoundTiles& tiles() const { return page->finding().tiles(); }
    QPushButton* button(const QString& text) const {
        for (QPushButton* one : page->findChildren<QPushButton*>())
            if (one->text().trimmed().startsWith(text) && one->isVisible()) return one;
        return nullptr;
    }
    QToolButton* segment(const QString& text) const {
        for (QToolButton* one : page->findChildren<QToolButton*>())
            if (one->text().startsWith(text) && one->isVisible()) return one;
        return nullptr;
    }
    ui::SettingCombo* combo(const QString& entry) const {
        for (ui::SettingCombo* one : page->findChildren<ui::SettingCombo*>())
            if (one->findText(entry) >= 0) return one;
        return nullptr;
    }
    ui::DivisionController& division() const { return page->division(); }
    test::ScratchHome home;
    std::vector<std::string> names;
    core::DatasetInfo info;
    std::unique_ptr<ui::DoctorPage> page;
    bool shown = false;
};

}  // namespace

class DoctorPageTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        ui::Theme::instance().setScheme(ui::ColorScheme::Light);
        ui::Theme::instance().apply();
    }
    void cleanup() {
        ui::Theme::instance().setLook(ui::ColorScheme::Light, 1.0);
        ui::Theme::instance().apply();
    }

    void itOffersACheck() {
        const Fixture f;
        QVERIFY(f.shown);
        QCOMPARE(f.page->findChild<ui::EmptyState*>()->title(), QString("Not checked yet"));
        f.button("Check this set")->click();
        QVERIFY(await([&] { return f.doctor().isChecked(); }));
        QVERIFY(f.button("Check again") && f.button("Use this set"));
        QVERIFY(f.page->list().model()->rowCount() >= 4);
        QVERIFY(await([&] { return f.button("Look for wrong labels") != nullptr; }));
    }

    void keysDecideAndGoOn() {
        const Fixture f;
        QVERIFY(f.check() && f.judge());
        QCOMPARE(f.tiles().currentRow(), 0);
        QTest::keyClick(&f.page->list(), Qt::Key_M);  // Qt would search the findings for the letter
        const std::string first = "train/disc/" + f.names[2], second = "train/disc/" + f.names[3],
                          third = "train/disc/" + f.names[4];
        QCOMPARE(f.doctor().decided().at(first).className, std::string("ring"));
        QCOMPARE(f.tiles().currentRow(), 1);
        QTest::keyClick(&f.tiles(), Qt::Key_X);
        QVERIFY(f.doctor().decided().at(second).kind == core::DecisionKind::LeaveOut);
        QTest::keyClick(&f.tiles(), Qt::Key_K);
        QVERIFY(f.doctor().decided().at(third).kind == core::DecisionKind::Keep);
        QTest::keyClick(&f.tiles(), Qt::Key_3);
        QCOMPARE(f.doctor().decisions().back().className, std::string("square"));
        QTest::keyClick(&f.tiles(), Qt::Key_1);  // that is its class
        QCOMPARE(f.doctor().decisions().size(), std::size_t(4));
        QTest::keyClick(&f.tiles(), Qt::Key_Z, Qt::ControlModifier);
        QTest::keyClick(&f.tiles(), Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(f.doctor().decisions().size(), std::size_t(2));
        QTest::keyClick(&f.tiles(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(f.doctor().decisions().size(), std::size_t(3));
    }

    void openOnesMoveUp() {
        const Fixture f;
        QVERIFY(f.check() && f.judge());
        f.page->finding().pictures().setShow(ui::FoundPictureModel::Show::Open);
        f.page->finding().showRow(2);
        QTest::keyClick(&f.tiles(), Qt::Key_X);
        QCOMPARE(f.page->finding().pictures().rowCount(), 11);
        QCOMPARE(f.tiles().currentRow(), 2);
    }

    void manyAreAskedAbout() {
        const Fixture f;
        QVERIFY(f.check() && f.judge());
        QVERIFY(f.button("Move 4 above 90 %"));
        f.button("Move 4 above 90 %")->click();
        QVERIFY(f.doctor().decisions().empty());
        QVERIFY(f.button("Move 4"));
        f.button("Move 4")->click();
        QCOMPARE(f.doctor().decisions().size(), std::size_t(4));
        f.button("Undo")->click();
        QVERIFY(f.doctor().decisions().empty());
    }

    void oneOfAGroupIsKept() {
        const Fixture f;
        QVERIFY(f.check() && f.open(FindingKind::AcrossSplits));
        QVERIFY(f.button("Keep only this one") && f.button("Keep all"));
        f.button("Keep only this one")->click();
        QVERIFY(f.doctor().decided().at("test/ring/again.png").kind == core::DecisionKind::LeaveOut);
        QCOMPARE(f.doctor().decided().size(), std::size_t(2));
    }

    void signalsForTheWindow() {
        const Fixture f;
        QVERIFY(f.check() && f.open(FindingKind::Imbalance));
        QSignalSpy settings(f.page.get(), &ui::DoctorPage::settingsRequested), back(f.page.get(), &ui::DoctorPage::backRequested),
            use(f.page.get(), &ui::DoctorPage::useRequested), labels(f.page.get(), &ui::DoctorPage::labelsChanged);
        f.button("Balanced weights")->click();
        f.button("Use this set")->click();
        f.button("Data sets")->click();
        QCOMPARE(settings.count() + use.count() + back.count(), 3);
        f.doctor().decide({{"train/disc/" + f.names[0], core::DecisionKind::LeaveOut, {}, {}, 0}}, "Leave out");
        QVERIFY(await([&] { return labels.count() == 1; }));
    }

    void aSetThatIsGone() {
        const Fixture f;
        fs::remove_all(f.set());
        f.doctor().check();
        QVERIFY(await([&] { return !f.doctor().problem().isEmpty(); }));
        QCOMPARE(f.page->findChild<ui::EmptyState*>()->title(), QString("The check did not end"));
        QVERIFY(f.button("Try again"));
    }

    void groupsOnBothSidesAreShown() {
        const Fixture f;
        QSignalSpy chosen(f.page.get(), &ui::DoctorPage::splitChosen);
        core::SplitConfig split;
        split.groups = "name:^([^.]+)";  // drawn pictures of all folders have the same names
        f.page->setSplit(split);
        QVERIFY(f.check() && await([&] { return f.division().preview() && !f.division().isBusy(); }));
        QVERIFY(!f.division().preview()->onBothSides.empty());
        QVERIFY(f.button("Change") && f.button("Show"));
        f.button("Show")->click();
        auto* view = f.page->findChild<ui::SplitView*>();
        QVERIFY(view->isVisible() && view->findChild<ui::FoundTiles*>()->isVisible());
        QCOMPARE(view->findChild<ui::FoundTiles*>()->model()->rowCount() > 0, true);
        f.segment("Shares")->click();
        QVERIFY(chosen.takeFirst().first().value<core::SplitConfig>().mode == core::SplitMode::Anew);
        QVERIFY(await([&] { return !f.division().isBusy() && f.division().preview(); }));
        QVERIFY(f.division().preview()->onBothSides.empty());
        QVERIFY(!view->findChild<ui::FoundTiles*>()->isVisible());
        auto* kind = f.combo("A part of the name");
        kind->setCurrentIndex(kind->findText("A part of the name"));
        Q_EMIT kind->activated(kind->currentIndex());
        QCOMPARE(chosen.takeFirst().first().value<core::SplitConfig>().groups, std::string("name:^([^_]+)_"));
        QVERIFY(await([&] { return !f.division().isBusy() && !f.division().problem().isEmpty(); }));  // no name has one
        QTest::keyClick(f.page.get(), Qt::Key_X);                                                     // no picture is chosen here
        QVERIFY(f.doctor().decisions().empty());
        f.doctor().setLocked(true);
        QVERIFY(!kind->isEnabled());
    }

    void allPicturesOfAClass() {
        const Fixture f;
        QVERIFY(f.check());
        f.segment("Pictures")->click();
        auto* view = f.page->findChild<ui::PicturesView*>();
        QVERIFY(view->isVisible());
        const int all = view->pictures().rowCount();
        QCOMPARE(all, static_cast<int>(f.doctor().checkup().pictures.size()));
        ui::SettingCombo* classes = view->findChild<ui::SettingCombo*>();
        classes->setCurrentIndex(classes->findText("ring"));
        Q_EMIT classes->activated(classes->currentIndex());
        QVERIFY(view->pictures().rowCount() > 0 && view->pictures().rowCount() < all);
        const std::string file = view->pictures().picture(1).file;
        view->showRow(1);
        QTest::keyClick(&view->tiles(), Qt::Key_X);
        QVERIFY(f.doctor().decided().at(file).kind == core::DecisionKind::LeaveOut);
        QCOMPARE(view->tiles().currentRow(), 2);
    }

    void manyPicturesHavePages() {
        const Fixture f({1316, 698}, 110);
        QVERIFY(f.check());
        f.segment("Pictures")->click();
        auto* view = f.page->findChild<ui::PicturesView*>();
        QCOMPARE(view->pictures().rowCount(), 200);
        const std::string first = view->pictures().picture(0).file;
        for (QToolButton* one : view->findChildren<QToolButton*>())
            if (one->accessibleName() == "The next page") one->click();
        QVERIFY(view->pictures().rowCount() > 0 && view->pictures().picture(0).file != first);
    }

    void looks_data() {
        test::addLookColumn();
        QTest::newRow("light") << test::Look{{1316, 698}};
        QTest::newRow("dark") << test::Look{{1316, 698}, 1.0, true};
        QTest::newRow("small") << test::Look{{1242, 560}};
        QTest::newRow("large") << test::Look{{1900, 1010}, 1.5};
    }
    void looks() {
        const test::Look look = test::takeLook();
        ui::Theme::instance().apply();
        Fixture f(look.size);
        const QString tag = QLatin1String(QTest::currentDataTag());
        test::WindowFixture::shoot(f.page.get(), "doctor-empty-" + tag);
        QVERIFY(f.check());
        for (const auto& [kind, name] :
             {std::pair(FindingKind::Duplicates, "copies"), std::pair(FindingKind::Imbalance, "imbalance"),
              std::pair(FindingKind::Unreadable, "unreadable")}) {
            QVERIFY(f.open(kind));
            QVERIFY(await([&] {
                return kind != FindingKind::Duplicates || !f.doctor().tile(f.page->finding().pictures().picture(0).file).isNull();
            }));
            test::WindowFixture::shoot(f.page.get(), QStringLiteral("doctor-%1-%2").arg(QLatin1String(name), tag));
        }
        QVERIFY(f.judge());
        for (const Qt::Key key : {Qt::Key_M, Qt::Key_X, Qt::Key_K}) QTest::keyClick(&f.tiles(), key);
        QVERIFY(await([&] { return !f.doctor().tile("train/disc/" + f.names[9]).isNull(); }));
        QCOMPARE(test::WindowFixture::cutTexts(f.page.get()), QStringList());
        test::WindowFixture::shoot(f.page.get(), "doctor-suspects-" + tag);
        auto* views = f.page->findChild<QToolButton*>();
        for (QToolButton* one : f.page->findChildren<QToolButton*>())
            if (one->text() == "Overview") views = one;
        views->click();
        test::WindowFixture::shoot(f.page.get(), "doctor-overview-" + tag);
        core::SplitConfig split;
        split.groups = "name:^([^.]+)";
        f.page->setSplit(split);
        QVERIFY(await([&] { return !f.division().isBusy() && f.division().preview(); }));
        f.segment("Findings")->click();
        test::WindowFixture::shoot(f.page.get(), "doctor-split-box-" + tag);
        f.button("Show")->click();
        QVERIFY(
            await([&] { return !f.doctor().tile(f.page->findChild<ui::SplitView*>()->pictures().picture(0).file).isNull(); }));
        QCOMPARE(test::WindowFixture::cutTexts(f.page.get()), QStringList());
        test::WindowFixture::shoot(f.page.get(), "doctor-split-groups-" + tag);
        f.segment("Shares")->click();
        QVERIFY(await([&] { return !f.division().isBusy() && f.division().preview(); }));
        test::WindowFixture::shoot(f.page.get(), "doctor-split-" + tag);
        f.segment("Pictures")->click();
        QVERIFY(
            await([&] { return !f.doctor().tile(f.page->findChild<ui::PicturesView*>()->pictures().picture(0).file).isNull(); }));
        test::WindowFixture::shoot(f.page.get(), "doctor-pictures-" + tag);
    }
};

QTEST_MAIN(DoctorPageTest)
#include "tst_doctor_page.moc"
