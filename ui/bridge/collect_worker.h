// The thread that looks at pictures for a collection with a frozen trunk: the newest live frame first, then, one at a time, those
// that were recorded or brought. Frames never queue up.
#pragma once

#include <QObject>

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <variant>
#include <vector>

#include "core/api/collect.h"
#include "ui/threads/mailbox.h"

namespace thaw::ui {

/// Where a collection comes from; tests give fakes. All but the copies of these functions are called in worker threads.
struct CollectFactory {
    std::function<std::unique_ptr<core::CollectionStore>()> store;
    std::function<std::unique_ptr<core::Collector>()> collector;
    std::function<core::CollectHead(const std::vector<core::CollectSample>& samples, int classCount,
                                    const std::atomic<bool>& stop)>
        train;
    std::function<std::string(const core::RgbPicture& picture)> png;
    /// First thing in each thread that computes; empty: nothing.
    std::function<void()> prepareThread;
};
/// The default trunk with its built-in weights.
CollectFactory coreCollectFactory();

/// A head and the classes that it tells apart.
struct TrainedHead {
    core::CollectHead head;
    std::vector<int> classIds;  ///< in the order of its probabilities
    int pictures = 0;           ///< that it was trained on
};

using PictureFeatures = std::shared_ptr<const std::vector<float>>;
using PicturePointer = std::shared_ptr<const core::RgbPicture>;

class CollectWorker : public QObject {
    Q_OBJECT
public:
    struct Trunk {
        QString title;
        core::CollectTrunk trunk;
    };
    struct Answer {
        std::shared_ptr<const TrainedHead> head;  ///< null: none is trained yet
        std::vector<float> probabilities;
        double framesPerSecond = 0;  ///< looked at and answered in the last second
    };
    struct Looked {
        int job = 0;
        PictureFeatures features;  ///< null: the file cannot be used, see `problem`
        core::RgbPicture picture;  ///< of a file
        QString problem;
    };
    struct Failed {
        QString what, hint;  ///< of the trunk: nothing is looked at any more
    };
    using News = std::variant<Trunk, Answer, Looked, Failed>;

    explicit CollectWorker(CollectFactory factory, QObject* parent = nullptr);
    ~CollectWorker() override;  ///< waits for the picture under way

    void start();  ///< loads the trunk
    void show(PicturePointer frame);
    void look(int job, PicturePointer picture);
    void look(int job, std::filesystem::path file);
    void dropJobs();
    void setHead(std::shared_ptr<const TrainedHead> head);
    std::vector<News> takeNews();

Q_SIGNALS:
    void newsCame();

private:
    struct Job {
        int number = 0;
        PicturePointer picture;
        std::filesystem::path file;
    };
    void run();
    bool load();
    void answer(const PicturePointer& frame, const std::shared_ptr<const TrainedHead>& head);
    void lookAt(const Job& job);
    PictureFeatures featuresOf(const PicturePointer& picture);
    void tell(News news);
    template <class Change>
    void order(Change change);

    const CollectFactory m_factory;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_started = false, m_quit = false;
    PicturePointer m_frame;
    std::deque<Job> m_jobs;
    std::shared_ptr<const TrainedHead> m_head;
    Mailbox<News> m_answers, m_others;

    // Of the thread.
    std::unique_ptr<core::Collector> m_collector;
    PicturePointer m_last;
    PictureFeatures m_lastFeatures;
    std::deque<std::chrono::steady_clock::time_point> m_times;

    std::thread m_thread;  // last: uses everything above
};

}  // namespace thaw::ui
