// What was decided about single pictures: a row each with a way to take it back, undo, and the list as a file.
#pragma once

#include <QFrame>

#include <string>

class QAbstractItemView;
class QLabel;
class QPushButton;
class QToolButton;

namespace thaw::ui {

class DecisionListModel;
class DoctorController;

class DecisionBox : public QWidget {
    Q_OBJECT
public:
    explicit DecisionBox(DoctorController& doctor, QWidget* parent = nullptr);

private:
    QWidget* makeHead();
    void refresh();
    void exportTable();

    DoctorController& m_doctor;
    DecisionListModel* m_model;
    QLabel* m_count;
    QToolButton* m_export;
    QPushButton* m_undo;
    QAbstractItemView* m_list;
};

}  // namespace thaw::ui
