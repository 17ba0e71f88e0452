// A picture with a layer's plane of numbers over it, in the colours of "inferno": what counts least is dark, what counts most is
// bright.
#pragma once

#include <QImage>
#include <QPainterPath>
#include <QWidget>

#include <vector>

#include "ui/models/color_map.h"

class QPainter;

namespace thaw::ui {

struct MapOverlay {
    Plane plane;  ///< empty: the picture alone
    double low = 0, high = 1, opacity = 0.5;
};

/// The picture fitted into `box`, its corners rounded; pixels smooth, or as they are (`raw`), and so the plane. Returns the
/// rounded outline.
QPainterPath drawMappedPicture(QPainter* painter, const QRectF& box, const QImage& picture, const MapOverlay& overlay, bool raw);
/// A bar of the colours, upright or lying, its bright end at the top or the right.
void drawMapLegend(QPainter* painter, const QRectF& bar, bool upright);

/// A square that shows one.
class MapPicture : public QWidget {
    Q_OBJECT
public:
    MapPicture(int designPixels, QWidget* parent);

    void setPicture(const QImage& picture);
    void setPlane(const Plane& plane, double low, double high);  ///< copied
    void setOpacity(double opacity);
    const QImage& picture() const { return m_picture; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QImage m_picture;
    std::vector<float> m_values;
    MapOverlay m_overlay;
};

}  // namespace thaw::ui
