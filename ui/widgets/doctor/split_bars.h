// Training, validation and test with a bar each: the share of the pictures, how many groups and how many pictures.
#pragma once

#include <QWidget>

#include <optional>

#include "core/api/division_preview.h"

namespace thaw::ui {

class SplitBars : public QWidget {
    Q_OBJECT
public:
    explicit SplitBars(QWidget* parent = nullptr);

    void setPreview(const core::DivisionPreview& preview);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    struct Row {
        QString name;
        core::DividedSide side;
    };
    std::vector<Row> m_rows;
    bool m_grouped = false;
};

}  // namespace thaw::ui
