// One class against the rest at a threshold that the user moves: the ROC and the precision-recall curve with the marked point,
// and what that point means in figures.
#pragma once

#include <QWidget>

#include <vector>

#include "core/api/threshold.h"
#include "ui/models/evaluated.h"

class QFrame;
class QLabel;
class QSlider;

namespace thaw::ui {

class NumberBox;
class SettingCombo;
class ThresholdFigures;
class ThresholdPlot;

class ThresholdPage : public QWidget {
    Q_OBJECT
public:
    explicit ThresholdPage(QWidget* parent = nullptr);

    /// Of either task. The class and the threshold stay where the classes do; else it is the second class of two, the first of
    /// more.
    void setEvaluated(const Evaluated& evaluated);
    /// Figures over all classes of what is shown; empty: they are being computed.
    void setMetrics(const std::vector<core::BootstrapMetric>& metrics);
    void failMetrics(const QString& problem);  ///< they cannot be computed, and why
    int chosenClass() const { return m_class; }
    double threshold() const { return m_report.counts.threshold; }

public Q_SLOTS:
    void setThreshold(double threshold);  ///< 0..1

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QFrame* makeCurves();
    QFrame* makeSide();
    QWidget* makeChoice(QWidget* parent);
    void chooseClass(int classIndex);
    void arrange();

    Evaluated m_shown;
    int m_class = 0;
    bool m_outdated = false;  // the curves are not of what is shown: nobody looked
    core::ThresholdReport m_report;

    QFrame *m_panel, *m_side;
    SettingCombo* m_classes;
    QLabel *m_problem, *m_rocTitle, *m_precisionTitle;
    ThresholdPlot *m_roc, *m_precision;
    QSlider* m_slider;
    NumberBox* m_field;
    ThresholdFigures* m_figures;
};

}  // namespace thaw::ui
