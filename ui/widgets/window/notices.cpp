#include "ui/widgets/window/notices.h"

#include "ui/bridge/lesson_data.h"
#include "ui/bridge/session.h"
#include "ui/models/path_text.h"
#include "ui/models/problem_text.h"
#include "ui/models/run_text.h"
#include "ui/widgets/parts/banner.h"

namespace thaw::ui {
namespace {

QString text(const std::string& value) { return QString::fromStdString(value); }

}  // namespace

Notices::Notices(Session& session, Banner& banner, QObject* parent) : QObject(parent), m_session(session), m_banner(banner) {
    const TrainingController& training = session.training();
    const LibraryController& library = session.library();
    connect(&library, &LibraryController::runsListed, this, &Notices::offerInterrupted);
    connect(&library, &LibraryController::failed, this,
            [this](const QString& what, const QString& hint) { warn(QStringLiteral("library"), what, hint); });
    connect(&session.lessonData(), &LessonData::arrived, this, [this](const QString& title) {
        m_arrived = title;
        offerArrived();
    });
    connect(&session, &Session::actionsChanged, this, &Notices::offerArrived);
    connect(&session, &Session::ticksKept, this, [this](const QString& model) {
        m_banner.ask(QStringLiteral("ticks"), Banner::Look::Note,
                     tr("Your ticks belong to %1 and are kept there: they come back with it.").arg(model));
    });
    connect(&session.inspection(), &InspectionController::failed, this,
            [this](const QString& what, const QString& hint) { warn(QStringLiteral("inspection"), what, hint); });
    connect(&session.inspection(), &InspectionController::subjectChanged, this,
            [this] { m_banner.dismiss(QStringLiteral("inspection")); });
    connect(&session, &Session::refused, this,
            [this](const QString& what, const QString& hint) { warn(QStringLiteral("refused"), what, hint); });
    connect(&training, &TrainingController::runStarted, this, [this](const core::RunStarted& run) {
        for (const char* kind : {"interrupted", "refused", "failed", "ticks"}) m_banner.dismiss(QLatin1String(kind));
        if (run.resumed && !run.bitExact)
            m_banner.ask(QStringLiteral("bitExact"), Banner::Look::Note,
                         tr("This run goes on, but not bit-exact: %1.").arg(text(run.bitExactReason)));
    });
    connect(&training, &TrainingController::checkpointFailed, this, [this](const core::CheckpointFailed& failed) {
        warn(QStringLiteral("checkpoint"), tr("%1 Training goes on in memory.").arg(text(failed.what)), text(failed.hint));
    });
    connect(&training, &TrainingController::checkpointSaved, this, [this] { m_banner.dismiss(QStringLiteral("checkpoint")); });
    connect(&training, &TrainingController::notice, this, [this](const core::Notice& notice) {
        if (notice.warning) m_banner.ask(QStringLiteral("notice"), Banner::Look::Note, text(notice.text));
    });
}

void Notices::warn(const QString& kind, const QString& what, const QString& hint) {
    m_banner.ask(kind, Banner::Look::Warning, problemText(what, hint));
}

void Notices::offerArrived() {
    if (m_arrived.isEmpty()) return;
    const bool busy = m_session.isActive();
    if (busy && m_banner.kind() == QLatin1String("arrived")) return;
    if (busy)
        return m_banner.ask(QStringLiteral("arrived"), Banner::Look::Note,
                            tr("%1 is here. When this run has ended, the lesson can run on it.").arg(m_arrived));
    m_banner.ask(QStringLiteral("arrived"), Banner::Look::Note, tr("%1 is here. Run the lesson on it?").arg(m_arrived),
                 {{tr("Run the lesson"), [this] { m_session.lessonData().run(); }}, {tr("Not now"), {}}});
    m_arrived.clear();
}

void Notices::offerInterrupted(const std::vector<core::RunSummary>& runs) {
    // Once, with the first list: what was killed before this start.
    if (m_offered || m_session.isActive()) return;
    m_offered = true;
    for (const core::RunSummary& run : runs) {
        if (run.status != core::RunStatus::Interrupted || !run.resumable) continue;
        const QString directory = pathText(run.directory);
        m_banner.ask(
            QStringLiteral("interrupted"), Banner::Look::Note,
            tr("%1 was interrupted at epoch %2 of %3. Continue?").arg(runName(run)).arg(run.epochs + 1).arg(run.plannedEpochs),
            {{tr("Continue"), [this, directory] { m_session.continueRun(directory); }}, {tr("Not now"), {}}});
        return;
    }
}

}  // namespace thaw::ui
