// Runs in words.
#pragma once

#include <QString>

#include "core/api/runs.h"

namespace thaw::ui {

/// What the user calls it, else "Run 3"; a run of another folder goes by its folder's name.
QString runName(const core::RunSummary& run);
/// "today 14:02", "yesterday 9:30", "12 Nov 2026": a moment in seconds since 1970; empty when unknown.
QString dayText(double secondsSince1970);

}  // namespace thaw::ui
