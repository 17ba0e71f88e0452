#include "ui/widgets/live/read_out_line.h"

#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <cmath>

#include "ui/models/task_text.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

QString lossText(double loss) { return std::isfinite(loss) ? QLocale().toString(loss, 'f', 3) : QStringLiteral("–"); }

}  // namespace

ReadOutLine::ReadOutLine(const CurvePlot* plot, QWidget* parent) : QWidget(parent), m_plot(plot) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void ReadOutLine::setReadOut(const ReadOut& readOut, std::vector<Other> others) {
    m_readOut = readOut;
    m_others = std::move(others);
    QString text = tr("%1: validation %2, loss %3; training %4, loss %5")
                       .arg(readOut.tag, scoreValueText(readOut.task, readOut.valScore), lossText(readOut.valLoss),
                            scoreValueText(readOut.task, readOut.trainScore), lossText(readOut.trainLoss));
    for (const Other& other : m_others) text += tr("; %1 %2").arg(other.name, scoreValueText(readOut.task, other.score));
    setAccessibleName(readOut.tag.isEmpty() ? tr("No figures yet") : text);
    update();
}

QSize ReadOutLine::sizeHint() const { return {Theme::instance().px(300), Theme::instance().px(26)}; }
QSize ReadOutLine::minimumSizeHint() const { return {Theme::instance().px(120), Theme::instance().px(26)}; }

void ReadOutLine::paintEvent(QPaintEvent*) {
    const Theme& t = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFont strong = t.font(TextRole::TableStrong), plain = t.font(TextRole::Table);
    const QFontMetricsF strongMetrics(strong), plainMetrics(plain);
    const double left = mapFrom(parentWidget(), m_plot->mapTo(parentWidget(), m_plot->accuracyRect().topLeft())).x();
    const double space = t.px(6), gap = t.px(13);
    double sample = t.px(24);
    const QString lossWidest = tr("loss %1").arg(QStringLiteral("0.000"));

    // Boxes for the widest figures, so that nothing jumps; shorter forms where the panel is narrow.
    const QString tag = m_readOut.tag.isEmpty() ? tr("Epoch –") : m_readOut.tag;
    const double tagWidth = std::max(strongMetrics.horizontalAdvance(tag),
                                     strongMetrics.horizontalAdvance(tr("Epoch %1").arg(QStringLiteral("00")))) +
                            t.px(14);
    bool shortWords = false, losses = true;
    const auto words = [&](const QString& full, const QString& brief) { return shortWords ? brief : full; };
    const auto part = [&](const QString& word) {
        return sample + space + strongMetrics.horizontalAdvance(word + QStringLiteral(" 00.0\u2009%")) +
               (losses ? space + plainMetrics.horizontalAdvance(lossWidest) : 0);
    };
    const auto total = [&] {
        return tagWidth + t.px(9) + part(words(tr("validation"), tr("val"))) + gap + part(words(tr("training"), tr("train")));
    };
    const double room = width() - left;
    if (total() > room) shortWords = true;
    if (total() > room) losses = false;
    if (total() > room) sample = t.px(10);
    const bool training = total() <= room;

    double x = left;
    const double middle = height() / 2.0;
    const QRectF box(x, middle - t.px(11), tagWidth, t.px(22));
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.color(Tone::Ink));
    painter.drawRoundedRect(box, t.px(4), t.px(4));
    painter.setPen(t.color(Tone::Surface));
    painter.setFont(strong);
    painter.drawText(box, Qt::AlignCenter, tag);
    x += tagWidth + t.px(9);

    const auto figures = [&](const QString& word, const QPen& pen, bool disc, double score, double loss) {
        painter.setPen(pen);
        painter.drawLine(QPointF(x, middle), QPointF(x + sample, middle));
        if (disc) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(pen.color());
            painter.drawEllipse(QPointF(x + sample / 2, middle), t.px(9) / 2.0, t.px(9) / 2.0);
        }
        x += sample + space;
        painter.setFont(strong);
        painter.setPen(pen.color());
        const double wide = strongMetrics.horizontalAdvance(word + QStringLiteral(" 00.0\u2009%"));
        painter.drawText(QRectF(x, 0, wide + t.px(8), height()), Qt::AlignLeft | Qt::AlignVCenter,
                         word + QLatin1Char(' ') + scoreValueText(m_readOut.task, score));
        x += wide;
        if (!losses) return;
        x += space;
        painter.setFont(plain);
        painter.setPen(t.color(Tone::Ink2));
        painter.drawText(QRectF(x, 0, plainMetrics.horizontalAdvance(lossWidest) + t.px(8), height()),
                         Qt::AlignLeft | Qt::AlignVCenter, tr("loss %1").arg(lossText(loss)));
        x += plainMetrics.horizontalAdvance(lossWidest);
    };
    figures(words(tr("validation"), tr("val")), QPen(t.color(Tone::Validation), t.px(10) * 0.36), true, m_readOut.valScore,
            m_readOut.valLoss);
    if (!training) return;
    x += gap;
    figures(words(tr("training"), tr("train")), QPen(t.color(Tone::Training), t.px(10) * 0.18), false, m_readOut.trainScore,
            m_readOut.trainLoss);
    losses = false;
    for (const Other& other : m_others) {
        x += gap;
        if (x + part(other.name) > width()) break;
        figures(other.name, t.runPen(other.penIndex, t.px(10) * 0.2), false, other.score, 0);
    }
}

}  // namespace thaw::ui
