// How quick this machine is with each trunk: what was measured before, and a measurement of as many as asked for in a thread of
// its own, one after the other. GUI thread.
#pragma once

#include <QObject>
#include <QStringList>

#include <functional>
#include <map>
#include <memory>

#include "core/api/trunks.h"

namespace thaw::ui {

class TrunkSpeeds : public QObject {
    Q_OBJECT
public:
    using Measure = std::function<core::TrunkSpeed(const std::string& model, const std::atomic<bool>& stop)>;
    using Stored = std::function<std::map<std::string, core::TrunkSpeed>()>;

    explicit TrunkSpeeds(QObject* parent = nullptr, Measure measure = core::measureTrunkSpeed,
                         Stored stored = core::storedTrunkSpeeds);
    ~TrunkSpeeds() override;  ///< stops, and waits for the batch under way

    void load();  ///< what was measured before
    void measure(const QStringList& models);
    void stop();
    bool isMeasuring() const { return m_total > 0; }
    int total() const { return m_total; }
    int number() const { return m_total - static_cast<int>(m_waiting.size()); }  ///< of the one that is measured, from 1
    const QString& now() const { return m_now; }                                 ///< empty: none
    const QStringList& waiting() const { return m_waiting; }
    const std::map<std::string, core::TrunkSpeed>& speeds() const { return m_speeds; }
    /// A sentence for each that could not be measured.
    const std::map<std::string, QString>& problems() const { return m_problems; }

Q_SIGNALS:
    void changed();

private:
    void measureNext();
    class Private;
    std::unique_ptr<Private> d;
    QString m_now;
    QStringList m_waiting;
    int m_total = 0;
    std::map<std::string, core::TrunkSpeed> m_speeds;
    std::map<std::string, QString> m_problems;
};

}  // namespace thaw::ui
