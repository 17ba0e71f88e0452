// What a threshold means in figures: the four counts, and sensitivity, specificity, predictive values and likelihood ratios with
// their 95 % intervals, each explained in its tool tip. Below them the figures over all classes.
#pragma once

#include <QWidget>

#include <vector>

#include "core/api/threshold.h"

class QLabel;

namespace thaw::ui {

class ThresholdFigures : public QWidget {
    Q_OBJECT
public:
    explicit ThresholdFigures(QWidget* parent = nullptr);

    void setReport(const core::ThresholdReport& report, const QString& className);
    /// Over all classes; empty: they are being computed.
    void setMetrics(core::TaskKind task, const std::vector<core::BootstrapMetric>& metrics);
    void failMetrics(const QString& problem);  ///< they cannot be computed, and why
    void setRoomy(bool roomy);

private:
    /// A name with its value, and its interval below.
    struct Row {
        QWidget* box;
        QLabel *name, *value, *interval;
    };
    enum FigureIndex { Sensitivity, Specificity, PositiveValue, NegativeValue, PositiveRatio, NegativeRatio, FigureCount };

    Row makeRow(const QString& name, const QString& explanation);
    QWidget* makeCounts();
    static void show(const Row& row, const QString& value, const QString& interval);

    QLabel *m_sentence, *m_allTitle, *m_allNote;
    QLabel* m_counts[4];  // true positives, false negatives; false positives, true negatives
    std::vector<Row> m_rows, m_allRows;
};

/// "12.3", "0.12", an infinity sign: a likelihood ratio.
QString ratioText(double ratio);
/// "87.1 to 94.2 %".
QString shareIntervalText(const core::Interval& interval);

}  // namespace thaw::ui
