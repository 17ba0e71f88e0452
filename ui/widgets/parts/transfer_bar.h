// A download under way: what it does, how far it is, how long it still takes, and a way to stop it.
#pragma once

#include <QWidget>

#include "core/api/dataset_info.h"

class QLabel;
class QProgressBar;

namespace thaw::ui {

class TransferBar : public QWidget {
    Q_OBJECT
public:
    explicit TransferBar(QWidget* parent = nullptr);
    void start(const QString& what);
    void setProgress(const core::DownloadProgress& progress);
    QString text() const;

Q_SIGNALS:
    void cancelRequested();

private:
    QLabel *m_what, *m_figures;
    QProgressBar* m_bar;
};

}  // namespace thaw::ui
