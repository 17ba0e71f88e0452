#include <QCheckBox>
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <atomic>
#include <thread>

#include "core/api/errors.h"
#include "tests/support/await.h"
#include "tests/support/drawn_pictures.h"
#include "tests/support/drawn_video.h"
#include "tests/support/fake_inspector.h"
#include "tests/ui/window_fixture.h"
#include "ui/widgets/parts/empty_state.h"
#include "ui/widgets/parts/message_line.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/pictures/camera_canvas.h"
#include "ui/widgets/pictures/guess_bars.h"
#include "ui/widgets/predictions/camera_view.h"

using namespace thaw;
using test::await;
using ui::CameraView;
using State = ui::CameraController::State;

namespace {

const std::filesystem::path kRun = "/home/pupil/runs/20260901-090000-lesson";

/// A camera before which somebody holds the drawn pictures.
struct DrawnCamera : core::FrameSource {
    explicit DrawnCamera(std::shared_ptr<std::atomic<bool>> pulledOut)
        : pulled(std::move(pulledOut)), pictures(test::drawnPictures(1, 480, 3)) {}
    const std::string& title() const override { return name; }
    bool isLive() const override { return true; }
    double framesPerSecond() const override { return 0; }
    bool next(core::VideoFrame& frame) override {
        if (*pulled) throw core::DataError(name + " sends no more pictures.", "Plug it in again, or open a video file.");
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        auto picture = std::make_shared<core::RgbPicture>();
        picture->width = 640;
        picture->height = 480;
        picture->rgb.assign(640 * 480 * 3, 205);
        const std::uint8_t* drawn = pictures->picture(3);
        for (int y = 0; y < 480; ++y) std::copy_n(drawn + y * 480 * 3, 480 * 3, picture->rgb.begin() + (y * 640 + 80) * 3);
        frame = {std::move(picture), number++};
        return true;
    }
    bool skip() override { return true; }
    void rewind() override {}
    std::string name = "Integrated camera";
    std::int64_t number = 0;
    std::shared_ptr<std::atomic<bool>> pulled;
    std::shared_ptr<const core::PictureSet> pictures;
};

struct Fixture {
    explicit Fixture(int cameras = 1, test::FakeInspectorScript script = {})
        : inspection(test::fakeInspectorFactory(std::move(script))), view(inspection, sources(cameras)) {}
    ui::FrameSources sources(int cameras) {
        ui::FrameSources made = ui::coreFrameSources();
        made.camera = [pulled = pulledOut](const core::CameraInfo&) { return std::make_unique<DrawnCamera>(pulled); };
        made.list = [cameras] {
            std::vector<core::CameraInfo> list;
            for (int i = 0; i < cameras; ++i) list.push_back({i, "Camera " + std::to_string(i)});
            return list;
        };
        return made;
    }
    bool openRun() {
        inspection.inspectRun(kRun);
        return await([this] { return inspection.checkpoint() != nullptr; });
    }
    QString video() {
        const QString file = folder.filePath(QStringLiteral("holiday.avi"));
        test::writeVideo(file.toStdString(), {45, 320, 180, 30});
        return file;
    }
    QStringList texts() const {
        QStringList found;
        for (const QLabel* label : view.findChildren<QLabel*>())
            if (label->isVisible() && !label->text().isEmpty()) found << label->text();
        return found;
    }
    QToolButton* button(const QString& text) const {
        for (QToolButton* one : view.findChildren<QToolButton*>())
            if (one->text().trimmed() == text) return one;
        return nullptr;
    }
    QTemporaryDir folder;
    std::shared_ptr<std::atomic<bool>> pulledOut = std::make_shared<std::atomic<bool>>(false);
    ui::InspectionController inspection;
    CameraView view;
};

}  // namespace

class CameraViewTest : public QObject {
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

    void withoutACameraItExplainsItself() {
        Fixture f(/*cameras=*/0);
        f.view.openCamera();
        QVERIFY(f.view.isVisible());
        auto* empty = f.view.findChild<ui::EmptyState*>();
        QVERIFY(empty->isVisible());
        QCOMPARE(empty->title(), QString("There is no camera"));
        QVERIFY(empty->text().contains("video file"));
        QVERIFY(f.button("Video file...")->isEnabled());
        QCOMPARE(test::WindowFixture::cutTexts(&f.view), QStringList());
        test::WindowFixture::shoot(&f.view, "camera-none-light");
    }

    void aVideoIsShownWithItsGuesses() {
        Fixture f;
        QVERIFY(f.openRun());
        f.view.openVideo(f.video());
        QVERIFY(await([&] { return f.view.controller().frame().has_value(); }));
        auto* guesses = f.view.findChild<ui::GuessBars*>();
        QVERIFY(await([&] { return guesses->guesses().size() == 5; }));
        QVERIFY(f.view.findChild<ui::CameraCanvas*>()->isVisible());
        QVERIFY(f.view.findChild<ui::CameraCanvas*>()->note() != "Mirrored");
        QVERIFY(f.texts().contains("holiday.avi"));
        QVERIFY(f.texts().join('\n').contains("as 32 × 32 pixels"));
        QVERIFY(f.texts().join('\n').contains("after epoch 15"));
        QVERIFY(await([&] { return f.view.controller().state() == State::Ended; }));
        QCOMPARE(f.view.findChild<ui::CameraCanvas*>()->note(), QString("The video is over"));
        f.button("Play again")->click();
        QVERIFY(await([&] { return f.view.controller().state() == State::Running; }));
        f.button("Pause")->click();
        QVERIFY(await([&] { return f.view.controller().state() == State::Paused; }));
        QVERIFY(f.button("Go on"));
    }

    void gradCamIsThereOnDemand() {
        Fixture f;
        QVERIFY(f.openRun());
        f.view.openCamera();
        QVERIFY(await([&] { return f.view.controller().frame().has_value(); }));
        QCOMPARE(f.view.findChild<ui::CameraCanvas*>()->note(), QString("Mirrored"));
        auto* layer = f.view.findChild<QComboBox*>();
        QCOMPARE(layer->currentText(), QStringLiteral("Block 4 conv3, 4×4"));  // 4x4 at 32 pixels
        QVERIFY(layer->findText(QStringLiteral("Block 5 conv3, 2×2")) >= 0);
        QVERIFY(layer->findText("flatten") < 0);
        QVERIFY(!layer->isEnabled());
        QTest::keyClick(&f.view, Qt::Key_G);
        QVERIFY(f.view.findChild<QCheckBox*>()->isChecked());
        QVERIFY(layer->isEnabled());
        QVERIFY(await([&] { return f.view.controller().frame()->map.has_value(); }));
        layer->setCurrentIndex(layer->findData(QStringLiteral("block5_conv3")));
        QVERIFY(
            await([&] { return f.view.controller().frame()->map && f.view.controller().frame()->map->layer == "block5_conv3"; }));
        QTest::keyClick(&f.view, Qt::Key_G);
        QVERIFY(await([&] { return !f.view.controller().frame()->map; }));
    }

    void aCameraThatIsPulledOutLeavesTheWindowUsable() {
        Fixture f;
        f.view.openCamera();
        QVERIFY(await([&] { return f.view.controller().frame().has_value(); }));
        *f.pulledOut = true;
        auto* empty = f.view.findChild<ui::EmptyState*>();
        QVERIFY(await([&] { return empty->isVisible() && empty->title().contains("sends no more pictures"); }));
        QVERIFY(empty->text().contains("Plug it in again"));
        *f.pulledOut = false;
        for (QPushButton* again : empty->findChildren<QPushButton*>()) again->click();
        QVERIFY(await([&] { return f.view.controller().state() == State::Running; }));
    }

    void whatIsNoVideoSaysSo() {
        Fixture f;
        QFile file(f.folder.filePath("notes.mp4"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("not a video");
        file.close();
        f.view.openVideo(file.fileName());
        auto* empty = f.view.findChild<ui::EmptyState*>();
        QVERIFY(await([&] { return empty->title().startsWith("notes.mp4 cannot be shown"); }));
        f.view.openVideo(f.video());
        QVERIFY(await([&] { return f.view.controller().frame().has_value(); }));
    }

    void aBrokenCheckpointSaysSoAndThePicturesGoOn() {
        test::FakeInspectorScript broken;
        broken.failWith = "The checkpoint is torn.";
        Fixture f(1, broken);
        QVERIFY(f.openRun());
        f.view.openCamera();
        auto* message = f.view.findChild<ui::MessageLine*>();
        QVERIFY(await([&] { return message->text().startsWith("The checkpoint is torn."); }));
        QVERIFY(f.view.findChild<ui::GuessBars*>()->guesses().empty());
        QVERIFY(await([&] { return f.view.findChild<ui::CameraCanvas*>()->isVisible(); }));
    }

    void closingLetsGoOfTheCamera() {
        Fixture f;
        f.view.openCamera();
        QVERIFY(await([&] { return f.view.controller().state() == State::Running; }));
        f.view.close();
        QCOMPARE(f.view.controller().state(), State::Closed);
        f.view.openCamera();
        QVERIFY(await([&] { return f.view.controller().state() == State::Running; }));
    }

    void looksAsDrawn() {
        for (const bool dark : {false, true})
            for (const double scale : {1.0, 1.5}) {
                ui::Theme::instance().setLook(dark ? ui::ColorScheme::Dark : ui::ColorScheme::Light, scale);
                ui::Theme::instance().apply();
                Fixture f;
                QVERIFY(f.openRun());
                f.view.resize(scale > 1 ? QSize(1340, 800) : QSize(1060, 600));
                f.view.openCamera();
                QTest::keyClick(&f.view, Qt::Key_G);
                QVERIFY(await([&] { return f.view.controller().frame() && f.view.controller().frame()->map; }));
                f.view.controller().setPaused(true);
                QVERIFY(await([&] { return f.view.controller().state() == State::Paused; }));
                QCOMPARE(test::WindowFixture::cutTexts(&f.view), QStringList());
                test::WindowFixture::shoot(&f.view,
                                           QString("camera-%1-%2").arg(dark ? "dark" : "light").arg(qRound(100 * scale)));
            }
    }
};

QTEST_MAIN(CameraViewTest)
#include "tst_camera_view.moc"
