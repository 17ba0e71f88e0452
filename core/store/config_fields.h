// Every setting of a RunConfig with its name, range and words. A visitor gets each one as field(ConfigField, value) or
// choice(ConfigField, value, names), a group's as group(name, visit), the phases as list(name, phases, visit).
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "core/api/config.h"
#include "core/api/config_fields.h"
#include "core/api/engine_info.h"

namespace thaw::core {

template <class Value>
struct NamedValue {
    Value value;
    const char* text;
};

constexpr NamedValue<TaskKind> kTasks[] = {
    {TaskKind::OneLabel, "one-label"}, {TaskKind::SeveralLabels, "several-labels"}, {TaskKind::ContinueText, "continue-text"}};
constexpr NamedValue<Scaling> kScalings[] = {{Scaling::ZeroToOne, "0-1"},
                                             {Scaling::ImageNet, "imagenet"},
                                             {Scaling::Caffe, "caffe"},
                                             {Scaling::MinusOneToOne, "tf"},
                                             {Scaling::EfficientNetLite, "efficientnet-lite"}};
constexpr NamedValue<HeadPooling> kPoolings[] = {{HeadPooling::Flatten, "flatten"}, {HeadPooling::Average, "average"}};
constexpr NamedValue<OptimizerKind> kOptimizers[] = {
    {OptimizerKind::Sgd, "sgd"}, {OptimizerKind::Adam, "adam"}, {OptimizerKind::AdamW, "adamw"}};
constexpr NamedValue<ScheduleKind> kSchedules[] = {{ScheduleKind::Constant, "constant"},
                                                   {ScheduleKind::Cosine, "cosine"},
                                                   {ScheduleKind::Linear, "linear"},
                                                   {ScheduleKind::Step, "step"},
                                                   {ScheduleKind::Plateau, "plateau"}};
constexpr NamedValue<JudgedBy> kJudgedBy[] = {{JudgedBy::Score, "score"},
                                              {JudgedBy::Loss, "loss"},
                                              {JudgedBy::BalancedAccuracy, "balanced-accuracy"},
                                              {JudgedBy::MacroF1, "macro-f1"},
                                              {JudgedBy::RocAuc, "roc-auc"}};
constexpr NamedValue<Initialization> kInitializations[] = {{Initialization::Pretrained, "pretrained"},
                                                           {Initialization::Random, "random"}};
constexpr NamedValue<KernelKind> kKernels[] = {{KernelKind::Thaw, "thaw"}, {KernelKind::LibTorch, "libtorch"}};
constexpr NamedValue<ClassWeights> kClassWeights[] = {
    {ClassWeights::Off, "off"}, {ClassWeights::Balanced, "balanced"}, {ClassWeights::ByHand, "by-hand"}};
constexpr NamedValue<SplitMode> kSplitModes[] = {{SplitMode::Own, "own"}, {SplitMode::Anew, "anew"}, {SplitMode::Folds, "folds"}};
constexpr NamedValue<SquareFit> kSquareFits[] = {
    {SquareFit::CentreCrop, "centre"}, {SquareFit::Whole, "whole"}, {SquareFit::Stretched, "stretched"}};
constexpr NamedValue<DeviceKind> kDevices[] = {{DeviceKind::Auto, "auto"}, {DeviceKind::Cpu, "cpu"}, {DeviceKind::Cuda, "cuda"}};

/// A setting's description while it is visited.
struct Setting : ConfigField {
    const char* name;
    bool applies = true;  ///< false: its value is not looked at

    Setting(const char* called, const char* label = "", const char* words = "") : name(called) {
        title = label;
        help = words;
    }
    Setting&& from(double low, double high) && {
        ranged = true;
        least = low;
        greatest = high;
        return std::move(*this);
    }
    Setting&& above(double low, double high) && {
        aboveLeast = true;
        return std::move(*this).from(low, high);
    }
    Setting&& below(double low, double high) && {
        belowGreatest = true;
        return std::move(*this).from(low, high);
    }
    Setting&& in(const char* what) && {
        unit = what;
        return std::move(*this);
    }
    Setting&& when(bool heeded) && {
        applies = heeded;
        return std::move(*this);
    }
};

constexpr double kMostPictures = 2147483647, kMostBytes = 1e15;

template <class Visitor, class Data>
void visitData(Visitor& v, Data& data) {
    v.field(Setting("dataset", "Data set", "Which pictures are learned: a data set's name, or auto for the first that is there."),
            data.dataset);
    v.field(Setting("directory", "Folder", "Folder or archive of the data set. Empty: the usual places."), data.directory);
    v.field(Setting("trainLimit", "Training",
                    "Trains with so many pictures, the same number of each class. Fewer is quicker and less accurate. 0 is all.")
                .from(0, kMostPictures),
            data.trainLimit);
    v.field(Setting("testLimit", "Test", "Tests with so many pictures, the same number of each class. 0 is all.")
                .from(0, kMostPictures),
            data.testLimit);
    v.field(Setting("heldOut", "Held out",
                    "Locks the test split: this share of the training pictures, the same number of each class, is never trained "
                    "on and validates. 0 turns the lock off.")
                .from(0, 0.5),
            data.heldOut);
    v.field(Setting("ownValidation"), data.ownValidation);
    v.choice(Setting("squareFit", "Squares",
                     "How your own pictures become squares: their middle (centre), all of it between grey bars (whole), or all "
                     "of it out of proportion (stretched)."),
             data.squareFit, kSquareFits);
    v.group("split", [&] {
        auto& split = data.split;
        const bool anew = split.mode == SplitMode::Anew, folds = split.mode == SplitMode::Folds;
        v.choice(Setting("mode", "Splits",
                         "Who says which of your own pictures train and which test: the data set itself (own), shares of each "
                         "class (anew), or equal parts that test in turn (folds)."),
                 split.mode, kSplitModes);
        v.field(Setting("test", "Test share", "So much of each class tests.").from(0.01, 0.9).when(anew), split.test);
        v.field(Setting("validation", "Validation share",
                        "So much of each class validates after each epoch, and the test split stays locked. 0 is none.")
                    .from(0, 0.9)
                    .when(anew),
                split.validation);
        v.field(Setting("folds", "Folds", "Equal parts of each class, of which one tests.").from(2, 20).when(folds), split.folds);
        v.field(Setting("fold", "Fold", "Which of the parts tests.").from(1, 20).when(folds), split.fold);
        v.field(Setting("groups", "Never divide",
                        "What must not be on both sides, as pictures of one patient: folder, name:REGEX (the part of a name "
                        "that says it) or column:TITLE (of the table). Empty: each picture for itself."),
                split.groups);
        v.field(Setting("seed", "Split seed", "Another number divides in another way."), split.seed);
    });
}

template <class Visitor, class Head>
void visitHead(Visitor& v, Head& head) {
    v.choice(Setting("pooling", "Reads",
                     "What the head gets of the trunk's last maps: all their numbers (flatten), or the mean of each (average), "
                     "which is much less to learn from and to compute."),
             head.pooling, kPoolings);
    v.field(Setting("hiddenLayers", "Hidden layers", "New layers before the one that names the classes. 0 is a linear head.")
                .from(0, 3),
            head.hiddenLayers);
    v.field(Setting("hiddenUnits", "Hidden units", "Size of each hidden layer.").from(1, 8192), head.hiddenUnits);
    v.field(Setting("dropout", "Dropout",
                    "Part of the head's inputs or hidden units that each step leaves out. More keeps the head from learning by "
                    "heart.")
                .below(0, 1),
            head.dropout);
}

template <class Visitor, class Optimizer>
void visitOptimizer(Visitor& v, Optimizer& optimizer, bool used) {
    const bool sgd = optimizer.kind == OptimizerKind::Sgd;
    v.choice(Setting("kind", "Optimiser",
                     "How the weights follow the slope of the loss in this phase. Each phase begins with a new one."),
             optimizer.kind, kOptimizers);
    v.field(
        Setting("learningRate", "Learning rate",
                "How far each step goes. Smaller is slower and gentler; too large and the loss jumps. Can be changed while it "
                "trains.")
            .above(0, 10)
            .when(used),
        optimizer.learningRate);
    v.field(Setting("beta1", "Beta 1", "Adam: how long the optimiser remembers the direction.").below(0, 1).when(used && !sgd),
            optimizer.beta1);
    v.field(Setting("beta2", "Beta 2", "Adam: how long the optimiser remembers the size of the slopes.")
                .below(0, 1)
                .when(used && !sgd),
            optimizer.beta2);
    v.field(Setting("epsilon", "Epsilon", "Adam: a small number that keeps a division from going wrong. Keras takes 0.0000001.")
                .above(0, 1)
                .when(used && !sgd),
            optimizer.epsilon);
    v.field(
        Setting("momentum", "Momentum", "SGD: how much of the last step goes on into the next.").below(0, 1).when(used && sgd),
        optimizer.momentum);
    v.field(Setting("nesterov", "Nesterov", "SGD: looks one step ahead. Needs a momentum above 0."), optimizer.nesterov);
    v.field(Setting("weightDecay", "Weight decay",
                    "Pulls all weights that train a little towards zero at each step: L2 in SGD and Adam, decoupled in AdamW. 0 "
                    "is off.")
                .from(0, 1)
                .when(used),
            optimizer.weightDecay);
    v.field(Setting("decayVectors", "Decays vectors",
                    "Lets the weight decay pull the biases and the factors of norms, too. Transformers learn better without."),
            optimizer.decayVectors);
    v.field(Setting("clipNorm", "Clips gradients",
                    "A batch whose gradient is longer than this over all layers that train has it scaled down to it, so that a "
                    "strange batch does no harm. 1 is usual for transformers, 0 is off.")
                .from(0, 1e6)
                .when(used),
            optimizer.clipNorm);
}

template <class Visitor, class Phase>
void visitPhase(Visitor& v, Phase& phase) {
    const bool used = phase.epochs > 0;
    const bool sinks = phase.schedule.kind == ScheduleKind::Cosine || phase.schedule.kind == ScheduleKind::Linear;
    const bool falls = phase.schedule.kind == ScheduleKind::Step || phase.schedule.kind == ScheduleKind::Plateau;
    v.field(Setting("title", "Title", "Shown on the curves' band."), phase.title);
    v.field(
        Setting("epochs", "Epochs", "How often this phase goes through all training pictures. 0 skips the phase.").from(0, 10000),
        phase.epochs);
    v.group("optimizer", [&] { visitOptimizer(v, phase.optimizer, used); });
    v.group("schedule", [&] {
        auto& schedule = phase.schedule;
        v.choice(
            Setting("kind", "Schedule",
                    "How the learning rate changes over the phase: not at all, along a cosine or a straight line (linear), in "
                    "steps, or whenever the validation gets no better (plateau)."),
            schedule.kind, kSchedules);
        v.field(
            Setting("floor", "Lowest", "Cosine and linear: what is left of the learning rate at the end, as a part of its start.")
                .from(0, 1)
                .when(used && sinks),
            schedule.floor);
        v.field(Setting("factor", "Factor", "Step and plateau: the learning rate is multiplied by this each time it falls.")
                    .above(0, 1)
                    .when(used && falls),
                schedule.factor);
        v.field(Setting("everyEpochs", "Every",
                        "Step: epochs between two steps of the schedule. Plateau: epochs in a row without a better figure until "
                        "the rate falls.")
                    .from(1, 10000)
                    .in("epochs")
                    .when(used && falls),
                schedule.everyEpochs);
        v.field(
            Setting("warmUp", "Warm-up",
                    "So large a part of the phase's steps begins with a small learning rate that rises to the full one. 0.1 is "
                    "usual for transformers, 0 is off.")
                .below(0, 1)
                .when(used),
            schedule.warmUp);
    });
    v.field(Setting("trainable", "Trains",
                    "Layers that train in this phase: names out of the layer tree, head, trunk or all. The others are frozen."),
            phase.trainable);
}

template <class Visitor, class Cache>
void visitCache(Visitor& v, Cache& cache) {
    v.field(Setting("enabled", "Feature cache",
                    "Computes what the frozen layers say once and keeps it. Off: the same result, much slower."),
            cache.enabled);
    v.field(Setting("directory", "Cache folder", "Where features are kept. Empty: the usual place."), cache.directory);
    v.field(Setting("onDisk", "On disk", "Keeps features on disk as well, so that the next run starts at once."), cache.onDisk);
    v.field(Setting("memoryBudget", "In memory", "Memory that kept features may take.").from(0, kMostBytes), cache.memoryBudget);
    v.field(Setting("diskBudget", "Disk space", "Disk space that kept features may take over all runs.").from(0, kMostBytes),
            cache.diskBudget);
}

template <class Visitor, class Augmentation>
void visitAugmentation(Visitor& v, Augmentation& augmentation) {
    v.field(Setting("flip", "Flip", "Mirrors every other picture left to right. Works with the feature cache."),
            augmentation.flip);
    v.field(Setting("shift", "Shift", "Moves pictures by up to so many pixels.").from(0, 16).in("px"), augmentation.shift);
    v.field(Setting("verticalFlip", "Flip upright",
                    "Turns every other picture upside down: for what has no up and down, as cells or views from above."),
            augmentation.verticalFlip);
    v.field(Setting("crop", "Random crop",
                    "Enlarges a random part of each picture that has at least this share of its area. 1 is off.")
                .from(0.05, 1),
            augmentation.crop);
    v.field(Setting("rotation", "Rotation", "Turns pictures by up to so many degrees to either side.").from(0, 180).in("°"),
            augmentation.rotation);
    v.field(Setting("colour", "Colour", "Changes brightness, contrast and saturation by up to this share.").from(0, 0.9),
            augmentation.colour);
    v.field(Setting("blur", "Blur", "Blurs pictures by up to so many pixels.").from(0, 8).in("px"), augmentation.blur);
    v.field(Setting("erasing", "Erasing", "Chance that a part of a picture is made grey.").from(0, 1), augmentation.erasing);
    v.field(Setting("variants", "Kept variants",
                    "Draws so many changed copies of each picture once and caches their features, where anything but Flip is on. "
                    "0 draws anew in each epoch: nothing can be cached then, and every epoch takes much longer.")
                .from(0, 64),
            augmentation.variants);
    v.field(Setting("mixUp", "Mix-up",
                    "Blends each picture with another and asks for both labels in the same proportion. Larger numbers blend "
                    "more evenly; 0.2 is usual, 0 is off. Cached features are blended in place of pictures.")
                .from(0, 10),
            augmentation.mixUp);
}

/// `Config` is RunConfig, const or not.
template <class Visitor, class Config>
void visitFields(Visitor& v, Config& config) {
    v.field(Setting("preset"), config.preset);
    v.field(Setting("title"), config.title);
    v.choice(Setting("task"), config.task, kTasks);
    v.group("data", [&] { visitData(v, config.data); });
    v.field(Setting("model", "Trunk",
                    "The network that knows pictures already and that the run starts from, by torchvision's name. Brings its "
                    "usual head, input size and scaling."),
            config.model);
    v.choice(Setting("initialization", "Trunk starts",
                     "With weights that know pictures already, or with random ones to see what they are worth."),
             config.initialization, kInitializations);
    v.field(Setting("weights", "Weights", "Weights file of the trunk. Empty: those that come with Thaw."), config.weights);
    v.field(Setting("inputSize", "Input size",
                    "Pictures are enlarged to this many pixels a side. Twice the size is clearly more accurate and four times "
                    "slower.")
                .in("px"),
            config.inputSize);
    v.choice(Setting("scaling", "Scaling",
                     "How colours become numbers. It has to be what the weights learned with: imagenet for torchvision's, 0-1 as "
                     "the lesson's text does, caffe for Keras's own weights of VGG and ResNet, tf (-1 to 1) for the Inception "
                     "family."),
             config.scaling, kScalings);
    v.field(Setting("batchSize", "Batch size", "Pictures a step. Larger is steadier and needs more memory.").from(1, 4096),
            config.batchSize);
    v.group("augmentation", [&] { visitAugmentation(v, config.augmentation); });
    v.group("classBalance", [&] {
        auto& balance = config.classBalance;
        v.choice(Setting("weights", "Class weights",
                         "Lets each class count alike in the loss although some have more pictures (balanced), or as much as "
                         "you say (by-hand)."),
                 balance.weights, kClassWeights);
        v.field(Setting("byHand", "By hand", "A weight for each class, in the classes' order. 1 counts once, 2 twice."),
                balance.byHand);
        v.field(Setting("balancedSampling", "Balanced epochs",
                        "Shows each class equally often: pictures of small classes again and again, of large ones a part in "
                        "each epoch. For one label each."),
                balance.balancedSampling);
    });
    v.field(Setting("labelSmoothing", "Label smoothing",
                    "Asks for a little less than certainty: so much of the answer is spread over all classes. Helps where "
                    "labels are noisy. For one label each.")
                .from(0, 0.5),
            config.labelSmoothing);
    v.group("head", [&] { visitHead(v, config.head); });
    v.field(Setting("updateStatistics", "Batch statistics",
                    "Batch norms that train move their running means and variances with each batch. Off, they keep those that "
                    "the trunk came with, which is what few pictures want. For training from scratch turn it on."),
            config.updateStatistics);
    v.list("phases", config.phases, [&](auto& phase) { visitPhase(v, phase); });
    v.group("judging", [&] {
        v.choice(Setting("best", "Best model",
                         "Which figure of the validation says that an epoch's model is the best, which is kept: score is the "
                         "accuracy, or the mean average precision of several labels."),
                 config.judging.best, kJudgedBy);
        v.choice(Setting("watched", "Watches", "Which figure of the validation early stopping and the plateau schedule watch."),
                 config.judging.watched, kJudgedBy);
    });
    v.group("earlyStopping", [&] {
        auto& stopping = config.earlyStopping;
        v.field(Setting("enabled", "Stop early",
                        "Ends a phase when the watched figure, by default the validation loss, gets no better."),
                stopping.enabled);
        v.field(Setting("patience", "Patience", "So many epochs in a row may pass without a better figure.")
                    .from(1, 10000)
                    .in("epochs")
                    .when(stopping.enabled),
                stopping.patience);
        v.field(Setting("minDelta", "Least gain", "A smaller improvement counts as none.").from(0, 1000).when(stopping.enabled),
                stopping.minDelta);
    });
    v.field(
        Setting("seed", "Seed", "Two runs with the same seed and the same settings on the same machine give the same curves."),
        config.seed);
    v.field(Setting("threads", "Threads", "Processor cores to use. 0 is all that may be used; never more than these.")
                .from(0, kMostThreads),
            config.threads);
    v.choice(Setting("device", "Device", "Where to compute. auto takes a graphics card when LibTorch can use one."),
             config.device, kDevices);
    v.choice(Setting("kernels", "Convolutions",
                     "Whose convolutions compute. Thaw's own are several times faster on a processor; the results differ by "
                     "rounding only."),
             config.kernels, kKernels);
    v.group("cache", [&] { visitCache(v, config.cache); });
    v.field(Setting("checkpointMinutes", "Save every", "The run is saved after each epoch, and this often within one.")
                .above(0, 1e6)
                .in("min"),
            config.checkpointMinutes);
    v.field(Setting("output", "Run folder", "Where the next run is recorded. Empty: a new folder in the usual place."),
            config.output);
}

}  // namespace thaw::core
