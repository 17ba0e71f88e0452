#include "ui/widgets/pictures/picture_row.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/widgets/parts/elided_label.h"
#include "ui/widgets/parts/framed_button.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/pictures/picture_grid.h"

namespace thaw::ui {
namespace {

constexpr int kSmallestPicture = 64, kLargestPicture = 92;
constexpr int kTwoLines = 420;  // below this width, design pixels

}  // namespace

PictureRow::PictureRow(QWidget* parent) : QFrame(parent) {
    setProperty("panel", true);
    m_title = new ElidedLabel(this);
    m_title->setProperty("type", "panelTitle");
    m_title->setElideMode(Qt::ElideRight);
    m_caption = makeLabel({}, "caption", this);
    m_tools = new QWidget(this);
    m_range = makeLabel({}, "table", m_tools);
    m_previous = makeFramedButton(QStringLiteral("chevron-left"), {}, tr("Page before"), m_tools);
    m_next = makeFramedButton(QStringLiteral("chevron-right"), {}, tr("Next page"), m_tools);
    m_previous->setToolTip(toolTipWithKey(tr("Page before"), tr("Page Up")));
    m_next->setToolTip(toolTipWithKey(tr("Next page"), tr("Page Down")));
    m_grid = new PictureGrid(this);
    setColumns(0);
    m_grid->setPictureModel(&m_pictures);
    m_empty = makeLabel({}, "body", this);
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_empty->setContentsMargins(10, 4, 10, 0);
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(m_grid);
    m_stack->addWidget(m_empty);

    auto* tools = new QHBoxLayout(m_tools);
    tools->setContentsMargins(0, 0, 0, 0);
    tools->addWidget(m_range);
    tools->addStretch(1);
    tools->addWidget(m_previous);
    tools->addWidget(m_next);
    m_line = new QHBoxLayout;
    m_line->addWidget(m_title, 1);
    m_line->addWidget(m_caption);
    m_line->addWidget(m_tools);
    m_head = new QVBoxLayout;
    m_head->setContentsMargins(10, 0, 6, 0);
    m_head->addLayout(m_line);
    // The tiles' own margins make up for the panel's.
    auto* column = new QVBoxLayout(this);
    const auto space = [this, tools, column] {
        const Theme& theme = Theme::instance();
        tools->setSpacing(theme.px(8));
        m_line->setSpacing(theme.px(8));
        m_head->setSpacing(theme.px(4));
        column->setContentsMargins(6, theme.px(7), 6, theme.px(2));
        column->setSpacing(theme.px(1));
    };
    space();
    column->addLayout(m_head);
    column->addWidget(m_stack, 1);

    connect(m_previous, &QToolButton::clicked, &m_pictures, &PredictionListModel::previousPage);
    connect(m_next, &QToolButton::clicked, &m_pictures, &PredictionListModel::nextPage);
    connect(m_grid, &PictureGrid::pictureActivated, this, &PictureRow::pictureRequested);
    connect(&m_pictures, &PredictionListModel::summaryChanged, this, &PictureRow::refresh);
    connect(&Theme::instance(), &Theme::changed, this, [this, space] {
        space();
        m_arranging.start();
    });
    m_arranging.setSingleShot(true);
    m_arranging.setInterval(0);
    connect(&m_arranging, &QTimer::timeout, this, &PictureRow::arrange);
    refresh();
}

PictureRow::~PictureRow() = default;

void PictureRow::setTitle(const QString& title, const QString& caption) {
    m_title->setText(title);
    m_grid->setAccessibleName(title);
    m_caption->setText(caption);
    m_arranging.start();
}

QString PictureRow::title() const { return m_title->text(); }

void PictureRow::setEmptyText(const QString& text) { m_empty->setText(text); }

void PictureRow::setColumns(int columns) { m_grid->setTiles(columns, kSmallestPicture, kLargestPicture); }

void PictureRow::addTool(QWidget* tool) { m_tools->layout()->addWidget(tool); }

void PictureRow::refresh() {
    const int total = m_pictures.total();
    m_stack->setCurrentIndex(total > 0 ? 0 : 1);
    m_previous->setEnabled(m_pictures.hasPreviousPage());
    m_next->setEnabled(m_pictures.hasNextPage());
    const auto number = [](int value) { return QLocale().toString(value); };
    m_range->setText(total > m_pictures.pageSize()
                         ? tr("%1 to %2 of %3")
                               .arg(number(m_pictures.pageBegin() + 1),
                                    number(qMin(total, m_pictures.pageBegin() + m_pictures.pageSize())), number(total))
                         : QString());
    m_arranging.start();
}

void PictureRow::arrange() {
    const Theme& theme = Theme::instance();
    const bool twoLines = width() < theme.px(kTwoLines);
    if (twoLines != m_twoLines) {
        m_twoLines = twoLines;
        (twoLines ? static_cast<QBoxLayout*>(m_line) : m_head)->removeWidget(m_tools);
        (twoLines ? static_cast<QBoxLayout*>(m_head) : m_line)->addWidget(m_tools);
    }

    // What is least missed goes first where the title and the buttons need the room.
    const int spacing = theme.px(8);
    const auto fits = [spacing](QLabel* label, int& room) {
        label->ensurePolished();
        const int wish = label->text().isEmpty() ? 0 : label->sizeHint().width() + spacing;
        const bool enough = wish > 0 && wish <= room;
        label->setVisible(enough);
        if (enough) room -= wish;
    };
    m_title->ensurePolished();
    const int titleWidth = m_title->fontMetrics().horizontalAdvance(m_title->text()) + spacing;
    const int toolsWidth =
        m_tools->minimumSizeHint().width() + spacing - (m_range->isHidden() ? 0 : m_range->sizeHint().width() + spacing);
    int first = width() - 2 * 6 - 16 - titleWidth - (twoLines ? 0 : toolsWidth);
    int second = width() - 2 * 6 - 16 - toolsWidth;
    fits(m_range, twoLines ? second : first);
    fits(m_caption, first);
}

void PictureRow::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    m_arranging.start();
}

}  // namespace thaw::ui
