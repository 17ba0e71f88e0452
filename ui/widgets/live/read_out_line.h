// The figures at the crosshair; with its line samples it is the legend.
#pragma once

#include <QWidget>

#include <vector>

#include "ui/widgets/live/curve_plot.h"

namespace thaw::ui {

class ReadOutLine : public QWidget {
    Q_OBJECT
public:
    struct Other {
        QString name;
        int penIndex;
        double score;
    };

    ReadOutLine(const CurvePlot* plot, QWidget* parent);
    void setReadOut(const ReadOut& readOut, std::vector<Other> others);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const CurvePlot* m_plot;
    ReadOut m_readOut;
    std::vector<Other> m_others;
};

}  // namespace thaw::ui
