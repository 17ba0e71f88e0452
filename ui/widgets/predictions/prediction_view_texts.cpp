// The page as a model of texts has it: cards in place of tiles, coloured words, a box to ask about a text of one's own.
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QStackedWidget>
#include <QToolButton>

#include "ui/widgets/parts/segmented_bar.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/pictures/picture_grid.h"
#include "ui/widgets/predictions/prediction_detail.h"
#include "ui/widgets/predictions/prediction_view.h"
#include "ui/widgets/predictions/prediction_view_parts.h"
#include "ui/widgets/texts/ask_box.h"
#include "ui/widgets/texts/text_attributions.h"
#include "ui/widgets/texts/text_cards.h"
#include "ui/widgets/texts/text_detail.h"

namespace thaw::ui {
namespace {

constexpr int kNoColours = -1;

}  // namespace

QWidget* PredictionView::makeColours(QWidget* parent) {
    auto* colours = new QWidget(parent);
    auto* box = new QComboBox(colours);
    box->setAccessibleName(tr("What colours the words"));
    const auto add = [box](const QString& name, int method, const QString& tip) {
        box->addItem(name, method);
        box->setItemData(box->count() - 1, tip, Qt::ToolTipRole);
    };
    using Method = core::AttributionMethod;
    add(tr("Integrated gradients"), static_cast<int>(Method::IntegratedGradients),
        tr("The slope of the class's number along the way from an empty text to this one. Exact in sum, slower."));
    add(tr("Gradient × input"), static_cast<int>(Method::GradientTimesInput),
        tr("The slope at the text itself, times its words. One step: quick and rough."));
    add(tr("Leave a word out"), static_cast<int>(Method::LeaveOut),
        tr("What the class loses without the word. Slow, but it is what it says: a check of the others."));
    add(tr("Nothing"), kNoColours, tr("Texts without colours"));
    box->setToolTip(tr("How it is told which words speak for a class"));
    auto* row = new QHBoxLayout(colours);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    QLabel* label = makeLabel(tr("Words"), "table", colours);
    label->setBuddy(box);
    row->addWidget(label);
    row->addWidget(box);
    connect(box, &QComboBox::currentIndexChanged, this, [this, box] {
        const int chosen = box->currentData().toInt();
        const auto method = chosen == kNoColours ? std::nullopt : std::make_optional(static_cast<Method>(chosen));
        m_words->setMethod(method);
        m_textDetail->askBox().setMethod(method);
    });
    colours->hide();
    return colours;
}

void PredictionView::bindTexts() {
    m_words = new TextAttributions(this);
    m_cards = new TextCards(m_stack);
    m_cards->setTextModel(&m_pictures);
    m_cards->setAttributions(m_words);
    m_stack->addWidget(m_cards);
    m_textDetail = new TextDetail(this);
    m_textDetail->setTextModel(&m_pictures);
    m_textDetail->hide();
    connect(m_cards, &TextCards::currentTextChanged, this, &PredictionView::setCurrent);
    connect(m_textDetail, &TextDetail::previousRequested, m_cards, &TextCards::goToPrevious);
    connect(m_textDetail, &TextDetail::nextRequested, m_cards, &TextCards::goToNext);
    connect(&m_textDetail->askBox(), &AskBox::left, m_cards, qOverload<>(&QWidget::setFocus));
}

void PredictionView::setCurrent(int id) {
    if (m_pictures.readsTexts()) {
        if (m_cards->currentText() != id) m_cards->setCurrentText(id);
        m_textDetail->showText(id);
    } else {
        m_grid->setCurrentPicture(id);
    }
    m_detail->showPicture(id);
}

void PredictionView::stepBy(int by) {
    if (m_pictures.readsTexts())
        by < 0 ? m_cards->goToPrevious() : m_cards->goToNext();
    else
        by < 0 ? m_grid->goToPrevious() : m_grid->goToNext();
}

void PredictionView::arrangeTexts() {
    const bool texts = m_pictures.readsTexts();
    m_grid->setPaging(!texts);
    m_colours->setVisible(texts);
    m_detail->setVisible(!texts);
    m_textDetail->setVisible(texts);
    m_add->setVisible(!texts);
    m_legend->setTexts(texts);
    m_dice->setToolTip(texts ? tr("Draw other texts") : tr("Draw other pictures"));
    m_filters->setAccessibleName(texts ? tr("Which texts") : tr("Which pictures"));
    setAcceptDrops(!texts);
}

}  // namespace thaw::ui
