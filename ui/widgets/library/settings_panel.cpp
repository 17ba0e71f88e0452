#include "ui/widgets/library/settings_panel.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRandomGenerator>
#include <QScrollArea>
#include <QScrollBar>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/api/errors.h"
#include "core/api/layer_info.h"
#include "core/api/weights_info.h"
#include "ui/bridge/library_controller.h"
#include "ui/models/problem_text.h"
#include "ui/widgets/parts/number_box.h"
#include "ui/widgets/parts/setting_row.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

using Config = core::RunConfig;

constexpr int kClasses = 10;
constexpr double kHeldOut = 0.1;                     // where the test split is locked
constexpr double kLargestSeed = 9007199254740991.0;  // every whole number up to here is a double
const QString kMore = QStringLiteral(":more");

template <class Enum>
QVariant variantOf(Enum value) {
    return static_cast<int>(value);
}

template <class Enum>
Enum enumOf(const QVariant& value) {
    return static_cast<Enum>(value.toInt());
}

int toInt(double value) {
    constexpr double kLimit = std::numeric_limits<int>::max();
    return static_cast<int>(std::clamp(value, -kLimit, kLimit));
}

QString text(const std::string& value) { return QString::fromStdString(value); }

QString joined(const std::vector<std::string>& names) {
    QStringList list;
    for (const std::string& name : names) list += text(name);
    return list.join(QStringLiteral(", "));
}

/// A config without what belongs to the machine or to the choice of data: what is left makes the lesson.
std::string lessonPart(Config config) {
    const Config plain;
    config.preset = config.title = {};
    config.data.dataset = plain.data.dataset;
    config.data.directory.clear();
    config.weights.clear();
    config.threads = plain.threads;
    config.device = plain.device;
    config.kernels = plain.kernels;
    config.cache = plain.cache;
    config.checkpointMinutes = plain.checkpointMinutes;
    config.output.clear();
    return core::toJson(config);
}

QString rateName(std::size_t phase, std::size_t count) {
    if (count == 2) return phase == 0 ? SettingsPanel::tr("Learning rate") : SettingsPanel::tr("Fine-tune rate");
    return count == 1 ? SettingsPanel::tr("Learning rate") : SettingsPanel::tr("Rate, phase %1").arg(phase + 1);
}

QString epochsName(std::size_t phase, std::size_t count) {
    if (count == 2) return phase == 0 ? SettingsPanel::tr("Head epochs") : SettingsPanel::tr("Thaw epochs");
    return count == 1 ? SettingsPanel::tr("Epochs") : SettingsPanel::tr("Epochs, phase %1").arg(phase + 1);
}

std::vector<std::pair<QString, QVariant>> optimizers() {
    return {{QStringLiteral("Adam"), variantOf(core::OptimizerKind::Adam)},
            {QStringLiteral("AdamW"), variantOf(core::OptimizerKind::AdamW)},
            {QStringLiteral("SGD"), variantOf(core::OptimizerKind::Sgd)}};
}

}  // namespace

SettingsPanel::SettingsPanel(LibraryController& library, QWidget* parent) : QFrame(parent), m_library(library) {
    setProperty("panel", true);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(1, 1, 1, 1);
    rows->setSpacing(0);
    addHeader();
    m_scroll = new QScrollArea(this);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    auto* form = new QWidget;
    auto* groups = new QVBoxLayout(form);
    groups->setContentsMargins(0, 0, 0, 0);
    groups->setSpacing(0);
    m_scroll->setWidget(form);
    rows->addWidget(m_scroll, 1);
    addData();
    addTraining();
    addHead();
    addRepeatability();
    addAdvanced();
    groups->addStretch(1);
    addFooter();

    connect(&library, &LibraryController::lessonsListed, this, &SettingsPanel::setLessons);
    connect(&library, &LibraryController::datasetsListed, this, &SettingsPanel::setDatasets);
    connect(&library, &LibraryController::weightsListed, this, &SettingsPanel::setWeights);
    connect(&library, &LibraryController::lessonSaved, this,
            [this](const QString& name, const QString& error, const QString& hint) {
                setStyleProperty(m_state, "type", error.isEmpty() ? "caption" : "wrong");
                if (!error.isEmpty()) return m_state->setText(problemText(error, hint));
                m_saveLine->hide();
                Q_EMIT lessonChosen(name);
            });
    connect(&Theme::instance(), &Theme::changed, this, &SettingsPanel::applyTheme);
    applyTheme();
    refresh();
}

bool SettingsPanel::isValid() const {
    for (const Binding& binding : m_bindings)
        if (binding.row->field()->property("invalid").toBool()) return false;
    return true;
}

bool SettingsPanel::isLessonUnchanged() const {
    const core::Lesson* from = lesson();
    return from && lessonPart(from->config) == lessonPart(m_config);
}

void SettingsPanel::setConfig(const Config& config) {
    m_config = config;
    refresh();
}

void SettingsPanel::setLessons(const std::vector<core::Lesson>& lessons) {
    m_lessons = lessons;
    m_lesson->clear();
    for (const core::Lesson& lesson : lessons) {
        if (!lesson.problem.empty()) continue;
        m_lesson->addItem(text(lesson.title), text(lesson.name));
        m_lesson->setItemData(m_lesson->count() - 1, text(lesson.description), Qt::ToolTipRole);
    }
    refresh();
}

void SettingsPanel::setDatasets(const std::vector<core::DatasetInfo>& datasets) {
    m_datasets = datasets;
    fillDatasets();
}

void SettingsPanel::setWeights(const std::vector<core::WeightsChoice>& weights) {
    m_weights->clear();
    m_weightsListed = weights;
    for (const core::WeightsChoice& choice : weights) {
        m_weights->addItem(text(choice.title), text(choice.file.string()));
        m_weights->setItemData(m_weights->count() - 1, text(choice.description), Qt::ToolTipRole);
    }
    m_weights->addItem(tr("More…"), kMore);
    refresh();
}

void SettingsPanel::setLocked(bool locked, int livePhase) {
    m_locked = locked;
    m_livePhase = locked ? livePhase : -1;
    if (!locked) m_liveRate = 0;
    applyLock();
}

void SettingsPanel::setLiveRate(double rate) {
    m_liveRate = rate;
    if (m_locked) refresh();
}

void SettingsPanel::setAdvancedOpen(bool open) {
    m_advanced->setVisible(open);
    m_advancedButton->setChecked(open);
    if (!open) return;
    QTimer::singleShot(0, this, [this] { m_scroll->verticalScrollBar()->setValue(m_advanced->y()); });  // laid out by then
}

void SettingsPanel::addHeader() {
    m_header = new QWidget(this);
    auto* line = new QHBoxLayout(m_header);
    m_lock = new QLabel(m_header);
    m_lock->setToolTip(tr("Locked while a run is active"));
    line->addWidget(makeLabel(tr("Settings"), "panelTitle", m_header));
    line->addWidget(m_lock);
    line->addStretch(1);
    m_lesson = new SettingCombo(m_header);
    m_lesson->setAccessibleName(tr("Lesson"));
    m_lesson->setToolTip(tr("A ready-made plan to start from. Choosing one replaces the settings below."));
    m_lesson->setPlaceholderText(tr("Own settings"));
    connect(m_lesson, &QComboBox::activated, this, [this] {
        const QString name = m_lesson->currentData().toString();
        m_lesson->showEntry(text(m_config.preset));
        Q_EMIT lessonChosen(name);
    });
    line->addWidget(m_lesson);
    QToolButton* collapse = makeIconButton(QStringLiteral("chevron-right"), tr("Fold the panel away"), m_header);
    connect(collapse, &QToolButton::clicked, this, &SettingsPanel::collapseRequested);
    line->addWidget(collapse);
    m_lockNote = makeLabel(tr("Locked while the run is active. The learning rate and the layers can change."), "caption", this);
    m_lockNote->setWordWrap(true);
    layout()->addWidget(m_header);
    layout()->addWidget(m_lockNote);
}

void SettingsPanel::beginGroup(const QString& title, bool first) {
    auto* form = static_cast<QVBoxLayout*>(m_scroll->widget()->layout());
    if (!first) form->addWidget(makeRule(Qt::Horizontal, m_scroll->widget(), /*soft=*/true));
    auto* group = new QWidget(m_scroll->widget());
    form->addWidget(group);
    m_groups.push_back(group);
    m_into = new QVBoxLayout(group);
    m_into->setSpacing(0);
    beginPart(title);
}

void SettingsPanel::beginPart(const QString& title) {
    QLabel* label = makeLabel(title, "sectionTitle");
    label->setProperty("part", true);
    m_into->addWidget(label);
}

SettingRow* SettingsPanel::add(const QString& name, const QString& help, QWidget* field, std::function<void(const Config&)> load,
                               Shown shown) {
    auto* row = new SettingRow(name, help, field);
    m_into->addWidget(row);
    m_bindings.push_back({row, std::move(load), std::move(shown)});
    return row;
}

NumberBox* SettingsPanel::addNumber(const QString& name, const QString& help, const NumberRange& range, NumberStep step,
                                    double size, std::function<double(const Config&)> get,
                                    std::function<void(Config&, double)> set, Shown shown) {
    auto* box = new NumberBox(range, step, size);
    add(
        name, help, box, [box, get](const Config& config) { box->setValue(get(config)); }, std::move(shown));
    connect(box, &NumberBox::edited, this, [this, set](double value) {
        if (!m_locked) edit([&](Config& config) { set(config, value); });
    });
    return box;
}

SettingCombo* SettingsPanel::addChoice(const QString& name, const QString& help,
                                       const std::vector<std::pair<QString, QVariant>>& entries,
                                       std::function<QVariant(const Config&)> get,
                                       std::function<void(Config&, const QVariant&)> set, Shown shown) {
    auto* combo = new SettingCombo;
    for (const auto& [title, value] : entries) combo->addItem(title, value);
    add(
        name, help, combo, [combo, get](const Config& config) { combo->showEntry(get(config)); }, std::move(shown));
    connect(combo, &QComboBox::activated, this, [this, combo, set](int index) {
        const QVariant value = combo->itemData(index);
        edit([&](Config& config) { set(config, value); });
    });
    return combo;
}

QCheckBox* SettingsPanel::addSwitch(const QString& name, const QString& help, std::function<bool(const Config&)> get,
                                    std::function<void(Config&, bool)> set, Shown shown) {
    auto* box = new QCheckBox;
    box->setProperty("switch", true);
    add(
        name, help, box, [box, get](const Config& config) { box->setChecked(get(config)); }, std::move(shown));
    connect(box, &QCheckBox::clicked, this, [this, set](bool on) { edit([&](Config& config) { set(config, on); }); });
    return box;
}

QLineEdit* SettingsPanel::addText(const QString& name, const QString& help, std::function<QString(const Config&)> get,
                                  std::function<QString(Config&, const QString&)> set, Shown shown) {
    auto* line = new QLineEdit;
    SettingRow* row = add(
        name, help, line,
        [this, line, get](const Config& config) {
            if (m_typing != line && line->text() != get(config)) line->setText(get(config));
        },
        std::move(shown));
    connect(line, &QLineEdit::textEdited, this, [this, row, line, set](const QString& typed) {
        m_typing = line;  // what is being typed must not be tidied up meanwhile
        edit([&](Config& config) {
            const QString problem = set(config, typed);
            row->setNote(SettingRow::Note::Wrong, problem);
            setStyleProperty(line, "invalid", !problem.isEmpty());
        });
        m_typing = nullptr;
    });
    return line;
}

void SettingsPanel::addData() {
    beginGroup(tr("Data"), true);
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
    auto* inputSize = new SettingCombo;
    for (const int size : {32, 48, 64, 96, 128, 160, 224}) inputSize->addItem(QStringLiteral("%1 × %1").arg(size), size);
    add(tr("Input size"),
        tr("Pictures of a data set are enlarged to this many pixels, your own folders are read so. Twice the size is clearly "
           "more "
           "accurate and four times slower."),
        inputSize, [inputSize](const Config& config) {
            if (inputSize->findData(config.inputSize) < 0)
                inputSize->addItem(QStringLiteral("%1 × %1").arg(config.inputSize), config.inputSize);
            inputSize->showEntry(config.inputSize);
        });
    connect(inputSize, &QComboBox::activated, this,
            [this, inputSize] { edit([&](Config& config) { config.inputSize = inputSize->currentData().toInt(); }); });
    addChoice(
        tr("Normalisation"),
        tr("How colours become numbers. ImageNet is what the built-in weights learned with; 0–1 is what the lesson's text does; "
           "Caffe is for "
           "Keras's own weights."),
        {{tr("ImageNet"), variantOf(core::Scaling::ImageNet)},
         {tr("0–1"), variantOf(core::Scaling::ZeroToOne)},
         {tr("Caffe"), variantOf(core::Scaling::Caffe)}},
        [](const Config& config) { return variantOf(config.scaling); },
        [](Config& config, const QVariant& value) { config.scaling = enumOf<core::Scaling>(value); });
    m_scalingRow = m_bindings.back().row;
    addSwitch(
        tr("Lock test split"),
        tr("Validates on a part of the training pictures that is never trained on. The figures of the test split stay hidden "
           "until you reveal "
           "them, so that nothing is chosen by them. Revealing is counted in the run's record."),
        [](const Config& config) { return config.data.heldOut > 0; },
        [](Config& config, bool on) { config.data.heldOut = on ? kHeldOut : 0; });
    addNumber(
        tr("Held out"),
        tr("The share of the training pictures that validates, the same number of each class. 0 turns the lock off."), {0, 50},
        NumberStep::Add, 5, [](const Config& config) { return 100 * config.data.heldOut; },
        [](Config& config, double value) { config.data.heldOut = value / 100; },
        [](const Config& config) { return config.data.heldOut > 0; })
        ->setUnit(QStringLiteral("%"));
    auto* augmentation = new QCheckBox;
    augmentation->setProperty("switch", true);
    SettingRow* row =
        add(tr("Augmentation"), tr("Shows the network slightly changed pictures, so that it learns them less by heart."),
            augmentation, [augmentation](const Config& config) {
                augmentation->setChecked(config.augmentation.any());
                const core::AugmentationConfig& kinds = config.augmentation;
                augmentation->setText(!kinds.any() || (kinds.flip && kinds.shift) ? tr("flip, shift")
                                      : kinds.flip                                ? tr("flip")
                                                                                  : tr("shift"));
            });
    connect(augmentation, &QCheckBox::clicked, this, [this](bool on) {
        edit([&](Config& config) { config.augmentation = {on, 0}; });
    });
    row->setObjectName(QStringLiteral("augmentation"));
    const Shown augmented = [](const Config& config) { return config.augmentation.any(); };
    addSwitch(
        tr("Flip"), tr("Mirrors every other picture left to right. Works with the feature cache."),
        [](const Config& config) { return config.augmentation.flip; },
        [](Config& config, bool on) { config.augmentation.flip = on; }, augmented);
    addNumber(
        tr("Shift"),
        tr("Moves pictures by up to so many pixels. Features cannot be cached then, so that every epoch takes much longer."),
        {0, 16, true}, NumberStep::Add, 1, [](const Config& config) { return config.augmentation.shift; },
        [](Config& config, double value) { config.augmentation.shift = toInt(value); }, augmented)
        ->setUnit(tr("px"));
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
            rateName(i, 2),
            tr("How far each step goes. Smaller is slower and gentler; too large and the loss jumps. Can be changed while it "
               "trains."),
            {0, 10, false, true}, NumberStep::TimesTen, 1,
            [this, i](const Config& config) {
                if (m_locked && m_liveRate > 0 && static_cast<int>(i) == m_livePhase) return m_liveRate;
                return i < config.phases.size() ? config.phases[i].optimizer.learningRate : 1e-4;
            },
            [i](Config& config, double value) { config.phases[i].optimizer.learningRate = value; }, exists);
        m_rateRows.push_back(m_bindings.back().row);
        connect(rate, &NumberBox::problemChanged, this, &SettingsPanel::applyLock);
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
        tr("Batch size"), tr("Pictures a step. Larger is steadier and needs more memory."), {1, 4096, true}, NumberStep::Double,
        1, [](const Config& config) { return config.batchSize; },
        [](Config& config, double value) { config.batchSize = toInt(value); });
    for (std::size_t i = 0; i < kMostPhases; ++i) {
        addNumber(
            epochsName(i, 2), tr("How often this phase goes through all training pictures. 0 skips the phase."), {0, 10000, true},
            NumberStep::Add, 1, [i](const Config& config) { return i < config.phases.size() ? config.phases[i].epochs : 0; },
            [i](Config& config, double value) { config.phases[i].epochs = toInt(value); },
            [i](const Config& config) { return i < config.phases.size(); });
        SettingRow* row = m_bindings.back().row;
        m_bindings.back().load = [load = m_bindings.back().load, row, i](const Config& config) {
            row->setName(epochsName(i, config.phases.size()));
            load(config);
        };
    }
}

void SettingsPanel::addHead() {
    beginGroup(tr("Head"));
    addNumber(
        tr("Hidden units"), tr("Size of the new layer that learns the classes."), {1, 8192, true}, NumberStep::Double, 1,
        [](const Config& config) { return config.head.hiddenUnits; },
        [](Config& config, double value) { config.head.hiddenUnits = toInt(value); });
    addNumber(
        tr("Dropout"),
        tr("Part of the hidden units that each step leaves out, from 0 to below 1. More keeps the head from learning by heart."),
        {0, 1, false, false, true}, NumberStep::Add, 0.05, [](const Config& config) { return config.head.dropout; },
        [](Config& config, double value) { config.head.dropout = value; });
}

void SettingsPanel::addRepeatability() {
    beginGroup(tr("Repeatability"));
    addNumber(
        tr("Seed"), tr("Two runs with the same seed and the same settings on the same machine give the same curves."),
        {0, kLargestSeed, true}, NumberStep::Add, 1, [](const Config& config) { return static_cast<double>(config.seed); },
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

void SettingsPanel::addAdvanced() {
    auto* form = static_cast<QVBoxLayout*>(m_scroll->widget()->layout());
    m_advanced = new QWidget(m_scroll->widget());
    m_groups.push_back(m_advanced);
    form->addWidget(m_advanced);
    m_into = new QVBoxLayout(m_advanced);
    m_into->setSpacing(0);
    m_advanced->hide();
    addPhaseEditor();
    addMachine();
}

void SettingsPanel::addPhaseEditor() {
    beginPart(tr("Each phase"));
    m_phase = new SettingCombo;
    SettingRow* row = add(tr("Phase"), tr("The phase that the settings below belong to."), m_phase, [this](const Config& config) {
        m_editedPhase = std::clamp(m_editedPhase, 0, std::max(0, static_cast<int>(config.phases.size()) - 1));
        m_phase->clear();
        for (std::size_t i = 0; i < config.phases.size(); ++i)
            m_phase->addItem(config.phases[i].title.empty() ? tr("Phase %1").arg(i + 1) : text(config.phases[i].title),
                             static_cast<int>(i));
        m_phase->setCurrentIndex(config.phases.empty() ? -1 : m_editedPhase);
        m_addPhase->setEnabled(!m_locked && config.phases.size() < kMostPhases);
        m_removePhase->setEnabled(!m_locked && config.phases.size() > 1);
    });
    connect(m_phase, &QComboBox::activated, this, [this](int index) {
        m_editedPhase = index;
        refresh();
    });
    m_addPhase = makeIconButton(QStringLiteral("plus"), tr("Add a phase after this one"));
    m_removePhase = makeIconButton(QStringLiteral("trash"), tr("Remove this phase"));
    row->addBeside({m_addPhase, m_removePhase});
    connect(m_addPhase, &QToolButton::clicked, this, [this] {
        edit([this](Config& config) {
            core::PhaseConfig added = config.phases.empty() ? core::PhaseConfig{} : config.phases[phaseIndex(config)];
            added.title = tr("Phase %1").arg(config.phases.size() + 1).toStdString();
            m_editedPhase = config.phases.empty() ? 0 : m_editedPhase + 1;
            config.phases.insert(config.phases.begin() + m_editedPhase, added);
        });
    });
    connect(m_removePhase, &QToolButton::clicked, this, [this] {
        edit([this](Config& config) {
            config.phases.erase(config.phases.begin() + static_cast<std::ptrdiff_t>(phaseIndex(config)));
        });
    });

    const auto ofPhase = [this](const Config& config) -> const core::PhaseConfig& {
        static const core::PhaseConfig none;
        const core::PhaseConfig* found = phase(config);
        return found ? *found : none;
    };
    const auto setPhase = [this](auto set) {
        return [this, set](Config& config, const auto& value) {
            if (!config.phases.empty()) set(config.phases[phaseIndex(config)], value);
        };
    };
    addText(
        tr("Title"), tr("Shown on the curves' band."), [ofPhase](const Config& config) { return text(ofPhase(config).title); },
        [this](Config& config, const QString& typed) {
            if (!config.phases.empty()) config.phases[phaseIndex(config)].title = typed.toStdString();
            return QString();
        });
    addText(
        tr("Trains"),
        tr("Layers that train in this phase, with commas between them: head, block5, block4_conv3, trunk or all. The others are "
           "frozen."),
        [ofPhase](const Config& config) { return joined(ofPhase(config).trainable); },
        [this](Config& config, const QString& typed) -> QString {
            std::vector<std::string> names;
            for (const QString& name : typed.split(QLatin1Char(','), Qt::SkipEmptyParts))
                if (!name.trimmed().isEmpty()) names.push_back(name.trimmed().toStdString());
            if (config.phases.empty()) return {};
            config.phases[phaseIndex(config)].trainable = names;
            if (names.empty()) return tr("Name at least one, for example head.");
            try {
                core::describeModel(Config{}, kClasses).maskOf(names);
            } catch (const core::Error& error) {
                return QString::fromUtf8(error.what());
            }
            return {};
        });
    using Phase = core::PhaseConfig;
    addChoice(
        tr("Optimiser"), tr("How the weights follow the slope of the loss in this phase. Each phase begins with a new one."),
        optimizers(), [ofPhase](const Config& config) { return variantOf(ofPhase(config).optimizer.kind); },
        setPhase([](Phase& p, const QVariant& value) { p.optimizer.kind = enumOf<core::OptimizerKind>(value); }));
    const Shown sgd = [ofPhase](const Config& config) { return ofPhase(config).optimizer.kind == core::OptimizerKind::Sgd; };
    const Shown adam = [sgd](const Config& config) { return !sgd(config); };
    addNumber(
        tr("Momentum"), tr("How much of the last step goes on into the next, from 0 to below 1."), {0, 1, false, false, true},
        NumberStep::Add, 0.05, [ofPhase](const Config& config) { return ofPhase(config).optimizer.momentum; },
        setPhase([](Phase& p, double value) { p.optimizer.momentum = value; }), sgd);
    addSwitch(
        tr("Nesterov"), tr("Looks one step ahead. Needs a momentum above 0."),
        [ofPhase](const Config& config) { return ofPhase(config).optimizer.nesterov; },
        setPhase([](Phase& p, bool on) { p.optimizer.nesterov = on; }), sgd);
    addNumber(
        tr("Beta 1"), tr("How long the optimiser remembers the direction, from 0 to below 1."), {0, 1, false, false, true},
        NumberStep::Add, 0.01, [ofPhase](const Config& config) { return ofPhase(config).optimizer.beta1; },
        setPhase([](Phase& p, double value) { p.optimizer.beta1 = value; }), adam);
    addNumber(
        tr("Beta 2"), tr("How long the optimiser remembers the size of the slopes, from 0 to below 1."),
        {0, 1, false, false, true}, NumberStep::Add, 0.001,
        [ofPhase](const Config& config) { return ofPhase(config).optimizer.beta2; },
        setPhase([](Phase& p, double value) { p.optimizer.beta2 = value; }), adam);
    addNumber(
        tr("Epsilon"), tr("A small number that keeps a division from going wrong. Keras takes 0.0000001."), {0, 1, false, true},
        NumberStep::TimesTen, 1, [ofPhase](const Config& config) { return ofPhase(config).optimizer.epsilon; },
        setPhase([](Phase& p, double value) { p.optimizer.epsilon = value; }), adam);
    addNumber(
        tr("Weight decay"), tr("Pulls all weights that train a little towards zero at each step. 0 is off."),
        {0, 1, false, false, true}, NumberStep::TimesTen, 1,
        [ofPhase](const Config& config) { return ofPhase(config).optimizer.weightDecay; },
        setPhase([](Phase& p, double value) { p.optimizer.weightDecay = value; }));
    addChoice(
        tr("Schedule"), tr("How the learning rate changes over the phase."),
        {{tr("Constant"), variantOf(core::ScheduleKind::Constant)},
         {tr("Cosine"), variantOf(core::ScheduleKind::Cosine)},
         {tr("Steps"), variantOf(core::ScheduleKind::Step)}},
        [ofPhase](const Config& config) { return variantOf(ofPhase(config).schedule.kind); },
        setPhase([](Phase& p, const QVariant& value) { p.schedule.kind = enumOf<core::ScheduleKind>(value); }));
    const Shown cosine = [ofPhase](const Config& config) { return ofPhase(config).schedule.kind == core::ScheduleKind::Cosine; };
    const Shown steps = [ofPhase](const Config& config) { return ofPhase(config).schedule.kind == core::ScheduleKind::Step; };
    addNumber(
        tr("Lowest"), tr("What is left of the learning rate at the end, from 0 to 1 times its start."), {0, 1}, NumberStep::Add,
        0.05, [ofPhase](const Config& config) { return ofPhase(config).schedule.floor; },
        setPhase([](Phase& p, double value) { p.schedule.floor = value; }), cosine);
    addNumber(
        tr("Factor"), tr("The learning rate is multiplied by this at each step of the schedule."), {0, 1, false, true},
        NumberStep::Add, 0.1, [ofPhase](const Config& config) { return ofPhase(config).schedule.factor; },
        setPhase([](Phase& p, double value) { p.schedule.factor = value; }), steps);
    addNumber(
        tr("Every"), tr("Epochs between two steps of the schedule."), {1, 10000, true}, NumberStep::Add, 1,
        [ofPhase](const Config& config) { return ofPhase(config).schedule.everyEpochs; },
        setPhase([](Phase& p, double value) { p.schedule.everyEpochs = toInt(value); }), steps)
        ->setUnit(tr("epochs"));
}

void SettingsPanel::addMachine() {
    beginPart(tr("Early stopping"));
    addSwitch(
        tr("Stop early"), tr("Ends a phase when the validation loss no longer falls."),
        [](const Config& config) { return config.earlyStopping.enabled; },
        [](Config& config, bool on) { config.earlyStopping.enabled = on; });
    const Shown early = [](const Config& config) { return config.earlyStopping.enabled; };
    addNumber(
        tr("Patience"), tr("So many epochs in a row may pass without a better validation loss."), {1, 10000, true},
        NumberStep::Add, 1, [](const Config& config) { return config.earlyStopping.patience; },
        [](Config& config, double value) { config.earlyStopping.patience = toInt(value); }, early)
        ->setUnit(tr("epochs"));
    addNumber(
        tr("Least gain"), tr("A smaller improvement of the loss counts as none."), {0, 1000}, NumberStep::Add, 0.001,
        [](const Config& config) { return config.earlyStopping.minDelta; },
        [](Config& config, double value) { config.earlyStopping.minDelta = value; }, early);

    beginPart(tr("Pictures and weights"));
    constexpr double kMany = 10'000'000;
    addNumber(
        tr("Training"), tr("Trains with so many pictures, the same number of each class. Fewer is quicker and less accurate."),
        {0, kMany, true}, NumberStep::Add, 1000, [](const Config& config) { return config.data.trainLimit; },
        [](Config& config, double value) { config.data.trainLimit = toInt(value); })
        ->setWordForZero(tr("all"));
    addNumber(
        tr("Test"), tr("Tests with so many pictures, the same number of each class."), {0, kMany, true}, NumberStep::Add, 1000,
        [](const Config& config) { return config.data.testLimit; },
        [](Config& config, double value) { config.data.testLimit = toInt(value); })
        ->setWordForZero(tr("all"));
    addChoice(
        tr("Trunk starts"), tr("With weights that know pictures already, or with random ones to see what they are worth."),
        {{tr("Pretrained"), variantOf(core::Initialization::Pretrained)},
         {tr("Random"), variantOf(core::Initialization::Random)}},
        [](const Config& config) { return variantOf(config.initialization); },
        [](Config& config, const QVariant& value) { config.initialization = enumOf<core::Initialization>(value); });
    m_weights = new SettingCombo;
    add(
        tr("Weights"), tr("The trunk's pretrained weights. The data panel downloads and imports others."), m_weights,
        [this](const Config& config) {
            const QString file = text(config.weights.string());
            if (m_weights->findData(file) < 0 && !file.isEmpty())
                m_weights->insertItem(std::max(0, m_weights->count() - 1), text(config.weights.filename().string()), file);
            m_weights->showEntry(file);
        },
        [](const Config& config) { return config.initialization == core::Initialization::Pretrained; });
    connect(m_weights, &QComboBox::activated, this, [this] {
        const QString file = m_weights->currentData().toString();
        if (file == kMore) {
            m_weights->showEntry(text(m_config.weights.string()));
            Q_EMIT dataPanelRequested();
        } else {
            edit([&](Config& config) { config.weights = file.toStdString(); });
        }
    });

    beginPart(tr("Machine"));
    addNumber(
        tr("Threads"), tr("Processor cores to use."), {0, 1024, true}, NumberStep::Add, 1,
        [](const Config& config) { return config.threads; }, [](Config& config, double value) { config.threads = toInt(value); })
        ->setWordForZero(tr("all"));
    addChoice(
        tr("Device"), tr("Where to compute. Automatic takes a graphics card when LibTorch can use one."),
        {{tr("Automatic"), variantOf(core::DeviceKind::Auto)},
         {tr("Processor"), variantOf(core::DeviceKind::Cpu)},
         {tr("CUDA"), variantOf(core::DeviceKind::Cuda)}},
        [](const Config& config) { return variantOf(config.device); },
        [](Config& config, const QVariant& value) { config.device = enumOf<core::DeviceKind>(value); });
    addChoice(
        tr("Convolutions"), tr("Thaw's own are several times faster on a processor; the results differ by rounding only."),
        {{tr("Thaw's own"), variantOf(core::KernelKind::Thaw)}, {tr("LibTorch's"), variantOf(core::KernelKind::LibTorch)}},
        [](const Config& config) { return variantOf(config.kernels); },
        [](Config& config, const QVariant& value) { config.kernels = enumOf<core::KernelKind>(value); });
    addSwitch(
        tr("Feature cache"), tr("Computes what the frozen layers say once and keeps it. Off: the same result, much slower."),
        [](const Config& config) { return config.cache.enabled; }, [](Config& config, bool on) { config.cache.enabled = on; });
    const Shown cached = [](const Config& config) { return config.cache.enabled; };
    addNumber(
        tr("In memory"), tr("Memory that kept features may take."), {0, 1000}, NumberStep::Add, 0.5,
        [](const Config& config) { return static_cast<double>(config.cache.memoryBudget) / 1e9; },
        [](Config& config, double value) {
            config.cache.memoryBudget = static_cast<std::int64_t>(std::clamp(value, 0.0, 1e6) * 1e9);
        },
        cached)
        ->setUnit(tr("GB"));
    addSwitch(
        tr("On disk"), tr("Keeps features on disk as well, so that the next run starts at once."),
        [](const Config& config) { return config.cache.onDisk; }, [](Config& config, bool on) { config.cache.onDisk = on; },
        cached);
    addNumber(
        tr("Disk space"), tr("Disk space that kept features may take over all runs."), {0, 10000}, NumberStep::Add, 1,
        [](const Config& config) { return static_cast<double>(config.cache.diskBudget) / 1e9; },
        [](Config& config, double value) {
            config.cache.diskBudget = static_cast<std::int64_t>(std::clamp(value, 0.0, 1e6) * 1e9);
        },
        [](const Config& config) { return config.cache.enabled && config.cache.onDisk; })
        ->setUnit(tr("GB"));
    addNumber(
        tr("Save every"), tr("The run is saved after each epoch, and this often within one."), {0, 1000, false, true},
        NumberStep::Add, 1, [](const Config& config) { return config.checkpointMinutes; },
        [](Config& config, double value) { config.checkpointMinutes = value; })
        ->setUnit(tr("min"));
    const auto addPlace = [this](const QString& name, const QString& help, std::function<std::filesystem::path&(Config&)> place,
                                 Shown shown) {
        addText(
            name, help,
            [place](const Config& config) {
                Config copy = config;
                return text(place(copy).string());
            },
            [place](Config& config, const QString& typed) {
                place(config) = typed.trimmed().toStdString();
                return QString();
            },
            std::move(shown))
            ->setPlaceholderText(tr("usual place"));
    };
    addPlace(
        tr("Cache folder"), tr("Where features are kept. Leave it empty for the usual place."),
        [](Config& config) -> std::filesystem::path& { return config.cache.directory; },
        [](const Config& config) { return config.cache.enabled && config.cache.onDisk; });
    addPlace(tr("Run folder"), tr("Where the next run is recorded. Leave it empty for a new folder in the usual place."),
             [](Config& config) -> std::filesystem::path& { return config.output; }, {});
}

void SettingsPanel::addFooter() {
    m_footer = new QWidget(this);
    auto* rows = new QVBoxLayout(m_footer);
    m_state = makeLabel({}, "table", m_footer);
    m_state->setWordWrap(true);
    auto* first = new QHBoxLayout;
    first->setSpacing(0);
    first->addWidget(m_state, 1);
    m_advancedButton = new QToolButton(m_footer);
    m_advancedButton->setText(tr("Advanced"));
    m_advancedButton->setToolTip(tr("Show the settings that the lesson leaves alone"));
    m_advancedButton->setCheckable(true);
    m_advancedButton->setFocusPolicy(Qt::StrongFocus);
    connect(m_advancedButton, &QToolButton::clicked, this, &SettingsPanel::setAdvancedOpen);
    first->addWidget(m_advancedButton);
    rows->addLayout(first);
    auto* buttons = new QHBoxLayout;
    m_reset = new QPushButton(tr("Undo changes"), m_footer);
    m_reset->setToolTip(tr("Go back to the settings of the lesson"));
    m_save = new QPushButton(tr("Save as lesson"), m_footer);
    m_save->setToolTip(tr("Keep these settings as a lesson of your own"));
    for (QPushButton* button : {m_reset, m_save}) {
        button->setProperty("small", true);
        buttons->addWidget(button, 1);
    }
    rows->addLayout(buttons);
    m_saveLine = new QWidget(m_footer);
    auto* line = new QHBoxLayout(m_saveLine);
    line->setContentsMargins(0, 0, 0, 0);
    m_saveName = new QLineEdit(m_saveLine);
    m_saveName->setPlaceholderText(tr("Name of the lesson"));
    m_saveName->setAccessibleName(tr("Name of the lesson"));
    m_saveName->setMaxLength(60);
    auto* keep = new QPushButton(tr("Save"), m_saveLine);
    keep->setProperty("small", true);
    QToolButton* cancel = makeIconButton(QStringLiteral("cross"), tr("Do not save"), m_saveLine);
    line->addWidget(m_saveName, 1);
    line->addWidget(keep);
    line->addWidget(cancel);
    rows->addWidget(m_saveLine);
    m_saveLine->hide();
    layout()->addWidget(makeRule(Qt::Horizontal, this, /*soft=*/true));
    layout()->addWidget(m_footer);

    connect(m_reset, &QPushButton::clicked, this, [this] {
        if (const core::Lesson* from = lesson()) Q_EMIT lessonChosen(text(from->name));
    });
    connect(m_save, &QPushButton::clicked, this, [this] {
        m_saveLine->show();
        m_saveName->setFocus();
        refreshFooter();
    });
    connect(keep, &QPushButton::clicked, this, &SettingsPanel::saveLesson);
    connect(m_saveName, &QLineEdit::returnPressed, this, &SettingsPanel::saveLesson);
    connect(cancel, &QToolButton::clicked, this, [this] {
        m_saveLine->hide();
        refreshFooter();
    });
}

void SettingsPanel::edit(const std::function<void(Config&)>& change) {
    const std::string before = core::toJson(m_config);
    change(m_config);
    refresh();
    if (core::toJson(m_config) != before) Q_EMIT configChanged(m_config);
}

void SettingsPanel::refresh() {
    for (const Binding& binding : m_bindings) {
        binding.load(m_config);
        const bool shown = !binding.shown || binding.shown(m_config);
        if (binding.row->isHidden() == shown) binding.row->setVisible(shown);
    }
    m_lesson->showEntry(text(m_config.preset));
    showScalingNote();
    applyLock();
    refreshFooter();
}

void SettingsPanel::showScalingNote() {
    QString note;
    if (m_config.initialization == core::Initialization::Pretrained)
        for (const core::WeightsChoice& choice : m_weightsListed)
            if (choice.file == m_config.weights) note = text(core::scalingWarning(m_config.scaling, choice.scaling));
    m_scalingRow->setNote(SettingRow::Note::Warning, note);
}

void SettingsPanel::refreshFooter() {
    const core::Lesson* from = lesson();
    const bool unchanged = isLessonUnchanged();
    setStyleProperty(m_state, "type", "table");
    if (!from)
        m_state->setText(tr("These are your own settings."));
    else if (!unchanged)
        m_state->setText(tr("Changed from “%1”.").arg(text(from->title)));
    else
        m_state->setText(from->name == "lesson" ? tr("These are the lesson settings.")
                                                : tr("These are the settings of “%1”.").arg(text(from->title)));
    const bool asking = !m_saveLine->isHidden();
    m_reset->setVisible(from && !unchanged && !m_locked && !asking);
    m_save->setVisible(!unchanged && !m_locked && !asking);
}

void SettingsPanel::fillDatasets() {
    core::DataConfig automaticData = m_config.data;
    automaticData.dataset = "auto";
    const core::DatasetInfo* automatic = core::chosenDataset(m_datasets, automaticData);
    m_dataset->clear();
    const QString chosen = text(m_config.data.dataset);
    const core::DatasetInfo* shown = nullptr;
    if (!automatic) m_dataset->addItem(tr("Automatic"), QStringLiteral("auto"));
    for (const core::DatasetInfo& dataset : m_datasets) {
        const bool isAutomatic = &dataset == automatic && text(dataset.id) != chosen;
        const QString entry = isAutomatic ? QStringLiteral("auto") : text(dataset.id);
        m_dataset->addItem(dataset.present ? text(dataset.title) : tr("%1 (not here)").arg(text(dataset.title)), entry);
        m_dataset->setItemData(m_dataset->count() - 1, text(dataset.description), Qt::ToolTipRole);
        if (entry == chosen) shown = &dataset;
    }
    if (m_dataset->findData(chosen) < 0) m_dataset->addItem(chosen, chosen);
    m_dataset->insertSeparator(m_dataset->count());
    m_dataset->addItem(tr("Data panel…"), kMore);
    m_dataset->showEntry(chosen);
    if (shown && !shown->present)
        m_datasetRow->setNote(SettingRow::Note::Wrong, tr("Not on this machine. Open the data panel to get it."));
    else if (shown && !shown->problem.empty())
        m_datasetRow->setNote(SettingRow::Note::Wrong, text(shown->problem));
    else
        m_datasetRow->setNote(SettingRow::Note::Plain,
                              shown && shown->substitute ? tr("Stands in for CIFAR-10, which the lesson uses.") : QString());
}

void SettingsPanel::applyLock() {
    m_lock->setVisible(m_locked);
    m_lockNote->setVisible(m_locked);
    for (const Binding& binding : m_bindings) {
        const auto rate = std::find(m_rateRows.begin(), m_rateRows.end(), binding.row);
        const bool live = m_locked && rate != m_rateRows.end() && rate - m_rateRows.begin() == m_livePhase;
        binding.row->field()->setEnabled(!m_locked || live);
        if (rate == m_rateRows.end() || static_cast<NumberBox*>(binding.row->field())->problem().size()) continue;
        binding.row->setNote(SettingRow::Note::Live, live ? tr("Live: from the next batch on") : QString());
    }
    for (QToolButton* button : findChildren<QToolButton*>(QStringLiteral("dice"))) button->setEnabled(!m_locked);
    m_addPhase->setEnabled(!m_locked && m_config.phases.size() < kMostPhases);
    m_removePhase->setEnabled(!m_locked && m_config.phases.size() > 1);
    m_lesson->setEnabled(!m_locked);
    m_phase->setEnabled(true);  // looking at the others is no change
    if (m_locked) m_saveLine->hide();
    refreshFooter();
}

void SettingsPanel::applyTheme() {
    const Theme& theme = Theme::instance();
    m_header->setFixedHeight(theme.px(48));
    m_header->layout()->setContentsMargins(theme.px(15), 0, theme.px(6), 0);
    m_header->layout()->setSpacing(theme.px(7));
    m_lesson->setFixedWidth(theme.px(146));
    m_lock->setPixmap(theme.pixmap(QStringLiteral("lock"), Tone::Ink3, 16, devicePixelRatioF()));
    m_lockNote->setContentsMargins(theme.px(15), 0, theme.px(15), theme.px(8));
    for (QWidget* group : m_groups) group->layout()->setContentsMargins(theme.px(15), theme.px(3), theme.px(15), theme.px(8));
    for (QLabel* title : findChildren<QLabel*>())
        if (title->property("part").toBool()) title->setFixedHeight(theme.px(30));
    m_footer->layout()->setContentsMargins(theme.px(15), theme.px(7), theme.px(6), theme.px(8));
    m_footer->layout()->setSpacing(theme.px(8));
    m_scroll->verticalScrollBar()->setSingleStep(theme.px(24));
}

const core::Lesson* SettingsPanel::lesson() const {
    const auto found = std::find_if(m_lessons.begin(), m_lessons.end(), [this](const core::Lesson& candidate) {
        return candidate.name == m_config.preset && candidate.problem.empty();
    });
    return found == m_lessons.end() ? nullptr : &*found;
}

std::size_t SettingsPanel::phaseIndex(const Config& config) const {
    return static_cast<std::size_t>(std::clamp(m_editedPhase, 0, std::max(0, static_cast<int>(config.phases.size()) - 1)));
}

const core::PhaseConfig* SettingsPanel::phase(const Config& config) const {
    return config.phases.empty() ? nullptr : &config.phases[phaseIndex(config)];
}

void SettingsPanel::saveLesson() { m_library.saveLesson(m_saveName->text().trimmed(), m_config); }

}  // namespace thaw::ui
