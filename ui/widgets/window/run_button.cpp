#include "ui/widgets/window/run_button.h"

#include <QPainter>
#include <QStyleOptionToolButton>
#include <QStylePainter>

#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

constexpr double kMenuWidth = 26, kGap = 9, kIcon = 16;

}  // namespace

RunButton::RunButton(const QString& icon, QWidget* parent) : QToolButton(parent), m_icon(icon) {
    setObjectName(icon);
    setProperty("runButton", true);
    setFocusPolicy(Qt::TabFocus);  // a click is no wish to stay: the button may be disabled by it
    connect(&Theme::instance(), &Theme::changed, this, [this] { updateGeometry(); });
}

void RunButton::setActive(bool active) {
    m_active = active;
    setStyleProperty(this, "active", active);
}

void RunButton::setWordShown(bool shown) {
    m_word = shown;
    updateGeometry();
    update();
}

void RunButton::setRoom(double width, const QString& longest) {
    m_room = width;
    m_longest = longest;
    updateGeometry();
}

int RunButton::widthOf(const QString& text) const {
    const Theme& theme = Theme::instance();
    return theme.px(kIcon) + (m_word ? theme.px(kGap) + fontMetrics().horizontalAdvance(text) : 0);
}

QSize RunButton::sizeHint() const {
    const Theme& theme = Theme::instance();
    const int menuPart = popupMode() == MenuButtonPopup ? theme.px(kMenuWidth) : 0;
    const int needed = std::max(contentWidth(), widthOf(m_longest)) + theme.px(28) + menuPart;
    return {std::max(theme.px(m_word ? m_room : 44), needed), theme.px(44)};
}

void RunButton::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QStylePainter painter(this);
    QStyleOptionToolButton option;
    initStyleOption(&option);
    option.text.clear();
    option.icon = {};
    painter.drawComplexControl(QStyle::CC_ToolButton, option);
    const Tone tone = !isEnabled() ? Tone::Disabled : m_active ? Tone::Accent : Tone::Ink;
    const int room = width() - (popupMode() == MenuButtonPopup ? theme.px(kMenuWidth) : 0);
    int left = (room - contentWidth()) / 2;
    const int side = theme.px(kIcon);
    painter.drawPixmap(left, (height() - side) / 2, theme.pixmap(m_icon, tone, static_cast<int>(kIcon), devicePixelRatioF()));
    if (!m_word) return;
    left += side + theme.px(kGap);
    painter.setPen(theme.color(tone));
    painter.drawText(QRect(left, 0, width() - left, height()), Qt::AlignLeft | Qt::AlignVCenter, text());
}

}  // namespace thaw::ui
