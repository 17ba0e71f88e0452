// The words that speak most for and against a class, as bars on both sides of a line at zero: solid for, striped against.
#pragma once

#include <QWidget>

#include <vector>

#include "ui/models/word_marks.h"

namespace thaw::ui {

class WordBars : public QWidget {
    Q_OBJECT
public:
    explicit WordBars(QWidget* parent = nullptr);
    void setWords(std::vector<WordSum> words);
    const std::vector<WordSum>& words() const { return m_words; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {0, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<WordSum> m_words;
};

}  // namespace thaw::ui
