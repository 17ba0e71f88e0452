#include "ui/bridge/lesson_data.h"

#include <utility>

#include "ui/bridge/session.h"
#include "ui/models/problem_text.h"

namespace thaw::ui {
namespace {

bool isUsable(const core::DatasetInfo& info) { return info.present && info.problem.empty(); }

QString text(const std::string& value) { return QString::fromStdString(value); }

}  // namespace

LessonData::LessonData(Session& session) : QObject(&session), m_session(session) {
    const LibraryController& library = session.library();
    connect(&library, &LibraryController::downloadStarted, this, [this] {
        m_problem.clear();
        Q_EMIT changed();
    });
    connect(&library, &LibraryController::downloadFinished, this, &LessonData::takeEnd);
    connect(&library, &LibraryController::datasetsListed, this, &LessonData::takeList);
    // Whoever starts a run does not wait for the pictures.
    connect(&session.training(), &TrainingController::stateChanged, this, [this](core::TrainerState state) {
        if (state == core::TrainerState::Preparing) m_runWhenHere = false;
    });
}

const core::DatasetInfo* LessonData::standIn() const {
    const core::DatasetInfo* used = core::chosenDataset(m_session.datasets(), m_session.config().data);
    return used && isUsable(*used) ? used : nullptr;
}

const core::DatasetInfo* LessonData::missing() const {
    const core::DatasetInfo* used = standIn();
    if (used && !used->substitute) return nullptr;
    for (const core::DatasetInfo& info : m_session.datasets())
        if (!info.substitute && !info.download.url.empty()) return isUsable(info) ? nullptr : &info;  // the lesson's own is first
    return nullptr;
}

bool LessonData::isFetching() const {
    const core::DatasetInfo* wanted = missing();
    return wanted && m_session.library().download() == text(wanted->id);
}

void LessonData::fetchAndRun() {
    const core::DatasetInfo* wanted = missing();
    if (!wanted) return;
    m_id = text(wanted->id);
    m_runWhenHere = true;
    if (!isFetching()) m_session.library().downloadDataset(m_id);
    Q_EMIT changed();
}

void LessonData::cancel() {
    m_runWhenHere = false;
    m_session.library().cancelDownload();
}

void LessonData::takeEnd(const QString& id, const QString& error, const QString& hint, bool cancelled) {
    const core::DatasetInfo* wanted = missing();
    if (wanted && text(wanted->id) == id) {
        m_id = id;
        m_came = error.isEmpty() && !cancelled;
        if (!m_came) m_runWhenHere = false;
        if (cancelled)
            m_problem = tr("Download stopped. What has arrived is used next time.");
        else if (!error.isEmpty())
            m_problem = problemText(error, hint);
    }
    Q_EMIT changed();
}

void LessonData::takeList() {
    if (m_came)
        for (const core::DatasetInfo& info : m_session.datasets()) {
            if (text(info.id) != m_id || !isUsable(info)) continue;
            m_came = false;
            if (std::exchange(m_runWhenHere, false) && !m_session.isActive())
                run();
            else
                Q_EMIT arrived(text(info.title));
            break;
        }
    Q_EMIT changed();
}

void LessonData::run() {
    if (m_session.isActive()) return;
    core::RunConfig config = m_session.config();
    config.data.dataset = m_id.toStdString();
    config.data.directory.clear();
    m_session.setConfig(config);
    m_session.runLesson();
}

}  // namespace thaw::ui
