#include "ui/widgets/pictures/map_picture.h"

#include <QLinearGradient>
#include <QPainter>

#include "ui/widgets/parts/theme.h"

namespace thaw::ui {

QPainterPath drawMappedPicture(QPainter* painter, const QRectF& box, const QImage& picture, const MapOverlay& overlay, bool raw) {
    const Theme& theme = Theme::instance();
    QPainterPath outline;
    outline.addRoundedRect(box, theme.px(8), theme.px(8));
    painter->fillPath(outline, theme.color(Tone::Surface2));
    if (picture.isNull()) {
        const int icon = theme.px(32);
        painter->drawPixmap(box.center() - QPointF(icon / 2.0, icon / 2.0),
                            theme.pixmap(QStringLiteral("image"), Tone::Ink3, 32, painter->device()->devicePixelRatioF()));
        return outline;
    }
    painter->save();
    painter->setClipPath(outline);
    const QSizeF fitted = QSizeF(picture.size()).scaled(box.size(), Qt::KeepAspectRatio);
    const QRectF target(box.center() - QPointF(fitted.width() / 2, fitted.height() / 2), fitted);
    const QSize pixels = (fitted * painter->device()->devicePixelRatioF()).toSize();
    painter->drawImage(target,
                       picture.scaled(pixels, Qt::IgnoreAspectRatio, raw ? Qt::FastTransformation : Qt::SmoothTransformation));
    if (!overlay.plane.isEmpty()) {
        const QImage map = raw ? planeImage(overlay.plane, overlay.low, overlay.high, inferno)
                               : smoothPlaneImage(overlay.plane, pixels, overlay.low, overlay.high, inferno);
        painter->setOpacity(overlay.opacity);
        painter->drawImage(target, map);
    }
    painter->restore();
    return outline;
}

void drawMapLegend(QPainter* painter, const QRectF& bar, bool upright) {
    QLinearGradient colors(upright ? bar.bottomLeft() : bar.topLeft(), upright ? bar.topLeft() : bar.topRight());
    for (int step = 0; step <= 16; ++step) colors.setColorAt(step / 16.0, QColor::fromRgb(inferno(step / 16.0)));
    painter->setPen(Qt::NoPen);
    painter->setBrush(colors);
    const double radius = Theme::instance().px(3);
    painter->drawRoundedRect(bar, radius, radius);
}

MapPicture::MapPicture(int designPixels, QWidget* parent) : QWidget(parent) {
    const auto fit = [this, designPixels] {
        setFixedSize(Theme::instance().px(designPixels), Theme::instance().px(designPixels));
    };
    fit();
    connect(&Theme::instance(), &Theme::changed, this, fit);
}

void MapPicture::setPicture(const QImage& picture) {
    m_picture = picture;
    update();
}

void MapPicture::setPlane(const Plane& plane, double low, double high) {
    m_values.clear();
    if (!plane.isEmpty()) m_values.assign(plane.values, plane.values + static_cast<std::ptrdiff_t>(plane.width) * plane.height);
    m_overlay.plane = {m_values.empty() ? nullptr : m_values.data(), plane.width, plane.height};
    m_overlay.low = low;
    m_overlay.high = high;
    update();
}

void MapPicture::setOpacity(double opacity) {
    m_overlay.opacity = opacity;
    update();
}

void MapPicture::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    drawMappedPicture(&painter, rect(), m_picture, m_overlay, false);
}

}  // namespace thaw::ui
