#include "ui/widgets/parts/class_mark.h"

#include <algorithm>
#include <cmath>

namespace thaw::ui {
namespace {

constexpr double kPi = 3.14159265358979323846;

/// Corners in turn at the radii given, the first one `turn` degrees from the top.
QPainterPath polygon(QPointF centre, int corners, double outer, double inner, double turn) {
    QPolygonF points;
    for (int i = 0; i < corners; ++i) {
        const double angle = (turn + 360.0 * i / corners) * kPi / 180, radius = i % 2 == 0 ? outer : inner;
        points << centre + QPointF(radius * std::sin(angle), -radius * std::cos(angle));
    }
    QPainterPath path;
    path.addPolygon(points);
    path.closeSubpath();
    return path;
}

}  // namespace

QPainterPath classShape(int classIndex, QPointF centre, double radius) {
    switch (std::max(0, classIndex) / Theme::kClassColors % kClassShapes) {
        case 1:
            return polygon(centre, 4, 1.25 * radius, 1.25 * radius, 45);  // square
        case 2:
            return polygon(centre, 3, 1.4 * radius, 1.4 * radius, 0);  // triangle
        case 3:
            return polygon(centre, 4, 1.3 * radius, 1.3 * radius, 0);  // diamond
        case 4:
            return polygon(centre, 3, 1.4 * radius, 1.4 * radius, 180);  // triangle on its tip
        case 5:
            return polygon(centre, 10, kMarkReach * radius, 0.7 * radius, 0);  // star
        default:
            break;
    }
    QPainterPath disc;
    disc.addEllipse(centre, radius, radius);
    return disc;
}

}  // namespace thaw::ui
