// Shares of a whole in words.
#pragma once

#include <QString>

#include <cstdint>

namespace thaw::ui {

/// "71.2" of 0.712; "100.0" only of what is not below 1.
QString percentNumber(double fraction, int decimals = 1);
/// The same with a thin space and "%"; a dash for what is not finite.
QString percentText(double fraction, int decimals = 1);
/// Of a sum; where that is 0, it is nothing.
QString percentText(std::int64_t part, std::int64_t sum);
/// "71%" for tiles; 100% only for what is at least 0.9995.
QString shortPercentText(double fraction);

}  // namespace thaw::ui
