// Tells the run in the log: one plain sentence for everything that happened.
#pragma once

#include <QObject>

#include <optional>

#include "core/api/events.h"

namespace thaw::ui {

class Session;

class RunLog : public QObject {
    Q_OBJECT
public:
    explicit RunLog(Session& session, QObject* parent = nullptr);

private:
    void takeRun(const core::RunStarted& run);
    void takePhase(const core::PhaseStarted& phase);
    void takeState(core::TrainerState state);

    Session& m_session;
    /// A run that was opened: what became of it is told when its state is known.
    std::optional<core::RunStarted> m_opened;
    QString m_openedPhase;
};

}  // namespace thaw::ui
