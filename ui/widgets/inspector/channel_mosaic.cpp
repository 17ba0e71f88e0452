#include "ui/widgets/inspector/channel_mosaic.h"

#include <QKeyEvent>
#include <QLocale>
#include <QPainter>
#include <QScopedValueRollback>
#include <QScrollBar>
#include <QStyle>
#include <QStyledItemDelegate>

#include <algorithm>
#include <cmath>

#include "ui/models/channel_list_model.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kTile = 42, kGap = 6, kCaption = 16, kUnitHeight = 26, kNameWidth = 74;  // design pixels

class ChannelDelegate : public QStyledItemDelegate {
public:
    ChannelDelegate(const ChannelListModel& model, QObject* parent) : QStyledItemDelegate(parent), m_model(model) {}

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return cellSize(); }

    QSize cellSize() const {
        const Theme& theme = Theme::instance();
        return {theme.px((m_model.areUnits() && m_model.isNamed() ? kNameWidth : kTile) + kGap),
                theme.px((m_model.areUnits() ? kUnitHeight : kTile) + kCaption + kGap)};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Theme& theme = Theme::instance();
        painter->save();
        const int gap = theme.px(kGap), caption = theme.px(kCaption);
        const QRect cell = option.rect.adjusted(gap / 2, gap / 2, gap / 2 - gap, gap / 2 - gap);
        const int width = cellSize().width() - gap;
        const QRect tile(cell.left() + (cell.width() - width) / 2, cell.top(), width, cell.height() - caption);
        const int channel = index.data(ChannelListModel::ChannelRole).toInt();
        const auto [low, high] = m_model.range(channel);
        const Plane plane = m_model.plane(channel);
        if (m_model.areUnits()) {
            const double share = high > low && std::isfinite(plane.values[0]) ? (plane.values[0] - low) / (high - low) : 0;
            const QColor ground = QColor::fromRgb(answerRamp()(share));
            painter->fillRect(tile, ground);
            painter->setFont(theme.font(TextRole::Caption));
            painter->setPen(theme.readableOn(ground));
            QString number = QLocale().toString(plane.values[0], 'f', std::abs(plane.values[0]) < 10 ? 2 : 1);
            painter->drawText(tile, Qt::AlignCenter, number.replace(QLatin1Char('-'), QChar(0x2212)));
        } else {
            // Cells of the plane stay cells: it is as coarse as it looks.
            painter->setRenderHint(QPainter::SmoothPixmapTransform, false);
            painter->drawImage(tile, planeImage(plane, low, high, answerRamp()));
        }
        const bool current = option.state & QStyle::State_Selected, hovered = option.state & QStyle::State_MouseOver;
        if (current || hovered) {
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(QPen(theme.color(current ? Tone::Accent : Tone::Ink3), current ? theme.px(2) : 1));
            painter->drawRoundedRect(QRectF(tile).adjusted(-2, -2, 2, 2), theme.px(3), theme.px(3));
        }
        painter->setFont(theme.font(TextRole::Caption));
        painter->setPen(theme.color(current ? Tone::Accent : Tone::Ink2));
        painter->drawText(QRect(cell.left() - gap / 2, tile.bottom() + 1, cell.width() + gap, caption), Qt::AlignCenter,
                          painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, cell.width() + gap));
        painter->restore();
    }

private:
    const ChannelListModel& m_model;
};

}  // namespace

ColorRamp answerRamp() {
    const Theme& theme = Theme::instance();
    return rampBetween(theme.color(Tone::IceBackground), theme.color(Tone::Accent));
}

ChannelMosaic::ChannelMosaic(ChannelListModel& model, QWidget* parent) : QListView(parent), m_model(model) {
    setModel(&model);
    setItemDelegate(new ChannelDelegate(model, this));
    setFlow(LeftToRight);
    setWrapping(true);
    setResizeMode(Adjust);
    setUniformItemSizes(true);
    setLayoutMode(SinglePass);
    setSelectionMode(SingleSelection);
    setEditTriggers(NoEditTriggers);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setMouseTracking(true);
    setFrameShape(NoFrame);
    setAccessibleName(tr("Channels"));
    connect(&model, &QAbstractItemModel::modelReset, this, &ChannelMosaic::restore);
    connect(&Theme::instance(), &Theme::changed, this, &ChannelMosaic::fit);
    fit();
}

void ChannelMosaic::fit() {
    // The tiles fill the width, which must not depend on the scroll bar's coming and going.
    const QSize cell = static_cast<const ChannelDelegate*>(itemDelegate())->cellSize();
    const int bar = std::max(verticalScrollBar()->sizeHint().width(),
                             style()->pixelMetric(QStyle::PM_ScrollBarExtent, nullptr, verticalScrollBar()));
    const int room = width() - bar - 2, columns = std::max(1, room / cell.width());
    setGridSize({std::min(std::max(cell.width(), room / columns), cell.width() * 4 / 3), cell.height()});
    setMinimumHeight(gridSize().height() * 2 + 4);
    viewport()->update();
}

void ChannelMosaic::resizeEvent(QResizeEvent* event) {
    QListView::resizeEvent(event);
    fit();
}

void ChannelMosaic::restore() {
    fit();
    if (!m_model.isEmpty() && m_channel >= m_model.maps().channels) m_channel = 0;
    setCurrentChannel(m_channel);
}

void ChannelMosaic::setCurrentChannel(int channel) {
    m_channel = channel;
    const QScopedValueRollback<bool> guard(m_restoring, true);
    setCurrentIndex(m_model.index(m_model.rowOf(channel)));
}

void ChannelMosaic::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QListView::currentChanged(current, previous);
    if (m_restoring || !current.isValid()) return;
    m_channel = current.data(ChannelListModel::ChannelRole).toInt();
    Q_EMIT channelChosen(m_channel);
}

void ChannelMosaic::keyPressEvent(QKeyEvent* event) {
    const int by = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0;
    if (by != 0) {
        const int row = currentIndex().row() + by;
        if (row >= 0 && row < m_model.rowCount()) setCurrentIndex(m_model.index(row));
        return;
    }
    const bool turnsPage = event->key() == Qt::Key_PageUp || event->key() == Qt::Key_PageDown || event->key() == Qt::Key_Home ||
                           event->key() == Qt::Key_End;
    // No search by letters here: those are keys of the page.
    if (turnsPage)
        QListView::keyPressEvent(event);
    else
        event->ignore();
}

}  // namespace thaw::ui
