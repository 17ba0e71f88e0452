#include "ui/widgets/doctor/name_part.h"

#include <QPainter>

#include <algorithm>

#include "ui/models/plain_text.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kHeight = 24, kMargin = 7, kNarrowest = 90;  // design pixels

}  // namespace

NamePart::NamePart(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void NamePart::setName(const QString& before, const QString& part, const QString& after) {
    m_before = before;
    m_part = part;
    m_after = after;
    const QString name = before + part + after;
    setToolTip(toolTipText(name));
    setAccessibleName(part.isEmpty() ? name : tr("%1, of which %2 makes the group").arg(name, part));
    updateGeometry();
    update();
}

QSize NamePart::sizeHint() const {
    const Theme& theme = Theme::instance();
    const int words = QFontMetrics(theme.font(TextRole::TableStrong)).horizontalAdvance(m_before + m_part + m_after);
    return {words + 2 * theme.px(kMargin) + 2, theme.px(kHeight)};
}

QSize NamePart::minimumSizeHint() const { return {Theme::instance().px(kNarrowest), Theme::instance().px(kHeight)}; }

void NamePart::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.setPen(QPen(theme.color(Tone::Line), 1));
    painter.setBrush(theme.color(Tone::Surface));
    painter.drawRoundedRect(frame, theme.px(5), theme.px(5));
    painter.setFont(theme.font(TextRole::TableStrong));
    const QFontMetrics metrics = painter.fontMetrics();
    const int room = width() - 2 * theme.px(kMargin);
    const QString part = metrics.elidedText(m_part, Qt::ElideMiddle, room);
    const int left = room - metrics.horizontalAdvance(part);
    const int wish = metrics.horizontalAdvance(m_before) + metrics.horizontalAdvance(m_after);
    const int behind = wish <= left ? metrics.horizontalAdvance(m_after)
                                    : std::min(metrics.horizontalAdvance(m_after),
                                               left - std::min(left / 2, metrics.horizontalAdvance(m_before)));
    const QString before = metrics.elidedText(m_before, Qt::ElideLeft, left - behind);
    const QString after = metrics.elidedText(m_after, Qt::ElideRight, behind);
    QRectF words(theme.px(kMargin), 0, metrics.horizontalAdvance(before), height());
    const auto draw = [&](const QString& text, Tone tone) {
        words.setWidth(metrics.horizontalAdvance(text));
        painter.setPen(theme.color(tone));
        painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, text);
        words.moveLeft(words.right());
    };
    draw(before, Tone::Ink2);
    if (!part.isEmpty()) {
        const QRectF ground(words.left() - 1, theme.px(2), metrics.horizontalAdvance(part) + 2, height() - 2 * theme.px(2));
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.color(Tone::AccentBackground));
        painter.drawRoundedRect(ground, theme.px(3), theme.px(3));
    }
    draw(part, Tone::Accent);
    draw(after, Tone::Ink2);
}

}  // namespace thaw::ui
