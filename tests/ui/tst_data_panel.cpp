#include <QAbstractButton>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "tests/support/await.h"
#include "tests/support/drawn_pictures.h"
#include "tests/support/shot.h"
#include "ui/bridge/library_controller.h"
#include "ui/widgets/library/data_panel.h"
#include "ui/widgets/parts/transfer_bar.h"
#include "ui/widgets/parts/chip.h"
#include "ui/widgets/parts/theme.h"

using namespace thaw;
using ui::DataPanel;
using ui::LibraryController;
using ui::Theme;

namespace {

core::DatasetInfo cifar(bool present) {
    core::DatasetInfo info = test::drawnDataset(1000);
    info.present = present;
    info.download = {"https://www.example.org/cifar-10-binary.tar.gz", 170'052'171, "c4a3", "", "cifar-10-binary.tar.gz"};
    if (!present) {
        info.location.clear();
        info.trainCount = info.testCount = 0;
        info.trainPerClass.clear();
        info.testPerClass.clear();
    }
    return info;
}

core::DatasetInfo fashion() {
    core::DatasetInfo info = test::drawnDataset(1000, true);
    info.trainPerClass[3] = 3100;
    info.installHint = "Install the package dataset-fashion-mnist.";
    return info;
}

}  // namespace

class TstDataPanel : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_home;

    static QAbstractButton* button(const DataPanel& panel, const char* words) {
        for (QAbstractButton* candidate : panel.findChildren<QAbstractButton*>())
            if (candidate->isVisibleTo(&panel) &&
                (candidate->text().contains(QLatin1String(words)) || candidate->accessibleName().contains(QLatin1String(words))))
                return candidate;
        return nullptr;
    }
    static QString words(const DataPanel& panel) {
        QStringList all;
        for (QLabel* label : panel.findChildren<QLabel*>())
            if (label->isVisibleTo(&panel)) all += label->text();
        return all.join(QLatin1Char('\n'));
    }

private Q_SLOTS:
    void initTestCase() {
        qputenv("THAW_HOME", m_home.path().toUtf8());
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        Theme::instance().setScheme(ui::ColorScheme::Light);
    }

    void showsWhatIsThere() {
        LibraryController library;
        DataPanel panel(library);
        panel.setDatasets({cifar(true), fashion()});
        QCOMPARE(panel.shownDataset(), QStringLiteral("cifar10"));
        QVERIFY(words(panel).contains(QStringLiteral("airplane")));
        QVERIFY(words(panel).contains(QStringLiteral("5,000")));
        QVERIFY(!panel.findChild<ui::Chip*>()->isVisibleTo(&panel));
        QVERIFY(!button(panel, "Download"));
        QVERIFY(!button(panel, "In use")->isEnabled());
        QSignalSpy chosen(&panel, &DataPanel::datasetChosen);
        button(panel, "Fashion-MNIST")->click();
        QVERIFY(panel.findChild<ui::Chip*>()->isVisibleTo(&panel));
        button(panel, "Use this data set")->click();
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(chosen.at(0).at(0).toString(), QStringLiteral("fashion-mnist"));
        core::RunConfig config;
        config.data.dataset = "fashion-mnist";
        panel.setConfig(config);
        QVERIFY(button(panel, "In use"));
    }

    void offersWhatIsMissing() {
        LibraryController library;
        DataPanel panel(library);
        panel.setDatasets({cifar(false), fashion()});
        QCOMPARE(panel.shownDataset(), QStringLiteral("fashion-mnist"));
        button(panel, "CIFAR-10")->click();
        QVERIFY(button(panel, "Download 170 MB"));
        QVERIFY(!button(panel, "Use this data set"));
        core::DatasetInfo damaged = cifar(true);
        damaged.problem = "data_batch_3.bin is too short. Download the data set again.";
        panel.setDatasets({damaged, fashion()});
        QVERIFY(words(panel).contains(QStringLiteral("too short")));
        QVERIFY(button(panel, "Download 170 MB"));
    }

    void tellsOfADownload() {
        ui::TransferBar bar;
        bar.start(QStringLiteral("Downloading CIFAR-10"));
        core::DownloadProgress progress;
        progress.received = 85'000'000;
        progress.total = 170'000'000;
        progress.bytesPerSecond = 5'000'000;
        bar.setProgress(progress);
        QVERIFY2(bar.text().contains(QStringLiteral("85 MB of 170 MB")), qPrintable(bar.text()));
        QVERIFY2(bar.text().contains(QStringLiteral("15 s left")), qPrintable(bar.text()));
        progress = {};
        progress.received = 1'000'000;
        progress.activity = "Checking";
        bar.setProgress(progress);
        QVERIFY(bar.text().startsWith(QStringLiteral("Checking")));
        QSignalSpy cancelled(&bar, &ui::TransferBar::cancelRequested);
        bar.findChild<QPushButton*>()->click();
        QCOMPARE(cancelled.count(), 1);
    }

    void saysWhyADownloadFailed() {
        LibraryController library;
        DataPanel panel(library);
        core::DatasetInfo unknown = cifar(false);
        unknown.id = "no-such-set";
        panel.setDatasets({unknown});
        panel.show();
        QSignalSpy finished(&library, &LibraryController::downloadFinished);
        button(panel, "Download 170 MB")->click();
        QVERIFY(!button(panel, "Download 170 MB")->isEnabled());
        QVERIFY(button(panel, "Cancel"));
        QVERIFY(test::await([&] { return finished.count() == 1; }));
        QVERIFY(!button(panel, "Cancel"));
        QVERIFY(button(panel, "Download 170 MB")->isEnabled());
        QVERIFY(words(panel).contains(finished.at(0).at(1).toString()));
    }

    void choosesWeights() {
        LibraryController library;
        DataPanel panel(library);
        panel.setWeights({{"VGG16, ImageNet (built in, 8 bit)", {}, "Good for the lesson."},
                          {"Full precision", "/weights/full.safetensors", ""}});
        QSignalSpy chosen(&panel, &DataPanel::weightsChosen);
        auto* combo = panel.findChild<QComboBox*>();
        QVERIFY(words(panel).contains(QStringLiteral("Good for the lesson.")));
        combo->setCurrentIndex(1);
        Q_EMIT combo->activated(1);
        QCOMPARE(chosen.at(0).at(0).toString(), QStringLiteral("/weights/full.safetensors"));
        core::RunConfig config;
        config.weights = "/elsewhere/mine.pth";
        panel.setConfig(config);
        QCOMPARE(combo->currentText(), QStringLiteral("mine.pth"));
        panel.setLocked(true);
        QVERIFY(!combo->isEnabled());
    }

    void pictures_data() {
        QTest::addColumn<bool>("dark");
        QTest::addColumn<double>("scale");
        QTest::addRow("light") << false << 1.0;
        QTest::addRow("dark") << true << 1.0;
        QTest::addRow("light-150") << false << 1.5;
    }

    void pictures() {
        QFETCH(bool, dark);
        QFETCH(double, scale);
        Theme::instance().setScheme(dark ? ui::ColorScheme::Dark : ui::ColorScheme::Light);
        Theme::instance().setScale(scale);
        LibraryController library;
        DataPanel panel(library);
        panel.setWeights(
            {{"VGG16, ImageNet (built in, 8 bit)", {}, "ImageNet weights in 8 bits a number. Good for the lesson."}});
        panel.setDatasets({cifar(false), fashion()});
        panel.resize(Theme::instance().px(980), Theme::instance().px(680));
        panel.show();
        Q_EMIT library.samplesReady(QStringLiteral("fashion-mnist"), test::drawnPictures(12));
        QTest::qWait(0);
        test::saveShot(panel, QStringLiteral("data-%1").arg(QString::fromUtf8(QTest::currentDataTag())));
        for (QLabel* label : panel.findChildren<QLabel*>())
            if (label->isVisible() && !label->wordWrap() && label->sizePolicy().horizontalPolicy() != QSizePolicy::Ignored)
                QVERIFY2(label->width() >= label->minimumSizeHint().width(), qPrintable(label->text()));
        Q_EMIT library.downloadProgress(QString(), {});
        button(panel, "CIFAR-10")->click();
        auto* bar = panel.findChild<ui::TransferBar*>();
        bar->show();
        core::DownloadProgress progress;
        progress.received = 85'000'000;
        progress.total = 170'052'171;
        progress.bytesPerSecond = 5'200'000;
        progress.activity = "Downloading";
        bar->setProgress(progress);
        QTest::qWait(0);
        test::saveShot(panel, QStringLiteral("data-download-%1").arg(QString::fromUtf8(QTest::currentDataTag())));
        Theme::instance().setScale(1.0);
        Theme::instance().setScheme(ui::ColorScheme::Light);
    }
};

QTEST_MAIN(TstDataPanel)
#include "tst_data_panel.moc"
