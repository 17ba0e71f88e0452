// The Confusion matrix tab: where the network is right and where it is wrong at the chosen checkpoint, on five pages: the matrix
// with its pictures, the costliest mistakes, a class at a threshold, calibration, and the difference to another model. Where
// pictures have several labels each, a table of the classes stands in place of all but the mistakes and the threshold.
#pragma once

#include <QWidget>

#include "core/api/threshold.h"
#include "ui/models/evaluated.h"

class QLabel;
class QStackedWidget;

namespace thaw::ui {

class CalibrationPage;
class ComparePage;
class EmptyState;
class LabelsPage;
class MatrixPage;
class MessageLine;
class SegmentedBar;
class Session;
class ThresholdPage;
class TopLossesPage;
class WorkStrip;

class ConfusionView : public QWidget {
    Q_OBJECT
public:
    enum Page { Matrix, TopLosses, CalibrationDiagram, Compare, Labels, Threshold };

    /// The session outlives the view.
    explicit ConfusionView(Session& session, QWidget* parent = nullptr);

    void showPage(Page page);
    const Evaluated& shown() const { return m_shown; }  ///< without predictions: nothing yet

Q_SIGNALS:
    void predictionsRequested(int truth, int predicted);  ///< these classes in Predictions; -1: any
    void pictureRequested(int id);                        ///< this test picture there

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    /// A number of the head line with its name, its explanation and, below, its 95 % interval.
    struct Figure {
        QWidget* box;
        QLabel *name, *value, *interval;
    };

    QWidget* makeHead();
    Figure makeFigure(const QString& name);
    void forget();
    void askIfSeen();
    void ask();
    void take(const Evaluated& evaluated);
    void resumePage();
    void fail(const QString& problem);
    void refresh();
    void showPagesOfTask();
    void setFigure(int index, const QString& name, const QString& value, const QString& explanation,
                   const QString& interval = {});
    void showFigures();
    void showLabelFigures();
    void askIntervals();
    void showIntervals(const std::vector<core::BootstrapMetric>& metrics);
    void arrange();

    Session& m_session;
    Evaluated m_shown;
    QString m_runId;
    QString m_problem;        // why the last question has no answer; empty: it has, or will have
    bool m_outdated = false;  // another checkpoint was chosen while nobody looked
    bool m_waiting = false;

    QWidget *m_head, *m_figureRow;
    SegmentedBar* m_pages;
    QLabel* m_moment;
    std::vector<Figure> m_figures;
    WorkStrip* m_work;
    MessageLine* m_message;
    QStackedWidget *m_stack, *m_content;
    EmptyState* m_empty;
    MatrixPage* m_matrix;
    TopLossesPage* m_losses;
    CalibrationPage* m_calibration;
    ComparePage* m_compare;
    LabelsPage* m_labels;
    ThresholdPage* m_threshold;
};

}  // namespace thaw::ui
