// What the page of a run that continues texts shows: pinned prompts at several epochs, each computed once and the newest first,
// and a text that is written on, by the weights of the moment where the run trains. GUI thread; all work is done elsewhere.
#pragma once

#include <QHash>
#include <QObject>
#include <QStringList>
#include <QTimer>

#include <memory>
#include <optional>
#include <vector>

#include "core/api/continuation.h"
#include "ui/bridge/inspection_controller.h"

namespace thaw::ui {

class TrainingController;

class ContinuationController : public QObject {
    Q_OBJECT
public:
    static constexpr int kColumns = 3;
    static constexpr int kNextWords = 10;

    struct Cell {
        enum class State { Waiting, Writing, Written, Failed } state = State::Waiting;
        QString text;  ///< what follows the prompt; of Failed, why
    };

    /// Both outlive it.
    ContinuationController(TrainingController& training, InspectionController& inspection, QObject* parent = nullptr);

    bool isOpen() const;  ///< a run that continues texts is looked into
    const core::InspectedRun* run() const;
    /// Those that a column can show, oldest first: before training, at the ends of epochs, and the newest.
    std::vector<core::KeptCheckpoint> moments() const;
    bool isNewest(const core::KeptCheckpoint& moment) const;
    std::optional<core::KeptCheckpoint> columnMoment(int column) const;
    void chooseMoment(int column, const std::string& checkpoint);
    /// Only the first and the last column are computed.
    void setMiddleColumn(bool shown);
    bool isColumnShown(int column) const { return column != 1 || m_middle; }

    const QStringList& prompts() const { return m_prompts; }
    void setPrompts(const QStringList& prompts);
    void addPrompt(const QString& prompt);  ///< on top; one that is there already moves there
    void removePrompt(int index);
    Cell cell(int prompt, int column) const;

    const core::GenerationSettings& sampling() const { return m_sampling; }  ///< prompt and foretold are empty
    void setSampling(const core::GenerationSettings& sampling);
    static core::GenerationSettings usualSampling();  ///< of the page
    static core::GenerationSettings plainSampling();  ///< as the model itself says

    void setActive(bool active);  ///< prompts are computed only while somebody looks

    bool isLive() const;  ///< what is written on has the weights that train, or that pause
    void writeOn(const QString& text);
    void foretell(const QString& text);  ///< only what may come next
    void stopWriting();
    bool isWriting() const { return m_writing; }
    const core::GeneratedText& written() const { return m_written; }
    const QString& writtenFrom() const { return m_writtenFrom; }

Q_SIGNALS:
    void runChanged();
    void momentsChanged();
    void promptsChanged();
    void cellsChanged();
    void samplingChanged();
    void writtenChanged();  ///< also when writing begins and ends
    void writingFailed(const QString& why);

private:
    struct Place {
        int prompt = 0, column = 0;
        std::string checkpoint;
    };
    QString keyOf(const std::string& checkpoint, const QString& prompt) const;
    std::optional<Place> nextPlace() const;
    void askNext();
    void takeSubject();
    void takeMoments();
    bool isShown(const QString& key) const;
    void dropPrompts();
    void begin(const QString& text, int tokens);
    void writeByCheckpoint(const core::GenerationSettings& settings);
    void takeGenerated(const core::TextGenerated& generated);
    void endWriting();

    TrainingController& m_training;
    InspectionController& m_inspection;
    QStringList m_prompts;
    core::GenerationSettings m_sampling = usualSampling();
    QHash<int, std::string> m_chosen;  ///< column: checkpoint, where the user chose one
    QHash<QString, Cell> m_cells;      ///< by keyOf
    QString m_asked;                   ///< keyOf what is computed now; empty: nothing
    QString m_runId;
    bool m_active = false, m_middle = true;
    QTimer m_settle;
    core::GeneratedText m_written;
    QString m_writtenFrom;
    bool m_writing = false;
    quint64 m_request = 0;  ///< of the Trainer; 0: none
};

}  // namespace thaw::ui
