#include "ui/widgets/window/model_exporter.h"

#include <QFileDialog>
#include <QMap>

#include "ui/bridge/session.h"
#include "ui/models/export_text.h"
#include "ui/models/path_text.h"
#include "ui/models/problem_text.h"
#include "ui/widgets/parts/banner.h"
#include "ui/widgets/parts/file_dialogs.h"

namespace thaw::ui {
namespace {

const QString kKind = QStringLiteral("exported");

}  // namespace

ModelExporter::ModelExporter(Session& session, Banner& banner, QWidget* window)
    : QObject(window), m_session(session), m_banner(banner), m_window(window) {
    connect(&session.training(), &TrainingController::modelExported, this,
            [this](const core::ModelExported& exported) { finish(pathText(exported.file)); });
    connect(&session.training(), &TrainingController::runStarted, this, [this] { m_banner.dismiss(kKind); });
}

/// The views follow the run that trains, or there is nothing else to show.
bool ModelExporter::isLive() const {
    if (!m_session.actions().exportModel) return false;
    const InspectionController& inspection = m_session.inspection();
    if (!inspection.checkpoint()) return true;
    return inspection.followsNewest() && inspection.subject()->run.directory == m_session.training().run()->directory;
}

void ModelExporter::chooseFile() {
    QStringList filters;
    QMap<QString, QString> suffixes;
    for (const core::ExportFormat format : {core::ExportFormat::Python, core::ExportFormat::Onnx, core::ExportFormat::TorchScript,
                                            core::ExportFormat::Safetensors}) {
        filters.append(exportFilter(format));
        suffixes[filters.last()] = QString::fromStdString(core::exportSuffix(format)).mid(1);
    }
    saveFile(m_window, tr("Export the model"), QStringLiteral("model"), filters, suffixes,
             [this](const QString& file) { write(file); });
}

void ModelExporter::write(const QString& file) {
    const std::optional<core::ExportFormat> format = exportFormatOf(pathOf(file));
    if (!format) {
        complain(
            tr("The model was not written: the end of the name %1 says no form. Let it end in .py, .onnx, .pt or .safetensors.")
                .arg(file));
        return;
    }
    m_banner.ask(kKind, Banner::Look::Note, tr("Writing the model to %1").arg(file));
    if (isLive())
        m_session.training().exportModel(file, *format);
    else
        writeCheckpoint(file, *format);
}

void ModelExporter::writeCheckpoint(const QString& file, core::ExportFormat format) {
    const InspectionController& inspection = m_session.inspection();
    if (!inspection.checkpoint()) return;
    m_background.add(
        [this, file, format, open = inspection.inspectors(), run = inspection.subject()->run.directory,
         checkpoint = inspection.checkpoint()->name, threads = inspection.isTraining() ? 1 : 0]() -> std::function<void()> {
            if (open.giveWay) open.giveWay(true);
            if (open.prepareThread) open.prepareThread(threads);
            open.open(run)->exportModel(checkpoint, format, pathOf(file));
            return [this, file] { finish(file); };
        },
        [this](const QString& what, const QString& hint) {
            complain(tr("The model was not written. %1").arg(problemText(what, hint)));
        });
}

void ModelExporter::finish(const QString& file) {
    m_banner.ask(kKind, Banner::Look::Note, exportedText(pathOf(file)));
    Q_EMIT written(file);
}

void ModelExporter::complain(const QString& what) {
    m_banner.ask(kKind, Banner::Look::Warning, what);
    Q_EMIT failed(what);
}

}  // namespace thaw::ui
