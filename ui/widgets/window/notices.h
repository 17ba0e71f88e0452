// Turns what happens into sentences: banners for what needs an answer or a look, log lines for everything worth one.
#pragma once

#include <QObject>

#include "ui/bridge/event_metatypes.h"

namespace thaw::ui {

class Banner;
class Session;

class Notices : public QObject {
    Q_OBJECT
public:
    Notices(Session& session, Banner& banner, QObject* parent = nullptr);

private:
    void offerArrived();
    void offerInterrupted(const std::vector<core::RunSummary>& runs);
    void warn(const QString& kind, const QString& what, const QString& hint);
    Session& m_session;
    Banner& m_banner;
    QString m_arrived;  ///< a data set that came while a run trained
    bool m_offered = false;
};

}  // namespace thaw::ui
