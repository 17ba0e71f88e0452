#include "ui/widgets/texts/marked_text_layout.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>

#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr double kLineWidths[] = {2, 2.5, 3.5};

void drawGround(QPainter* painter, const QRectF& word, const WordMark& mark) {
    const Theme& theme = Theme::instance();
    painter->setPen(Qt::NoPen);
    painter->setBrush(groundOf(mark));
    painter->drawRoundedRect(word, theme.px(3), theme.px(3));
    const double wide = kLineWidths[mark.strength - 1] * theme.scale();
    QPen pen(lineOf(mark), wide);
    pen.setCapStyle(Qt::FlatCap);
    if (!mark.speaksFor()) pen.setDashPattern({2, 1.2});
    painter->setPen(pen);
    const double below = word.bottom() - wide / 2;
    painter->drawLine(QPointF(word.left(), below), QPointF(word.right(), below));
}

}  // namespace

MarkedTextLayout::MarkedTextLayout(MarkedText text, const QFont& font, double width, double lineHeight, int mostLines)
    : m_text(std::move(text)), m_lineHeight(lineHeight) {
    QString shown = m_text.text;
    shown.replace(QLatin1Char('\n'), QChar(QChar::LineSeparator)).replace(QLatin1Char('\r'), QLatin1Char(' '));
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    const double above = std::max(0.0, (lineHeight - QFontMetricsF(font).height()) / 2);
    const auto lay = [&] {
        m_layout.setText(shown);
        m_layout.beginLayout();
        int lines = 0;
        for (QTextLine line = m_layout.createLine(); line.isValid(); line = m_layout.createLine()) {
            line.setLineWidth(std::max(1.0, width));
            line.setPosition({0, lines * lineHeight + above});
            if (++lines == mostLines) break;
        }
        m_layout.endLayout();
    };
    m_layout.setFont(font);
    m_layout.setTextOption(option);
    m_layout.setCacheEnabled(true);
    lay();
    if (m_layout.lineCount() == 0) return;
    const QTextLine last = m_layout.lineAt(m_layout.lineCount() - 1);
    const int end = last.textStart() + last.textLength();
    m_cut = end < shown.size();
    if (!m_cut) return;
    const QString tail = QFontMetricsF(font).elidedText(shown.mid(last.textStart(), 400), Qt::ElideRight, width);
    shown = shown.left(last.textStart()) + tail;
    lay();
}

double MarkedTextLayout::height() const { return m_layout.lineCount() * m_lineHeight; }

std::vector<QRectF> MarkedTextLayout::placesOf(const WordMark& mark) const {
    std::vector<QRectF> places;
    const int end = mark.begin + mark.length;
    for (int i = 0; i < m_layout.lineCount(); ++i) {
        const QTextLine line = m_layout.lineAt(i);
        const int from = std::max(mark.begin, line.textStart()), to = std::min(end, line.textStart() + line.textLength());
        if (from >= to) continue;
        const double a = line.cursorToX(from), b = line.cursorToX(to);
        const double gap = m_lineHeight * 0.06;
        places.emplace_back(std::min(a, b) - 1, i * m_lineHeight + gap, std::abs(b - a) + 2, m_lineHeight - 2 * gap);
    }
    return places;
}

void MarkedTextLayout::draw(QPainter* painter, const QPointF& at) const {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    for (const WordMark& mark : m_text.marks)
        if (mark.strength > 0)
            for (const QRectF& place : placesOf(mark)) drawGround(painter, place.translated(at), mark);
    painter->setPen(Theme::instance().color(Tone::Ink));
    m_layout.draw(painter, at);
    painter->restore();
}

const WordMark* MarkedTextLayout::wordAt(const QPointF& place) const {
    for (const WordMark& mark : m_text.marks)
        for (const QRectF& box : placesOf(mark))
            if (box.contains(place)) return &mark;
    return nullptr;
}

QColor groundOf(const WordMark& mark) {
    constexpr Tone kFor[] = {Tone::For1, Tone::For2, Tone::For3};
    constexpr Tone kAgainst[] = {Tone::Against1, Tone::Against2, Tone::Against3};
    return Theme::instance().color((mark.speaksFor() ? kFor : kAgainst)[mark.strength - 1]);
}

QColor lineOf(const WordMark& mark) { return Theme::instance().color(mark.speaksFor() ? Tone::ForLine : Tone::AgainstLine); }

QString markText(const MarkedText& text, const WordMark& mark, const QString& className) {
    const QString form = mark.speaksFor() ? QCoreApplication::translate("thaw::ui::MarkedTextLayout", "%1: %2 for %3")
                                          : QCoreApplication::translate("thaw::ui::MarkedTextLayout", "%1: %2, against %3");
    return form.arg(text.text.mid(mark.begin, mark.length), scoreText(mark.score), className);
}

}  // namespace thaw::ui
