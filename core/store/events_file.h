// events.jsonl open for appending whole lines. Several may have it open, in this process or another: lines never mix, none is
// lost while another one rewrites the file, and a line that a crash or a full disk tore is cut off before the next one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace thaw::core {

class EventsFile {
public:
    /// Of a run's folder. Throws StoreError.
    explicit EventsFile(const std::filesystem::path& run);
    ~EventsFile();
    EventsFile(const EventsFile&) = delete;
    EventsFile& operator=(const EventsFile&) = delete;

    using Lines = std::vector<std::string>;  ///< without their newlines

    /// Adds the newline. Throws StoreError; then the file is as before.
    void append(const std::string& line);
    /// The same of a line that depends on those before it: nobody writes in between.
    void appendAfter(const std::function<std::string(const Lines&)>& line);
    /// Replaces the file atomically by the lines that `kept` makes of those that are there; nobody writes in between. Throws
    /// StoreError; then the file is as before.
    void rewrite(const std::function<Lines(const Lines&)>& kept);
    void sync();

private:
    class WriteLock;
    void open();
    void cutTornLine();
    void write(const std::string& line);

    std::filesystem::path m_run;
    std::filesystem::path m_file;
    int m_descriptor = -1;
    std::int64_t m_wholeBytes = 0;
};

}  // namespace thaw::core
