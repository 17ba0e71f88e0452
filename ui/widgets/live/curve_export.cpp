#include "ui/widgets/live/curve_export.h"

#include <QCoreApplication>
#include <QFileDialog>
#include <QFileInfo>
#include <QImageWriter>
#include <QRegularExpression>
#include <QSaveFile>
#include <QStandardPaths>

namespace thaw::ui {
namespace {

QString say(const char* text) { return QCoreApplication::translate("thaw::ui::CurveExport", text); }

}  // namespace

void writeExport(CurveExport& job) {
    const QFileInfo target(job.file);
    if (target.exists() && !target.isFile()) {  // QSaveFile would put a file in the place of a device
        job.error = say("it is not an ordinary file");
        return;
    }
    QSaveFile file(job.file);
    bool written = file.open(QIODevice::WriteOnly);
    if (written) {
        switch (job.format) {
            case ExportFormat::Png:
                written = QImageWriter(&file, "png").write(job.image);
                break;
            case ExportFormat::Svg:
            case ExportFormat::Pdf:
                written = file.write(job.bytes) == job.bytes.size();
                break;
            case ExportFormat::Csv:
                for (std::size_t i = 0; i < job.runs.size() && written; ++i)
                    written = job.runs[i].second.writeCsv(file, job.runs[i].first, i == 0);
                break;
        }
    }
    // commit() also reports what an earlier write could not do.
    if (!written && file.isOpen() && file.error() == QFileDevice::NoError) file.cancelWriting();
    if (!written || !file.commit()) job.error = file.errorString();
}

QString askForExportFile(QWidget* parent, ExportFormat format, const QString& title) {
    const std::pair<QString, QString> kinds[] = {{QStringLiteral("png"), say("Pictures (*.png)")},
                                                 {QStringLiteral("svg"), say("Drawings (*.svg)")},
                                                 {QStringLiteral("pdf"), say("Pages (*.pdf)")},
                                                 {QStringLiteral("csv"), say("Tables (*.csv)")}};
    const auto& [suffix, filter] = kinds[static_cast<int>(format)];
    QString name = title;
    name.replace(QRegularExpression(QStringLiteral("[^\\w ,.-]")), QStringLiteral("-"));
    static QString folder = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    QFileDialog dialog(parent, say("Export the curves"), folder, filter);
    dialog.setAcceptMode(QFileDialog::AcceptSave);
    dialog.setDefaultSuffix(suffix);
    dialog.selectFile(name + QLatin1Char('.') + suffix);
    if (dialog.exec() != QDialog::Accepted || dialog.selectedFiles().isEmpty()) return {};
    folder = dialog.directory().absolutePath();
    return dialog.selectedFiles().constFirst();
}

}  // namespace thaw::ui
