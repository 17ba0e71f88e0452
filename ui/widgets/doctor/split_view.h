// The view Split: who divides the pictures, by which shares, and what must not be on both sides. What is chosen here is set for
// the next run.
#pragma once

#include <QWidget>

#include <functional>
#include <vector>

#include "core/api/config_fields.h"
#include "ui/models/found_picture_model.h"
#include "ui/models/group_rule.h"
#include "ui/widgets/parts/number_box.h"

class QLabel;
class QLineEdit;
class QStackedWidget;
class QVBoxLayout;

namespace thaw::ui {

class DivisionController;
class DoctorController;
class EmptyState;
class FoundTiles;
class SegmentedBar;
class SettingCombo;
class SettingRow;

class SplitView : public QWidget {
    Q_OBJECT
public:
    SplitView(DoctorController& doctor, DivisionController& division, QWidget* parent = nullptr);

    const FoundPictureModel& pictures() const { return m_pictures; }  ///< of the groups that lie on both sides
    void showGroups();                                                ///< those that lie on both sides, as tiles

Q_SIGNALS:
    void splitChosen(const thaw::core::SplitConfig& split);

private:
    using Split = core::SplitConfig;
    struct Number {
        SettingRow* row;
        NumberBox* box;
        std::function<double(const Split&)> get;
        core::SplitMode mode;
    };

    QWidget* makeForm();
    void addNumbers(QVBoxLayout& rows);
    void addRule(QVBoxLayout& rows);
    QWidget* makeResult();
    void addNumber(QVBoxLayout& rows, const char* setting, NumberStep step, double size, std::function<double(const Split&)> get,
                   const std::function<void(Split&, double)>& set, core::SplitMode mode);
    void change(const std::function<void(Split&)>& edit);
    void chooseRule();
    void refresh();
    void refreshRule();
    void refreshTiles();

    DoctorController& m_doctor;
    DivisionController& m_division;
    FoundPictureModel m_pictures;
    GroupRule m_rule;  // as it was chosen here, also where it says nothing yet
    bool m_groupsShown = false;
    QWidget *m_form = nullptr, *m_content = nullptr;
    SegmentedBar* m_mode = nullptr;
    std::vector<Number> m_numbers;
    SettingRow *m_seedRow = nullptr, *m_partRow = nullptr, *m_expressionRow = nullptr, *m_columnRow = nullptr;
    NumberBox* m_seed = nullptr;
    SettingCombo *m_kind = nullptr, *m_part = nullptr, *m_column = nullptr;
    QLineEdit* m_expression = nullptr;
    QLabel *m_modeText = nullptr, *m_tilesTitle = nullptr;
    FoundTiles* m_tiles = nullptr;
    EmptyState* m_empty = nullptr;
    QStackedWidget* m_stack = nullptr;
};

}  // namespace thaw::ui
