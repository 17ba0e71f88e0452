#include "ui/widgets/continuations/continuation_view.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QScrollArea>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/models/checkpoint_text.h"
#include "ui/models/task_text.h"
#include "ui/widgets/continuations/next_word_bars.h"
#include "ui/widgets/continuations/perplexity_plot.h"
#include "ui/widgets/continuations/prompt_card.h"
#include "ui/widgets/continuations/sampling_box.h"
#include "ui/widgets/continuations/write_on_box.h"
#include "ui/widgets/parts/chip.h"
#include "ui/widgets/parts/empty_state.h"
#include "ui/widgets/parts/framed_button.h"
#include "ui/widgets/parts/segmented_bar.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kSide = 380, kCompactSide = 300, kLowWindow = 620;  // design pixels
constexpr int kNextWords = 9, kCompactNextWords = 6, kAfterLetters = 14;
enum Shown { SideBySide, WhatChanged };

/// The words before the caret, for a caption.
QString endOf(const QString& text) {
    const QString one = text.simplified();
    return one.size() > kAfterLetters ? QChar(0x2026) + one.right(kAfterLetters) : one;
}

QString momentName(const core::KeptCheckpoint& moment) {
    return moment.step == 0 ? ContinuationView::tr("epoch 0") : checkpointLabel(moment);
}

}  // namespace

ContinuationView::ContinuationView(TrainingController& training, InspectionController& inspection, QWidget* parent)
    : QWidget(parent), m_controller(training, inspection) {
    m_pages = new QStackedWidget;
    m_empty = new EmptyState;
    auto* panel = makePanel();
    auto* inside = new QVBoxLayout(panel);
    inside->addWidget(m_empty);
    auto* body = new QWidget;
    auto* row = new QHBoxLayout(body);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(10);
    row->addWidget(makePrompts(), 1);
    row->addWidget(makeSide());
    m_pages->addWidget(panel);
    m_pages->addWidget(body);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_pages);
    connect(&m_controller, &ContinuationController::runChanged, this, &ContinuationView::fillRun);
    connect(&m_controller, &ContinuationController::momentsChanged, this, &ContinuationView::fillMoments);
    connect(&m_controller, &ContinuationController::promptsChanged, this, &ContinuationView::fillCards);
    connect(&m_controller, &ContinuationController::cellsChanged, this, &ContinuationView::fillCells);
    connect(&m_controller, &ContinuationController::writtenChanged, this, &ContinuationView::fillNext);
    connect(&m_controller, &ContinuationController::samplingChanged, this, [this] {
        m_sampling->setSampling(m_controller.sampling());
        m_box->foretell();
    });
    connect(m_sampling, &SamplingBox::samplingEdited, this, [this] { m_controller.setSampling(m_sampling->sampling()); });
    connect(m_sampling, &SamplingBox::resetRequested, this,
            [this] { m_controller.setSampling(ContinuationController::plainSampling()); });
    connect(m_next, &NextWordBars::chosen, this, &ContinuationView::takeWord);
    connect(&Theme::instance(), &Theme::changed, this, &ContinuationView::arrange);
    m_controller.setPrompts({tr("Shall I compare thee"), tr("ROMEO:"), tr("The king was in his chamber when")});
    m_sampling->setSampling(m_controller.sampling());
    fillRun();
    arrange();
}

QWidget* ContinuationView::makePrompts() {
    auto* panel = makePanel();
    m_show = new SegmentedBar;
    m_show->setAccessibleName(tr("What the columns show"));
    m_show->addSegment(SideBySide, tr("Side by side"));
    m_show->addSegment(WhatChanged, tr("What changed"));
    m_show->setSegmentToolTip(WhatChanged, tr("Underlines the words that the epoch on the left did not write"));
    m_new = new QLineEdit;
    m_new->setPlaceholderText(tr("How a text begins"));
    m_new->setAccessibleName(tr("A prompt to add"));
    m_add = makeFramedButton(QStringLiteral("plus"), tr("Add a prompt"), tr("Pin this beginning of a text"), panel);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(16, 0, 16, 0);
    head->setSpacing(10);
    head->addWidget(makeLabel(tr("Pinned prompts"), "panelTitle"));
    head->addStretch(1);
    head->addWidget(m_show);
    head->addWidget(m_new);
    head->addWidget(m_add);
    auto* choices = new QHBoxLayout;
    choices->setContentsMargins(17, 0, 27, 0);
    choices->setSpacing(1);
    for (int column = 0; column < ContinuationController::kColumns; ++column) {
        m_columns[static_cast<std::size_t>(column)] = makeColumn(column);
        choices->addWidget(m_columns[static_cast<std::size_t>(column)].place, 1);
    }
    auto* content = new QWidget;
    m_list = new QVBoxLayout(content);
    m_list->setContentsMargins(16, 0, 16, 8);
    m_list->setSpacing(8);
    m_list->addStretch(1);
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    scroll->setWidget(content);
    m_box = new WriteOnBox(m_controller);
    auto* column = new QVBoxLayout(panel);
    column->setContentsMargins(1, 12, 1, 1);
    column->setSpacing(10);
    column->addLayout(head);
    column->addLayout(choices);
    column->addWidget(scroll, 1);
    auto* bottom = new QVBoxLayout;
    bottom->setSpacing(0);
    bottom->addWidget(makeRule(Qt::Horizontal));
    bottom->addWidget(m_box);
    column->addLayout(bottom);
    connect(m_show, &SegmentedBar::currentChanged, this, [this](int shown) {
        for (PromptCard* card : m_cards) card->setMarksChanges(shown == WhatChanged);
    });
    connect(m_add, &QToolButton::clicked, this, &ContinuationView::addPrompt);
    connect(m_new, &QLineEdit::returnPressed, this, &ContinuationView::addPrompt);
    return panel;
}

ContinuationView::Column ContinuationView::makeColumn(int column) {
    Column made;
    made.place = new QWidget;
    made.moments = new QComboBox;
    made.moments->setAccessibleName(tr("Epoch of column %1").arg(column + 1));
    made.about = makeLabel({}, "caption");
    made.about->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    made.newest = new Chip;
    made.newest->setCompact(true);
    made.newest->setContent(Chip::Look::Quiet, {}, tr("newest"));
    auto* row = new QHBoxLayout(made.place);
    row->setContentsMargins(8, 0, 4, 0);
    row->setSpacing(8);
    row->addWidget(made.moments);
    row->addWidget(made.about, 1);
    row->addWidget(made.newest);
    connect(made.moments, &QComboBox::activated, this, [this, column, moments = made.moments](int index) {
        if (!m_filling) m_controller.chooseMoment(column, moments->itemData(index).toString().toStdString());
    });
    return made;
}

QWidget* ContinuationView::makeSide() {
    m_side = makePanel();
    m_after = makeLabel({}, "caption");
    m_next = new NextWordBars;
    m_striped = makeLabel(tr("striped: left out by top-k or top-p"), "caption");
    m_sampling = new SamplingBox;
    m_perplexity = makeLabel({}, "priceFigure");
    m_moment = makeLabel({}, "caption");
    m_plot = new PerplexityPlot;
    const auto titled = [](const QString& title, std::initializer_list<QWidget*> right) {
        auto* row = new QHBoxLayout;
        row->addWidget(makeLabel(title, "panelTitle"), 1);
        for (QWidget* widget : right) row->addWidget(widget);
        return row;
    };
    auto* legend = new QHBoxLayout;
    legend->addWidget(makeLabel(tr("%1 begins with a space").arg(QChar(0x2423)), "caption"), 1);
    legend->addWidget(m_striped);
    auto* column = new QVBoxLayout(m_side);
    column->setContentsMargins(16, 14, 16, 12);
    column->setSpacing(8);
    column->addLayout(titled(tr("Next word"), {m_after}));
    column->addWidget(m_next);
    column->addLayout(legend);
    column->addWidget(makeRule(Qt::Horizontal));
    column->addWidget(m_sampling);
    column->addWidget(makeRule(Qt::Horizontal));
    column->addLayout(titled(tr("Perplexity"), {m_perplexity, m_moment}));
    column->addWidget(m_plot, 1);
    column->addStretch(0);
    return m_side;
}

void ContinuationView::addPrompt() {
    if (m_new->text().trimmed().isEmpty()) return m_new->setFocus();
    m_controller.addPrompt(m_new->text());
    m_new->clear();
}

void ContinuationView::fillRun() {
    m_pages->setCurrentIndex(m_controller.isOpen() ? 1 : 0);
    m_empty->say(tr("No run that continues texts is open"),
                 tr("Start one with Small GPT or GPT-2, or open one from the list of runs."));
    fillMoments();
}

void ContinuationView::fillMoments() {
    m_filling = true;
    const std::vector<core::KeptCheckpoint> moments = m_controller.moments();
    for (int index = 0; index < ContinuationController::kColumns; ++index) {
        Column& column = m_columns[static_cast<std::size_t>(index)];
        const std::optional<core::KeptCheckpoint> shown = m_controller.columnMoment(index);
        column.moments->clear();
        for (const core::KeptCheckpoint& moment : moments)
            column.moments->addItem(momentName(moment), QString::fromStdString(moment.name));
        column.moments->setCurrentIndex(shown ? column.moments->findData(QString::fromStdString(shown->name)) : -1);
        column.moments->setEnabled(!moments.empty());
        column.newest->setVisible(shown && m_controller.isNewest(*shown));
        QString about = !shown ? QString() : shown->step == 0 ? tr("before training") : QString();
        if (shown && shown->endsEpoch && shown->valScore >= 0)
            about = tr("perplexity %1").arg(scoreValueText(core::TaskKind::ContinueText, shown->valScore));
        column.about->setText(about);
        column.about->setToolTip(about);
    }
    m_filling = false;
    std::vector<PerplexityPlot::Point> points;
    for (const core::KeptCheckpoint& moment : moments)
        if (moment.endsEpoch) points.push_back({moment.epoch, moment.valScore});
    const core::InspectedRun* run = m_controller.run();
    m_perplexity->setText(points.empty() ? QString() : scoreValueText(core::TaskKind::ContinueText, points.back().perplexity));
    m_moment->setText(points.empty() ? tr("after epoch 1") : tr("after epoch %1").arg(points.back().epoch));
    m_plot->setPoints(std::move(points), run ? run->config.totalEpochs() : 1);
    fillCells();
}

void ContinuationView::fillCards() {
    const QStringList& prompts = m_controller.prompts();
    while (static_cast<int>(m_cards.size()) > prompts.size()) {
        m_cards.back()->deleteLater();
        m_list->removeWidget(m_cards.back());
        m_cards.pop_back();
    }
    while (static_cast<int>(m_cards.size()) < prompts.size()) {
        auto* card = new PromptCard;
        const int index = static_cast<int>(m_cards.size());
        connect(card, &PromptCard::removeRequested, this, [this, index] { m_controller.removePrompt(index); });
        m_list->insertWidget(index, card);
        m_cards.push_back(card);
        card->setMarksChanges(m_show->current() == WhatChanged);
    }
    for (int i = 0; i < prompts.size(); ++i) m_cards[static_cast<std::size_t>(i)]->setPrompt(prompts.at(i));
    arrange();
    fillCells();
}

void ContinuationView::fillCells() {
    for (std::size_t i = 0; i < m_cards.size(); ++i)
        for (int column = 0; column < ContinuationController::kColumns; ++column) {
            const bool known = m_controller.columnMoment(column).has_value();
            m_cards[i]->setCell(
                column, m_controller.cell(static_cast<int>(i), column),
                known ? tr("waits for the columns on the right") : tr("after epoch %1").arg(column == 0 ? 1 : column));
        }
}

void ContinuationView::fillNext() {
    const core::GeneratedText& written = m_controller.written();
    m_next->setWords(written.next);
    const QString end = endOf(m_controller.writtenFrom() + QString::fromStdString(written.text));
    m_after->setText(end.isEmpty() ? QString() : tr("after \u201c%1\u201d").arg(end));
    const bool striped =
        std::any_of(written.next.begin(), written.next.end(), [](const core::NextToken& word) { return !word.mayCome; });
    m_striped->setVisible(striped);
}

void ContinuationView::takeWord(int index) {
    const std::vector<core::NextToken>& words = m_controller.written().next;
    if (index < 0 || index >= static_cast<int>(words.size())) return;
    m_controller.stopWriting();
    m_box->append(QString::fromStdString(words[static_cast<std::size_t>(index)].text));
}

void ContinuationView::setCompact(bool compact) {
    m_compact = compact;
    arrange();
}

void ContinuationView::arrange() {
    const Theme& theme = Theme::instance();
    const bool low = m_compact || height() < theme.px(kLowWindow);
    m_side->setFixedWidth(theme.px(m_compact ? kCompactSide : kSide));
    m_next->setMostRows(low ? kCompactNextWords : kNextWords);
    m_plot->setVisible(!low);
    m_box->setLow(low);
    m_columns[1].place->setVisible(!m_compact);
    m_controller.setMiddleColumn(!m_compact);
    m_new->setFixedWidth(theme.px(m_compact ? 120 : 170));
    for (PromptCard* card : m_cards) {
        card->setLow(low);
        card->setColumnShown(1, !m_compact);
    }
}

void ContinuationView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    m_controller.setActive(true);
}

void ContinuationView::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    m_controller.setActive(false);
}

void ContinuationView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

}  // namespace thaw::ui
