// The texts of one page as cards, as many as fit: the list tells the model the size of a page. Keeps the chosen text by its id
// when the model refreshes. Arrow keys go on over the page's ends, Page Up and Page Down turn pages.
#pragma once

#include <QListView>

namespace thaw::ui {

class PredictionListModel;
class TextAttributions;

class TextCards : public QListView {
    Q_OBJECT
public:
    explicit TextCards(QWidget* parent = nullptr);

    void setTextModel(PredictionListModel* model);
    /// Colours the words of what is visible.
    void setAttributions(TextAttributions* attributions);

    int currentText() const { return m_current; }
    void setCurrentText(int id);  ///< turns to its page
    void goToPrevious();
    void goToNext();

Q_SIGNALS:
    void currentTextChanged(int id);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    bool viewportEvent(QEvent* event) override;

private:
    void fit();
    void restoreCurrent();
    void wantWords();
    void step(int by);
    QString toolTipAt(const QModelIndex& index, const QPoint& place) const;

    PredictionListModel* m_texts = nullptr;
    TextAttributions* m_attributions = nullptr;
    int m_current = -1;
    bool m_restoring = false;
};

}  // namespace thaw::ui
