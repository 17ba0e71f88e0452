// Where a window goes on a screen: all of it in sight, its frame included. Pure. Logical pixels.
#pragma once

#include <QMargins>
#include <QRect>

namespace thaw::ui {

/// What the window system may put around a window, as long as it is not shown and nobody can tell.
constexpr QMargins kGuessedFrame{4, 36, 4, 4};

/// The smallest size that the window may be given there: never more than fits, be the screen ever so small.
QSize leastSizeOn(const QRect& available, const QMargins& frame);
/// A window of `size`, or of what fits of it, in the middle.
QRect centredOn(const QRect& available, const QMargins& frame, QSize size);
/// `wanted`, the window without its frame, made smaller and moved as far as it takes.
QRect movedOnto(const QRect& available, const QMargins& frame, const QRect& wanted);

}  // namespace thaw::ui
