#include "ui/widgets/parts/chip.h"

#include <QPainter>

namespace thaw::ui {
namespace {

struct Colours {
    Tone ground, ink;
};

Colours coloursOf(Chip::Look look) {
    switch (look) {
        case Chip::Look::Ice:
            return {Tone::IceBackground, Tone::Ice};
        case Chip::Look::Warm:
            return {Tone::WarmBackground, Tone::Warm};
        case Chip::Look::Right:
            return {Tone::RightBackground, Tone::Right};
        case Chip::Look::Wrong:
            return {Tone::WrongBackground, Tone::Wrong};
        case Chip::Look::Marked:
            return {Tone::Surface, Tone::Ink};
        case Chip::Look::Quiet:
            break;
    }
    return {Tone::Surface2, Tone::Ink2};
}

}  // namespace

Chip::Chip(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void Chip::setContent(Look look, const QString& icon, const QString& text) {
    if (m_look == look && m_icon == icon && m_text == text) return;
    m_look = look;
    m_icon = icon;
    m_text = text;
    setAccessibleName(text);
    updateGeometry();
    update();
}

void Chip::setCompact(bool compact) {
    m_compact = compact;
    updateGeometry();
    update();
}

QFont Chip::textFont() const {
    QFont font = Theme::instance().font(TextRole::TableStrong);
    if (!m_compact) font.setPixelSize(Theme::instance().px(14));
    return font;
}

QSize Chip::sizeHint() const {
    const Theme& theme = Theme::instance();
    const int text = QFontMetrics(textFont()).horizontalAdvance(m_text);
    if (m_text.isEmpty()) return {theme.px(30), theme.px(24)};
    return {text + theme.px(m_icon.isEmpty() ? 24 : 42), theme.px(m_compact ? 26 : 24)};
}

void Chip::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    const Colours colours = coloursOf(m_look);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(m_compact ? QPen(Qt::NoPen)
                             : QPen(theme.color(m_look == Look::Quiet    ? Tone::Line
                                                : m_look == Look::Marked ? Tone::Ink2
                                                                         : colours.ink),
                                    1));
    painter.setBrush(theme.color(colours.ground));
    const QRectF pill = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2);
    int left = theme.px(12);
    if (!m_icon.isEmpty()) {
        const QPixmap icon = theme.pixmap(m_icon, colours.ink, 14, devicePixelRatioF());
        const int side = theme.px(14);
        left = m_text.isEmpty() ? (width() - side) / 2 : theme.px(10);
        painter.drawPixmap(left, (height() - side) / 2, icon);
        left += side + theme.px(6);
    }
    painter.setFont(textFont());
    painter.setPen(theme.color(colours.ink));
    painter.drawText(QRect(left, 0, width() - left, height()), Qt::AlignLeft | Qt::AlignVCenter, m_text);
}

}  // namespace thaw::ui
