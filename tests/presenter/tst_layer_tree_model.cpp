#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include <random>

#include "tests/support/fake_trainer.h"
#include "tests/support/model_text.h"
#include "ui/models/layer_tree_model.h"

using namespace thaw;
using ui::LayerTreeModel;
using ui::TrainState;

namespace {

const char* const kHeadOnly = R"([ ] Block 1 | 2 conv | 64 @ 16×16 | 38,720 | 0
  [ ] conv1 | Conv 3×3 | 64 @ 32×32 | 1,792 | 0
  [ ] conv2 | Conv 3×3 | 64 @ 32×32 | 36,928 | 0
  pool | Max 2×2 | 64 @ 16×16 | – |
[ ] Block 2 | 2 conv | 128 @ 8×8 | 221,440 | 0
  [ ] conv1 | Conv 3×3 | 128 @ 16×16 | 73,856 | 0
  [ ] conv2 | Conv 3×3 | 128 @ 16×16 | 147,584 | 0
  pool | Max 2×2 | 128 @ 8×8 | – |
[ ] Block 3 | 3 conv | 256 @ 4×4 | 1,475,328 | 0
  [ ] conv1 | Conv 3×3 | 256 @ 8×8 | 295,168 | 0
  [ ] conv2 | Conv 3×3 | 256 @ 8×8 | 590,080 | 0
  [ ] conv3 | Conv 3×3 | 256 @ 8×8 | 590,080 | 0
  pool | Max 2×2 | 256 @ 4×4 | – |
[ ] Block 4 | 3 conv | 512 @ 2×2 | 5,899,776 | 0
  [ ] conv1 | Conv 3×3 | 512 @ 4×4 | 1,180,160 | 0
  [ ] conv2 | Conv 3×3 | 512 @ 4×4 | 2,359,808 | 0
  [ ] conv3 | Conv 3×3 | 512 @ 4×4 | 2,359,808 | 0
  pool | Max 2×2 | 512 @ 2×2 | – |
[-] Block 5 | 3 conv | 512 @ 1×1 | 7,079,424 | 4.6%
  [ ] conv1 | Conv 3×3 | 512 @ 2×2 | 2,359,808 | 0
  [ ] conv2 | Conv 3×3 | 512 @ 2×2 | 2,359,808 | <0.1%
  [x] conv3 | Conv 3×3 | 512 @ 2×2 | 2,359,808 | 4.6%
  pool | Max 2×2 | 512 @ 1×1 | – |
[x] Head | new | 10 | 267,786 | 61%
  flatten | Flatten | 512 | – |
  [x] dense 1 | Dense | 512 | 262,656 | 38%
  dropout | Drop 0.5 | 512 | – |
  [x] dense 2 | Dense | 10 | 5,130 | 61%
)";

}  // namespace

class TstLayerTreeModel : public QObject {
    Q_OBJECT
private:
    core::ModelInfo m_info = core::describeModel(test::lessonConfig(), 10);
    QModelIndex layer(const LayerTreeModel& model, const char* name, int column = 0) const {
        return model.indexOfLayer(m_info.indexOf(name), column);
    }
    TrainState state(const QModelIndex& index, int role = LayerTreeModel::TrainStateRole) const {
        return static_cast<TrainState>(index.data(role).toInt());
    }
    bool tick(LayerTreeModel& model, const QModelIndex& index, bool on) const {
        return model.setData(index, on ? Qt::Checked : Qt::Unchecked, Qt::CheckStateRole);
    }

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void showsTheWholeTree() {
        LayerTreeModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(test::modelText(model), QString());
        model.setModelInfo(m_info, m_info.maskOf({"block5_conv3", "head"}));
        std::vector<double> moved(m_info.layers.size(), 0.0);
        moved[static_cast<std::size_t>(m_info.indexOf("block5_conv2"))] = 0.0004;
        moved[static_cast<std::size_t>(m_info.indexOf("block5_conv3"))] = 0.0461;
        moved[static_cast<std::size_t>(m_info.indexOf("dense_1"))] = 0.38;
        moved[static_cast<std::size_t>(m_info.indexOf("dense_2"))] = 0.609;
        model.setMoved(moved);
        QStringList lines = test::modelText(model).split(QLatin1Char('\n'));
        QCOMPARE(lines.join(QLatin1Char('\n')), QString::fromUtf8(kHeadOnly));
        model.clearMoved();
        QCOMPARE(layer(model, "dense_1", LayerTreeModel::MovedColumn).data().toString(), QStringLiteral("–"));
        QCOMPARE(layer(model, "block5_conv3").data(Qt::AccessibleTextRole).toString(), QStringLiteral("Block 5 conv3, thawed"));
    }

    void ticksAtOnceWhileNothingRuns() {
        LayerTreeModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setModelInfo(m_info, m_info.maskOf({"head"}));
        QSignalSpy requested(&model, &LayerTreeModel::maskRequested);
        QVERIFY(tick(model, model.index(4, 0), true));
        QVERIFY(!model.hasPending());
        QCOMPARE(model.confirmedMask(), m_info.maskOf({"block5", "head"}));
        QCOMPARE(requested.count(), 1);
        QVERIFY(!tick(model, layer(model, "block5_pool"), true));
        QVERIFY(!model.setData(layer(model, "dense_1", 1), Qt::Checked, Qt::CheckStateRole));
        QVERIFY(!(layer(model, "dropout").flags() & Qt::ItemIsUserCheckable));
        QCOMPARE(requested.count(), 1);
    }

    void waitsForTheEngine() {
        LayerTreeModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setModelInfo(m_info, m_info.maskOf({"head"}));
        model.setImmediate(false);
        QSignalSpy pending(&model, &LayerTreeModel::pendingChanged);
        core::LayerMask wish;
        connect(&model, &LayerTreeModel::maskRequested, this, [&](const core::LayerMask& mask) { wish = mask; });
        const QModelIndex conv3 = layer(model, "block5_conv3");
        QVERIFY(tick(model, conv3, true));
        QCOMPARE(wish, m_info.maskOf({"block5_conv3", "head"}));
        QCOMPARE(model.confirmedMask(), m_info.maskOf({"head"}));
        QCOMPARE(state(conv3), TrainState::Frozen);
        QCOMPARE(state(conv3, LayerTreeModel::PendingTrainStateRole), TrainState::Thawed);
        QVERIFY(conv3.data(LayerTreeModel::PendingRole).toBool());
        QVERIFY(model.index(4, 0).data(LayerTreeModel::PendingRole).toBool());
        QVERIFY(!model.index(5, 0).data(LayerTreeModel::PendingRole).toBool());
        QCOMPARE(layer(model, "block5_conv3", LayerTreeModel::MovedColumn).data().toString(), QStringLiteral("next batch"));
        QCOMPARE(conv3.data(Qt::AccessibleTextRole).toString(), QStringLiteral("Block 5 conv3, thaws at the next batch"));
        QCOMPARE(pending.count(), 1);

        // A confirmation of something else leaves the mark.
        model.applyConfirmed(m_info.maskOf({"block5_conv1", "head"}));
        QVERIFY(model.hasPending());
        QCOMPARE(model.pendingMask(), m_info.maskOf({"block5_conv1", "block5_conv3", "head"}));

        model.applyConfirmed(m_info.maskOf({"block5_conv1", "block5_conv3", "head"}));
        QVERIFY(!model.hasPending());
        QCOMPARE(state(conv3), TrainState::Thawed);
        QCOMPARE(state(model.index(4, 0)), TrainState::Mixed);
    }

    void takesAWishBack() {
        LayerTreeModel model;
        model.setModelInfo(m_info, m_info.maskOf({"head"}));
        model.setImmediate(false);
        core::LayerMask wish;
        connect(&model, &LayerTreeModel::maskRequested, this, [&](const core::LayerMask& mask) { wish = mask; });
        tick(model, layer(model, "block4_conv2"), true);
        QVERIFY(model.hasPending());
        tick(model, layer(model, "block4_conv2"), false);
        QVERIFY(!model.hasPending());
        QCOMPARE(wish, m_info.maskOf({"head"}));
    }

    void revertsWhatIsRefused() {
        LayerTreeModel model;
        model.setModelInfo(m_info, m_info.maskOf({"head"}));
        model.setImmediate(false);
        tick(model, model.index(5, 0), false);
        QCOMPARE(model.index(5, 0).data(Qt::CheckStateRole).toInt(), int(Qt::Unchecked));
        QSignalSpy pending(&model, &LayerTreeModel::pendingChanged);
        model.refuse();
        QCOMPARE(model.index(5, 0).data(Qt::CheckStateRole).toInt(), int(Qt::Checked));
        QVERIFY(!model.hasPending());
        QCOMPARE(pending.count(), 1);
        model.refuse();
        QCOMPARE(pending.count(), 1);
    }

    void aMixedBlockGoesToOneSide() {
        LayerTreeModel model;
        model.setModelInfo(m_info, m_info.maskOf({"block5_conv3", "head"}));
        QCOMPARE(model.index(4, 0).data(Qt::CheckStateRole).toInt(), int(Qt::PartiallyChecked));
        tick(model, model.index(4, 0), true);
        QCOMPARE(model.confirmedMask(), m_info.maskOf({"block5", "head"}));
        tick(model, model.index(4, 0), false);
        QCOMPARE(model.confirmedMask(), m_info.maskOf({"head"}));
    }

    void previewsAPreset() {
        LayerTreeModel model;
        model.setModelInfo(m_info, m_info.maskOf({"head"}));
        QCOMPARE(model.index(4, 0).data(LayerTreeModel::PreviewTrainStateRole).toInt(), -1);
        QSignalSpy changed(&model, &LayerTreeModel::dataChanged);
        model.preview(m_info.maskOf({"block5_conv3"}));
        QVERIFY(changed.count() > 0);
        QCOMPARE(state(model.index(4, 0), LayerTreeModel::PreviewTrainStateRole), TrainState::Mixed);
        QCOMPARE(state(model.index(5, 0), LayerTreeModel::PreviewTrainStateRole), TrainState::Frozen);
        QCOMPARE(state(model.index(5, 0)), TrainState::Thawed);
        model.preview({});
        QCOMPARE(model.index(5, 0).data(LayerTreeModel::PreviewTrainStateRole).toInt(), -1);
    }

    void survivesTenThousandToggles() {
        LayerTreeModel model;
        model.setModelInfo(m_info, m_info.maskOf({"head"}));
        model.setImmediate(false);
        std::vector<core::LayerMask> sent;
        connect(&model, &LayerTreeModel::maskRequested, this, [&](const core::LayerMask& mask) { sent.push_back(mask); });
        std::mt19937 random(11);
        std::size_t confirmed = 0;
        for (int i = 0; i < 10'000; ++i) {
            const QModelIndex index = random() % 4 ? model.indexOfLayer(static_cast<int>(random() % m_info.layers.size()))
                                                   : model.index(static_cast<int>(random() % 6), 0);
            tick(model, index, random() % 2);
            // The engine answers late, and in order.
            for (int answers = static_cast<int>(random() % 3); answers > 0 && confirmed < sent.size(); --answers)
                model.applyConfirmed(sent[confirmed++]);
        }
        while (confirmed < sent.size()) model.applyConfirmed(sent[confirmed++]);
        QVERIFY(sent.size() > 5000);
        QVERIFY(!model.hasPending());
        QCOMPARE(model.confirmedMask(), sent.back());
    }
};

QTEST_GUILESS_MAIN(TstLayerTreeModel)
#include "tst_layer_tree_model.moc"
