#include "ui/models/percent_text.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace thaw::ui {

QString percentNumber(double fraction, int decimals) {
    const double most = fraction < 1 ? 100 - std::pow(10.0, -decimals) : 100 * fraction;
    return QLocale().toString(std::min(100 * fraction, most), 'f', decimals);
}

QString percentText(double fraction, int decimals) {
    return std::isfinite(fraction) ? percentNumber(fraction, decimals) + QChar(0x2009) + QLatin1Char('%')
                                   : QString(QChar(0x2013));
}

QString percentText(std::int64_t part, std::int64_t sum) {
    return percentText(sum > 0 ? static_cast<double>(part) / static_cast<double>(sum) : 0.0);
}

QString shortPercentText(double fraction) {
    int percent = qRound(fraction * 100.0);
    if (percent == 100 && fraction < 0.9995) percent = 99;
    return QLocale().toString(percent) + QLatin1Char('%');
}

}  // namespace thaw::ui
