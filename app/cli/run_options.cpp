#include "app/cli/run_options.h"

#include <sstream>

#include "app/cli/numbers.h"
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

std::int64_t bytesOf(const std::string& option, double gigabytes) {
    constexpr double kMost = 1e6;
    if (!(gigabytes >= 0 && gigabytes <= kMost)) throw ConfigError(option + ": give 0 to 1000000 GB.");
    return static_cast<std::int64_t>(gigabytes * 1e9);
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
    add<std::string>(app, "--data", "Folder or archive of the data set",
                     [](RunConfig& c, const std::string& v) { c.data.directory = v; });
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
    add<int>(app, "--batch", "Pictures a step, 1 to 4096", [](RunConfig& c, const int& v) { c.batchSize = v; });
    add<int>(app, "--threads", "Compute threads, no more than processors may be used (default: all)",
             [](RunConfig& c, const int& v) { c.threads = v; });
    add<std::string>(app, "--kernels", "Whose convolutions compute: thaw or libtorch",
                     [](RunConfig& c, const std::string& v) { c.kernels = core::kernelsFromString(v); });
    add<std::uint64_t>(app, "--seed", "Seed of every random choice", [](RunConfig& c, const std::uint64_t& v) { c.seed = v; });
}

void RunOptions::addTo(CLI::App& app) {
    addInputOptionsTo(app);
    add<int>(app, "--train-limit", "Use N training pictures, equal counts a class (0: all)",
             [](RunConfig& c, const int& v) { c.data.trainLimit = v; });
    add<int>(app, "--test-limit", "Use N test pictures (0: all)", [](RunConfig& c, const int& v) { c.data.testLimit = v; });
    add<double>(app, "--hold-out",
                "Lock the test split: validate on this share of the training pictures, 0 to 0.5 (0.1 is a tenth)",
                [](RunConfig& c, const double& v) { c.data.heldOut = v; });
    add<std::string>(app, "--epochs", "Epochs of each phase, N[,N]; phases without a number are left out", setEpochs);
    add<std::string>(app, "--lr", "Learning rate of each phase, X[,X]; with one number the others keep their ratio to it",
                     setLearningRates);
    add<std::string>(app, "--thaw",
                     "Layers or groups that the last phase trains beside the head, e.g. block4,block5 or layer4.1.conv2",
                     setThawed);
    add<std::string>(app, "--optimizer", "sgd, adam or adamw", [](RunConfig& c, const std::string& v) {
        for (PhaseConfig& phase : c.phases) phase.optimizer.kind = core::optimizerFromString(v);
    });
    add<double>(app, "--momentum", "SGD's momentum", inEveryOptimizer(&core::OptimizerConfig::momentum));
    addFlag(app, "--nesterov", "SGD with Nesterov momentum", [](RunConfig& c) {
        for (PhaseConfig& phase : c.phases) phase.optimizer.nesterov = true;
    });
    add<double>(app, "--weight-decay", "L2 in SGD and Adam, decoupled in AdamW",
                inEveryOptimizer(&core::OptimizerConfig::weightDecay));
    add<double>(app, "--beta1", "Adam's decay of the first moment", inEveryOptimizer(&core::OptimizerConfig::beta1));
    add<double>(app, "--beta2", "Adam's decay of the second moment", inEveryOptimizer(&core::OptimizerConfig::beta2));
    add<double>(app, "--epsilon", "Adam's epsilon", inEveryOptimizer(&core::OptimizerConfig::epsilon));
    add<std::string>(app, "--schedule", "constant, cosine or step", [](RunConfig& c, const std::string& v) {
        for (PhaseConfig& phase : c.phases) phase.schedule.kind = core::scheduleFromString(v);
    });
    add<double>(app, "--schedule-floor", "Cosine: last rate as a part of the first", [](RunConfig& c, const double& v) {
        for (PhaseConfig& phase : c.phases) phase.schedule.floor = v;
    });
    add<double>(app, "--schedule-factor", "Step: the rate is multiplied by this", [](RunConfig& c, const double& v) {
        for (PhaseConfig& phase : c.phases) phase.schedule.factor = v;
    });
    add<int>(app, "--schedule-every", "Step: epochs between two multiplications", [](RunConfig& c, const int& v) {
        for (PhaseConfig& phase : c.phases) phase.schedule.everyEpochs = v;
    });
    add<int>(app, "--early-stopping", "Stop a phase after N epochs without a better validation loss",
             [](RunConfig& c, const int& v) {
                 c.earlyStopping.enabled = true;
                 c.earlyStopping.patience = v;
             });
    add<double>(app, "--early-stopping-delta", "Least improvement of the validation loss that counts",
                [](RunConfig& c, const double& v) { c.earlyStopping.minDelta = v; });
    addFlag(app, "--flip", "Augment with horizontal flips", [](RunConfig& c) { c.augmentation.flip = true; });
    add<int>(app, "--shift", "Augment with shifts of up to N pixels (turns the feature cache off)",
             [](RunConfig& c, const int& v) { c.augmentation.shift = v; });
    add<int>(app, "--hidden-units", "Units of each hidden layer of the head",
             [](RunConfig& c, const int& v) { c.head.hiddenUnits = v; });
    add<int>(app, "--hidden-layers", "Hidden layers of the head, 0 to 3; 0: a linear head",
             [](RunConfig& c, const int& v) { c.head.hiddenLayers = v; });
    add<std::string>(app, "--head-pooling", "What the head reads: flatten (all numbers) or average (the mean of each plane)",
                     [](RunConfig& c, const std::string& v) { c.head.pooling = core::poolingFromString(v); });
    addFlag(app, "--update-statistics", "Batch norms that train update their running statistics",
            [](RunConfig& c) { c.updateStatistics = true; });
    add<double>(app, "--dropout", "Dropout of the head, 0 to 1", [](RunConfig& c, const double& v) { c.head.dropout = v; });
    addFlag(app, "--random-init", "Start from random weights instead of pretrained ones",
            [](RunConfig& c) { c.initialization = core::Initialization::Random; });
    add<std::string>(app, "--device", "auto, cpu or cuda", [](RunConfig& c, const std::string& v) {
        if (v == "auto")
            c.device = core::DeviceKind::Auto;
        else if (v == "cpu")
            c.device = core::DeviceKind::Cpu;
        else if (v == "cuda")
            c.device = core::DeviceKind::Cuda;
        else
            throw ConfigError("--device: '" + v + "' is not auto, cpu or cuda.");
    });
    addFlag(app, "--no-cache", "Compute the frozen layers anew at every step", [](RunConfig& c) { c.cache.enabled = false; });
    addFlag(app, "--no-disk-cache", "Keep cached features in memory only", [](RunConfig& c) { c.cache.onDisk = false; });
    add<std::string>(app, "--cache-dir", "Folder of the feature cache",
                     [](RunConfig& c, const std::string& v) { c.cache.directory = v; });
    add<double>(app, "--cache-memory", "Features held in memory at most, GB",
                [](RunConfig& c, const double& v) { c.cache.memoryBudget = bytesOf("--cache-memory", v); });
    add<double>(app, "--cache-disk", "Features kept on disk at most, GB",
                [](RunConfig& c, const double& v) { c.cache.diskBudget = bytesOf("--cache-disk", v); });
    add<double>(app, "--checkpoint-minutes", "Minutes between checkpoints inside an epoch",
                [](RunConfig& c, const double& v) { c.checkpointMinutes = v; });
    add<std::string>(app, "--out", "Folder of the run", [](RunConfig& c, const std::string& v) { c.output = v; });
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
