// Curves on their way into a file.
#pragma once

#include <QImage>
#include <QString>

#include <utility>
#include <vector>

#include "ui/models/run_curves.h"

class QWidget;

namespace thaw::ui {

enum class ExportFormat { Png, Svg, Pdf, Csv };

struct CurveExport {
    QString file;
    ExportFormat format = ExportFormat::Png;
    QImage image;                                     ///< Png
    QByteArray bytes;                                 ///< Svg, Pdf
    std::vector<std::pair<QString, RunCurves>> runs;  ///< Csv
    QString error;                                    ///< filled by writeExport; empty: done
};

/// To a temporary file that takes the target's place when complete. Any thread.
void writeExport(CurveExport& job);
/// Asks where to; empty: nowhere. `title` becomes the name that is offered.
QString askForExportFile(QWidget* parent, ExportFormat format, const QString& title);

}  // namespace thaw::ui
