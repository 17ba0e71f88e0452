#include "ui/widgets/continuations/write_on_box.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QTextEdit>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/bridge/continuation_controller.h"
#include "ui/widgets/parts/chip.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kPause = 150;  // milliseconds after the last key
constexpr QChar kCaret(0x2588);
constexpr int kHeight = 74, kLowHeight = 50, kMostLetters = 20'000;

}  // namespace

WriteOnBox::WriteOnBox(ContinuationController& controller, QWidget* parent) : QFrame(parent), m_controller(controller) {
    setProperty("ground", QStringLiteral("raised"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_title = makeLabel(tr("Write on"), "strong", this);
    m_live = new Chip(this);
    m_live->setCompact(true);
    m_about = makeLabel({}, "caption", this);
    m_about->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_speed = makeLabel({}, "caption", this);
    m_write = makeIconPushButton(QStringLiteral("play"), tr("Write on"), this);
    m_keep = makeIconPushButton(QStringLiteral("pin"), tr("Keep in the list"), this);
    m_keep->setToolTip(toolTipWithKey(tr("Pin this text as a prompt"), QKeySequence(Qt::CTRL | Qt::Key_D)));
    m_frame = new QFrame(this);
    m_frame->setProperty("field", true);
    m_edit = new QTextEdit(m_frame);
    m_edit->setFrameShape(QFrame::NoFrame);
    m_edit->setAcceptRichText(false);
    m_edit->setTabChangesFocus(true);
    m_edit->setPlaceholderText(tr("Type how a text begins"));
    m_edit->setAccessibleName(tr("Text to write on"));
    m_edit->installEventFilter(this);
    m_title->setBuddy(m_edit);
    m_problem = makeLabel({}, "wrong", this);
    m_problem->setWordWrap(true);
    m_problem->hide();
    auto* inside = new QVBoxLayout(m_frame);
    inside->setContentsMargins(6, 2, 3, 2);
    inside->addWidget(m_edit);
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(m_title);
    head->addWidget(m_live);
    head->addWidget(m_about, 1);
    head->addWidget(m_speed);
    head->addWidget(m_write);
    head->addWidget(m_keep);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 10, 16, 14);
    column->setSpacing(8);
    column->addLayout(head);
    column->addWidget(m_frame);
    column->addWidget(m_problem);
    m_pause.setSingleShot(true);
    m_pause.setInterval(kPause);
    connect(&m_pause, &QTimer::timeout, this, &WriteOnBox::foretell);
    connect(m_edit, &QTextEdit::textChanged, this, &WriteOnBox::type);
    connect(m_write, &QPushButton::clicked, this, &WriteOnBox::writeOn);
    connect(m_keep, &QPushButton::clicked, this, &WriteOnBox::keep);
    connect(&controller, &ContinuationController::writtenChanged, this, &WriteOnBox::showWritten);
    connect(&controller, &ContinuationController::momentsChanged, this, &WriteOnBox::tell);
    connect(&controller, &ContinuationController::writingFailed, this, [this](const QString& why) {
        m_problem->setText(why);
        m_problem->show();
    });
    connect(&Theme::instance(), &Theme::changed, this, &WriteOnBox::fit);
    fit();
}

void WriteOnBox::fit() {
    m_frame->setFixedHeight(Theme::instance().px(m_low ? kLowHeight : kHeight));
    m_edit->document()->setDefaultFont(Theme::instance().font(TextRole::Body));
    tell();
}

void WriteOnBox::setLow(bool low) {
    if (low == m_low) return;
    m_low = low;
    fit();
}

QString WriteOnBox::text() const { return m_edit->toPlainText().left(kMostLetters); }
QString WriteOnBox::note() const { return m_about->text(); }

void WriteOnBox::type() {
    if (m_filling) return;
    m_problem->hide();
    if (text().contains(kCaret)) {
        m_filling = true;
        const int place = m_edit->textCursor().position();
        m_edit->setPlainText(text().remove(kCaret));
        QTextCursor cursor = m_edit->textCursor();
        cursor.setPosition(std::min(place, static_cast<int>(text().size())));
        m_edit->setTextCursor(cursor);
        m_filling = false;
    }
    m_from = text();
    m_controller.stopWriting();
    m_pause.start();
    tell();
}

void WriteOnBox::foretell() {
    if (m_controller.isWriting()) return;
    m_pause.stop();
    if (!text().isEmpty()) m_controller.foretell(text());
}

void WriteOnBox::writeOn() {
    m_pause.stop();
    m_problem->hide();
    if (m_controller.isWriting()) return m_controller.stopWriting();
    m_from = text();
    m_controller.writeOn(m_from);
}

void WriteOnBox::keep() { m_controller.addPrompt(m_from.isEmpty() ? text() : m_from); }

void WriteOnBox::append(const QString& words) { m_edit->setPlainText(text() + words); }

void WriteOnBox::showWritten() {
    tell();
    const core::GeneratedText& written = m_controller.written();
    if (m_controller.writtenFrom() != m_from || (written.tokens.empty() && !m_controller.isWriting())) return;
    const bool atEnd = m_edit->verticalScrollBar()->value() >= m_edit->verticalScrollBar()->maximum() - 4;
    m_filling = true;
    QTextCharFormat bold, plain;
    bold.setFontWeight(QFont::Bold);
    plain.setFontWeight(QFont::Normal);
    QTextCursor cursor(m_edit->document());
    cursor.select(QTextCursor::Document);
    cursor.insertText(m_from, bold);
    cursor.insertText(QString::fromStdString(written.text), plain);
    if (m_controller.isWriting()) cursor.insertText(QString(kCaret), plain);
    m_filling = false;
    if (atEnd) m_edit->verticalScrollBar()->setValue(m_edit->verticalScrollBar()->maximum());
}

void WriteOnBox::tell() {
    const bool live = m_controller.isLive(), writes = m_controller.isWriting();
    m_live->setVisible(live);
    m_live->setContent(Chip::Look::Warm, QStringLiteral("drop"), tr("live"));
    m_about->setText(live ? tr("with the weights of this moment") : tr("with the newest weights that are kept"));
    const core::GeneratedText& written = m_controller.written();
    const bool known = written.seconds > 0 && written.tokens.size() > 1;
    m_speed->setText(known ? tr("%1 tokens/s").arg(formatSpeed(static_cast<double>(written.tokens.size()) / written.seconds))
                           : QString());
    m_write->setIcon(Theme::instance().icon(writes ? QStringLiteral("stop") : QStringLiteral("play")));
    setButtonWords(m_write, writes ? tr("Stop") : tr("Write on"));
    m_write->setToolTip(writes ? toolTipWithKey(tr("Stop writing"), QKeySequence(Qt::Key_Escape))
                               : toolTipWithKey(tr("Continue this text"), QKeySequence(Qt::CTRL | Qt::Key_Return)));
    m_write->setEnabled(m_controller.isOpen());
    m_keep->setEnabled(!text().trimmed().isEmpty());
}

bool WriteOnBox::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)
        setStyleProperty(m_frame, "focused", event->type() == QEvent::FocusIn);
    if (event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
        if (enter && key->modifiers() & Qt::ControlModifier) return writeOn(), true;
        if (key->key() == Qt::Key_Escape && m_controller.isWriting()) return m_controller.stopWriting(), true;
        if (key->key() == Qt::Key_D && key->modifiers() & Qt::ControlModifier) return keep(), true;
    }
    return QFrame::eventFilter(watched, event);
}

}  // namespace thaw::ui
