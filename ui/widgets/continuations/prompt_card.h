// A pinned prompt and how each of the shown epochs continues it, side by side.
#pragma once

#include <QFrame>

#include <array>

#include "ui/bridge/continuation_controller.h"

class QTextEdit;

namespace thaw::ui {

class ElidedLabel;

class PromptCard : public QFrame {
    Q_OBJECT
public:
    explicit PromptCard(QWidget* parent = nullptr);

    void setPrompt(const QString& prompt);
    QString prompt() const;
    /// `waiting`: what stands there before the epoch is over.
    void setCell(int column, const ContinuationController::Cell& cell, const QString& waiting);
    void setColumnShown(int column, bool shown);
    /// Words that differ from the shown column on the left get a line.
    void setMarksChanges(bool marks);
    void setLow(bool low);
    QTextEdit& text(int column) { return *m_texts[static_cast<std::size_t>(column)]; }

Q_SIGNALS:
    void removeRequested();

private:
    void markChanges();
    void arrange();

    ElidedLabel* m_prompt;
    std::array<QTextEdit*, ContinuationController::kColumns> m_texts;
    std::array<ContinuationController::Cell, ContinuationController::kColumns> m_cells;
    bool m_marks = false, m_low = false;
};

}  // namespace thaw::ui
