// A reliability diagram: how often the network is right where it is so sure, and how many pictures that are. Bars on the diagonal
// are honest; below it the network is too sure of itself, above it too unsure.
#pragma once

#include <QWidget>

#include "core/api/evaluation.h"

namespace thaw::ui {

class ReliabilityPlot : public QWidget {
    Q_OBJECT
public:
    explicit ReliabilityPlot(QWidget* parent = nullptr);

    void setCalibration(const core::Calibration& calibration);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    /// A bin in words; empty outside.
    QString binText(int bin) const;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    struct Places {
        QRectF chart, counts;  ///< the diagram, and the histogram below it
    };
    Places places() const;
    int binAt(const QPointF& point) const;
    void setCurrent(int bin);

    core::Calibration m_calibration;
    int m_current = -1;
};

}  // namespace thaw::ui
