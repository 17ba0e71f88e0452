// How many live pictures a second the camera's thread reads, decodes and predicts beside the window's thread: over a drawn video
// that is faster than it has to be, with a run's newest checkpoint. Not a test: prints a line of JSON.
#include <QCommandLineParser>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QTemporaryDir>
#include <QThread>

#include <cstdio>

#include "core/api/engine_info.h"
#include "tests/support/drawn_video.h"
#include "ui/bridge/camera_controller.h"
#include "ui/bridge/inspection_controller.h"

using namespace thaw;

namespace {

constexpr double kSeconds = 5;

/// False after half a minute in vain.
template <class Condition>
bool wait(Condition condition, double seconds = 30) {
    QElapsedTimer timer;
    for (timer.start(); timer.elapsed() < seconds * 1000;) {
        if (condition()) return true;
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
        QThread::msleep(1);
    }
    return condition();
}

double framesPerSecond(ui::CameraController& camera) {
    int frames = 0;
    const auto connection = QObject::connect(&camera, &ui::CameraController::frameChanged, &camera, [&] { ++frames; });
    QElapsedTimer timer;
    timer.start();
    wait([] { return false; }, kSeconds);
    QObject::disconnect(connection);
    return frames / (static_cast<double>(timer.elapsed()) / 1000);
}

}  // namespace

int main(int argc, char** argv) {
    core::prepareProcess(argc, argv);
    core::prepareEngine();
    QGuiApplication application(argc, argv);
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addPositionalArgument(QStringLiteral("run"), QStringLiteral("Folder of a run"));
    parser.process(application);
    if (parser.positionalArguments().size() != 1) parser.showHelp(2);

    QTemporaryDir folder;
    const QString video = folder.filePath(QStringLiteral("fast.avi"));
    test::writeVideo(video.toStdString(), {3000, 640, 480, 60});
    ui::InspectionController inspection;
    QString problem;
    QObject::connect(&inspection, &ui::InspectionController::failed,
                     [&](const QString& what, const QString& hint) { problem = what + ' ' + hint; });
    inspection.inspectRun(parser.positionalArguments().front().toStdString());
    wait([&] { return inspection.checkpoint() || !problem.isEmpty(); });
    ui::CameraController camera(inspection);
    QObject::connect(&camera, &ui::CameraController::failed, [&](const QString& what) { problem = what; });
    QObject::connect(&camera, &ui::CameraController::modelFailed, [&](const QString& what) { problem = what; });
    camera.openVideo(video);
    wait([&] { return !problem.isEmpty() || (camera.frame() && !camera.frame()->probabilities.empty()); });
    const double plain = problem.isEmpty() ? framesPerSecond(camera) : 0;
    camera.setMap({true, inspection.subject() ? core::usualClassMapLayer(inspection.subject()->run.model) : std::string(), -1});
    wait([&] { return !problem.isEmpty() || (camera.frame() && camera.frame()->map); });
    const double mapped = problem.isEmpty() ? framesPerSecond(camera) : 0;
    if (!problem.isEmpty()) {
        std::fprintf(stderr, "bench_camera: %s\n", qPrintable(problem));
        return 1;
    }
    std::printf("{\"frames_per_second\": %.1f, \"with_grad_cam\": %.1f, \"input_size\": %d}\n", plain, mapped,
                inspection.subject()->run.config.inputSize);
    return 0;
}
