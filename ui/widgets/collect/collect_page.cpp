#include "ui/widgets/collect/collect_page.h"

#include <QAction>
#include <QClipboard>
#include <QDir>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QLocale>
#include <QMimeData>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/models/path_text.h"
#include "ui/models/problem_text.h"
#include "ui/widgets/collect/class_card.h"
#include "ui/widgets/collect/collected_tiles.h"
#include "ui/widgets/collect/live_panel.h"
#include "ui/widgets/parts/chip.h"
#include "ui/widgets/parts/elided_label.h"
#include "ui/widgets/parts/file_dialogs.h"
#include "ui/widgets/parts/message_line.h"
#include "ui/widgets/parts/page_scroll.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

constexpr int kManyClasses = 12;  // from here on the cards fold to one row
constexpr int kLiveWidth = 434, kNarrowLiveWidth = 372;
constexpr int kLow = 640;  // design pixels of the page's height

}  // namespace

CollectPage::CollectPage(CollectFactory factory, FrameSources sources, QWidget* parent)
    : QWidget(parent), m_collect(std::move(factory), std::move(sources)) {
    setFocusPolicy(Qt::StrongFocus);
    setAcceptDrops(true);
    auto* panel = makePanel(this);
    auto* scroll = new PageScroll(panel);
    auto* cards = new QWidget;
    m_cardRows = new QVBoxLayout(cards);
    m_cardRows->setContentsMargins(0, 0, 0, 0);
    m_cardRows->setSpacing(10);
    m_cardRows->addWidget(makeFoot());
    m_cardRows->addStretch(1);
    scroll->setWidget(cards);
    m_message = new MessageLine(panel);
    m_message->hide();
    auto* rows = new QVBoxLayout(panel);
    rows->setContentsMargins(16, 14, 16, 14);
    rows->setSpacing(10);
    rows->addWidget(makeHead());
    rows->addWidget(m_message);
    rows->addWidget(scroll, 1);
    m_live = new LivePanel(m_collect, this);
    auto* columns = new QHBoxLayout(this);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(10);
    columns->addWidget(panel, 1);
    columns->addWidget(m_live);

    connect(&m_collect, &CollectController::classesChanged, this, &CollectPage::showClasses);
    connect(&m_collect, &CollectController::picturesChanged, this, &CollectPage::showCounts);
    connect(&m_collect, &CollectController::trainingChanged, this, &CollectPage::showCounts);
    connect(&m_collect, &CollectController::saved, this, &CollectPage::whenSaved);
    connect(&m_collect, &CollectController::said, this, [this](const QString& what, const QString& hint) {
        m_toStudio = false;
        m_message->say(problemText(what, hint));
    });
    connect(&m_collect, &CollectController::opened, this, [this](int found) {
        if (found > 0)
            m_message->say(tr("These %1 pictures were collected before and are not saved yet.").arg(QLocale().toString(found)),
                           tr("Throw them away"));
    });
    connect(m_message, &MessageLine::actionRequested, this, [this] {
        m_message->hide();
        m_collect.throwAway();
    });
    connect(m_live, &LivePanel::saveRequested, this, [this] { startSaving(false); });
    connect(m_live, &LivePanel::studioRequested, this, [this] { startSaving(true); });
    arrange();
}

QWidget* CollectPage::makeHead() {
    auto* head = new QWidget(this);
    auto* back = makeIconPushButton(QStringLiteral("chevron-left"), tr("Data sets"), head);
    back->setProperty("small", true);
    m_title = new ElidedLabel(head);
    m_title->setProperty("type", "cardTitle");
    m_title->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    m_titleEdit = new QLineEdit(head);
    m_titleEdit->setMaxLength(80);
    m_titleEdit->setAccessibleName(tr("Name of the data set"));
    m_titleEdit->hide();
    auto* pen = makeIconButton(QStringLiteral("pen"), tr("Rename the data set"), head);
    m_counts = makeLabel({}, "table", head);
    auto* here = new Chip(head);
    here->setCompact(true);
    here->setContent(Chip::Look::Quiet, QStringLiteral("lock"), tr("Everything stays on this machine"));
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(10);
    row->addWidget(back);
    row->addWidget(m_title);
    row->addWidget(m_titleEdit, 1);
    row->addWidget(pen);
    row->addWidget(m_counts);
    row->addStretch(1);
    row->addWidget(here);
    connect(back, &QPushButton::clicked, this, &CollectPage::backRequested);
    connect(pen, &QToolButton::clicked, this, [this] {
        m_titleEdit->setText(m_collect.title());
        m_title->hide();
        m_titleEdit->show();
        m_titleEdit->selectAll();
        m_titleEdit->setFocus();
    });
    connect(m_titleEdit, &QLineEdit::editingFinished, this, &CollectPage::endTitle);
    return head;
}

QWidget* CollectPage::makeFoot() {
    auto* foot = new QWidget(this);
    m_add = makeIconPushButton(QStringLiteral("plus"), tr("Add a class"), foot);
    m_add->setToolTip(toolTipWithKey(tr("Another class"), QKeySequence(Qt::CTRL | Qt::Key_N)));
    auto* words = makeLabel(tr("or drop a folder here: its name becomes the class. Pictures taken out come back with Ctrl+Z."),
                            "table", foot);
    words->setWordWrap(true);
    auto* row = new QHBoxLayout(foot);
    row->setContentsMargins(16, 8, 16, 8);
    row->setSpacing(14);
    row->addWidget(m_add);
    row->addWidget(words, 1);
    connect(m_add, &QPushButton::clicked, this, &CollectPage::addClass);
    return foot;
}

void CollectPage::endTitle() {
    if (m_titleEdit->isHidden()) return;
    m_titleEdit->hide();
    m_title->show();
    m_collect.setTitle(m_titleEdit->text());
}

ClassCard* CollectPage::card(int classId) const {
    const auto found =
        std::find_if(m_cards.begin(), m_cards.end(), [=](const ClassCard* one) { return one->classId() == classId; });
    return found == m_cards.end() ? nullptr : *found;
}

/// Cards of classes that stay are kept: somebody may be typing a name there.
void CollectPage::showClasses() {
    std::vector<ClassCard*> now;
    for (const CollectClass& one : m_collect.classes()) {
        ClassCard* shown = card(one.id);
        const bool sameModel = shown && shown->tiles().model() == one.pictures.get();
        if (!sameModel) {
            shown = new ClassCard(m_collect, one.id, this);
            const int id = one.id;
            connect(shown, &ClassCard::selected, this, [this, id] { select(id); });
            connect(shown, &ClassCard::importRequested, this, [this, id] { importInto(id); });
            connect(shown, &ClassCard::pasteRequested, this, [this, id] { pasteInto(id); });
            connect(shown, &ClassCard::said, this, [this](const QString& what) { m_message->say(what); });
        }
        now.push_back(shown);
    }
    for (ClassCard* old : m_cards)
        if (std::find(now.begin(), now.end(), old) == now.end()) {
            old->hide();
            old->deleteLater();
        }
    m_cards = now;
    for (std::size_t i = 0; i < m_cards.size(); ++i) {
        m_cardRows->insertWidget(static_cast<int>(i), m_cards[i]);
        m_cards[i]->setNumber(static_cast<int>(i) + 1);
        m_cards[i]->show();
    }
    if (!card(m_selected) && !m_cards.empty()) select(m_cards.front()->classId());
    arrange();
    showCounts();
}

void CollectPage::showCounts() {
    m_title->setText(m_collect.title());
    const int pictures = m_collect.pictureCount();
    m_counts->setText(tr("%1 classes, %2 pictures").arg(m_collect.classes().size()).arg(QLocale().toString(pictures)));
    int largest = 0;
    const CollectClass* fewest = nullptr;
    for (const CollectClass& one : m_collect.classes()) {
        largest = qMax(largest, one.pictures->count());
        if (one.pictures->count() > 0 && (!fewest || one.pictures->count() < fewest->pictures->count())) fewest = &one;
    }
    for (ClassCard* each : m_cards) {
        const bool isFewest = fewest && each->classId() == fewest->id && fewest->pictures->count() * 2 < largest;
        each->refresh(largest, isFewest ? tr("Fewest pictures: %1 more would make it as many as the largest class")
                                              .arg(largest - fewest->pictures->count())
                                        : QString());
    }
}

void CollectPage::select(int classId) {
    m_selected = classId;
    for (ClassCard* each : m_cards) each->setSelected(each->classId() == classId);
}

void CollectPage::addClass() {
    if (const int id = m_collect.addClass()) {
        select(id);
        card(id)->rename();
    }
}

void CollectPage::importInto(int classId) {
    choosePictures(this, tr("Pictures of the class"), /*several=*/true,
                   [this, classId](const QStringList& files) { m_collect.addFiles(classId, files); });
}

void CollectPage::pasteInto(int classId) { m_collect.paste(classId, QGuiApplication::clipboard()->mimeData()); }

/// The folder is asked for once.
void CollectPage::startSaving(bool thenStudio) {
    m_toStudio = thenStudio;
    if (thenStudio && m_collect.isSaved()) return whenSaved(m_collect.savedTo());
    if (!m_collect.savedTo().isEmpty()) return m_collect.save(m_collect.savedTo());
    auto* dialog = new QFileDialog(this, tr("Save the data set as a folder"), QDir::homePath());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setFileMode(QFileDialog::AnyFile);
    dialog->setOption(QFileDialog::DontConfirmOverwrite);
    dialog->selectFile(nameText(core::classFolderName(m_collect.title().toStdString())));
    connect(dialog, &QFileDialog::fileSelected, &m_collect, &CollectController::save);
    connect(dialog, &QDialog::rejected, this, [this] { m_toStudio = false; });
    dialog->open();
}

void CollectPage::whenSaved(const QString& folder) {
    if (std::exchange(m_toStudio, false)) return Q_EMIT studioRequested(folder, m_collect.trunk());
    m_message->say(tr("Saved in %1.").arg(folder));
}

void CollectPage::arrange() {
    const Theme& theme = Theme::instance();
    const bool low = height() < theme.px(kLow);
    const bool fold = low || static_cast<int>(m_cards.size()) > kManyClasses;
    for (ClassCard* each : m_cards) each->setCompact(fold);
    m_live->setCompact(low);
    m_live->setFixedWidth(theme.px(low ? kNarrowLiveWidth : kLiveWidth));
}

void CollectPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    m_collect.open();
    if (m_collect.camera().state() == CameraController::State::Closed) m_live->openCamera();
    if (!event->spontaneous()) setFocus(Qt::OtherFocusReason);
}

void CollectPage::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    if (event->spontaneous()) return;
    m_collect.stopRecording();
    m_collect.camera().close();
}

void CollectPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

void CollectPage::keyPressEvent(QKeyEvent* event) {
    if (event->isAutoRepeat()) return;
    const int key = event->key();
    if (event->matches(QKeySequence::Undo)) return m_collect.undoStack().undo();
    if (event->matches(QKeySequence::Redo)) return m_collect.undoStack().redo();
    if (event->matches(QKeySequence::Paste)) return pasteInto(m_selected);
    if (event->matches(QKeySequence::New)) return addClass();
    if (key == Qt::Key_F2 && card(m_selected)) return card(m_selected)->rename();
    if (event->modifiers() & ~Qt::KeypadModifier) return QWidget::keyPressEvent(event);
    if (key == Qt::Key_Space) return m_collect.record(m_selected);
    const int number = key - Qt::Key_1;
    if (number < 0 || number >= qMin(9, static_cast<int>(m_cards.size()))) return QWidget::keyPressEvent(event);
    select(m_cards[static_cast<std::size_t>(number)]->classId());
    m_collect.record(m_selected);
}

void CollectPage::keyReleaseEvent(QKeyEvent* event) {
    const bool records = event->key() == Qt::Key_Space || (event->key() >= Qt::Key_1 && event->key() <= Qt::Key_9);
    if (!records || event->isAutoRepeat()) return QWidget::keyReleaseEvent(event);
    m_collect.stopRecording();
}

bool CollectPage::event(QEvent* event) {
    // Who looks at another window holds nothing any more.
    if (event->type() == QEvent::WindowDeactivate) m_collect.stopRecording();
    return QWidget::event(event);
}

void CollectPage::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void CollectPage::dropEvent(QDropEvent* event) {
    QStringList files;
    for (const QUrl& url : event->mimeData()->urls()) {
        if (!url.isLocalFile()) continue;
        if (QFileInfo(url.toLocalFile()).isDir())
            m_collect.addFolder(url.toLocalFile());
        else
            files << url.toLocalFile();
    }
    if (!files.isEmpty()) m_collect.addFiles(m_selected, files);
    event->acceptProposedAction();
}

}  // namespace thaw::ui
