// What a data set holds, in figures: its classes, the sizes of its pictures, and what was said of its folder.
#pragma once

#include <QScrollArea>

#include "core/api/doctor.h"

class QGridLayout;
class QLabel;

namespace thaw::ui {

class ClassBars;

class Overview : public QScrollArea {
    Q_OBJECT
public:
    explicit Overview(QWidget* parent = nullptr);

    void setCheckup(const core::DatasetCheckup& checkup);

private:
    void addRange(int row, const QString& name, const core::ValueRange& range, int decimals);

    QLabel *m_counts, *m_notes;
    ClassBars* m_bars;
    QGridLayout* m_figures;
};

}  // namespace thaw::ui
