// Shares of a whole in words.
#pragma once

#include <QString>

namespace thaw::ui {

/// "71.2" of 0.712; "100.0" only of what is not below 1.
QString percentNumber(double fraction, int decimals = 1);
/// The same with a thin space and "%"; a dash for what is not finite.
QString percentText(double fraction, int decimals = 1);
/// "71%" for tiles; 100% only for what is at least 0.9995.
QString shortPercentText(double fraction);

}  // namespace thaw::ui
