// The gallery's rows, their filter and order, their words, and the measurement of speeds with a fake in the engine's place.
#include <QSignalSpy>
#include <QTest>

#include <atomic>

#include "core/api/errors.h"
#include "tests/support/await.h"
#include "ui/bridge/trunk_speeds.h"
#include "ui/models/trunk_list_model.h"
#include "ui/models/trunk_text.h"

using namespace thaw;
using namespace thaw::test;
using namespace thaw::ui;

namespace {

const Trunk& trunk(const TrunkListModel& model, const std::string& id) {
    for (const Trunk& each : model.trunks())
        if (each.card.id() == id) return each;
    qFatal("no trunk %s", id.c_str());
}

QStringList shown(const TrunkFilter& filter) {
    QStringList titles;
    for (int row = 0; row < filter.rowCount(); ++row) titles += filter.index(row, 0).data().toString();
    return titles;
}

QString spoken(const TrunkListModel& model, const QString& title) {
    for (int row = 0; row < model.rowCount(); ++row)
        if (model.index(row).data().toString() == title) return model.index(row).data(Qt::AccessibleTextRole).toString();
    return {};
}

}  // namespace

class TstTrunkListModel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void aModelWithTwoTrainingsHasTwoCards() {
        const TrunkListModel model(core::listTrunks());
        QCOMPARE(model.rowCount(), static_cast<int>(core::listTrunks().size()));
        QCOMPARE(model.models().size(), model.rowCount() - 1);
        const Trunk &plain = trunk(model, "resnet50, without labels"), &labelled = trunk(model, "resnet50, with labels");
        QVERIFY(plain.here && plain.card.model.builtIn && plain.card.bytes > 20'000'000);
        QVERIFY(!labelled.here && !labelled.card.model.builtIn && labelled.card.download == "resnet50");
        QCOMPARE(publishedText(plain.card), QStringLiteral("none"));
        QCOMPARE(publishedText(labelled.card), QStringLiteral("76.1\u2009%"));
        QCOMPARE(fileSizeText(labelled.card.bytes), QStringLiteral("103\u2009MB"));
    }

    void aFigureStandsOnlyForTheseWeights() {
        const TrunkListModel model(core::listTrunks());
        const core::TrunkCard& mobile = trunk(model, "mobilenet_v2").card;
        QCOMPARE(publishedText(mobile), QStringLiteral("–"));
        QVERIFY(publishedToolTip(mobile).contains(QStringLiteral("71.9\u2009% belongs to others")));
        QCOMPARE(publishedText(trunk(model, "vgg16").card), QStringLiteral("71.6\u2009%"));
        QCOMPARE(publishedText(trunk(model, "efficientnet_lite0").card), QStringLiteral("–"));
        QCOMPARE(shortLicenceText(mobile), QStringLiteral("MIT claimed"));
        QCOMPARE(shortLicenceText(trunk(model, "resnet18").card), QStringLiteral("licence not stated"));
    }

    void saysItselfToScreenReaders() {
        TrunkListModel model(core::listTrunks());
        core::RunConfig config;
        core::chooseModel(config, "resnet50");
        model.setInUse(config, {});
        model.setSpeeds({{"resnet50", {128.3, 96}}}, {});
        QCOMPARE(
            spoken(model, QStringLiteral("ResNet-50 without labels")),
            QStringLiteral("ResNet-50 without labels, built in, in use, 23.5 million parameters, 4.1 billion multiply-adds, no "
                           "published accuracy, 128 pictures a second"));
    }

    void theChoiceOfWeightsChoosesTheCard() {
        TrunkListModel model(core::listTrunks());
        core::RunConfig config;
        core::chooseModel(config, "resnet50");
        model.setInUse(config, {});
        QVERIFY(trunk(model, "resnet50, without labels").inUse);
        config.weights = "/weights/resnet50-0676ba61.safetensors";
        model.setInUse(config, {});
        QVERIFY(trunk(model, "resnet50, with labels").inUse && !trunk(model, "resnet50, without labels").inUse);
        QCOMPARE(trunkTitleOf(config), QStringLiteral("ResNet-50 with labels"));
        QCOMPARE(trunkOriginText(config), QStringLiteral("96 × 96, resnet50-0676ba61.safetensors"));
        config.weights = "/weights/mine.safetensors";  // nobody knows what it learned from
        model.setInUse(config, {});
        QVERIFY(!trunk(model, "resnet50, with labels").inUse && !trunk(model, "resnet50, without labels").inUse);
        QVERIFY(trunk(model, "resnet50, with labels").ofModel && model.inUse() >= 0);
        QCOMPARE(trunkTitleOf(config), QStringLiteral("ResNet-50"));
        config.weights.clear();
        QCOMPARE(trunkOriginText(config), QStringLiteral("96 × 96, built in"));
    }

    void filesMakeTrunksUsable() {
        TrunkListModel model(core::listTrunks());
        TrunkFilter filter(model);
        QCOMPARE(filter.count(TrunkFilter::Here), 7);
        model.setLocal({{"resnet50", "/weights/mine.safetensors", ""},
                        {"resnet18", "/weights/own.safetensors", ""},
                        {"resnet34", "/weights/34.safetensors", "resnet34"}});
        QVERIFY(!trunk(model, "resnet50, with labels").here);  // nobody knows what that file learned from
        QVERIFY(trunk(model, "resnet18").here && trunk(model, "resnet18").file.isEmpty());
        QCOMPARE(trunk(model, "resnet34").file, QStringLiteral("/weights/34.safetensors"));
        model.setLocal({{"resnet50", "/weights/50.safetensors", "resnet50"}});
        QCOMPARE(trunk(model, "resnet50, with labels").file, QStringLiteral("/weights/50.safetensors"));
        QCOMPARE(filter.count(TrunkFilter::Here), 8);
    }

    void filtersAndSorts() {
        TrunkListModel model(core::listTrunks());
        TrunkFilter filter(model);
        QCOMPARE(filter.rowCount(), model.rowCount());
        QCOMPARE(shown(filter).mid(0, 2), QStringList({"VGG16", "AlexNet"}));  // built in first
        filter.setPlace(TrunkFilter::BuiltIn);
        QCOMPARE(filter.rowCount(), 7);
        filter.setFamily(QStringLiteral("ResNet"));
        QCOMPARE(shown(filter), QStringList("ResNet-50 without labels"));
        filter.setFamily(QStringLiteral("ConvNeXt"));
        QCOMPARE(filter.rowCount(), 0);
        filter.setPlace(TrunkFilter::All);
        filter.setFamily({});
        filter.setOrder(TrunkFilter::Parameters);
        QCOMPARE(shown(filter).first(), QStringLiteral("SqueezeNet 1.1"));
        QCOMPARE(shown(filter).last(), QStringLiteral("GPT-2"));
        filter.setOrder(TrunkFilter::Accuracy);
        QCOMPARE(shown(filter).first(), QStringLiteral("ConvNeXt-Tiny"));
        model.setSpeeds({{"alexnet", {2000, 96}}, {"vgg16", {150, 32}}}, {});
        filter.setOrder(TrunkFilter::Speed);
        QCOMPARE(shown(filter).mid(0, 2), QStringList({"AlexNet", "VGG16"}));
    }

    void aDownloadGoesOnAndBreaksOff() {
        TrunkListModel model(core::listTrunks());
        model.setTransfer(QStringLiteral("resnet18"), 0, 0);
        const Trunk& row = trunk(model, "resnet18");
        QCOMPARE(row.transfer, Trunk::Transfer::Running);
        QVERIFY(row.total > 40'000'000);  // about, until the server says it
        model.setTransfer(QStringLiteral("resnet18"), 20'000'000, 46'830'571);
        model.endTransfer(QStringLiteral("resnet18"), true, QStringLiteral("The connection broke."));
        QCOMPARE(row.transfer, Trunk::Transfer::Broken);
        model.setTransfer(QStringLiteral("resnet18"), 46'830'571, 46'830'571);
        model.endTransfer(QStringLiteral("resnet18"), true, QStringLiteral("Wrong checksum."));
        QCOMPARE(row.transfer, Trunk::Transfer::None);  // nothing is left to go on with
        QCOMPARE(row.transferProblem, QStringLiteral("Wrong checksum."));
        model.setTransfer(QStringLiteral("vgg16"), 1, 2);  // that card's weights are built in
        QCOMPARE(trunk(model, "vgg16").transfer, Trunk::Transfer::None);
    }

    void measuresOneAfterTheOther() {
        std::atomic<int> goOn{0};
        const auto measure = [&](const std::string& name, const std::atomic<bool>& stop) -> core::TrunkSpeed {
            while (goOn == 0 && !stop) QThread::msleep(1);
            if (stop) throw core::Cancelled();
            if (name == "vit_b_16") throw core::TrainingError("The memory is too small.", "Close other programs.");
            --goOn;
            return {100, 96};
        };
        TrunkSpeeds speeds(nullptr, measure, [] { return std::map<std::string, core::TrunkSpeed>{{"alexnet", {7, 96}}}; });
        speeds.load();
        QVERIFY(await([&] { return speeds.speeds().count("alexnet") == 1; }));
        speeds.measure({"vgg16", "vit_b_16", "resnet18"});
        QVERIFY(speeds.isMeasuring());
        QCOMPARE(speeds.number(), 1);
        QCOMPARE(speeds.total(), 3);
        QCOMPARE(speeds.now(), QStringLiteral("vgg16"));
        QCOMPARE(speeds.waiting(), QStringList({"vit_b_16", "resnet18"}));
        goOn = 1;
        QVERIFY(await([&] { return speeds.speeds().count("vgg16") == 1; }));
        goOn = 1;
        QVERIFY(await([&] { return speeds.now() == QStringLiteral("resnet18") || !speeds.isMeasuring(); }));
        QCOMPARE(speeds.problems().at("vit_b_16"), QStringLiteral("The memory is too small. Close other programs."));
        QVERIFY(await([&] { return !speeds.isMeasuring(); }));
        QCOMPARE(speeds.speeds().size(), std::size_t(3));

        goOn = 0;
        speeds.measure({"vgg16", "resnet18"});
        speeds.stop();
        QVERIFY(await([&] { return !speeds.isMeasuring(); }));
        QVERIFY(speeds.problems().count("vgg16") == 0);  // to stop it is no problem
        QVERIFY(speeds.now().isEmpty() && speeds.waiting().isEmpty());
    }
};

QTEST_GUILESS_MAIN(TstTrunkListModel)
#include "tst_trunk_list_model.moc"
