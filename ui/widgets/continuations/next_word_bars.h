// The words that may come next, likeliest first, as bars: a click takes one. What top-k or top-p leaves out is striped.
#pragma once

#include <QWidget>

#include <vector>

#include "core/api/continuation.h"

namespace thaw::ui {

/// A token as people can read it: a space in front as an open box, line breaks as arrows.
QString tokenText(const std::string& token);

class NextWordBars : public QWidget {
    Q_OBJECT
public:
    explicit NextWordBars(QWidget* parent = nullptr);

    void setWords(std::vector<core::NextToken> words);
    const std::vector<core::NextToken>& words() const { return m_words; }
    void setMostRows(int rows);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    void chosen(int index);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    int rows() const;
    int rowAt(const QPoint& position) const;
    void paintRow(QPainter& painter, int row) const;

    std::vector<core::NextToken> m_words;
    int m_most = 10, m_hovered = -1, m_current = 0;
};

}  // namespace thaw::ui
