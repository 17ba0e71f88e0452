// events.jsonl open for appending whole lines. Several may have it open, in this process or another: lines never mix, and a line
// that a crash or a full disk tore is cut off before the next one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace thaw::core {

class EventsFile {
public:
    /// Of a run's folder. Throws StoreError.
    explicit EventsFile(const std::filesystem::path& run);
    ~EventsFile();
    EventsFile(const EventsFile&) = delete;
    EventsFile& operator=(const EventsFile&) = delete;

    /// Adds the newline. Throws StoreError; then the file is as before.
    void append(const std::string& line);
    void sync();

private:
    void cutTornLine();

    std::filesystem::path m_file;
    int m_descriptor = -1;
    std::int64_t m_wholeBytes = 0;
};

}  // namespace thaw::core
