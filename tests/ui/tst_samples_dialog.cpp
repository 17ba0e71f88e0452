// The dialog that shows what the settings make of real pictures: its pages, that it follows the settings, and what it says.
#include <QLabel>
#include <QTest>
#include <QToolButton>

#include <mutex>
#include <thread>

#include "core/api/errors.h"
#include "tests/support/await.h"
#include "tests/support/drawn_data.h"
#include "tests/support/temporary_home.h"
#include "tests/ui/window_fixture.h"
#include "ui/bridge/library_controller.h"
#include "ui/widgets/library/sample_grid.h"
#include "ui/widgets/library/samples_dialog.h"
#include "ui/widgets/library/settings_panel.h"
#include "ui/widgets/parts/empty_state.h"

using namespace thaw;
using namespace thaw::test;
using namespace thaw::ui;

namespace {

core::RgbPicture plain(int side, std::uint8_t value) {
    return {side, side, std::vector<std::uint8_t>(std::size_t(side * side * 3), value)};
}

/// A sample a class; its epochs have the greys 1, 2, ... times the strength of the colour change.
core::AugmentationPreview previewOf(const core::RunConfig& config, bool ownSizes) {
    core::AugmentationPreview preview;
    preview.dataset = "insects & <b>more</b>";
    preview.ownSizes = ownSizes;
    for (const char* name : {"ant", "bee"}) {
        core::PreviewSample sample;
        sample.name = name;
        if (ownSizes) {
            sample.file = std::string(name) + ".png";
            sample.whole = {8, 4, std::vector<std::uint8_t>(8 * 4 * 3, 9)};
            for (core::RgbPicture& square : sample.squares) square = plain(8, 50);
        }
        for (int epoch = 0; epoch <= SamplesDialog::kEpochs; ++epoch)
            sample.epochs.push_back(plain(16, std::uint8_t(100 * config.augmentation.colour * epoch)));
        preview.samples.push_back(sample);
    }
    return preview;
}

/// 96 x 48 pixels with a frame and a gradient, so that what is cut off is seen.
Bytes wideSamples() {
    Bytes samples;
    for (int y = 0; y < 48; ++y)
        for (int x = 0; x < 96; ++x) {
            const bool frame = x < 4 || x >= 92 || y < 4 || y >= 44;
            for (const int value : {frame ? 240 : 2 * x, frame ? 180 : 4 * y, 60}) samples.push_back(std::uint8_t(value));
        }
    return samples;
}

QString texts(const QWidget& widget) {
    QStringList all;
    for (const QLabel* label : widget.findChildren<QLabel*>())
        if (label->isVisible()) all << label->text();
    return all.join(QLatin1Char('|'));
}

SampleGrid& gridOf(const SamplesDialog& dialog) { return *dialog.findChild<SampleGrid*>(); }

}  // namespace

class TestSamplesDialog : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        Theme::instance().setLook(ColorScheme::Light, 1.0);
    }
    void cleanup() { Theme::instance().setLook(ColorScheme::Light, 1.0); }

    void epochsAreColumns() {
        auto* dialog = new SamplesDialog(nullptr, [](const core::RunConfig& config) { return previewOf(config, true); });
        const std::unique_ptr<SamplesDialog> owner(dialog);
        dialog->setConfig(core::RunConfig());  // the usual settings are a question as well
        dialog->show();
        QVERIFY(await([&] { return !dialog->isBusy(); }));
        const SampleGrid& grid = gridOf(*dialog);
        QVERIFY(grid.isVisible());
        QCOMPARE(grid.columns(), QStringList({"As it is", "Epoch 1", "Epoch 2", "Epoch 3", "Epoch 4", "Epoch 5"}));
        QCOMPARE(grid.rows().size(), std::size_t(2));
        QCOMPARE(grid.rows()[0].name, QStringLiteral("ant (ant.png)"));
        QCOMPARE(grid.markedColumn(), -1);
        QVERIFY(texts(*dialog).contains(QStringLiteral("insects & <b>more</b>")));
        QVERIFY(texts(*dialog).contains(QStringLiteral("every epoch is like the first")));

        core::RunConfig config;
        config.augmentation.colour = 0.5;
        config.augmentation.variants = 8;
        config.augmentation.mixUp = 0.2;
        dialog->setConfig(config);
        QVERIFY(await([&] { return !dialog->isBusy(); }));
        QCOMPARE(qRed(grid.rows()[1].pictures[3].pixel(0, 0)), 150);
        QVERIFY(texts(*dialog).contains(QStringLiteral("8 variants")));
        QVERIFY(texts(*dialog).contains(QStringLiteral("Mix-up")));

        dialog->showPage(SamplesDialog::Squares);
        QCOMPARE(grid.columns(), QStringList({"The picture", "Centre", "With bars", "Stretched"}));
        QCOMPARE(grid.markedColumn(), 1);
        QCOMPARE(grid.rows()[0].pictures[0].size(), QSize(8, 4));
        config.data.squareFit = core::SquareFit::Stretched;
        dialog->setConfig(config);
        QVERIFY(await([&] { return !dialog->isBusy(); }));
        QCOMPARE(grid.markedColumn(), 3);
    }

    void onlyTheLastSettingsAreMade() {
        std::mutex lock;
        std::vector<double> made;
        std::atomic<bool> go{false};
        SamplesDialog dialog(nullptr, [&](const core::RunConfig& config) {
            while (!go) std::this_thread::yield();
            const std::lock_guard guard(lock);
            made.push_back(config.augmentation.colour);
            return previewOf(config, false);
        });
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        dialog.show();
        core::RunConfig config;
        for (const double colour : {0.1, 0.2, 0.3}) {
            config.augmentation.colour = colour;
            dialog.setConfig(config);
        }
        QVERIFY(dialog.isBusy());
        go = true;
        QVERIFY(await([&] { return !dialog.isBusy(); }));
        QCOMPARE(made, (std::vector<double>{0.1, 0.3}));
        QCOMPARE(qRed(gridOf(dialog).rows()[0].pictures[2].pixel(0, 0)), 60);
        dialog.showPage(SamplesDialog::Squares);  // of pictures that are squares already
        QVERIFY(dialog.findChild<EmptyState*>()->isVisible());
        QVERIFY(dialog.findChild<EmptyState*>()->text().contains(QStringLiteral("squares of one size")));
    }

    void failureIsSaidAndTriedAgain() {
        std::atomic<bool> fails{true};
        SamplesDialog dialog(nullptr, [&](const core::RunConfig& config) {
            if (fails) throw core::DataError("The folder is gone.", "Choose another one.");
            return previewOf(config, false);
        });
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        dialog.setConfig(core::RunConfig());
        dialog.show();
        QVERIFY(await([&] { return !dialog.isBusy(); }));
        auto* empty = dialog.findChild<EmptyState*>();
        QVERIFY(empty->isVisible());
        QVERIFY(empty->text().contains(QStringLiteral("The folder is gone.")));
        fails = false;
        Q_EMIT empty->actionRequested();
        QVERIFY(await([&] { return !dialog.isBusy(); }));
        QVERIFY(gridOf(dialog).isVisible());
    }

    /// The whole way: settings, engine, pictures of a folder.
    void looks_data();
    void looks();
};

void TestSamplesDialog::looks_data() {
    addLookColumn();
    QTest::newRow("light") << Look{{1440, 900}, 1.0, false};
    QTest::newRow("dark") << Look{{1440, 900}, 1.0, true};
    QTest::newRow("150") << Look{{1366, 768}, 1.5, false};
}

void TestSamplesDialog::looks() {
    const Look look = takeLook();
    const QString tag = QString::fromLatin1(QTest::currentDataTag());
    TemporaryHome home;
    const std::filesystem::path folder = home / "shapes";
    writeImageFolder(folder);
    writeFile(folder / "train/disc/a1.png", encodePng(wideSamples(), 96, 48));
    LibraryController library;
    SettingsPanel panel(library);
    core::RunConfig config = core::findLesson("lesson").config;
    config.data.directory = folder;
    config.augmentation = core::photographAugmentation();
    panel.setConfig(config);
    panel.resize(Theme::instance().px(300), qMin(look.size.height(), Theme::instance().px(740)));
    panel.show();
    auto* button = panel.findChild<QToolButton*>(QStringLiteral("samples"));
    QVERIFY(button && !button->text().isEmpty());
    panel.setLocked(true);  // looking is no change
    QVERIFY(button->isEnabled());
    button->click();
    auto* dialog = panel.findChild<SamplesDialog*>();
    QVERIFY(dialog);
    QVERIFY(await([&] { return !dialog->isBusy(); }));
    QCOMPARE(gridOf(*dialog).rows().size(), std::size_t(SamplesDialog::kSamples));
    QStringList cut = WindowFixture::cutTexts(dialog);
    WindowFixture::shoot(dialog, QStringLiteral("samples-changes-") + tag);
    WindowFixture::shoot(&panel, QStringLiteral("samples-settings-") + tag);
    dialog->showPage(SamplesDialog::Squares);
    config.data.squareFit = core::SquareFit::Whole;
    panel.setConfig(config);
    QVERIFY(await([&] { return !dialog->isBusy(); }));
    QCOMPARE(gridOf(*dialog).markedColumn(), 2);
    cut += WindowFixture::cutTexts(dialog);
    WindowFixture::shoot(dialog, QStringLiteral("samples-squares-") + tag);
    QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QLatin1Char('\n'))));
    button->click();  // the same dialog again
    QCOMPARE(panel.findChildren<SamplesDialog*>().size(), 1);
}

QTEST_MAIN(TestSamplesDialog)
#include "tst_samples_dialog.moc"
