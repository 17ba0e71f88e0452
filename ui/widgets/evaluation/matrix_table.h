// A confusion matrix to look at and to choose cells in: teal where right, red where wrong, by click, by dragging over several, by
// the names of rows and columns, or by the keyboard (arrows; Shift extends; Shift+Space a row, Ctrl+Space a column; Esc nothing).
#pragma once

#include <QTableView>

#include <utility>
#include <vector>

class QLabel;

namespace thaw::ui {

class ConfusionModel;
class NameHeader;

/// Ground of a cell by ConfusionModel's strength.
QColor matrixColor(double strength);

class MatrixTable : public QTableView {
    Q_OBJECT
public:
    explicit MatrixTable(QWidget* parent = nullptr);

    void setConfusionModel(ConfusionModel* model);
    /// True and predicted classes, in reading order.
    std::vector<std::pair<int, int>> selectedCells() const;
    void selectCell(int truth, int predicted);
    void selectTrue(int truth);  ///< the whole row
    void setSelectable(bool selectable);

Q_SIGNALS:
    void cellsSelected();   ///< whoever did it
    void cellsActivated();  ///< Enter or double click

protected:
    void resizeEvent(QResizeEvent* event) override;
    void updateGeometries() override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    QModelIndex moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) override;

private:
    void measure();
    void fit();
    void selectWhole(int row, int column);      // -1: all of them
    std::vector<QRect> selectedBlocks() const;  // in positions, without sums and scores
    void noteSelection();
    bool isCell(const QModelIndex& index) const;

    ConfusionModel* m_matrix = nullptr;
    NameHeader *m_across, *m_down;
    QLabel* m_corner;
    std::vector<bool> m_rowUsed, m_columnUsed;  // by position
    int m_widestCell = 0, m_widestSum = 0;      // texts
    int m_middlingName = 0;                     // half of the columns' names are wider
    bool m_pressedBeside = false;               // on a sum or a score: no drag begins there
};

}  // namespace thaw::ui
