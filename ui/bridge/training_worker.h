// Owns the Trainer and drives it: one step(), then a queued call to itself, so that orders come in between steps and in
// their order. Everything private runs in the worker's thread; post() and takeDeliveries() may be called from any thread.
#pragma once

#include <QElapsedTimer>
#include <QObject>

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ui/bridge/training_controller.h"
#include "ui/threads/mailbox.h"

namespace thaw::ui {

class TrainingWorker : public QObject {
    Q_OBJECT
public:
    struct Start {
        quint64 session = 0;
        core::RunConfig config;
        bool paused = false;
    };
    struct Open {
        quint64 session = 0;
        std::filesystem::path directory;
        bool paused = false;
    };
    /// Lets go of a run that has ended.
    struct Close {
        quint64 session = 0;
    };
    /// Stops the run after its present step, with a checkpoint, and leaves the thread's event loop; `done` is kept last of all.
    struct Shutdown {
        std::shared_ptr<std::promise<void>> done;
    };
    using Order = std::variant<Start, Open, Close, core::Command, Shutdown>;

    struct StartError {
        QString what, hint;
    };
    /// What happened, to be read in the order of the members.
    struct Delivery {
        quint64 session = 0;
        std::string batchRunId;
        std::vector<core::BatchFinished> batches;
        std::optional<core::Event> progress, moved;  ///< the newest of each
        std::vector<core::Event> milestones;
        std::optional<StartError> startError;
    };

    explicit TrainingWorker(TrainerFactory factory);
    ~TrainingWorker() override;

    void post(Order order);
    std::vector<Delivery> takeDeliveries();

Q_SIGNALS:
    void ordersPosted();
    void delivered();

private:
    void takeOrders();
    void runStep();
    void carryOut(const Start& start);
    void carryOut(const Open& open);
    void carryOut(const Close& close);
    void carryOut(const core::Command& command);
    void carryOut(const Shutdown& shutdown);
    template <class Make>
    void replaceTrainer(quint64 session, Make&& make);
    template <class Work>
    void guarded(Work&& work);
    void fail(const std::string& what, const std::string& hint);
    void report(std::vector<core::Event> events);
    void deliver();
    void scheduleStep();

    TrainerFactory m_factory;
    std::unique_ptr<core::Trainer> m_trainer;
    Mailbox<Order> m_orders;
    Mailbox<Delivery> m_deliveries;
    Delivery m_pending;
    QElapsedTimer m_sinceDelivery;
    quint64 m_session = 0;
    std::string m_runId;
    bool m_prepared = false;
    bool m_stepScheduled = false;
    bool m_closed = false;
};

}  // namespace thaw::ui
