#include "ui/widgets/trunk/weights_box.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/bridge/library_controller.h"
#include "ui/models/path_text.h"
#include "ui/models/problem_text.h"
#include "ui/models/trunk_text.h"
#include "ui/widgets/parts/setting_row.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

QString words(const std::string& value) { return QString::fromStdString(value); }

}  // namespace

WeightsBox::WeightsBox(LibraryController& library, QWidget* parent)
    : QWidget(parent),
      m_library(library),
      m_weights(new SettingCombo(this)),
      m_text(makeLabel({}, "caption", this)),
      m_note(makeLabel({}, "table", this)),
      m_import(makeIconPushButton(QStringLiteral("folder"), tr("Import a file"), this)),
      m_get(makeIconPushButton(QStringLiteral("download"), {}, this)) {
    m_weights->setAccessibleName(tr("Pretrained weights"));
    m_weights->setToolTip(tr("What the trunk has learned already. The next run starts with it."));
    m_text->setWordWrap(true);
    m_import->setToolTip(tr("A safetensors, PyTorch or Keras file of the model that is chosen. Nothing in it is run."));
    m_get->setToolTip(
        tr("Published weights of the model in full precision. They may need another scaling than those that are built in, which "
           "is chosen with them."));
    m_note->setWordWrap(true);
    m_note->hide();
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    for (QWidget* widget : {static_cast<QWidget*>(makeLabel(tr("Weights"), "panelTitle", this)), static_cast<QWidget*>(m_weights),
                            static_cast<QWidget*>(m_text), static_cast<QWidget*>(m_import), static_cast<QWidget*>(m_get),
                            static_cast<QWidget*>(m_note)})
        rows->addWidget(widget);
    const auto space = [rows] { rows->setSpacing(Theme::instance().px(8)); };
    connect(&Theme::instance(), &Theme::changed, this, space);
    space();

    connect(m_weights, &QComboBox::activated, this, [this] {
        Q_EMIT chosen(m_weights->currentData().toString());
        refresh();
    });
    connect(m_import, &QPushButton::clicked, this, &WeightsBox::chooseFile);
    connect(m_get, &QPushButton::clicked, this, [this] { m_library.downloadWeights(m_library.model()); });
    connect(&library, &LibraryController::downloadStarted, this, [this](const QString& id) {
        if (isOwnDownload(id)) say({}, false);
        refresh();
    });
    connect(&library, &LibraryController::downloadFinished, this,
            [this](const QString& id, const QString& error, const QString& hint, bool cancelled) {
                refresh();
                if (!isOwnDownload(id)) return;
                if (cancelled)
                    say(tr("Download stopped. What has arrived is used next time."), false);
                else if (!error.isEmpty())
                    say(problemText(error, hint), true);
                else
                    m_library.refreshWeights();
            });
    connect(&library, &LibraryController::weightsImported, this,
            [this](const QString& file, const QString& error, const QString& hint) {
                if (!error.isEmpty()) return say(problemText(error, hint), true);
                say(tr("Imported. The next run starts with these weights."), false);
                m_library.refreshWeights();
                Q_EMIT chosen(file);
            });
    refresh();
}

bool WeightsBox::isOwnDownload(const QString& id) const {
    const auto known = core::downloadableWeights();
    return std::any_of(known.begin(), known.end(), [&](const auto& one) { return id == words(one.first); });
}

void WeightsBox::chooseFile() {
    const QString file = QFileDialog::getOpenFileName(this, tr("Weights of the trunk"), QDir::homePath(),
                                                      tr("Weights (*.safetensors *.pth *.pt *.h5 *.keras);;All files (*)"));
    if (file.isEmpty()) return;
    say(tr("Reading %1").arg(QFileInfo(file).fileName()), false);
    m_library.importWeights(file);
}

void WeightsBox::setConfig(const core::RunConfig& config) {
    m_file = pathText(config.weights);
    refresh();
}

void WeightsBox::setLocked(bool locked) {
    m_locked = locked;
    refresh();
}

void WeightsBox::setWeights(const std::vector<core::WeightsChoice>& weights) {
    m_weights->clear();
    for (const core::WeightsChoice& choice : weights) {
        m_weights->addItem(words(choice.title), pathText(choice.file));
        m_weights->setItemData(m_weights->count() - 1, words(choice.description), Qt::ToolTipRole);
    }
    refresh();
}

void WeightsBox::refresh() {
    if (!m_file.isEmpty() && m_weights->findData(m_file) < 0) m_weights->addItem(QFileInfo(m_file).fileName(), m_file);
    m_weights->showEntry(m_file);
    m_weights->setEnabled(!m_locked && m_weights->count() > 0);
    const QString description = m_weights->currentData(Qt::ToolTipRole).toString();
    m_text->setText(description);
    m_text->setVisible(!description.isEmpty());
    const auto all = core::downloadableWeights();
    const std::string model = m_library.model().toStdString();
    const auto known = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.first == model; });
    m_get->setVisible(known != all.end());
    m_get->setEnabled(m_library.download().isEmpty());
    if (known == all.end()) return;
    setButtonWords(m_get, tr("Full precision, %1").arg(fileSizeText(core::downloadBytes(known->first))));
}

void WeightsBox::say(const QString& sentence, bool wrong) {
    setStyleProperty(m_note, "type", wrong ? "wrong" : "table");
    m_note->setText(sentence);
    m_note->setVisible(!sentence.isEmpty());
}

}  // namespace thaw::ui
