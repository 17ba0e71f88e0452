// Work under way, in a line or two: what, how far, and a way to stop it. Comes after a moment, so that quick answers do not make
// it flash.
#pragma once

#include <QTimer>
#include <QWidget>

#include <cstdint>

class QLabel;
class QProgressBar;

namespace thaw::ui {

class WorkStrip : public QWidget {
    Q_OBJECT
public:
    /// `narrow`: in two lines.
    explicit WorkStrip(QWidget* parent = nullptr, bool narrow = false);

    void start(const QString& what);
    void setProgress(std::int64_t done, std::int64_t total);  ///< total 0: unknown
    void stop();
    bool isWorking() const { return m_delay.isActive() || !isHidden(); }
    QString figures() const;

Q_SIGNALS:
    void cancelRequested();
    void shownChanged(bool shown);

private:
    QTimer m_delay;
    QLabel *m_what, *m_figures;
    QProgressBar* m_bar;
};

}  // namespace thaw::ui
