// A whole item model as text, so that a test compares one picture instead of poking at single cells.
#pragma once

#include <QAbstractItemModel>
#include <QString>

namespace thaw::test {

/// A line a row, two spaces deeper for each level, columns joined by " | ", a leading [x], [ ] or [-] where there is a tick.
QString modelText(const QAbstractItemModel& model);

}  // namespace thaw::test
