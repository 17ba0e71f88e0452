#include "ui/widgets/pictures/camera_canvas.h"

#include <QPainter>
#include <QPainterPath>

#include "ui/models/color_map.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {

CameraCanvas::CameraCanvas(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Live picture"));
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void CameraCanvas::setPicture(std::shared_ptr<const core::RgbPicture> picture, std::optional<core::ClassMap> map) {
    m_picture = std::move(picture);
    m_map = std::move(map);
    update();
}

void CameraCanvas::setNote(const QString& note) {
    m_note = note;
    update();
}

void CameraCanvas::setMapOpacity(double opacity) {
    m_opacity = opacity;
    update();
}

QSize CameraCanvas::sizeHint() const { return {Theme::instance().px(640), Theme::instance().px(480)}; }
QSize CameraCanvas::minimumSizeHint() const { return {Theme::instance().px(240), Theme::instance().px(180)}; }

void CameraCanvas::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    QPainterPath ground;
    ground.addRoundedRect(rect(), theme.px(8), theme.px(8));
    painter.fillPath(ground, theme.color(Tone::Surface2));
    if (!m_picture) return;
    painter.setClipPath(ground);

    const QImage image(m_picture->rgb.data(), m_picture->width, m_picture->height, m_picture->width * 3, QImage::Format_RGB888);
    const QSize fitted = image.size().scaled(size(), Qt::KeepAspectRatio);
    const QRect whole(QPoint((width() - fitted.width()) / 2, (height() - fitted.height()) / 2), fitted);
    painter.drawImage(whole, image);

    // The network gets the middle.
    const int side = qMin(whole.width(), whole.height());
    const QRect square(whole.center().x() - side / 2 + 1, whole.center().y() - side / 2 + 1, side, side);
    QPainterPath outside;
    outside.addRect(whole);
    QPainterPath inside;
    inside.addRect(square);
    painter.fillPath(outside.subtracted(inside), QColor(0, 0, 0, 120));
    if (m_map) {
        painter.setOpacity(m_opacity);
        painter.drawImage(square,
                          smoothPlaneImage({m_map->values.data(), m_map->width, m_map->height}, square.size(), 0, 1, inferno));
        painter.setOpacity(1);
    }
    painter.setPen(QPen(QColor(255, 255, 255, 230), theme.px(1)));
    painter.drawRect(QRectF(square).adjusted(0.5, 0.5, -0.5, -0.5));

    if (m_note.isEmpty()) return;
    painter.setFont(theme.font(TextRole::TableStrong));
    const QSize text = painter.fontMetrics().size(Qt::TextSingleLine, m_note) + QSize(theme.px(20), theme.px(10));
    const QRect chip(QPoint(whole.left() + theme.px(12), whole.bottom() - theme.px(12) - text.height()), text);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(0, 0, 0, 170));
    painter.drawRoundedRect(chip, theme.px(6), theme.px(6));
    painter.setPen(Qt::white);
    painter.drawText(chip, Qt::AlignCenter, m_note);
}

}  // namespace thaw::ui
