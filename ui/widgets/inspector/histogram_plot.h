// How many numbers of a layer lie where: now, and at the start behind it. Ends that hardly any number reaches are left out; the
// tool tip of a place says how many there are, as do the left and right keys, which walk over the bins.
#pragma once

#include <QWidget>

#include <vector>

#include "core/api/inspector.h"

namespace thaw::ui {

/// Equal bins from the smallest to the largest finite value; what is not finite is left out.
core::Histogram histogramOf(const std::vector<float>& values, int bins);

class HistogramPlot : public QWidget {
    Q_OBJECT
public:
    explicit HistogramPlot(QWidget* parent = nullptr);

    /// `before` without counts: there is none. Both over the same bins. `remark` stands at the right of the legend.
    void setHistograms(const core::Histogram& before, const core::Histogram& now, const QString& remark);
    /// In place of the curves: why there are none.
    void setMessage(const QString& message);
    bool hasContent() const { return !m_now.counts.empty(); }
    QString remark() const { return m_remark; }
    QString message() const { return m_message; }
    /// A bin in words; empty outside.
    QString binText(int bin) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void setRead(int bin);
    int binAt(double value) const;  ///< may be outside
    double middleOf(int bin) const;
    QRectF plotArea() const;
    double xOf(double value) const;
    void fitRange();
    /// How many numbers the height stands for. A lone peak, as that of a ReLU's zeros, goes on above it.
    double fullHeight() const;
    void paintPeak(QPainter* painter, const QRectF& area) const;

    core::Histogram m_before, m_now;
    QString m_remark, m_message;
    double m_low = 0, m_high = 1;  // of the axis
    int m_read = -1;               // bin that the keys have come to
};

}  // namespace thaw::ui
