#include "ui/widgets/report_writer.h"

#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QUrl>

#include "core/api/report.h"
#include "ui/bridge/inspection_controller.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/report_pdf.h"

namespace thaw::ui {
namespace {

const QString kKind = QStringLiteral("report"), kTopic = QStringLiteral("report");

bool isPdf(const QString& file) { return file.endsWith(QLatin1String(".pdf"), Qt::CaseInsensitive); }

}  // namespace

ReportWriter::ReportWriter(InspectionController& inspection, Banner& banner, QWidget* window)
    : QObject(window), m_inspection(inspection), m_banner(banner), m_window(window) {
    connect(&inspection, &InspectionController::subjectChanged, this, [this] {
        if (m_writing) complain(tr("The report was not written: another run was opened meanwhile."));
    });
}

void ReportWriter::chooseFile() {
    const InspectionSubject* subject = m_inspection.subject();
    if (!subject || !m_inspection.checkpoint()) return;
    auto* dialog = new QFileDialog(m_window, tr("Write the report"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    const QString page = tr("Web page (*.html)"), pdf = tr("PDF, for printing (*.pdf)");
    dialog->setNameFilters({page, pdf});
    dialog->setDefaultSuffix(QStringLiteral("html"));
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog, pdf](const QString& filter) {
        dialog->setDefaultSuffix(filter == pdf ? QStringLiteral("pdf") : QStringLiteral("html"));
    });
    dialog->setDirectory(QString::fromStdString(subject->run.directory.string()));
    dialog->selectFile(QStringLiteral("report"));
    connect(dialog, &QFileDialog::fileSelected, this, &ReportWriter::write);
    dialog->open();
}

void ReportWriter::write(const QString& file) {
    const core::KeptCheckpoint* checkpoint = m_inspection.checkpoint();
    if (!checkpoint) return;
    // Before the work that it takes, not after it.
    if (const QFileInfo folder(QFileInfo(file).absolutePath()); !folder.isDir() || !folder.isWritable()) {
        complain(tr("The report was not written: %1 is no folder that can be written to. Choose another one.").arg(folder.filePath()));
        return;
    }
    m_writing = true;
    const QString name = QDir(file).dirName();
    m_banner.ask(kKind, Banner::Look::Note, tr("Writing the report %1").arg(name), {{tr("Cancel"), [this] {
                     m_writing = false;
                     m_inspection.cancel(this, kTopic);
                 }}});
    // Of the checkpoint as it is chosen now, wherever the views go meanwhile.
    m_inspection.askAboutRun<bool>(
        this, kTopic, InspectionController::Lane::Long,
        [file, chosen = checkpoint->name](core::Inspector& inspector, const std::string&, const core::CountCallback& progress) {
            const core::Report report = core::makeReport(inspector, chosen, progress);
            if (isPdf(file)) writeReportPdf(report, file);
            else core::writeReport(report, file.toStdString());
            return true;
        },
        [this, file](bool) {
            m_writing = false;
            m_banner.ask(kKind, Banner::Look::Note, tr("The report is written to %1.").arg(file),
                         {{tr("Open"), [file] { QDesktopServices::openUrl(QUrl::fromLocalFile(file)); }}});
            Q_EMIT written(file);
        },
        [this, name](std::int64_t done, std::int64_t total) {
            if (total > 0) m_banner.reword(kKind, tr("Writing the report %1: %2 %").arg(name).arg(100 * done / total));
        },
        [this](const QString& what, const QString& hint) {
            complain(tr("The report was not written. %1").arg(hint.isEmpty() ? what : what + QLatin1Char(' ') + hint));
        });
}

void ReportWriter::complain(const QString& what) {
    m_writing = false;
    m_banner.ask(kKind, Banner::Look::Warning, what);
    Q_EMIT failed(what);
}

}  // namespace thaw::ui
