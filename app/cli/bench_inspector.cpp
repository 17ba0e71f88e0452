#include <sys/resource.h>

#include <algorithm>
#include <functional>
#include <memory>

#include "app/cli/benches.h"
#include "core/api/errors.h"
#include "core/api/inspector.h"

namespace thaw::cli {

namespace {

using nlohmann::json;

}  // namespace

json benchInspector(const BenchOptions& options, Console& console) {
    if (options.inspected.empty()) throw core::ConfigError("There is no run to look into.", "Name its folder with --run.");
    const core::RunConfig given = options.config();
    core::DataConfig data;
    data.directory = given.data.directory;
    json milliseconds, seconds;
    const auto timed = [](json& into, const char* name, double unit, const std::function<void()>& work) {
        const Clock::time_point start = Clock::now();
        work();
        into[name] = secondsSince(start) * unit;
    };
    std::unique_ptr<core::Inspector> inspector;
    timed(milliseconds, "open", 1e3, [&] { inspector = core::openInspector(options.inspected, data); });
    timed(milliseconds, "read_test_pictures", 1e3, [&] { inspector->pictures(core::Split::Test); });
    const std::vector<core::KeptCheckpoint> kept = inspector->checkpoints();
    if (kept.empty()) throw core::StoreError("The run has no checkpoint.", "Train it first.");
    const std::string last = kept.back().name, layer = core::usualClassMapLayer(inspector->run().model);
    core::PictureChoice picture;
    timed(milliseconds, "first_checkpoint", 1e3, [&] { inspector->predict(last, picture); });
    timed(milliseconds, "start", 1e3, [&] { inspector->predict("start", picture); });
    std::vector<double> others;
    for (const core::KeptCheckpoint& one : kept) {
        const Clock::time_point start = Clock::now();
        inspector->predict(one.name, picture);
        others.push_back(secondsSince(start) * 1e3);
    }
    milliseconds["other_checkpoints"] = others;

    console.say("Clicks on one picture ...");
    const auto clicks = [&](const char* name, const std::function<void()>& work) {
        std::vector<double> rounds;
        for (int i = 0; i < std::max(9, options.rounds); ++i) {
            ++picture.index;
            const Clock::time_point start = Clock::now();
            work();
            rounds.push_back(secondsSince(start) * 1e3);
        }
        const double first = rounds.front();
        std::sort(rounds.begin(), rounds.end());
        milliseconds[name] = {
            {"first", first}, {"best", rounds.front()}, {"median", rounds[rounds.size() / 2]}, {"worst", rounds.back()}};
    };
    clicks("predict", [&] { inspector->predict(last, picture); });
    clicks("activations", [&] { inspector->activations(last, picture, layer); });
    clicks("gradcam", [&] { inspector->gradCam(last, picture, layer, 0, core::ClassMapMethod::GradCam); });
    clicks("gradcam_lowest_layer", [&] {
        inspector->gradCam(last, picture, core::classMapLayers(inspector->run().model).front(), 0, core::ClassMapMethod::GradCam);
    });
    clicks("occlusion", [&] { inspector->occlusion(last, picture, 0, 0, 0, {}); });
    clicks("filters", [&] { inspector->filters(last); });

    console.say("Long questions ...");
    timed(seconds, "predictions_of_test_split", 1, [&] { inspector->predictions(last, core::Split::Test, {}); });
    timed(seconds, "top_activating", 1, [&] { inspector->topActivating(last, core::Split::Test, layer, 0, 9, 0, {}); });
    timed(seconds, "top_activating_next_channel", 1,
          [&] { inspector->topActivating(last, core::Split::Test, layer, 1, 9, 0, {}); });
    timed(seconds, "read_training_pictures", 1, [&] { inspector->pictures(core::Split::Train); });
    timed(seconds, "statistics", 1, [&] { inspector->statistics(last, layer, {}); });
    timed(seconds, "moved_history", 1, [&] { inspector->history(false, {}); });
    timed(seconds, "gradient_history", 1, [&] { inspector->history(true, {}); });
    core::EmbeddingRequest request;
    timed(seconds, "pca", 1, [&] { inspector->embedding(last, request, {}); });
    timed(seconds, "pca_again_aligned", 1, [&] {
        request.alignedWith = last;
        inspector->embedding(last, request, {});
    });
    request.alignedWith.clear();
    request.method = core::EmbeddingMethod::Tsne;
    timed(seconds, "tsne", 1, [&] { inspector->embedding(last, request, {}); });
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const double peakMegabytes = static_cast<double>(usage.ru_maxrss) / 1024;
    return {{"input_size", inspector->run().config.inputSize},
            {"checkpoints", kept.size()},
            {"milliseconds", milliseconds},
            {"seconds", seconds},
            {"peak_memory_mb", peakMegabytes}};
}

}  // namespace thaw::cli
