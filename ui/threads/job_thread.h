// A thread that does jobs in order, for what the GUI thread must not wait for. Its owner cancels long jobs before it ends it.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace thaw::ui {

/// Runs jobs one after the other in a thread of its own; those that have not begun at the end are dropped.
class JobThread {
public:
    using Job = std::function<void()>;

    JobThread() : m_thread([this] { run(); }) {}
    ~JobThread() {
        {
            const std::lock_guard lock(m_mutex);
            m_closing = true;
        }
        m_changed.notify_one();
        m_thread.join();
    }

    void add(Job job) {
        {
            const std::lock_guard lock(m_mutex);
            m_jobs.push_back(std::move(job));
        }
        m_changed.notify_one();
    }

private:
    void run() {
        for (std::unique_lock lock(m_mutex);;) {
            m_changed.wait(lock, [this] { return m_closing || !m_jobs.empty(); });
            if (m_closing) return;
            const std::vector<Job> jobs = std::exchange(m_jobs, {});
            for (const Job& job : jobs) {
                if (m_closing) return;
                lock.unlock();
                job();
                lock.lock();
            }
        }
    }

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<Job> m_jobs;
    bool m_closing = false;
    std::thread m_thread;
};

}  // namespace thaw::ui
