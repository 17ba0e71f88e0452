#include "ui/widgets/window/side_dock.h"

#include <QMouseEvent>
#include <QPainter>
#include <QStackedWidget>
#include <QStyle>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/widgets/parts/theme.h"

namespace thaw::ui {

SideRail::SideRail(const QString& icon, const QString& name, Qt::Edge side, QWidget* parent)
    : QAbstractButton(parent), m_icon(icon), m_side(side) {
    setText(name);
    setAccessibleName(tr("Open %1").arg(name));
    setToolTip(tr("Open %1").arg(name));
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::TabFocus);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void SideRail::setLocked(bool locked) {
    if (m_locked == locked) return;
    m_locked = locked;
    setToolTip(locked ? tr("Open %1. Most are fixed while a run is active.").arg(text()) : tr("Open %1").arg(text()));
    update();
}

QSize SideRail::sizeHint() const { return {Theme::instance().px(40), Theme::instance().px(200)}; }

void SideRail::enterEvent(QEnterEvent*) { update(); }
void SideRail::leaveEvent(QEvent*) { update(); }

void SideRail::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(hasFocus() ? QPen(theme.color(Tone::Accent), 2) : QPen(theme.color(Tone::Line), 1));
    painter.setBrush(theme.color(underMouse() ? Tone::Surface2 : Tone::Surface));
    const double inset = hasFocus() ? 1 : 0.5;
    painter.drawRoundedRect(QRectF(rect()).adjusted(inset, inset, -inset, -inset), theme.px(10), theme.px(10));
    const auto drawIcon = [&](const QString& name, int size, int centreY, Tone tone) {
        const int side = theme.px(size);
        painter.drawPixmap((width() - side) / 2, centreY - side / 2, theme.pixmap(name, tone, size, devicePixelRatioF()));
    };
    drawIcon(m_icon, 18, theme.px(24), Tone::Ink2);
    const QFont font = theme.font(TextRole::BodyStrong);
    const int length = QFontMetrics(font).horizontalAdvance(text());
    painter.save();
    painter.setFont(font);
    painter.setPen(theme.color(Tone::Ink2));
    painter.translate(width() / 2.0, theme.px(46));
    painter.rotate(90);
    painter.drawText(QRectF(0, -theme.px(12), length + 2, theme.px(24)), Qt::AlignLeft | Qt::AlignVCenter, text());
    painter.restore();
    if (m_locked) drawIcon(QStringLiteral("lock"), 14, theme.px(46) + length + theme.px(18), Tone::Ink3);
    drawIcon(m_side == Qt::LeftEdge ? QStringLiteral("chevron-right") : QStringLiteral("chevron-left"), 16,
             height() - theme.px(22), Tone::Ink2);
}

DockEdge::DockEdge(const QString& name, QWidget* parent) : QWidget(parent) {
    setCursor(Qt::SplitHCursor);
    setToolTip(tr("Drag to make %1 wider or narrower; double click for the usual width").arg(name));
}

void DockEdge::paintEvent(QPaintEvent*) {
    if (!underMouse() && !m_dragging) return;
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.color(m_dragging ? Tone::Accent : Tone::Disabled));
    const double wide = theme.px(4), tall = std::min(theme.px(44), height());
    painter.drawRoundedRect(QRectF((width() - wide) / 2, (height() - tall) / 2, wide, tall), wide / 2, wide / 2);
}

void DockEdge::enterEvent(QEnterEvent*) { update(); }
void DockEdge::leaveEvent(QEvent*) { update(); }

void DockEdge::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    m_begun = event->globalPosition().toPoint().x();
    m_dragging = true;
    Q_EMIT dragBegun();
    update();
}

void DockEdge::mouseMoveEvent(QMouseEvent* event) {
    if (m_dragging) Q_EMIT dragged(event->globalPosition().toPoint().x() - m_begun);
}

void DockEdge::mouseReleaseEvent(QMouseEvent*) {
    m_dragging = false;
    update();
}

void DockEdge::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) Q_EMIT resetRequested();
}

SideDock::SideDock(const QString& icon, const QString& name, Qt::Edge side, QWidget* panel, double width, QWidget* parent)
    : QDockWidget(name, parent),
      m_rail(new SideRail(icon, name, side)),
      m_edge(new DockEdge(name, parent)),
      m_stack(new QStackedWidget),
      m_ground(new QWidget),
      m_side(side),
      m_width(width) {
    setFeatures(NoDockWidgetFeatures);
    setTitleBarWidget(new QWidget(this));  // the panel has its own title
    m_stack->addWidget(panel);
    m_stack->addWidget(m_rail);
    auto* layout = new QVBoxLayout(m_ground);
    layout->addWidget(m_stack);
    m_ground->setProperty("ground", "window");
    m_ground->setAttribute(Qt::WA_StyledBackground);
    setWidget(m_ground);
    connect(m_rail, &QAbstractButton::clicked, this, [this] { setFolded(false); });
    connect(m_edge, &DockEdge::dragBegun, this, [this] { m_widthBefore = m_width; });
    connect(m_edge, &DockEdge::dragged, this, [this](int pixels) {
        const double wanted = m_widthBefore + (m_side == Qt::LeftEdge ? pixels : -pixels) / Theme::instance().scale();
        Q_EMIT widthRequested(std::max(1.0, wanted));  // 0 asks for the usual width
    });
    connect(m_edge, &DockEdge::resetRequested, this, [this] { Q_EMIT widthRequested(0); });
    connect(&Theme::instance(), &Theme::changed, this, &SideDock::applyTheme);
    applyTheme();
}

bool SideDock::isFolded() const { return m_stack->currentWidget() == m_rail; }

void SideDock::setFolded(bool folded) {
    if (folded == isFolded()) return;
    // The stack would hand the focus to the rail, where nobody went: a ring around it would look like a choice.
    const QWidget* focus = window()->focusWidget();
    const bool held = folded && focus && m_stack->isAncestorOf(focus);
    m_stack->setCurrentIndex(folded ? 1 : 0);
    if (held) Q_EMIT focusLost();
    applyTheme();
    Q_EMIT foldedChanged(folded);
}

void SideDock::setOpenWidth(double designPixels) {
    m_width = designPixels;
    applyTheme();
}

void SideDock::setBottomMargin(double designPixels) {
    m_bottom = designPixels;
    applyTheme();
}

void SideDock::applyTheme() {
    const Theme& theme = Theme::instance();
    const bool left = m_side == Qt::LeftEdge;
    m_ground->layout()->setContentsMargins(left ? theme.px(12) : 0, theme.px(10), left ? 0 : theme.px(12), theme.px(m_bottom));
    m_ground->setFixedWidth(theme.px((isFolded() ? 40 : m_width) + 12));
    m_stack->widget(0)->setVisible(!isFolded());
    placeEdge();
}

void SideDock::placeEdge() {
    const int wide = style()->pixelMetric(QStyle::PM_DockWidgetSeparatorExtent, nullptr, parentWidget());
    const int left = m_side == Qt::LeftEdge ? geometry().right() + 1 : geometry().left() - wide;
    m_edge->setGeometry(left, geometry().top(), wide, height());
    m_edge->setVisible(isVisible() && !isFolded());
    m_edge->raise();
}

void SideDock::resizeEvent(QResizeEvent* event) {
    QDockWidget::resizeEvent(event);
    placeEdge();
}

void SideDock::moveEvent(QMoveEvent* event) {
    QDockWidget::moveEvent(event);
    placeEdge();
}

void SideDock::showEvent(QShowEvent* event) {
    QDockWidget::showEvent(event);
    placeEdge();
}

void SideDock::hideEvent(QHideEvent* event) {
    QDockWidget::hideEvent(event);
    m_edge->hide();
}

}  // namespace thaw::ui
