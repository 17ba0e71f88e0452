#include "core/train/background_reading.h"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <utility>

#include "core/api/reading_scope.h"

namespace thaw::core {
namespace {

constexpr std::chrono::milliseconds kLastPatience(2000);

}  // namespace

struct BackgroundReading::Shared {
    std::atomic<bool> cancelled{false};
    std::atomic<std::int64_t> done{0}, total{0};
    std::mutex mutex;
    std::condition_variable ended;
    bool over = false;
    std::exception_ptr error;

    bool wait(std::chrono::milliseconds patience) {
        std::unique_lock lock(mutex);
        return ended.wait_for(lock, patience, [this] { return over; });
    }
};

BackgroundReading::BackgroundReading(Work work) : m_shared(std::make_shared<Shared>()) {
    m_thread = std::thread([shared = m_shared, run = std::move(work)]() mutable {
        std::exception_ptr error;
        try {
            const ReadingScope scope(shared->cancelled);
            run([&](std::int64_t done, std::int64_t total) {
                shared->done = done;
                shared->total = total;
                return !shared->cancelled;
            });
        } catch (...) {
            error = std::current_exception();
        }
        run = nullptr;  // what it holds goes before the end is told
        const std::lock_guard lock(shared->mutex);
        shared->error = error;
        shared->over = true;
        shared->ended.notify_all();
    });
}

BackgroundReading::~BackgroundReading() {
    cancel();
    if (m_shared->wait(kLastPatience))
        m_thread.join();
    else
        m_thread.detach();
}

bool BackgroundReading::over(std::chrono::milliseconds patience) {
    if (!m_shared->wait(patience)) return false;
    if (m_shared->error) std::rethrow_exception(m_shared->error);
    return true;
}

void BackgroundReading::cancel() { m_shared->cancelled = true; }

std::int64_t BackgroundReading::done() const { return m_shared->done; }
std::int64_t BackgroundReading::total() const { return m_shared->total; }

}  // namespace thaw::core
