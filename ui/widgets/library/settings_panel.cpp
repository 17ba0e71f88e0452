#include "ui/widgets/library/settings_panel.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

#include "core/api/errors.h"
#include "core/api/layer_info.h"
#include "core/api/weights_info.h"
#include "ui/bridge/library_controller.h"
#include "ui/models/path_text.h"
#include "ui/models/plain_text.h"
#include "ui/models/problem_text.h"
#include "ui/widgets/library/lesson_text.h"
#include "ui/widgets/library/samples_dialog.h"
#include "ui/widgets/library/settings_values.h"
#include "ui/widgets/parts/number_box.h"
#include "ui/widgets/parts/setting_row.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

using Config = core::RunConfig;

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
    addTrunk();
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
    // Another one, from elsewhere: what is typed and wrong belonged to the last.
    if (core::toJson(config) != core::toJson(m_config))
        for (const Binding& binding : m_bindings)
            if (auto* box = qobject_cast<NumberBox*>(binding.row->field())) box->endTyping();
    m_config = config;
    refresh();
}

void SettingsPanel::setLessons(const std::vector<core::Lesson>& lessons) {
    m_lessons = lessons;
    m_lesson->clear();
    for (const core::Lesson& lesson : lessons) {
        if (!lesson.problem.empty()) continue;
        m_lesson->addItem(text(lesson.title), text(lesson.name));
        m_lesson->setItemData(m_lesson->count() - 1, lessonToolTip(lesson), Qt::ToolTipRole);
    }
    refresh();
}

void SettingsPanel::tellLessonTimes() {
    for (const core::Lesson& lesson : m_lessons) {
        const int entry = m_lesson->findData(text(lesson.name));
        const double seconds = m_planSeconds && entry >= 0 ? m_planSeconds(lesson.config) : -1;
        m_lesson->setItemData(entry, lessonToolTip(lesson, seconds), Qt::ToolTipRole);
    }
}

void SettingsPanel::setDatasets(const std::vector<core::DatasetInfo>& datasets) {
    m_datasets = datasets;
    refresh();
}

void SettingsPanel::setWeights(const std::vector<core::WeightsChoice>& weights) {
    m_weights->clear();
    m_weightsListed = weights;
    for (const core::WeightsChoice& choice : weights) {
        m_weights->addItem(text(choice.title), pathText(choice.file));
        m_weights->setItemData(m_weights->count() - 1, toolTipText(text(choice.description)), Qt::ToolTipRole);
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
    auto* rows = new QVBoxLayout(m_header);
    auto* line = new QHBoxLayout;
    rows->addLayout(line);
    m_lock = new QLabel(m_header);
    m_lock->setToolTip(tr("Locked while a run is active"));
    line->addWidget(makeLabel(tr("Settings"), "panelTitle", m_header));
    line->addWidget(m_lock);
    line->addStretch(1);
    m_lesson = new SettingCombo(m_header);
    m_lesson->setAccessibleName(tr("Lesson"));
    m_lesson->setToolTip(tr("A ready-made plan to start from. Choosing one replaces the settings below."));
    m_lesson->setPlaceholderText(tr("Own settings"));
    connect(m_lesson, &SettingCombo::popupAboutToShow, this, &SettingsPanel::tellLessonTimes);
    connect(m_lesson, &QComboBox::activated, this, [this] {
        const QString name = m_lesson->currentData().toString();
        m_lesson->showEntry(text(m_config.preset));
        Q_EMIT lessonChosen(name);
    });
    QToolButton* collapse = makeIconButton(QStringLiteral("chevron-right"), tr("Fold the panel away"), m_header);
    connect(collapse, &QToolButton::clicked, this, &SettingsPanel::collapseRequested);
    line->addWidget(collapse);
    rows->addWidget(m_lesson);
    m_lockNote = makeLabel(tr("Locked while the run is active. The learning rate and the layers can change."), "caption", this);
    m_lockNote->setWordWrap(true);
    layout()->addWidget(m_header);
    layout()->addWidget(m_lockNote);
}

void SettingsPanel::beginGroup(const QString& title, const std::vector<QToolButton*>& buttons, bool first) {
    auto* form = static_cast<QVBoxLayout*>(m_scroll->widget()->layout());
    if (!first) form->addWidget(makeRule(Qt::Horizontal, m_scroll->widget(), /*soft=*/true));
    auto* group = new QWidget(m_scroll->widget());
    form->addWidget(group);
    m_groups.push_back(group);
    m_into = new QVBoxLayout(group);
    m_into->setSpacing(0);
    beginPart(title, buttons);
}

void SettingsPanel::beginPart(const QString& title, const std::vector<QToolButton*>& buttons) {
    auto* line = new QHBoxLayout;
    line->setSpacing(0);
    QLabel* label = makeLabel(title, "sectionTitle");
    label->setProperty("part", true);
    line->addWidget(label, 1);
    for (QToolButton* button : buttons) line->addWidget(button);
    m_into->addLayout(line);
}

SettingRow* SettingsPanel::add(const QString& name, const QString& help, QWidget* field, std::function<void(const Config&)> load,
                               Shown shown) {
    auto* row = new SettingRow(name, help, field);
    m_into->addWidget(row);
    m_bindings.push_back({row, std::move(load), std::move(shown)});
    return row;
}

NumberBox* SettingsPanel::addNumber(const QString& name, const QString& help, const NumberRange& range, NumberStep step,
                                    double size, const std::function<double(const Config&)>& get,
                                    std::function<void(Config&, double)> set, Shown shown) {
    auto* box = new NumberBox(range, step, size);
    add(
        name, help, box, [box, get](const Config& config) { box->setValue(get(config)); }, std::move(shown));
    connect(box, &NumberBox::edited, this, [this, set](double value) {
        if (!m_locked) edit([&](Config& config) { set(config, value); });
    });
    return box;
}

NumberBox* SettingsPanel::addNumber(const core::ConfigField& field, NumberStep step, double size,
                                    const std::function<double(const Config&)>& get, std::function<void(Config&, double)> set,
                                    Shown shown) {
    const NumberRange range{field.least, field.greatest, field.whole, field.aboveLeast, field.belowGreatest};
    NumberBox* box = addNumber(titleOf(field), helpOf(field), range, step, size, get, std::move(set), std::move(shown));
    if (!field.unit.empty()) box->setUnit(QString::fromStdString(field.unit));
    return box;
}

SettingCombo* SettingsPanel::addChoice(const QString& name, const QString& help,
                                       const std::vector<std::pair<QString, QVariant>>& entries,
                                       const std::function<QVariant(const Config&)>& get,
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

QCheckBox* SettingsPanel::addSwitch(const QString& name, const QString& help, const std::function<bool(const Config&)>& get,
                                    std::function<void(Config&, bool)> set, Shown shown) {
    auto* box = new QCheckBox;
    box->setProperty("switch", true);
    add(
        name, help, box, [box, get](const Config& config) { box->setChecked(get(config)); }, std::move(shown));
    connect(box, &QCheckBox::clicked, this, [this, set](bool on) { edit([&](Config& config) { set(config, on); }); });
    return box;
}

QLineEdit* SettingsPanel::addText(const QString& name, const QString& help, const std::function<QString(const Config&)>& get,
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
    if (m_samples) m_samples->setConfig(m_config);
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

bool SettingsPanel::hasPictureFiles(const Config& config) const {
    const core::DatasetInfo* chosen = core::chosenDataset(m_datasets, config.data);
    return chosen && chosen->pictureKind.anySize;
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
        m_dataset->setItemData(m_dataset->count() - 1, toolTipText(text(dataset.description)), Qt::ToolTipRole);
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
        if (rate == m_rateRows.end()) continue;
        const auto* box = static_cast<NumberBox*>(binding.row->field());
        if (!box->problem().isEmpty() || !box->remark().isEmpty()) continue;
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
    // The title lines up with that of the layers; the list below it has a line of its own, so that it is read in full.
    m_header->layout()->setContentsMargins(theme.px(15), 0, theme.px(15), theme.px(8));
    m_header->layout()->setSpacing(0);
    QLayout* titleLine = m_header->layout()->itemAt(0)->layout();
    titleLine->setContentsMargins(0, theme.px(9), -theme.px(9), theme.px(9));
    titleLine->setSpacing(theme.px(7));
    m_lock->setPixmap(theme.pixmap(QStringLiteral("lock"), Tone::Ink3, 16, devicePixelRatioF()));
    m_lockNote->setContentsMargins(theme.px(15), 0, theme.px(15), theme.px(8));
    for (QWidget* group : m_groups) group->layout()->setContentsMargins(theme.px(15), theme.px(3), theme.px(15), theme.px(8));
    for (QLabel* label : findChildren<QLabel*>())
        if (label->property("part").toBool()) label->setFixedHeight(theme.px(30));
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

void SettingsPanel::showSamples() {
    if (!m_samples) m_samples = new SamplesDialog(this);
    m_samples->setConfig(m_config);
    m_samples->show();
    m_samples->raise();
    m_samples->activateWindow();
}

void SettingsPanel::saveLesson() { m_library.saveLesson(m_saveName->text().trimmed(), m_config); }

}  // namespace thaw::ui
