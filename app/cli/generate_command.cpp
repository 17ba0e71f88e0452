// generate: a text that a model continues.
#include <nlohmann/json.hpp>

#include <memory>

#include "app/cli/analysis_options.h"
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/json_output.h"
#include "core/api/errors.h"
#include "core/api/generation.h"

namespace thaw::cli {

namespace {

constexpr char kGenerateKeys[] =
    "The same seed gives the same text. --json prints one object: prompt, text (what follows the prompt), prompt_tokens and "
    "tokens\n(ids), seconds, tokens_per_second.";

struct Options {
    core::RunSelection run;
    std::string model, weights;
    core::GenerationSettings settings;
    bool json = false;
};

core::GeneratedText generate(const Options& options, Console& console) {
    const core::CountCallback progress = progressOn(console, "Writing");
    if (options.run.run.empty()) return core::continueText(options.model, options.weights, options.settings, progress);
    return core::continueText(options.run, options.settings, progress);
}

int run(Options& options) {
    if (options.run.run.empty() == options.model.empty())
        throw core::ConfigError("Name either a run with --run or a model with --model.",
                                "For example: thaw-cli generate --model gpt-small --prompt \"It is a truth\".");
    Console console(stderr);
    if (!options.run.run.empty()) chooseCheckpoint(console, options.run);
    const core::GeneratedText made = generate(options, console);
    const double speed = made.seconds > 0 ? static_cast<double>(made.tokens.size()) / made.seconds : 0;
    if (options.json) {
        print(nlohmann::json{{"prompt", options.settings.prompt},
                             {"text", made.text},
                             {"prompt_tokens", made.prompt},
                             {"tokens", made.tokens},
                             {"seconds", made.seconds},
                             {"tokens_per_second", speed}});
        return kDone;
    }
    printText(stdout, "%s%s\n", options.settings.prompt.c_str(), made.text.c_str());
    return kDone;
}

}  // namespace

Subcommand addGenerate(CLI::App& parser) {
    auto options = std::make_shared<Options>();
    CLI::App* app =
        parser.add_subcommand("generate", "Continue a text, by a run that learned to or by a model as it was published");
    app->footer(kGenerateKeys);
    addRunSelection(*app, options->run)->required(false);
    app->add_option("--model", options->model, "A model of the GPT family with its own weights, in place of a run");
    app->add_option("--weights", options->weights,
                    "Weights file of that model (default: those that come with Thaw or were downloaded)");
    core::GenerationSettings& settings = options->settings;
    app->add_option("--prompt", settings.prompt, "The text to continue (default: a new line)");
    app->add_option("--tokens", settings.tokens, "At most N tokens (default 100)");
    app->add_option("--temperature", settings.temperature, "Lower is safer, 0 always takes the likeliest token (default 1)");
    app->add_option("--top-k", settings.topK, "Only the K likeliest tokens may come (default 0: all)");
    app->add_option("--top-p", settings.topP,
                    "Only the likeliest tokens that together have this probability may come (default 1)");
    app->add_option("--seed", settings.seed, "Another number gives another text (default 1)");
    addThreads(*app, settings.threads);
    app->add_flag("--json", options->json, "Print JSON");
    return {app, [options] { return run(*options); }};
}

}  // namespace thaw::cli
