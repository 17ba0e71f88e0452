#include "ui/widgets/library/data_panel.h"

#include <QButtonGroup>
#include <QDir>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QScrollArea>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

#include "core/api/models.h"
#include "core/api/trunks.h"
#include "ui/bridge/library_controller.h"
#include "ui/models/path_text.h"
#include "ui/models/problem_text.h"
#include "ui/widgets/library/class_table.h"
#include "ui/widgets/library/dataset_notes.h"
#include "ui/widgets/library/text_excerpts.h"
#include "ui/widgets/parts/chip.h"
#include "ui/widgets/parts/elided_label.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/parts/transfer_bar.h"
#include "ui/widgets/parts/work_strip.h"

namespace thaw::ui {
namespace {

QString words(const std::string& value) { return QString::fromStdString(value); }

/// The only file or folder that is dragged; empty: there is none or more than one.
QString draggedPath(const QMimeData& data) {
    const QList<QUrl> urls = data.urls();
    return urls.size() == 1 ? urls.front().toLocalFile() : QString();
}

}  // namespace

DataPanel::DataPanel(LibraryController& library, QWidget* parent)
    : QFrame(parent), m_library(library), m_cards(new QButtonGroup(this)) {
    setProperty("panel", true);
    setAcceptDrops(true);
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

    connect(&library, &LibraryController::samplesReady, this,
            [this](const QString& key, const std::shared_ptr<const core::PictureSet>& pictures) {
                if (key != m_shown) return;
                m_classes->setPictures(pictures);
                m_excerpts->setTexts(pictures);
            });
    connect(m_cards, &QButtonGroup::buttonClicked, this,
            [this](QAbstractButton* card) { showDataset(static_cast<DatasetCard*>(card)->key()); });
    connect(&Theme::instance(), &Theme::changed, this, &DataPanel::applyTheme);
    listenToDownloads();
    applyTheme();
    describeChoices();
    showChecking({});
    showRefusal({}, {});
    refreshDetail();
}

QWidget* DataPanel::makeList() {
    m_list = new QWidget(this);
    auto* rows = new QVBoxLayout(m_list);
    rows->addWidget(makeLabel(tr("Data sets"), "panelTitle", m_list));
    m_cardRows = new QVBoxLayout;
    rows->addLayout(m_cardRows);
    m_folder = makeIconPushButton(QStringLiteral("folder"), tr("Choose a folder"), m_list);
    m_archive = makeIconPushButton(QStringLiteral("data"), tr("Choose an archive or file"), m_list);
    m_collect = makeIconPushButton(QStringLiteral("camera"), tr("Collect with the camera"), m_list);
    m_collect->setToolTip(tr("Take pictures of a few classes, and train a head on them at once"));
    m_checking = new WorkStrip(m_list, /*narrow=*/true);
    m_refusal = makeLabel({}, "wrong", m_list);
    m_refusal->setObjectName(QStringLiteral("dataRefusal"));
    m_refusal->setWordWrap(true);
    m_refusal->setTextFormat(Qt::PlainText);
    m_hint = makeLabel({}, "caption", m_list);
    m_hint->setWordWrap(true);
    for (QWidget* widget : {static_cast<QWidget*>(m_folder), static_cast<QWidget*>(m_archive), static_cast<QWidget*>(m_collect),
                            static_cast<QWidget*>(m_checking), static_cast<QWidget*>(m_refusal), static_cast<QWidget*>(m_hint)})
        rows->addWidget(widget);
    connect(m_folder, &QPushButton::clicked, this, [this] { chooseLocation(/*folder=*/true); });
    connect(m_archive, &QPushButton::clicked, this, [this] { chooseLocation(/*folder=*/false); });
    connect(m_collect, &QPushButton::clicked, this, &DataPanel::collectRequested);
    connect(m_checking, &WorkStrip::cancelRequested, this, &DataPanel::checkCancelled);
    m_absent = makeLabel(tr("Not on this machine"), "panelTitle", m_list);
    rows->addWidget(m_absent);
    m_absentRows = new QVBoxLayout;
    rows->addLayout(m_absentRows);
    rows->addStretch(1);
    return m_list;
}

QWidget* DataPanel::makeHead() {
    auto* holder = new QWidget(m_detail);
    auto* head = new QHBoxLayout(holder);
    head->setContentsMargins(0, 0, 0, 0);
    auto* names = new QVBoxLayout;
    m_title = makeLabel({}, "cardTitle", holder);
    m_substitute = new Chip(holder);
    m_substitute->setCompact(true);
    m_substitute->setContent(Chip::Look::Warm, {}, tr("Stands in for CIFAR-10"));
    auto* title = new QHBoxLayout;
    title->addWidget(m_title);
    title->addWidget(m_substitute);
    title->addStretch(1);
    names->addLayout(title);
    m_description = makeLabel({}, "body", holder);
    m_description->setWordWrap(true);
    names->addWidget(m_description);
    m_location = new ElidedLabel(holder);
    m_location->setProperty("type", "caption");
    names->addWidget(m_location);
    head->addLayout(names, 1);
    m_forget = new QPushButton(tr("Forget"), holder);
    m_forget->setToolTip(tr("Take this place off the list. Its files stay where they are."));
    m_use = new QPushButton(tr("Use this data set"), holder);
    m_get = makeIconPushButton(QStringLiteral("download"), {}, holder);
    m_check = new QPushButton(tr("Check"), holder);
    m_check->setToolTip(tr("Look for bad files, duplicates, wrong labels and more, and leave pictures out or move them"));
    for (QPushButton* button : {m_forget, m_check, m_use, m_get}) head->addWidget(button, 0, Qt::AlignTop);
    return holder;
}

QWidget* DataPanel::makeDetail() {
    m_detail = new QWidget(this);
    auto* rows = new QVBoxLayout(m_detail);
    rows->addWidget(makeHead());
    m_problem = makeLabel({}, "wrong", m_detail);
    m_problem->setWordWrap(true);
    m_problem->setTextFormat(Qt::PlainText);
    rows->addWidget(m_problem);
    m_transfer = new TransferBar(m_detail);
    rows->addWidget(m_transfer);
    m_notes = new DatasetNotes(m_detail);
    rows->addWidget(m_notes);
    auto* scroll = new QScrollArea(m_detail);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* holder = new QWidget;
    auto* inner = new QVBoxLayout(holder);
    inner->setContentsMargins(0, 0, 0, 0);
    m_classes = new ClassTable;
    m_excerpts = new TextExcerpts;
    inner->addWidget(m_classes);
    inner->addWidget(m_excerpts);
    inner->addStretch(1);
    scroll->setWidget(holder);
    rows->addWidget(scroll, 1);
    connect(m_use, &QPushButton::clicked, this, [this] {
        if (const DataEntry* shown = entry(m_shown)) Q_EMIT datasetChosen(shown->info);
    });
    connect(m_get, &QPushButton::clicked, this, [this] {
        if (const DataEntry* shown = entry(m_shown)) m_library.downloadDataset(words(shown->info.id));
    });
    connect(m_check, &QPushButton::clicked, this, [this] {
        if (const DataEntry* shown = entry(m_shown)) Q_EMIT checkRequested(shown->info);
    });
    connect(m_forget, &QPushButton::clicked, this, [this] { Q_EMIT forgetRequested(m_shown); });
    connect(m_transfer, &TransferBar::cancelRequested, &m_library, &LibraryController::cancelDownload);
    return m_detail;
}

void DataPanel::listenToDownloads() {
    connect(&m_library, &LibraryController::downloadStarted, this, [this](const QString& id) {
        const DataEntry* known = entry(id);
        if (known) m_transfer->start(tr("Downloading %1").arg(words(known->info.title)));
        m_downloadProblem.clear();
        refreshDetail();
    });
    connect(&m_library, &LibraryController::downloadProgress, m_transfer,
            [this](const QString&, const core::DownloadProgress& progress) { m_transfer->setProgress(progress); });
    connect(&m_library, &LibraryController::downloadFinished, this,
            [this](const QString& id, const QString& error, const QString& hint, bool cancelled) {
                const bool ofDataset = entry(id);
                if (ofDataset && cancelled) m_downloadProblem = tr("Download stopped. What has arrived is used next time.");
                if (ofDataset && !cancelled && !error.isEmpty()) m_downloadProblem = problemText(error, hint);
                refreshDetail();
            });
}

void DataPanel::chooseLocation(bool folder) {
    QString begin = pathText(m_config.data.directory);
    if (begin.isEmpty() && !m_places.empty()) begin = pathText(m_places.front().place);
    if (begin.isEmpty() || !QFileInfo::exists(begin)) begin = QDir::homePath();
    const QString path =
        folder ? QFileDialog::getExistingDirectory(this, tr("Folder with a data set"), begin)
               : QFileDialog::getOpenFileName(this, tr("Archive or file with a data set"), QFileInfo(begin).absolutePath(),
                                              (core::modalityOf(m_config.model) == core::Modality::Texts
                                                   ? tr("Texts (*.csv *.tsv *.tab *.jsonl *.ndjson *.txt)")
                                                   : tr("Data sets (*.zip *.tar *.tar.gz *.tgz *.tar.bz2 *.tar.xz *.npz *.gz)")) +
                                                  tr(";;All files (*)"));
    if (!path.isEmpty()) Q_EMIT locationChosen(path);
}

void DataPanel::describeChoices() {
    const bool texts = core::modalityOf(m_config.model) == core::Modality::Texts;
    m_folder->setToolTip(
        texts ? tr("Your own texts, a folder of .txt files for each class")
              : tr("Your own pictures, a folder for each class; or a folder with the files of CIFAR, STL-10, MNIST or MedMNIST"));
    setButtonWords(m_archive, texts ? tr("Choose a table") : tr("Choose an archive or file"));
    m_archive->setToolTip(
        texts ? tr("A table of your own (CSV, TSV, JSON Lines, Orange) with a column of texts and one of labels")
              : tr("Your own pictures in a zip or tar archive, which is unpacked once; CIFAR's archives as they are downloaded; "
                   "MedMNIST's .npz files; MNIST's IDX files"));
    m_collect->setVisible(!texts);
    const bool continues = core::canContinueTexts(m_config.model);
    if (continues) {
        m_folder->setToolTip(tr("A folder of .txt files whose text is to be continued, or one for each class"));
        setButtonWords(m_archive, tr("Choose a text or table"));
        m_archive->setToolTip(tr("A .txt file whose text is to be continued, or a table of texts and labels"));
    }
    m_hint->setText(
        continues ? tr("Your own text to continue: a .txt file, or a folder of some. With labels: a table.")
        : texts ? tr("Your own texts: a table with a text and its label in each line, or a folder of .txt files for each class.")
                : tr("Your own pictures: a folder that has a folder of pictures for each class."));
}

void DataPanel::setConfig(const core::RunConfig& config) {
    m_config = config;
    describeChoices();
    fillList();
    refreshDetail();
}

void DataPanel::setLocked(bool locked) {
    m_locked = locked;
    m_folder->setEnabled(!locked);
    m_archive->setEnabled(!locked);
    refreshDetail();
}

void DataPanel::setDatasets(const std::vector<core::DatasetInfo>& datasets) {
    m_datasets = datasets;
    collect();
}

void DataPanel::setPlaces(const std::vector<core::DatasetInfo>& places) {
    m_places = places;
    collect();
}

/// Known data sets and chosen places as one list. What a chosen place holds stands there once.
void DataPanel::collect() {
    m_entries.clear();
    const auto isChosen = [this](const core::DatasetInfo& info) {
        return !info.place.empty() && std::any_of(m_places.begin(), m_places.end(), [&](const core::DatasetInfo& place) {
            return place.place == info.place && place.id == info.id;
        });
    };
    // Pictures of one's own are no data set that could be missing.
    for (const core::DatasetInfo& info : m_datasets)
        if (!isChosen(info) && (info.present || !info.download.url.empty() || !info.classNames.empty()))
            m_entries.push_back({words(info.id), info, false});
    for (const core::DatasetInfo& place : m_places) m_entries.push_back({pathText(place.place), place, true});
    if (!entry(m_shown)) {
        const QString used = keyInUse();
        m_shown = !used.isEmpty() || m_entries.empty() ? used : m_entries.front().key;
    }
    if (entry(m_toShow)) m_shown = std::exchange(m_toShow, {});
    showContents();
}

void DataPanel::showDataset(const QString& key) {
    if (!entry(key)) return;
    m_shown = key;
    m_downloadProblem.clear();
    showContents();
}

void DataPanel::showWhenListed(const QString& key) {
    m_toShow = key;
    if (entry(key)) showDataset(std::exchange(m_toShow, {}));
}

void DataPanel::showContents() {
    const DataEntry* shown = entry(m_shown);
    fillList();
    const bool continued = shown && shown->info.task == core::TaskKind::ContinueText;
    m_classes->setVisible(!continued);
    m_excerpts->setVisible(continued);
    if (shown) continued ? m_excerpts->setDataset(shown->info) : m_classes->setDataset(shown->info);
    m_notes->setDataset(shown && shown->isUsable() ? &shown->info : nullptr);
    m_samplesOf.clear();
    refreshDetail();
    loadSamples();
}

void DataPanel::showChecking(const QString& path) {
    if (path.isEmpty())
        m_checking->stop();
    else
        m_checking->start(tr("Reading %1").arg(QFileInfo(path).fileName()));
    m_folder->setEnabled(!m_locked && path.isEmpty());
    m_archive->setEnabled(!m_locked && path.isEmpty());
}

void DataPanel::showProgress(qint64 files) { m_checking->setProgress(files, 0); }

void DataPanel::showRefusal(const QString& path, const QString& why) {
    QString text;
    if (!why.isEmpty()) {
        const DataEntry* used = entry(keyInUse());
        const QString name = QFileInfo(path).fileName();
        text = tr("%1 cannot be used. %2").arg(name.isEmpty() ? path : name, why);
        if (used) text += QLatin1Char(' ') + tr("%1 stays in use.").arg(words(used->info.title));
    }
    m_refusal->setText(text);
    m_refusal->setVisible(!text.isEmpty());
    m_hint->setVisible(text.isEmpty());
}

void DataPanel::showEvent(QShowEvent* event) {
    QFrame::showEvent(event);
    loadSamples();
}

void DataPanel::dragEnterEvent(QDragEnterEvent* event) {
    if (m_folder->isEnabled() && !draggedPath(*event->mimeData()).isEmpty()) event->acceptProposedAction();
}

void DataPanel::dropEvent(QDropEvent* event) {
    const QString path = draggedPath(*event->mimeData());
    if (!m_folder->isEnabled() || path.isEmpty()) return;
    event->acceptProposedAction();
    Q_EMIT locationChosen(path);
}

const DataEntry* DataPanel::entry(const QString& key) const {
    const auto found = std::find_if(m_entries.begin(), m_entries.end(), [&](const DataEntry& one) { return one.key == key; });
    return found == m_entries.end() ? nullptr : &*found;
}

QString DataPanel::keyInUse() const {
    const core::DatasetInfo* used = core::chosenDataset(m_datasets, m_config.data);
    if (!used) return {};
    for (const DataEntry& one : m_entries)
        if (one.info.id == used->id && one.info.place == used->place) return one.key;
    return words(used->id);
}

void DataPanel::fillList() {
    const bool hadFocus = m_cards->checkedButton() && m_cards->checkedButton()->hasFocus();
    for (QAbstractButton* card : m_cards->buttons()) {
        m_cards->removeButton(card);
        for (QLayout* cards : {m_cardRows, m_absentRows}) cards->removeWidget(card);
        card->hide();
        card->deleteLater();
    }
    const QString used = keyInUse();
    for (const DataEntry& one : m_entries) {
        auto* card = new DatasetCard(one, one.key == used, m_list);
        card->setChecked(one.key == m_shown);
        m_cards->addButton(card);
        (one.info.present ? m_cardRows : m_absentRows)->addWidget(card);
        if (card->isChecked() && hadFocus) card->setFocus();
    }
    m_absent->setVisible(m_absentRows->count() > 0);
}

void DataPanel::refreshDetail() {
    const DataEntry* shown = entry(m_shown);
    const bool used = shown && shown->key == keyInUse(), usable = shown && shown->isUsable();
    m_detail->setEnabled(shown);
    m_title->setText(shown ? words(shown->info.title) : tr("Looking for data sets"));
    m_description->setText(shown ? words(shown->info.description) : QString());
    m_substitute->setVisible(shown && shown->info.substitute);
    m_location->setVisible(shown && shown->info.present);
    m_location->setText(shown ? pathText(shown->info.location) : QString());
    m_check->setVisible(shown && shown->info.present && shown->info.modality == core::Modality::Pictures);
    m_use->setVisible(usable);
    m_use->setEnabled(!m_locked && !used);
    m_use->setText(used ? tr("In use") : tr("Use this data set"));
    m_forget->setVisible(shown && shown->chosenBefore && !used);
    const bool download = shown && !shown->info.download.url.empty() && !usable;
    m_get->setVisible(download);
    m_get->setEnabled(m_library.download().isEmpty());
    if (download) {
        const auto bytes = shown->info.download.bytes;
        setButtonWords(m_get, bytes > 0 ? tr("Download %1").arg(formatBytes(bytes)) : tr("Download"));
    }
    m_transfer->setVisible(entry(m_library.download()));
    refreshProblem(shown);
}

void DataPanel::refreshProblem(const DataEntry* shown) {
    if (!m_downloadProblem.isEmpty()) return sayProblem(m_downloadProblem, true);
    if (!shown || shown->isUsable()) return sayProblem({}, false);
    if (!shown->info.problem.empty()) return sayProblem(words(shown->info.problem), true);
    // What installHint says is for the command line; here the buttons stand beside the sentence.
    const bool downloads = !shown->info.download.url.empty();
    sayProblem(downloads ? tr("Not on this machine yet. Download it, or choose the folder or archive where it is.")
                         : words(shown->info.installHint),
               false);
}

void DataPanel::loadSamples() {
    const DataEntry* shown = entry(m_shown);
    if (!shown || !shown->isUsable() || m_samplesOf == m_shown || !isVisible()) return;
    m_samplesOf = m_shown;
    m_library.loadSamples(m_shown, shown->info, kSamplesPerClass, m_config.seed);
}

void DataPanel::sayProblem(const QString& sentence, bool wrong) {
    setStyleProperty(m_problem, "type", wrong ? "wrong" : "table");
    m_problem->setText(sentence);
    m_problem->setVisible(!sentence.isEmpty());
}

void DataPanel::applyTheme() {
    const Theme& theme = Theme::instance();
    m_listScroll->setFixedWidth(theme.px(300));
    m_list->layout()->setContentsMargins(theme.px(16), theme.px(14), theme.px(16), theme.px(14));
    m_list->layout()->setSpacing(theme.px(10));
    for (QLayout* cards : {m_cardRows, m_absentRows}) cards->setSpacing(theme.px(8));
    m_detail->layout()->setContentsMargins(theme.px(20), theme.px(14), theme.px(16), theme.px(12));
    m_detail->layout()->setSpacing(theme.px(12));
}

}  // namespace thaw::ui
