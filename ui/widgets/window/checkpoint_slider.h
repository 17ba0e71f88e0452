// A slider over the kept checkpoints of a run: the planned epochs as cells in the hue of what trained in them, a stop a
// checkpoint, marks for the best one, the ends of phases and what was thawed or frozen. Its value is the index of a stop.
#pragma once

#include <QAbstractSlider>

#include <vector>

#include "ui/models/run_curves.h"

namespace thaw::ui {

class CheckpointSlider : public QAbstractSlider {
    Q_OBJECT
public:
    struct Stop {
        double position = 0;  ///< in epochs
        QString text;         ///< of the tool tip, and what is read out
        bool endsPhase = false, best = false;
    };

    explicit CheckpointSlider(QWidget* parent = nullptr);

    /// `epochs` of the whole plan, at least 1; `trained`: as far as the run has come.
    void setPlan(double epochs, double trained, std::vector<PhaseBand> bands, std::vector<EventFlag> flags);
    /// Without a signal.
    void setStops(std::vector<Stop> stops, int current);
    const std::vector<Stop>& stops() const { return m_stops; }
    QPoint stopCentre(int index) const;
    void setSlim(bool slim);    ///< without the numbers
    int stopNear(int x) const;  ///< -1: there are none
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void sliderChange(SliderChange change) override;

private:
    QRectF barRect() const;
    double xOf(double position) const;
    void paintBar(QPainter& painter) const;
    void paintScale(QPainter& painter) const;
    void paintMarks(QPainter& painter) const;
    void paintStops(QPainter& painter) const;

    double m_epochs = 1, m_trained = 0;
    bool m_slim = false;
    std::vector<PhaseBand> m_bands;
    std::vector<EventFlag> m_flags;
    std::vector<Stop> m_stops;
};

}  // namespace thaw::ui
