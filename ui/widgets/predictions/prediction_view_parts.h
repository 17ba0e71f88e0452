// Small drawn parts of the Predictions page.
#pragma once

#include <QWidget>

namespace thaw::ui {

inline constexpr int kPagePadding = 15, kPageGap = 10;  ///< pixels inside the page's panel and between its panels

/// "right", "wrong" and the bar, as far as there is room.
class PredictionLegend : public QWidget {
    Q_OBJECT
public:
    explicit PredictionLegend(QWidget* parent);
    void setTexts(bool texts);  ///< what the words' colours mean instead
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void paintTexts();
    bool m_texts = false;
};

/// Over the whole page while files hover over it.
class DropOverlay : public QWidget {
    Q_OBJECT
public:
    explicit DropOverlay(QWidget* parent);

protected:
    void paintEvent(QPaintEvent* event) override;
};

}  // namespace thaw::ui
