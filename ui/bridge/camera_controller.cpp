#include "ui/bridge/camera_controller.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "core/api/errors.h"
#include "ui/bridge/inspection_controller.h"
#include "ui/models/path_text.h"
#include "ui/threads/mailbox.h"

namespace thaw::ui {
namespace {

using Clock = std::chrono::steady_clock;

/// Pixels. For a single picture so small, threads that wait for each other cost more than they give.
constexpr int kSmallInput = 64;

/// A sentence and what to do.
struct Complaint {
    QString what, hint;
    bool operator==(const Complaint& other) const { return what == other.what && hint == other.hint; }
};

/// Calls `work`; what it throws, in words.
template <class Work>
std::optional<Complaint> complaintOf(Work work) {
    try {
        work();
        return std::nullopt;
    } catch (const core::Error& error) {
        return Complaint{nameText(error.what()), QString::fromStdString(error.hint())};
    } catch (const std::bad_alloc&) {
        return Complaint{CameraController::tr("There is not enough memory."),
                         CameraController::tr("Close other programs, then try again.")};
    } catch (const std::exception& error) {
        return Complaint{nameText(error.what()), {}};
    }
}

}  // namespace

FrameSources coreFrameSources() { return {core::openCamera, core::openVideo, core::listCameras}; }

/// The thread. The GUI thread gives orders, the newest of each kind counts; news go back through mailboxes.
class CameraController::Worker : public QObject {
    Q_OBJECT
public:
    using Opener = std::function<std::unique_ptr<core::FrameSource>()>;

    explicit Worker(InspectionController* inspection)
        : m_inspection(inspection),
          m_inspectors(inspection ? inspection->inspectors() : InspectorFactory()),
          m_thread([this] { run(); }) {}
    ~Worker() override {
        order([this] { m_orders.quit = true; });
        m_thread.join();
    }

    struct Model {
        std::filesystem::path run;
        std::string checkpoint;  // empty: none
    };
    struct News {
        std::uint64_t source = 0;  // of which openSource
        std::optional<CameraFrame> frame;
        std::optional<State> state;
        std::optional<Complaint> sourceFault, modelFault;
    };

    /// Returns the number that its news carry.
    std::uint64_t openSource(Opener opener) {
        std::uint64_t number = 0;
        order([&] {
            m_orders.opener = std::move(opener);
            m_orders.paused = false;
            number = ++m_orders.source;
        });
        return number;
    }
    std::uint64_t closeSource() { return openSource({}); }
    void setPaused(bool paused) {
        order([=] { m_orders.paused = paused; });
    }
    void playAgain() {
        order([this] {
            m_orders.paused = false;
            ++m_orders.rewinds;
        });
    }
    void setModel(Model model) {
        order([&] {
            m_orders.model = std::move(model);
            ++m_orders.looks;
        });
    }
    void setMap(const CameraMap& map) {
        order([&] {
            m_orders.map = map;
            ++m_orders.looks;
        });
    }
    /// The newest frame, then states and complaints in order: what ends the frames has the last word.
    std::vector<News> takeNews() {
        std::vector<News> news = m_frames.takeAll();
        for (News& milestone : m_milestones.takeAll()) news.push_back(std::move(milestone));
        return news;
    }

Q_SIGNALS:
    void newsCame();

private:
    struct Orders {
        bool quit = false, paused = false;
        Opener opener;
        std::uint64_t source = 0, rewinds = 0, looks = 0;  // counted up by each order of the kind
        Model model;
        CameraMap map;
    };

    template <class Change>
    void order(Change change) {
        {
            const std::lock_guard lock(m_mutex);
            change();
        }
        m_changed.notify_one();
    }

    void tell(News news) {
        news.source = m_now.source;
        const bool isFrame = news.frame.has_value();
        if (isFrame ? m_frames.replace(std::move(news)) : m_milestones.put(std::move(news))) Q_EMIT newsCame();
    }
    void tellState(State state) {
        News news;
        news.state = state;
        tell(std::move(news));
    }
    void tellFault(std::optional<Complaint> fault, bool ofModel) {
        News news;
        (ofModel ? news.modelFault : news.sourceFault) = std::move(fault);
        tell(std::move(news));
    }

    /// Is there anything to do that needs no frame to be due?
    bool hasNewOrders() const {
        return m_orders.quit || m_orders.source != m_now.source || m_orders.rewinds != m_now.rewinds ||
               m_orders.looks != m_now.looks || m_orders.paused != m_now.paused;
    }

    void run() {
        for (;;) {
            Orders before;
            {
                std::unique_lock lock(m_mutex);
                const auto awaited = [this] { return hasNewOrders(); };
                if (!isPlaying())
                    m_changed.wait(lock, awaited);
                else if (!m_source->isLive())
                    m_changed.wait_until(lock, m_due, awaited);
                if (m_orders.quit) return;
                before = std::exchange(m_now, m_orders);
            }
            if (m_now.source != before.source) changeSource();
            if (m_source && m_now.rewinds != before.rewinds) rewind();
            if (m_now.paused && !before.paused && isOpen()) tellState(State::Paused);
            if (!m_now.paused && before.paused && isOpen()) {
                m_due = Clock::now();
                tellState(State::Running);
            }
            const bool looksAnew = m_now.looks != before.looks;
            if (looksAnew) m_lastFault.reset();
            if (isPlaying() && (m_source->isLive() || Clock::now() >= m_due))
                showNext();
            else if (looksAnew && m_picture)
                show();
        }
    }

    bool isOpen() const { return m_source && !m_ended; }
    bool isPlaying() const { return isOpen() && !m_now.paused; }

    void changeSource() {
        m_source.reset();
        m_picture.reset();
        m_shown.clear();
        m_lastFault.reset();
        m_ended = false;
        if (!m_now.opener) {
            m_inspector.reset();
            return;
        }
        if (const auto fault = complaintOf([this] { m_source = m_now.opener(); })) return fail(*fault);
        m_due = Clock::now();
        tellState(State::Running);
    }
    void rewind() {
        if (const auto fault = complaintOf([this] { m_source->rewind(); })) return fail(*fault);
        m_ended = false;
        m_due = Clock::now();
        tellState(State::Running);
    }
    void fail(const Complaint& fault) {
        m_source.reset();
        tellFault(fault, /*ofModel=*/false);
    }

    /// A video has its own pace: frames that there is no time for are passed over. False at its end.
    bool keepPace() {
        const double rate = m_source->framesPerSecond();
        const auto period = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / rate));
        m_due += period;
        for (double skipped = 0; m_due < Clock::now() && skipped < rate; ++skipped, m_due += period)
            if (!m_source->skip()) return false;
        m_due = std::max(m_due, Clock::now());  // one that cannot be decoded fast enough is shown slower
        return true;
    }

    void showNext() {
        core::VideoFrame frame;
        bool more = true;
        const auto fault = complaintOf([&] {
            if (!m_source->isLive()) more = keepPace();
            more = more && m_source->next(frame);
        });
        if (fault) return fail(*fault);
        if (!more) {
            m_ended = true;
            return tellState(State::Ended);
        }
        m_picture = frame.picture;
        show();
    }

    void show() {
        CameraFrame frame;
        frame.picture = m_picture;
        if (!m_now.model.checkpoint.empty()) {
            auto fault = complaintOf([&] { predict(frame); });
            if (fault && !(m_lastFault && *m_lastFault == *fault)) tellFault(fault, /*ofModel=*/true);
            m_lastFault = std::move(fault);
        }
        const Clock::time_point now = Clock::now();
        m_shown.push_back(now);
        while (m_shown.size() > 1 && now - m_shown.front() > std::chrono::seconds(1)) m_shown.pop_front();
        const double seconds = std::chrono::duration<double>(now - m_shown.front()).count();
        if (seconds > 0) frame.framesPerSecond = static_cast<double>(m_shown.size() - 1) / seconds;
        News news;
        news.frame = std::move(frame);
        tell(std::move(news));
    }

    void predict(CameraFrame& frame) {
        const Model& model = m_now.model;
        if (!m_inspector || m_inspected != model.run) {
            m_inspector.reset();
            m_inspector = m_inspectors.open(model.run);
            m_inspected = model.run;
        }
        const bool oneThread = m_inspection->isTraining() || m_inspector->run().config.inputSize <= kSmallInput;
        if (m_inspectors.prepareThread) m_inspectors.prepareThread(oneThread ? 1 : 0);
        core::PictureChoice choice;
        choice.pixels = frame.picture;
        const core::PictureKind kind = m_inspector->run().dataset.pictureKind;
        if (kind.side > 0) frame.modelPicture = std::make_shared<core::RgbPicture>(core::modelPictureOf(*frame.picture, kind));
        frame.probabilities = m_inspector->predict(model.checkpoint, choice);
        if (!m_now.map.shown || frame.probabilities.empty()) return;
        const int best = core::topK(frame.probabilities.data(), static_cast<int>(frame.probabilities.size()), 1).front();
        frame.map = m_inspector->gradCam(model.checkpoint, choice, m_now.map.layer,
                                         m_now.map.classIndex >= 0 ? m_now.map.classIndex : best, core::ClassMapMethod::GradCam);
    }

    InspectionController* m_inspection;  // of the models that are asked
    const InspectorFactory m_inspectors;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    Orders m_orders;
    Mailbox<News> m_milestones, m_frames;

    // Of the thread.
    Orders m_now;
    std::unique_ptr<core::FrameSource> m_source;
    std::unique_ptr<core::Inspector> m_inspector;
    std::filesystem::path m_inspected;
    std::shared_ptr<const core::RgbPicture> m_picture;
    std::optional<Complaint> m_lastFault;
    std::deque<Clock::time_point> m_shown;
    Clock::time_point m_due;
    bool m_ended = false;

    std::thread m_thread;  // last: uses everything above
};

CameraController::CameraController(InspectionController& inspection, FrameSources sources, QObject* parent)
    : CameraController(&inspection, std::move(sources), parent) {
    connect(&inspection, &InspectionController::checkpointChanged, this, &CameraController::chooseModel);
    connect(&inspection, &InspectionController::subjectChanged, this, &CameraController::chooseModel);
    chooseModel();
}

CameraController::CameraController(FrameSources sources, QObject* parent)
    : CameraController(nullptr, std::move(sources), parent) {}

CameraController::CameraController(InspectionController* inspection, FrameSources sources, QObject* parent)
    : QObject(parent), m_inspection(inspection), m_sources(std::move(sources)), m_worker(std::make_unique<Worker>(inspection)) {
    connect(m_worker.get(), &Worker::newsCame, this, &CameraController::takeNews, Qt::QueuedConnection);
}

CameraController::~CameraController() = default;

std::vector<core::CameraInfo> CameraController::cameras() const { return m_sources.list(); }

void CameraController::openCamera(const core::CameraInfo& camera) {
    open([sources = m_sources, camera] { return sources.camera(camera); }, QString::fromStdString(camera.name), /*live=*/true);
}

void CameraController::openVideo(const QString& file) {
    const std::filesystem::path path = pathOf(file);
    open([sources = m_sources, path] { return sources.video(path); }, pathText(path.filename()),
         /*live=*/false);
}

void CameraController::open(std::function<std::unique_ptr<core::FrameSource>()> opener, const QString& title, bool live) {
    m_source = m_worker->openSource(std::move(opener));
    m_title = title;
    m_live = live;
    m_frame.reset();
    setState(State::Opening);
}

void CameraController::close() {
    m_source = m_worker->closeSource();
    m_frame.reset();
    setState(State::Closed);
}

void CameraController::setPaused(bool paused) { m_worker->setPaused(paused); }
void CameraController::playAgain() { m_worker->playAgain(); }
void CameraController::setMap(const CameraMap& map) { m_worker->setMap(map); }

void CameraController::chooseModel() {
    const core::KeptCheckpoint* checkpoint = m_inspection->checkpoint();
    m_worker->setModel(checkpoint ? Worker::Model{m_inspection->subject()->run.directory, checkpoint->name} : Worker::Model{});
}

void CameraController::setState(State state) {
    m_state = state;
    Q_EMIT stateChanged();
}

void CameraController::takeNews() {
    for (const Worker::News& news : m_worker->takeNews()) {
        if (news.source != m_source) continue;
        if (news.state) setState(*news.state);
        if (news.modelFault) Q_EMIT modelFailed(news.modelFault->what, news.modelFault->hint);
        if (news.sourceFault) {
            setState(State::Failed);
            Q_EMIT failed(news.sourceFault->what, news.sourceFault->hint);
        }
        if (news.frame) {
            m_frame = news.frame;
            Q_EMIT frameChanged();
        }
    }
}

}  // namespace thaw::ui

#include "camera_controller.moc"
