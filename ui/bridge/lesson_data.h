// The lesson's own pictures on a machine that lacks them: they are fetched beside whatever trains; then the lesson runs on them,
// or is offered where another run was started meanwhile. GUI thread.
#pragma once

#include <QObject>

#include "ui/bridge/event_metatypes.h"

namespace thaw::ui {

class Session;

class LessonData : public QObject {
    Q_OBJECT
public:
    explicit LessonData(Session& session);

    /// What can be fetched. Null: nothing is missing, or the next run uses pictures that the user chose.
    const core::DatasetInfo* missing() const;
    /// What the lesson runs on meanwhile; null: nothing.
    const core::DatasetInfo* standIn() const;
    bool isFetching() const;
    const QString& problem() const { return m_problem; }  ///< why it could not be fetched

public Q_SLOTS:
    void fetchAndRun();
    void cancel();
    /// The lesson on what came; refused while a run is active.
    void run();

Q_SIGNALS:
    void changed();
    void arrived(const QString& title);  ///< and nobody waits for it any more: offer run()

private:
    void takeEnd(const QString& id, const QString& error, const QString& hint, bool cancelled);
    void takeList();

    Session& m_session;
    QString m_id, m_problem;
    bool m_runWhenHere = false, m_came = false;
};

}  // namespace thaw::ui
