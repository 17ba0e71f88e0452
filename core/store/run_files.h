// The names inside a run folder, and what reading and writing sides share.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace thaw::core {

inline std::filesystem::path manifestFileOf(const std::filesystem::path& run) { return run / "run.json"; }
/// What the user calls the run; missing where the lesson's title does.
inline std::filesystem::path labelFileOf(const std::filesystem::path& run) { return run / "label.json"; }
inline std::filesystem::path eventsFileOf(const std::filesystem::path& run) { return run / "events.jsonl"; }

/// The whole lines of events.jsonl; a torn last one is left out. `wholeBytes`: where they end. Throws StoreError.
std::vector<std::string> readEventLines(const std::filesystem::path& run, std::size_t* wholeBytes = nullptr);

}  // namespace thaw::core
