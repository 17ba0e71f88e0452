#include "core/api/config.h"

#include <algorithm>
#include <cmath>

#include "core/api/engine_info.h"
#include "core/api/layer_info.h"
#include "core/data/dataset.h"
#include "core/model/zoo.h"
#include "core/store/strict_json.h"
#include "core/util/number_text.h"

namespace thaw::core {

using nlohmann::json;
using nlohmann::ordered_json;

namespace {

constexpr int kAnyClassCount = 10;

template <class Value>
struct Name {
    Value value;
    const char* text;
};

constexpr Name<Scaling> kScalings[] = {{Scaling::ZeroToOne, "0-1"},
                                       {Scaling::ImageNet, "imagenet"},
                                       {Scaling::Caffe, "caffe"},
                                       {Scaling::MinusOneToOne, "tf"},
                                       {Scaling::EfficientNetLite, "efficientnet-lite"}};
constexpr Name<HeadPooling> kPoolings[] = {{HeadPooling::Flatten, "flatten"}, {HeadPooling::Average, "average"}};
constexpr Name<OptimizerKind> kOptimizers[] = {
    {OptimizerKind::Sgd, "sgd"}, {OptimizerKind::Adam, "adam"}, {OptimizerKind::AdamW, "adamw"}};
constexpr Name<ScheduleKind> kSchedules[] = {
    {ScheduleKind::Constant, "constant"}, {ScheduleKind::Cosine, "cosine"}, {ScheduleKind::Step, "step"}};
constexpr Name<Initialization> kInitializations[] = {{Initialization::Pretrained, "pretrained"},
                                                     {Initialization::Random, "random"}};
constexpr Name<KernelKind> kKernels[] = {{KernelKind::Thaw, "thaw"}, {KernelKind::LibTorch, "libtorch"}};
constexpr Name<DeviceKind> kDevices[] = {{DeviceKind::Auto, "auto"}, {DeviceKind::Cpu, "cpu"}, {DeviceKind::Cuda, "cuda"}};

template <class Value, std::size_t Count>
std::string nameOf(const Name<Value> (&names)[Count], Value value) {
    for (const auto& entry : names)
        if (entry.value == value) return entry.text;
    return {};
}

template <class Value, std::size_t Count>
Value valueOf(const Name<Value> (&names)[Count], const std::string& text) {
    std::string known;
    for (const auto& entry : names) {
        if (text == entry.text) return entry.value;
        known += (known.empty() ? "" : ", ") + std::string(entry.text);
    }
    throw ConfigError("\"" + text + "\" is not one of " + known + '.');
}

Initialization initializationFromString(const std::string& name) { return valueOf(kInitializations, name); }
DeviceKind deviceFromString(const std::string& name) { return valueOf(kDevices, name); }

ordered_json toJsonValue(const PhaseConfig& phase) {
    const OptimizerConfig& optimizer = phase.optimizer;
    const ScheduleConfig& schedule = phase.schedule;
    return {{"title", phase.title},
            {"epochs", phase.epochs},
            {"optimizer",
             {{"kind", toString(optimizer.kind)},
              {"learningRate", optimizer.learningRate},
              {"beta1", optimizer.beta1},
              {"beta2", optimizer.beta2},
              {"epsilon", optimizer.epsilon},
              {"momentum", optimizer.momentum},
              {"nesterov", optimizer.nesterov},
              {"weightDecay", optimizer.weightDecay}}},
            {"schedule",
             {{"kind", toString(schedule.kind)},
              {"floor", schedule.floor},
              {"factor", schedule.factor},
              {"everyEpochs", schedule.everyEpochs}}},
            {"trainable", phase.trainable}};
}

PhaseConfig phaseFromJson(const json& value, const std::string& path) {
    PhaseConfig phase;
    JsonFields fields(value, path);
    fields.read("title", phase.title);
    fields.read("epochs", phase.epochs);
    if (const json* object = fields.take("optimizer")) {
        OptimizerConfig& optimizer = phase.optimizer;
        JsonFields inner(*object, fields.pathOf("optimizer"));
        inner.read("kind", optimizer.kind, optimizerFromString);
        inner.read("learningRate", optimizer.learningRate);
        inner.read("beta1", optimizer.beta1);
        inner.read("beta2", optimizer.beta2);
        inner.read("epsilon", optimizer.epsilon);
        inner.read("momentum", optimizer.momentum);
        inner.read("nesterov", optimizer.nesterov);
        inner.read("weightDecay", optimizer.weightDecay);
        inner.finish();
    }
    if (const json* object = fields.take("schedule")) {
        ScheduleConfig& schedule = phase.schedule;
        JsonFields inner(*object, fields.pathOf("schedule"));
        inner.read("kind", schedule.kind, scheduleFromString);
        inner.read("floor", schedule.floor);
        inner.read("factor", schedule.factor);
        inner.read("everyEpochs", schedule.everyEpochs);
        inner.finish();
    }
    fields.read("trainable", phase.trainable);
    fields.finish();
    return phase;
}

/// Collects problems; the comparisons are written so that a NaN fails them.
class Problems {
public:
    void require(bool good, const std::string& sentence) {
        if (!good) m_list.push_back(sentence);
    }
    template <class Number>
    void range(const std::string& what, Number value, Number low, Number high) {
        require(value >= low && value <= high, what + " must be from " + numberText(double(low)) + " to " +
                                                   numberText(double(high)) + "; it is " + numberText(double(value)) + '.');
    }
    void below(const std::string& what, double value, double low, double high) {
        require(value >= low && value < high, what + " must be from " + numberText(low) + " to below " + numberText(high) +
                                                  "; it is " + numberText(value) + '.');
    }
    void above(const std::string& what, double value, double low, double high) {
        require(value > low && value <= high, what + " must be above " + numberText(low) + " and at most " + numberText(high) +
                                                  "; it is " + numberText(value) + '.');
    }
    std::vector<std::string> take() { return std::move(m_list); }

private:
    std::vector<std::string> m_list;
};

void checkPhase(const PhaseConfig& phase, const std::string& where, Problems& problems) {
    problems.range(where + "the number of epochs", phase.epochs, 0, 10000);
    if (phase.epochs == 0) return;
    const OptimizerConfig& optimizer = phase.optimizer;
    problems.above(where + "the learning rate", optimizer.learningRate, 0, 10);
    problems.range(where + "weight decay", optimizer.weightDecay, 0.0, 1.0);
    if (optimizer.kind == OptimizerKind::Sgd) {
        problems.below(where + "momentum", optimizer.momentum, 0, 1);
        problems.require(!optimizer.nesterov || optimizer.momentum > 0, where + "Nesterov needs a momentum above 0.");
    } else {
        problems.below(where + "beta 1", optimizer.beta1, 0, 1);
        problems.below(where + "beta 2", optimizer.beta2, 0, 1);
        problems.above(where + "epsilon", optimizer.epsilon, 0, 1);
    }
    if (phase.schedule.kind == ScheduleKind::Cosine)
        problems.range(where + "the schedule's floor", phase.schedule.floor, 0.0, 1.0);
    if (phase.schedule.kind == ScheduleKind::Step) {
        problems.above(where + "the schedule's factor", phase.schedule.factor, 0, 1);
        problems.range(where + "the schedule's number of epochs", phase.schedule.everyEpochs, 1, 10000);
    }
    problems.require(!phase.trainable.empty(), where + "no layer is trainable. Name at least one, for example \"head\".");
}

void checkLayerNames(const RunConfig& config, Problems& problems) {
    ModelInfo model;
    try {
        model = describeModel(config, kAnyClassCount);
    } catch (const ConfigError&) {
        return;  // the reason is among the problems already
    }
    for (std::size_t i = 0; i < config.phases.size(); ++i) {
        const PhaseConfig& phase = config.phases[i];
        if (phase.epochs <= 0 || phase.trainable.empty()) continue;
        const std::string where = "Phase " + std::to_string(i + 1) + ": ";
        try {
            const LayerMask mask = model.maskOf(phase.trainable);
            problems.require(std::find(mask.begin(), mask.end(), true) != mask.end(),
                             where + "none of its layers has parameters to train. Name another one, for example \"head\".");
        } catch (const ConfigError& error) {
            problems.require(false, where + error.what() + ' ' + error.hint());
        }
    }
}

}  // namespace

std::string toString(Scaling value) { return nameOf(kScalings, value); }
std::string toString(OptimizerKind value) { return nameOf(kOptimizers, value); }
std::string toString(ScheduleKind value) { return nameOf(kSchedules, value); }
std::string toString(KernelKind value) { return nameOf(kKernels, value); }
Scaling scalingFromString(const std::string& name) { return valueOf(kScalings, name); }
OptimizerKind optimizerFromString(const std::string& name) { return valueOf(kOptimizers, name); }
ScheduleKind scheduleFromString(const std::string& name) { return valueOf(kSchedules, name); }
std::string toString(HeadPooling value) { return nameOf(kPoolings, value); }
HeadPooling poolingFromString(const std::string& name) { return valueOf(kPoolings, name); }
KernelKind kernelsFromString(const std::string& name) { return valueOf(kKernels, name); }

std::vector<std::string> validate(const RunConfig& config) {
    Problems problems;
    const std::string& dataset = config.data.dataset;
    std::vector<std::string> datasets = datasetIds();
    datasets.insert(datasets.begin(), "auto");
    std::string choice;
    for (const std::string& name : datasets) choice += choice.empty() ? name : ", " + name;
    problems.require(std::find(datasets.begin(), datasets.end(), dataset) != datasets.end(),
                     "\"" + dataset + "\" is not a data set. Choose one of: " + choice + '.');
    problems.require(config.data.trainLimit >= 0, "The limit of training pictures must not be negative.");
    problems.require(config.data.testLimit >= 0, "The limit of test pictures must not be negative.");
    problems.range("The share of training pictures that is held out", config.data.heldOut, 0.0, 0.5);
    try {
        networkOf(config, kAnyClassCount);
    } catch (const ConfigError& error) {
        problems.require(false, error.what() + std::string(" ") + error.hint());
    }
    problems.range("The batch size", config.batchSize, 1, 4096);
    problems.range("The shift of pictures", config.augmentation.shift, 0, 16);
    problems.range("The number of hidden layers", config.head.hiddenLayers, 0, 3);
    problems.range("The number of hidden units", config.head.hiddenUnits, 1, 8192);
    problems.below("Dropout", config.head.dropout, 0, 1);
    if (config.earlyStopping.enabled) {
        problems.range("The patience of early stopping", config.earlyStopping.patience, 1, 10000);
        problems.require(config.earlyStopping.minDelta >= 0 && std::isfinite(config.earlyStopping.minDelta),
                         "The least improvement of early stopping must not be negative.");
    }
    problems.range("The number of threads", config.threads, 0, kMostThreads);
    problems.require(config.cache.memoryBudget >= 0, "The feature cache's memory must not be negative.");
    problems.require(config.cache.diskBudget >= 0, "The feature cache's disk space must not be negative.");
    problems.above("The minutes between checkpoints", config.checkpointMinutes, 0, 1e6);

    for (std::size_t i = 0; i < config.phases.size(); ++i)
        checkPhase(config.phases[i], "Phase " + std::to_string(i + 1) + ": ", problems);
    checkLayerNames(config, problems);
    std::int64_t epochs = 0;
    for (const PhaseConfig& phase : config.phases) epochs += phase.epochs;
    problems.require(epochs > 0, "The plan has no epochs. Give at least one phase one epoch.");
    problems.require(epochs <= 100000, "The plan has more than 100000 epochs.");
    return problems.take();
}

namespace {

bool sameNames(std::vector<std::string> a, std::vector<std::string> b) {
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    return a == b;
}

/// A linear head on a few means wants larger steps than one with a hidden layer on all numbers.
double rateOfHead(const HeadConfig& head) { return head.hiddenLayers == 0 ? 10 : 1; }

}  // namespace

void chooseModel(RunConfig& config, const std::string& name) {
    const ModelDescription& chosen = descriptionOf(name);
    if (config.model == name) return;
    const std::vector<LayerPreset> before = descriptionOf(config.model).presets, now = chosen.presets;
    for (PhaseConfig& phase : config.phases) {
        for (std::size_t i = 0; i < before.size(); ++i) {
            if (!sameNames(phase.trainable, before[i].layers) || now.empty()) continue;
            phase.trainable = now[std::min(i, now.size() - 1)].layers;
            break;
        }
    }
    const double factor = rateOfHead(chosen.head) / rateOfHead(config.head);
    for (PhaseConfig& phase : config.phases)
        if (factor != 1 && sameNames(phase.trainable, {"head"})) phase.optimizer.learningRate *= factor;
    config.model = name;
    config.head = chosen.head;
    config.inputSize = chosen.input.suggested;
    config.scaling = chosen.scaling;
    config.weights.clear();
}

std::string toJson(const RunConfig& config) {
    ordered_json phases = ordered_json::array();
    for (const PhaseConfig& phase : config.phases) phases.push_back(toJsonValue(phase));
    const ordered_json document = {
        {"preset", config.preset},
        {"title", config.title},
        {"data",
         {{"dataset", config.data.dataset},
          {"directory", config.data.directory.string()},
          {"trainLimit", config.data.trainLimit},
          {"testLimit", config.data.testLimit},
          {"heldOut", config.data.heldOut},
          {"ownValidation", config.data.ownValidation}}},
        {"model", config.model},
        {"initialization", nameOf(kInitializations, config.initialization)},
        {"weights", config.weights.string()},
        {"inputSize", config.inputSize},
        {"scaling", toString(config.scaling)},
        {"batchSize", config.batchSize},
        {"augmentation", {{"flip", config.augmentation.flip}, {"shift", config.augmentation.shift}}},
        {"head",
         {{"pooling", toString(config.head.pooling)},
          {"hiddenLayers", config.head.hiddenLayers},
          {"hiddenUnits", config.head.hiddenUnits},
          {"dropout", config.head.dropout}}},
        {"updateStatistics", config.updateStatistics},
        {"phases", phases},
        {"earlyStopping",
         {{"enabled", config.earlyStopping.enabled},
          {"patience", config.earlyStopping.patience},
          {"minDelta", config.earlyStopping.minDelta}}},
        {"seed", config.seed},
        {"threads", config.threads},
        {"device", nameOf(kDevices, config.device)},
        {"kernels", toString(config.kernels)},
        {"cache",
         {{"enabled", config.cache.enabled},
          {"directory", config.cache.directory.string()},
          {"onDisk", config.cache.onDisk},
          {"memoryBudget", config.cache.memoryBudget},
          {"diskBudget", config.cache.diskBudget}}},
        {"checkpointMinutes", config.checkpointMinutes},
        {"output", config.output.string()},
    };
    return jsonText(document, 2);
}

RunConfig configFromJson(const std::string& text, const RunConfig& base) {
    const json document = parseStrictJson(text);
    RunConfig config = base;
    JsonFields fields(document, "");
    std::string model = base.model;
    fields.read("model", model);
    if (model != base.model) chooseModel(config, model);
    fields.read("preset", config.preset);
    fields.read("title", config.title);
    fields.take("description");  // a lesson file's, read by listLessons()
    fields.take("claims");
    fields.take("claimsDataset");
    if (const json* object = fields.take("data")) {
        JsonFields inner(*object, "data");
        inner.read("dataset", config.data.dataset);
        inner.read("directory", config.data.directory);
        inner.read("trainLimit", config.data.trainLimit);
        inner.read("testLimit", config.data.testLimit);
        inner.read("heldOut", config.data.heldOut);
        inner.read("ownValidation", config.data.ownValidation);
        inner.finish();
    }
    fields.read("initialization", config.initialization, initializationFromString);
    fields.read("weights", config.weights);
    fields.read("inputSize", config.inputSize);
    fields.read("scaling", config.scaling, scalingFromString);
    fields.read("batchSize", config.batchSize);
    if (const json* object = fields.take("augmentation")) {
        JsonFields inner(*object, "augmentation");
        inner.read("flip", config.augmentation.flip);
        inner.read("shift", config.augmentation.shift);
        inner.finish();
    }
    if (const json* object = fields.take("head")) {
        JsonFields inner(*object, "head");
        inner.read("pooling", config.head.pooling, poolingFromString);
        inner.read("hiddenLayers", config.head.hiddenLayers);
        inner.read("hiddenUnits", config.head.hiddenUnits);
        inner.read("dropout", config.head.dropout);
        inner.finish();
    }
    fields.read("updateStatistics", config.updateStatistics);
    if (const json* list = fields.take("phases")) {
        if (!list->is_array()) throw ConfigError("phases: expected a list in [ ].");
        config.phases.clear();
        for (std::size_t i = 0; i < list->size(); ++i)
            config.phases.push_back(phaseFromJson((*list)[i], "phases[" + std::to_string(i) + "]"));
    }
    if (const json* object = fields.take("earlyStopping")) {
        JsonFields inner(*object, "earlyStopping");
        inner.read("enabled", config.earlyStopping.enabled);
        inner.read("patience", config.earlyStopping.patience);
        inner.read("minDelta", config.earlyStopping.minDelta);
        inner.finish();
    }
    fields.read("seed", config.seed);
    fields.read("threads", config.threads);
    fields.read("device", config.device, deviceFromString);
    fields.read("kernels", config.kernels, kernelsFromString);
    if (const json* object = fields.take("cache")) {
        JsonFields inner(*object, "cache");
        inner.read("enabled", config.cache.enabled);
        inner.read("directory", config.cache.directory);
        inner.read("onDisk", config.cache.onDisk);
        inner.read("memoryBudget", config.cache.memoryBudget);
        inner.read("diskBudget", config.cache.diskBudget);
        inner.finish();
    }
    fields.read("checkpointMinutes", config.checkpointMinutes);
    fields.read("output", config.output);
    fields.finish();
    return config;
}

}  // namespace thaw::core
