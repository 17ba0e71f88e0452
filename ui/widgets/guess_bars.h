// The model's best guesses as bars, best first; the label is marked among them.
#pragma once

#include <QWidget>

#include <vector>

namespace thaw::ui {

class GuessBars : public QWidget {
    Q_OBJECT
public:
    struct Guess {
        QString name;
        double probability = 0;  ///< 0..1
        bool isLabel = false;
    };

    explicit GuessBars(QWidget* parent = nullptr);

    /// `known`: there is a label, so the first guess is right or wrong.
    void setGuesses(std::vector<Guess> guesses, bool known);
    const std::vector<Guess>& guesses() const { return m_guesses; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<Guess> m_guesses;
    bool m_known = false;
};

}  // namespace thaw::ui
