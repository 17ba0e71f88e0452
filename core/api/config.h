// What a run is asked to do: plain values, no behaviour. Filled from a lesson file, the command line or the window, and
// written verbatim into run.json, so that a run can be repeated from its own record.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/api/task.h"

namespace thaw::core {

/// How 8-bit RGB becomes the network's float input.
enum class Scaling {
    ZeroToOne,         ///< x / 255
    ImageNet,          ///< (x / 255 - mean) / standard deviation, per RGB channel; what torchvision's weights expect
    Caffe,             ///< BGR, x - mean, no division; what Keras's own VGG and ResNet weights expect
    MinusOneToOne,     ///< x / 127.5 - 1; what the Inception family's weights expect
    EfficientNetLite,  ///< (x - 127) / 128
};

enum class OptimizerKind { Sgd, Adam, AdamW };

enum class ScheduleKind {
    Constant,
    Cosine,  ///< from the phase's learning rate to `floor` times it, over the phase, per step
    Linear,  ///< the same along a straight line
    Step,    ///< times `factor` after every `everyEpochs` epochs of the phase
    /// times `factor` whenever `everyEpochs` epochs in a row brought no better JudgingConfig::watched
    Plateau,
};

struct OptimizerConfig {
    OptimizerKind kind = OptimizerKind::Adam;
    double learningRate = 1e-4;  ///< (0, 10]
    double beta1 = 0.9;          ///< Adam, AdamW: [0, 1)
    double beta2 = 0.999;        ///< Adam, AdamW: [0, 1)
    double epsilon = 1e-7;       ///< Adam, AdamW: added outside the square root, as Keras and torch do; > 0
    double momentum = 0.9;       ///< SGD: [0, 1)
    bool nesterov = false;       ///< SGD; needs momentum > 0
    double weightDecay = 0.0;    ///< [0, 1]; L2 in SGD and Adam, decoupled in AdamW
    bool decayVectors = true;    ///< false: biases and the factors of norms do not decay
    double clipNorm = 0.0;       ///< >= 0: longer gradients (L2 over all that trains) are scaled down to it; 0: never
};

struct ScheduleConfig {
    ScheduleKind kind = ScheduleKind::Constant;
    double floor = 0.0;   ///< Cosine, Linear: [0, 1]
    double factor = 0.1;  ///< Step, Plateau: (0, 1]
    int everyEpochs = 1;  ///< Step, Plateau: >= 1
    double warmUp = 0.0;  ///< [0, 1): share of the phase's steps over which the rate first rises from 0 in a straight line
};

struct PhaseConfig {
    std::string title;          ///< shown on the band, e.g. "Feature extraction"
    int epochs = 1;             ///< 0..10000; 0 skips the phase
    OptimizerConfig optimizer;  ///< a new optimiser, without moments, is made at the start of the phase
    ScheduleConfig schedule;
    /// Trainable layers: layer names (Keras's or torchvision's), block names ("block5"), "head", "trunk" or "all".
    std::vector<std::string> trainable = {"head"};
};

/// Slightly changed training pictures. Sizes of the defaults: nothing.
struct AugmentationConfig {
    bool flip = false;          ///< left to right, probability one half
    int shift = 0;              ///< pixels of the data set's picture, 0..16, to each side
    bool verticalFlip = false;  ///< upside down, probability one half
    double crop = 1;            ///< a random part with at least this share of the area, 0.05..1, is enlarged to the whole
    double rotation = 0;        ///< degrees, 0..180, to either side
    double colour = 0;          ///< 0..0.9: brightness, contrast and saturation each change by up to this share
    double blur = 0;            ///< greatest sigma in pixels of the input, 0..8
    double erasing = 0;         ///< probability, 0..1, that a rectangle is made grey
    /// With anything but flips: so many copies of each picture, the first of them unchanged, are drawn once and cached; each
    /// epoch takes one of them at random. 0: drawn anew in each epoch, which turns the feature cache off. 0..64.
    int variants = 0;
    /// Each picture is blended with another of its batch, and so are their labels: alpha of the Beta distribution that the share
    /// is drawn from (Zhang et al. 2018), 0..10; 0: off. What is cached is blended as features.
    double mixUp = 0;

    /// More than flips.
    bool moves() const { return shift > 0 || verticalFlip || crop < 1 || rotation > 0 || colour > 0 || blur > 0 || erasing > 0; }
    bool any() const { return flip || moves() || mixUp > 0; }
};

/// Usual sets: of photographs (crops, flips, colours), and of medical pictures (all flips, turns, a little colour); eight kept
/// variants each.
AugmentationConfig photographAugmentation();
AugmentationConfig medicalAugmentation();

/// How classes of unlike size are made to count alike.
enum class ClassWeights {
    Off,
    Balanced,  ///< each sample's loss times samples / (classes * samples of its class)
    ByHand,    ///< times the class's own weight
};
struct ClassBalanceConfig {
    ClassWeights weights = ClassWeights::Off;
    std::vector<double> byHand;     ///< a weight a class, in the classes' order, each above 0
    bool balancedSampling = false;  ///< an epoch shows each class equally often: small ones again, large ones in part
};

/// Which figures of the validation decide.
struct JudgingConfig {
    JudgedBy best = JudgedBy::Score;    ///< which epoch's model is the best
    JudgedBy watched = JudgedBy::Loss;  ///< when early stopping ends a phase and the plateau schedule lowers the rate
};

struct EarlyStoppingConfig {
    bool enabled = false;
    int patience = 3;       ///< epochs of a phase without a better JudgingConfig::watched; >= 1
    double minDelta = 0.0;  ///< >= 0
};

/// How a picture of any shape becomes the square that the network sees.
enum class SquareFit {
    CentreCrop,  ///< its middle square; the ends of long pictures are not seen
    Whole,       ///< all of it, with grey bars
    Stretched,   ///< all of it, out of proportion
};

/// Who says which pictures train and which test, of pictures that are files.
enum class SplitMode {
    Own,    ///< the data set: its folders, its table, or a fifth of each class by the names' hashes
    Anew,   ///< all its pictures are divided by the shares, each class alike
    Folds,  ///< they are divided into equal parts, of which one tests: k-fold cross-validation
};
struct SplitConfig {
    SplitMode mode = SplitMode::Own;
    double test = 0.2;        ///< share that tests, 0.01..0.9
    double validation = 0;    ///< share that validates beside it, 0..0.9; 0: none
    int folds = 5, fold = 1;  ///< 2..20; 1..folds
    /// What must never be on both sides: empty: nothing; "folder": pictures of one folder; "name:REGEX": those whose names (paths
    /// from the data set's folder, with '/') have the same first group of that ECMAScript expression, or the same match;
    /// "column:TITLE": those with the same cell in the table.
    std::string groups;
    std::uint64_t seed = 1;
    bool operator==(const SplitConfig& other) const {
        return mode == other.mode && test == other.test && validation == other.validation && folds == other.folds &&
               fold == other.fold && groups == other.groups && seed == other.seed;
    }
};

struct DataConfig {
    std::string dataset = "auto";  ///< "cifar10", "fashion-mnist", "folder", or "auto": CIFAR-10 if present, else Fashion-MNIST
    std::filesystem::path directory;  ///< folder or archive to look in first; empty: the usual places only
    int trainLimit = 0;               ///< pictures, chosen by seed with equal counts per class; 0: all
    int testLimit = 0;                ///< as above
    /// Locks the test split: this share of the training pictures, equal counts per class, is never trained on and validates
    /// instead.
    double heldOut = 0.0;  ///< 0 (off) to 0.5
    /// The data set's own validation split validates, which locks its test split. Set by the Trainer when a run is made on a data
    /// set that has one and nothing is held out; what a new run's config says is not heeded.
    bool ownValidation = false;
    SquareFit squareFit = SquareFit::CentreCrop;  ///< of pictures that are files
    SplitConfig split;
};

/// How the trunk's last planes become the features that the head's dense layers read.
enum class HeadPooling {
    Flatten,  ///< every number of every plane
    Average,  ///< one number a plane: its mean
};

struct HeadConfig {
    int hiddenUnits = 512;  ///< 1..8192, of each hidden layer
    double dropout = 0.5;   ///< [0, 1)
    int hiddenLayers = 1;   ///< 0..3 dense layers with ReLU and dropout before the last; 0: a linear head behind a dropout
    HeadPooling pooling = HeadPooling::Flatten;
};

struct CacheConfig {
    bool enabled = true;
    std::filesystem::path directory;  ///< empty: the user's cache folder
    bool onDisk = true;
    std::int64_t memoryBudget = 1'500'000'000;  ///< bytes of features held in memory, all rungs together
    std::int64_t diskBudget = 4'000'000'000;    ///< bytes of features kept on disk over all runs; least recently used out first
};

enum class Initialization { Pretrained, Random };
enum class DeviceKind { Auto, Cpu, Cuda };

/// Which implementation computes the convolutions. The mathematics is the same; results differ by rounding.
enum class KernelKind {
    Thaw,      ///< core/kernels where processor and shape allow it, LibTorch elsewhere
    LibTorch,  ///< LibTorch everywhere
};

struct RunConfig {
    std::string preset = "lesson";  ///< the lesson file it started from
    std::string title;              ///< for people
    /// Set by the Trainer when a run is made, to what the data set's labels are; what a new run's config says is not heeded.
    TaskKind task = TaskKind::OneLabel;
    DataConfig data;
    std::string model = "vgg16";  ///< a name of listModels()
    Initialization initialization = Initialization::Pretrained;
    std::filesystem::path weights;  ///< trunk weights; empty: the embedded ones
    /// Pixels, what the model takes (ModelCard): pictures are resized bilinearly. Of a model of texts: the most tokens that it
    /// reads of one, [CLS] and [SEP] included; the rest of a longer text is cut off. Of a text that is continued: the tokens of
    /// the windows that it is divided into.
    int inputSize = 32;
    Scaling scaling = Scaling::ImageNet;
    int batchSize = 128;  ///< 1..4096
    AugmentationConfig augmentation;
    ClassBalanceConfig classBalance;
    double labelSmoothing = 0;  ///< 0..0.5: so much of the target is spread evenly over all classes (one label each)
    HeadConfig head;
    /// Batch norms that train take each batch's mean and variance and move their running ones. Off: these stay as they are, which
    /// is what transfer learning on few pictures wants.
    bool updateStatistics = false;
    std::vector<PhaseConfig> phases;
    JudgingConfig judging;
    EarlyStoppingConfig earlyStopping;
    std::uint64_t seed = 42;
    int threads = 0;  ///< 0: all processors that may be used; never more than these
    DeviceKind device = DeviceKind::Auto;
    KernelKind kernels = KernelKind::Thaw;
    CacheConfig cache;
    double checkpointMinutes = 2.0;  ///< between checkpoints inside an epoch; > 0
    std::filesystem::path output;    ///< run folder; empty: a new one under the user's data

    int totalEpochs() const {
        int sum = 0;
        for (const PhaseConfig& phase : phases) sum += phase.epochs;
        return sum;
    }
};

/// Everything wrong with a config, in plain words; empty when it can run. Pure.
std::vector<std::string> validate(const RunConfig& config);

/// JSON text of a config; every field is written. Pure.
std::string toJson(const RunConfig& config);

/// Reads what toJson wrote or a lesson file: missing fields keep the values of `base`; paths of unknown
/// ones, of a newer version or misspelt, are added to `unknown`. Throws ConfigError with the field's name and what was expected.
RunConfig configFromJson(const std::string& json, const RunConfig& base = {}, std::vector<std::string>* unknown = nullptr);

/// A sentence for people about such paths; empty for none. Pure.
std::string unknownSettingsNote(const std::vector<std::string>& unknown);

/// Another model, with what goes with it: its usual head (a linear one alone learns at ten times the rate), input size and
/// scaling, its own weights, and in every phase the layers that correspond to those of before ("block5" of VGG16 and "layer4" of
/// ResNet-50 are the last stage of either). Throws ConfigError naming the models that exist.
void chooseModel(RunConfig& config, const std::string& model);

/// The field's names on the command line and in JSON: "0-1", "imagenet", "caffe"; "sgd", "adam", "adamw"; ...
std::string toString(Scaling value);
std::string toString(OptimizerKind value);
std::string toString(ScheduleKind value);
std::string toString(JudgedBy value);
std::string toString(KernelKind value);
std::string toString(HeadPooling value);
Scaling scalingFromString(const std::string& name);            ///< throws ConfigError
OptimizerKind optimizerFromString(const std::string& name);    ///< throws ConfigError
ScheduleKind scheduleFromString(const std::string& name);      ///< throws ConfigError
JudgedBy judgedByFromString(const std::string& name);          ///< throws ConfigError
KernelKind kernelsFromString(const std::string& name);         ///< "thaw" or "libtorch"; throws ConfigError
DeviceKind deviceFromString(const std::string& name);          ///< "auto", "cpu" or "cuda"; throws ConfigError
HeadPooling poolingFromString(const std::string& name);        ///< "flatten" or "average"; throws ConfigError
SplitMode splitModeFromString(const std::string& name);        ///< "own", "anew" or "folds"; throws ConfigError
SquareFit squareFitFromString(const std::string& name);        ///< "centre", "whole" or "stretched"; throws ConfigError
ClassWeights classWeightsFromString(const std::string& name);  ///< "off", "balanced" or "by-hand"; throws ConfigError

/// A named starting point: a lesson file from the program's resources/lessons or the user's lessons folder.
struct Lesson {
    std::string name;         ///< file name without .json: "lesson-64"
    std::string title;        ///< "The lesson at 64 pixels"
    std::string description;  ///< one or two plain sentences
    /// Accuracies that the lesson's text prints, 0..1, after each phase; empty when it prints none.
    std::vector<double> claims;
    std::string claimsDataset;  ///< the data set that these are of; empty: whichever it runs on
    RunConfig config;
    std::filesystem::path file;
    std::string problem;  ///< why the file cannot be used; empty when it can
    std::string note;     ///< about what in the file is not used; empty: all is
};

/// The program's first (with "lesson" leading), then the user's, also those that cannot be read. Reads small files; never throws
/// for a bad one.
std::vector<Lesson> listLessons();
/// Writes a lesson file into the user's lessons folder, without the config's places on this machine. The file's name is made from
/// the title ("My lesson": my-lesson.json); an own lesson of that name is replaced. Blocking, a small file.
/// Throws ConfigError for a title without letters, a name that the program's own lessons have or a config that cannot run;
/// StoreError.
Lesson saveLesson(const std::string& title, const std::string& description, const RunConfig& config);
/// Throws ConfigError naming the lessons that exist.
Lesson findLesson(const std::string& name);

}  // namespace thaw::core
