// What happens when the window is asked to close while a run is active: the question in the window, then save, stop and leave
// within five seconds.
#pragma once

#include <QObject>
#include <QTimer>

namespace thaw::ui {

class Banner;
class Session;

class Closing : public QObject {
    Q_OBJECT
public:
    static constexpr int kLongestMilliseconds = 4500;  ///< the worker's present step and the exit take the rest of five seconds

    Closing(Session& session, Banner& banner, QObject* parent = nullptr);

    /// True: close now. False: the question stands in the window, or the run is being saved.
    bool mayClose();
    /// Without a question, as at the end of the desktop's session: ready() follows.
    void saveAndLeave();

Q_SIGNALS:
    void leaving();  ///< nothing keeps the window open any more
    void ready();

private:
    void leaveWhenIdle();
    Session& m_session;
    Banner& m_banner;
    QTimer m_deadline;
    bool m_leaving = false, m_ready = false;
};

}  // namespace thaw::ui
