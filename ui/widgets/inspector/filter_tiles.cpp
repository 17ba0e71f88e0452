#include "ui/widgets/inspector/filter_tiles.h"

#include <QHelpEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

#include "ui/widgets/parts/plot_axis.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kTitleHeight = 26, kGap = 3, kGroupGap = 26, kMostTile = 30, kMargin = 5;  // design pixels

}  // namespace

FilterTilesView::FilterTilesView(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Filters of the first layer"));
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void FilterTilesView::setTiles(core::FilterTiles tiles) {
    m_tiles = std::move(tiles);
    m_message.clear();
    m_largestChange = 0;
    for (std::size_t i = 0; i < m_tiles.before.size(); ++i)
        m_largestChange = std::max<double>(m_largestChange, std::abs(m_tiles.now[i] - m_tiles.before[i]));
    for (int group = 0; group < GroupCount; ++group) {
        auto& images = m_images[static_cast<std::size_t>(group)];
        images.clear();
        for (int filter = 0; hasGroup(group) && filter < m_tiles.count; ++filter) images.push_back(tileImage(group, filter));
    }
    const QString count = m_tiles.count == 1 ? tr("1 filter") : tr("%1 filters").arg(m_tiles.count);
    setAccessibleDescription(count + QStringLiteral(". ") +
                             (hasGroup(Difference) ? title(Difference) : QString::fromStdString(m_tiles.startProblem)));
    updateGeometry();
    update();
}

void FilterTilesView::setMessage(const QString& message) {
    m_tiles = {};
    m_message = message;
    setAccessibleDescription(message);
    update();
}

void FilterTilesView::setCurrentFilter(int filter) {
    m_current = filter;
    update();
}

float FilterTilesView::weight(int group, int filter, int place) const {
    const auto at = static_cast<std::size_t>(filter) * static_cast<std::size_t>(3 * m_tiles.size * m_tiles.size) +
                    static_cast<std::size_t>(place);
    return group == Before ? m_tiles.before[at] : group == Now ? m_tiles.now[at] : m_tiles.now[at] - m_tiles.before[at];
}

QImage FilterTilesView::tileImage(int group, int filter) const {
    const int plane = m_tiles.size * m_tiles.size;
    double reach = group == Difference ? m_largestChange : 0;
    for (const int shown : {Before, Now})
        for (int place = 0; group != Difference && hasGroup(shown) && place < 3 * plane; ++place)
            reach = std::max<double>(reach, std::abs(weight(shown, filter, place)));
    QImage image(m_tiles.size, m_tiles.size, QImage::Format_RGB32);
    const auto channel = [&](int color, int place) {
        const double share = reach > 0 ? weight(group, filter, color * plane + place) / reach : 0;
        return static_cast<int>(std::lround(127.5 + 127.5 * (std::isfinite(share) ? std::clamp(share, -1.0, 1.0) : 0)));
    };
    for (int place = 0; place < plane; ++place)
        image.setPixel(place % m_tiles.size, place / m_tiles.size, qRgb(channel(0, place), channel(1, place), channel(2, place)));
    return image;
}

QString FilterTilesView::title(int group) const {
    if (group == Before) return tr("before");
    if (group == Now) return tr("now");
    if (m_largestChange == 0) return tr("difference: none");
    return tr("difference, up to %1").arg(QLocale().toString(m_largestChange, 'g', 2));
}

QSize FilterTilesView::sizeHint() const {
    const Theme& theme = Theme::instance();
    return {theme.px(600), theme.px(kTitleHeight + 8 * (kMostTile + kGap))};
}
QSize FilterTilesView::minimumSizeHint() const { return {Theme::instance().px(380), Theme::instance().px(180)}; }

FilterTilesView::Frame FilterTilesView::frame() const {
    const Theme& theme = Theme::instance();
    Frame frame;
    frame.columns = std::max(1, static_cast<int>(std::ceil(std::sqrt(m_tiles.count))));
    const int rows = (m_tiles.count + frame.columns - 1) / frame.columns, gap = theme.px(kGap);
    frame.top = theme.px(kTitleHeight);
    frame.left = theme.px(kMargin);
    const int wide = (width() - 2 * frame.left - (GroupCount - 1) * theme.px(kGroupGap)) / GroupCount / frame.columns - gap;
    const int tall = (height() - frame.top - frame.left) / std::max(1, rows) - gap;
    frame.tile = std::clamp(std::min(wide, tall), theme.px(6), theme.px(kMostTile));
    frame.pitch = frame.tile + gap;
    frame.groupWidth = frame.columns * frame.pitch;
    frame.groupPitch = frame.groupWidth + theme.px(kGroupGap);
    return frame;
}

void FilterTilesView::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    if (!hasContent()) {
        painter.setFont(theme.font(TextRole::Body));
        painter.setPen(theme.color(Tone::Ink2));
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, m_message);
        if (hasFocus()) paintFocusRing(&painter, rect());
        return;
    }
    const Frame now = frame();
    for (int group = 0; group < GroupCount; ++group) {
        if (!hasGroup(group) && group != Before) continue;
        painter.setFont(theme.font(TextRole::TableStrong));
        painter.setPen(theme.color(Tone::Ink2));
        painter.drawText(QRect(now.groupLeft(group), 0, now.groupPitch, now.top - theme.px(4)), Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(title(group), Qt::ElideRight, now.groupPitch));
        if (!hasGroup(group)) {
            painter.setFont(theme.font(TextRole::Table));
            painter.drawText(QRect(now.groupLeft(group), now.top, now.groupWidth, height() - now.top),
                             Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, QString::fromStdString(m_tiles.startProblem));
            continue;
        }
        for (int filter = 0; filter < m_tiles.count; ++filter)
            painter.drawImage(now.tileRect(group, filter),
                              m_images[static_cast<std::size_t>(group)][static_cast<std::size_t>(filter)]);
        if (m_current < 0 || m_current >= m_tiles.count) continue;
        painter.setPen(QPen(theme.color(Tone::Accent), theme.px(2)));
        painter.drawRect(now.tileRect(group, m_current).adjusted(-1, -1, 1, 1));
    }
    if (hasFocus()) paintFocusRing(&painter, rect());
}

int FilterTilesView::filterAt(const QPoint& point) const {
    const Frame now = frame();
    for (int group = 0; group < GroupCount; ++group)
        for (int filter = 0; filter < m_tiles.count; ++filter)
            if (hasGroup(group) && now.tileRect(group, filter).contains(point)) return filter;
    return -1;
}

void FilterTilesView::mousePressEvent(QMouseEvent* event) {
    const int filter = filterAt(event->position().toPoint());
    if (filter >= 0) Q_EMIT filterChosen(filter);
}

bool FilterTilesView::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const int filter = filterAt(help->pos());
    QString text;
    if (filter >= 0 && !hasGroup(Before)) {
        text = tr("Filter %1").arg(filter + 1);
    } else if (filter >= 0) {
        double change = 0, size = 0;
        for (int place = 0; place < 3 * m_tiles.size * m_tiles.size; ++place) {
            change += std::pow(weight(Difference, filter, place), 2);
            size += std::pow(weight(Before, filter, place), 2);
        }
        const double moved = size > 0 ? std::sqrt(change / size) : 0;
        text = tr("Filter %1 has moved %2\u2009%").arg(filter + 1).arg(QLocale().toString(100 * moved, 'g', 2));
    }
    QToolTip::showText(help->globalPos(), text, this);
    return true;
}

}  // namespace thaw::ui
