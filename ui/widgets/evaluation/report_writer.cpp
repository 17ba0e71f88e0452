#include "ui/widgets/evaluation/report_writer.h"

#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QLocale>
#include <QUrl>

#include <utility>

#include "core/api/report.h"
#include "ui/bridge/inspection_controller.h"
#include "ui/models/path_text.h"
#include "ui/models/problem_text.h"
#include "ui/widgets/evaluation/report_pdf.h"
#include "ui/widgets/parts/banner.h"

namespace thaw::ui {
namespace {

const QString kKind = QStringLiteral("report"), kTopic = QStringLiteral("report");

bool isPdf(const QString& file) { return file.endsWith(QLatin1String(".pdf"), Qt::CaseInsensitive); }

void makeReportFile(core::Inspector& inspector, const std::string& checkpoint, const QString& file,
                    const core::CountCallback& progress) {
    const core::Report report = core::makeReport(inspector, checkpoint, progress);
    if (isPdf(file))
        writeReportPdf(report, file);
    else
        core::writeReport(report, pathOf(file));
}

int percentOf(std::int64_t done, std::int64_t total) { return total > 0 ? static_cast<int>(100 * done / total) : 0; }

}  // namespace

ReportWriter::ReportWriter(InspectionController& inspection, Banner& banner, QWidget* window)
    : QObject(window), m_inspection(inspection), m_banner(banner), m_window(window) {
    // What was asked of the run that was open is taken back then.
    connect(&inspection, &InspectionController::subjectChanged, this, [this] {
        if (m_job && !m_aloneStopped) goOnAlone();
    });
}

ReportWriter::~ReportWriter() { stop(); }

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
    dialog->setDirectory(pathText(subject->run.directory));
    dialog->selectFile(QStringLiteral("report"));
    connect(dialog, &QFileDialog::fileSelected, this, &ReportWriter::write);
    dialog->open();
}

void ReportWriter::write(const QString& file) {
    const core::KeptCheckpoint* checkpoint = m_inspection.checkpoint();
    if (!checkpoint) return;
    // Before the work that it takes, not after it.
    if (const QFileInfo folder(QFileInfo(file).absolutePath()); !folder.isDir() || !folder.isWritable()) {
        complain(
            tr("The report was not written: %1 is no folder that can be written to. Choose another one.").arg(folder.filePath()));
        return;
    }
    stop();
    m_job = {file, m_inspection.subject()->run.directory, checkpoint->name};
    m_banner.ask(kKind, Banner::Look::Note, tr("Writing the report %1").arg(QDir(file).dirName()),
                 {{tr("Cancel"), [this] { stop(); }}});
    // Of the checkpoint as it is chosen now, wherever the views go meanwhile.
    m_inspection.askAboutRun<bool>(
        this, kTopic, InspectionController::Lane::Long,
        [job = *m_job](core::Inspector& inspector, const std::string&, const core::CountCallback& progress) {
            makeReportFile(inspector, job.checkpoint, job.file, progress);
            return true;
        },
        [this](bool) { finish(); }, [this](std::int64_t done, std::int64_t total) { showProgress(percentOf(done, total)); },
        [this](const QString& what, const QString& hint) { fail(what, hint); });
}

void ReportWriter::goOnAlone() {
    m_aloneStopped = std::make_shared<std::atomic<bool>>(false);
    m_alone.add(
        [this, job = *m_job, stopped = m_aloneStopped, threads = m_inspection.isTraining() ? 1 : 0]() -> std::function<void()> {
            const InspectorFactory& inspectors = m_inspection.inspectors();
            if (inspectors.giveWay) inspectors.giveWay(true);
            if (inspectors.prepareThread) inspectors.prepareThread(threads);
            const std::unique_ptr<core::Inspector> inspector = inspectors.open(job.run);
            makeReportFile(*inspector, job.checkpoint, job.file, [&, told = -1](std::int64_t done, std::int64_t total) mutable {
                if (const int percent = percentOf(done, total); percent != std::exchange(told, percent))
                    m_alone.post([this, stopped, percent] {
                        if (!*stopped) showProgress(percent);
                    });
                return !*stopped;
            });
            return [this, stopped] {
                if (!*stopped) finish();
            };
        },
        [this, stopped = m_aloneStopped](const QString& what, const QString& hint) {
            if (!*stopped) fail(what, hint);
        });
}

void ReportWriter::stop() {
    m_inspection.cancel(this, kTopic);
    if (m_aloneStopped) *m_aloneStopped = true;
    m_aloneStopped.reset();
    m_job.reset();
}

void ReportWriter::showProgress(int percent) {
    m_banner.reword(kKind, tr("Writing the report %1: %2\u2009%").arg(QDir(m_job->file).dirName(), QLocale().toString(percent)));
}

void ReportWriter::finish() {
    const QString file = m_job->file;
    stop();
    m_banner.ask(kKind, Banner::Look::Note, tr("The report is written to %1.").arg(file),
                 {{tr("Open"), [file] { QDesktopServices::openUrl(QUrl::fromLocalFile(file)); }}});
    Q_EMIT written(file);
}

void ReportWriter::fail(const QString& what, const QString& hint) {
    stop();
    complain(tr("The report was not written. %1").arg(problemText(what, hint)));
}

void ReportWriter::complain(const QString& what) {
    m_banner.ask(kKind, Banner::Look::Warning, what);
    Q_EMIT failed(what);
}

}  // namespace thaw::ui
