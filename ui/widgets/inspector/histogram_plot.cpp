#include "ui/widgets/inspector/histogram_plot.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QLocale>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>

#include "ui/models/percent_text.h"
#include "ui/models/prediction_list_model.h"
#include "ui/widgets/parts/plot_axis.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kLegendHeight = 24, kAxisHeight = 22, kMargin = 6;  // design pixels
constexpr double kLeftOut = 0.0005;                               // of the numbers, at each end
constexpr int kTicks = 5, kGridLines = 4;
constexpr double kLonePeak = 3;                       // times the second largest: it would press all others to the ground
constexpr double kBelowTop = 0.95, kBelowPeak = 0.7;  // of the height, for the largest and beside a lone peak

double binWidth(const core::Histogram& histogram) {
    return (histogram.high - histogram.low) / static_cast<double>(histogram.counts.size());
}

/// Where the numbers begin and end, but for a few.
std::pair<double, double> bulkOf(const core::Histogram& histogram) {
    const std::int64_t total = std::accumulate(histogram.counts.begin(), histogram.counts.end(), std::int64_t{0});
    const double most = kLeftOut * static_cast<double>(total), width = binWidth(histogram);
    const auto skipped = [most](auto begin, auto end) {
        double sum = 0;
        int bins = 0;
        for (auto bin = begin; bin != end && (sum += static_cast<double>(*bin)) <= most; ++bin) ++bins;
        return bins;
    };
    const int left = skipped(histogram.counts.begin(), histogram.counts.end()),
              right = skipped(histogram.counts.rbegin(), histogram.counts.rend());
    return {histogram.low + std::max(0, left - 1) * width, histogram.high - std::max(0, right - 1) * width};
}

QPen penOf(bool before) {
    const Theme& theme = Theme::instance();
    QPen pen(theme.color(before ? Tone::Ice : Tone::Warm), (before ? 1.8 : 2.6) * theme.scale(), Qt::SolidLine, Qt::FlatCap,
             Qt::RoundJoin);
    if (before) pen.setDashPattern({4, 2.4});
    return pen;
}

}  // namespace

core::Histogram histogramOf(const std::vector<float>& values, int bins) {
    core::Histogram histogram{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(), {}};
    for (const double value : values) {
        if (!std::isfinite(value)) continue;
        histogram.low = std::min(histogram.low, value);
        histogram.high = std::max(histogram.high, value);
    }
    if (histogram.low > histogram.high) histogram.low = histogram.high = 0;
    if (histogram.low == histogram.high) histogram.high += std::max(1.0, std::abs(histogram.high));
    histogram.counts.assign(static_cast<std::size_t>(bins), 0);
    for (const double value : values) {
        if (!std::isfinite(value)) continue;
        const auto bin = static_cast<int>((value - histogram.low) / (histogram.high - histogram.low) * bins);
        ++histogram.counts[static_cast<std::size_t>(std::clamp(bin, 0, bins - 1))];
    }
    return histogram;
}

HistogramPlot::HistogramPlot(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void HistogramPlot::setHistograms(const core::Histogram& before, const core::Histogram& now, const QString& remark) {
    m_before = before;
    m_now = now;
    m_remark = remark;
    m_message.clear();
    fitRange();
    setRead(m_read);
}

void HistogramPlot::setMessage(const QString& message) {
    m_before = m_now = {};
    m_remark.clear();
    m_message = message;
    setRead(-1);
}

void HistogramPlot::setRead(int bin) {
    m_read = bin < static_cast<int>(m_now.counts.size()) ? bin : -1;
    const QLocale locale;
    setAccessibleDescription(
        !hasContent() ? m_message
        : m_read >= 0 ? binText(m_read)
                      : tr("From %1 to %2. %3").arg(locale.toString(m_low, 'g', 2), locale.toString(m_high, 'g', 2), m_remark));
    update();
}

int HistogramPlot::binAt(double value) const { return static_cast<int>(std::floor((value - m_now.low) / binWidth(m_now))); }

double HistogramPlot::middleOf(int bin) const { return m_now.low + (bin + 0.5) * binWidth(m_now); }

QString HistogramPlot::binText(int bin) const {
    if (bin < 0 || bin >= static_cast<int>(m_now.counts.size())) return {};
    const QLocale locale;
    const double width = binWidth(m_now), low = m_now.low + bin * width;
    const auto count = [&](const core::Histogram& histogram) {
        return locale.toString(static_cast<qlonglong>(histogram.counts[static_cast<std::size_t>(bin)]));
    };
    const QString text = tr("%1 to %2: %3").arg(locale.toString(low, 'g', 3), locale.toString(low + width, 'g', 3), count(m_now));
    return m_before.counts.empty() ? text : tr("%1 now, %2 at the start").arg(text, count(m_before));
}

void HistogramPlot::fitRange() {
    if (m_now.counts.empty()) return;
    std::tie(m_low, m_high) = bulkOf(m_now);
    if (!m_before.counts.empty()) {
        const auto [low, high] = bulkOf(m_before);
        m_low = std::min(m_low, low);
        m_high = std::max(m_high, high);
    }
    if (m_low < 0 && m_high > 0) {
        m_high = std::max(-m_low, m_high);
        m_low = -m_high;
    }
    if (m_low >= m_high) m_high = m_low + 1;
}

QSize HistogramPlot::sizeHint() const { return {Theme::instance().px(400), Theme::instance().px(210)}; }
QSize HistogramPlot::minimumSizeHint() const { return {Theme::instance().px(200), Theme::instance().px(130)}; }

QRectF HistogramPlot::plotArea() const {
    const Theme& theme = Theme::instance();
    return QRectF(rect()).adjusted(theme.px(kMargin), theme.px(kLegendHeight), -theme.px(kMargin), -theme.px(kAxisHeight));
}

double HistogramPlot::xOf(double value) const {
    const QRectF area = plotArea();
    return area.left() + (value - m_low) / (m_high - m_low) * area.width();
}

void HistogramPlot::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF area = plotArea();
    if (!hasContent()) {
        painter.setPen(QPen(theme.color(Tone::Line2), 1));
        painter.drawRect(area);
        painter.setFont(theme.font(TextRole::Table));
        painter.setPen(theme.color(Tone::Ink2));
        painter.drawText(area.adjusted(theme.px(12), 0, -theme.px(12), 0), Qt::AlignCenter | Qt::TextWordWrap, m_message);
        if (hasFocus()) paintFocusRing(&painter, rect());
        return;
    }
    for (int line = 0; line < kGridLines; ++line)
        painter.fillRect(QRectF(area.left(), std::round(area.top() + area.height() * line / kGridLines), area.width(), 1),
                         theme.color(Tone::Line2));
    painter.fillRect(QRectF(area.left(), std::round(area.bottom()), area.width(), 1), theme.color(Tone::Ink3));

    const bool both = !m_before.counts.empty();
    const double unit = area.height() / fullHeight();
    const auto curve = [&](const core::Histogram& histogram) {
        QPolygonF line;
        for (std::size_t bin = 0; bin < histogram.counts.size(); ++bin)
            line << QPointF(xOf(middleOf(static_cast<int>(bin))),
                            area.bottom() - unit * static_cast<double>(histogram.counts[bin]));
        return line;
    };
    painter.save();
    painter.setClipRect(area.adjusted(0, 0, 0, 1));
    const QPolygonF now = curve(m_now);
    QPolygonF ground = now;
    ground.prepend(QPointF(now.first().x(), area.bottom()));
    ground << QPointF(now.last().x(), area.bottom());
    QColor fill = theme.color(Tone::WarmFill);
    fill.setAlphaF(theme.isDark() ? 0.3f : 0.26f);
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    painter.drawPolygon(ground);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(penOf(false));
    painter.drawPolyline(now);
    if (both) {
        painter.setPen(penOf(true));
        painter.drawPolyline(curve(m_before));
    }
    painter.restore();
    paintPeak(&painter, area);

    // The legend above, or the bin that is read; the axis below.
    painter.setFont(theme.font(TextRole::TableStrong));
    const QFontMetricsF metrics(painter.font());
    double left = area.left();
    const auto entry = [&](bool before, const QString& name) {
        painter.setPen(penOf(before));
        const double y = theme.px(kLegendHeight) / 2.0 - theme.px(2);
        painter.drawLine(QLineF(left, y, left + theme.px(24), y));
        left += theme.px(30);
        painter.drawText(QRectF(left, 0, metrics.horizontalAdvance(name) + 2, 2 * y), Qt::AlignVCenter, name);
        left += metrics.horizontalAdvance(name) + theme.px(24);
    };
    if (both && m_read < 0) {
        entry(true, tr("start"));
        entry(false, tr("now"));
    }
    painter.setPen(theme.color(Tone::Ink));
    const QRectF line(left, 0, area.right() - left, theme.px(kLegendHeight - 4));
    painter.drawText(line, (m_read < 0 ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter,
                     metrics.elidedText(m_read < 0 ? m_remark : binText(m_read), Qt::ElideRight, line.width()));
    if (m_read >= 0) painter.fillRect(QRectF(xOf(middleOf(m_read)) - 0.5, area.top(), 1, area.height()), theme.color(Tone::Ink));
    if (hasFocus()) paintFocusRing(&painter, rect());
    painter.setFont(theme.font(TextRole::Caption));
    painter.setPen(theme.color(Tone::Ink2));
    const std::vector<double> ticks = roundTicks(m_low, m_high, kTicks);
    const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : m_high - m_low;
    for (const double tick : ticks) {
        const QString text = tickText(tick, step);
        const double width = painter.fontMetrics().horizontalAdvance(text) + 2;
        const double x = std::clamp(xOf(tick) - width / 2, 0.0, this->width() - width);
        painter.drawText(QRectF(x, area.bottom() + theme.px(3), width, theme.px(kAxisHeight - 3)),
                         Qt::AlignHCenter | Qt::AlignVCenter, text);
    }
}

double HistogramPlot::fullHeight() const {
    std::vector<std::int64_t> counts = m_now.counts;
    counts.insert(counts.end(), m_before.counts.begin(), m_before.counts.end());
    std::sort(counts.rbegin(), counts.rend());
    const auto largest = static_cast<double>(std::max<std::int64_t>(1, counts.front()));
    const double second = counts.size() > 1 ? static_cast<double>(counts[1]) : 0;
    return m_before.counts.empty() && second > 0 && largest > kLonePeak * second ? second / kBelowPeak : largest / kBelowTop;
}

void HistogramPlot::paintPeak(QPainter* painter, const QRectF& area) const {
    const auto peak = std::max_element(m_now.counts.begin(), m_now.counts.end());
    if (static_cast<double>(*peak) <= fullHeight()) return;
    const std::int64_t total = std::accumulate(m_now.counts.begin(), m_now.counts.end(), std::int64_t{0});
    const Theme& theme = Theme::instance();
    painter->setFont(theme.font(TextRole::Caption));
    painter->setPen(theme.color(Tone::Warm));
    const QString text = tr("\u2191 %1").arg(percentText(static_cast<double>(*peak) / static_cast<double>(total)));
    const double x = xOf(middleOf(static_cast<int>(peak - m_now.counts.begin())));
    const double width = painter->fontMetrics().horizontalAdvance(text) + 2;
    const double beside = xOf(m_low + binWidth(m_now)) - xOf(m_low) + theme.px(6);
    const bool right = x + beside + width <= area.right();
    painter->drawText(QRectF(right ? x + beside : x - beside - width, area.top() + theme.px(2), width, theme.px(16)),
                      Qt::AlignVCenter | Qt::AlignLeft, text);
}

bool HistogramPlot::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const QRectF area = plotArea();
    QString text;
    if (hasContent() && area.contains(help->pos()))
        text = binText(binAt(m_low + (help->pos().x() - area.left()) / area.width() * (m_high - m_low)));
    else if (hasContent() && help->pos().y() < area.top())
        text = m_remark;  // may have had no room
    QToolTip::showText(help->globalPos(), text, this);
    return true;
}

void HistogramPlot::keyPressEvent(QKeyEvent* event) {
    const int by = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0;
    if (by == 0 || !hasContent()) return QWidget::keyPressEvent(event);
    const int last = static_cast<int>(m_now.counts.size()) - 1;
    const auto peak = static_cast<int>(std::max_element(m_now.counts.begin(), m_now.counts.end()) - m_now.counts.begin());
    // Only over what the axis shows.
    const int left = std::clamp(binAt(m_low), 0, last), right = std::clamp(binAt(m_high), left, last);
    setRead(m_read < 0 ? peak : std::clamp(m_read + by, left, right));
}

void HistogramPlot::focusOutEvent(QFocusEvent* event) {
    setRead(-1);
    QWidget::focusOutEvent(event);
}

}  // namespace thaw::ui
