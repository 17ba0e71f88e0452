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
    addEarlyStopping();
    addPicturesAndWeights();
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
        core::configField("phases.title"), [ofPhase](const Config& config) { return text(ofPhase(config).title); },
        [this](Config& config, const QString& typed) {
            if (!config.phases.empty()) config.phases[phaseIndex(config)].title = typed.toStdString();
            return QString();
        });
    addText(
        core::configField("phases.trainable"), [ofPhase](const Config& config) { return joined(ofPhase(config).trainable); },
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
        core::configField("phases.optimizer.kind"), optimizers(),
        [ofPhase](const Config& config) { return variantOf(ofPhase(config).optimizer.kind); },
        setPhase([](Phase& p, const QVariant& value) { p.optimizer.kind = enumOf<core::OptimizerKind>(value); }));
    const Shown sgd = [ofPhase](const Config& config) { return ofPhase(config).optimizer.kind == core::OptimizerKind::Sgd; };
    const Shown adam = [sgd](const Config& config) { return !sgd(config); };
    addNumber(
        core::configField("phases.optimizer.momentum"), NumberStep::Add, 0.05,
        [ofPhase](const Config& config) { return ofPhase(config).optimizer.momentum; },
        setPhase([](Phase& p, double value) { p.optimizer.momentum = value; }), sgd);
    addSwitch(
        core::configField("phases.optimizer.nesterov"),
        [ofPhase](const Config& config) { return ofPhase(config).optimizer.nesterov; },
        setPhase([](Phase& p, bool on) { p.optimizer.nesterov = on; }), sgd);
    addNumber(
        core::configField("phases.optimizer.beta1"), NumberStep::Add, 0.01,
        [ofPhase](const Config& config) { return ofPhase(config).optimizer.beta1; },
        setPhase([](Phase& p, double value) { p.optimizer.beta1 = value; }), adam);
    addNumber(
        core::configField("phases.optimizer.beta2"), NumberStep::Add, 0.001,
        [ofPhase](const Config& config) { return ofPhase(config).optimizer.beta2; },
        setPhase([](Phase& p, double value) { p.optimizer.beta2 = value; }), adam);
    addNumber(
        core::configField("phases.optimizer.epsilon"), NumberStep::TimesTen, 1,
        [ofPhase](const Config& config) { return ofPhase(config).optimizer.epsilon; },
        setPhase([](Phase& p, double value) { p.optimizer.epsilon = value; }), adam);
    addNumber(
        core::configField("phases.optimizer.weightDecay"), NumberStep::TimesTen, 1,
        [ofPhase](const Config& config) { return ofPhase(config).optimizer.weightDecay; },
        setPhase([](Phase& p, double value) { p.optimizer.weightDecay = value; }));
    addChoice(
        core::configField("phases.schedule.kind"),
        {{tr("Constant"), variantOf(core::ScheduleKind::Constant)},
         {tr("Cosine"), variantOf(core::ScheduleKind::Cosine)},
         {tr("Steps"), variantOf(core::ScheduleKind::Step)},
         {tr("Plateau"), variantOf(core::ScheduleKind::Plateau)}},
        [ofPhase](const Config& config) { return variantOf(ofPhase(config).schedule.kind); },
        setPhase([](Phase& p, const QVariant& value) { p.schedule.kind = enumOf<core::ScheduleKind>(value); }));
    const Shown cosine = [ofPhase](const Config& config) { return ofPhase(config).schedule.kind == core::ScheduleKind::Cosine; };
    const Shown steps = [ofPhase](const Config& config) {
        const core::ScheduleKind kind = ofPhase(config).schedule.kind;
        return kind == core::ScheduleKind::Step || kind == core::ScheduleKind::Plateau;
    };
    addNumber(
        core::configField("phases.schedule.floor"), NumberStep::Add, 0.05,
        [ofPhase](const Config& config) { return ofPhase(config).schedule.floor; },
        setPhase([](Phase& p, double value) { p.schedule.floor = value; }), cosine);
    addNumber(
        core::configField("phases.schedule.factor"), NumberStep::Add, 0.1,
        [ofPhase](const Config& config) { return ofPhase(config).schedule.factor; },
        setPhase([](Phase& p, double value) { p.schedule.factor = value; }), steps);
    addNumber(
        core::configField("phases.schedule.everyEpochs"), NumberStep::Add, 1,
        [ofPhase](const Config& config) { return ofPhase(config).schedule.everyEpochs; },
        setPhase([](Phase& p, double value) { p.schedule.everyEpochs = toInt(value); }), steps);
}

void SettingsPanel::addEarlyStopping() {
    beginPart(tr("Best model and early stopping"));
    const std::vector<std::pair<QString, QVariant>> figures = {{tr("Accuracy/mAP"), variantOf(core::JudgedBy::Score)},
                                                               {tr("Loss"), variantOf(core::JudgedBy::Loss)},
                                                               {tr("Balanced"), variantOf(core::JudgedBy::BalancedAccuracy)},
                                                               {tr("Macro F1"), variantOf(core::JudgedBy::MacroF1)},
                                                               {tr("ROC-AUC"), variantOf(core::JudgedBy::RocAuc)}};
    addChoice(
        core::configField("judging.best"), figures, [](const Config& config) { return variantOf(config.judging.best); },
        [](Config& config, const QVariant& value) { config.judging.best = enumOf<core::JudgedBy>(value); },
        [this](const Config& config) { return hasLabels(config); });
    addChoice(
        core::configField("judging.watched"), figures, [](const Config& config) { return variantOf(config.judging.watched); },
        [](Config& config, const QVariant& value) { config.judging.watched = enumOf<core::JudgedBy>(value); },
        [this](const Config& config) { return hasLabels(config); });
    addSwitch(
        core::configField("earlyStopping.enabled"), [](const Config& config) { return config.earlyStopping.enabled; },
        [](Config& config, bool on) { config.earlyStopping.enabled = on; });
    const Shown early = [](const Config& config) { return config.earlyStopping.enabled; };
    addNumber(
        core::configField("earlyStopping.patience"), NumberStep::Add, 1,
        [](const Config& config) { return config.earlyStopping.patience; },
        [](Config& config, double value) { config.earlyStopping.patience = toInt(value); }, early);
    addNumber(
        core::configField("earlyStopping.minDelta"), NumberStep::Add, 0.001,
        [](const Config& config) { return config.earlyStopping.minDelta; },
        [](Config& config, double value) { config.earlyStopping.minDelta = value; }, early);
}

void SettingsPanel::addPicturesAndWeights() {
    beginPart(tr("Pictures and weights"));
    addNumber(
        core::configField("data.trainLimit"), NumberStep::Add, 1000, [](const Config& config) { return config.data.trainLimit; },
        [](Config& config, double value) { config.data.trainLimit = toInt(value); })
        ->setWordForZero(tr("all"));
    addNumber(
        core::configField("data.testLimit"), NumberStep::Add, 1000, [](const Config& config) { return config.data.testLimit; },
        [](Config& config, double value) { config.data.testLimit = toInt(value); })
        ->setWordForZero(tr("all"));
    addChoice(
        core::configField("initialization"),
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
}

void SettingsPanel::addMachine() {
    beginPart(tr("Machine"));
    addNumber(
        core::configField("threads"), NumberStep::Add, 1, [](const Config& config) { return config.threads; },
        [](Config& config, double value) { config.threads = toInt(value); })
        ->setWordForZero(tr("all"));
    addChoice(
        core::configField("device"),
        {{tr("Automatic"), variantOf(core::DeviceKind::Auto)},
         {tr("Processor"), variantOf(core::DeviceKind::Cpu)},
         {tr("CUDA"), variantOf(core::DeviceKind::Cuda)}},
        [](const Config& config) { return variantOf(config.device); },
        [](Config& config, const QVariant& value) { config.device = enumOf<core::DeviceKind>(value); });
    addChoice(
        core::configField("kernels"),
        {{tr("Thaw's own"), variantOf(core::KernelKind::Thaw)}, {tr("LibTorch's"), variantOf(core::KernelKind::LibTorch)}},
        [](const Config& config) { return variantOf(config.kernels); },
        [](Config& config, const QVariant& value) { config.kernels = enumOf<core::KernelKind>(value); });
    addSwitch(
        core::configField("cache.enabled"), [](const Config& config) { return config.cache.enabled; },
        [](Config& config, bool on) { config.cache.enabled = on; });
    const Shown cached = [](const Config& config) { return config.cache.enabled; };
    addNumber(
        titleOf("cache.memoryBudget"), helpOf("cache.memoryBudget"), {0, 1000}, NumberStep::Add, 0.5,
        [](const Config& config) { return static_cast<double>(config.cache.memoryBudget) / 1e9; },
        [](Config& config, double value) {
            config.cache.memoryBudget = static_cast<std::int64_t>(std::clamp(value, 0.0, 1e6) * 1e9);
        },
        cached)
        ->setUnit(tr("GB"));
    addSwitch(
        core::configField("cache.onDisk"), [](const Config& config) { return config.cache.onDisk; },
        [](Config& config, bool on) { config.cache.onDisk = on; }, cached);
    addNumber(
        titleOf("cache.diskBudget"), helpOf("cache.diskBudget"), {0, 10000}, NumberStep::Add, 1,
        [](const Config& config) { return static_cast<double>(config.cache.diskBudget) / 1e9; },
        [](Config& config, double value) {
            config.cache.diskBudget = static_cast<std::int64_t>(std::clamp(value, 0.0, 1e6) * 1e9);
        },
        [](const Config& config) { return config.cache.enabled && config.cache.onDisk; })
        ->setUnit(tr("GB"));
    addNumber(
        core::configField("checkpointMinutes"), NumberStep::Add, 1, [](const Config& config) { return config.checkpointMinutes; },
        [](Config& config, double value) { config.checkpointMinutes = value; });
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
        titleOf("cache.directory"), helpOf("cache.directory"),
        [](Config& config) -> std::filesystem::path& { return config.cache.directory; },
        [](const Config& config) { return config.cache.enabled && config.cache.onDisk; });
    addPlace(titleOf("output"), helpOf("output"), [](Config& config) -> std::filesystem::path& { return config.output; }, {});
}

}  // namespace thaw::ui
