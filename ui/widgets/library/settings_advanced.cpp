// The settings that the lesson leaves alone: each phase in detail, early stopping, limits, weights, the machine.
#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

#include "core/api/errors.h"
#include "core/api/layer_info.h"
#include "ui/models/path_text.h"
#include "ui/widgets/library/settings_panel.h"
#include "ui/widgets/library/settings_values.h"
#include "ui/widgets/parts/number_box.h"
#include "ui/widgets/parts/setting_row.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

constexpr int kClasses = 10;

QString joined(const std::vector<std::string>& names) {
    QStringList list;
    for (const std::string& name : names) list += text(name);
    return list.join(QStringLiteral(", "));
}

}  // namespace

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
    m_addPhase = makeIconButton(QStringLiteral("plus"), tr("Add a phase after this one"));
    m_removePhase = makeIconButton(QStringLiteral("trash"), tr("Remove this phase"));
    beginPart(tr("Each phase"), {m_addPhase, m_removePhase});
    m_phase = new SettingCombo;
    add(tr("Phase"), tr("The phase that the settings below belong to."), m_phase, [this](const Config& config) {
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
        tr("Layers that train in this phase, with commas between them: names out of the layer tree, head, trunk or all. The "
           "others are frozen."),
        [ofPhase](const Config& config) { return joined(ofPhase(config).trainable); },
        [this](Config& config, const QString& typed) -> QString {
            std::vector<std::string> names;
            for (const QString& name : typed.split(QLatin1Char(','), Qt::SkipEmptyParts))
                if (!name.trimmed().isEmpty()) names.push_back(name.trimmed().toStdString());
            if (config.phases.empty()) return {};
            config.phases[phaseIndex(config)].trainable = names;
            if (names.empty()) return tr("Name at least one, for example head.");
            try {
                core::describeModel(config, kClasses).maskOf(names);
            } catch (const core::Error& error) {
                return nameText(error.what());
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
        tr("Weights"), tr("The trunk's pretrained weights. The Trunk page downloads and imports others."), m_weights,
        [this](const Config& config) {
            const QString file = pathText(config.weights);
            if (m_weights->findData(file) < 0 && !file.isEmpty())
                m_weights->insertItem(std::max(0, m_weights->count() - 1), pathText(config.weights.filename()), file);
            m_weights->showEntry(file);
        },
        [](const Config& config) { return config.initialization == core::Initialization::Pretrained; })
        ->setStacked();
    connect(m_weights, &QComboBox::activated, this, [this] {
        const QString file = m_weights->currentData().toString();
        if (file == kMore) {
            m_weights->showEntry(pathText(m_config.weights));
            Q_EMIT trunkPageRequested();
        } else {
            edit([&](Config& config) { config.weights = pathOf(file); });
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
    const auto addPlace = [this](const QString& name, const QString& help,
                                 const std::function<std::filesystem::path&(Config&)>& place, Shown shown) {
        addText(
            name, help,
            [place](const Config& config) {
                Config copy = config;
                return pathText(place(copy));
            },
            [place](Config& config, const QString& typed) {
                place(config) = pathOf(typed.trimmed());
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

}  // namespace thaw::ui
