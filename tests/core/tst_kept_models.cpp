#include <QtTest>

#include "core/store/kept_models.h"

using namespace thaw::core;

class TestKeptModels : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sentences_data() {
        QTest::addColumn<std::vector<KeptModel>>("kept");
        QTest::addColumn<ReachedModel>("reached");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, std::vector<KeptModel> kept, ReachedModel reached, const char* expected) {
            QTest::addRow("%s", name) << kept << reached << expected;
        };
        const KeptModel one{10, 1, true, false}, two{20, 2, true, true}, three{30, 3, true, false}, onlyOne{10, 1, true, true},
            onlyThree{30, 3, true, true};
        row("all", {one, two, three}, {30, 3, true, 2}, "");
        row("last is best", {one, two}, {20, 2, true, 2}, "");
        row("stopped within an epoch", {onlyOne, {15, 1, false, false}}, {15, 1, false, 1}, "");
        row("nothing trained", {}, {0, 0, true, 0}, "");
        row("none", {}, {40, 4, true, 4}, "No model of this run is saved.");
        row("last, best kept", {one, two}, {30, 3, true, 2},
            "The model after epoch 3 is not saved. The newest that is saved is the one after epoch 2.");
        row("last was best", {one, two}, {40, 4, true, 4},
            "The model after epoch 4, the best one, is not saved. The newest that is saved is the one after epoch 2.");
        row("best only", {one, onlyThree}, {30, 3, true, 2},
            "The best model, after epoch 2, is not saved. The newest that is saved is the one after epoch 3.");
        row("best only, another before", {two, one, {40, 4, true, false}}, {40, 4, true, 3},
            "The best model, after epoch 3, is not saved. The newest that is saved is the one after epoch 4, the best that is "
            "saved "
            "the one after epoch 2.");
        row("both", {onlyOne}, {40, 4, true, 3},
            "The model after epoch 4 is not saved. The best model, after epoch 3, is not saved. The newest that is saved is the "
            "one "
            "after epoch 1.");
        row("within an epoch", {onlyOne}, {15, 1, false, 1},
            "The model at step 15 is not saved. The newest that is saved is the one after epoch 1.");
        row("before the first epoch", {{0, 0, false, true}}, {7, 0, false, 0},
            "The model at step 7 is not saved. The newest that is saved is the one at step 0.");
    }
    void sentences() {
        QFETCH(std::vector<KeptModel>, kept);
        QFETCH(ReachedModel, reached);
        QFETCH(QString, expected);
        QCOMPARE(QString::fromStdString(missingModels(kept, reached)), expected);
    }
};

QTEST_GUILESS_MAIN(TestKeptModels)
#include "tst_kept_models.moc"
