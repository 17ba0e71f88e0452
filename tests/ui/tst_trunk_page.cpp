// The Trunk tab: cards, filters, keys, the use of a trunk and its lock, measuring, weights, and what the tree says of it.
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>
#include <QToolButton>

#include "core/api/errors.h"
#include "core/api/trunks.h"
#include "tests/ui/window_fixture.h"
#include "ui/bridge/trunk_speeds.h"
#include "ui/models/trunk_list_model.h"
#include "ui/widgets/layers/layer_panel.h"
#include "ui/widgets/parts/banner.h"
#include "ui/widgets/parts/empty_state.h"
#include "ui/widgets/parts/segmented_bar.h"
#include "ui/widgets/trunk/trunk_delegate.h"
#include "ui/widgets/trunk/trunk_detail.h"
#include "ui/widgets/trunk/trunk_page.h"
#include "ui/widgets/trunk/weights_box.h"

using namespace thaw;
using namespace thaw::test;
using namespace thaw::ui;

namespace {

struct Window {
    explicit Window(const std::string& model = {}, QSize size = {1440, 900}, FakeScript script = {})
        : fixture(std::move(script), configOf(model)) {
        fixture.show(size);
        fixture.window.showTab(MainWindow::TrunkTab);
        fixture.settle();
    }
    static core::RunConfig configOf(const std::string& model) {
        core::RunConfig config = lessonConfig();
        if (!model.empty()) core::chooseModel(config, model);
        return config;
    }
    TrunkPage& page() { return *fixture.window.findChild<TrunkPage*>(); }
    QListView& list() { return *page().list(); }
    QPushButton& use() { return *page().findChild<QPushButton*>(QStringLiteral("useTrunk")); }
    QPushButton& get() { return *page().findChild<QPushButton*>(QStringLiteral("getTrunk")); }
    QString current() { return list().currentIndex().data().toString(); }
    void choose(const QString& title) {
        for (int row = 0; row < list().model()->rowCount(); ++row)
            if (list().model()->index(row, 0).data().toString() == title) list().setCurrentIndex(list().model()->index(row, 0));
        QCOMPARE(current(), title);
    }
    bool says(const QWidget& root, const QString& text) {
        for (const QLabel* label : root.findChildren<QLabel*>())
            if (label->isVisible() && label->text().contains(text)) return true;
        return false;
    }
    LayerPanel& layers() { return *fixture.window.findChild<LayerPanel*>(); }

    WindowFixture fixture;
};

/// A page of its own over a fake measurement.
struct Bench {
    Bench()
        : fixture(FakeScript()),
          speeds(
              nullptr,
              [this](const std::string&, const std::atomic<bool>& stop) -> core::TrunkSpeed {
                  while (hold && !stop) QThread::msleep(1);
                  if (stop) throw core::Cancelled();
                  return {1834, 96};
              },
              [] {
                  return std::map<std::string, core::TrunkSpeed>{{"vgg16", {154, 32}}};
              }),
          page(fixture.session, speeds) {
        page.resize(916, 698);
        page.show();
        [[maybe_unused]] const bool exposed = QTest::qWaitForWindowExposed(&page);
    }
    const Trunk& at(int row) { return TrunkListModel::at(page.list()->model()->index(row, 0)); }
    std::atomic<bool> hold{true};
    WindowFixture fixture;
    TrunkSpeeds speeds;
    TrunkPage page;
};

}  // namespace

class TstTrunkPage : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        Theme::instance().setReducedMotion(true);
    }
    void init() { Theme::instance().setLook(ColorScheme::Light, 1); }

    void beginsAtTheTrunkInUse() {
        Window w;
        QCOMPARE(w.list().model()->rowCount(), static_cast<int>(core::listTrunks().size()));
        QCOMPARE(w.current(), QStringLiteral("VGG16"));
        QCOMPARE(w.use().text(), QStringLiteral("In use"));
        QVERIFY(!w.use().isEnabled());
        auto* places = w.page().findChild<SegmentedBar*>();
        QCOMPARE(places->segmentText(TrunkFilter::All), QStringLiteral("All %1").arg(core::listTrunks().size()));
        QCOMPARE(places->segmentText(TrunkFilter::BuiltIn), QStringLiteral("Built in 7"));
    }

    void usesATrunkByKeyAndByButton() {
        Window w;
        w.list().setFocus();
        QTest::keyClicks(&w.list(), QStringLiteral("resnet-50"));
        QCOMPARE(w.current(), QStringLiteral("ResNet-50 without labels"));
        QTest::keyClick(&w.list(), Qt::Key_Return);
        QCOMPARE(w.fixture.session.config().model, std::string("resnet50"));
        QVERIFY(TrunkListModel::at(w.list().currentIndex()).inUse);
        QVERIFY(w.says(w.layers(), QStringLiteral("96 × 96, built in")));
        QTest::keyClick(&w.list(), Qt::Key_Down);
        QVERIFY(w.current() != QStringLiteral("ResNet-50 without labels"));
        w.choose(QStringLiteral("AlexNet"));
        w.use().click();
        QCOMPARE(w.fixture.session.config().model, std::string("alexnet"));
        QCOMPARE(w.use().text(), QStringLiteral("In use"));
    }

    void whatMustBeDownloadedFirstSaysSo() {
        Window w;
        w.choose(QStringLiteral("ResNet-50 without labels"));
        for (QPushButton* button : w.page().findChildren<QPushButton*>())
            if (button->text() == QStringLiteral("With labels")) button->click();
        QCOMPARE(w.current(), QStringLiteral("ResNet-50 with labels"));
        QVERIFY(!w.use().isEnabled());
        QCOMPARE(w.use().toolTip(), QStringLiteral("Download its weights first."));
        QVERIFY(w.get().isVisible() && w.get().text().contains(QStringLiteral("103")));
        QTest::keyClick(&w.list(), Qt::Key_Return);
        QCOMPARE(w.fixture.session.config().model, std::string("vgg16"));
        w.choose(QStringLiteral("ResNet-18"));  // its own weights are whatever is there when a run starts
        QVERIFY(w.use().isEnabled());
    }

    void anEmptyFilterOffersAll() {
        Window w;
        auto* places = w.page().findChild<SegmentedBar*>();
        QComboBox* family = nullptr;
        for (QComboBox* box : w.page().findChildren<QComboBox*>())
            if (box->accessibleName() == QStringLiteral("Family")) family = box;
        places->setCurrent(TrunkFilter::BuiltIn);
        Q_EMIT places->currentChanged(TrunkFilter::BuiltIn);
        family->setCurrentIndex(family->findData(QStringLiteral("ConvNeXt")));
        Q_EMIT family->activated(family->currentIndex());
        auto* empty = w.page().findChild<EmptyState*>();
        QVERIFY(empty->isVisible());
        QCOMPARE(empty->title(), QStringLiteral("No trunk fits"));
        w.fixture.shoot(QStringLiteral("trunks-empty"));
        empty->findChild<QPushButton*>()->click();
        QVERIFY(w.list().isVisible());
        QCOMPARE(w.list().model()->rowCount(), static_cast<int>(core::listTrunks().size()));
        w.list().setFocus();
        QTest::keyClick(&w.list(), Qt::Key_F, Qt::ControlModifier);
        QVERIFY(family->hasFocus());
    }

    void lockedWhileARunTrains() {
        FakeScript script;
        script.restAtStep = 2;
        Window w({}, {1440, 900}, script);
        w.choose(QStringLiteral("AlexNet"));
        w.fixture.startRun(lessonConfig(), MainWindow::TrunkTab);
        QVERIFY(await([&] { return w.fixture.session.isActive() && !w.use().isEnabled(); }));
        QVERIFY(w.use().toolTip().startsWith(QStringLiteral("Not while a run trains")));
        QVERIFY(!w.page().findChild<QPushButton*>(QStringLiteral("measureTrunks"))->isEnabled());
        QTest::keyClick(&w.list(), Qt::Key_Return);
        QCOMPARE(w.fixture.session.config().model, std::string("vgg16"));
        w.fixture.session.stop();
    }

    void measuresAll() {
        Bench bench;
        QVERIFY(await([&] { return bench.at(0).speed.picturesPerSecond == 154; }));
        auto* measure = bench.page.findChild<QPushButton*>(QStringLiteral("measureTrunks"));
        measure->click();
        QCOMPARE(bench.at(0).measuring, Trunk::Measuring::Now);
        QCOMPARE(bench.at(1).measuring, Trunk::Measuring::Waiting);
        QCOMPARE(measure->text().trimmed(), QStringLiteral("Stop"));
        WindowFixture::shoot(&bench.page, QStringLiteral("trunks-measuring"));
        bench.hold = false;
        QVERIFY(await([&] { return !bench.speeds.isMeasuring(); }));
        QCOMPARE(bench.at(1).speed.picturesPerSecond, 1834.0);
        QCOMPARE(measure->text().trimmed(), QStringLiteral("Measure all"));
        bench.hold = true;
        measure->click();
        measure->click();
        QVERIFY(await([&] { return !bench.speeds.isMeasuring(); }));
        QCOMPARE(bench.at(0).measuring, Trunk::Measuring::Idle);
    }

    void downloadsShowOnTheCard() {
        Bench bench;
        LibraryController& library = bench.fixture.library;
        Q_EMIT library.downloadStarted(QStringLiteral("resnet50"));
        core::DownloadProgress progress;
        progress.received = 41'000'000;
        progress.total = 102'530'333;
        Q_EMIT library.downloadProgress(QStringLiteral("resnet50"), progress);
        Q_EMIT library.downloadStarted(QStringLiteral("resnet18"));
        progress.total = 46'830'571;
        Q_EMIT library.downloadProgress(QStringLiteral("resnet18"), progress);
        Q_EMIT library.downloadFinished(QStringLiteral("resnet18"), QStringLiteral("The connection broke."), QString(), false);
        QListView& list = *bench.page.list();
        QPersistentModelIndex index;  // lists of files that arrive meanwhile sort anew
        for (int row = 0; row < list.model()->rowCount(); ++row)
            if (TrunkListModel::at(list.model()->index(row, 0)).transfer == Trunk::Transfer::Broken)
                index = list.model()->index(row, 0);
        QVERIFY(index.isValid());
        list.setCurrentIndex(index);
        list.scrollTo(index);
        WindowFixture::shoot(&bench.page, QStringLiteral("trunks-download"));
        const QRect area = TrunkDelegate::transferArea(list.visualRect(index), TrunkListModel::at(index));
        QVERIFY(area.isValid());
        QSignalSpy asked(list.itemDelegate(), SIGNAL(downloadRequested(QModelIndex)));
        bench.fixture.library.disconnect();
        QObject::disconnect(list.itemDelegate(), nullptr, &bench.page, nullptr);  // nothing is fetched in a test
        QTest::mouseClick(list.viewport(), Qt::LeftButton, {}, area.center());
        QCOMPARE(asked.count(), 1);
    }

    void choosesWeights() {
        Bench bench;
        auto* box = bench.page.findChild<WeightsBox*>();
        box->setWeights({{"VGG16, ImageNet (built in, 8 bit)", {}, "Good for the lesson."},
                         {"Full precision", "/weights/full.safetensors", ""}});
        auto* combo = box->findChild<QComboBox*>();
        QVERIFY(box->isVisible());
        QVERIFY(box->findChildren<QPushButton*>().size() == 2);  // import and download
        combo->setCurrentIndex(1);
        Q_EMIT combo->activated(1);
        QCOMPARE(bench.fixture.session.config().weights, std::filesystem::path("/weights/full.safetensors"));
        core::RunConfig config = bench.fixture.session.config();
        config.weights = "/elsewhere/mine.pth";
        bench.fixture.session.setConfig(config);
        QCOMPARE(combo->currentText(), QStringLiteral("mine.pth"));
        box->setLocked(true);
        QVERIFY(!combo->isEnabled());
    }

    void ticksStayWithTheirTrunk() {
        Window w;
        core::RunConfig config = w.fixture.session.config();
        config.phases.front().trainable = {"block5_conv3", "head"};
        w.fixture.session.setConfig(config);
        w.choose(QStringLiteral("MobileNetV2"));
        w.use().click();
        QCOMPARE(w.fixture.session.config().phases.front().trainable, std::vector<std::string>{"head"});
        QVERIFY(w.fixture.window.banner().text().startsWith(QStringLiteral("Your ticks belong to VGG16 and are kept there")));
        w.choose(QStringLiteral("VGG16"));
        w.use().click();
        QCOMPARE(w.fixture.session.config().phases.front().trainable, (std::vector<std::string>{"block5_conv3", "head"}));
    }

    void batchNormsSayWhatTheyKeep() {
        Window vgg;
        QVERIFY(!vgg.layers().findChild<QCheckBox*>(QStringLiteral("updateStatistics"))->isVisible());
        Window w("resnet50");
        auto* update = w.layers().findChild<QCheckBox*>(QStringLiteral("updateStatistics"));
        QVERIFY(update->isVisible());
        QVERIFY(w.says(w.layers(), QStringLiteral("Batch statistics: kept everywhere, also where thawed")));
        LayerTreeModel& layers = w.fixture.session.layers();
        const QModelIndex norm = layers.indexOfLayer(layers.modelInfo().indexOf("layer4.2.bn3"));
        QCOMPARE(norm.data(LayerTreeModel::StatisticsRole).toInt(), static_cast<int>(Statistics::Kept));
        layers.setData(norm, Qt::Checked, Qt::CheckStateRole);
        QCOMPARE(norm.data(LayerTreeModel::StatisticsRole).toInt(), static_cast<int>(Statistics::Kept));
        QVERIFY(norm.data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("thawed, statistics kept")));
        update->click();
        QVERIFY(w.fixture.session.config().updateStatistics);
        QCOMPARE(norm.data(LayerTreeModel::StatisticsRole).toInt(), static_cast<int>(Statistics::Updated));
        QVERIFY(w.says(w.layers(), QStringLiteral("updated where thawed")));
        w.fixture.shoot(QStringLiteral("trunks-statistics"));
    }

    void theTreesLinkLeadsHere() {
        Window w;
        w.fixture.window.showTab(MainWindow::LiveTab);
        int links = 0;
        for (QToolButton* link : w.fixture.window.findChildren<QToolButton*>()) {
            if (link->text() != QStringLiteral("Change")) continue;
            ++links;
            w.fixture.window.showTab(MainWindow::LiveTab);
            link->click();
            QCOMPARE(w.fixture.window.currentTab(), int(MainWindow::TrunkTab));
        }
        QCOMPARE(links, 2);  // of the tree and of the settings
    }

    void looks_data() {
        addLookColumn();
        QTest::newRow("light") << Look{{1440, 900}};
        QTest::newRow("dark") << Look{{1440, 900}, 1.0, true};
        QTest::newRow("small") << Look{{1366, 768}};
        QTest::newRow("least") << Look{{1180, 700}};
        QTest::newRow("150") << Look{{1440, 900}, 1.5};
    }

    void looks() {
        const Look look = takeLook();
        Window w("resnet50", look.size);
        w.fixture.session.requestMask(w.fixture.session.layers().modelInfo().maskOf({"layer4.2", "head"}));
        QVERIFY(w.use().isVisible());
        w.fixture.shoot(QStringLiteral("trunks-%1").arg(QString::fromUtf8(QTest::currentDataTag())));
        const QStringList cut = WindowFixture::cutTexts(&w.page());
        QVERIFY2(cut.isEmpty(), qPrintable(cut.join('\n')));
        w.choose(QStringLiteral("ViT-B/16"));
        w.list().scrollTo(w.list().currentIndex());
        w.fixture.shoot(QStringLiteral("trunks-%1-end").arg(QString::fromUtf8(QTest::currentDataTag())));
    }
};

QTEST_MAIN(TstTrunkPage)
#include "tst_trunk_page.moc"
