#include "ui/bridge/training_worker.h"

#include <QDateTime>
#include <QThread>

#include <new>

#include "core/api/errors.h"

namespace thaw::ui {
namespace {

constexpr qint64 kDeliveryMilliseconds = 100;
constexpr qint64 kShutdownMilliseconds = 4000;

}  // namespace

TrainingWorker::TrainingWorker(TrainerFactory factory) : m_factory(std::move(factory)) {
    connect(this, &TrainingWorker::ordersPosted, this, &TrainingWorker::takeOrders, Qt::QueuedConnection);
    m_sinceDelivery.start();
}

TrainingWorker::~TrainingWorker() = default;

void TrainingWorker::post(Order order) {
    if (m_orders.put(std::move(order))) Q_EMIT ordersPosted();
}

std::vector<TrainingWorker::Delivery> TrainingWorker::takeDeliveries() { return m_deliveries.takeAll(); }

void TrainingWorker::takeOrders() {
    for (const Order& order : m_orders.takeAll()) {
        if (m_closed) return;
        std::visit([this](const auto& value) { carryOut(value); }, order);
    }
}

void TrainingWorker::carryOut(const Start& start) {
    replaceTrainer(start.session, [&] { return m_factory.make(start.config, start.paused); });
}

void TrainingWorker::carryOut(const Open& open) {
    replaceTrainer(open.session, [&] { return m_factory.resume(open.directory, open.paused); });
}

void TrainingWorker::carryOut(const Close& close) {
    replaceTrainer(close.session, []() -> std::unique_ptr<core::Trainer> { return nullptr; });
}

void TrainingWorker::carryOut(const core::Command& command) {
    if (!m_trainer) {
        report({{m_runId, 0.0, core::CommandRefused{command.requestId, tr("No run is open.").toStdString()}}});
        return;
    }
    guarded([&] { report(m_trainer->apply(command)); });
    scheduleStep();
}

void TrainingWorker::carryOut(const Shutdown& shutdown) {
    m_closed = true;
    QElapsedTimer clock;
    clock.start();
    if (m_trainer) {
        const core::TrainerState state = m_trainer->state();
        if (state == core::TrainerState::Preparing || state == core::TrainerState::Running || state == core::TrainerState::Paused)
            guarded([&] { report(m_trainer->apply({0, core::Stop{}})); });
        while (m_trainer && m_trainer->hasWork() && clock.elapsed() < kShutdownMilliseconds)
            guarded([&] { report(m_trainer->step()); });
    }
    m_trainer.reset();
    deliver();
    thread()->quit();
    shutdown.done->set_value();
}

template <class Make>
void TrainingWorker::replaceTrainer(quint64 session, Make&& make) {
    deliver();
    m_session = m_pending.session = session;
    m_runId.clear();
    m_trainer.reset();  // first: it may hold the lock of the very run that is opened
    const auto refuse = [this](const char* what, const std::string& hint) {
        m_pending.startError = StartError{QString::fromUtf8(what), QString::fromStdString(hint)};
        deliver();
    };
    try {
        if (!m_prepared && m_factory.prepareThread) m_factory.prepareThread();
        m_prepared = true;
        m_trainer = make();
    } catch (const core::Error& error) {
        refuse(error.what(), error.hint());
    } catch (const std::exception& error) {
        refuse(error.what(), {});
    }
    scheduleStep();
}

void TrainingWorker::runStep() {
    m_stepScheduled = false;
    if (!m_trainer || m_closed || !m_trainer->hasWork()) return;
    guarded([this] { report(m_trainer->step()); });
    scheduleStep();
}

void TrainingWorker::scheduleStep() {
    if (m_stepScheduled || m_closed || !m_trainer || !m_trainer->hasWork()) return;
    m_stepScheduled = true;
    QMetaObject::invokeMethod(this, &TrainingWorker::runStep, Qt::QueuedConnection);
}

template <class Work>
void TrainingWorker::guarded(Work&& work) {
    try {
        work();
    } catch (const core::Error& error) {
        fail(error.what(), error.hint());
    } catch (const std::bad_alloc&) {
        fail(tr("There is not enough memory.").toStdString(), tr("Choose a smaller batch or input size.").toStdString());
    } catch (const std::exception& error) {
        fail(error.what(), {});
    } catch (...) {
        fail(tr("Training failed for an unknown reason.").toStdString(), {});
    }
}

void TrainingWorker::fail(const std::string& what, const std::string& hint) {
    m_trainer.reset();
    const double now = static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000.0;
    report({{m_runId, now, core::RunFailed{what, {}, hint}}, {m_runId, now, core::StateChanged{core::TrainerState::Failed}}});
}

void TrainingWorker::report(std::vector<core::Event> events) {
    for (core::Event& event : events) {
        if (const auto* started = std::get_if<core::RunStarted>(&event.data)) m_runId = started->runId;
        const auto* batch = std::get_if<core::BatchFinished>(&event.data);
        const bool progress = std::holds_alternative<core::WorkProgress>(event.data);
        const bool moved = std::holds_alternative<core::MovedChanged>(event.data);
        if (!batch && !progress && !moved) {
            m_pending.milestones.push_back(std::move(event));
            continue;
        }
        if (!m_pending.milestones.empty() || (batch && !m_pending.batches.empty() && m_pending.batchRunId != event.runId))
            deliver();
        if (batch) {
            m_pending.batchRunId = event.runId;
            m_pending.batches.push_back(*batch);
        } else {
            (progress ? m_pending.progress : m_pending.moved) = std::move(event);
        }
    }
    const bool resting = !m_trainer || !m_trainer->hasWork();
    if (resting || !m_pending.milestones.empty() || m_sinceDelivery.elapsed() >= kDeliveryMilliseconds) deliver();
}

void TrainingWorker::deliver() {
    const bool empty = m_pending.batches.empty() && !m_pending.progress && !m_pending.moved && m_pending.milestones.empty() &&
                       !m_pending.startError;
    if (empty) return;
    Delivery next;
    next.session = m_session;
    if (m_deliveries.put(std::exchange(m_pending, std::move(next)))) Q_EMIT delivered();
    m_sinceDelivery.restart();
}

}  // namespace thaw::ui
