// From a change of a collection to the new answer, and live frames a second meanwhile: three classes of sixty pictures of a drawn
// camera that gives thirty a second, with the default trunk. Not a test: prints a line of JSON.
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QTemporaryDir>
#include <QThread>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "core/api/engine_info.h"
#include "ui/bridge/collect_controller.h"

using namespace thaw;

namespace {

/// Stripes that walk on with every frame.
struct Stripes : core::FrameSource {
    const std::string& title() const override { return name; }
    bool isLive() const override { return true; }
    double framesPerSecond() const override { return 0; }
    bool next(core::VideoFrame& frame) override {
        QThread::msleep(33);
        auto picture = std::make_shared<core::RgbPicture>();
        picture->width = 640;
        picture->height = 480;
        picture->rgb.resize(640 * 480 * 3);
        for (std::size_t i = 0; i < picture->rgb.size(); ++i)
            picture->rgb[i] = static_cast<std::uint8_t>(i % 1920 / 4 + i / 1920 + static_cast<std::size_t>(number) * 9);
        frame = {std::move(picture), number++};
        return true;
    }
    bool skip() override { return true; }
    void rewind() override {}
    std::string name = "Stripes";
    std::int64_t number = 0;
};

constexpr int kClasses = 3, kPictures = 60, kChanges = 9;

/// False after a minute in vain.
template <class Condition>
bool wait(Condition condition) {
    QElapsedTimer timer;
    for (timer.start(); timer.elapsed() < 60'000;) {
        if (condition()) return true;
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
        QThread::msleep(1);
    }
    return condition();
}

bool fill(ui::CollectController& collect) {
    while (static_cast<int>(collect.classes().size()) < kClasses) collect.addClass();
    for (int i = 0; i < kClasses; ++i) {
        collect.record(collect.classes()[static_cast<std::size_t>(i)].id);
        const auto& pictures = *collect.classes()[static_cast<std::size_t>(i)].pictures;
        if (!wait([&] { return pictures.count() >= kPictures; })) return false;
        collect.stopRecording();
    }
    return wait([&] { return collect.training() == ui::CollectController::Training::UpToDate; });
}

}  // namespace

int main(int argc, char** argv) {
    core::prepareProcess(argc, argv);
    core::prepareEngine();
    QTemporaryDir folder;
    qputenv("THAW_HOME", folder.path().toLocal8Bit());
    QGuiApplication application(argc, argv);
    ui::FrameSources sources = ui::coreFrameSources();
    sources.camera = [](const core::CameraInfo&) { return std::make_unique<Stripes>(); };
    ui::CollectController collect(ui::coreCollectFactory(), sources);
    QObject::connect(&collect, &ui::CollectController::said,
                     [](const QString& what, const QString&) { std::fprintf(stderr, "bench_collect: %s\n", qPrintable(what)); });
    collect.open();
    if (!wait([&] { return collect.isOpen() && !collect.trunkTitle().isEmpty(); })) return 1;
    collect.camera().openCamera({});
    if (!wait([&] { return collect.answer().has_value(); }) || !fill(collect)) return 1;

    std::vector<double> seconds, frames, training;
    for (int change = 0; change < kChanges; ++change) {
        int answers = 0;
        const auto counting = QObject::connect(&collect, &ui::CollectController::answered, &collect, [&answers] { ++answers; });
        QElapsedTimer timer;
        timer.start();
        collect.removePictures({collect.classes()[static_cast<std::size_t>(change % kClasses)].pictures->picture(0)});
        if (!wait([&] { return collect.answer()->head && collect.answer()->head->pictures == collect.pictureCount(); })) return 1;
        seconds.push_back(static_cast<double>(timer.elapsed()) / 1000);
        training.push_back(collect.trainingSeconds());
        wait([&] { return timer.elapsed() > 2000; });
        frames.push_back(answers / (static_cast<double>(timer.elapsed()) / 1000));
        QObject::disconnect(counting);
    }
    std::printf(
        "{\"pictures\": %d, \"input_size\": %d, \"change_to_answer_s\": {\"most\": %.2f, \"least\": %.2f}, \"training_s\": "
        "%.3f, \"live_frames_per_second\": %.1f, \"threads\": %d}\n",
        collect.pictureCount(), collect.trunk().inputSize, *std::max_element(seconds.begin(), seconds.end()),
        *std::min_element(seconds.begin(), seconds.end()), *std::max_element(training.begin(), training.end()),
        *std::min_element(frames.begin(), frames.end()), core::engineInfo().threads);
    return 0;
}
