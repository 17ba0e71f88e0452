// "Ask it yourself": a box to type in, and what the chosen checkpoint says of it while one types; the words are coloured a moment
// after the last key.
#pragma once

#include <QElapsedTimer>
#include <QFrame>
#include <QTimer>

#include <optional>
#include <vector>

#include "core/api/text_attribution.h"

class QLabel;
class QPlainTextEdit;

namespace thaw::ui {

class GuessBars;
class InspectionController;

class AskBox : public QFrame {
    Q_OBJECT
public:
    explicit AskBox(QWidget* parent = nullptr);

    void bindInspection(InspectionController* inspection);  ///< once; it outlives this
    void setClassNames(const QStringList& names);           ///< another run's: the answer goes
    void setMethod(std::optional<core::AttributionMethod> method);
    void setCompact(bool compact);  ///< one line to type in, one answer
    QPlainTextEdit& edit() { return *m_edit; }
    GuessBars& answer() { return *m_guesses; }
    QString note() const;  ///< beside the title: how long the answer took, or what went wrong

Q_SIGNALS:
    void left();  ///< Esc

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void fit();
    void ask();
    void askWords();
    void show(const std::vector<float>& probabilities);
    void colour(const core::TextAttribution& made);

    InspectionController* m_inspection = nullptr;
    QStringList m_names;
    std::optional<core::AttributionMethod> m_method = core::AttributionMethod::IntegratedGradients;
    int m_best = -1;
    bool m_compact = false;
    QElapsedTimer m_asked;
    QTimer m_pause;
    QLabel *m_note, *m_warning;
    QFrame* m_frame;
    QPlainTextEdit* m_edit;
    GuessBars* m_guesses;
};

}  // namespace thaw::ui
