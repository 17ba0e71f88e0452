// File > Write report: asks where to, writes the report of the inspected run's chosen checkpoint beside everything else, and says
// so in the window's banner, with a way to stop it. Another run that is opened meanwhile does not end it.
#pragma once

#include <QObject>

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "ui/threads/background.h"

class QWidget;

namespace thaw::ui {

class Banner;
class InspectionController;

class ReportWriter : public QObject {
    Q_OBJECT
public:
    /// Both outlive the writer.
    ReportWriter(InspectionController& inspection, Banner& banner, QWidget* window);
    ~ReportWriter() override;

public Q_SLOTS:
    void chooseFile();                ///< opens the dialog
    void write(const QString& file);  ///< PDF where its name ends so, else HTML

Q_SIGNALS:
    void written(const QString& file);
    void failed(const QString& what);

private:
    struct Job {
        QString file;
        std::filesystem::path run;
        std::string checkpoint;
    };
    void goOnAlone();
    void stop();
    void showProgress(int percent);
    void finish();
    void fail(const QString& what, const QString& hint);
    void complain(const QString& what);

    InspectionController& m_inspection;
    Banner& m_banner;
    QWidget* m_window;
    std::optional<Job> m_job;                           // under way
    std::shared_ptr<std::atomic<bool>> m_aloneStopped;  // of the job while it goes on without the views' inspector
    Background m_alone;
};

}  // namespace thaw::ui
