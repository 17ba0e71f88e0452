// One text in full: its words coloured by what speaks for and against a class, the verdict, the best guesses, the strongest
// words; below, a box to ask about a text of one's own.
#pragma once

#include <QFrame>

#include <memory>

class QLabel;
class QToolButton;

namespace thaw::ui {

class AskBox;
class GuessBars;
class InspectionController;
class PageScroll;
class PredictionListModel;
class TextAttributions;
class TextPlate;
class VerdictPlate;
class WordBars;

class TextDetail : public QFrame {
    Q_OBJECT
public:
    explicit TextDetail(QWidget* parent = nullptr);

    void setTextModel(PredictionListModel* model);
    /// Once; both outlive the detail.
    void bind(InspectionController* inspection, TextAttributions* attributions);
    void showText(int id);  ///< -1: none
    int text() const { return m_id; }
    AskBox& askBox() { return *m_ask; }

Q_SIGNALS:
    void previousRequested();
    void nextRequested();

protected:
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void refresh();
    void refreshWords();
    void chooseClass(int classIndex);
    void fitHeight();

    PredictionListModel* m_model = nullptr;
    InspectionController* m_inspection = nullptr;
    TextAttributions* m_attributions = nullptr;
    int m_id = -1, m_class = -1;  // -1: the predicted one
    bool m_compact = false;
    QLabel *m_title, *m_empty, *m_wordsTitle, *m_sum;
    QToolButton *m_previous, *m_next;
    PageScroll* m_scroll;
    QWidget* m_content;
    TextPlate* m_plate;
    VerdictPlate* m_verdict;
    GuessBars* m_guesses;
    WordBars* m_words;
    AskBox* m_ask;
};

}  // namespace thaw::ui
