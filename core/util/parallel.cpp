#include "core/util/parallel.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "core/api/errors.h"
#include "core/api/reading_scope.h"
#include "core/util/threads.h"

namespace thaw::core {
namespace {

constexpr auto kTellEvery = std::chrono::milliseconds(50);

}  // namespace

void forEachInParallel(std::int64_t count, const std::function<void(std::int64_t, const std::atomic<bool>& stop)>& work,
                       const CountCallback& progress) {
    std::atomic<std::int64_t> next{0}, done{0};
    std::atomic<bool> stop{false};
    std::mutex mutex;
    std::condition_variable ended;
    std::exception_ptr failure;
    std::int64_t running = 0;

    const auto run = [&] {
        try {
            for (std::int64_t i = next++; i < count && !stop; i = next++) {
                work(i, stop);
                ++done;
            }
        } catch (...) {
            const std::lock_guard lock(mutex);
            if (!failure) failure = std::current_exception();
            stop = true;
        }
        const std::lock_guard lock(mutex);
        if (--running == 0) ended.notify_all();
    };
    struct Team {
        std::atomic<bool>& stop;
        std::vector<std::thread> threads;
        ~Team() {  // also when the progress callback throws
            stop = true;
            end();
        }
        void end() {
            for (std::thread& thread : threads) thread.join();
            threads.clear();
        }
    } team{stop, {}};
    for (std::int64_t i = std::min<std::int64_t>(count, threadsFor(0)); i > 0; --i) {
        {
            const std::lock_guard lock(mutex);
            ++running;
        }
        try {
            team.threads.emplace_back(run);
        } catch (const std::system_error&) {  // no more threads: those that run do it
            if (team.threads.empty()) {
                run();
                break;
            }
            const std::lock_guard lock(mutex);
            --running;
            break;
        }
    }

    std::unique_lock lock(mutex);
    while (!ended.wait_for(lock, kTellEvery, [&] { return running == 0; })) {
        lock.unlock();
        requireReadingWanted();
        if (progress && !progress(done, count)) throw Cancelled();
        lock.lock();
    }
    lock.unlock();
    team.end();
    if (failure) std::rethrow_exception(failure);
    if (progress && !progress(count, count)) throw Cancelled();
}

}  // namespace thaw::core
