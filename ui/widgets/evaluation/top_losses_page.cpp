#include "ui/widgets/evaluation/top_losses_page.h"

#include <QAction>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

#include <cmath>

#include "ui/models/split_text.h"
#include "ui/widgets/evaluation/loss_tile_delegate.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {

TopLossesPage::TopLossesPage(QWidget* parent) : QFrame(parent) {
    setProperty("panel", true);
    m_title = makeLabel(tr("The costliest mistakes"), "panelTitle", this);
    m_caption = makeLabel({}, "caption", this);
    m_open = new QPushButton(QLatin1Char(' ') + tr("Open in Predictions"), this);
    m_open->setProperty("small", true);
    m_open->setToolTip(tr("This picture in the Predictions tab, with the five best guesses"));
    bindIcon(m_open, QStringLiteral("image"));
    m_list = new QListView(this);
    m_list->setViewMode(QListView::IconMode);
    m_list->setMovement(QListView::Static);
    m_list->setResizeMode(QListView::Adjust);
    m_list->setUniformItemSizes(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setSelectionMode(QAbstractItemView::SingleSelection);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setDragDropMode(QAbstractItemView::NoDragDrop);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setMouseTracking(true);
    m_list->setItemDelegate(new LossTileDelegate(m_list));
    m_list->setAccessibleName(m_title->text());
    m_pictures.setPageSize(kMostPictures);
    m_list->setModel(&m_pictures);

    auto* head = new QHBoxLayout;
    head->setContentsMargins(10, 0, 10, 0);
    head->setSpacing(12);
    head->addWidget(m_title);
    head->addWidget(m_caption);
    head->addStretch(1);
    head->addWidget(m_open);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(6, 9, 3, 6);
    column->setSpacing(6);
    column->addLayout(head);
    column->addWidget(m_list, 1);

    // Not activated(): on some desktops that is a single click.
    auto* open = new QAction(m_open->text(), m_list);
    open->setShortcuts({QKeySequence(Qt::Key_Return), QKeySequence(Qt::Key_Enter)});
    open->setShortcutContext(Qt::WidgetShortcut);
    m_list->addAction(open);
    connect(m_open, &QPushButton::clicked, open, &QAction::trigger);
    connect(m_list, &QListView::doubleClicked, open, &QAction::trigger);
    connect(open, &QAction::triggered, this, [this] {
        if (currentId() >= 0) Q_EMIT pictureRequested(currentId());
    });
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this] { m_open->setEnabled(currentId() >= 0); });
    connect(&Theme::instance(), &Theme::changed, this, &TopLossesPage::fit);
    m_list->viewport()->installEventFilter(this);
    m_open->setEnabled(false);
    fit();
}

TopLossesPage::~TopLossesPage() = default;

int TopLossesPage::currentId() const {
    return m_list->currentIndex().isValid() ? m_list->currentIndex().data(PredictionListModel::IdRole).toInt() : -1;
}

void TopLossesPage::setEvaluated(const Evaluated& evaluated) {
    const int before = currentId();
    if (evaluated.pictures != m_pictures.pictures()) m_pictures.setPictures(evaluated.pictures, evaluated.classNames);
    m_pictures.setPredictions(evaluated.predictions);
    m_pictures.showOnly(std::vector<int>(evaluated.topLosses.begin(), evaluated.topLosses.end()));
    if (const int row = m_pictures.rowOf(before); row >= 0) m_list->setCurrentIndex(m_pictures.index(row));
    m_open->setEnabled(currentId() >= 0);
    const auto number = [](std::int64_t value) { return QLocale().toString(static_cast<qlonglong>(value)); };
    m_caption->setText(
        tr("%1 of %2, the largest loss first").arg(number(m_pictures.total()), picturesText(evaluated.predictions->count())));
    if (evaluated.labels)
        return m_caption->setToolTip(tr(
            "Loss: minus the logarithm of the probability that the network gives to what is so, in the mean over the classes. 0 "
            "is sure and right; 0.69 is what blind guessing costs; a sure mistake costs more."));
    m_caption->setToolTip(
        tr("Loss: minus the logarithm of the probability that the network gives to the true class. 0 is sure and right; %1 is "
           "what blind guessing among %2 classes costs; a sure mistake costs more.")
            .arg(QLocale().toString(std::log(double(evaluated.predictions->classCount)), 'f', 2),
                 number(evaluated.predictions->classCount)));
}

void TopLossesPage::fit() {
    const QSize tile = LossTileDelegate::tileSize();
    // A list wraps a little before its edge.
    const int width = m_list->viewport()->width() - 2;
    const int columns = qMax(1, width / tile.width());
    m_list->setGridSize({width / columns, tile.height()});
}

bool TopLossesPage::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize) fit();
    return QFrame::eventFilter(watched, event);
}

}  // namespace thaw::ui
