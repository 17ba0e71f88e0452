#include "ui/bridge/trunk_speeds.h"

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "ui/models/path_text.h"
#include "ui/models/problem_text.h"
#include "ui/threads/background.h"

namespace thaw::ui {

class TrunkSpeeds::Private {
public:
    Measure measure;
    Stored stored;
    std::atomic<bool> stop{false};
    Background thread;  // last: its jobs use everything above
};

TrunkSpeeds::TrunkSpeeds(QObject* parent, Measure measure, Stored stored) : QObject(parent), d(std::make_unique<Private>()) {
    d->measure = std::move(measure);
    d->stored = std::move(stored);
}

TrunkSpeeds::~TrunkSpeeds() { d->stop = true; }

void TrunkSpeeds::load() {
    d->thread.add(
        [this]() -> std::function<void()> {
            return [this, speeds = d->stored()] {
                m_speeds = speeds;
                Q_EMIT changed();
            };
        },
        [](const QString&, const QString&) {});  // without an engine nothing runs, which is said elsewhere
}

void TrunkSpeeds::measure(const QStringList& models) {
    if (isMeasuring() || models.isEmpty()) return;
    d->stop = false;
    m_waiting = models;
    m_total = static_cast<int>(models.size());
    measureNext();
}

void TrunkSpeeds::measureNext() {
    if (m_waiting.isEmpty() || d->stop) {
        m_now.clear();
        m_waiting.clear();
        m_total = 0;
        Q_EMIT changed();
        return;
    }
    m_now = m_waiting.takeFirst();
    const std::string model = m_now.toStdString();
    d->thread.add(
        [this, model]() -> std::function<void()> {
            core::giveWayToOtherThreads();
            core::useComputeThreads(0);
            return [this, model, speed = d->measure(model, d->stop)] {
                m_speeds[model] = speed;
                m_problems.erase(model);
                measureNext();
            };
        },
        [this, model](const QString& what, const QString& hint) {
            if (!d->stop) m_problems[model] = problemText(what, hint);
            measureNext();
        });
    Q_EMIT changed();
}

void TrunkSpeeds::stop() { d->stop = true; }

}  // namespace thaw::ui
