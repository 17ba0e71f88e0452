// gradcam, activations and embed: inside a run's model.
#include <algorithm>
#include <charconv>
#include <memory>

#include "app/cli/analysis_options.h"
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/api/inspector.h"

namespace thaw::cli {

namespace {

struct InspectOptions {
    core::RunSelection run;
    core::DataConfig data;
    std::string split = "test";
    int threads = 0;
    std::filesystem::path output;

    void addTo(CLI::App& app) {
        addRunSelection(app, run, "best, last, epoch:N or start");
        app.add_option("--split", split, "train or test");
        app.add_option("--data", data.directory, "Folder or archive of the data set");
        app.add_option("--threads", threads, "Compute threads (default: all cores)");
        app.add_option("--out", output, "File to write (safetensors)")->required();
    }
    std::unique_ptr<core::Inspector> open() const {
        core::useComputeThreads(threads);
        return core::openInspector(run.run, data);
    }
};

struct PictureOptions {
    std::int64_t index = 0;
    std::filesystem::path file;

    void addTo(CLI::App& app) {
        CLI::App* group = app.add_option_group("picture");
        group->add_option(
            "--index", index,
            "Picture N from 0 of the run's part of the split, as evaluate and compare count (extract: of the whole split)");
        group->add_option("--file", file, "A picture file instead");
        group->require_option(1);
    }
    core::PictureChoice choice(const std::string& split) const { return {splitFromString(split), index, file}; }
};

/// A class by its name, or by its number where no class is called so.
int classOf(const core::InspectedRun& run, const std::string& name) {
    const auto found = std::find(run.classNames.begin(), run.classNames.end(), name);
    if (found != run.classNames.end()) return static_cast<int>(found - run.classNames.begin());
    int number = -1;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error == std::errc() && end == name.data() + name.size() && number >= 0 &&
        number < static_cast<int>(run.classNames.size()))
        return number;
    std::string known;
    for (const std::string& one : run.classNames) known += (known.empty() ? "" : ", ") + one;
    throw core::ConfigError("The run knows no class \"" + name + "\".", "Classes: " + known + ".");
}

int likeliest(const std::vector<float>& probabilities) {
    return core::topK(probabilities.data(), static_cast<int>(probabilities.size()), 1).front();
}

}  // namespace

Subcommand addGradCam(CLI::App& parser) {
    struct Options {
        InspectOptions common;
        PictureOptions picture;
        std::string className, layer, method = "gradcam";
        int patch = 0, stride = 0;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parser.add_subcommand("gradcam", "Where a run's model looks for a class in a picture (Grad-CAM)");
    options->common.addTo(*app);
    options->picture.addTo(*app);
    app->add_option("--class", options->className, "Name or number of the class (default: the predicted one)");
    app->add_option("--layer", options->layer,
                    "A convolution or pooling layer (default: the last convolution with a plane of 4x4 or more)");
    app->add_option("--method", options->method, "gradcam, gradcam++ or occlusion");
    app->add_option("--patch", options->patch, "Occlusion: pixels a side of the grey patch (0: a quarter of the input)");
    app->add_option("--stride", options->stride, "Occlusion: pixels between two patches (0: an eighth of the input)");
    return {app, [options] {
                const core::ClassMapMethod method = core::classMapMethodFromString(options->method);
                const core::PictureChoice picture = options->picture.choice(options->common.split);
                const std::string& checkpoint = options->common.run.checkpoint;
                const std::unique_ptr<core::Inspector> inspector = options->common.open();
                const core::InspectedRun& run = inspector->run();
                const int classIndex = options->className.empty() ? likeliest(inspector->predict(checkpoint, picture))
                                                                  : classOf(run, options->className);
                Console console(stderr);
                core::ClassMap map;
                if (method == core::ClassMapMethod::Occlusion) {
                    map = inspector->occlusion(checkpoint, picture, classIndex, options->patch, options->stride,
                                               progressOn(console, "Covering"));
                } else {
                    const std::string layer = options->layer.empty() ? core::usualClassMapLayer(run.model) : options->layer;
                    map = inspector->gradCam(checkpoint, picture, layer, classIndex, method);
                }
                const std::string& name = run.classNames[static_cast<std::size_t>(classIndex)];
                core::writeSafetensors(map, name, options->common.output);
                std::printf("%s%s%s for %s (probability %s), %d x %d\nWritten: %s\n", core::toString(method).c_str(),
                            map.layer.empty() ? "" : " at ", map.layer.c_str(), name.c_str(), percent(map.probability).c_str(),
                            map.width, map.height, options->common.output.c_str());
                return kDone;
            }};
}

Subcommand addActivations(CLI::App& parser) {
    struct Options {
        InspectOptions common;
        PictureOptions picture;
        std::string layer;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parser.add_subcommand("activations", "What a layer of a run's model puts out for a picture");
    options->common.addTo(*app);
    options->picture.addTo(*app);
    app->add_option("--layer", options->layer, "Keras's or torchvision's name: block3_conv1, features.10")->required();
    return {app, [options] {
                const core::PictureChoice picture = options->picture.choice(options->common.split);
                const core::ActivationMaps maps =
                    options->common.open()->activations(options->common.run.checkpoint, picture, options->layer);
                core::writeSafetensors(maps, options->common.output);
                std::printf("%s: %d channels of %d x %d, values %.4g to %.4g\nWritten: %s\n", maps.layer.c_str(), maps.channels,
                            maps.width, maps.height, static_cast<double>(maps.minimum), static_cast<double>(maps.maximum),
                            options->common.output.c_str());
                return kDone;
            }};
}

Subcommand addEmbed(CLI::App& parser) {
    struct Options {
        InspectOptions common;
        core::EmbeddingRequest request;
        std::string method = "pca";
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parser.add_subcommand("embed", "A map of a split's pictures by their penultimate features");
    options->common.addTo(*app);
    app->add_option("--method", options->method, "pca or tsne");
    app->add_option("--limit", options->request.limit, "First N pictures (0: all; t-SNE takes at most 3,000)");
    app->add_option("--perplexity", options->request.perplexity, "t-SNE: effective number of neighbours");
    app->add_option("--iterations", options->request.iterations, "t-SNE: steps");
    app->add_option("--seed", options->request.seed, "t-SNE: seed");
    app->add_option("--aligned-with", options->request.alignedWith, "Align with the map of another checkpoint, e.g. start");
    return {app, [options] {
                core::EmbeddingRequest& request = options->request;
                if (options->method != "pca" && options->method != "tsne")
                    throw core::ConfigError("--method: '" + options->method + "' is not pca or tsne.");
                const bool tsne = options->method == "tsne";
                request.method = tsne ? core::EmbeddingMethod::Tsne : core::EmbeddingMethod::Pca;
                request.split = splitFromString(options->common.split);
                const std::unique_ptr<core::Inspector> inspector = options->common.open();
                Console console(stderr);
                const core::Embedding map =
                    inspector->embedding(options->common.run.checkpoint, request, progressOn(console, "Mapping"));
                core::writeSafetensors(map, *inspector->pictures(request.split), options->common.output);
                if (tsne)
                    std::printf("%s pictures, divergence %.4f\n",
                                thousands(static_cast<std::int64_t>(map.indices.size())).c_str(), map.divergence);
                else
                    std::printf("%s pictures, %s and %s of the variance\n",
                                thousands(static_cast<std::int64_t>(map.indices.size())).c_str(),
                                percent(map.explained[0]).c_str(), percent(map.explained[1]).c_str());
                std::printf("Written: %s\n", options->common.output.c_str());
                return kDone;
            }};
}

}  // namespace thaw::cli
