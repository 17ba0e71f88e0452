#include "ui/widgets/evaluation/matrix_page.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLocale>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <set>

#include "ui/models/split_text.h"
#include "ui/widgets/evaluation/color_legend.h"
#include "ui/widgets/evaluation/matrix_table.h"
#include "ui/widgets/evaluation/score_lists.h"
#include "ui/widgets/parts/framed_button.h"
#include "ui/widgets/parts/segmented_bar.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/pictures/picture_grid.h"
#include "ui/widgets/pictures/picture_row.h"

namespace thaw::ui {
namespace {

// Design pixels.
constexpr int kGap = 10, kPadding = 15;
constexpr int kLeastHeight = 540, kLeastForMixUps = 400, kThreeColumns = 300, kStrip = 188, kSide = 342, kLeastSide = 236;
constexpr int kRoomyRow = 32, kAroundRows = 150;  // of the matrix; its title, names, sums and scores
constexpr int kLeastScoreRow = 22, kMostScoreRow = 30, kLeastMixUps = 4 * 31;

QString sentence(const QString& text) { return text.isEmpty() ? text : text.left(1).toUpper() + text.mid(1); }

}  // namespace

MatrixPage::MatrixPage(QWidget* parent) : QWidget(parent) {
    m_panel = makePanel(this);
    m_table = new MatrixTable(m_panel);
    m_table->setConfusionModel(&m_matrix);
    auto* panel = new QVBoxLayout(m_panel);
    panel->addWidget(makeHead());
    panel->addWidget(m_table, 1);

    m_strip = new PictureRow(this);
    m_strip->grid().setWords(false);
    m_open = new QPushButton(m_strip);
    m_open->setAccessibleName(tr("Open in Predictions"));
    m_open->setProperty("small", true);
    bindIcon(m_open, QStringLiteral("image"));
    m_strip->addTool(m_open);
    m_side = makeSide();

    m_grid = new QGridLayout(this);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setSpacing(kGap);
    m_grid->setColumnStretch(0, 1);

    connect(m_show, &SegmentedBar::currentChanged, this,
            [this](int show) { m_matrix.setShow(static_cast<ConfusionShow>(show)); });
    connect(m_sort, &QToolButton::toggled, &m_matrix, &ConfusionModel::setSorted);
    connect(m_table, &MatrixTable::cellsSelected, this, &MatrixPage::showSelection);
    connect(m_table, &MatrixTable::cellsActivated, this, &MatrixPage::openSelection);
    connect(m_open, &QPushButton::clicked, this, &MatrixPage::openSelection);
    connect(m_strip, &PictureRow::pictureRequested, this, &MatrixPage::pictureRequested);
    connect(m_scoreTable, &ClassScoreTable::classChosen, m_table, &MatrixTable::selectTrue);
    connect(m_mixUpList, &MixUpList::mixUpChosen, m_table, &MatrixTable::selectCell);
    connect(&m_matrix, &ConfusionModel::reportChanged, this, &MatrixPage::arrange);
    connect(&Theme::instance(), &Theme::changed, this, &MatrixPage::arrange);
    arrange();
}

QWidget* MatrixPage::makeHead() {
    auto* head = new QWidget(m_panel);
    m_title = makeLabel(tr("What was it, and what was it called?"), "panelTitle", head);
    m_count = makeLabel({}, "caption", head);
    m_legend = new ColorLegend(m_matrix, head);
    m_sort = makeFramedButton(QStringLiteral("sort"), {}, tr("Sort by confusion"), head);
    m_sort->setCheckable(true);
    m_sort->setToolTip(tr("Sort by confusion: classes that are taken for each other side by side"));
    m_show = new SegmentedBar(head);
    m_show->setAccessibleName(tr("What the cells show"));
    m_show->addSegment(static_cast<int>(ConfusionShow::Counts), tr("Counts"));
    m_show->addSegment(static_cast<int>(ConfusionShow::OfTrue), tr("% of true"));
    m_show->addSegment(static_cast<int>(ConfusionShow::OfPredicted), tr("% of predicted"));
    m_show->setSegmentToolTip(static_cast<int>(ConfusionShow::Counts), tr("Pictures"));
    m_show->setSegmentToolTip(static_cast<int>(ConfusionShow::OfTrue),
                              tr("Per cent of the pictures of a class: each row is 100"));
    m_show->setSegmentToolTip(static_cast<int>(ConfusionShow::OfPredicted),
                              tr("Per cent of the pictures called so: each column is 100"));
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(kGap);
    row->addWidget(m_title);
    row->addWidget(m_count);
    row->addStretch(1);
    row->addWidget(m_legend);
    row->addWidget(m_sort);
    row->addWidget(m_show);
    return head;
}

QFrame* MatrixPage::makeSide() {
    QFrame* side = makePanel(this);
    m_scoreBox = new QWidget(side);
    auto* classes = new QHBoxLayout;
    classes->setContentsMargins(10, 0, 10, 0);
    classes->addWidget(makeLabel(tr("Class by class"), "panelTitle", m_scoreBox), 1);
    classes->addWidget(makeLabel(tr("weakest first"), "caption", m_scoreBox));
    m_scoreTable = new ClassScoreTable(m_scores, m_scoreBox);
    auto* scores = new QVBoxLayout(m_scoreBox);
    scores->setContentsMargins(0, 0, 0, 4);
    scores->setSpacing(6);
    scores->addLayout(classes);
    scores->addWidget(m_scoreTable);
    scores->addWidget(makeRule(Qt::Horizontal, m_scoreBox));
    m_mixUpList = new MixUpList(m_mixUps, side);
    auto* mixUps = new QHBoxLayout;
    mixUps->setContentsMargins(10, 0, 10, 0);
    mixUps->addWidget(makeLabel(tr("Most common mix-ups"), "panelTitle", side), 1);
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(6, 11, 6, 6);
    column->setSpacing(6);
    column->addWidget(m_scoreBox);
    column->addLayout(mixUps);
    column->addWidget(m_mixUpList, 1);
    return side;
}

void MatrixPage::setEvaluated(const Evaluated& evaluated) {
    const bool newPictures = evaluated.pictures != m_shown.pictures;
    m_shown = evaluated;
    if (newPictures) {
        m_table->clearSelection();
        m_strip->pictures().setPictures(evaluated.pictures, evaluated.classNames);
    }
    m_strip->pictures().setPredictions(evaluated.predictions);
    m_scores.setReport(evaluated.report, evaluated.classNames);
    m_mixUps.setReport(evaluated.report, evaluated.classNames);
    m_matrix.setReport(evaluated.report, evaluated.classNames);
    m_count->setText(picturesText(evaluated.predictions->count(), evaluated.split));
    if (newPictures && m_mixUps.rowCount() > 0) {
        const QModelIndex worst = m_mixUps.index(0, 0);
        m_table->selectCell(worst.data(MixUpModel::TrueClassRole).toInt(), worst.data(MixUpModel::PredictedClassRole).toInt());
    }
    arrange();
    showSelection();
}

void MatrixPage::showSelection() {
    if (!m_shown.predictions) return;
    const std::vector<std::pair<int, int>> cells = m_table->selectedCells();
    std::vector<int> ids;
    for (const std::int64_t id : core::picturesIn(*m_shown.predictions, cells)) ids.push_back(static_cast<int>(id));
    const QString pictures = picturesText(static_cast<std::int64_t>(ids.size()));
    m_strip->pictures().showOnly(std::move(ids));

    std::set<int> truths, predictions;
    for (const auto& [truth, predicted] : cells) {
        truths.insert(truth);
        predictions.insert(predicted);
    }
    const std::size_t classes = static_cast<std::size_t>(m_matrix.classCount());
    const bool everyTruth = truths.size() == classes, everyPrediction = predictions.size() == classes;
    const bool block = !cells.empty() && cells.size() == truths.size() * predictions.size();
    // The filters of Predictions know one class, or any.
    const bool opens = block && (truths.size() == 1 || everyTruth) && (predictions.size() == 1 || everyPrediction);
    m_openTruth = opens && !everyTruth ? *truths.begin() : -1;
    m_openPredicted = opens && !everyPrediction ? *predictions.begin() : -1;
    m_open->setEnabled(opens);
    m_open->setToolTip(opens ? tr("Open the same pictures in the Predictions tab, with its filters set")
                             : tr("Predictions can show one cell, a row or a column"));

    QString what;
    if (cells.empty())
        what = tr("No cell is chosen");
    else if (opens && m_openTruth < 0 && m_openPredicted < 0)
        what = tr("Everything");
    else if (opens && m_openPredicted < 0)
        what = tr("All that is %1").arg(m_matrix.className(m_openTruth));
    else if (opens && m_openTruth < 0)
        what = tr("All that is called %1").arg(m_matrix.className(m_openPredicted));
    else if (opens && m_openTruth == m_openPredicted)
        what = tr("%1 called %1, which is right").arg(m_matrix.className(m_openTruth));
    else if (opens)
        what = tr("%1 called %2").arg(m_matrix.className(m_openTruth), m_matrix.className(m_openPredicted));
    else
        what = tr("%1 cells").arg(QLocale().toString(static_cast<qlonglong>(cells.size())));
    m_strip->setTitle(cells.empty() ? what : tr("%1: %2").arg(sentence(what), pictures),
                      cells.empty() ? QString() : tr("most confident first"));
    m_strip->setEmptyText(
        cells.empty() ? tr("Click a cell, or the name of a row or a column, to see its pictures. Drag over several cells, "
                           "or hold Shift and press the arrow keys.")
                      : tr("There is no such picture."));
    const bool single = cells.size() == 1;
    m_scoreTable->showClass(truths.size() == 1 ? *truths.begin() : -1);
    m_mixUpList->showMixUp(single ? cells.front().first : -1, single ? cells.front().second : -1);
}

void MatrixPage::openSelection() {
    if (m_open->isEnabled()) Q_EMIT predictionsRequested(m_openTruth, m_openPredicted);
}

void MatrixPage::place(bool low) {
    m_low = low;
    for (QWidget* widget : std::initializer_list<QWidget*>{m_panel, m_strip, m_side}) m_grid->removeWidget(widget);
    m_grid->addWidget(m_panel, 0, 0, low ? 2 : 1, 1);
    m_grid->addWidget(m_strip, low ? 0 : 1, low ? 1 : 0);
    m_grid->addWidget(m_side, low ? 1 : 0, 1, low ? 1 : 2, 1);
    m_grid->setRowStretch(0, 2);
    m_open->setText(low ? QString() : QLatin1Char(' ') + tr("Open in Predictions"));
    m_scoreBox->setVisible(!low);
}

void MatrixPage::arrange() {
    const Theme& theme = Theme::instance();
    // The pictures stand beside the matrix where its rows would be low above them; its own last column and row have the classes'
    // scores then.
    const int rowsAbove = height() - theme.px(kStrip + kAroundRows) - kGap;
    const bool low = height() < theme.px(kLeastHeight) || rowsAbove < qMax(1, m_matrix.classCount()) * theme.px(kRoomyRow);
    const int padding = theme.px(kPadding);
    m_panel->layout()->setContentsMargins(padding, theme.px(low ? 6 : 9), padding, theme.px(low ? 4 : 8));
    m_panel->layout()->setSpacing(theme.px(low ? 2 : 4));
    const int sideWidth = qBound(theme.px(kLeastSide), width() * 27 / 100, theme.px(kSide));
    if (m_low != low) place(low);
    m_strip->setMinimumSize(low ? sideWidth : 0, low ? 0 : theme.px(kStrip));
    m_strip->setMaximumSize(low ? sideWidth : QWIDGETSIZE_MAX, low ? QWIDGETSIZE_MAX : theme.px(kStrip));
    m_side->setVisible(width() >= theme.px(700) && (!low || height() >= theme.px(kLeastForMixUps)));
    m_side->setFixedWidth(sideWidth);
    m_grid->setRowStretch(1, low && !m_side->isHidden() ? 1 : 0);
    m_strip->setColumns(low && sideWidth >= theme.px(kThreeColumns) ? 3 : 0);

    // The scores in full where the mix-ups keep some rows of their own.
    const int rows = qMax(1, m_scores.rowCount());
    const int room = height() - theme.px(kLeastMixUps) - m_scoreTable->headerHeight() - 110;
    const int scoreRow = qBound(theme.px(kLeastScoreRow), room / rows, theme.px(kMostScoreRow));
    m_scoreTable->setRowHeight(scoreRow);
    m_scoreTable->setFixedHeight(m_scoreTable->headerHeight() + qMin(rows * scoreRow, qMax(room, 3 * scoreRow)));

    // In the title's row, what is least missed goes first.
    const auto wish = [](QWidget* widget) {
        widget->ensurePolished();
        return widget->sizeHint().width() + kGap;
    };
    int left = width() - (low || !m_side->isHidden() ? sideWidth + kGap : 0) - 2 * padding - 2 - wish(m_sort) - wish(m_show) -
               m_legend->widthOf(true) - kGap;
    const int words = m_legend->widthOf(false) - m_legend->widthOf(true);
    const auto take = [&left](int wanted) {
        if (wanted > left) return false;
        left -= wanted;
        return true;
    };
    m_title->setVisible(take(wish(m_title)));
    m_legend->setBrief(!take(words));
    m_count->setVisible(take(wish(m_count)));
}

void MatrixPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

}  // namespace thaw::ui
