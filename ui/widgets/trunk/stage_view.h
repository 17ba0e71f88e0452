// The drawing of a trunk as a widget, with or without the names of its stages.
#pragma once

#include <QWidget>

#include <optional>

#include "ui/widgets/trunk/stage_drawing.h"

namespace thaw::ui {

class StageView : public QWidget {
    Q_OBJECT
public:
    /// `tall`: of the bars and what is below them, design pixels.
    StageView(bool named, int tall, QWidget* parent = nullptr);
    void setDrawing(const StageDrawing& drawing);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    bool m_named;
    int m_tall;
    std::optional<StageDrawing> m_drawing;
};

}  // namespace thaw::ui
