// The model's best guesses as bars, best first; the label is marked among them. A bar can be chosen, by a click or by up, down
// and Enter.
#pragma once

#include <QWidget>

#include <vector>

namespace thaw::ui {

class PredictionListModel;

class GuessBars : public QWidget {
    Q_OBJECT
public:
    struct Guess {
        QString name;
        double probability = 0;  ///< 0..1
        bool isLabel = false;
        int classIndex = -1;
    };

    explicit GuessBars(QWidget* parent = nullptr);

    /// `known`: there is a label, so the first guess is right or wrong.
    void setGuesses(std::vector<Guess> guesses, bool known);
    void setItem(const PredictionListModel& model, int id);  ///< its five best ones
    const std::vector<Guess>& guesses() const { return m_guesses; }
    QString title() const;  ///< above them: "Five best guesses", or "Best guesses" where there are fewer
    void setChoosable(bool choosable);
    void setMarked(int classIndex);  ///< the one that something else shows; -1: none
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void classChosen(int classIndex);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    int shownRows() const;
    int rowHeight() const;
    int rowAt(const QPoint& point) const;  ///< -1: none
    void describe();
    void point(int row);
    std::vector<Guess> m_guesses;
    bool m_known = false, m_choosable = false;
    int m_marked = -1, m_pointed = -1, m_current = 0;  // a class, rows
};

}  // namespace thaw::ui
