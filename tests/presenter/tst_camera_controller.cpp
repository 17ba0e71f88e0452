#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <thread>

#include "core/api/errors.h"
#include "tests/support/await.h"
#include "tests/support/drawn_video.h"
#include "tests/support/fake_inspector.h"
#include "ui/bridge/camera_controller.h"
#include "ui/bridge/inspection_controller.h"

using namespace thaw;
using test::await;
using ui::CameraController;
using State = CameraController::State;

namespace {

const std::filesystem::path kRun = "/home/pupil/runs/first";

/// A camera that gives frames until it is pulled out.
struct ScriptedCamera : core::FrameSource {
    explicit ScriptedCamera(std::shared_ptr<std::atomic<bool>> pulledOut) : pulled(std::move(pulledOut)) {}
    const std::string& title() const override { return name; }
    bool isLive() const override { return true; }
    double framesPerSecond() const override { return 0; }
    bool next(core::VideoFrame& frame) override {
        if (*pulled) throw core::DataError(name + " sends no more pictures.", "Plug it in again.");
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        auto picture = std::make_shared<core::RgbPicture>();
        picture->width = 64;
        picture->height = 48;
        picture->rgb.assign(64 * 48 * 3, static_cast<std::uint8_t>(number));
        frame = {std::move(picture), number++};
        return true;
    }
    bool skip() override { return true; }
    void rewind() override {}
    std::string name = "Front camera";
    std::int64_t number = 0;
    std::shared_ptr<std::atomic<bool>> pulled;
};

struct Fixture {
    explicit Fixture(test::FakeInspectorScript script = {})
        : inspection(test::fakeInspectorFactory(std::move(script))), camera(inspection, sources()) {}
    ui::FrameSources sources() {
        ui::FrameSources made = ui::coreFrameSources();
        made.camera = [pulled = pulledOut](const core::CameraInfo&) { return std::make_unique<ScriptedCamera>(pulled); };
        made.list = [] { return std::vector<core::CameraInfo>{{0, "Front camera"}}; };
        return made;
    }
    bool openRun() {
        inspection.inspectRun(kRun);
        return await([this] { return inspection.checkpoint() != nullptr; });
    }
    QString video(const test::DrawnVideo& video = {}) {
        const QString file = folder.filePath(QStringLiteral("drawn.avi"));
        test::writeVideo(file.toStdString(), video);
        return file;
    }
    QTemporaryDir folder;
    std::shared_ptr<std::atomic<bool>> pulledOut = std::make_shared<std::atomic<bool>>(false);
    ui::InspectionController inspection;
    CameraController camera;
};

}  // namespace

class CameraControllerTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aVideoIsShownToItsEndWithPredictions() {
        Fixture f;
        QVERIFY(f.openRun());
        QSignalSpy frames(&f.camera, &CameraController::frameChanged);
        f.camera.openVideo(f.video({40, 160, 120, 20}));
        QCOMPARE(f.camera.state(), State::Opening);
        QCOMPARE(f.camera.title(), QString("drawn.avi"));
        QVERIFY(!f.camera.isLive());
        QVERIFY(await([&] { return f.camera.state() == State::Ended; }));
        QVERIFY(frames.count() > 1);
        QVERIFY(f.camera.frame().has_value());
        const ui::CameraFrame& last = *f.camera.frame();
        QCOMPARE(last.picture->width, 160);
        QCOMPARE(last.modelPicture->width, 32);
        QCOMPARE(last.probabilities.size(), std::size_t(10));
        QVERIFY(!last.map);
        QVERIFY(last.framesPerSecond > 0);
        f.camera.playAgain();
        QVERIFY(await([&] { return f.camera.state() == State::Running; }));
        QVERIFY(await([&] { return f.camera.state() == State::Ended; }));
    }

    void aVideoKeepsItsOwnPace() {
        Fixture f;
        QElapsedTimer timer;
        timer.start();
        f.camera.openVideo(f.video({15, 64, 48, 30}));
        QVERIFY(await([&] { return f.camera.state() == State::Ended; }));
        QVERIFY2(timer.elapsed() >= 450, qPrintable(QString::number(timer.elapsed())));
    }

    void aVideoThatIsTooFastIsNotSlowedDown() {
        // 240 frames a second, and a network that takes 20 ms for each that it is shown.
        test::FakeInspectorScript slow;
        slow.predictMilliseconds = 20;
        Fixture f(slow);
        QVERIFY(f.openRun());
        QSignalSpy frames(&f.camera, &CameraController::frameChanged);
        f.camera.openVideo(f.video({240, 64, 48, 240}));
        QVERIFY(await([&] { return f.camera.state() == State::Ended; }));
        QVERIFY2(frames.count() < 120, qPrintable(QString::number(frames.count())));
    }

    void withoutARunTheFramesComeAlone() {
        Fixture f;
        QSignalSpy complaints(&f.camera, &CameraController::modelFailed);
        f.camera.openCamera({0, "Front camera"});
        QVERIFY(f.camera.isLive());
        QVERIFY(await([&] { return f.camera.frame().has_value(); }));
        QVERIFY(f.camera.frame()->probabilities.empty());
        QCOMPARE(complaints.count(), 0);
        QVERIFY(f.openRun());
        QVERIFY(await([&] { return !f.camera.frame()->probabilities.empty(); }));
    }

    void theMapComesOnDemandAndForAFrozenPicture() {
        Fixture f;
        QVERIFY(f.openRun());
        f.camera.openCamera({0, "Front camera"});
        QVERIFY(await([&] { return f.camera.frame().has_value(); }));
        f.camera.setPaused(true);
        QVERIFY(await([&] { return f.camera.state() == State::Paused; }));
        f.camera.setMap({true, "block4_conv3", 3});
        QVERIFY(await([&] { return f.camera.frame()->map.has_value(); }));
        QCOMPARE(f.camera.frame()->map->layer, std::string("block4_conv3"));
        QCOMPARE(f.camera.frame()->map->classIndex, 3);
        f.camera.setMap({true, "block3_conv3", -1});
        QVERIFY(await([&] { return f.camera.frame()->map && f.camera.frame()->map->layer == "block3_conv3"; }));
        const std::vector<float>& row = f.camera.frame()->probabilities;
        QCOMPARE(f.camera.frame()->map->classIndex, core::topK(row.data(), 10, 1).front());
        f.camera.setMap({});
        QVERIFY(await([&] { return !f.camera.frame()->map; }));
        QCOMPARE(f.camera.state(), State::Paused);
        f.camera.setPaused(false);
        QVERIFY(await([&] { return f.camera.state() == State::Running; }));
    }

    void anotherCheckpointLooksAtTheFrozenPictureToo() {
        Fixture f;
        QVERIFY(f.openRun());
        f.camera.openCamera({0, "Front camera"});
        QVERIFY(await([&] { return f.camera.frame().has_value() && !f.camera.frame()->probabilities.empty(); }));
        f.camera.setPaused(true);
        QVERIFY(await([&] { return f.camera.state() == State::Paused; }));
        const std::vector<float> before = f.camera.frame()->probabilities;
        f.inspection.chooseCheckpoint(0);
        QVERIFY(await([&] { return f.camera.frame()->probabilities != before; }));
    }

    void aCameraThatIsPulledOutSaysSo() {
        Fixture f;
        QSignalSpy failures(&f.camera, &CameraController::failed);
        f.camera.openCamera({0, "Front camera"});
        QVERIFY(await([&] { return f.camera.frame().has_value(); }));
        *f.pulledOut = true;
        QVERIFY(await([&] { return failures.count() == 1; }));
        QCOMPARE(failures.front().front().toString(), QString("Front camera sends no more pictures."));
        QCOMPARE(f.camera.state(), State::Failed);
        // The window stays usable: back in, and a video as well.
        *f.pulledOut = false;
        f.camera.openCamera({0, "Front camera"});
        QVERIFY(await([&] { return f.camera.state() == State::Running; }));
        f.camera.openVideo(f.video());
        QVERIFY(await(
            [&] { return f.camera.state() == State::Running && f.camera.frame() && f.camera.frame()->picture->width == 160; }));
    }

    void whatCannotBeOpenedSaysSo() {
        Fixture f;
        QSignalSpy failures(&f.camera, &CameraController::failed);
        f.camera.openVideo(QStringLiteral("/nowhere/cat.mp4"));
        QVERIFY(await([&] { return failures.count() == 1; }));
        QCOMPARE(failures.front().front().toString(), QString("cat.mp4 is not there."));
        QVERIFY(!f.camera.frame());
    }

    void aModelThatFailsIsToldOnceAndFramesGoOn() {
        test::FakeInspectorScript broken;
        broken.failWith = "The checkpoint is torn.";
        Fixture f(broken);
        QVERIFY(f.openRun());
        QSignalSpy complaints(&f.camera, &CameraController::modelFailed), frames(&f.camera, &CameraController::frameChanged);
        f.camera.openCamera({0, "Front camera"});
        QVERIFY(await([&] { return frames.count() > 5; }));
        QCOMPARE(complaints.count(), 1);
        QCOMPARE(complaints.front().front().toString(), QString("The checkpoint is torn."));
        QVERIFY(f.camera.frame()->probabilities.empty());
    }

    void framesDoNotQueueUpBehindABusyWindow() {
        Fixture f;
        QSignalSpy frames(&f.camera, &CameraController::frameChanged);
        f.camera.openCamera({0, "Front camera"});
        QVERIFY(await([&] { return frames.count() > 0; }));
        QElapsedTimer busy;
        for (busy.start(); busy.elapsed() < 200;) {
        }
        const qsizetype before = frames.count();
        QCoreApplication::processEvents();
        QVERIFY2(frames.count() - before <= 2, qPrintable(QString::number(frames.count() - before)));
    }

    void closingStopsTheFrames() {
        Fixture f;
        QSignalSpy frames(&f.camera, &CameraController::frameChanged);
        f.camera.openCamera({0, "Front camera"});
        QVERIFY(await([&] { return frames.count() > 0; }));
        f.camera.close();
        QCOMPARE(f.camera.state(), State::Closed);
        QVERIFY(!f.camera.frame());
        // Another source's frames are the only ones that come.
        f.camera.openVideo(f.video());
        QVERIFY(await([&] { return f.camera.frame().has_value(); }));
        QCOMPARE(f.camera.frame()->picture->width, 160);
    }

    void endsWhileItRuns() {
        for (int i = 0; i < 10; ++i) {
            Fixture f;
            QVERIFY(f.openRun());
            f.camera.openCamera({0, "Front camera"});
            if (i % 2 == 0) QVERIFY(await([&] { return f.camera.frame().has_value(); }));
        }
    }
};

QTEST_GUILESS_MAIN(CameraControllerTest)
#include "tst_camera_controller.moc"
