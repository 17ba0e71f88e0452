#include "ui/bridge/inspection_controller.h"

#include <QElapsedTimer>
#include <QTimer>

#include <time.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <deque>
#include <map>
#include <new>
#include <set>

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "ui/bridge/training_controller.h"
#include "ui/models/path_text.h"
#include "ui/threads/job_thread.h"
#include "ui/threads/mailbox.h"

namespace thaw::ui {
namespace {

constexpr qint64 kProgressMilliseconds = 100;
constexpr double kFollowingShare = 0.15;  // of one core's time, for following a run that trains
constexpr std::size_t kMostKnown = 64;    // epochs

/// Shared by a question and its job: set when the answer is no longer wanted.
using Token = std::shared_ptr<std::atomic<bool>>;

using KnownPredictions = std::deque<std::shared_ptr<const core::PredictionSet>>;

/// Of this thread, on processors.
qint64 busyMicroseconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return qint64{1'000'000} * time.tv_sec + time.tv_nsec / 1000;
}

}  // namespace

InspectorFactory coreInspectorFactory() {
    return {[](const std::filesystem::path& run) { return core::openInspector(run); }, core::useComputeThreads,
            core::giveWayToTraining, core::revealTest};
}

class InspectionController::Private : public QObject {
    Q_OBJECT
public:
    Private(InspectionController* owner, InspectorFactory makers) : q(owner), factory(std::move(makers)) {
        connect(this, &Private::answered, this, &Private::takeAnswers, Qt::QueuedConnection);
        m_behind.setInterval(kProgressMilliseconds);
        connect(&m_behind, &QTimer::timeout, this, &Private::catchUp);
        if (!factory.giveWay) return;
        for (const Lane lane : {Lane::Quick, Lane::Long, Lane::Longest})
            laneOf(lane).thread.add([this, lane] { factory.giveWay(lane != Lane::Quick); });
    }

    /// A run's folder as it was when inspectRun asked for it: the same folder is opened anew for the next one.
    struct Folder {
        std::filesystem::path directory;
        int opening = 0;
        bool operator==(const Folder& other) const { return opening == other.opening && directory == other.directory; }
    };
    struct Opened {
        Folder folder;
        std::unique_ptr<core::Inspector> inspector;
    };
    /// A thread and the inspectors that belong to it.
    struct WorkLane {
        Opened subject, other;
        JobThread thread;
    };
    WorkLane& laneOf(Lane lane) { return lane == Lane::Quick ? quick : lane == Lane::Long ? slow : slowest; }

    void answer(std::function<void()> call) {
        if (m_answers.put(std::move(call))) Q_EMIT answered();
    }

    /// `work` runs in the lane's thread with the run's inspector and returns what to do here.
    template <class WorkToDo>
    void run(Lane lane, const Folder& open, const Token& unwanted, WorkToDo work, Failure failure, bool ofOtherRun = false) {
        WorkLane& place = laneOf(lane);
        const KnownPredictions told = open.directory == trainedRun ? known : KnownPredictions();
        place.thread.add(
            [this, &place, lane, open, ofOtherRun, unwanted, told, work = std::move(work), failure = std::move(failure)] {
                if (*unwanted) return;
                const qint64 begin = busyMicroseconds();
                const auto complain = [&](const QString& what, const QString& hint) {
                    answer([this, unwanted, failure, what, hint] {
                        if (!*unwanted) failure(what, hint);
                        settle(unwanted);
                    });
                };
                try {
                    if (factory.prepareThread) factory.prepareThread(training ? 1 : 0);
                    Opened& run = ofOtherRun ? place.other : place.subject;
                    if (!run.inspector || !(run.folder == open)) {
                        place.other = {};
                        run = {};
                        run.inspector = factory.open(open.directory);
                        run.folder = open;
                    }
                    for (const auto& predictions : told) run.inspector->know(predictions);
                    answer([this, unwanted, call = work(*run.inspector)] {
                        if (!*unwanted) call();
                        settle(unwanted);
                    });
                    if (lane != Lane::Quick) run.inspector->releaseMemory(/*toSystem=*/!training);
                } catch (const core::Cancelled&) {
                } catch (const core::Error& error) {
                    complain(nameText(error.what()), QString::fromStdString(error.hint()));
                } catch (const std::bad_alloc&) {
                    complain(InspectionController::tr("There is not enough memory for this view."),
                             InspectionController::tr("Close other programs, or look at fewer pictures."));
                } catch (const std::exception& error) {
                    complain(nameText(error.what()), {});
                }
                if (lane != Lane::Longest) m_spent += busyMicroseconds() - begin;
            });
    }

    Failure complaint() {
        return [this](const QString& what, const QString& hint) { Q_EMIT q->failed(what, hint); };
    }

    Token tokenFor(QObject* context, const QString& topic, About about) {
        if (m_contexts.insert(context).second) connect(context, &QObject::destroyed, this, &Private::forget);
        Asked& asked = m_asked[{context, topic}];
        if (asked.unwanted) *asked.unwanted = true;
        asked = {std::make_shared<std::atomic<bool>>(false), about, false};
        return asked.unwanted;
    }
    void drop(QObject* context, const QString& topic) {
        const auto found = m_asked.find({context, topic});
        if (found == m_asked.end()) return;
        *found->second.unwanted = true;
        m_asked.erase(found);
    }
    void dropAll(bool ofRunToo) {
        dropIf([ofRunToo](const auto& entry) { return ofRunToo || entry.second.about == About::Checkpoint; });
    }

    static int indexOf(const std::vector<core::KeptCheckpoint>& kept, const core::KeptCheckpoint* wanted) {
        const auto same =
            std::find_if(kept.begin(), kept.end(), [&](const auto& entry) { return wanted && entry.name == wanted->name; });
        return same == kept.end() ? -1 : static_cast<int>(same - kept.begin());
    }
    /// The same one or, where that is no longer kept, the one that was made nearest to it; -1: none.
    static int nearestTo(const std::vector<core::KeptCheckpoint>& kept, const core::KeptCheckpoint* wanted) {
        if (const int same = indexOf(kept, wanted); same >= 0 || !wanted) return same;
        const auto away = [wanted](const auto& entry) { return std::abs(entry.step - wanted->step); };
        const auto nearest =
            std::min_element(kept.begin(), kept.end(), [&](const auto& a, const auto& b) { return away(a) < away(b); });
        return nearest == kept.end() ? -1 : static_cast<int>(nearest - kept.begin());
    }
    void takeCheckpoints(std::vector<core::KeptCheckpoint> kept) {
        InspectionSubject& now = *subject;
        const std::string before = q->checkpoint() ? q->checkpoint()->name : std::string();
        const int stay = nearestTo(kept, q->checkpoint());
        now.checkpoints = std::move(kept);
        const int newest = static_cast<int>(now.checkpoints.size()) - 1;
        const bool later = followNewest && stay >= 0 && stay != newest && !mayMoveOn();
        now.chosen = stay < 0 || (followNewest && !later) ? newest : stay;
        if (later) m_behind.start();
        Q_EMIT q->checkpointsChanged();
        if ((q->checkpoint() ? q->checkpoint()->name : std::string()) != before) choose(now.chosen);
    }
    void choose(int index) {
        dropAll(false);
        beginFollowing();
        subject->chosen = index;
        Q_EMIT q->checkpointChanged();
    }
    void beginFollowing() {
        m_behind.stop();
        m_spent = 0;
        m_sinceChoice.start();
    }
    /// From a checkpoint that the views follow to a newer one: while a run trains, only when they have their answers, and as
    /// seldom as the work for these asks for. An epoch may be over sooner than a layer is measured.
    bool mayMoveOn() const {
        if (!training) return true;
        const bool waiting = std::any_of(m_asked.begin(), m_asked.end(), [](const auto& entry) {
            return entry.second.about == About::Checkpoint && !entry.second.answered;
        });
        const double wanted = static_cast<double>(m_spent) * 1e-3 / kFollowingShare;
        return !waiting && static_cast<double>(m_sinceChoice.elapsed()) >= wanted;
    }
    void catchUp() {
        if (!subject || !followNewest) return m_behind.stop();
        if (!mayMoveOn()) return;
        m_behind.stop();
        const int newest = static_cast<int>(subject->checkpoints.size()) - 1;
        if (newest != subject->chosen) choose(newest);
    }
    void remember(const core::PredictionsReady& ready) {
        known.push_back(ready.predictions);
        if (known.size() > kMostKnown) known.pop_front();
    }

    InspectionController* const q;
    const InspectorFactory factory;
    std::optional<InspectionSubject> subject;
    Folder folder;  ///< of the subject
    int openings = 0;
    bool opening = false;  ///< another subject is on its way
    bool refreshWhenOpen = false;
    bool followNewest = true;
    std::atomic<bool> training{false};
    std::filesystem::path trainedRun;  ///< of which `known` is what its Trainer said
    KnownPredictions known;
    Token subjectToken = std::make_shared<std::atomic<bool>>(false), listToken = std::make_shared<std::atomic<bool>>(false);

Q_SIGNALS:
    void answered();

private:
    void takeAnswers() {
        for (const std::function<void()>& call : m_answers.takeAll()) call();
    }

    struct Asked {
        Token unwanted;
        About about = About::Checkpoint;
        bool answered = false;
    };
    void settle(const Token& token) {
        for (auto& entry : m_asked)
            if (entry.second.unwanted == token) entry.second.answered = true;
    }

    template <class Predicate>
    void dropIf(Predicate predicate) {
        for (auto entry = m_asked.begin(); entry != m_asked.end();) {
            if (!predicate(*entry)) {
                ++entry;
                continue;
            }
            *entry->second.unwanted = true;
            entry = m_asked.erase(entry);
        }
    }
    void forget(QObject* context) {
        dropIf([context](const auto& entry) { return entry.first.first == context; });
        m_contexts.erase(context);
    }

    std::map<std::pair<QObject*, QString>, Asked> m_asked;
    std::set<QObject*> m_contexts;
    Mailbox<std::function<void()>> m_answers;
    QTimer m_behind;  // runs while a newer checkpoint than the chosen one is there to follow
    QElapsedTimer m_sinceChoice;
    std::atomic<qint64> m_spent{0};  // microseconds of work since then; what Longest does goes on over many checkpoints

public:
    // Last, so that they end first: their jobs use everything above.
    WorkLane quick, slow, slowest;
};

InspectionController::InspectionController(InspectorFactory factory, QObject* parent)
    : QObject(parent), d(std::make_unique<Private>(this, std::move(factory))) {}

InspectionController::~InspectionController() {
    *d->subjectToken = *d->listToken = true;
    d->dropAll(true);
}

void InspectionController::follow(TrainingController& controller) {
    connect(&controller, &TrainingController::runStarted, this, [this](const core::RunStarted& run) {
        d->trainedRun = run.directory;
        d->known.clear();
        // Whoever has picked a checkpoint keeps it: it may be that of another run.
        const bool same = d->subject && d->subject->run.directory == run.directory;
        if (same || d->followNewest) open(run.directory, /*keepChoice=*/same);
    });
    connect(&controller, &TrainingController::predictionsReady, this,
            [this](const core::PredictionsReady& ready) { d->remember(ready); });
    connect(&controller, &TrainingController::checkpointSaved, this, &InspectionController::refreshCheckpoints);
    connect(&controller, &TrainingController::stateChanged, this, [this](core::TrainerState state) {
        setTraining(state == core::TrainerState::Preparing || state == core::TrainerState::Running ||
                    state == core::TrainerState::Stopping);
    });
}

const InspectionSubject* InspectionController::subject() const { return d->subject ? &*d->subject : nullptr; }

const core::KeptCheckpoint* InspectionController::checkpoint() const {
    return d->subject && d->subject->chosen >= 0 ? &d->subject->checkpoints[static_cast<std::size_t>(d->subject->chosen)]
                                                 : nullptr;
}

bool InspectionController::followsNewest() const { return d->followNewest; }

void InspectionController::enqueue(Question question) {
    const core::KeptCheckpoint* chosen = checkpoint();
    if (!d->subject || (!chosen && question.about == About::Checkpoint)) return;
    const Token unwanted = d->tokenFor(question.context, question.topic, question.about);
    Failure failure = question.failure ? std::move(question.failure) : d->complaint();
    const QPointer<QObject> context = question.context;
    const auto alive = [context](auto call) {
        return [context, call = std::move(call)](const auto&... values) {
            if (context) call(values...);
        };
    };
    const bool ofOtherRun = !question.otherRun.empty();
    d->run(
        question.lane, ofOtherRun ? Private::Folder{question.otherRun, d->folder.opening} : d->folder, unwanted,
        [this, unwanted, alive, name = chosen ? chosen->name : std::string(), work = std::move(question.work),
         progress = std::move(question.progress)](core::Inspector& inspector) {
            QElapsedTimer sinceReport;
            const core::CountCallback report = [&](std::int64_t done, std::int64_t total) {
                if (*unwanted) return false;
                if (progress && (!sinceReport.isValid() || sinceReport.elapsed() >= kProgressMilliseconds)) {
                    sinceReport.start();
                    d->answer([unwanted, call = alive(progress), done, total] {
                        if (!*unwanted) call(done, total);
                    });
                }
                return true;
            };
            return alive(work(inspector, name, report));
        },
        alive(std::move(failure)), ofOtherRun);
}

void InspectionController::cancel(QObject* context, const QString& topic) { d->drop(context, topic); }

void InspectionController::inspectRun(const std::filesystem::path& directory) { open(directory, /*keepChoice=*/false); }

void InspectionController::leaveRun(const std::filesystem::path& directory) {
    if (!d->subject || d->subject->run.directory != directory) return;
    if (!d->trainedRun.empty() && d->trainedRun != directory) return inspectRun(d->trainedRun);
    d->dropAll(true);
    d->subject.reset();
    d->followNewest = true;
    Q_EMIT subjectChanged();
    Q_EMIT checkpointChanged();
}

void InspectionController::open(const std::filesystem::path& directory, bool keepChoice) {
    *d->subjectToken = *d->listToken = true;
    d->subjectToken = std::make_shared<std::atomic<bool>>(false);
    d->opening = true;
    const Private::Folder folder{directory, ++d->openings};
    const auto opened = [this] {
        d->opening = false;
        if (std::exchange(d->refreshWhenOpen, false)) refreshCheckpoints();
    };
    d->run(
        Lane::Quick, folder, d->subjectToken,
        [this, folder, opened, keepChoice](core::Inspector& inspector) {
            InspectionSubject subject;
            subject.run = inspector.run();
            subject.checkpoints = inspector.checkpoints();
            subject.chosen = static_cast<int>(subject.checkpoints.size()) - 1;
            try {
                // A text that is continued is no sample that a page could show.
                if (subject.run.config.task != core::TaskKind::ContinueText)
                    subject.pictures = inspector.pictures(core::Split::Test);
            } catch (const core::Error& error) {
                subject.problem = nameText(error.what()) + QLatin1Char(' ') + QString::fromStdString(error.hint());
            }
            return [this, folder, opened, keepChoice, leftOut = inspector.leftOutCheckpoints(), subject = std::move(subject)] {
                d->dropAll(true);
                d->folder = folder;
                const int chosen = keepChoice && !d->followNewest ? d->indexOf(subject.checkpoints, checkpoint()) : -1;
                d->followNewest = chosen < 0;
                d->subject = subject;
                d->beginFollowing();
                if (chosen >= 0) d->subject->chosen = chosen;
                Q_EMIT subjectChanged();
                Q_EMIT checkpointChanged();
                if (!leftOut.empty())
                    Q_EMIT failed(nameText(leftOut.front().what()), QString::fromStdString(leftOut.front().hint()));
                opened();
            };
        },
        [this, opened](const QString& what, const QString& hint) {
            Q_EMIT failed(what, hint);
            opened();
        });
}

void InspectionController::revealTest() {
    if (!d->subject || !d->subject->run.testLock.isLocked() || !d->factory.revealTest) return;
    const Private::Folder folder = d->folder;
    d->run(
        Lane::Quick, folder, std::make_shared<std::atomic<bool>>(false),
        [this, folder](core::Inspector&) {
            d->factory.revealTest(folder.directory);
            return [this, folder] {
                if (d->folder == folder) open(folder.directory, /*keepChoice=*/true);
            };
        },
        d->complaint());
}

void InspectionController::chooseCheckpoint(int index) {
    if (!d->subject || index < 0 || index >= static_cast<int>(d->subject->checkpoints.size())) return;
    d->followNewest = false;
    if (index != d->subject->chosen)
        d->choose(index);
    else
        Q_EMIT checkpointsChanged();
}

void InspectionController::followNewest() {
    d->followNewest = true;
    if (!d->subject) return;
    const int newest = static_cast<int>(d->subject->checkpoints.size()) - 1;
    if (newest != d->subject->chosen)
        d->choose(newest);
    else
        Q_EMIT checkpointsChanged();
}

void InspectionController::refreshCheckpoints() {
    if (d->opening) {
        d->refreshWhenOpen = true;
        return;
    }
    if (!d->subject) return;
    *d->listToken = true;
    d->listToken = std::make_shared<std::atomic<bool>>(false);
    d->run(
        Lane::Quick, d->folder, d->listToken,
        [this](core::Inspector& inspector) { return [this, kept = inspector.checkpoints()] { d->takeCheckpoints(kept); }; },
        d->complaint());
}

const InspectorFactory& InspectionController::inspectors() const { return d->factory; }

bool InspectionController::isTraining() const { return d->training; }

void InspectionController::setTraining(bool training) {
    d->training = training;
    if (!training) d->catchUp();
}

}  // namespace thaw::ui

#include "inspection_controller.moc"
