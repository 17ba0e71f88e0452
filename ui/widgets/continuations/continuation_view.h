// The page of a run that continues texts: pinned prompts at several epochs, a text to write on, and the words that may come next.
#pragma once

#include <QFrame>
#include <QWidget>

#include <array>
#include <vector>

#include "ui/bridge/continuation_controller.h"

class QBoxLayout;
class QComboBox;
class QLabel;
class QLineEdit;
class QStackedWidget;
class QToolButton;

namespace thaw::ui {

class Chip;
class EmptyState;
class NextWordBars;
class PerplexityPlot;
class PromptCard;
class SamplingBox;
class SegmentedBar;
class WriteOnBox;

class ContinuationView : public QWidget {
    Q_OBJECT
public:
    ContinuationView(TrainingController& training, InspectionController& inspection, QWidget* parent = nullptr);

    ContinuationController& controller() { return m_controller; }
    WriteOnBox& box() { return *m_box; }
    NextWordBars& nextWords() { return *m_next; }
    SamplingBox& sampling() { return *m_sampling; }
    PerplexityPlot& plot() { return *m_plot; }
    const std::vector<PromptCard*>& cards() const { return m_cards; }
    void setCompact(bool compact);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Column {
        QWidget* place = nullptr;
        QComboBox* moments = nullptr;
        QLabel* about = nullptr;
        Chip* newest = nullptr;
    };
    QWidget* makePrompts();
    QWidget* makeSide();
    Column makeColumn(int column);
    void addPrompt();
    void fillRun();
    void fillMoments();
    void fillCards();
    void fillCells();
    void fillNext();
    void takeWord(int index);
    void arrange();

    ContinuationController m_controller;
    QStackedWidget* m_pages;
    EmptyState* m_empty;
    std::array<Column, ContinuationController::kColumns> m_columns;
    SegmentedBar* m_show;
    QLineEdit* m_new;
    QToolButton* m_add;
    QBoxLayout* m_list;
    std::vector<PromptCard*> m_cards;
    WriteOnBox* m_box;
    QFrame* m_side;
    QLabel *m_after, *m_striped, *m_perplexity, *m_moment;
    NextWordBars* m_next;
    SamplingBox* m_sampling;
    PerplexityPlot* m_plot;
    bool m_compact = false, m_filling = false;
};

}  // namespace thaw::ui
