// Some of the test pictures in one row under a title, page by page.
#pragma once

#include <QFrame>
#include <QTimer>

#include "ui/models/prediction_list_model.h"

class QHBoxLayout;
class QLabel;
class QStackedWidget;
class QToolButton;
class QVBoxLayout;

namespace thaw::ui {

class ElidedLabel;
class PictureGrid;

class PictureRow : public QFrame {
    Q_OBJECT
public:
    explicit PictureRow(QWidget* parent = nullptr);
    ~PictureRow() override;

    PredictionListModel& pictures() { return m_pictures; }
    PictureGrid& grid() { return *m_grid; }
    void setTitle(const QString& title, const QString& caption);
    QString title() const;
    /// Said in place of the pictures where there are none.
    void setEmptyText(const QString& text);
    /// Pictures side by side; 0: as many as fit.
    void setColumns(int columns);
    /// At the right end of the title.
    void addTool(QWidget* tool);

Q_SIGNALS:
    void pictureRequested(int id);  ///< double click or Enter

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void arrange();

    PredictionListModel m_pictures;
    ElidedLabel* m_title;
    QLabel *m_caption, *m_range, *m_empty;
    QToolButton *m_previous, *m_next;
    QWidget* m_tools;  // what stands at the right end
    QHBoxLayout* m_line;
    QVBoxLayout* m_head;
    bool m_twoLines = false;
    QTimer m_arranging;  // not while a layout sets the geometry that asks for it: showing a label would lay out again inside
    PictureGrid* m_grid;
    QStackedWidget* m_stack;
};

}  // namespace thaw::ui
