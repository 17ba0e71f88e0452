#include "ui/widgets/collect/class_card.h"

#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QLocale>
#include <QMimeData>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>

#include "ui/widgets/collect/collected_tiles.h"
#include "ui/widgets/parts/elided_label.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {

ClassCard::ClassCard(CollectController& collect, int classId, QWidget* parent)
    : QFrame(parent), m_collect(collect), m_id(classId), m_side(makeSide()) {
    setProperty("card", true);
    setAcceptDrops(true);
    m_tiles = new CollectedTiles(*collect.find(classId)->pictures, this);
    m_more = makeLabel({}, "caption", this);
    m_judged = makeLabel({}, "caption", this);
    auto* foot = new QHBoxLayout;
    foot->addWidget(m_more);
    foot->addStretch(1);
    foot->addWidget(m_judged);
    auto* right = new QVBoxLayout;
    right->setSpacing(4);
    right->addWidget(m_tiles);
    right->addStretch(1);
    right->addLayout(foot);
    auto* row = new QHBoxLayout(this);
    row->setSpacing(16);
    row->addWidget(m_side);
    row->addLayout(right, 1);
    connect(m_tiles, &CollectedTiles::removeRequested, &collect, &CollectController::removePictures);
    connect(m_tiles, &CollectedTiles::shownChanged, this, &ClassCard::showFoot);
    connect(m_tiles, &QAbstractItemView::pressed, this, &ClassCard::selected);
    connect(&collect, &CollectController::recordingChanged, this, &ClassCard::showRecording);
    connect(&collect.camera(), &CameraController::stateChanged, this, &ClassCard::showRecording);
    connect(&Theme::instance(), &Theme::changed, this, &ClassCard::applyTheme);
    applyTheme();
    showRecording();
}

QWidget* ClassCard::makeSide() {
    auto* side = new QWidget(this);
    m_name = new ElidedLabel(side);
    m_name->setProperty("type", "cardTitle");
    m_name->setElideMode(Qt::ElideRight);
    m_edit = new QLineEdit(side);
    m_edit->setMaxLength(80);
    m_edit->setAccessibleName(tr("Name of the class"));
    m_edit->hide();
    m_pen = makeIconButton(QStringLiteral("pen"), tr("Rename the class"), side);
    m_pen->setToolTip(toolTipWithKey(tr("Rename the class"), QKeySequence(Qt::Key_F2)));
    m_count = makeLabel({}, "cardTitle", side);
    m_bar = new QProgressBar(side);
    m_bar->setTextVisible(false);
    m_hold = makeIconPushButton(QStringLiteral("record"), {}, side);
    m_hold->setProperty("tall", true);
    m_hold->setCheckable(true);
    m_import = makeIconPushButton(QStringLiteral("folder"), tr("Import"), side);
    m_paste = makeIconPushButton(QStringLiteral("paste"), tr("Paste"), side);
    for (QPushButton* button : {m_import, m_paste}) button->setProperty("small", true);
    auto* head = new QHBoxLayout;
    head->setSpacing(4);
    head->addWidget(m_name, 1);
    head->addWidget(m_edit, 1);
    head->addWidget(m_pen);
    head->addWidget(m_count);
    auto* ways = new QHBoxLayout;
    ways->setSpacing(8);
    ways->addWidget(m_import, 1);
    ways->addWidget(m_paste, 1);
    auto* rows = new QVBoxLayout(side);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(8);
    rows->addLayout(head);
    rows->addWidget(m_bar);
    rows->addWidget(m_hold);
    rows->addLayout(ways);
    rows->addStretch(1);
    connect(m_pen, &QToolButton::clicked, this, &ClassCard::rename);
    connect(m_edit, &QLineEdit::editingFinished, this, [this] { endRename(true); });
    connect(m_hold, &QPushButton::pressed, this, [this] {
        Q_EMIT selected();
        m_collect.record(m_id);
    });
    connect(m_hold, &QPushButton::released, &m_collect, &CollectController::stopRecording);
    connect(m_hold, &QPushButton::clicked, this, &ClassCard::showRecording);
    connect(m_import, &QPushButton::clicked, this, &ClassCard::importRequested);
    connect(m_paste, &QPushButton::clicked, this, &ClassCard::pasteRequested);
    return side;
}

void ClassCard::setNumber(int number) {
    m_number = number;
    const QString tip = tr("Takes up to %1 pictures a second as long as it is held").arg(CollectController::kPicturesPerSecond);
    m_hold->setToolTip(number <= 9 ? toolTipWithKey(tip, QString::number(number)) : tip);
}

void ClassCard::setSelected(bool selected) {
    if (selected == m_selected) return;
    m_selected = selected;
    applyTheme();
}

void ClassCard::setCompact(bool compact) {
    m_tiles->setRows(compact ? 1 : 2);
    // Import and Paste stay beside the name where there is only one row.
    m_import->setVisible(!compact);
    m_paste->setVisible(!compact);
}

void ClassCard::refresh(int largest, const QString& hint) {
    const CollectClass* const shown = m_collect.find(m_id);
    if (!shown) return;
    m_name->setText(shown->name);
    m_tiles->setAccessibleName(tr("Pictures of %1").arg(shown->name));
    m_count->setText(QLocale().toString(shown->pictures->count()));
    m_bar->setRange(0, qMax(1, largest));
    m_bar->setValue(shown->pictures->count());
    m_hint = hint;
    showFoot();
}

void ClassCard::showFoot() {
    const CollectClass* const shown = m_collect.find(m_id);
    if (!shown) return;
    const int count = shown->pictures->count(), more = count - m_tiles->shownCount();
    m_more->setText(!m_hint.isEmpty() ? m_hint
                    : count == 0      ? tr("No picture yet: hold the button, drop files here, import or paste.")
                    : more > 0        ? tr("newest first, %1 more").arg(QLocale().toString(more))
                                      : tr("newest first"));
    m_judged->setText(shown->keptAside > 0 ? tr("%1 of %2 kept aside are right").arg(shown->right).arg(shown->keptAside)
                                           : QString());
}

void ClassCard::showRecording() {
    const bool records = m_collect.recordingClass() == m_id;
    m_hold->setChecked(records);
    m_hold->setEnabled(records || m_collect.camera().state() == CameraController::State::Running);
    setButtonWords(m_hold, records ? tr("Recording %1").arg(m_collect.recorded()) : tr("Hold to record"));
}

void ClassCard::rename() {
    m_edit->setText(m_name->text());
    m_name->hide();
    m_edit->show();
    m_edit->selectAll();
    m_edit->setFocus();
}

void ClassCard::endRename(bool take) {
    if (m_edit->isHidden()) return;
    m_edit->hide();
    m_name->show();
    if (take && !m_collect.renameClass(m_id, m_edit->text()))
        Q_EMIT said(tr("Each class needs a name of its own. %1 keeps its name.").arg(m_name->text()));
}

void ClassCard::mousePressEvent(QMouseEvent* event) {
    Q_EMIT selected();
    QFrame::mousePressEvent(event);
}

void ClassCard::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls() || event->mimeData()->hasImage()) event->acceptProposedAction();
}

void ClassCard::dropEvent(QDropEvent* event) {
    m_collect.paste(m_id, event->mimeData());
    event->acceptProposedAction();
}

void ClassCard::applyTheme() {
    const Theme& theme = Theme::instance();
    m_side->setFixedWidth(theme.px(206));
    layout()->setContentsMargins(theme.px(14), theme.px(10), theme.px(12), theme.px(8));
    setStyleSheet(m_selected ? QStringLiteral("thaw--ui--ClassCard { border: %1px solid %2; }")
                                   .arg(theme.px(2))
                                   .arg(theme.color(Tone::Accent).name())
                             : QString());
}

}  // namespace thaw::ui
