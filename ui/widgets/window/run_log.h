// Tells the run in the log: one plain sentence for everything that happened.
#pragma once

#include <QObject>

namespace thaw::ui {

class Session;

class RunLog : public QObject {
    Q_OBJECT
public:
    explicit RunLog(Session& session, QObject* parent = nullptr);
};

}  // namespace thaw::ui
