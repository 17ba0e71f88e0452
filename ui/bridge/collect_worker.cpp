#include "ui/bridge/collect_worker.h"

#include <chrono>
#include <utility>

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "ui/models/path_text.h"
#include "ui/models/problem_text.h"

namespace thaw::ui {

CollectFactory coreCollectFactory() {
    return {[] { return core::openCollection(); }, [] { return core::makeCollector(); }, core::trainCollectHead, core::pngOf,
            [] {
                core::giveWayToOtherThreads();
                core::useComputeThreads(0);
            }};
}

CollectWorker::CollectWorker(CollectFactory factory, QObject* parent)
    : QObject(parent), m_factory(std::move(factory)), m_thread([this] { run(); }) {}

CollectWorker::~CollectWorker() {
    order([this] { m_quit = true; });
    m_thread.join();
}

template <class Change>
void CollectWorker::order(Change change) {
    {
        const std::lock_guard lock(m_mutex);
        change();
    }
    m_changed.notify_one();
}

void CollectWorker::start() {
    order([this] { m_started = true; });
}
void CollectWorker::show(PicturePointer frame) {
    order([&] { m_frame = std::move(frame); });
}
void CollectWorker::look(int job, PicturePointer picture) {
    order([&] { m_jobs.push_back({job, std::move(picture), {}}); });
}
void CollectWorker::look(int job, std::filesystem::path file) {
    order([&] { m_jobs.push_back({job, nullptr, std::move(file)}); });
}
void CollectWorker::dropJobs() {
    order([this] { m_jobs.clear(); });
}
void CollectWorker::setHead(std::shared_ptr<const TrainedHead> head) {
    order([&] { m_head = std::move(head); });
}

std::vector<CollectWorker::News> CollectWorker::takeNews() {
    std::vector<News> news = m_others.takeAll();
    for (News& answer : m_answers.takeAll()) news.push_back(std::move(answer));
    return news;
}

void CollectWorker::tell(News news) {
    const bool isAnswer = std::holds_alternative<Answer>(news);
    if (isAnswer ? m_answers.replace(std::move(news)) : m_others.put(std::move(news))) Q_EMIT newsCame();
}

bool CollectWorker::load() {
    try {
        if (m_factory.prepareThread) m_factory.prepareThread();
        m_collector = m_factory.collector();
        tell(Trunk{QString::fromStdString(m_collector->title()), m_collector->trunk()});
        return true;
    } catch (const core::Error& error) {
        tell(Failed{nameText(error.what()), QString::fromStdString(error.hint())});
    } catch (const std::exception& error) {
        tell(Failed{nameText(error.what()), {}});
    }
    return false;
}

void CollectWorker::run() {
    bool failed = false;
    for (;;) {
        PicturePointer frame;
        std::vector<Job> jobs;  // none or one
        std::shared_ptr<const TrainedHead> head;
        {
            std::unique_lock lock(m_mutex);
            m_changed.wait(lock,
                           [&] { return m_quit || (m_started && !failed && (!m_collector || m_frame || !m_jobs.empty())); });
            if (m_quit) return;
            frame = std::exchange(m_frame, nullptr);
            if (m_collector && !m_jobs.empty()) {
                jobs.push_back(std::move(m_jobs.front()));
                m_jobs.pop_front();
            }
            head = m_head;
        }
        if (!m_collector) failed = !load();
        if (failed) continue;
        try {
            if (frame) answer(frame, head);
        } catch (const std::exception& error) {
            tell(Failed{nameText(error.what()), {}});
            failed = true;
            continue;
        }
        for (const Job& job : jobs) lookAt(job);
    }
}

PictureFeatures CollectWorker::featuresOf(const PicturePointer& picture) {
    if (picture != m_last) {
        m_lastFeatures = std::make_shared<const std::vector<float>>(m_collector->features(*picture));
        m_last = picture;
    }
    return m_lastFeatures;
}

void CollectWorker::answer(const PicturePointer& frame, const std::shared_ptr<const TrainedHead>& head) {
    using Clock = std::chrono::steady_clock;
    const PictureFeatures features = featuresOf(frame);
    Answer answer;
    answer.head = head;
    if (head) answer.probabilities = head->head.probabilities(*features);
    const Clock::time_point now = Clock::now();
    m_times.push_back(now);
    while (m_times.size() > 1 && now - m_times.front() > std::chrono::seconds(1)) m_times.pop_front();
    const double seconds = std::chrono::duration<double>(now - m_times.front()).count();
    if (seconds > 0) answer.framesPerSecond = static_cast<double>(m_times.size() - 1) / seconds;
    tell(std::move(answer));
}

void CollectWorker::lookAt(const Job& job) {
    Looked looked;
    looked.job = job.number;
    try {
        if (job.picture) {
            looked.features = featuresOf(job.picture);
        } else {
            core::FileFeatures file = m_collector->features(job.file);
            looked.features = std::make_shared<const std::vector<float>>(std::move(file.features));
            looked.picture = std::move(file.picture);
        }
    } catch (const core::Error& error) {
        looked.problem = problemText(nameText(error.what()), QString::fromStdString(error.hint()));
    } catch (const std::exception& error) {
        looked.problem = nameText(error.what());
    }
    tell(std::move(looked));
}

}  // namespace thaw::ui
