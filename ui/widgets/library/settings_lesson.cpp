// The settings that a lesson is made of: trunk, data, training, head, repeatability.
#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QLocale>
#include <QRandomGenerator>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <set>

#include "core/api/trunks.h"
#include "ui/models/trunk_text.h"
#include "ui/widgets/library/settings_panel.h"
#include "ui/widgets/library/settings_values.h"
#include "ui/widgets/parts/elided_label.h"
#include "ui/widgets/parts/number_box.h"
#include "ui/widgets/parts/setting_row.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

constexpr double kHeldOut = 0.1;                     // where the test split is locked
constexpr double kLargestSeed = 9007199254740991.0;  // every whole number up to here is a double

QString rateName(std::size_t phase, std::size_t count) {
    if (count == 2) return phase == 0 ? SettingsPanel::tr("Learning rate") : SettingsPanel::tr("Fine-tuning rate");
    return count == 1 ? SettingsPanel::tr("Learning rate") : SettingsPanel::tr("Rate, phase %1").arg(phase + 1);
}

QString epochsName(std::size_t phase, std::size_t count) {
    if (count == 2) return phase == 0 ? SettingsPanel::tr("Head epochs") : SettingsPanel::tr("Thaw epochs");
    return count == 1 ? SettingsPanel::tr("Epochs") : SettingsPanel::tr("Epochs, phase %1").arg(phase + 1);
}

bool readsPictures(const core::RunConfig& config) { return core::modalityOf(config.model) == core::Modality::Pictures; }

/// Those that the model can take, and the one that is chosen.
void offerSizes(QComboBox& box, const core::RunConfig& config) {
    std::set<int> sizes{config.inputSize};
    for (const core::TrunkCard& trunk : core::listTrunks(config.model)) {
        const core::ModelCard& model = trunk.model;
        sizes.insert({model.leastSize, model.usualSize, model.suggestedSize});
        for (const int size : {32, 48, 64, 96, 128, 160, 192, 224, 256, 320, 384, 448, 512})
            if (size >= model.leastSize && size <= model.greatestSize && size % model.sizeStep == 0) sizes.insert(size);
    }
    box.clear();
    const QString form = readsPictures(config) ? QStringLiteral("%1 × %1") : SettingsPanel::tr("%1 tokens");
    for (const int size : sizes) box.addItem(form.arg(size), size);
}

/// "flip, crop, colour"; what the switch would turn on where nothing is.
QString augmentationText(const core::AugmentationConfig& kinds) {
    if (!kinds.any()) return SettingsPanel::tr("flip");
    QStringList names;
    const auto say = [&names](bool on, const QString& name) {
        if (on) names << name;
    };
    say(kinds.flip || kinds.verticalFlip, SettingsPanel::tr("flip"));
    say(kinds.shift > 0, SettingsPanel::tr("shift"));
    say(kinds.crop < 1, SettingsPanel::tr("crop"));
    say(kinds.rotation > 0, SettingsPanel::tr("rotation"));
    say(kinds.colour > 0, SettingsPanel::tr("colour"));
    say(kinds.blur > 0, SettingsPanel::tr("blur"));
    say(kinds.erasing > 0, SettingsPanel::tr("erasing"));
    say(kinds.mixUp > 0, SettingsPanel::tr("mix-up"));
    return names.size() > 2 ? SettingsPanel::tr("%1 kinds").arg(names.size()) : names.join(QStringLiteral(", "));
}

}  // namespace

bool SettingsPanel::hasLabels(const Config& config) const {
    const core::DatasetInfo* chosen = core::chosenDataset(m_datasets, config.data);
    return !chosen || chosen->task != core::TaskKind::ContinueText;
}

void SettingsPanel::addTrunk() {
    auto* change = new QToolButton;
    change->setText(tr("Change"));
    change->setProperty("link", true);
    change->setFocusPolicy(Qt::StrongFocus);
    change->setToolTip(tr("Choose another network on the Trunk page"));
    connect(change, &QToolButton::clicked, this, &SettingsPanel::trunkPageRequested);
    beginGroup(tr("Trunk"), {change}, /*first=*/true);
    auto* name = new ElidedLabel;
    name->setElideMode(Qt::ElideRight);
    name->setProperty("type", "strong");
    add(tr("Network"), tr("The network that knows pictures already and that the run starts from."), name,
        [name](const Config& config) { name->setText(trunkTitleOf(config)); });
    auto* inputSize = new SettingCombo;
    add(titleOf("inputSize"), helpOf("inputSize"), inputSize, [inputSize](const Config& config) {
        offerSizes(*inputSize, config);
        inputSize->showEntry(config.inputSize);
    });
    connect(inputSize, &QComboBox::activated, this,
            [this, inputSize] { edit([&](Config& config) { config.inputSize = inputSize->currentData().toInt(); }); });
}

void SettingsPanel::addData() {
    beginGroup(tr("Data"));
    m_dataset = new SettingCombo;
    m_datasetRow = add(tr("Data set"), tr("The pictures that the network learns from. The data panel shows what is in them."),
                       m_dataset, [this](const Config&) { fillDatasets(); });
    connect(m_dataset, &QComboBox::activated, this, [this] {
        const QString id = m_dataset->currentData().toString();
        if (id == kMore) {
            fillDatasets();
            Q_EMIT dataPanelRequested();
        } else {
            edit([&](Config& config) { config.data.dataset = id.toStdString(); });
        }
    });
    addChoice(
        titleOf("scaling"), helpOf("scaling"),
        {{tr("ImageNet"), variantOf(core::Scaling::ImageNet)},
         {tr("0–1"), variantOf(core::Scaling::ZeroToOne)},
         {tr("Caffe"), variantOf(core::Scaling::Caffe)},
         {tr("−1 to 1"), variantOf(core::Scaling::MinusOneToOne)},
         {tr("EfficientNet-Lite"), variantOf(core::Scaling::EfficientNetLite)}},
        [](const Config& config) { return variantOf(config.scaling); },
        [](Config& config, const QVariant& value) { config.scaling = enumOf<core::Scaling>(value); }, readsPictures);
    m_scalingRow = m_bindings.back().row;
    addSwitch(
        tr("Lock test split"),
        tr("Validates on a part of the training pictures that is never trained on. The figures of the test split stay hidden "
           "until you reveal "
           "them, so that nothing is chosen by them. Revealing is counted in the run's record."),
        [](const Config& config) { return config.data.heldOut > 0; },
        [](Config& config, bool on) { config.data.heldOut = on ? kHeldOut : 0; });
    addNumber(
        titleOf("data.heldOut"), helpOf("data.heldOut"), {0, 50}, NumberStep::Add, 5,
        [](const Config& config) { return 100 * config.data.heldOut; },
        [](Config& config, double value) { config.data.heldOut = value / 100; },
        [](const Config& config) { return config.data.heldOut > 0; })
        ->setUnit(QStringLiteral("%"));
    auto* augmentation = new QCheckBox;
    augmentation->setProperty("switch", true);
    SettingRow* row = add(
        tr("Augmentation"), tr("Shows the network slightly changed pictures, so that it learns them less by heart."),
        augmentation,
        [this, augmentation](const Config& config) {
            m_samplesButton->setVisible(readsPictures(config));
            augmentation->setChecked(config.augmentation.any());
            augmentation->setText(augmentationText(config.augmentation));
        },
        readsPictures);
    connect(augmentation, &QCheckBox::clicked, this, [this](bool on) {
        edit([&](Config& config) {
            config.augmentation = {};
            config.augmentation.flip = on;
        });
    });
    row->setObjectName(QStringLiteral("augmentation"));
    addSamplesButton();
    addAugmentation();
    addSplit();
    addChoice(
        core::configField("data.squareFit"),
        {{tr("Centre"), variantOf(core::SquareFit::CentreCrop)},
         {tr("With bars"), variantOf(core::SquareFit::Whole)},
         {tr("Stretched"), variantOf(core::SquareFit::Stretched)}},
        [](const Config& config) { return variantOf(config.data.squareFit); },
        [](Config& config, const QVariant& value) { config.data.squareFit = enumOf<core::SquareFit>(value); },
        [this](const Config& config) { return hasPictureFiles(config); });
}

void SettingsPanel::addSamplesButton() {
    auto* button = new QToolButton;
    button->setObjectName(QStringLiteral("samples"));
    button->setText(tr("Show on samples"));
    button->setProperty("link", true);
    button->setFocusPolicy(Qt::StrongFocus);
    button->setToolTip(
        tr("Some of the training pictures as the network gets them: changed from epoch to epoch, and made squares"));
    connect(button, &QToolButton::clicked, this, &SettingsPanel::showSamples);
    m_into->addWidget(button, 0, Qt::AlignRight);
    m_samplesButton = button;
}

void SettingsPanel::addSplit() {
    using Split = core::SplitConfig;
    const Shown ofFiles = [this](const Config& config) { return hasPictureFiles(config); };
    const auto isMode = [ofFiles](core::SplitMode mode) {
        return [ofFiles, mode](const Config& config) { return ofFiles(config) && config.data.split.mode == mode; };
    };
    addChoice(
        core::configField("data.split.mode"),
        {{tr("As they are"), variantOf(core::SplitMode::Own)},
         {tr("Divided anew"), variantOf(core::SplitMode::Anew)},
         {tr("Folds"), variantOf(core::SplitMode::Folds)}},
        [](const Config& config) { return variantOf(config.data.split.mode); },
        [](Config& config, const QVariant& value) { config.data.split.mode = enumOf<core::SplitMode>(value); }, ofFiles);
    for (const auto& [path, member] :
         {std::pair("data.split.test", &Split::test), std::pair("data.split.validation", &Split::validation)})
        addNumber(
            core::configField(path), NumberStep::Add, 0.05, [of = member](const Config& config) { return config.data.split.*of; },
            [of = member](Config& config, double value) { config.data.split.*of = value; }, isMode(core::SplitMode::Anew));
    for (const auto& [path, member] : {std::pair("data.split.folds", &Split::folds), std::pair("data.split.fold", &Split::fold)})
        addNumber(
            core::configField(path), NumberStep::Add, 1, [of = member](const Config& config) { return config.data.split.*of; },
            [of = member](Config& config, double value) { config.data.split.*of = toInt(value); },
            isMode(core::SplitMode::Folds));
    addText(
        core::configField("data.split.groups"), [](const Config& config) { return text(config.data.split.groups); },
        [](Config& config, const QString& typed) {
            config.data.split.groups = typed.trimmed().toStdString();
            return QString();
        },
        [ofFiles](const Config& config) { return ofFiles(config) && config.data.split.mode != core::SplitMode::Own; })
        ->setPlaceholderText(tr("each picture for itself"));
}

void SettingsPanel::addAugmentation() {
    using Augmentation = core::AugmentationConfig;
    const Shown augmented = [](const Config& config) { return config.augmentation.any(); };
    const auto switchOf = [&](const char* path, bool Augmentation::*member) {
        addSwitch(
            core::configField(path), [member](const Config& config) { return config.augmentation.*member; },
            [member](Config& config, bool on) { config.augmentation.*member = on; }, augmented);
    };
    const auto numberOf = [&](const char* path, NumberStep step, double size, double Augmentation::*member) {
        addNumber(
            core::configField(path), step, size, [member](const Config& config) { return config.augmentation.*member; },
            [member](Config& config, double value) { config.augmentation.*member = value; }, augmented);
    };
    addChoice(
        tr("Preset"), tr("A usual set of changes: for photographs, or for medical pictures, whose colours and forms matter."),
        {{tr("Photographs"), 0}, {tr("Medical pictures"), 1}}, [](const Config&) { return QVariant(); },
        [](Config& config, const QVariant& value) {
            config.augmentation = value.toInt() == 0 ? core::photographAugmentation() : core::medicalAugmentation();
        },
        augmented)
        ->setPlaceholderText(tr("Choose …"));
    switchOf("augmentation.flip", &Augmentation::flip);
    addNumber(
        core::configField("augmentation.shift"), NumberStep::Add, 1,
        [](const Config& config) { return config.augmentation.shift; },
        [](Config& config, double value) { config.augmentation.shift = toInt(value); }, augmented);
    switchOf("augmentation.verticalFlip", &Augmentation::verticalFlip);
    numberOf("augmentation.crop", NumberStep::Add, 0.05, &Augmentation::crop);
    numberOf("augmentation.rotation", NumberStep::Add, 5, &Augmentation::rotation);
    numberOf("augmentation.colour", NumberStep::Add, 0.05, &Augmentation::colour);
    numberOf("augmentation.blur", NumberStep::Add, 0.5, &Augmentation::blur);
    numberOf("augmentation.erasing", NumberStep::Add, 0.05, &Augmentation::erasing);
    numberOf("augmentation.mixUp", NumberStep::Add, 0.1, &Augmentation::mixUp);
    addNumber(
        core::configField("augmentation.variants"), NumberStep::Add, 1,
        [](const Config& config) { return config.augmentation.variants; },
        [](Config& config, double value) { config.augmentation.variants = toInt(value); },
        [](const Config& config) { return config.augmentation.moves(); });
}

void SettingsPanel::addTraining() {
    beginGroup(tr("Training"));
    auto* optimizer = addChoice(
        tr("Optimiser"), tr("How the weights follow the slope of the loss, in all phases. Adam suits the lesson."), optimizers(),
        [](const Config& config) {
            if (config.phases.empty()) return QVariant();
            const core::OptimizerKind kind = config.phases.front().optimizer.kind;
            const bool same = std::all_of(config.phases.begin(), config.phases.end(),
                                          [kind](const auto& p) { return p.optimizer.kind == kind; });
            return same ? variantOf(kind) : QVariant();
        },
        [](Config& config, const QVariant& value) {
            for (core::PhaseConfig& p : config.phases) p.optimizer.kind = enumOf<core::OptimizerKind>(value);
        });
    optimizer->setPlaceholderText(tr("Differs"));
    for (std::size_t i = 0; i < kMostPhases; ++i) {
        const Shown exists = [i](const Config& config) { return i < config.phases.size(); };
        NumberBox* rate = addNumber(
            rateName(i, 2), helpOf("phases.optimizer.learningRate"), {0, 10, false, true}, NumberStep::TimesTen, 1,
            [this, i](const Config& config) {
                if (m_locked && m_liveRate > 0 && static_cast<int>(i) == m_livePhase) return m_liveRate;
                return i < config.phases.size() ? config.phases[i].optimizer.learningRate : 1e-4;
            },
            [i](Config& config, double value) { config.phases[i].optimizer.learningRate = value; }, exists);
        m_rateRows.push_back(m_bindings.back().row);
        connect(rate, &NumberBox::noteChanged, this, &SettingsPanel::applyLock);
        connect(rate, &NumberBox::finished, this, [this, i](double value) {
            if (m_locked && static_cast<int>(i) == m_livePhase) Q_EMIT rateRequested(value);
        });
        SettingRow* row = m_bindings.back().row;
        m_bindings.back().load = [load = m_bindings.back().load, row, i](const Config& config) {
            row->setName(rateName(i, config.phases.size()));
            load(config);
        };
    }
    addNumber(
        core::configField("batchSize"), NumberStep::Double, 1, [](const Config& config) { return config.batchSize; },
        [](Config& config, double value) { config.batchSize = toInt(value); });
    for (std::size_t i = 0; i < kMostPhases; ++i) {
        addNumber(
            epochsName(i, 2), helpOf("phases.epochs"), {0, 10000, true}, NumberStep::Add, 1,
            [i](const Config& config) { return i < config.phases.size() ? config.phases[i].epochs : 0; },
            [i](Config& config, double value) { config.phases[i].epochs = toInt(value); },
            [i](const Config& config) { return i < config.phases.size(); });
        SettingRow* row = m_bindings.back().row;
        m_bindings.back().load = [load = m_bindings.back().load, row, i](const Config& config) {
            row->setName(epochsName(i, config.phases.size()));
            load(config);
        };
    }
    addClassBalance();
}

void SettingsPanel::addClassBalance() {
    const Shown ofLabels = [this](const Config& config) { return hasLabels(config); };
    addChoice(
        core::configField("classBalance.weights"),
        {{tr("Off"), variantOf(core::ClassWeights::Off)},
         {tr("Balanced"), variantOf(core::ClassWeights::Balanced)},
         {tr("By hand"), variantOf(core::ClassWeights::ByHand)}},
        [](const Config& config) { return variantOf(config.classBalance.weights); },
        [](Config& config, const QVariant& value) { config.classBalance.weights = enumOf<core::ClassWeights>(value); }, ofLabels);
    addText(
        core::configField("classBalance.byHand"),
        [](const Config& config) {
            QStringList texts;
            for (const double weight : config.classBalance.byHand) texts << QString::number(weight);
            return texts.join(QStringLiteral(", "));
        },
        [](Config& config, const QString& typed) -> QString {
            config.classBalance.byHand.clear();
            for (const QString& text : typed.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
                bool good = false;
                config.classBalance.byHand.push_back(text.trimmed().toDouble(&good));
                if (!good || config.classBalance.byHand.back() <= 0) return tr("Numbers above 0 with commas, one a class.");
            }
            return {};
        },
        [this](const Config& config) { return hasLabels(config) && config.classBalance.weights == core::ClassWeights::ByHand; });
    addSwitch(
        core::configField("classBalance.balancedSampling"),
        [](const Config& config) { return config.classBalance.balancedSampling; },
        [](Config& config, bool on) { config.classBalance.balancedSampling = on; }, ofLabels);
    addNumber(
        core::configField("labelSmoothing"), NumberStep::Add, 0.05, [](const Config& config) { return config.labelSmoothing; },
        [](Config& config, double value) { config.labelSmoothing = value; }, ofLabels);
}

void SettingsPanel::addHead() {
    beginGroup(tr("Head"));
    addChoice(
        core::configField("head.pooling"),
        {{tr("All numbers"), variantOf(core::HeadPooling::Flatten)}, {tr("Means"), variantOf(core::HeadPooling::Average)}},
        [](const Config& config) { return variantOf(config.head.pooling); },
        [](Config& config, const QVariant& value) { config.head.pooling = enumOf<core::HeadPooling>(value); });
    // A text that is continued is scored by the network's own table of words.
    m_bindings.back().load = [this, load = m_bindings.back().load, group = m_groups.back()](const Config& config) {
        group->setVisible(hasLabels(config));
        load(config);
    };
    addNumber(
        core::configField("head.hiddenLayers"), NumberStep::Add, 1, [](const Config& config) { return config.head.hiddenLayers; },
        [](Config& config, double value) { config.head.hiddenLayers = toInt(value); })
        ->setWordForZero(tr("none"));
    addNumber(
        core::configField("head.hiddenUnits"), NumberStep::Double, 1,
        [](const Config& config) { return config.head.hiddenUnits; },
        [](Config& config, double value) { config.head.hiddenUnits = toInt(value); },
        [](const Config& config) { return config.head.hiddenLayers > 0; });
    addNumber(
        core::configField("head.dropout"), NumberStep::Add, 0.05, [](const Config& config) { return config.head.dropout; },
        [](Config& config, double value) { config.head.dropout = value; });
    addSwitch(
        core::configField("updateStatistics"), [](const Config& config) { return config.updateStatistics; },
        [](Config& config, bool on) { config.updateStatistics = on; },
        [](const Config& config) { return core::hasBatchNorm(config.model); });
}

void SettingsPanel::addRepeatability() {
    beginGroup(tr("Repeatability"));
    addNumber(
        titleOf("seed"), helpOf("seed"), {0, kLargestSeed, true}, NumberStep::Add, 1,
        [](const Config& config) { return static_cast<double>(config.seed); },
        [](Config& config, double value) { config.seed = static_cast<std::uint64_t>(std::clamp(value, 0.0, kLargestSeed)); });
    QToolButton* dice = new QToolButton;
    dice->setProperty("framed", true);
    dice->setToolTip(tr("Draw another seed"));
    dice->setAccessibleName(tr("Draw another seed"));
    dice->setFocusPolicy(Qt::StrongFocus);
    bindIcon(dice, QStringLiteral("dice"));
    dice->setObjectName(QStringLiteral("dice"));
    connect(dice, &QToolButton::clicked, this,
            [this] { edit([](Config& config) { config.seed = QRandomGenerator::global()->bounded(100'000u); }); });
    m_bindings.back().row->addBeside({dice});
}

}  // namespace thaw::ui
