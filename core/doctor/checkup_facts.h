// What can be counted of a checkup's pictures.
#pragma once

#include "core/api/doctor.h"

namespace thaw::core {

/// Counts of classes, ranges and grey pictures, of the pictures that are there.
void addFacts(DatasetCheckup& checkup);

}  // namespace thaw::core
