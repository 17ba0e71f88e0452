#include "core/util/log.h"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "core/api/engine_info.h"
#include "core/api/text.h"
#include "core/store/paths.h"

namespace thaw::core {

namespace {

constexpr std::size_t kFileBytes = 2u << 20;
constexpr std::size_t kFiles = 3;

struct Log {
    std::recursive_mutex mutex;  // recursive: a listener may log or take itself off
    std::map<int, LogListener> listeners;
    int nextId = 1;
    std::shared_ptr<spdlog::logger> file;
};

Log& theLog() {
    static Log* log = new Log;  // never destroyed: threads may log while the process ends
    return *log;
}

spdlog::level::level_enum levelOf(const std::string& level) {
    if (level == "debug") return spdlog::level::debug;
    if (level == "warning") return spdlog::level::warn;
    if (level == "error") return spdlog::level::err;
    return spdlog::level::info;
}

}  // namespace

int addLogListener(LogListener listener) {
    Log& log = theLog();
    const std::lock_guard lock(log.mutex);
    log.listeners[log.nextId] = std::move(listener);
    return log.nextId++;
}

void removeLogListener(int id) {
    Log& log = theLog();
    const std::lock_guard lock(log.mutex);
    log.listeners.erase(id);
}

void logMessage(const std::string& level, const std::string& message) {
    const std::string text = printable(message);
    Log& log = theLog();
    const double time = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    const std::lock_guard lock(log.mutex);
    if (log.file) log.file->log(levelOf(level), text);
    std::vector<int> ids;
    for (const auto& entry : log.listeners) ids.push_back(entry.first);
    for (const int id : ids)
        if (const auto found = log.listeners.find(id); found != log.listeners.end())
            LogListener(found->second)(time, level, text);
}

void openLogFile(const std::string& program) {
    try {
        ensureFolder(stateFolder());
        const std::string file = (stateFolder() / (program + ".log")).string();
        auto logger = std::make_shared<spdlog::logger>(
            program, std::make_shared<spdlog::sinks::rotating_file_sink_mt>(file, kFileBytes, kFiles));
        logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z [%P] %l %v");
        logger->set_level(spdlog::level::debug);
        logger->flush_on(spdlog::level::info);
        logger->set_error_handler([](const std::string&) {});  // a full disk must not flood the terminal
        const std::lock_guard lock(theLog().mutex);
        theLog().file = std::move(logger);
    } catch (const std::exception& error) {
        logMessage("warning", std::string("There will be no log file: ") + error.what());
    }
}

}  // namespace thaw::core
