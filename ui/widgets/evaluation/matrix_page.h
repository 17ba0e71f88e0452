// The confusion matrix with what belongs to it: the pictures of the chosen cells, the classes one by one, the commonest mix-ups.
#pragma once

#include <QWidget>

#include <optional>

#include "ui/models/class_score_model.h"
#include "ui/models/confusion_model.h"
#include "ui/models/evaluated.h"
#include "ui/models/mix_up_model.h"

class QFrame;
class QGridLayout;
class QLabel;
class QPushButton;
class QToolButton;

namespace thaw::ui {

class ClassScoreTable;
class ColorLegend;
class MatrixTable;
class MixUpList;
class PictureRow;
class SegmentedBar;

class MatrixPage : public QWidget {
    Q_OBJECT
public:
    explicit MatrixPage(QWidget* parent = nullptr);

    /// The selection stays where the classes do; with new pictures it is the commonest mix-up.
    void setEvaluated(const Evaluated& evaluated);

Q_SIGNALS:
    void predictionsRequested(int truth, int predicted);  ///< -1: any
    void pictureRequested(int id);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeHead();
    QFrame* makeSide();
    void showSelection();
    void openSelection();
    void arrange();
    void place(bool low);

    Evaluated m_shown;
    ConfusionModel m_matrix;
    ClassScoreModel m_scores;
    MixUpModel m_mixUps;
    int m_openTruth = -1, m_openPredicted = -1;  // what "Open in Predictions" asks for

    QFrame* m_panel;
    QLabel *m_title, *m_count;
    ColorLegend* m_legend;
    QToolButton* m_sort;
    SegmentedBar* m_show;
    MatrixTable* m_table;
    PictureRow* m_strip;
    QPushButton* m_open;
    ClassScoreTable* m_scoreTable;
    MixUpList* m_mixUpList;
    QFrame* m_side;
    QWidget* m_scoreBox;  // in the side column
    QGridLayout* m_grid;
    std::optional<bool> m_low;  // as the grid is laid out
};

}  // namespace thaw::ui
