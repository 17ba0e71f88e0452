#include "ui/widgets/window/window_place.h"

#include <QSize>

#include <algorithm>

namespace thaw::ui {
namespace {

constexpr QSize kLeast(1180, 700);  // of the visual design, where the screen has it

QRect roomOn(const QRect& available, const QMargins& frame) {
    const QRect room = available.marginsRemoved(frame);
    return room.isValid() ? room : available;
}

}  // namespace

QSize leastSizeOn(const QRect& available, const QMargins& frame) { return kLeast.boundedTo(roomOn(available, frame).size()); }

QRect centredOn(const QRect& available, const QMargins& frame, QSize size) {
    const QRect room = roomOn(available, frame);
    QRect place(QPoint(), size.boundedTo(room.size()));
    place.moveCenter(room.center());
    return movedOnto(available, frame, place);
}

QRect movedOnto(const QRect& available, const QMargins& frame, const QRect& wanted) {
    const QRect room = roomOn(available, frame);
    const QSize size = wanted.size().boundedTo(room.size());
    return {QPoint(std::clamp(wanted.x(), room.x(), room.x() + room.width() - size.width()),
                   std::clamp(wanted.y(), room.y(), room.y() + room.height() - size.height())),
            size};
}

}  // namespace thaw::ui
