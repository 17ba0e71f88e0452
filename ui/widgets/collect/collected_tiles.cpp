#include "ui/widgets/collect/collected_tiles.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QPainterPath>
#include <QStyledItemDelegate>

#include "ui/widgets/parts/focus_ring.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kTileWidth = 68, kTileHeight = 57, kGap = 6;  // design pixels

class TileDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        const Theme& theme = Theme::instance();
        return {theme.px(kTileWidth + kGap), theme.px(kTileHeight + kGap)};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Theme& theme = Theme::instance();
        const QRectF tile(option.rect.x() + 1, option.rect.y() + 1, theme.px(kTileWidth), theme.px(kTileHeight));
        QPainterPath outline;
        outline.addRoundedRect(tile, theme.px(5), theme.px(5));
        painter->save();
        painter->setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
        painter->fillPath(outline, theme.color(Tone::Line2));
        const auto image = index.data(Qt::DecorationRole).value<QImage>();
        if (!image.isNull()) {
            painter->setClipPath(outline);
            const QSizeF part = tile.size().scaled(image.size(), Qt::KeepAspectRatio);
            painter->drawImage(tile, image,
                               QRectF(QPointF((image.width() - part.width()) / 2, (image.height() - part.height()) / 2), part));
            painter->setClipping(false);
        }
        const bool selected = option.state & QStyle::State_Selected, isNew = index.data(CollectedListModel::NewRole).toBool();
        if (selected)
            painter->fillPath(outline, QColor(theme.color(Tone::Accent).red(), theme.color(Tone::Accent).green(),
                                              theme.color(Tone::Accent).blue(), 70));
        painter->setPen(selected || isNew ? QPen(theme.color(Tone::Accent), theme.px(2)) : QPen(theme.color(Tone::Line), 1));
        painter->drawPath(outline);
        painter->restore();
    }
};

}  // namespace

CollectedTiles::CollectedTiles(CollectedListModel& pictures, QWidget* parent) : NavigatedList(parent) {
    showAsTiles();
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setItemDelegate(new TileDelegate(this));
    setModel(&pictures);
    setAccessibleName(tr("Pictures"));
    new FocusRing(this);
    connect(&Theme::instance(), &Theme::changed, this, &CollectedTiles::applyTheme);
    applyTheme();
}

void CollectedTiles::applyTheme() {
    setFixedHeight(Theme::instance().px((kTileHeight + kGap) * m_rows));
    doItemsLayout();
}

void CollectedTiles::setRows(int rows) {
    if (rows == m_rows) return;
    m_rows = rows;
    applyTheme();
    Q_EMIT shownChanged();
}

int CollectedTiles::shownCount() const { return m_rows * qMax(1, viewport()->width() / Theme::instance().px(kTileWidth + kGap)); }

std::vector<core::CollectedPicture> CollectedTiles::selectedPictures() const {
    const auto& pictures = static_cast<const CollectedListModel&>(*model());
    std::vector<core::CollectedPicture> selected;
    for (const QModelIndex& index : selectionModel()->selectedIndexes()) selected.push_back(pictures.picture(index.row()));
    return selected;
}

void CollectedTiles::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Delete || event->key() == Qt::Key_Backspace) return Q_EMIT removeRequested(selectedPictures());
    if (event->matches(QKeySequence::SelectAll)) return selectAll();
    NavigatedList::keyPressEvent(event);
}

void CollectedTiles::keyReleaseEvent(QKeyEvent* event) { event->ignore(); }

void CollectedTiles::contextMenuEvent(QContextMenuEvent* event) {
    if (selectedPictures().empty()) return;
    QMenu menu(this);
    menu.addAction(Theme::instance().icon(QStringLiteral("trash")), tr("Remove"), this,
                   [this] { Q_EMIT removeRequested(selectedPictures()); });
    menu.exec(event->globalPos());
}

void CollectedTiles::resizeEvent(QResizeEvent* event) {
    QListView::resizeEvent(event);
    Q_EMIT shownChanged();
}

}  // namespace thaw::ui
