#include "ui/widgets/library/data_panel.h"

#include <QAbstractButton>
#include <QButtonGroup>
#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/bridge/library_controller.h"
#include "ui/models/problem_text.h"
#include "ui/widgets/library/class_table.h"
#include "ui/widgets/library/transfer_bar.h"
#include "ui/widgets/parts/chip.h"
#include "ui/widgets/parts/elided_label.h"
#include "ui/widgets/parts/setting_row.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

QString words(const std::string& value) { return QString::fromStdString(value); }

/// Room between the icon and the words, which Qt leaves out.
void setWords(QPushButton* button, const QString& words) { button->setText(QLatin1Char(' ') + words); }

QPushButton* makeIconPushButton(const QString& icon, const QString& words, QWidget* parent) {
    auto* button = new QPushButton(parent);
    setWords(button, words);
    bindIcon(button, icon);
    return button;
}

/// A data set in the list: its name, whether it is here, how large it is.
class DatasetCard : public QAbstractButton {
public:
    DatasetCard(const core::DatasetInfo& dataset, bool inUse, QWidget* parent)
        : QAbstractButton(parent),
          m_id(words(dataset.id)),
          m_here(dataset.present && dataset.problem.empty()),
          m_downloads(!dataset.download.url.empty()) {
        setText(words(dataset.title));
        setCheckable(true);
        setFocusPolicy(Qt::StrongFocus);
        setCursor(Qt::PointingHandCursor);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        if (!dataset.problem.empty())
            m_state = DataPanel::tr("Found, but cannot be used");
        else if (!dataset.present)
            m_state = m_downloads ? DataPanel::tr("Not on this machine") : DataPanel::tr("Choose where it is");
        else
            m_state = inUse ? DataPanel::tr("The next run uses it") : DataPanel::tr("Ready");
        if (dataset.trainCount > 0)
            m_size = DataPanel::tr("%1 training, %2 test")
                         .arg(QLocale().toString(static_cast<qlonglong>(dataset.trainCount)),
                              QLocale().toString(static_cast<qlonglong>(dataset.testCount)));
        setAccessibleName(words(dataset.title) + QStringLiteral(", ") + m_state);
    }
    QString id() const { return m_id; }
    QSize sizeHint() const override { return {Theme::instance().px(220), Theme::instance().px(m_size.isEmpty() ? 62 : 82)}; }

protected:
    void paintEvent(QPaintEvent*) override {
        const Theme& theme = Theme::instance();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const bool framed = isChecked() || hasFocus();
        painter.setPen(QPen(theme.color(framed ? Tone::Accent : Tone::Line), framed ? 1.5 : 1));
        painter.setBrush(theme.color(isChecked() ? Tone::AccentBackground : underMouse() ? Tone::Line2 : Tone::Surface2));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), theme.px(8), theme.px(8));
        const int left = theme.px(14), line = theme.px(20);
        int top = theme.px(10);
        const auto write = [&](const QString& words, TextRole role, Tone tone, int x) {
            painter.setFont(theme.font(role));
            painter.setPen(theme.color(tone));
            const QRect room(x, top, width() - x - theme.px(8), line);
            painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter,
                             painter.fontMetrics().elidedText(words, Qt::ElideRight, room.width()));
            top += line;
        };
        write(text(), TextRole::BodyStrong, Tone::Ink, left);
        const Tone tone = m_here ? Tone::Right : Tone::Ink3;
        const QString icon = m_here        ? QStringLiteral("tick-circle")
                             : m_downloads ? QStringLiteral("download")
                                           : QStringLiteral("folder");
        painter.drawPixmap(left, top + (line - theme.px(14)) / 2, theme.pixmap(icon, tone, 14, devicePixelRatioF()));
        write(m_state, TextRole::Table, tone, left + theme.px(20));
        if (!m_size.isEmpty()) write(m_size, TextRole::Caption, Tone::Ink3, left);
    }

private:
    QString m_id, m_state, m_size;
    bool m_here, m_downloads;
};

}  // namespace

DataPanel::DataPanel(LibraryController& library, QWidget* parent)
    : QFrame(parent), m_library(library), m_cards(new QButtonGroup(this)) {
    setProperty("panel", true);
    auto* columns = new QHBoxLayout(this);
    columns->setContentsMargins(1, 1, 1, 1);
    columns->setSpacing(0);
    m_listScroll = new QScrollArea(this);
    m_listScroll->setWidgetResizable(true);
    m_listScroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_listScroll->setWidget(makeList());
    columns->addWidget(m_listScroll);
    columns->addWidget(makeRule(Qt::Vertical, this, /*soft=*/true));
    columns->addWidget(makeDetail(), 1);

    connect(&library, &LibraryController::datasetsListed, this, &DataPanel::setDatasets);
    connect(&library, &LibraryController::weightsListed, this, &DataPanel::setWeights);
    connect(&library, &LibraryController::samplesReady, this,
            [this](const QString& id, const std::shared_ptr<const core::PictureSet>& pictures) {
                if (id == m_shown) m_classes->setPictures(pictures);
            });
    connect(&library, &LibraryController::downloadProgress, this,
            [this](const QString& id, const core::DownloadProgress& progress) {
                if (id == m_download) m_transfer->setProgress(progress);
            });
    connect(&library, &LibraryController::downloadFinished, this,
            [this](const QString& id, const QString& error, const QString& hint, bool cancelled) {
                if (id != m_download) return;
                m_download.clear();
                refreshTransfer();
                QLabel* note = m_downloadIsDataset ? m_problem : m_weightsNote;
                if (cancelled)
                    say(note, tr("Download stopped. What has arrived is used next time."), false);
                else if (!error.isEmpty())
                    say(note, problemText(error, hint), true);
                else if (m_downloadIsDataset)
                    m_library.refreshDatasets(words(m_config.data.directory.string()));
                else
                    m_library.refreshWeights();
            });
    connect(&library, &LibraryController::weightsImported, this,
            [this](const QString& file, const QString& error, const QString& hint) {
                if (!error.isEmpty()) return say(m_weightsNote, problemText(error, hint), true);
                say(m_weightsNote, tr("Imported. The next run starts with these weights."), false);
                m_library.refreshWeights();
                Q_EMIT weightsChosen(file);
            });
    connect(m_cards, &QButtonGroup::buttonClicked, this,
            [this](QAbstractButton* card) { showDataset(static_cast<DatasetCard*>(card)->id()); });
    connect(&Theme::instance(), &Theme::changed, this, &DataPanel::applyTheme);
    applyTheme();
    refreshDetail();
    refreshWeights();
    refreshTransfer();
}

QWidget* DataPanel::makeList() {
    m_list = new QWidget(this);
    auto* rows = new QVBoxLayout(m_list);
    rows->addWidget(makeLabel(tr("Data sets"), "panelTitle", m_list));
    m_cardRows = new QVBoxLayout;
    rows->addLayout(m_cardRows);
    m_folder = makeIconPushButton(QStringLiteral("folder"), tr("Choose a folder"), m_list);
    m_folder->setToolTip(tr("A folder with CIFAR-10's binary files or Fashion-MNIST's, or one that holds such a folder"));
    m_archive = makeIconPushButton(QStringLiteral("data"), tr("Choose an archive"), m_list);
    m_archive->setToolTip(tr("The file cifar-10-binary.tar.gz"));
    for (QPushButton* button : {m_folder, m_archive}) rows->addWidget(button);
    connect(m_folder, &QPushButton::clicked, this, [this] {
        const QString folder = QFileDialog::getExistingDirectory(this, tr("Folder with a data set"), QDir::homePath());
        if (!folder.isEmpty()) Q_EMIT locationChosen(folder);
    });
    connect(m_archive, &QPushButton::clicked, this, [this] {
        const QString file =
            QFileDialog::getOpenFileName(this, tr("Archive with a data set"), QDir::homePath(), tr("Archives (*.tar.gz *.tgz)"));
        if (!file.isEmpty()) Q_EMIT locationChosen(file);
    });
    rows->addStretch(1);
    m_weightsBox = makeWeights();
    rows->addWidget(makeRule(Qt::Horizontal, m_list, /*soft=*/true));
    rows->addWidget(m_weightsBox);
    return m_list;
}

QWidget* DataPanel::makeWeights() {
    auto* box = new QWidget(m_list);
    auto* rows = new QVBoxLayout(box);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->addWidget(makeLabel(tr("Weights"), "panelTitle", box));
    m_weights = new SettingCombo(box);
    m_weights->setAccessibleName(tr("Pretrained weights"));
    m_weights->setToolTip(tr("What the trunk has learned already. The next run starts with it."));
    m_weightsText = makeLabel({}, "caption", box);
    m_weightsText->setWordWrap(true);
    m_import = makeIconPushButton(QStringLiteral("folder"), tr("Import a file"), box);
    m_import->setToolTip(tr("A safetensors, PyTorch or Keras file of VGG16. Nothing in it is run."));
    m_getWeights = makeIconPushButton(QStringLiteral("download"), {}, box);
    m_getWeights->setToolTip(
        tr("The same weights as the built-in ones, in full precision. The result differs by less than 0.3 points."));
    m_weightsNote = makeLabel({}, "table", box);
    m_weightsNote->setWordWrap(true);
    for (QWidget* widget :
         {static_cast<QWidget*>(m_weights), static_cast<QWidget*>(m_weightsText), static_cast<QWidget*>(m_import),
          static_cast<QWidget*>(m_getWeights), static_cast<QWidget*>(m_weightsNote)})
        rows->addWidget(widget);
    m_weightsNote->hide();
    connect(m_weights, &QComboBox::activated, this, [this] {
        Q_EMIT weightsChosen(m_weights->currentData().toString());
        refreshWeights();
    });
    connect(m_import, &QPushButton::clicked, this, [this] {
        const QString file = QFileDialog::getOpenFileName(this, tr("Weights of VGG16"), QDir::homePath(),
                                                          tr("Weights (*.safetensors *.pth *.pt *.h5);;All files (*)"));
        if (file.isEmpty()) return;
        say(m_weightsNote, tr("Reading %1").arg(QFileInfo(file).fileName()), false);
        m_library.importWeights(file);
    });
    connect(m_getWeights, &QPushButton::clicked, this, [this] {
        const auto known = core::downloadableWeights();
        if (!known.empty()) startDownload(words(known.front().first), tr("Downloading the weights"), false);
    });
    return box;
}

QWidget* DataPanel::makeDetail() {
    m_detail = new QWidget(this);
    auto* rows = new QVBoxLayout(m_detail);
    auto* head = new QHBoxLayout;
    auto* names = new QVBoxLayout;
    m_title = makeLabel({}, "cardTitle", m_detail);
    m_substitute = new Chip(m_detail);
    m_substitute->setCompact(true);
    m_substitute->setContent(Chip::Look::Warm, {}, tr("Stands in for CIFAR-10"));
    auto* title = new QHBoxLayout;
    title->addWidget(m_title);
    title->addWidget(m_substitute);
    title->addStretch(1);
    names->addLayout(title);
    m_description = makeLabel({}, "body", m_detail);
    m_description->setWordWrap(true);
    names->addWidget(m_description);
    m_location = new ElidedLabel(m_detail);
    m_location->setProperty("type", "caption");
    names->addWidget(m_location);
    head->addLayout(names, 1);
    m_use = new QPushButton(tr("Use this data set"), m_detail);
    m_get = makeIconPushButton(QStringLiteral("download"), {}, m_detail);
    head->addWidget(m_use, 0, Qt::AlignTop);
    head->addWidget(m_get, 0, Qt::AlignTop);
    rows->addLayout(head);
    m_problem = makeLabel({}, "wrong", m_detail);
    m_problem->setWordWrap(true);
    rows->addWidget(m_problem);
    m_transfer = new TransferBar(m_detail);
    rows->addWidget(m_transfer);
    auto* scroll = new QScrollArea(m_detail);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* holder = new QWidget;
    auto* inner = new QVBoxLayout(holder);
    inner->setContentsMargins(0, 0, 0, 0);
    m_classes = new ClassTable;
    inner->addWidget(m_classes);
    inner->addStretch(1);
    scroll->setWidget(holder);
    rows->addWidget(scroll, 1);
    connect(m_use, &QPushButton::clicked, this, [this] { Q_EMIT datasetChosen(m_shown); });
    connect(m_get, &QPushButton::clicked, this, [this] {
        if (const core::DatasetInfo* shown = dataset(m_shown))
            startDownload(m_shown, tr("Downloading %1").arg(words(shown->title)), true);
    });
    connect(m_transfer, &TransferBar::cancelRequested, &m_library, &LibraryController::cancelDownload);
    return m_detail;
}

void DataPanel::setConfig(const core::RunConfig& config) {
    m_config = config;
    fillList();
    refreshDetail();
    refreshWeights();
}

void DataPanel::setLocked(bool locked) {
    m_locked = locked;
    m_folder->setEnabled(!locked);
    m_archive->setEnabled(!locked);
    refreshDetail();
    refreshWeights();
}

void DataPanel::setDatasets(const std::vector<core::DatasetInfo>& datasets) {
    m_datasets = datasets;
    m_samplesOf.clear();
    if (!dataset(m_shown)) {
        const core::DatasetInfo* first = inUse();
        m_shown = first ? words(first->id) : datasets.empty() ? QString() : words(datasets.front().id);
    }
    fillList();
    if (const core::DatasetInfo* shown = dataset(m_shown)) m_classes->setDataset(*shown);
    refreshDetail();
    loadSamples();
}

void DataPanel::setWeights(const std::vector<core::WeightsChoice>& weights) {
    m_weights->clear();
    for (const core::WeightsChoice& choice : weights) {
        m_weights->addItem(words(choice.title), words(choice.file.string()));
        m_weights->setItemData(m_weights->count() - 1, words(choice.description), Qt::ToolTipRole);
    }
    refreshWeights();
}

void DataPanel::showDataset(const QString& id) {
    const core::DatasetInfo* shown = dataset(id);
    if (!shown) return;
    m_shown = id;
    fillList();
    m_classes->setDataset(*shown);
    m_samplesOf.clear();
    refreshDetail();
    loadSamples();
}

void DataPanel::showEvent(QShowEvent* event) {
    QFrame::showEvent(event);
    loadSamples();
}

const core::DatasetInfo* DataPanel::dataset(const QString& id) const {
    const auto found =
        std::find_if(m_datasets.begin(), m_datasets.end(), [&](const core::DatasetInfo& info) { return words(info.id) == id; });
    return found == m_datasets.end() ? nullptr : &*found;
}

const core::DatasetInfo* DataPanel::inUse() const { return core::chosenDataset(m_datasets, m_config.data); }

void DataPanel::fillList() {
    const bool hadFocus = m_cards->checkedButton() && m_cards->checkedButton()->hasFocus();
    for (QAbstractButton* card : m_cards->buttons()) {
        m_cards->removeButton(card);
        m_cardRows->removeWidget(card);
        card->hide();
        card->deleteLater();
    }
    const core::DatasetInfo* used = inUse();
    for (const core::DatasetInfo& info : m_datasets) {
        auto* card = new DatasetCard(info, &info == used, m_list);
        card->setChecked(words(info.id) == m_shown);
        m_cards->addButton(card);
        m_cardRows->addWidget(card);
        if (card->isChecked() && hadFocus) card->setFocus();
    }
}

void DataPanel::refreshDetail() {
    const core::DatasetInfo* shown = dataset(m_shown);
    m_detail->setEnabled(shown);
    m_title->setText(shown ? words(shown->title) : tr("Looking for data sets"));
    m_description->setText(shown ? words(shown->description) : QString());
    m_substitute->setVisible(shown && shown->substitute);
    const bool usable = shown && shown->present && shown->problem.empty();
    m_location->setVisible(shown && shown->present);
    m_location->setText(shown ? words(shown->location.string()) : QString());
    m_use->setVisible(usable);
    m_use->setEnabled(!m_locked && shown != inUse());
    m_use->setText(shown && shown == inUse() ? tr("In use") : tr("Use this data set"));
    const bool download = shown && !shown->download.url.empty() && !usable;
    m_get->setVisible(download);
    m_get->setEnabled(m_download.isEmpty());
    if (download)
        setWords(m_get, shown->download.bytes > 0 ? tr("Download %1").arg(formatBytes(shown->download.bytes)) : tr("Download"));
    if (!shown || usable)
        say(m_problem, {}, false);
    else if (!shown->problem.empty())
        say(m_problem, words(shown->problem), true);
    else
        say(m_problem,
            shown->installHint.empty() ? tr("Download it, or choose the folder or archive where it is.")
                                       : words(shown->installHint),
            false);
}

void DataPanel::refreshWeights() {
    const QString file = words(m_config.weights.string());
    if (!file.isEmpty() && m_weights->findData(file) < 0) m_weights->addItem(QFileInfo(file).fileName(), file);
    m_weights->showEntry(file);
    m_weights->setEnabled(!m_locked && m_weights->count() > 0);
    const QString description = m_weights->currentData(Qt::ToolTipRole).toString();
    m_weightsText->setText(description);
    m_weightsText->setVisible(!description.isEmpty());
    const auto known = core::downloadableWeights();
    m_getWeights->setVisible(!known.empty());
    m_getWeights->setEnabled(m_download.isEmpty());
    if (!known.empty()) setWords(m_getWeights, tr("Full precision, %1").arg(formatBytes(known.front().second.bytes)));
}

void DataPanel::refreshTransfer() {
    m_transfer->setVisible(!m_download.isEmpty());
    m_get->setEnabled(m_download.isEmpty());
    m_getWeights->setEnabled(m_download.isEmpty());
}

void DataPanel::loadSamples() {
    const core::DatasetInfo* shown = dataset(m_shown);
    if (!shown || !shown->present || !shown->problem.empty() || m_samplesOf == m_shown || !isVisible()) return;
    m_samplesOf = m_shown;
    m_library.loadSamples(m_shown, kSamplesPerClass, m_config.seed);
}

void DataPanel::startDownload(const QString& id, const QString& title, bool isDataset) {
    m_download = id;
    m_downloadIsDataset = isDataset;
    m_transfer->start(title);
    say(isDataset ? m_problem : m_weightsNote, {}, false);
    refreshTransfer();
    if (isDataset)
        m_library.downloadDataset(id);
    else
        m_library.downloadWeights(id);
}

void DataPanel::say(QLabel* label, const QString& sentence, bool wrong) {
    setStyleProperty(label, "type", wrong ? "wrong" : "table");
    label->setText(sentence);
    label->setVisible(!sentence.isEmpty());
}

void DataPanel::applyTheme() {
    const Theme& theme = Theme::instance();
    m_listScroll->setFixedWidth(theme.px(300));
    m_list->layout()->setContentsMargins(theme.px(16), theme.px(14), theme.px(16), theme.px(14));
    m_list->layout()->setSpacing(theme.px(10));
    m_cardRows->setSpacing(theme.px(8));
    m_weightsBox->layout()->setSpacing(theme.px(8));
    m_detail->layout()->setContentsMargins(theme.px(20), theme.px(14), theme.px(16), theme.px(12));
    m_detail->layout()->setSpacing(theme.px(12));
}

}  // namespace thaw::ui
