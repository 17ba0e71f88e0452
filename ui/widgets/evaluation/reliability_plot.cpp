#include "ui/widgets/evaluation/reliability_plot.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

#include "ui/models/color_map.h"
#include "ui/models/percent_text.h"
#include "ui/models/prediction_list_model.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

// Design pixels.
constexpr int kLeft = 48, kRight = 10, kTop = 10, kBottom = 36, kBetween = 10, kMostSide = 460, kReadOut = 20;
constexpr double kCountsPart = 0.22, kMostWide = 1.7;  // of the height

QString number(std::int64_t value) { return QLocale().toString(static_cast<qlonglong>(value)); }

/// "812", "3.2k": as much as fits.
QString countText(std::int64_t value, const QFontMetrics& metrics, double room) {
    const QString whole = number(value);
    if (metrics.horizontalAdvance(whole) <= room) return whole;
    const QString brief =
        ReliabilityPlot::tr("%1k", "thousands").arg(QLocale().toString(double(value) / 1000, 'f', value < 9950 ? 1 : 0));
    return value >= 1000 && metrics.horizontalAdvance(brief) <= room ? brief : QString();
}

}  // namespace

ReliabilityPlot::ReliabilityPlot(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Reliability diagram"));
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void ReliabilityPlot::setCalibration(const core::Calibration& calibration) {
    m_calibration = calibration;
    QStringList spoken;
    for (int bin = 0; bin < static_cast<int>(m_calibration.bins.size()); ++bin)
        if (m_calibration.bins[static_cast<std::size_t>(bin)].count > 0) spoken += binText(bin);
    setAccessibleDescription(spoken.join(QStringLiteral(". ")));
    setCurrent(m_current);
    update();
}

QSize ReliabilityPlot::sizeHint() const { return {Theme::instance().px(380), Theme::instance().px(470)}; }
QSize ReliabilityPlot::minimumSizeHint() const { return {Theme::instance().px(200), Theme::instance().px(280)}; }

QString ReliabilityPlot::binText(int bin) const {
    if (bin < 0 || bin >= static_cast<int>(m_calibration.bins.size())) return {};
    const core::CalibrationBin& one = m_calibration.bins[static_cast<std::size_t>(bin)];
    const QLocale locale;
    const QString range =
        tr("%1 to %2 % sure").arg(locale.toString(100 * one.low, 'f', 0), locale.toString(100 * one.high, 'f', 0));
    if (one.count == 0) return tr("%1: no picture").arg(range);
    const QString pictures = one.count == 1 ? tr("1 picture") : tr("%1 pictures").arg(number(one.count));
    return tr("%1: %2, right in %3, sure by %4").arg(range, pictures, percentText(one.accuracy), percentText(one.confidence));
}

ReliabilityPlot::Places ReliabilityPlot::places() const {
    const Theme& theme = Theme::instance();
    const QRectF room =
        QRectF(rect()).adjusted(theme.px(kLeft), theme.px(kTop), -theme.px(kRight), -theme.px(kBottom + kReadOut));
    const double countsHeight = room.height() * kCountsPart;
    const double side = std::min({room.width(), room.height() - countsHeight - theme.px(kBetween), double(theme.px(kMostSide))});
    Places places;
    const double wide = std::min(room.width(), kMostWide * side);
    places.chart = QRectF(room.left() + (room.width() - wide) / 2, room.top(), wide, side);
    places.counts =
        QRectF(places.chart.left(), places.chart.bottom() + theme.px(kBetween), wide, std::min(countsHeight, side * 0.4));
    return places;
}

int ReliabilityPlot::binAt(const QPointF& point) const {
    const Places here = places();
    const QRectF all = here.chart.united(here.counts);
    const int bins = static_cast<int>(m_calibration.bins.size());
    if (!all.contains(point) || bins == 0) return -1;
    return std::min(bins - 1, static_cast<int>((point.x() - all.left()) / all.width() * bins));
}

void ReliabilityPlot::setCurrent(int bin) {
    m_current = bin < static_cast<int>(m_calibration.bins.size()) ? bin : -1;
    update();
}

void ReliabilityPlot::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Places here = places();
    const QRectF chart = here.chart;
    const QFont caption = theme.font(TextRole::Caption);
    painter.setFont(caption);
    const auto y = [&](double part) { return chart.bottom() - part * chart.height(); };
    const auto x = [&](double part) { return chart.left() + part * chart.width(); };

    for (const double tick : {0.0, 0.2, 0.4, 0.6, 0.8, 1.0}) {
        painter.setPen(QPen(theme.color(Tone::Line2), 1));
        painter.drawLine(QPointF(chart.left(), y(tick)), QPointF(chart.right(), y(tick)));
        painter.setPen(theme.color(Tone::Ink3));
        const QString text = QLocale().toString(100 * tick, 'f', 0);
        painter.drawText(QRectF(chart.left() - theme.px(40), y(tick) - theme.px(9), theme.px(34), theme.px(18)),
                         Qt::AlignRight | Qt::AlignVCenter, text);
        painter.drawText(QRectF(x(tick) - theme.px(20), here.counts.bottom() + theme.px(2), theme.px(40), theme.px(16)),
                         Qt::AlignCenter, text);
    }
    painter.drawText(QRectF(chart.left(), here.counts.bottom() + theme.px(17), chart.width(), theme.px(17)), Qt::AlignCenter,
                     tr("how sure it is (confidence, %)"));
    painter.save();
    painter.translate(chart.left() - theme.px(42), chart.center().y());
    painter.rotate(-90);
    painter.drawText(QRectF(-chart.height() / 2, -theme.px(9), chart.height(), theme.px(18)), Qt::AlignCenter,
                     tr("how often it is right (%)"));
    painter.restore();

    const std::size_t bins = m_calibration.bins.size();
    std::int64_t most = 1;
    for (const core::CalibrationBin& bin : m_calibration.bins) most = std::max(most, bin.count);
    const double gap = theme.px(1.5);
    for (std::size_t i = 0; i < bins; ++i) {
        const core::CalibrationBin& bin = m_calibration.bins[i];
        const bool current = static_cast<int>(i) == m_current;
        const double left = x(bin.low) + gap, width = x(bin.high) - x(bin.low) - 2 * gap;
        if (current)
            painter.fillRect(QRectF(left - gap, chart.top(), width + 2 * gap, here.counts.bottom() - chart.top()),
                             theme.color(Tone::Surface2));
        if (bin.count == 0) continue;
        painter.fillRect(QRectF(left, y(bin.accuracy), width, chart.bottom() - y(bin.accuracy)), theme.color(Tone::Training));
        // From what it is to what it says.
        const bool tooSure = bin.confidence > bin.accuracy;
        const double top = std::min(y(bin.accuracy), y(bin.confidence)), bottom = std::max(y(bin.accuracy), y(bin.confidence));
        const QColor between = theme.color(tooSure ? Tone::Wrong : Tone::Right);
        painter.setPen(QPen(between, 1.2 * theme.scale()));
        painter.setBrush(mixed(theme.color(Tone::Surface), between, 0.25));
        if (bottom - top > 1) painter.drawRect(QRectF(left + 0.6, top, width - 1.2, bottom - top));

        const QFontMetrics metrics(caption);
        const double textHeight = theme.px(15);
        const double tall = (here.counts.height() - textHeight) * static_cast<double>(bin.count) / static_cast<double>(most);
        const QRectF bar(left, here.counts.bottom() - std::max(1.0, tall), width, std::max(1.0, tall));
        painter.fillRect(bar, theme.color(current ? Tone::Ink3 : Tone::Raw));
        painter.setPen(theme.color(Tone::Ink2));
        painter.drawText(QRectF(left - theme.px(8), bar.top() - textHeight, width + theme.px(16), textHeight), Qt::AlignCenter,
                         countText(bin.count, metrics, width + 2 * gap));
    }
    painter.setPen(QPen(theme.color(Tone::Ink2), 1.5 * theme.scale(), Qt::DashLine));
    painter.drawLine(chart.bottomLeft(), chart.topRight());
    painter.setPen(QPen(theme.color(Tone::Line), 1));
    painter.drawLine(here.counts.bottomLeft(), here.counts.bottomRight());
    painter.drawLine(chart.bottomLeft(), chart.bottomRight());
    const QString readOut = binText(m_current);
    if (!readOut.isEmpty()) {
        painter.setPen(theme.color(Tone::Ink));
        const QRectF line(0, height() - theme.px(kReadOut), width(), theme.px(kReadOut));
        painter.drawText(line, Qt::AlignCenter, painter.fontMetrics().elidedText(readOut, Qt::ElideRight, width()));
    }
    if (hasFocus()) {
        painter.setPen(QPen(theme.color(Tone::Accent), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), theme.px(6), theme.px(6));
    }
}

bool ReliabilityPlot::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), binText(binAt(help->pos())), this);
        return true;
    }
    return QWidget::event(event);
}

void ReliabilityPlot::keyPressEvent(QKeyEvent* event) {
    const int bins = static_cast<int>(m_calibration.bins.size());
    if (bins > 0 && (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right))
        return setCurrent(std::clamp(m_current + (event->key() == Qt::Key_Left ? -1 : 1), 0, bins - 1));
    QWidget::keyPressEvent(event);
}

void ReliabilityPlot::mouseMoveEvent(QMouseEvent* event) { setCurrent(binAt(event->position())); }
void ReliabilityPlot::leaveEvent(QEvent*) { setCurrent(-1); }

void ReliabilityPlot::focusOutEvent(QFocusEvent* event) {
    setCurrent(-1);
    QWidget::focusOutEvent(event);
}

}  // namespace thaw::ui
