// What stands for a class where there is no room for its name: its colour, in a shape that is another one each time the colours
// begin again.
#pragma once

#include <QPainterPath>

#include "ui/widgets/parts/theme.h"

namespace thaw::ui {

constexpr int kClassShapes = 6;
constexpr int kClassMarks = kClassShapes * Theme::kClassColors;  ///< so many classes look different

/// Of about the area of a disc of `radius`, never more than kMarkReach times that from the centre.
QPainterPath classShape(int classIndex, QPointF centre, double radius);
constexpr double kMarkReach = 1.45;

}  // namespace thaw::ui
