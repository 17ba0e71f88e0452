#include "ui/widgets/view_tabs.h"

#include <QPainter>
#include <QPainterPath>

#include "ui/widgets/theme.h"

namespace thaw::ui {
namespace {

QFont nameFont() {
    QFont font = Theme::instance().font(TextRole::BodyStrong);
    font.setPixelSize(Theme::instance().px(15));
    return font;
}

}  // namespace

ViewTabs::ViewTabs(QWidget* parent) : QTabBar(parent) {
    setDrawBase(false);
    setExpanding(false);
    setUsesScrollButtons(true);
    setAccessibleName(tr("Views"));
    setMouseTracking(true);
    connect(&Theme::instance(), &Theme::changed, this, [this] { setFont(nameFont()); });
    setFont(nameFont());
}

QSize ViewTabs::tabSizeHint(int index) const {
    const Theme& theme = Theme::instance();
    return {QFontMetrics(nameFont()).horizontalAdvance(tabText(index)) + theme.px(32), theme.px(40)};
}

void ViewTabs::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(nameFont());
    const QPoint mouse = mapFromGlobal(QCursor::pos());
    for (int index = 0; index < count(); ++index) {
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
            const int tall = theme.px(3);
            painter.drawRoundedRect(
                QRectF(tab.left() + theme.px(14), tab.bottom() - theme.px(3), tab.width() - theme.px(28), tall), tall / 2.0,
                tall / 2.0);
        }
        const bool hovered = tab.contains(mouse);
        painter.setPen(theme.color(chosen ? Tone::Accent : hovered ? Tone::Ink : Tone::Ink2));
        painter.drawText(tab, Qt::AlignCenter, tabText(index));
        if (chosen && hasFocus()) {
            painter.setPen(QPen(theme.color(Tone::Accent), 2));
            painter.setBrush(Qt::NoBrush);
            painter.drawRoundedRect(QRectF(tab).adjusted(3, 3, -3, -6), theme.px(6), theme.px(6));
        }
    }
}

}  // namespace thaw::ui
