#include "ui/widgets/window/closing.h"

#include "ui/bridge/session.h"
#include "ui/widgets/parts/banner.h"

namespace thaw::ui {

Closing::Closing(Session& session, Banner& banner, QObject* parent) : QObject(parent), m_session(session), m_banner(banner) {
    m_deadline.setSingleShot(true);
    connect(&m_deadline, &QTimer::timeout, this, [this] {
        m_ready = true;
        Q_EMIT ready();
    });
    connect(&session, &Session::actionsChanged, this, [this] {
        if (m_leaving)
            leaveWhenIdle();
        else if (!m_session.isActive())
            m_banner.dismiss(QStringLiteral("closing"));
    });
}

bool Closing::mayClose() {
    if (m_ready || !m_session.isActive()) return true;
    if (!m_leaving) {
        m_banner.ask(QStringLiteral("closing"), Banner::Look::Warning,
                     tr("A run is active. Save it and quit? It can go on from here another time."),
                     {{tr("Save and quit"), [this] { saveAndLeave(); }}, {tr("Keep training"), {}}});
        m_banner.focusFirst();
    }
    return false;
}

void Closing::saveAndLeave() {
    if (m_leaving) return;
    m_leaving = true;
    Q_EMIT leaving();
    if (m_session.isActive()) m_banner.ask(QStringLiteral("closing"), Banner::Look::Note, tr("Saving the run..."));
    m_deadline.start(kLongestMilliseconds);
    m_session.training().stop();
    leaveWhenIdle();
}

void Closing::leaveWhenIdle() {
    if (m_session.isActive() || m_ready) return;
    m_deadline.stop();
    m_ready = true;
    // Out of whatever signal brought us here.
    QMetaObject::invokeMethod(this, &Closing::ready, Qt::QueuedConnection);
}

}  // namespace thaw::ui
