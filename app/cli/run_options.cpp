#include "app/cli/run_options.h"

#include <sstream>

#include "app/cli/numbers.h"
#include "core/api/config_fields.h"
#include "core/api/errors.h"
#include "core/api/weights_info.h"

namespace thaw::cli {

using core::ConfigError;
using core::PhaseConfig;
using core::RunConfig;

std::vector<std::string> splitList(const std::string& text) {
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, ',');)
        if (!part.empty()) parts.push_back(part);
    return parts;
}

namespace {

void setEpochs(RunConfig& config, const std::string& text) {
    const std::vector<int> values = countList("--epochs", text);
    if (values.size() > config.phases.size())
        throw ConfigError("--epochs: " + std::to_string(values.size()) + " numbers, but the preset has " +
                          std::to_string(config.phases.size()) + " phases.");
    for (std::size_t i = 0; i < config.phases.size(); ++i) config.phases[i].epochs = i < values.size() ? values[i] : 0;
}

void setLearningRates(RunConfig& config, const std::string& text) {
    const std::vector<double> values = rateList("--lr", text);
    if (values.size() > config.phases.size()) throw ConfigError("--lr: more numbers than the preset has phases.");
    const double first = config.phases.front().optimizer.learningRate;
    for (std::size_t i = 0; i < config.phases.size(); ++i) {
        double& rate = config.phases[i].optimizer.learningRate;
        rate = i < values.size() ? values[i] : rate * values.front() / first;
    }
}

void setThawed(RunConfig& config, const std::string& text) {
    std::vector<std::string> layers = splitList(text);
    layers.push_back("head");
    config.phases.back().trainable = layers;
}

void setClassWeights(RunConfig& config, const std::string& text) {
    const bool numbers = text.find_first_of("0123456789") != std::string::npos;
    config.classBalance.weights = numbers ? core::ClassWeights::ByHand : core::classWeightsFromString(text);
    if (numbers) config.classBalance.byHand = rateList("--class-weights", text);
}

std::int64_t bytesOf(const std::string& option, double gigabytes) {
    constexpr double kMost = 1e6;
    if (!(gigabytes >= 0 && gigabytes <= kMost)) throw ConfigError(option + ": give 0 to 1000000 GB.");
    return static_cast<std::int64_t>(gigabytes * 1e9);
}

std::string helpOf(const std::string& path) {
    const core::ConfigField& field = core::configField(path);
    const std::string values = field.values();
    return field.help + (values.empty() ? "" : " (" + values + ")");
}

template <typename Member>
std::function<void(RunConfig&, const double&)> inEveryOptimizer(Member core::OptimizerConfig::*member) {
    return [member](RunConfig& config, const double& value) {
        for (PhaseConfig& phase : config.phases) phase.optimizer.*member = value;
    };
}

}  // namespace

template <typename Value>
CLI::Option* RunOptions::add(CLI::App& app, const std::string& name, const std::string& help,
                             std::function<void(RunConfig&, const Value&)> apply) {
    return app.add_option_function<Value>(
        name,
        [this, apply](const Value& value) { m_given.push_back([apply, value](RunConfig& config) { apply(config, value); }); },
        help);
}

void RunOptions::addFlag(CLI::App& app, const std::string& name, const std::string& help,
                         const std::function<void(RunConfig&)>& apply) {
    app.add_flag_callback(
        name, [this, apply] { m_given.push_back(apply); }, help);
}

void RunOptions::addInputOptionsTo(CLI::App& app) {
    add<std::string>(app, "--data", helpOf("data.directory"), [](RunConfig& c, const std::string& v) { c.data.directory = v; });
    add<std::string>(app, "--dataset", "cifar10, fashion-mnist, folder or auto",
                     [](RunConfig& c, const std::string& v) { c.data.dataset = v; });
    app.add_option_function<std::string>(
        "--model",
        [this](const std::string& name) {
            m_given.insert(m_given.begin(), [name](RunConfig& config) { core::chooseModel(config, name); });
        },
        "Trunk, by torchvision's name: resnet18, vgg16_bn, ... (thaw-cli models lists them); brings its usual head and input "
        "size");
    add<std::string>(app, "--weights", "Weights file of the trunk (default: built in)",
                     [this](RunConfig& c, const std::string& v) {
                         if (m_scalingGiven)
                             c.weights = v;
                         else
                             core::chooseWeights(c, v);
                     });
    add<std::string>(app, "--scaling",
                     "Input scaling: 0-1, imagenet, caffe, tf or efficientnet-lite (default: what the weights need)",
                     [](RunConfig& c, const std::string& v) { c.scaling = core::scalingFromString(v); })
        ->each([this](const std::string&) { m_scalingGiven = true; });
    add<int>(app, "--input-size", "Pixels a side; thaw-cli models --json says what a model takes",
             [](RunConfig& c, const int& v) { c.inputSize = v; });
    add<int>(app, "--batch", helpOf("batchSize"), [](RunConfig& c, const int& v) { c.batchSize = v; });
    add<int>(app, "--threads", helpOf("threads"), [](RunConfig& c, const int& v) { c.threads = v; });
    add<std::string>(app, "--kernels", helpOf("kernels"),
                     [](RunConfig& c, const std::string& v) { c.kernels = core::kernelsFromString(v); });
    add<std::uint64_t>(app, "--seed", helpOf("seed"), [](RunConfig& c, const std::uint64_t& v) { c.seed = v; });
}

void RunOptions::addTo(CLI::App& app) {
    addInputOptionsTo(app);
    add<int>(app, "--train-limit", helpOf("data.trainLimit"), [](RunConfig& c, const int& v) { c.data.trainLimit = v; });
    add<int>(app, "--test-limit", helpOf("data.testLimit"), [](RunConfig& c, const int& v) { c.data.testLimit = v; });
    add<double>(app, "--hold-out", helpOf("data.heldOut"), [](RunConfig& c, const double& v) { c.data.heldOut = v; });
    add<std::string>(app, "--epochs", "Epochs of each phase, N[,N]; phases without a number are left out", setEpochs);
    add<std::string>(app, "--lr", "Learning rate of each phase, X[,X]; with one number the others keep their ratio to it",
                     setLearningRates);
    add<std::string>(app, "--thaw",
                     "Layers or groups that the last phase trains beside the head, e.g. block4,block5 or layer4.1.conv2",
                     setThawed);
    add<std::string>(app, "--optimizer", helpOf("phases.optimizer.kind"), [](RunConfig& c, const std::string& v) {
        for (PhaseConfig& phase : c.phases) phase.optimizer.kind = core::optimizerFromString(v);
    });
    add<double>(app, "--momentum", helpOf("phases.optimizer.momentum"), inEveryOptimizer(&core::OptimizerConfig::momentum));
    addFlag(app, "--nesterov", helpOf("phases.optimizer.nesterov"), [](RunConfig& c) {
        for (PhaseConfig& phase : c.phases) phase.optimizer.nesterov = true;
    });
    add<double>(app, "--weight-decay", helpOf("phases.optimizer.weightDecay"),
                inEveryOptimizer(&core::OptimizerConfig::weightDecay));
    add<double>(app, "--beta1", helpOf("phases.optimizer.beta1"), inEveryOptimizer(&core::OptimizerConfig::beta1));
    add<double>(app, "--beta2", helpOf("phases.optimizer.beta2"), inEveryOptimizer(&core::OptimizerConfig::beta2));
    add<double>(app, "--epsilon", helpOf("phases.optimizer.epsilon"), inEveryOptimizer(&core::OptimizerConfig::epsilon));
    add<std::string>(app, "--schedule", helpOf("phases.schedule.kind"), [](RunConfig& c, const std::string& v) {
        for (PhaseConfig& phase : c.phases) phase.schedule.kind = core::scheduleFromString(v);
    });
    add<double>(app, "--schedule-floor", helpOf("phases.schedule.floor"), [](RunConfig& c, const double& v) {
        for (PhaseConfig& phase : c.phases) phase.schedule.floor = v;
    });
    add<double>(app, "--schedule-factor", helpOf("phases.schedule.factor"), [](RunConfig& c, const double& v) {
        for (PhaseConfig& phase : c.phases) phase.schedule.factor = v;
    });
    add<int>(app, "--schedule-every", helpOf("phases.schedule.everyEpochs"), [](RunConfig& c, const int& v) {
        for (PhaseConfig& phase : c.phases) phase.schedule.everyEpochs = v;
    });
    add<std::string>(app, "--best-by", helpOf("judging.best"),
                     [](RunConfig& c, const std::string& v) { c.judging.best = core::judgedByFromString(v); });
    add<std::string>(app, "--watch", helpOf("judging.watched"),
                     [](RunConfig& c, const std::string& v) { c.judging.watched = core::judgedByFromString(v); });
    add<int>(app, "--early-stopping", "Stop a phase after N epochs without a better watched figure",
             [](RunConfig& c, const int& v) {
                 c.earlyStopping.enabled = true;
                 c.earlyStopping.patience = v;
             });
    add<double>(app, "--early-stopping-delta", helpOf("earlyStopping.minDelta"),
                [](RunConfig& c, const double& v) { c.earlyStopping.minDelta = v; });
    addFlag(app, "--flip", helpOf("augmentation.flip"), [](RunConfig& c) { c.augmentation.flip = true; });
    add<int>(app, "--shift", helpOf("augmentation.shift"), [](RunConfig& c, const int& v) { c.augmentation.shift = v; });
    addAugmentation(app);
    addSplit(app);
    add<std::string>(app, "--square-fit", helpOf("data.squareFit"),
                     [](RunConfig& c, const std::string& v) { c.data.squareFit = core::squareFitFromString(v); });
    add<std::string>(app, "--class-weights", helpOf("classBalance.weights") + " Or numbers, X,X,..., one a class.",
                     setClassWeights);
    addFlag(app, "--balanced-sampling", helpOf("classBalance.balancedSampling"),
            [](RunConfig& c) { c.classBalance.balancedSampling = true; });
    add<double>(app, "--label-smoothing", helpOf("labelSmoothing"), [](RunConfig& c, const double& v) { c.labelSmoothing = v; });
    add<int>(app, "--hidden-units", helpOf("head.hiddenUnits"), [](RunConfig& c, const int& v) { c.head.hiddenUnits = v; });
    add<int>(app, "--hidden-layers", helpOf("head.hiddenLayers"), [](RunConfig& c, const int& v) { c.head.hiddenLayers = v; });
    add<std::string>(app, "--head-pooling", helpOf("head.pooling"),
                     [](RunConfig& c, const std::string& v) { c.head.pooling = core::poolingFromString(v); });
    addFlag(app, "--update-statistics", helpOf("updateStatistics"), [](RunConfig& c) { c.updateStatistics = true; });
    add<double>(app, "--dropout", helpOf("head.dropout"), [](RunConfig& c, const double& v) { c.head.dropout = v; });
    addFlag(app, "--random-init", "Start from random weights instead of pretrained ones",
            [](RunConfig& c) { c.initialization = core::Initialization::Random; });
    add<std::string>(app, "--device", helpOf("device"),
                     [](RunConfig& c, const std::string& v) { c.device = core::deviceFromString(v); });
    addFlag(app, "--no-cache", "Compute the frozen layers anew at every step", [](RunConfig& c) { c.cache.enabled = false; });
    addFlag(app, "--no-disk-cache", "Keep cached features in memory only", [](RunConfig& c) { c.cache.onDisk = false; });
    add<std::string>(app, "--cache-dir", helpOf("cache.directory"),
                     [](RunConfig& c, const std::string& v) { c.cache.directory = v; });
    add<double>(app, "--cache-memory", "Features held in memory at most, GB",
                [](RunConfig& c, const double& v) { c.cache.memoryBudget = bytesOf("--cache-memory", v); });
    add<double>(app, "--cache-disk", "Features kept on disk at most, GB",
                [](RunConfig& c, const double& v) { c.cache.diskBudget = bytesOf("--cache-disk", v); });
    add<double>(app, "--checkpoint-minutes", helpOf("checkpointMinutes"),
                [](RunConfig& c, const double& v) { c.checkpointMinutes = v; });
    add<std::string>(app, "--out", helpOf("output"), [](RunConfig& c, const std::string& v) { c.output = v; });
}

void RunOptions::addAugmentation(CLI::App& app) {
    using Augmentation = core::AugmentationConfig;
    const auto addNumber = [&](const std::string& option, const std::string& path, double Augmentation::*member) {
        add<double>(app, option, helpOf(path), [member](RunConfig& c, const double& v) { c.augmentation.*member = v; });
    };
    add<std::string>(app, "--augment", "A usual set of changes: photographs or medical", [](RunConfig& c, const std::string& v) {
        if (v != "photographs" && v != "medical") throw ConfigError("--augment: choose photographs or medical.");
        c.augmentation = v == "medical" ? core::medicalAugmentation() : core::photographAugmentation();
    });
    addFlag(app, "--vertical-flip", helpOf("augmentation.verticalFlip"),
            [](RunConfig& c) { c.augmentation.verticalFlip = true; });
    addNumber("--crop", "augmentation.crop", &Augmentation::crop);
    addNumber("--rotation", "augmentation.rotation", &Augmentation::rotation);
    addNumber("--colour", "augmentation.colour", &Augmentation::colour);
    addNumber("--blur", "augmentation.blur", &Augmentation::blur);
    addNumber("--erasing", "augmentation.erasing", &Augmentation::erasing);
    addNumber("--mix-up", "augmentation.mixUp", &Augmentation::mixUp);
    add<int>(app, "--variants", helpOf("augmentation.variants"), [](RunConfig& c, const int& v) { c.augmentation.variants = v; });
}

void RunOptions::addSplit(CLI::App& app) {
    using Split = core::SplitConfig;
    const auto addShare = [&](const std::string& option, const std::string& path, double Split::*member) {
        add<double>(app, option, helpOf(path), [member](RunConfig& c, const double& v) {
            c.data.split.mode = core::SplitMode::Anew;
            c.data.split.*member = v;
        });
    };
    addShare("--test-share", "data.split.test", &Split::test);
    addShare("--validation-share", "data.split.validation", &Split::validation);
    add<int>(app, "--fold", helpOf("data.split.fold"), [](RunConfig& c, const int& v) { c.data.split.fold = v; });
    add<std::string>(app, "--group-by", helpOf("data.split.groups"), [](RunConfig& c, const std::string& v) {
        if (c.data.split.mode == core::SplitMode::Own) c.data.split.mode = core::SplitMode::Anew;
        c.data.split.groups = v;
    });
    add<std::uint64_t>(app, "--split-seed", helpOf("data.split.seed"),
                       [](RunConfig& c, const std::uint64_t& v) { c.data.split.seed = v; });
    add<int>(app, "--folds", helpOf("data.split.folds"), [](RunConfig& c, const int& v) {
        c.data.split.mode = core::SplitMode::Folds;
        c.data.split.folds = v;
    });
}

RunConfig RunOptions::applyTo(RunConfig config) const {
    if (config.phases.empty()) throw ConfigError("The config has no phase.");
    for (const auto& given : m_given) given(config);
    const std::vector<std::string> problems = core::validate(config);
    if (problems.empty()) return config;
    std::string text;
    for (const std::string& problem : problems) text += (text.empty() ? "" : "\n  ") + problem;
    throw ConfigError(text);
}

}  // namespace thaw::cli
