// The plan at a glance: one cell an epoch, in the hue of what trains in it; the present one outlined and part filled.
#pragma once

#include <QWidget>

#include <vector>

namespace thaw::ui {

class PlanBar : public QWidget {
    Q_OBJECT
public:
    explicit PlanBar(QWidget* parent = nullptr);

    /// One entry an epoch of the whole plan: whether trunk layers are thawed in it.
    void setCells(std::vector<bool> thawed);
    const std::vector<bool>& cells() const { return m_thawed; }
    /// Finished epochs, and how much of the next one is done, 0..1; negative: no epoch is in work.
    void setProgress(int finished, double part);
    int finished() const { return m_finished; }
    double part() const { return m_part; }
    QRect cellRect(int epoch) const;  ///< epoch from 1
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void describe();
    std::vector<bool> m_thawed;
    int m_finished = 0;
    double m_part = -1;
};

}  // namespace thaw::ui
