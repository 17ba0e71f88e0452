#include "ui/widgets/parts/plot_axis.h"

#include <QLineF>
#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <cmath>

#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kHatchSpacing = 8;

}  // namespace

std::vector<double> roundTicks(double low, double high, int wanted) {
    if (!(low < high) || !std::isfinite(low) || !std::isfinite(high)) return {};
    const double rough = (high - low) / std::max(1, wanted);
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    const double share = rough / power;
    const double step = power * (share > 5 ? 10 : share > 2 ? 5 : share > 1 ? 2 : 1);
    std::vector<double> ticks;
    for (double n = std::ceil(low / step - 1e-9); n * step <= high + step * 1e-9; ++n) ticks.push_back(n * step);
    return ticks;
}

QString tickText(double value, double step) {
    const QLocale locale;
    const int decimals = static_cast<int>(std::ceil(-std::log10(step) - 1e-9));
    QString text =
        decimals > 5 || decimals < -6 ? locale.toString(value, 'g', 2) : locale.toString(value, 'f', std::max(0, decimals));
    if (std::abs(value) < step * 1e-6) text = QStringLiteral("0");
    return text.replace(QLatin1Char('-'), QChar(0x2212));
}

void paintHatch(QPainter* painter, const QRectF& area) {
    // Diagonals by hand: a pattern brush comes out differently on screen, in SVG and in PDF.
    const Theme& theme = Theme::instance();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(theme.color(Tone::Hatch), 1));
    const double spacing = theme.px(kHatchSpacing), height = area.height();
    for (double start = std::floor((area.left() - height) / spacing) * spacing; start < area.right(); start += spacing) {
        // From (start, bottom) to (start + height, top), cut to the area.
        const double from = std::max(0.0, area.left() - start), to = std::min(height, area.right() - start);
        if (to <= from) continue;
        painter->drawLine(QLineF(start + from, area.bottom() - from, start + to, area.bottom() - to));
    }
}

void paintFocusRing(QPainter* painter, const QRectF& area) {
    const Theme& theme = Theme::instance();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(theme.color(Tone::Accent), 2));
    painter->setBrush(Qt::NoBrush);
    painter->drawRoundedRect(area.adjusted(1, 1, -1, -1), theme.px(6), theme.px(6));
}

}  // namespace thaw::ui
