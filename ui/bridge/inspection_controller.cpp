#include "ui/bridge/inspection_controller.h"

#include <QElapsedTimer>

#include <algorithm>
#include <atomic>
#include <map>

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "ui/bridge/job_thread.h"
#include "ui/bridge/mailbox.h"
#include "ui/bridge/training_controller.h"

namespace thaw::ui {
namespace {

constexpr qint64 kProgressMilliseconds = 100;

/// Shared by a question and its job: set when the answer is no longer wanted.
using Token = std::shared_ptr<std::atomic<bool>>;

}  // namespace

InspectorFactory coreInspectorFactory() {
    return {[](const std::filesystem::path& run) { return core::openInspector(run); }, core::useComputeThreads, core::giveWayToOtherThreads};
}

class InspectionController::Private : public QObject {
    Q_OBJECT
public:
    Private(InspectionController* owner, InspectorFactory makers) : q(owner), factory(std::move(makers)) {
        connect(this, &Private::answered, this, &Private::takeAnswers, Qt::QueuedConnection);
        if (factory.giveWay) laneOf(Lane::Long).thread.add(factory.giveWay);
    }

    /// A thread and the inspector that belongs to it.
    struct WorkLane {
        std::filesystem::path directory;
        std::unique_ptr<core::Inspector> inspector;
        JobThread thread;
    };
    WorkLane& laneOf(Lane lane) { return lane == Lane::Quick ? quick : slow; }

    void answer(std::function<void()> call) {
        if (m_answers.put(std::move(call))) Q_EMIT answered();
    }

    /// `work` runs in the lane's thread with the run's inspector and returns what to do here.
    template <class WorkToDo>
    void run(Lane lane, const std::filesystem::path& directory, const Token& unwanted, WorkToDo work, Failure failure) {
        WorkLane& place = laneOf(lane);
        place.thread.add([this, &place, directory, unwanted, work = std::move(work), failure = std::move(failure)] {
            if (*unwanted) return;
            const auto complain = [&](const char* what, const std::string& hint) {
                answer([unwanted, failure, text = QString::fromUtf8(what), advice = QString::fromStdString(hint)] {
                    if (!*unwanted) failure(text, advice);
                });
            };
            try {
                if (factory.prepareThread) factory.prepareThread(training ? 1 : 0);
                if (!place.inspector || place.directory != directory) {
                    place.inspector.reset();
                    place.inspector = factory.open(directory);
                    place.directory = directory;
                }
                answer([unwanted, call = work(*place.inspector)] {
                    if (!*unwanted) call();
                });
            } catch (const core::Cancelled&) {
            } catch (const core::Error& error) {
                complain(error.what(), error.hint());
            } catch (const std::bad_alloc&) {
                complain(QT_TR_NOOP("There is not enough memory for this view."), QT_TR_NOOP("Close other programs, or look at fewer pictures."));
            } catch (const std::exception& error) {
                complain(error.what(), {});
            }
        });
    }

    Failure complaint() {
        return [this](const QString& what, const QString& hint) { Q_EMIT q->failed(what, hint); };
    }

    Token tokenFor(QObject* context, const QString& topic) {
        Token& token = m_tokens[{context, topic}];
        if (token) *token = true;
        token = std::make_shared<std::atomic<bool>>(false);
        return token;
    }
    void drop(QObject* context, const QString& topic) {
        const auto found = m_tokens.find({context, topic});
        if (found == m_tokens.end()) return;
        *found->second = true;
        m_tokens.erase(found);
    }
    void dropAll() {
        for (const auto& entry : m_tokens) *entry.second = true;
        m_tokens.clear();
    }

    void takeCheckpoints(std::vector<core::KeptCheckpoint> kept) {
        InspectionSubject& now = *subject;
        const std::string before = q->checkpoint() ? q->checkpoint()->name : std::string();
        now.checkpoints = std::move(kept);
        const auto same = std::find_if(now.checkpoints.begin(), now.checkpoints.end(), [&](const auto& entry) { return entry.name == before; });
        const int newest = static_cast<int>(now.checkpoints.size()) - 1;
        now.chosen = followNewest || same == now.checkpoints.end() ? newest : static_cast<int>(same - now.checkpoints.begin());
        Q_EMIT q->checkpointsChanged();
        if ((q->checkpoint() ? q->checkpoint()->name : std::string()) != before) choose(now.chosen);
    }
    void choose(int index) {
        dropAll();
        subject->chosen = index;
        Q_EMIT q->checkpointChanged();
    }

    InspectionController* const q;
    const InspectorFactory factory;
    std::optional<InspectionSubject> subject;
    std::filesystem::path directory;
    bool followNewest = true;
    std::atomic<bool> training{false};
    Token subjectToken = std::make_shared<std::atomic<bool>>(false), listToken = std::make_shared<std::atomic<bool>>(false);

Q_SIGNALS:
    void answered();

private:
    void takeAnswers() {
        for (const std::function<void()>& call : m_answers.takeAll()) call();
    }

    std::map<std::pair<QObject*, QString>, Token> m_tokens;
    Mailbox<std::function<void()>> m_answers;

public:
    // Last, so that they end first: their jobs use everything above.
    WorkLane quick, slow;
};

InspectionController::InspectionController(InspectorFactory factory, QObject* parent)
    : QObject(parent), d(std::make_unique<Private>(this, std::move(factory))) {}

InspectionController::~InspectionController() {
    *d->subjectToken = *d->listToken = true;
    d->dropAll();
}

void InspectionController::follow(TrainingController& controller) {
    connect(&controller, &TrainingController::runStarted, this, [this](const core::RunStarted& run) { inspectRun(run.directory); });
    connect(&controller, &TrainingController::checkpointSaved, this, &InspectionController::refreshCheckpoints);
    connect(&controller, &TrainingController::stateChanged, this, [this](core::TrainerState state) {
        setTraining(state == core::TrainerState::Preparing || state == core::TrainerState::Running || state == core::TrainerState::Stopping);
    });
}

const InspectionSubject* InspectionController::subject() const { return d->subject ? &*d->subject : nullptr; }

const core::KeptCheckpoint* InspectionController::checkpoint() const {
    return d->subject && d->subject->chosen >= 0 ? &d->subject->checkpoints[static_cast<std::size_t>(d->subject->chosen)] : nullptr;
}

bool InspectionController::followsNewest() const { return d->followNewest; }

void InspectionController::enqueue(Question question) {
    const core::KeptCheckpoint* chosen = checkpoint();
    if (!chosen) return;
    const Token unwanted = d->tokenFor(question.context, question.topic);
    Failure failure = question.failure ? std::move(question.failure) : d->complaint();
    const QPointer<QObject> context = question.context;
    const auto alive = [context](auto call) {
        return [context, call = std::move(call)](const auto&... values) {
            if (context) call(values...);
        };
    };
    d->run(
        question.lane, d->directory, unwanted,
        [this, unwanted, alive, name = chosen->name, work = std::move(question.work), progress = std::move(question.progress)](core::Inspector& inspector) {
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
        alive(std::move(failure)));
}

void InspectionController::cancel(QObject* context, const QString& topic) { d->drop(context, topic); }

void InspectionController::inspectRun(const std::filesystem::path& directory) {
    d->dropAll();
    *d->subjectToken = *d->listToken = true;
    d->subjectToken = std::make_shared<std::atomic<bool>>(false);
    d->run(
        Lane::Quick, directory, d->subjectToken,
        [this, directory](core::Inspector& inspector) {
            InspectionSubject opened;
            opened.run = inspector.run();
            opened.checkpoints = inspector.checkpoints();
            opened.chosen = static_cast<int>(opened.checkpoints.size()) - 1;
            try {
                opened.pictures = inspector.pictures(core::Split::Test);
            } catch (const core::Error& error) {
                opened.problem = QString::fromUtf8(error.what()) + QLatin1Char(' ') + QString::fromStdString(error.hint());
            }
            return [this, directory, opened = std::move(opened)] {
                d->dropAll();
                d->directory = directory;
                d->followNewest = true;
                d->subject = opened;
                Q_EMIT subjectChanged();
                Q_EMIT checkpointChanged();
            };
        },
        d->complaint());
}

void InspectionController::chooseCheckpoint(int index) {
    if (!d->subject || index < 0 || index >= static_cast<int>(d->subject->checkpoints.size())) return;
    d->followNewest = false;
    if (index != d->subject->chosen) d->choose(index);
    else Q_EMIT checkpointsChanged();
}

void InspectionController::followNewest() {
    d->followNewest = true;
    if (!d->subject) return;
    const int newest = static_cast<int>(d->subject->checkpoints.size()) - 1;
    if (newest != d->subject->chosen) d->choose(newest);
    else Q_EMIT checkpointsChanged();
}

void InspectionController::refreshCheckpoints() {
    if (!d->subject) return;
    *d->listToken = true;
    d->listToken = std::make_shared<std::atomic<bool>>(false);
    d->run(
        Lane::Quick, d->directory, d->listToken,
        [this](core::Inspector& inspector) {
            return [this, kept = inspector.checkpoints()] { d->takeCheckpoints(kept); };
        },
        d->complaint());
}

void InspectionController::setTraining(bool training) { d->training = training; }

}  // namespace thaw::ui

#include "inspection_controller.moc"
