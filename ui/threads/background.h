// Jobs beside the GUI thread, one after the other: reading a folder, writing a file, a download.
#pragma once

#include <QObject>

#include <functional>

#include "ui/threads/job_thread.h"
#include "ui/threads/mailbox.h"

namespace thaw::ui {

class Background : public QObject {
    Q_OBJECT
public:
    using Failure = std::function<void(const QString& what, const QString& hint)>;

    explicit Background(QObject* parent = nullptr);
    ~Background() override;  ///< waits for the job under way and drops the others; no answer comes any more

    /// `work` runs in the thread and returns what to do in the GUI thread; `failure` is called there with what it threw.
    void add(std::function<std::function<void()>()> work, Failure failure);
    /// From within a job: `call` is made in the GUI thread, in order with the answers.
    void post(std::function<void()> call);

Q_SIGNALS:
    void answered();

private:
    void takeAnswers();

    Mailbox<std::function<void()>> m_answers;
    JobThread m_thread;  // last: its jobs use everything above
};

}  // namespace thaw::ui
