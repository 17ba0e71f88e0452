// File > Export: asks where to and in which form, and writes the model of the run and the moment that the views show: one that
// trains as it is now, every other from its checkpoint, in a thread of its own. Says in the window's banner where it lies and
// what to do with it.
#pragma once

#include <QObject>

#include "ui/threads/background.h"

class QWidget;

namespace thaw::core {
enum class ExportFormat;
}

namespace thaw::ui {

class Banner;
class Session;

class ModelExporter : public QObject {
    Q_OBJECT
public:
    /// Both outlive the exporter.
    ModelExporter(Session& session, Banner& banner, QWidget* window);

public Q_SLOTS:
    void chooseFile();                ///< opens the dialog
    void write(const QString& file);  ///< in the form that the end of its name says

Q_SIGNALS:
    void written(const QString& file);
    void failed(const QString& what);

private:
    bool isLive() const;
    void writeCheckpoint(const QString& file, core::ExportFormat format);
    void finish(const QString& file);
    void complain(const QString& what);

    Session& m_session;
    Banner& m_banner;
    QWidget* m_window;
    Background m_background;
};

}  // namespace thaw::ui
