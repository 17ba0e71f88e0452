#include "ui/widgets/continuations/prompt_card.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QTextEdit>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/models/word_difference.h"
#include "ui/widgets/parts/elided_label.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kHeight = 144, kLowHeight = 112;  // design pixels
using State = ContinuationController::Cell::State;

}  // namespace

PromptCard::PromptCard(QWidget* parent) : QFrame(parent) {
    setProperty("card", true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_prompt = new ElidedLabel;
    m_prompt->setProperty("type", "strong");
    m_prompt->setElideMode(Qt::ElideRight);
    auto* pin = makeLabel({}, "caption");
    const auto tint = [pin] {
        pin->setPixmap(Theme::instance().pixmap(QStringLiteral("pin"), Tone::Accent, 14, pin->devicePixelRatioF()));
    };
    tint();
    connect(&Theme::instance(), &Theme::changed, pin, tint);
    auto* copy = makeIconButton(QStringLiteral("copy"), tr("Copy the prompt and its continuations"));
    auto* remove = makeIconButton(QStringLiteral("cross"), tr("Take this prompt out"));
    auto* head = new QHBoxLayout;
    head->setContentsMargins(12, 0, 4, 0);
    head->setSpacing(6);
    head->addWidget(pin);
    head->addWidget(m_prompt, 1);
    head->addWidget(copy);
    head->addWidget(remove);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(1, 0, 1, 1);
    row->setSpacing(1);
    for (QTextEdit*& text : m_texts) {
        text = new QTextEdit;
        text->setReadOnly(true);
        text->setFrameShape(QFrame::NoFrame);
        text->setTabChangesFocus(true);
        text->document()->setDocumentMargin(10);
        row->addWidget(text, 1);
    }
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(makeRule(Qt::Horizontal));
    column->addLayout(row, 1);
    connect(remove, &QToolButton::clicked, this, &PromptCard::removeRequested);
    connect(copy, &QToolButton::clicked, this, [this] {
        QStringList parts{prompt()};
        for (const QTextEdit* text : m_texts)
            if (!text->isHidden()) parts << text->toPlainText();
        QGuiApplication::clipboard()->setText(parts.join(QStringLiteral("\n\n")));
    });
    connect(&Theme::instance(), &Theme::changed, this, &PromptCard::arrange);
    arrange();
}

void PromptCard::arrange() {
    setFixedHeight(Theme::instance().px(m_low ? kLowHeight : kHeight));
    for (QTextEdit* text : m_texts) text->setFont(Theme::instance().font(TextRole::Body));
    markChanges();
}

void PromptCard::setLow(bool low) {
    if (low == m_low) return;
    m_low = low;
    arrange();
}

void PromptCard::setPrompt(const QString& prompt) {
    m_prompt->setText(prompt);
    setAccessibleName(tr("Prompt: %1").arg(prompt));
}

QString PromptCard::prompt() const { return m_prompt->text(); }

void PromptCard::setCell(int column, const ContinuationController::Cell& cell, const QString& waiting) {
    const auto index = static_cast<std::size_t>(column);
    m_cells[index] = cell;
    if (m_cells[index].text.startsWith(QLatin1Char(' '))) m_cells[index].text.remove(0, 1);  // between prompt and text
    const QString words = cell.state == State::Waiting   ? waiting
                          : cell.state == State::Writing ? QString(QChar(0x258C))
                                                         : m_cells[index].text;
    QTextEdit& text = *m_texts[index];
    const char* const type = cell.state == State::Failed ? "wrong" : cell.state == State::Waiting ? "waiting" : "written";
    setStyleProperty(&text, "type", QLatin1String(type));
    if (text.toPlainText() != words) text.setPlainText(words);
    markChanges();
}

void PromptCard::setColumnShown(int column, bool shown) {
    m_texts[static_cast<std::size_t>(column)]->setVisible(shown);
    markChanges();
}

void PromptCard::setMarksChanges(bool marks) {
    m_marks = marks;
    markChanges();
}

void PromptCard::markChanges() {
    int left = -1;
    for (std::size_t i = 0; i < m_texts.size(); ++i) {
        if (m_texts[i]->isHidden()) continue;
        QList<QTextEdit::ExtraSelection> lines;
        const bool both =
            left >= 0 && m_cells[i].state == State::Written && m_cells[static_cast<std::size_t>(left)].state == State::Written;
        if (m_marks && both)
            for (const TextSpan& span : changedWords(m_cells[static_cast<std::size_t>(left)].text, m_cells[i].text)) {
                QTextEdit::ExtraSelection line;
                line.cursor = QTextCursor(m_texts[i]->document());
                line.cursor.setPosition(span.begin);
                line.cursor.setPosition(span.begin + span.length, QTextCursor::KeepAnchor);
                line.format.setUnderlineStyle(QTextCharFormat::SingleUnderline);
                line.format.setUnderlineColor(Theme::instance().color(Tone::Ink2));
                lines << line;
            }
        m_texts[i]->setExtraSelections(lines);
        left = static_cast<int>(i);
    }
}

}  // namespace thaw::ui
