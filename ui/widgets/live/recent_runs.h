// The last runs on the welcome page, a row each: its curve, its name, data, accuracy and day, and the way back into it.
#pragma once

#include <QFrame>

#include <vector>

#include "core/api/runs.h"

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace thaw::ui {

/// The validation accuracies of a run, small.
class SparkLine : public QWidget {
    Q_OBJECT
public:
    explicit SparkLine(QWidget* parent = nullptr);
    void setScores(std::vector<double> scores, int plannedEpochs);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<double> m_scores;
    int m_planned = 0;
};

class RecentRuns : public QWidget {
    Q_OBJECT
public:
    static constexpr int kMost = 3;

    explicit RecentRuns(QWidget* parent = nullptr);

    /// Newest first; the first few that have something to show. `enabled`: they can be opened now.
    void setRuns(const std::vector<core::RunSummary>& runs, bool enabled);
    bool isEmpty() const { return m_shown.empty(); }

Q_SIGNALS:
    void openRequested(const QString& directory);
    void continueRequested(const QString& directory);

private:
    struct Row {
        QFrame* frame;
        SparkLine* curve;
        QLabel *name, *about, *best;
        QPushButton* button;
    };

    Row makeRow(int index);
    void fill(const Row& row, const core::RunSummary& run);
    void applyTheme();

    std::vector<core::RunSummary> m_shown;
    std::vector<Row> m_rows;
    QLabel* m_title;
    QVBoxLayout* m_column;
};

}  // namespace thaw::ui
