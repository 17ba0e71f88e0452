// File > Write report: asks where to, writes the report of the inspected run's chosen checkpoint beside everything else, and says
// so in the window's banner, with a way to stop it.
#pragma once

#include <QObject>

class QWidget;

namespace thaw::ui {

class Banner;
class InspectionController;

class ReportWriter : public QObject {
    Q_OBJECT
public:
    /// Both outlive the writer.
    ReportWriter(InspectionController& inspection, Banner& banner, QWidget* window);

public Q_SLOTS:
    void chooseFile();                ///< opens the dialog
    void write(const QString& file);  ///< PDF where its name ends so, else HTML

Q_SIGNALS:
    void written(const QString& file);
    void failed(const QString& what);

private:
    void complain(const QString& what);

    InspectionController& m_inspection;
    Banner& m_banner;
    QWidget* m_window;
    bool m_writing = false;
};

}  // namespace thaw::ui
