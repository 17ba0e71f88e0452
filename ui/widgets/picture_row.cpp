#include "ui/widgets/picture_row.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/widgets/elided_label.h"
#include "ui/widgets/framed_button.h"
#include "ui/widgets/picture_grid.h"
#include "ui/widgets/styling.h"

namespace thaw::ui {
namespace {

constexpr int kSmallestPicture = 44, kLargestPicture = 92;

}  // namespace

PictureRow::PictureRow(QWidget* parent) : QFrame(parent) {
    setProperty("panel", true);
    m_title = new ElidedLabel(this);
    m_title->setProperty("type", "panelTitle");
    m_title->setElideMode(Qt::ElideRight);
    m_caption = makeLabel({}, "caption", this);
    m_range = makeLabel({}, "table", this);
    m_previous = makeFramedButton(QStringLiteral("chevron-left"), {}, tr("Page before"), this);
    m_next = makeFramedButton(QStringLiteral("chevron-right"), {}, tr("Next page"), this);
    m_previous->setToolTip(toolTipWithKey(tr("Page before"), tr("Page Up")));
    m_next->setToolTip(toolTipWithKey(tr("Next page"), tr("Page Down")));
    m_grid = new PictureGrid(this);
    m_grid->setTiles(0, kSmallestPicture, kLargestPicture);
    m_grid->setPictureModel(&m_pictures);
    m_empty = makeLabel({}, "body", this);
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_empty->setContentsMargins(10, 4, 10, 0);
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(m_grid);
    m_stack->addWidget(m_empty);

    auto* head = new QHBoxLayout;
    head->setContentsMargins(10, 0, 6, 0);
    head->addWidget(m_title, 1);
    head->addWidget(m_caption);
    head->addWidget(m_range);
    head->addWidget(m_previous);
    head->addWidget(m_next);
    // The tiles' own margins make up for the panel's.
    auto* column = new QVBoxLayout(this);
    const auto space = [head, column] {
        const Theme& theme = Theme::instance();
        head->setSpacing(theme.px(8));
        column->setContentsMargins(6, theme.px(7), 6, theme.px(2));
        column->setSpacing(theme.px(1));
    };
    space();
    column->addLayout(head);
    column->addWidget(m_stack, 1);

    connect(m_previous, &QToolButton::clicked, &m_pictures, &PredictionListModel::previousPage);
    connect(m_next, &QToolButton::clicked, &m_pictures, &PredictionListModel::nextPage);
    connect(m_grid, &PictureGrid::pictureActivated, this, &PictureRow::pictureRequested);
    connect(&m_pictures, &PredictionListModel::summaryChanged, this, &PictureRow::refresh);
    connect(&Theme::instance(), &Theme::changed, this, [this, space] {
        space();
        arrange();
    });
    refresh();
}

PictureRow::~PictureRow() = default;

void PictureRow::setTitle(const QString& title, const QString& caption) {
    m_title->setText(title);
    m_grid->setAccessibleName(title);
    m_caption->setText(caption);
    arrange();
}

QString PictureRow::title() const { return m_title->text(); }

void PictureRow::setEmptyText(const QString& text) { m_empty->setText(text); }

void PictureRow::addTool(QWidget* tool) {
    static_cast<QHBoxLayout*>(layout()->itemAt(0)->layout())->addWidget(tool);
    m_tool = tool;
}

void PictureRow::refresh() {
    const int total = m_pictures.total();
    m_stack->setCurrentIndex(total > 0 ? 0 : 1);
    m_previous->setEnabled(m_pictures.hasPreviousPage());
    m_next->setEnabled(m_pictures.hasNextPage());
    const auto number = [](int value) { return QLocale().toString(value); };
    m_range->setText(total > m_pictures.pageSize() ? tr("%1 to %2 of %3")
                                                         .arg(number(m_pictures.pageBegin() + 1),
                                                              number(qMin(total, m_pictures.pageBegin() + m_pictures.pageSize())), number(total))
                                                   : QString());
    arrange();
}

void PictureRow::arrange() {
    // What is least missed goes first where the title needs the room.
    const int spacing = Theme::instance().px(8);
    const auto wish = [spacing](const QWidget* widget) { return widget->sizeHint().width() + spacing; };
    m_title->ensurePolished();
    int room = width() - 2 * 6 - 16 - m_title->fontMetrics().horizontalAdvance(m_title->text()) - wish(m_previous) - wish(m_next) - spacing -
               (m_tool ? wish(m_tool) : 0);
    for (QLabel* label : {m_range, m_caption}) {
        label->ensurePolished();
        const bool fits = !label->text().isEmpty() && wish(label) <= room;
        label->setVisible(fits);
        if (fits) room -= wish(label);
    }
}

void PictureRow::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    arrange();
}

}  // namespace thaw::ui
