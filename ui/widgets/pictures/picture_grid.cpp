#include "ui/widgets/pictures/picture_grid.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollBar>
#include <QStyle>

#include "ui/models/pinned_list_model.h"
#include "ui/models/prediction_list_model.h"
#include "ui/widgets/parts/focus_ring.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/pictures/picture_tile_delegate.h"

namespace thaw::ui {
namespace {

constexpr int kUsualSize = 88;  // of a picture, in design pixels

}  // namespace

PictureGrid::PictureGrid(QWidget* parent) : QListView(parent), m_delegate(new PictureTileDelegate(this)) {
    setViewMode(QListView::IconMode);
    setMovement(QListView::Static);
    setResizeMode(QListView::Adjust);
    setUniformItemSizes(true);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setDragDropMode(QAbstractItemView::NoDragDrop);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setMouseTracking(true);
    setFrameShape(QFrame::NoFrame);
    setItemDelegate(m_delegate);
    setAccessibleName(tr("Pictures"));
    new FocusRing(this);
    connect(&Theme::instance(), &Theme::changed, this, &PictureGrid::fit);
    connect(this, &QAbstractItemView::doubleClicked, this,
            [this](const QModelIndex& index) { Q_EMIT pictureActivated(index.data(PredictionListModel::IdRole).toInt()); });
}

void PictureGrid::setPictureModel(PredictionListModel* model) {
    m_pictures = model;
    setModel(model);
    connect(model, &QAbstractItemModel::modelReset, this, &PictureGrid::restoreCurrent);
    fit();
}

void PictureGrid::setPins(PinnedListModel* pins) {
    m_pins = pins;
    m_delegate->setPins(pins);
    connect(pins, &PinnedListModel::pinsChanged, viewport(), qOverload<>(&QWidget::update));
}

void PictureGrid::setWords(bool words) {
    m_delegate->setWords(words);
    fit();
}

void PictureGrid::setTiles(int columns, int smallest, int largest) {
    m_columns = columns;
    m_smallest = smallest;
    m_largest = largest;
    fit();
}

void PictureGrid::setFixedPageSize(int size) {
    m_fixedPageSize = size;
    setVerticalScrollBarPolicy(size > 0 ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
    fit();
}

void PictureGrid::setPaging(bool paging) {
    if (paging == m_paging) return;
    m_paging = paging;
    if (paging) fit();
}

void PictureGrid::fit() {
    const Theme& theme = Theme::instance();
    // The width must not depend on the scroll bar's coming and going; the list wraps a little before its edge.
    const int bar = qMax(verticalScrollBar()->sizeHint().width(),
                         style()->pixelMetric(QStyle::PM_ScrollBarExtent, nullptr, verticalScrollBar()));
    const int width = contentsRect().width() - 2 - (m_fixedPageSize > 0 ? bar : 0);
    const int height = contentsRect().height();
    const auto tile = [this](int size) {
        m_delegate->setPictureSize(size);
        return m_delegate->tileSize();
    };
    const int columns = m_columns > 0 ? m_columns : qMax(1, width / (tile(kUsualSize).width() + theme.px(10)));
    // As many rows as the smallest pictures allow, then the largest pictures that leave as many.
    const int rows = qMax(1, height / tile(m_smallest).height());
    int size = m_largest;
    while (size > m_smallest &&
           ((m_fixedPageSize == 0 && tile(size).height() * rows > height) || tile(size).width() * columns > width))
        --size;
    const QSize cell = tile(size);
    // Spare height goes between the rows, but no more than makes them look like rows.
    const int cellHeight = m_fixedPageSize > 0 ? cell.height() : qMin(height / rows, cell.height() + theme.px(18));
    setGridSize({qMax(cell.width(), width / columns), qMax(cell.height(), cellHeight)});
    if (m_pictures && height > 0 && m_paging) m_pictures->setPageSize(m_fixedPageSize > 0 ? m_fixedPageSize : rows * columns);
}

void PictureGrid::setCurrentPicture(int id) {
    m_current = id;
    if (!m_pictures) return;
    m_pictures->setAnchor(id);
    m_pictures->showPicture(id);
    restoreCurrent();
}

void PictureGrid::restoreCurrent() {
    const int row = m_pictures->rowOf(m_current);
    m_restoring = true;
    if (row >= 0)
        setCurrentIndex(m_pictures->index(row));
    else
        selectionModel()->clear();
    m_restoring = false;
}

void PictureGrid::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QListView::currentChanged(current, previous);
    if (m_restoring || !current.isValid()) return;
    const int id = current.data(PredictionListModel::IdRole).toInt();
    if (id == m_current) return;
    m_current = id;
    m_pictures->setAnchor(id);
    Q_EMIT currentPictureChanged(id);
}

void PictureGrid::step(int by) {
    const int position = m_pictures->positionOf(m_current);
    const int id = position < 0 ? m_pictures->idAt(m_pictures->pageBegin()) : m_pictures->idAt(position + by);
    if (id == -1) return;
    setCurrentPicture(id);
    Q_EMIT currentPictureChanged(id);
}

void PictureGrid::goToPrevious() { step(-1); }
void PictureGrid::goToNext() { step(1); }

void PictureGrid::setRawPixels(bool raw) {
    if (raw == m_delegate->rawPixels()) return;
    m_delegate->setRawPixels(raw);
    viewport()->update();
    Q_EMIT rawPixelsChanged(raw);
}

bool PictureGrid::rawPixels() const { return m_delegate->rawPixels(); }

void PictureGrid::resizeEvent(QResizeEvent* event) {
    QListView::resizeEvent(event);
    const QSize before = size();
    fit();
    // Another number of pictures a page can make the page around the list give it another size at once, which a scroll area
    // that is being resized misses.
    if (size() != before) setViewportMargins(0, 0, 0, 0);
}

void PictureGrid::focusInEvent(QFocusEvent* event) {
    QListView::focusInEvent(event);
    // Whoever comes by Tab sees where he is.
    const bool byKey = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    if (byKey && m_pictures && m_pictures->rowOf(m_current) < 0 && m_pictures->rowCount() > 0) step(0);
}

void PictureGrid::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Left:
            goToPrevious();
            return;
        case Qt::Key_Right:
            goToNext();
            return;
        case Qt::Key_PageUp:
            m_pictures->previousPage();
            return;
        case Qt::Key_PageDown:
            m_pictures->nextPage();
            return;
        case Qt::Key_P:
            setRawPixels(!rawPixels());
            return;
        case Qt::Key_Delete:
            if (m_current < -1) {
                Q_EMIT removeRequested(m_current);
                return;
            }
            break;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (m_current != -1) Q_EMIT pictureActivated(m_current);
            return;
        default:
            break;
    }
    QListView::keyPressEvent(event);
}

void PictureGrid::contextMenuEvent(QContextMenuEvent* event) {
    const QModelIndex index = event->reason() == QContextMenuEvent::Keyboard ? currentIndex() : indexAt(event->pos());
    if (!index.isValid()) return;
    const int id = index.data(PredictionListModel::IdRole).toInt();
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (m_pins && id >= 0) {
        QAction* pin = menu->addAction(Theme::instance().icon(QStringLiteral("pin")),
                                       m_pins->isPinned(id) ? tr("Unpin") : tr("Pin"), this, [this, id] { m_pins->toggle(id); });
        pin->setEnabled(m_pins->isPinned(id) || !m_pins->isFull());
    }
    if (id < -1)
        menu->addAction(Theme::instance().icon(QStringLiteral("cross")), tr("Remove from my pictures"), this,
                        [this, id] { Q_EMIT removeRequested(id); });
    QAction* raw = menu->addAction(tr("Show raw pixels"), this, [this] { setRawPixels(!rawPixels()); });
    raw->setCheckable(true);
    raw->setChecked(rawPixels());
    raw->setShortcut(QKeySequence(Qt::Key_P));
    const QPoint place =
        event->reason() == QContextMenuEvent::Keyboard ? viewport()->mapToGlobal(visualRect(index).center()) : event->globalPos();
    menu->popup(place);
}

}  // namespace thaw::ui
