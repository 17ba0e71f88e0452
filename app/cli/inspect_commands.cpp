// gradcam, attribute, activations and embed: inside a run's model.
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>

#include "app/cli/analysis_options.h"
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/api/inspector.h"
#include "core/api/text.h"

namespace thaw::cli {

namespace {

constexpr char kStart[] = "start";

struct InspectOptions {
    core::RunSelection run;
    core::DataConfig data;
    std::string split;
    int threads = 0;
    std::filesystem::path output;

    void addTo(CLI::App& app) {
        addWithoutOutputTo(app);
        addOutput(app, output, "File to write (safetensors)");
    }
    void addWithoutOutputTo(CLI::App& app) {
        addRunSelection(app, run, "best, last, epoch:N or start");
        addSplit(app, split);
        addData(app, data.directory);
        addThreads(app, threads);
    }
};

core::ChosenCheckpoint checkpointOrStart(Console& console, core::RunSelection& selection) {
    core::ChosenCheckpoint start;
    start.name = kStart;
    return selection.checkpoint == kStart ? start : chooseCheckpoint(console, selection);
}

/// A run's inspector, and what is asked about.
struct Opened {
    std::unique_ptr<core::Inspector> inspector;
    core::ChosenCheckpoint checkpoint;
    core::Split split = core::Split::Test;

    Opened(InspectOptions& options, Console& console) {
        if (!options.output.empty()) core::requireWritable(options.output);
        const std::optional<core::Split> asked = splitFromString(options.split);
        checkpoint = checkpointOrStart(console, options.run);
        core::useComputeThreads(options.threads);
        inspector = core::openInspector(options.run.run, options.data);
        split = core::chosenSplit(asked, inspector->run().testLock);
    }
    core::ResultOrigin origin() const {
        return {{"run", inspector->run().runId}, {"checkpoint", checkpoint.name}, {"epoch", std::to_string(checkpoint.epoch)}};
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
    core::PictureChoice choice(core::Split split) const { return {split, index, file}; }
    std::string words(core::Split split) const {
        return file.empty() ? "picture " + std::to_string(index) + " of the " + picturesOf(split) : file.string();
    }
    core::ResultOrigin origin(const Opened& opened) const {
        core::ResultOrigin origin = opened.origin();
        if (!file.empty())
            origin["file"] = file.string();
        else
            origin.insert({{"split", core::toString(opened.split)}, {"index", std::to_string(index)}});
        return origin;
    }
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

void printAttribution(const core::TextAttribution& made, const std::string& text, const std::string& className, bool json) {
    const double probability = made.probabilities[static_cast<std::size_t>(made.classIndex)];
    const auto wordOf = [&](const core::WordScore& word) { return text.substr(word.begin, word.length); };
    if (json) {
        nlohmann::ordered_json words = nlohmann::ordered_json::array();
        for (const core::WordScore& word : made.words)
            words.push_back({{"word", wordOf(word)}, {"begin", word.begin}, {"length", word.length}, {"score", word.score}});
        const nlohmann::ordered_json line = {
            {"method", core::toString(made.method)}, {"class", className}, {"probability", probability}, {"tokens", made.tokens},
            {"tokens_cut", made.tokensCut},          {"words", words}};
        printText(stdout, "%s\n",
                  core::printableJson(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)).c_str());
        return;
    }
    printText(stdout, "%s (probability %s), %s:\n", className.c_str(), percent(probability).c_str(),
              core::toString(made.method).c_str());
    for (const core::WordScore& word : made.words)
        printText(stdout, "%+8.3f  %s\n", static_cast<double>(word.score), wordOf(word).c_str());
    if (made.tokensCut > 0)
        printText(stdout, "The model read %s of %s tokens.\n", thousands(made.tokens - made.tokensCut).c_str(),
                  thousands(made.tokens).c_str());
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
    app->add_option("--method", options->method, "gradcam, gradcam++ or occlusion")->capture_default_str();
    app->add_option("--patch", options->patch, "Occlusion: pixels a side of the grey patch (default 0: a quarter of the input)");
    app->add_option("--stride", options->stride,
                    "Occlusion: pixels between two patches, at most a patch (default 0: an eighth of the input)");
    return {app, [options] {
                const core::ClassMapMethod method = core::classMapMethodFromString(options->method);
                Console console(stderr);
                const Opened opened(options->common, console);
                const core::PictureChoice picture = options->picture.choice(opened.split);
                const std::string& checkpoint = opened.checkpoint.name;
                const core::InspectedRun& run = opened.inspector->run();
                const int classIndex = options->className.empty() ? likeliest(opened.inspector->predict(checkpoint, picture))
                                                                  : classOf(run, options->className);
                core::ClassMap map;
                if (method == core::ClassMapMethod::Occlusion) {
                    map = opened.inspector->occlusion(checkpoint, picture, classIndex, options->patch, options->stride,
                                                      progressOn(console, "Covering"));
                } else {
                    const std::string layer = options->layer.empty() ? core::usualClassMapLayer(run.model) : options->layer;
                    map = opened.inspector->gradCam(checkpoint, picture, layer, classIndex, method);
                }
                const std::string& name = run.classNames[static_cast<std::size_t>(classIndex)];
                core::writeSafetensors(map, name, options->common.output, options->picture.origin(opened));
                printText(stdout, "%s%s%s for %s (probability %s), %s, %s, %d x %d\nWritten: %s\n",
                          core::toString(method).c_str(), map.layer.empty() ? "" : " at ", map.layer.c_str(), name.c_str(),
                          percent(map.probability).c_str(), options->picture.words(opened.split).c_str(),
                          momentOf(opened.checkpoint).c_str(), map.width, map.height, options->common.output.c_str());
                return kDone;
            }};
}

Subcommand addAttribute(CLI::App& parser) {
    struct Options {
        InspectOptions common;
        core::PictureChoice text;
        std::string className, method = "integrated";
        bool json = false;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parser.add_subcommand("attribute", "Which words of a text speak for a class, of a run's model of texts");
    options->common.addWithoutOutputTo(*app);
    CLI::App* which = app->add_option_group("text");
    which->add_option("--text", options->text.text, "The text");
    which->add_option("--index", options->text.index, "Text N from 0 of the run's part of the split instead");
    which->require_option(1);
    app->add_option("--class", options->className, "Name or number of the class (default: the predicted one)");
    app->add_option("--method", options->method,
                    "gradient (times input), integrated (gradients) or leave-out (of one word at a time)")
        ->capture_default_str();
    app->add_flag("--json", options->json, "As one JSON object");
    return {app, [options] {
                const core::AttributionMethod method = core::attributionMethodFromString(options->method);
                Console console(stderr);
                const Opened opened(options->common, console);
                options->text.split = opened.split;
                const std::string& checkpoint = opened.checkpoint.name;
                const core::InspectedRun& run = opened.inspector->run();
                const int classIndex = options->className.empty()
                                           ? likeliest(opened.inspector->predict(checkpoint, options->text))
                                           : classOf(run, options->className);
                const core::TextAttribution made = opened.inspector->attribution(checkpoint, options->text, classIndex, method,
                                                                                 progressOn(console, "Leaving out"));
                const std::string text =
                    options->text.text.empty()
                        ? opened.inspector->pictures(opened.split)->texts->at(static_cast<std::size_t>(options->text.index))
                        : options->text.text;
                printAttribution(made, text, run.classNames[static_cast<std::size_t>(classIndex)], options->json);
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
                Console console(stderr);
                const Opened opened(options->common, console);
                const core::ActivationMaps maps =
                    opened.inspector->activations(opened.checkpoint.name, options->picture.choice(opened.split), options->layer);
                core::writeSafetensors(maps, options->common.output, options->picture.origin(opened));
                printText(stdout, "%s of %s, %s: %d channels of %d x %d, values %.4g to %.4g\nWritten: %s\n", maps.layer.c_str(),
                          options->picture.words(opened.split).c_str(), momentOf(opened.checkpoint).c_str(), maps.channels,
                          maps.width, maps.height, static_cast<double>(maps.minimum), static_cast<double>(maps.maximum),
                          options->common.output.c_str());
                return kDone;
            }};
}

Subcommand addEmbed(CLI::App& parser) {
    struct Options {
        InspectOptions common;
        core::EmbeddingRequest request;
        core::RunSelection aligned{{}, {}};
        std::string method = "pca";
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parser.add_subcommand("embed", "A map of a split's pictures by their penultimate features");
    options->common.addTo(*app);
    app->add_option("--method", options->method, "pca or tsne")->capture_default_str();
    app->add_option("--limit", options->request.limit, "First N pictures (0: all; t-SNE takes at most 3,000)")
        ->check(notNegative())
        ->capture_default_str();
    app->add_option("--perplexity", options->request.perplexity,
                    "t-SNE: effective number of neighbours, 2 to a third of the pictures")
        ->capture_default_str();
    app->add_option("--iterations", options->request.iterations, "t-SNE: steps")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    app->add_option("--seed", options->request.seed, "t-SNE: seed")->capture_default_str();
    app->add_option("--aligned-with", options->aligned.checkpoint, "Align with the map of another checkpoint, e.g. start");
    return {app, [options] {
                core::EmbeddingRequest& request = options->request;
                if (options->method != "pca" && options->method != "tsne")
                    throw core::ConfigError("--method: '" + options->method + "' is not pca or tsne.");
                if (std::isnan(request.perplexity)) throw core::ConfigError("--perplexity: this is not a number.");
                const bool tsne = options->method == "tsne";
                request.method = tsne ? core::EmbeddingMethod::Tsne : core::EmbeddingMethod::Pca;
                Console console(stderr);
                const Opened opened(options->common, console);
                request.split = opened.split;
                if (!options->aligned.checkpoint.empty()) {
                    options->aligned.run = options->common.run.run;
                    request.alignedWith = checkpointOrStart(console, options->aligned).name;
                }
                const core::Embedding map =
                    opened.inspector->embedding(opened.checkpoint.name, request, progressOn(console, "Mapping"));
                core::ResultOrigin origin = opened.origin();
                origin["split"] = core::toString(opened.split);
                if (!request.alignedWith.empty()) origin["aligned_with"] = request.alignedWith;
                core::writeSafetensors(map, *opened.inspector->pictures(opened.split), options->common.output, origin);
                printText(stdout, "%s %s, %s, ", thousands(static_cast<std::int64_t>(map.indices.size())).c_str(),
                          picturesOf(opened.split).c_str(), momentOf(opened.checkpoint).c_str());
                if (tsne)
                    printText(stdout, "divergence %.4f\n", map.divergence);
                else
                    printText(stdout, "%s and %s of the variance\n", percent(map.explained[0]).c_str(),
                              percent(map.explained[1]).c_str());
                printText(stdout, "Written: %s\n", options->common.output.c_str());
                return kDone;
            }};
}

}  // namespace thaw::cli
