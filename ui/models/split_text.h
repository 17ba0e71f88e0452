// The pictures that a run is judged on, in words.
#pragma once

#include <QString>

#include "core/api/runs.h"

namespace thaw::ui {

/// "test pictures", "validation pictures" or "training pictures".
QString picturesText(core::Split split);
/// "Test split locked", "Test split revealed once"; empty for a run without a lock.
QString lockText(const core::TestLock& lock);

}  // namespace thaw::ui
