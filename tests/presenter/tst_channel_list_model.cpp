// The channels of a layer as an item model, their scales, and the colours that numbers get.
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include <limits>

#include "ui/models/channel_list_model.h"
#include "ui/models/color_map.h"
#include "ui/models/layer_text.h"

using namespace thaw;
using ui::ChannelListModel;

namespace {

/// Three channels of 2x2: quiet, loud, and with something below 0.
core::ActivationMaps maps(float more = 0) {
    core::ActivationMaps maps;
    maps.layer = "conv";
    maps.channels = 3;
    maps.height = maps.width = 2;
    maps.values = {0, 1, 0, 1 + more, 4, 4, 4, 8, -2, 0, 2, 0};
    maps.minimum = -2;
    maps.maximum = 8;
    return maps;
}

}  // namespace

class ChannelListModelTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void channelsAndTheirFigures() {
        ChannelListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), 0);
        QVERIFY(model.plane(0).isEmpty());
        model.setMaps(maps());
        QCOMPARE(model.rowCount(), 3);
        const auto figure = [&](int row, int role) { return model.index(row).data(role).toDouble(); };
        QCOMPARE(model.index(1).data().toString(), QString("2"));
        QCOMPARE(figure(1, ChannelListModel::LargestRole), 8.0);
        QCOMPARE(figure(1, ChannelListModel::MeanRole), 5.0);
        QCOMPARE(figure(1, ChannelListModel::SilentRole), 0.0);
        QCOMPARE(figure(0, ChannelListModel::SilentRole), 0.5);
        QCOMPARE(model.index(0).data(Qt::AccessibleTextRole).toString(),
                 QString("Channel 1, largest 1.00, nothing in 50\u2009% of the places"));
        QCOMPARE(model.plane(1).values[3], 8.0f);
    }

    void scales() {
        ChannelListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setMaps(maps());
        QCOMPARE(model.range(0), std::make_pair(0.0, 1.0));
        QCOMPARE(model.range(1), std::make_pair(0.0, 8.0));  // from 0, although its least is 4
        QCOMPARE(model.range(2), std::make_pair(-2.0, 2.0));
        QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
        model.setSharedScale(true);
        QCOMPARE(changes.count(), 1);
        for (int channel = 0; channel < 3; ++channel) QCOMPARE(model.range(channel), std::make_pair(-2.0, 8.0));
    }

    void strongestFirst() {
        ChannelListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setMaps(maps());
        model.setStrongestFirst(true);
        QCOMPARE(model.channelAt(0), 1);
        QCOMPARE(model.channelAt(1), 2);
        QCOMPARE(model.rowOf(0), 2);
        QCOMPARE(model.channelAt(3), -1);
        QCOMPARE(model.rowOf(7), -1);
        model.setMaps(maps(99));
        QCOMPARE(model.channelAt(0), 0);
    }

    void numbersThatAreNotFinite() {
        const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
        core::ActivationMaps strange = maps();
        std::fill_n(strange.values.begin(), 4, nan);
        strange.values[4] = infinity;
        strange.values[5] = nan;
        ChannelListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setStrongestFirst(true);
        model.setMaps(strange);
        QCOMPARE(model.channelAt(0), 1);
        QCOMPARE(model.channelAt(2), 0);  // none of its numbers is finite
        QCOMPARE(model.strongestChannel(), 1);
        QCOMPARE(model.index(0).data(ChannelListModel::LargestRole).toDouble(), 8.0);
        QCOMPARE(model.index(0).data(ChannelListModel::MeanRole).toDouble(), 6.0);
        QCOMPARE(model.range(1), std::make_pair(0.0, 8.0));
        QCOMPARE(model.largestText(0), QString("not finite"));
        const auto [low, high] = model.range(0);
        const QImage image = ui::planeImage(model.plane(0), low, high, ui::rampBetween(Qt::black, Qt::white));
        QCOMPARE(qRed(image.pixel(1, 1)), 0);
    }

    void anotherPictureChangesInPlace() {
        ChannelListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setMaps(maps());
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset), changes(&model, &QAbstractItemModel::dataChanged);
        model.setMaps(maps(1));
        QCOMPARE(resets.count(), 0);
        QCOMPARE(changes.count(), 1);
        QCOMPARE(model.index(0).data(ChannelListModel::LargestRole).toDouble(), 2.0);
        core::ActivationMaps other = maps();
        other.layer = "another";
        model.setMaps(other);
        QCOMPARE(resets.count(), 1);
        model.clear();
        QVERIFY(model.isEmpty());
    }

    void unitsHaveNamesAndOneScale() {
        core::ActivationMaps units;
        units.layer = "dense_2";
        units.channels = 2;
        units.height = units.width = 1;
        units.values = {-1.5f, 3.25f};
        units.minimum = -1.5f;
        units.maximum = 3.25f;
        ChannelListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setMaps(units, {"cat", "dog"});
        QVERIFY(model.areUnits());
        QCOMPARE(model.index(1).data(Qt::AccessibleTextRole).toString(), QString("dog: 3.25"));
        QCOMPARE(model.range(0), std::make_pair(-1.5, 3.25));
    }

    // Matplotlib's own table at 0, 64, 128, 192 and 255 of 255.
    void infernoIsMatplotlibs() {
        const std::vector<std::pair<int, QRgb>> table{
            {0, 0x000004}, {64, 0x57106E}, {128, 0xBC3754}, {192, 0xF98E09}, {255, 0xFCFFA4}};
        int (*const channels[])(QRgb) = {qRed, qGreen, qBlue};
        for (const auto& [step, color] : table) {
            const QRgb got = ui::inferno(step / 255.0);
            for (const auto channel : channels)
                QVERIFY2(std::abs(channel(got) - channel(color)) <= 6,
                         qPrintable(QStringLiteral("%1: %2").arg(step).arg(got, 0, 16)));
        }
        QCOMPARE(ui::inferno(-1), ui::inferno(0));
        QCOMPARE(ui::inferno(2), ui::inferno(1));
    }

    void planesAsPictures() {
        const float values[] = {0, 1, 2, 4};
        const ui::Plane plane{values, 2, 2};
        const auto grey = ui::rampBetween(Qt::black, Qt::white);
        const QImage coarse = ui::planeImage(plane, 0, 4, grey);
        QCOMPARE(coarse.size(), QSize(2, 2));
        QCOMPARE(qRed(coarse.pixel(0, 0)), 0);
        QCOMPARE(qRed(coarse.pixel(1, 1)), 255);
        QCOMPARE(qRed(coarse.pixel(0, 1)), 128);
        // Corners keep their numbers, the middle is the mean of the four: 1.75 of 4.
        const QImage smooth = ui::smoothPlaneImage(plane, QSize(9, 9), 0, 4, grey);
        QCOMPARE(qRed(smooth.pixel(0, 0)), 0);
        QCOMPARE(qRed(smooth.pixel(8, 8)), 255);
        QVERIFY(std::abs(qRed(smooth.pixel(4, 4)) - 255 * 1.75 / 4) <= 1);
        QCOMPARE(qRed(smooth.pixel(8, 0)), 64);
        QVERIFY(ui::planeImage({}, 0, 1, grey).isNull());
        // A plane of equal numbers has no high end.
        QCOMPARE(qRed(ui::planeImage(plane, 3, 3, grey).pixel(1, 1)), 0);
    }

    void layersInWords() {
        core::RunConfig config;
        const core::ModelInfo model = core::describeModel(config, 10);
        const auto words = [&](const char* name) { return ui::layerDescription(model, model.indexOf(name)); };
        QCOMPARE(words("block1_conv1"), QString("Conv 3×3, 3 in, 64 out, ReLU.  1,792 parameters."));
        QCOMPARE(words("block5_conv3"), QString("Conv 3×3, 512 in, 512 out, ReLU.  2,359,808 parameters."));
        QVERIFY(words("block5_pool").startsWith(QString("Max pooling, 512 @ 2×2 to 512 @ 1×1.  No parameters")));
        QVERIFY(words("flatten").startsWith(QString("Flatten, 512 @ 1×1 to 512 in one row.")));
        QCOMPARE(words("dense_1"), QString("Dense, 512 in, 512 out, ReLU.  262,656 parameters."));
        QVERIFY(words("dropout").startsWith(QString("Dropout 0.5, 512 units.  No parameters")));
        QVERIFY(words("dropout").contains(QString("switches 50\u2009% of them off")));
        QCOMPARE(words("dense_2"), QString("Dense, 512 in, 10 out, one a class.  5,130 parameters."));
        QCOMPARE(ui::shortLayerName(model.layers[static_cast<std::size_t>(model.indexOf("block5_conv3"))]), QString("conv3"));
        QCOMPARE(ui::shortLayerName(model.layers[static_cast<std::size_t>(model.indexOf("dense_1"))]), QString("dense 1"));
    }
};

QTEST_GUILESS_MAIN(ChannelListModelTest)
#include "tst_channel_list_model.moc"
