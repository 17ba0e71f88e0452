#include "ui/widgets/window/view_tabs.h"

#include <QFocusEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>

#include "ui/widgets/parts/focus_ring.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kWideGap = 32, kNarrowGap = 20;
constexpr int kNameSize = 15, kLeastNameSize = 13;  // the least is in pixels, whatever the scale

QFont nameFont(int pixels) {
    QFont font = Theme::instance().font(TextRole::BodyStrong);
    font.setPixelSize(pixels);
    return font;
}

}  // namespace

ViewTabs::ViewTabs(QWidget* parent) : QTabBar(parent) {
    setDrawBase(false);
    setExpanding(false);
    setUsesScrollButtons(false);
    setAccessibleName(tr("Views"));
    setMouseTracking(true);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        m_fitted = -1;
        fit();
    });
    setFont(nameFont(Theme::instance().px(kNameSize)));
}

void ViewTabs::addView(const QString& name, const QString& shortName, const QString& toolTip) {
    m_views.push_back({});
    renameView(addTab(name), name, shortName, toolTip);
}

void ViewTabs::renameView(int index, const QString& name, const QString& shortName, const QString& toolTip) {
    m_views[index] = {name, shortName};
    setTabToolTip(index, toolTip);
    setAccessibleTabName(index, name);
    m_fitted = -1;
    fit();
}

void ViewTabs::setViewVisible(int index, bool visible) {
    if (isTabVisible(index) == visible) return;
    setTabVisible(index, visible);
    m_fitted = -1;
    fit();
}

void ViewTabs::fit() {
    if (m_fitted == width() || m_views.isEmpty()) return;
    m_fitted = width();
    const Theme& theme = Theme::instance();
    int pixels = theme.px(kNameSize);
    QList<View> shown;
    for (int index = 0; index < static_cast<int>(m_views.size()); ++index)
        if (isTabVisible(index)) shown << m_views[index];
    const int count = std::max(1, static_cast<int>(shown.size()));
    const auto missing = [&](bool shortNames, int gap) {
        const QFontMetrics metrics(nameFont(pixels));
        int needed = count * theme.px(gap);
        for (const View& view : shown) needed += metrics.horizontalAdvance(shortNames ? view.shortName : view.name);
        return needed - width();
    };
    m_gap = missing(false, kWideGap) <= 0 ? kWideGap : kNarrowGap;
    m_short = missing(false, m_gap) > 0;
    while (m_short && missing(true, m_gap) > 0 && pixels > kLeastNameSize) --pixels;
    m_cut = m_short ? std::max(0, (missing(true, m_gap) + count - 1) / count) : 0;
    setFont(nameFont(pixels));
    // Also where no text is another: the sizes are asked for again.
    for (int index = 0; index < static_cast<int>(m_views.size()); ++index)
        setTabText(index, m_short ? m_views[index].shortName : m_views[index].name);
}

QSize ViewTabs::tabSizeHint(int index) const {
    const Theme& theme = Theme::instance();
    return {fontMetrics().horizontalAdvance(tabText(index)) + theme.px(m_gap) - m_cut, theme.px(40)};
}

void ViewTabs::resizeEvent(QResizeEvent* event) {
    fit();
    QTabBar::resizeEvent(event);
}

void ViewTabs::focusInEvent(QFocusEvent* event) {
    m_byKey = isByKey(event->reason());
    QTabBar::focusInEvent(event);
}

void ViewTabs::keyPressEvent(QKeyEvent* event) {
    m_byKey = true;
    QTabBar::keyPressEvent(event);
    update();
}

void ViewTabs::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QPoint mouse = mapFromGlobal(QCursor::pos());
    for (int index = 0; index < count(); ++index) {
        if (!isTabVisible(index)) continue;
        const QRect tab = tabRect(index);
        const bool chosen = index == currentIndex();
        if (chosen) {
            const QRectF area = QRectF(tab).adjusted(0.5, 0.5, -0.5, 0);
            const double radius = theme.px(10);
            QPainterPath path(area.bottomLeft());
            path.lineTo(area.left(), area.top() + radius);
            path.quadTo(area.topLeft(), QPointF(area.left() + radius, area.top()));
            path.lineTo(area.right() - radius, area.top());
            path.quadTo(area.topRight(), QPointF(area.right(), area.top() + radius));
            path.lineTo(area.bottomRight());
            painter.setPen(QPen(theme.color(Tone::Line), 1));
            painter.setBrush(theme.color(Tone::Surface));
            painter.drawPath(path);
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme.color(Tone::Accent));
            const int tall = theme.px(3), edge = theme.px(m_gap) / 2 - theme.px(2);
            painter.drawRoundedRect(QRectF(tab.left() + edge, tab.bottom() - theme.px(3), tab.width() - 2 * edge, tall),
                                    tall / 2.0, tall / 2.0);
        }
        const bool hovered = tab.contains(mouse);
        painter.setPen(theme.color(chosen ? Tone::Accent : hovered ? Tone::Ink : Tone::Ink2));
        painter.drawText(tab, Qt::AlignCenter, painter.fontMetrics().elidedText(tabText(index), Qt::ElideRight, tab.width() - 4));
        if (chosen && hasFocus() && m_byKey) {
            painter.setPen(QPen(theme.color(Tone::Accent), 2));
            painter.setBrush(Qt::NoBrush);
            painter.drawRoundedRect(QRectF(tab).adjusted(3, 3, -3, -6), theme.px(6), theme.px(6));
        }
    }
}

}  // namespace thaw::ui
