#include "ui/widgets/texts/ask_box.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QPlainTextEdit>
#include <QTextBlock>
#include <QVBoxLayout>

#include <algorithm>

#include "core/api/prediction.h"
#include "ui/bridge/inspection_controller.h"
#include "ui/models/problem_text.h"
#include "ui/models/word_marks.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/pictures/guess_bars.h"
#include "ui/widgets/texts/marked_text_layout.h"

namespace thaw::ui {
namespace {

const QString kAnswer = QStringLiteral("ask"), kWords = QStringLiteral("ask words");
constexpr int kPause = 150;  // milliseconds after the last key
constexpr int kGuesses = 3, kMostLetters = 20'000;

}  // namespace

AskBox::AskBox(QWidget* parent) : QFrame(parent) {
    setObjectName(QStringLiteral("askBox"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    auto* title = makeLabel(tr("Ask it yourself"), "captionStrong", this);
    m_note = makeLabel({}, "caption", this);
    m_warning = makeLabel({}, "wrong", this);
    m_warning->setWordWrap(true);
    m_warning->hide();
    m_frame = new QFrame(this);
    m_frame->setProperty("field", true);
    m_edit = new QPlainTextEdit(m_frame);
    m_edit->setFrameShape(QFrame::NoFrame);
    auto* inside = new QVBoxLayout(m_frame);
    inside->setContentsMargins(3, 2, 3, 2);
    inside->addWidget(m_edit);
    m_edit->setPlaceholderText(tr("Type a sentence"));
    m_edit->setAccessibleName(tr("Text to ask the network about"));
    m_edit->setTabChangesFocus(true);
    m_edit->setLineWrapMode(QPlainTextEdit::WidgetWidth);
    m_edit->setAcceptDrops(false);  // the page takes what is dropped
    m_edit->installEventFilter(this);
    title->setBuddy(m_edit);
    m_guesses = new GuessBars(this);
    m_guesses->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    auto* head = new QHBoxLayout;
    head->addWidget(title, 1);
    head->addWidget(m_note);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addLayout(head);
    column->addWidget(m_frame);
    column->addWidget(m_warning);
    column->addWidget(m_guesses);
    fit();
    connect(&Theme::instance(), &Theme::changed, this, &AskBox::fit);
    m_pause.setSingleShot(true);
    m_pause.setInterval(kPause);
    connect(&m_pause, &QTimer::timeout, this, &AskBox::askWords);
    // Not contentsChange: colours are no other text.
    connect(m_edit, &QPlainTextEdit::textChanged, this, &AskBox::ask);
}

void AskBox::fit() {
    const Theme& theme = Theme::instance();
    m_frame->setFixedHeight(theme.px(m_compact ? 36 : 60));
    m_guesses->setFixedHeight(theme.px(22) * (m_compact ? 1 : kGuesses));
}

void AskBox::setCompact(bool compact) {
    if (compact == m_compact) return;
    m_compact = compact;
    fit();
}

void AskBox::bindInspection(InspectionController* inspection) {
    m_inspection = inspection;
    connect(inspection, &InspectionController::checkpointChanged, this, &AskBox::ask);
}

void AskBox::setClassNames(const QStringList& names) {
    if (names == m_names) return;
    m_names = names;
    ask();
}

void AskBox::setMethod(std::optional<core::AttributionMethod> method) {
    m_method = method;
    ask();
}

QString AskBox::note() const { return m_note->text(); }

void AskBox::ask() {
    if (!m_inspection) return;
    m_pause.stop();
    m_inspection->cancel(this, kAnswer);
    m_inspection->cancel(this, kWords);
    m_edit->setExtraSelections({});
    m_warning->hide();
    const QString typed = m_edit->toPlainText().left(kMostLetters);
    m_best = -1;
    if (typed.trimmed().isEmpty() || !m_inspection->checkpoint()) {
        m_guesses->setGuesses({}, false);
        m_note->setText(typed.trimmed().isEmpty() ? QString() : tr("No checkpoint is kept yet"));
        return;
    }
    core::PictureChoice choice;
    choice.text = typed.toStdString();
    m_asked.start();
    m_inspection->ask<std::vector<float>>(
        this, kAnswer, InspectionController::Lane::Quick,
        [choice](core::Inspector& inspector, const std::string& name, const core::CountCallback&) {
            return inspector.predict(name, choice);
        },
        [this](const std::vector<float>& probabilities) { show(probabilities); }, {},
        [this](const QString& what, const QString& hint) {
            m_note->clear();
            m_warning->setText(problemText(what, hint));
            m_warning->show();
        });
}

void AskBox::show(const std::vector<float>& probabilities) {
    m_note->setText(tr("answered in %1 ms").arg(QLocale().toString(m_asked.elapsed())));
    std::vector<GuessBars::Guess> guesses;
    const int count = static_cast<int>(probabilities.size());
    for (const int index : core::topK(probabilities.data(), count, kGuesses))
        guesses.push_back(
            {m_names.value(index), static_cast<double>(probabilities[static_cast<std::size_t>(index)]), false, index});
    m_best = guesses.empty() ? -1 : guesses.front().classIndex;
    m_guesses->setGuesses(std::move(guesses), false);
    m_pause.start();
}

void AskBox::askWords() {
    if (m_best < 0 || !m_method) return;
    core::PictureChoice choice;
    choice.text = m_edit->toPlainText().left(kMostLetters).toStdString();
    m_inspection->ask<core::TextAttribution>(
        this, kWords, InspectionController::Lane::Quick,
        [choice, best = m_best, method = *m_method](core::Inspector& inspector, const std::string& name,
                                                    const core::CountCallback& progress) {
            return inspector.attribution(name, choice, best, method, progress);
        },
        [this](const core::TextAttribution& made) { colour(made); }, {}, [](const QString&, const QString&) {});
}

void AskBox::colour(const core::TextAttribution& made) {
    const MarkedText text = markedText(m_edit->toPlainText().toStdString(), &made);
    QList<QTextEdit::ExtraSelection> selections;
    for (const WordMark& mark : text.marks) {
        if (mark.strength == 0) continue;
        QTextEdit::ExtraSelection selection;
        selection.cursor = QTextCursor(m_edit->document());
        selection.cursor.setPosition(mark.begin);
        selection.cursor.setPosition(mark.begin + mark.length, QTextCursor::KeepAnchor);
        selection.format.setBackground(groundOf(mark));
        selection.format.setUnderlineStyle(mark.speaksFor() ? QTextCharFormat::SingleUnderline : QTextCharFormat::DashUnderline);
        selection.format.setUnderlineColor(lineOf(mark));
        selections << selection;
    }
    m_edit->setExtraSelections(selections);
    m_warning->setVisible(made.tokensCut > 0);
    const QLocale locale;
    m_warning->setText(tr("Too long: %1 tokens, %2 cut").arg(locale.toString(made.tokens), locale.toString(made.tokensCut)));
}

bool AskBox::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)
        setStyleProperty(m_frame, "focused", event->type() == QEvent::FocusIn);
    if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        Q_EMIT left();
        return true;
    }
    return QFrame::eventFilter(watched, event);
}

}  // namespace thaw::ui
