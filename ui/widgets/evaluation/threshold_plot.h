// One class against the rest at every threshold: the ROC curve or the precision-recall curve, with the point of the threshold in
// force and its 95 % intervals. A click, a drag or the arrow keys choose another point.
#pragma once

#include <QWidget>

#include <memory>
#include <vector>

#include "core/api/threshold.h"

namespace thaw::ui {

class ThresholdPlot : public QWidget {
    Q_OBJECT
public:
    enum class Kind {
        Roc,              ///< sensitivity over 1 - specificity
        PrecisionRecall,  ///< precision over recall
    };
    using Curve = std::vector<core::ThresholdCounts>;

    explicit ThresholdPlot(Kind kind, QWidget* parent = nullptr);

    /// As thresholdCurve(); null: none.
    void setCurve(std::shared_ptr<const Curve> curve);
    void setPoint(const core::ThresholdReport& point);
    QString pointText() const;  ///< the marked point in words; empty without a curve
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void thresholdChosen(double threshold);  ///< by the user

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;

private:
    struct Place {
        double x = 0, y = 0;  ///< 0..1
    };
    Place placeOf(const core::ThresholdCounts& counts) const;
    QRectF chart() const;
    std::size_t currentIndex() const;
    void choose(std::size_t index);
    void chooseNear(const QPointF& point);
    void paintAxes(QPainter& painter, const QRectF& chart) const;
    void paintCurve(QPainter& painter, const QRectF& chart) const;
    void paintPoint(QPainter& painter, const QRectF& chart) const;

    const Kind m_kind;
    std::shared_ptr<const Curve> m_curve;
    core::ThresholdReport m_point;
};

}  // namespace thaw::ui
