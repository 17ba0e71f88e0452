// What the colours of a confusion matrix stand for.
#pragma once

#include <QWidget>

#include <vector>

namespace thaw::ui {

class ConfusionModel;

class ColorLegend : public QWidget {
    Q_OBJECT
public:
    /// Follows the model, which outlives it.
    explicit ColorLegend(const ConfusionModel& model, QWidget* parent = nullptr);

    void setBrief(bool brief);  ///< without words
    QSize sizeHint() const override { return {widthOf(m_brief), tall()}; }
    QSize minimumSizeHint() const override { return sizeHint(); }
    int widthOf(bool brief) const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    struct Ramp {
        QString word, end;  ///< what it is, and the number at its strong end
        bool right = true;
    };
    std::vector<Ramp> ramps() const;
    double strengthAt(const Ramp& ramp, double part) const;
    int tall() const;

    const ConfusionModel& m_model;
    bool m_brief = false;
};

}  // namespace thaw::ui
