// Work under way, in one line: what, how far, and a way to stop it. Comes after a moment, so that quick answers do not make it flash.
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
    explicit WorkStrip(QWidget* parent = nullptr);

    void start(const QString& what);
    void setProgress(std::int64_t done, std::int64_t total);
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
