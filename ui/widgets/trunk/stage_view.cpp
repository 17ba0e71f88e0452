#include "ui/widgets/trunk/stage_view.h"

#include <QPainter>

#include "ui/widgets/parts/theme.h"

namespace thaw::ui {

StageView::StageView(bool named, int tall, QWidget* parent) : QWidget(parent), m_named(named), m_tall(tall) {
    const auto fit = [this] { setFixedHeight(Theme::instance().px(m_tall)); };
    connect(&Theme::instance(), &Theme::changed, this, fit);
    fit();
}

void StageView::setDrawing(const StageDrawing& drawing) {
    m_drawing = drawing;
    update();
}

void StageView::paintEvent(QPaintEvent*) {
    if (!m_drawing) return;
    QPainter painter(this);
    if (m_named)
        m_drawing->paintNamed(painter, rect());
    else
        m_drawing->paint(painter, rect());
}

}  // namespace thaw::ui
