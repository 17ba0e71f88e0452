// Pictures and how many they are, in words.
#pragma once

#include <QString>

#include <cstdint>

#include "core/api/runs.h"

namespace thaw::ui {

/// "test pictures", "validation pictures" or "training pictures".
QString picturesText(core::Split split);
/// "1 picture", "1,234 pictures".
QString picturesText(std::int64_t count);
/// "1 test picture", "1,234 validation pictures".
QString picturesText(std::int64_t count, core::Split split);
/// "Test split locked", "Test split revealed once"; empty for a run without a lock.
QString lockText(const core::TestLock& lock);

}  // namespace thaw::ui
