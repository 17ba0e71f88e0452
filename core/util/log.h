// The core's log: listeners always, a rotating file once it is opened. Writing is in core/api/engine_info.h.
#pragma once

#include <string>

namespace thaw::core {

/// Logs to <state folder>/<program>.log, rotated. A folder that cannot be written is reported to the listeners, not thrown.
void openLogFile(const std::string& program);

}  // namespace thaw::core
