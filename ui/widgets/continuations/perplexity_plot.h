// The validation perplexity after each epoch on a logarithmic axis, with what is still to come hatched.
#pragma once

#include <QWidget>

#include <vector>

namespace thaw::ui {

class PerplexityPlot : public QWidget {
    Q_OBJECT
public:
    struct Point {
        int epoch = 0;
        double perplexity = 0;
    };

    explicit PerplexityPlot(QWidget* parent = nullptr);

    void setPoints(std::vector<Point> points, int plannedEpochs);
    const std::vector<Point>& points() const { return m_points; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<Point> m_points;  ///< by epoch; only figures above 0
    int m_planned = 1;
};

}  // namespace thaw::ui
