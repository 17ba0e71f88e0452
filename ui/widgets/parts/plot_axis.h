// What plots share: round numbers for axes, the hatching of what is still to come, and the frame of the one that has the keys.
#pragma once

#include <QRectF>
#include <QString>

#include <vector>

class QPainter;

namespace thaw::ui {

/// Multiples of 1, 2 or 5 times a power of ten within [low, high], about `wanted` of them; empty where low >= high.
std::vector<double> roundTicks(double low, double high, int wanted);
/// As many decimals as the step needs, in the user's locale.
QString tickText(double value, double step);
/// Lines from lower left to upper right in the tone Hatch.
void paintHatch(QPainter* painter, const QRectF& area);
/// Just inside `area`.
void paintFocusRing(QPainter* painter, const QRectF& area);

}  // namespace thaw::ui
