#include "ui/widgets/file_dialogs.h"

#include <QCoreApplication>
#include <QFileDialog>

#include "ui/bridge/session.h"

namespace thaw::ui {
namespace {

QString say(const char* text) { return QCoreApplication::translate("thaw::ui", text); }

}  // namespace

void chooseRun(QWidget* parent, Session& session) {
    auto* dialog = new QFileDialog(parent, say("Open a run"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    if (!session.runs().empty())
        dialog->setDirectory(QString::fromStdString(session.runs().front().directory.parent_path().string()));
    QObject::connect(dialog, &QFileDialog::fileSelected, &session, &Session::openRun);
    dialog->open();
}

void chooseExport(QWidget* parent, Session& session) {
    auto* dialog = new QFileDialog(parent, say("Export the model"), {}, say("Safetensors (*.safetensors)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("safetensors"));
    QObject::connect(dialog, &QFileDialog::fileSelected, &session.training(), &TrainingController::exportModel);
    dialog->open();
}

}  // namespace thaw::ui
