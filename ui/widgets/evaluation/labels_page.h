// The classes of a run whose pictures have several labels each: a row a class. Double click or Enter shows its pictures.
#pragma once

#include <QWidget>

#include "ui/models/evaluated.h"

class QTableView;

namespace thaw::ui {

class LabelScoreModel;

class LabelsPage : public QWidget {
    Q_OBJECT
public:
    explicit LabelsPage(QWidget* parent = nullptr);
    void setEvaluated(const Evaluated& evaluated);  ///< of several labels each

Q_SIGNALS:
    void predictionsRequested(int truth, int predicted);  ///< as ConfusionView's

private:
    LabelScoreModel* m_scores;
    QTableView* m_table;
};

}  // namespace thaw::ui
