#include "ui/widgets/evaluation/name_header.h"

#include <QMouseEvent>
#include <QPainter>

namespace thaw::ui {
namespace {

constexpr int kNameHeight = 22, kTitleHeight = 17, kMostName = 130;

}  // namespace

NameHeader::NameHeader(Qt::Orientation orientation, QWidget* parent) : QHeaderView(orientation, parent) {
    setProperty("plain", true);
    setSectionsClickable(true);
    setMinimumSectionSize(1);
    setSectionResizeMode(QHeaderView::Fixed);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        updateGeometry();
        viewport()->update();
    });
}

void NameHeader::setTitle(const QString& title, int sections) {
    m_title = title;
    m_titleSections = sections;
    updateGeometry();
    viewport()->update();
}

void NameHeader::setUpright(bool upright) {
    if (upright == m_upright) return;
    m_upright = upright;
    updateGeometry();
    viewport()->update();
}

void NameHeader::setTone(std::function<Tone(int)> tone) {
    m_tone = std::move(tone);
    viewport()->update();
}

int NameHeader::widestName(int sections) const {
    const QFontMetrics metrics(Theme::instance().font(TextRole::TableStrong));
    int width = 0;
    for (int section = 0; model() && section < sections; ++section)
        width = qMax(width, metrics.horizontalAdvance(model()->headerData(section, orientation()).toString()));
    return width;
}

int NameHeader::nameHeight() const {
    const Theme& theme = Theme::instance();
    if (!m_upright) return theme.px(kNameHeight);
    return qBound(theme.px(kNameHeight), widestName(m_titleSections) + theme.px(8), theme.px(kMostName));
}

QSize NameHeader::sizeHint() const {
    const Theme& theme = Theme::instance();
    if (orientation() == Qt::Horizontal) return {0, nameHeight() + theme.px(m_title.isEmpty() ? 0 : kTitleHeight)};
    return {qMin(widestName(count()) + theme.px(12), theme.px(kMostName)), 0};
}

void NameHeader::paintEvent(QPaintEvent* event) {
    QHeaderView::paintEvent(event);
    const int last = qMin(m_titleSections, count()) - 1;
    if (m_title.isEmpty() || last < 0) return;
    const Theme& theme = Theme::instance();
    QPainter painter(viewport());
    painter.setFont(theme.font(TextRole::Caption));
    painter.setPen(theme.color(Tone::Ink3));
    const int left = qMax(0, sectionViewportPosition(0));
    const int right = qMin(viewport()->width(), sectionViewportPosition(last) + sectionSize(last));
    painter.drawText(QRect(left, 0, right - left, theme.px(kTitleHeight)), Qt::AlignCenter, m_title);
}

void NameHeader::paintSection(QPainter* painter, const QRect& rect, int section) const {
    const Theme& theme = Theme::instance();
    painter->fillRect(rect, theme.color(Tone::Surface));
    painter->setFont(theme.font(TextRole::TableStrong));
    painter->setPen(theme.color(m_tone ? m_tone(section) : Tone::Ink2));
    const bool across = orientation() == Qt::Horizontal;
    const QString name = model()->headerData(section, orientation()).toString();
    if (across && m_upright && section < m_titleSections) {
        const QRect room(0, 0, rect.height() - theme.px(m_title.isEmpty() ? 0 : kTitleHeight) - theme.px(6), rect.width());
        painter->save();
        painter->translate(rect.left(), rect.bottom() - theme.px(3));
        painter->rotate(-90);
        painter->drawText(room, Qt::AlignLeft | Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(name, Qt::ElideRight, room.width()));
        painter->restore();
        return;
    }
    QRect room = across ? rect.adjusted(theme.px(1), 0, -theme.px(1), 0) : rect.adjusted(0, 0, -theme.px(6), 0);
    if (across) room.setTop(room.bottom() + 1 - theme.px(kNameHeight));
    const QVariant wanted = model()->headerData(section, orientation(), Qt::TextAlignmentRole);
    const int alignment = wanted.isValid() ? wanted.toInt() : int(across ? Qt::AlignCenter : Qt::AlignLeft | Qt::AlignVCenter);
    painter->drawText(room, alignment, painter->fontMetrics().elidedText(name, Qt::ElideRight, room.width()));
}

void NameHeader::mousePressEvent(QMouseEvent* event) {
    if (m_clickable >= 0 && logicalIndexAt(event->position().toPoint()) >= m_clickable) return;
    QHeaderView::mousePressEvent(event);
}

}  // namespace thaw::ui
