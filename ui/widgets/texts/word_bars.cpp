#include "ui/widgets/texts/word_bars.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kRow = 20, kBarHeight = 9, kNameWidth = 120, kFigureWidth = 44;  // design pixels

}  // namespace

WordBars::WordBars(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Words for and against"));
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void WordBars::setWords(std::vector<WordSum> words) {
    m_words = std::move(words);
    QStringList with, against;
    for (const WordSum& word : m_words) (word.score > 0 ? with : against) << word.word;
    setAccessibleDescription(
        tr("For: %1. Against: %2.").arg(with.join(QStringLiteral(", ")), against.join(QStringLiteral(", "))));
    updateGeometry();
    update();
}

QSize WordBars::sizeHint() const {
    return {Theme::instance().px(300), Theme::instance().px(kRow) * std::max(1, static_cast<int>(m_words.size()))};
}

void WordBars::paintEvent(QPaintEvent*) {
    if (m_words.empty()) return;
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    double most = 0, least = 0;
    for (const WordSum& word : m_words) {
        most = std::max(most, word.score);
        least = std::min(least, word.score);
    }
    const double span = std::max(1e-9, most - least);
    const double left = theme.px(kNameWidth), room = width() - left - theme.px(kFigureWidth), unit = room / span;
    const double zero = left - least * unit;
    const int row = theme.px(kRow);
    for (std::size_t i = 0; i < m_words.size(); ++i) {
        const WordSum& word = m_words[i];
        const QRectF line(0, static_cast<double>(i) * row, width(), row);
        painter.setPen(theme.color(Tone::Ink));
        painter.setFont(theme.font(word.score > 0 ? TextRole::TableStrong : TextRole::Table));
        painter.drawText(QRectF(0, line.top(), left - theme.px(8), row), Qt::AlignVCenter | Qt::AlignLeft,
                         painter.fontMetrics().elidedText(word.word, Qt::ElideRight, static_cast<int>(left) - theme.px(8)));
        painter.drawText(line, Qt::AlignVCenter | Qt::AlignRight, scoreText(word.score));
        const double wide = std::max(2.0, std::abs(word.score) * unit), high = theme.px(kBarHeight);
        QRectF bar(word.score > 0 ? zero : zero - wide, line.center().y() - high / 2, wide, high);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.color(word.score > 0 ? Tone::ForLine : Tone::AgainstLine));
        if (word.score > 0) {
            painter.drawRoundedRect(bar, 2, 2);
            continue;
        }
        const double stripe = theme.px(4);
        for (double x = bar.right(); x > bar.left(); x -= 1.6 * stripe) {
            const double from = std::max(bar.left(), x - stripe);
            painter.drawRect(QRectF(from, bar.top(), x - from, high));
        }
    }
    painter.setPen(QPen(theme.color(Tone::Ink3), 1));
    painter.drawLine(QPointF(zero, 0), QPointF(zero, static_cast<double>(row) * static_cast<double>(m_words.size())));
}

}  // namespace thaw::ui
