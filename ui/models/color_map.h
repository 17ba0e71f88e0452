// Numbers as colours: ramps, and planes of numbers as images.
#pragma once

#include <QColor>
#include <QImage>
#include <QSize>

#include <functional>

namespace thaw::ui {

/// A colour for 0..1; what lies outside is clamped.
using ColorRamp = std::function<QRgb(double)>;

/// Matplotlib's "inferno", from nearly black to pale yellow, each channel to within 6 of 255.
QRgb inferno(double value);
/// From one colour to another; `share` 0..1 of the second.
QColor mixed(const QColor& from, const QColor& to, double share);
ColorRamp rampBetween(const QColor& from, const QColor& to);

/// Numbers in rows, not owned.
struct Plane {
    const float* values = nullptr;
    int width = 0, height = 0;
    bool isEmpty() const { return !values || width < 1 || height < 1; }
};

/// A pixel a number; `low` is the ramp's 0, `high` its 1. Where they are equal, all is 0.
QImage planeImage(const Plane& plane, double low, double high, const ColorRamp& ramp);
/// The same in `size` pixels, numbers interpolated between the centres of their cells: as a layer's plane lies over the picture.
QImage smoothPlaneImage(const Plane& plane, QSize size, double low, double high, const ColorRamp& ramp);

}  // namespace thaw::ui
