// The classes of a data set with a bar each: training pictures, against the largest class.
#pragma once

#include <QWidget>

#include "core/api/doctor.h"

namespace thaw::ui {

class ClassBars : public QWidget {
    Q_OBJECT
public:
    explicit ClassBars(QWidget* parent = nullptr);

    void setClasses(std::vector<core::ClassCounts> classes);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<core::ClassCounts> m_classes;
};

}  // namespace thaw::ui
