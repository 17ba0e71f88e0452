// How a data set is divided, asked from the window's thread; and what makes a group, in words.
#include <QSignalSpy>
#include <QTest>

#include "core/api/errors.h"
#include "tests/support/await.h"
#include "ui/bridge/division_controller.h"
#include "ui/models/group_rule.h"

using namespace thaw;
using test::await;
using ui::DivisionController;
using ui::GroupRule;

namespace {

/// Says how many test pictures there are by the share that was asked for.
class FakePictures : public core::DivisiblePictures {
public:
    explicit FakePictures(int& previews) : m_previews(previews) {}
    const std::vector<std::string>& columns() const override { return m_columns; }
    core::DivisionPreview preview(const core::SplitConfig& split) const override {
        ++m_previews;
        if (split.groups == "folder") throw core::DataError("No folder.", "Choose another.");
        core::DivisionPreview preview;
        preview.test.pictures = static_cast<std::int64_t>(split.test * 100);
        return preview;
    }

private:
    int& m_previews;
    std::vector<std::string> m_columns{"patient"};
};

struct Fixture {
    int listed = 0, previews = 0;
    bool refuses = false;
    DivisionController division{[this](const std::filesystem::path&) -> std::unique_ptr<core::DivisiblePictures> {
        ++listed;
        if (refuses) throw core::DataError("It says itself.", {});
        return std::make_unique<FakePictures>(previews);
    }};
    bool settle() {
        return await([this] { return !division.isBusy(); });
    }
    void divide(double test, const std::string& groups = {}) {
        core::SplitConfig split;
        split.mode = core::SplitMode::Anew;
        split.test = test;
        split.groups = groups;
        division.setSplit(split);
    }
};

}  // namespace

class DivisionControllerTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theNewestSplitIsShown() {
        Fixture f;
        f.divide(0.2);
        QVERIFY(!f.division.preview() && f.listed == 0);
        f.division.open("/set");
        for (const double share : {0.3, 0.4, 0.5}) f.divide(share);
        QVERIFY(f.division.isBusy() && f.settle());
        QCOMPARE(f.division.preview()->test.pictures, std::int64_t(50));
        QCOMPARE(f.division.columns(), QStringList("patient"));
        QCOMPARE(f.listed, 1);
        QCOMPARE(f.previews, 2);  // what was asked meanwhile was asked once
        QSignalSpy changed(&f.division, &DivisionController::changed);
        f.divide(0.5);
        QCOMPARE(changed.count(), 0);
        f.division.open("/set");
        QVERIFY(f.settle());
        QCOMPARE(f.listed, 2);
    }

    void aSplitThatCannotBeMade() {
        Fixture f;
        f.division.open("/set");
        f.divide(0.2, "folder");
        QVERIFY(f.settle());
        QVERIFY(!f.division.preview() && f.division.isDivisible());
        QCOMPARE(f.division.problem(), QString("No folder. Choose another."));
        f.divide(0.2);
        QVERIFY(f.settle());
        QVERIFY(f.division.preview() && f.division.problem().isEmpty());
    }

    void aSetThatCannotBeDivided() {
        Fixture f;
        f.refuses = true;
        f.division.open("/set");
        QVERIFY(f.settle());
        QVERIFY(!f.division.isDivisible());
        QCOMPARE(f.division.problem(), QString("It says itself."));
        f.divide(0.4);
        QVERIFY(!f.division.isBusy());
        f.refuses = false;
        f.division.open("/other");
        QVERIFY(f.settle());
        QVERIFY(f.division.isDivisible() && f.division.preview());
    }

    void rulesInWords() {
        using Kind = GroupRule::Kind;
        for (const GroupRule& part : ui::nameParts()) QVERIFY(ui::groupRuleOf(ui::groupsOf(part)) == part);
        QCOMPARE(ui::groupsOf(ui::nameParts().front()), std::string("name:^([^_]+)_"));
        QCOMPARE(ui::groupRuleText(ui::nameParts().front()), QString::fromUtf8("name before the first “_”"));
        for (const std::string groups : {"", "folder", "column:patient", "name:^(p[0-9]+)"})
            QCOMPARE(ui::groupsOf(ui::groupRuleOf(groups)), groups);
        QVERIFY(ui::groupRuleOf("name:^(p[0-9]+)").kind == Kind::Expression);
        QCOMPARE(ui::groupRuleText(ui::groupRuleOf("column:patient")), QString("column patient"));
        QVERIFY(ui::groupRuleText({}).isEmpty());
        GroupRule unfinished;
        unfinished.kind = Kind::Expression;
        QVERIFY(ui::groupsOf(unfinished).empty());
    }
};

QTEST_GUILESS_MAIN(DivisionControllerTest)
#include "tst_division_controller.moc"
