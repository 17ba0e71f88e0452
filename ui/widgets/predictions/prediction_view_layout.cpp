// The parts of the page, what stands where by how much room there is, and what an empty page says.
#include <QAbstractItemView>
#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/models/checkpoint_text.h"
#include "ui/widgets/parts/elided_label.h"
#include "ui/widgets/parts/framed_button.h"
#include "ui/widgets/parts/segmented_bar.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/predictions/pinned_strip.h"
#include "ui/widgets/predictions/prediction_detail.h"
#include "ui/widgets/predictions/prediction_view.h"
#include "ui/widgets/predictions/prediction_view_parts.h"
#include "ui/widgets/texts/text_detail.h"

namespace thaw::ui {
namespace {

constexpr int kLeastMoment = 60;
constexpr int kLowPage = 420;  // design pixels

}  // namespace

QWidget* PredictionView::makeHead() {
    auto* head = new QWidget(m_panel);
    m_filters = new SegmentedBar(head);
    m_filters->setObjectName(QStringLiteral("filters"));
    m_filters->setAccessibleName(tr("Which pictures"));
    for (PictureFilter filter :
         {PictureFilter::All, PictureFilter::Right, PictureFilter::Wrong, PictureFilter::ConfidentWrong, PictureFilter::Mine})
        m_filters->addSegment(static_cast<int>(filter), {});
    connect(m_filters, &SegmentedBar::currentChanged, this, [this](int id) { setFilter(static_cast<PictureFilter>(id)); });

    m_combos = new QWidget(head);
    const auto combo = [this](const QString& title, const QString& name) {
        auto* box = new QComboBox(m_combos);
        box->setAccessibleName(name);
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->addItem(tr("Any class"));
        QLabel* label = makeLabel(title, "table", m_combos);
        label->setBuddy(box);
        m_combos->layout()->addWidget(label);
        m_combos->layout()->addWidget(box);
        return box;
    };
    auto* combos = new QHBoxLayout(m_combos);
    combos->setContentsMargins(0, 0, 0, 0);
    combos->setSpacing(6);
    m_trueClass = combo(tr("True"), tr("True class"));
    combos->addSpacing(6);
    m_predictedClass = combo(tr("Predicted"), tr("Predicted class"));
    connect(m_trueClass, &QComboBox::currentIndexChanged, this, [this](int index) { m_pictures.setTrueClass(index - 1); });
    connect(m_predictedClass, &QComboBox::currentIndexChanged, this,
            [this](int index) { m_pictures.setPredictedClass(index - 1); });
    m_colours = makeColours(head);

    m_dice = makeFramedButton(QStringLiteral("dice"), {}, tr("Draw other pictures"), head);
    connect(m_dice, &QToolButton::clicked, &m_pictures, &PredictionListModel::drawAnew);

    m_headGrid = new QGridLayout(head);
    m_headGrid->setContentsMargins(0, 0, 0, 0);
    m_headGrid->setHorizontalSpacing(12);
    m_headGrid->setVerticalSpacing(8);
    m_headGrid->setColumnStretch(2, 1);
    m_headGrid->addWidget(m_filters, 0, 0);
    m_headGrid->addWidget(m_combos, 0, 1);
    m_headGrid->addWidget(m_dice, 0, 3, Qt::AlignRight);
    m_headGrid->addWidget(m_colours, 2, 0, Qt::AlignLeft);
    return head;
}

QWidget* PredictionView::makeFoot() {
    auto* foot = new QWidget(m_panel);
    m_legend = new PredictionLegend(foot);
    m_moment = new ElidedLabel(foot);
    m_moment->setProperty("type", "table");
    m_moment->setElideMode(Qt::ElideRight);
    m_moment->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    m_moment->setMinimumWidth(kLeastMoment);
    m_refresh = makeFramedButton(QStringLiteral("reset"), {}, tr("Refresh"), foot);
    m_add = makeFramedButton(QStringLiteral("image"), tr("Add pictures"), tr("Show the network pictures of your own"), foot);
    m_add->setToolTip(
        tr("Show the network pictures of your own. You can also drop or paste them anywhere on this page. "
           "A folder of folders that are called as the classes gets an accuracy."));
    m_add->setMenu(makeAddMenu());
    m_add->setPopupMode(QToolButton::InstantPopup);
    m_showPins = makeFramedButton(QStringLiteral("pin"), {}, tr("Show the pinned pictures"), foot);
    connect(m_showPins, &QToolButton::clicked, this, [this] { m_strip->setFolded(false); });
    m_range = makeLabel({}, "table", foot);
    m_previousPage = makeFramedButton(QStringLiteral("chevron-left"), {}, tr("Page before"), foot);
    m_nextPage = makeFramedButton(QStringLiteral("chevron-right"), {}, tr("Next page"), foot);
    m_previousPage->setToolTip(toolTipWithKey(tr("Page before"), tr("Page Up")));
    m_nextPage->setToolTip(toolTipWithKey(tr("Next page"), tr("Page Down")));
    auto* row = new QHBoxLayout(foot);
    row->setContentsMargins(16, 6, 13, 7);
    row->setSpacing(8);
    row->addWidget(m_legend, 1);
    row->addStretch(0);
    row->addWidget(m_showPins);
    row->addWidget(m_add);
    row->addSpacing(8);
    row->addWidget(m_moment);
    row->addWidget(m_refresh);
    row->addSpacing(8);
    row->addWidget(m_range);
    row->addWidget(m_previousPage);
    row->addWidget(m_nextPage);
    connect(m_refresh, &QToolButton::clicked, this, &PredictionView::refreshPredictions);
    connect(m_previousPage, &QToolButton::clicked, &m_pictures, &PredictionListModel::previousPage);
    connect(m_nextPage, &QToolButton::clicked, &m_pictures, &PredictionListModel::nextPage);
    return foot;
}

QWidget* PredictionView::makeEmpty() {
    auto* empty = new QWidget(m_stack);
    m_emptyTitle = makeLabel({}, "cardTitle", empty);
    m_emptyText = makeLabel({}, "body", empty);
    m_emptyText->setWordWrap(true);
    m_emptyText->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    m_emptyAction = new QPushButton(empty);
    auto* column = new QVBoxLayout(empty);
    column->addStretch(1);
    column->addWidget(m_emptyTitle, 0, Qt::AlignHCenter);
    column->addSpacing(6);
    auto* text = new QHBoxLayout;
    text->addStretch(1);
    text->addWidget(m_emptyText);
    text->addStretch(1);
    column->addLayout(text);
    column->addSpacing(12);
    column->addWidget(m_emptyAction, 0, Qt::AlignHCenter);
    column->addStretch(2);
    connect(m_emptyAction, &QPushButton::clicked, this, [this] {
        if (!m_pictures.hasPredictions()) return refreshPredictions();
        m_trueClass->setCurrentIndex(0);
        m_predictedClass->setCurrentIndex(0);
        setFilter(PictureFilter::All);
    });
    return empty;
}

void PredictionView::arrangeEmpty(bool canEvaluate, bool waiting) {
    const bool refused = !m_refused.empty(), texts = m_pictures.readsTexts();
    if (m_pictures.hasPredictions()) {
        m_emptyTitle->setText(texts ? tr("No text passes these filters") : tr("No picture passes these filters"));
        m_emptyText->setText(tr("Choose other classes, or look at all of them."));
        m_emptyAction->setText(tr("Show all"));
        m_emptyAction->setVisible(true);
    } else if (!m_askedFor.empty() && checkpoint()) {
        m_emptyTitle->setText(texts ? tr("The network reads the texts") : tr("The network looks at the pictures"));
        m_emptyText->setText(tr("As it was %1. Then you see what it says of each of them.").arg(checkpointName(*checkpoint())));
        m_emptyAction->setVisible(false);
    } else if (refused) {
        m_emptyTitle->setText(texts ? tr("The texts could not be read") : tr("The pictures could not be looked at"));
        m_emptyText->setText(m_refusal);
        m_emptyAction->setText(tr("Try again"));
        m_emptyAction->setVisible(true);
    } else if (m_pictures.pictures()) {
        m_emptyTitle->setText(waiting ? (texts ? tr("The network reads the texts") : tr("The network looks at the pictures"))
                                      : tr("The first predictions come after the first epoch"));
        m_emptyText->setText(canEvaluate ? tr("You need not wait: ask the network now, before it has learned anything.")
                                         : tr("Then this page shows what the network says of each of them."));
        m_emptyAction->setText(tr("Ask now"));
        m_emptyAction->setVisible(canEvaluate && !waiting);
    } else {
        m_emptyTitle->setText(tr("No predictions yet"));
        m_emptyText->setText(
            tr("Run the lesson, or open a run. After each epoch this page shows what the network says of every test "
               "picture. You can drop or paste pictures of your own here as well."));
        m_emptyAction->setVisible(false);
    }
}

void PredictionView::arrange() {
    const Theme& theme = Theme::instance();
    const int side = qMin(theme.px(380), qMax(300, width() * 36 / 100));
    m_detail->setFixedWidth(side);
    m_textDetail->setFixedWidth(side);
    m_emptyText->setFixedWidth(theme.px(380));
    for (QComboBox* box : {m_trueClass, m_predictedClass}) {
        box->setFixedWidth(theme.px(116));
        // The list is as wide as its longest name.
        box->view()->setMinimumWidth(box->view()->sizeHintForColumn(0) + theme.px(40));
    }
    m_combos->layout()->activate();

    // In one row, if need be with shorter words; else the classes take a second row, and the dice with them where it is tightest.
    const int room = width() - side - kPageGap - 2 * kPagePadding - 2;
    const int spacing = m_headGrid->horizontalSpacing();
    const int dice = m_dice->sizeHint().width() + 2 * spacing;
    const int others = m_combos->sizeHint().width() + spacing + dice;
    constexpr int mineId = static_cast<int>(PictureFilter::Mine);
    const bool mineShown = m_pictures.count(PictureFilter::Mine) > 0;
    const auto filters = [this, mineShown](bool brief) {
        const QString mine = brief ? tr("Mine %1") : tr("My pictures %1");
        m_filters->setSegmentText(static_cast<int>(PictureFilter::ConfidentWrong),
                                  brief ? tr("Confident wrong") : tr("Most confident wrong"));
        m_filters->setSegmentText(mineId, mine.arg(QLocale().toString(m_pictures.count(PictureFilter::Mine))));
        m_filters->layout()->activate();
        const int change = (mineShown ? 1 : 0) - (m_filters->isSegmentVisible(mineId) ? 1 : 0);
        return m_filters->sizeHint().width() + change * m_filters->segmentWidth(mineId);
    };
    const bool texts = m_pictures.readsTexts();
    const bool twoRows = texts || (filters(false) + others > room && filters(true) + others > room);
    const bool tightest = twoRows && filters(false) + dice > room && filters(true) + dice > room;
    const auto place = [this](QWidget* widget, int row, int column, int columns, Qt::Alignment alignment) {
        int oldRow = 0, oldColumn = 0, oldRows = 0, oldColumns = 0;
        m_headGrid->getItemPosition(m_headGrid->indexOf(widget), &oldRow, &oldColumn, &oldRows, &oldColumns);
        if (oldRow == row && oldColumn == column && oldColumns == columns) return;
        m_headGrid->removeWidget(widget);
        m_headGrid->addWidget(widget, row, column, 1, columns, alignment);
    };
    place(m_dice, tightest ? 1 : 0, 3, 1, Qt::AlignRight | Qt::AlignVCenter);
    place(m_filters, 0, 0, tightest ? 4 : texts ? 3 : 1, Qt::AlignLeft | Qt::AlignVCenter);
    const bool beside = m_combos->sizeHint().width() + m_colours->sizeHint().width() + (tightest ? dice : spacing) <= room;
    place(m_combos, twoRows ? 1 : 0, twoRows ? 0 : 1, texts && beside ? 2 : twoRows ? 3 : 1, Qt::AlignLeft | Qt::AlignVCenter);
    place(m_colours, beside ? 1 : 2, beside ? 2 : 0, beside && tightest ? 1 : 2,
          (beside ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    // Last, for the reason that refresh() gives.
    m_filters->setSegmentVisible(mineId, mineShown);
    m_legend->setVisible(room >= theme.px(680));
    m_add->setToolButtonStyle(room >= theme.px(760) ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
    arrangePins();
    m_overlay->setGeometry(rect());
    refreshMoment();
}

void PredictionView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

void PredictionView::arrangePins() {
    const Theme& theme = Theme::instance();
    const bool low = theme.px(kLowPage) > height();
    const bool pinned = m_pins.rowCount() > 0;
    if (low != m_low) {
        m_low = low;
        if (low) m_foldedBefore = m_strip->isFolded();
        m_strip->setFolded(low || m_foldedBefore);
        m_strip->setHiddenFolded(low);
    }
    // Where both have no room, the strip takes the place of the pictures while it is open.
    const bool alone = low && pinned && !m_strip->isFolded();
    m_strip->setVisibleRows(alone ? PinnedStrip::rowsIn(height()) : height() > theme.px(620) ? 3 : 2);
    m_strip->setSizePolicy(QSizePolicy::Expanding, alone ? QSizePolicy::Expanding : QSizePolicy::Fixed);
    m_panel->setVisible(!alone);
    m_showPins->setVisible(low && pinned && !alone);
}

}  // namespace thaw::ui
