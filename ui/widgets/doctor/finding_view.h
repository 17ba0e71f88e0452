// One finding: how it was found, its pictures or files, and one action for many of them.
#pragma once

#include <QWidget>

#include "ui/models/found_picture_model.h"

class QLabel;
class QPushButton;
class QStackedWidget;

namespace thaw::ui {

class ClassBars;
class DoctorController;
class FoundTiles;
class SegmentedBar;
class SettingCombo;

class FindingView : public QWidget {
    Q_OBJECT
public:
    explicit FindingView(DoctorController& doctor, QWidget* parent = nullptr);

    void setFinding(const Finding* finding);  ///< copied; null: none is open
    FoundPictureModel& pictures() { return m_pictures; }
    FoundTiles& tiles() { return *m_tiles; }
    void showRow(int row);

Q_SIGNALS:
    void pictureChosen();
    void balanceRequested();

private:
    QWidget* makeFilters();
    QWidget* makeFoot();
    void refresh();
    void refreshCounts();
    void proposeMany();
    std::vector<core::Decision> decisionsForMany() const;
    void decideMany();

    DoctorController& m_doctor;
    FoundPictureModel m_pictures;
    QLabel *m_title, *m_count, *m_explanation, *m_lines, *m_question, *m_foot;
    QWidget *m_filters, *m_footRow, *m_asking;
    SegmentedBar* m_show;
    SettingCombo* m_class;
    QStackedWidget* m_stack;
    FoundTiles* m_tiles;
    ClassBars* m_bars;
    QPushButton *m_many, *m_doMany, *m_balance;
};

}  // namespace thaw::ui
