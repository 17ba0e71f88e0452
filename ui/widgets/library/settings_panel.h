// The Settings dock: every setting of the next run in groups, the lessons to start from, and how to save one's own. While a run
// is active all of it is locked but the learning rate of the present phase.
#pragma once

#include <QFrame>
#include <QPointer>

#include <functional>
#include <vector>

#include "core/api/config.h"
#include "core/api/config_fields.h"
#include "core/api/dataset_info.h"
#include "core/api/weights_info.h"

class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QScrollArea;
class QToolButton;
class QVBoxLayout;

namespace thaw::ui {

class LibraryController;
class NumberBox;
class SamplesDialog;
class SettingCombo;
class SettingRow;
struct NumberRange;
enum class NumberStep;

class SettingsPanel : public QFrame {
    Q_OBJECT
public:
    static constexpr int kMostPhases = 6;  ///< that can be edited here

    /// Lessons, data sets and weights come from the library's lists; ask it for them (LibraryController::refresh...).
    explicit SettingsPanel(LibraryController& library, QWidget* parent = nullptr);

    const core::RunConfig& config() const { return m_config; }
    /// Says how long the whole plan of a config takes, in seconds, negative where nobody knows; asked when the lessons are
    /// unfolded.
    void setPlanSeconds(std::function<double(const core::RunConfig&)> seconds) { m_planSeconds = std::move(seconds); }
    bool isValid() const;            ///< no field shows a wrong value
    bool isLessonUnchanged() const;  ///< the settings are those of the lesson they started from, whatever machine and data

public Q_SLOTS:
    void setConfig(const thaw::core::RunConfig& config);  ///< without a signal
    void setLessons(const std::vector<thaw::core::Lesson>& lessons);
    void setDatasets(const std::vector<thaw::core::DatasetInfo>& datasets);
    void setWeights(const std::vector<thaw::core::WeightsChoice>& weights);
    /// While a run is active: nothing but the rate of `livePhase` (from 0; -1: none) can be changed.
    void setLocked(bool locked, int livePhase = -1);
    void setLiveRate(double rate);  ///< as the engine confirmed it
    void setAdvancedOpen(bool open);

Q_SIGNALS:
    void configChanged(const thaw::core::RunConfig& config);  ///< by the user; a wrong value is in it as typed
    void lessonChosen(const QString& name);                   ///< also to go back to the lesson's own settings
    void rateRequested(double rate);                          ///< while locked
    void dataPanelRequested();
    void trunkPageRequested();
    void collapseRequested();

private:
    using Config = core::RunConfig;
    using Shown = std::function<bool(const Config&)>;
    struct Binding {
        SettingRow* row;
        std::function<void(const Config&)> load;
        Shown shown;
    };

    void addHeader();
    void addTrunk();
    void addData();
    void addAugmentation();
    void addSamplesButton();
    void addSplit();
    bool hasLabels(const Config& config) const;        ///< the chosen data set: its texts are not to be continued
    bool hasPictureFiles(const Config& config) const;  ///< the chosen data set, whose splits and squares can be chosen
    void addTraining();
    void addClassBalance();
    void addHead();
    void addRepeatability();
    void addAdvanced();
    void addPhaseEditor();
    void addEarlyStopping();
    void addPicturesAndWeights();
    void addMachine();
    void addFooter();
    void beginGroup(const QString& title, const std::vector<QToolButton*>& buttons = {}, bool first = false);
    void beginPart(const QString& title, const std::vector<QToolButton*>& buttons = {});

    SettingRow* add(const QString& name, const QString& help, QWidget* field, std::function<void(const Config&)> load,
                    Shown shown = {});
    NumberBox* addNumber(const QString& name, const QString& help, const NumberRange& range, NumberStep step, double size,
                         const std::function<double(const Config&)>& get, std::function<void(Config&, double)> set,
                         Shown shown = {});
    SettingCombo* addChoice(const QString& name, const QString& help, const std::vector<std::pair<QString, QVariant>>& entries,
                            const std::function<QVariant(const Config&)>& get, std::function<void(Config&, const QVariant&)> set,
                            Shown shown = {});
    QCheckBox* addSwitch(const QString& name, const QString& help, const std::function<bool(const Config&)>& get,
                         std::function<void(Config&, bool)> set, Shown shown = {});
    QLineEdit* addText(const QString& name, const QString& help, const std::function<QString(const Config&)>& get,
                       std::function<QString(Config&, const QString&)> set, Shown shown = {});

    // The same of a setting that core describes: its title, its help, its range and its unit.
    NumberBox* addNumber(const core::ConfigField& field, NumberStep step, double size,
                         const std::function<double(const Config&)>& get, std::function<void(Config&, double)> set,
                         Shown shown = {});
    template <class... Rest>
    SettingCombo* addChoice(const core::ConfigField& field, const std::vector<std::pair<QString, QVariant>>& entries,
                            Rest&&... rest) {
        return addChoice(titleOf(field), helpOf(field), entries, std::forward<Rest>(rest)...);
    }
    template <class... Rest>
    QCheckBox* addSwitch(const core::ConfigField& field, Rest&&... rest) {
        return addSwitch(titleOf(field), helpOf(field), std::forward<Rest>(rest)...);
    }
    template <class... Rest>
    QLineEdit* addText(const core::ConfigField& field, Rest&&... rest) {
        return addText(titleOf(field), helpOf(field), std::forward<Rest>(rest)...);
    }
    static QString titleOf(const core::ConfigField& field) { return QString::fromStdString(field.title); }
    static QString helpOf(const core::ConfigField& field) { return QString::fromStdString(field.help); }
    static QString titleOf(const char* setting) { return titleOf(core::configField(setting)); }
    static QString helpOf(const char* setting) { return helpOf(core::configField(setting)); }

    void edit(const std::function<void(Config&)>& change);
    void refresh();
    void showScalingNote();
    void refreshFooter();
    void fillDatasets();
    void tellLessonTimes();
    void applyLock();
    void applyTheme();
    const core::Lesson* lesson() const;
    const core::PhaseConfig* phase(const Config& config) const;  ///< the one in the editor; null: none
    std::size_t phaseIndex(const Config& config) const;
    void saveLesson();
    void showSamples();

    LibraryController& m_library;
    std::function<double(const core::RunConfig&)> m_planSeconds;
    Config m_config;
    std::vector<core::Lesson> m_lessons;
    std::vector<core::DatasetInfo> m_datasets;
    std::vector<Binding> m_bindings;
    std::vector<SettingRow*> m_rateRows;
    QVBoxLayout* m_into = nullptr;  ///< group that rows are added to
    std::vector<QWidget*> m_groups;
    QWidget *m_header = nullptr, *m_footer = nullptr, *m_advanced = nullptr, *m_saveLine = nullptr;
    QLabel *m_lock = nullptr, *m_lockNote = nullptr, *m_state = nullptr;
    QScrollArea* m_scroll = nullptr;
    QToolButton *m_advancedButton = nullptr, *m_addPhase = nullptr, *m_removePhase = nullptr;
    QPushButton *m_reset = nullptr, *m_save = nullptr;
    QLineEdit *m_saveName = nullptr, *m_typing = nullptr;
    SettingCombo *m_lesson = nullptr, *m_dataset = nullptr, *m_weights = nullptr, *m_phase = nullptr;
    std::vector<core::WeightsChoice> m_weightsListed;
    SettingRow* m_scalingRow = nullptr;
    QWidget* m_samplesButton = nullptr;
    SettingRow* m_datasetRow = nullptr;
    QPointer<SamplesDialog> m_samples;
    bool m_locked = false;
    int m_livePhase = -1;
    double m_liveRate = 0;
    int m_editedPhase = 0;
};

}  // namespace thaw::ui
