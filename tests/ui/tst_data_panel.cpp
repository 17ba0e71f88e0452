#include <QAbstractButton>
#include <QComboBox>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

#include "tests/support/await.h"
#include "tests/support/drawn_pictures.h"
#include "tests/support/shot.h"
#include "ui/bridge/library_controller.h"
#include "ui/widgets/library/data_panel.h"
#include "ui/widgets/parts/chip.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/parts/transfer_bar.h"

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

core::DatasetInfo own(bool present) {
    core::DatasetInfo info;
    info.id = "folder";
    info.title = "Folder of pictures";
    info.present = present;
    if (!present) return info;
    info.title = "ants and bees (a folder of pictures)";
    info.place = info.location = "/home/pupil/ants and bees";
    info.classNames = {"ants", "bees"};
    info.trainPerClass = {80, 90};
    info.testPerClass = {20, 22};
    info.trainCount = 170;
    info.testCount = 42;
    info.notes = {"12 files are left out.", "A fifth of each class is held back as test pictures, chosen by the files' names."};
    info.leftOut = {{info.location / "ants" / "broken.jpg", "is damaged"}, {"/elsewhere/x.txt", "is not a picture"}};
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
    static qsizetype hidden(const DataPanel& panel) {
        const auto cards = panel.findChildren<ui::DatasetCard*>();
        return std::count_if(cards.begin(), cards.end(), [](const QWidget* card) { return card->isHidden(); });
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
        QCOMPARE(chosen.at(0).at(0).value<core::DatasetInfo>().id, std::string("fashion-mnist"));
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
        button(panel, "CIFAR-10, ")->click();
        QVERIFY(button(panel, "Download 170 MB"));
        QVERIFY(!button(panel, "Use this data set"));
        core::DatasetInfo damaged = cifar(true);
        damaged.problem = "data_batch_3.bin is too short. Download the data set again.";
        panel.setDatasets({damaged, fashion()});
        QVERIFY(words(panel).contains(QStringLiteral("too short")));
        // Nothing that needs another place to be done is said in this very place.
        QVERIFY2(!words(panel).contains(QStringLiteral("thaw-cli")), qPrintable(words(panel)));
        QVERIFY(button(panel, "Download 170 MB"));
    }

    /// A chosen place is a card of its own beside the known sets; back to another one is one click.
    void aChosenFolderIsInUse() {
        LibraryController library;
        DataPanel panel(library);
        core::DatasetInfo absent = own(false);
        panel.setDatasets({cifar(true), fashion(), absent});
        QVERIFY(!button(panel, "Folder of pictures"));  // one's own pictures are no data set that could be missing
        core::RunConfig config;
        config.data.directory = "/home/pupil/ants and bees";
        panel.setPlaces({own(true)});
        panel.setDatasets({cifar(true), fashion(), own(true)});
        panel.setConfig(config);
        QCOMPARE(panel.findChildren<ui::DatasetCard*>().size() - hidden(panel), 3);
        panel.showDataset(QStringLiteral("/home/pupil/ants and bees"));
        QVERIFY2(button(panel, "ants and bees (a folder of pictures), The next run uses it"), "no card says that it is used");
        QVERIFY(button(panel, "CIFAR-10, Ready"));
        QVERIFY(button(panel, "In use"));
        QVERIFY(!button(panel, "Forget"));  // what is in use is not forgotten
        QVERIFY2(words(panel).contains(QStringLiteral("12 files are left out")), qPrintable(words(panel)));
        QAbstractButton* files = button(panel, "Show the 2 files");
        QVERIFY(files);
        auto* list = panel.findChild<QListView*>(QStringLiteral("leftOutFiles"));
        QVERIFY(!list->isVisibleTo(&panel));
        files->click();
        QVERIFY(list->isVisibleTo(&panel));
        QCOMPARE(list->model()->index(0, 0).data().toString(), QStringLiteral("ants/broken.jpg: is damaged"));
        QSignalSpy chosen(&panel, &DataPanel::datasetChosen);
        button(panel, "CIFAR-10, Ready")->click();
        QVERIFY(button(panel, "Use this data set")->isEnabled());
        button(panel, "Use this data set")->click();
        QCOMPARE(chosen.at(0).at(0).value<core::DatasetInfo>().id, std::string("cifar10"));
    }

    void takesWhatIsDroppedOnIt() {
        LibraryController library;
        DataPanel panel(library);
        QSignalSpy chosen(&panel, &DataPanel::locationChosen);
        const auto drop = [&](const QList<QUrl>& urls) {
            QMimeData data;
            data.setUrls(urls);
            QDragEnterEvent enter(QPoint(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
            QCoreApplication::sendEvent(&panel, &enter);
            QDropEvent event(QPointF(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
            QCoreApplication::sendEvent(&panel, &event);
        };
        drop({QUrl::fromLocalFile("/home/pupil/pets.zip")});
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen.at(0).at(0).toString(), QStringLiteral("/home/pupil/pets.zip"));
        drop({QUrl::fromLocalFile("/a"), QUrl::fromLocalFile("/b")});
        drop({QUrl("https://example.org/pets.zip")});
        panel.setLocked(true);
        drop({QUrl::fromLocalFile("/home/pupil/pets.zip")});
        QCOMPARE(chosen.size(), 1);
    }

    void saysWhyAChoiceCannotBeUsed() {
        LibraryController library;
        DataPanel panel(library);
        panel.setDatasets({cifar(true), fashion()});
        panel.showChecking(QStringLiteral("/home/pupil/letters"));
        QVERIFY(!button(panel, "Choose a folder")->isEnabled());
        panel.showChecking({});
        QVERIFY(button(panel, "Choose a folder")->isEnabled());
        panel.showRefusal(QStringLiteral("/home/pupil/letters"), QStringLiteral("It has pictures of one class only."));
        const QString said = words(panel);
        QVERIFY2(
            said.contains(QStringLiteral("letters cannot be used. It has pictures of one class only. CIFAR-10 stays in use.")),
            qPrintable(said));
        panel.showRefusal({}, {});
        QVERIFY(!words(panel).contains(QStringLiteral("letters")));
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
        panel.setDatasets({cifar(false), fashion()});
        panel.resize(Theme::instance().px(980), Theme::instance().px(680));
        panel.show();
        Q_EMIT library.samplesReady(QStringLiteral("fashion-mnist"), test::drawnPictures(12));
        QTest::qWait(0);
        test::saveShot(panel, QStringLiteral("data-%1").arg(QString::fromUtf8(QTest::currentDataTag())));
        for (QLabel* label : panel.findChildren<QLabel*>())
            if (label->isVisible() && !label->wordWrap() && label->sizePolicy().horizontalPolicy() != QSizePolicy::Ignored)
                QVERIFY2(label->width() >= label->minimumSizeHint().width(), qPrintable(label->text()));
        button(panel, "CIFAR-10, ")->click();
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
