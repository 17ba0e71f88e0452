// A line of events.jsonl read back. Writing is toJsonLine(); the fields of each event stand beside it in events.cpp.
#pragma once

#include <optional>

#include "core/api/events.h"
#include "core/store/strict_json.h"

namespace thaw::core {

/// What is missing gets the event's default, a figure NaN; what is not known is left out. Of RunStarted and CheckpointSaved only
/// the fact. Nothing: an event of another version, or no event. Never throws.
std::optional<Event> eventFromJson(const nlohmann::json& line);

}  // namespace thaw::core
