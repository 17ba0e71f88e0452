// Numbers as people type them: with a point or a comma before the decimals, whatever the locale.
#pragma once

#include <QLocale>
#include <QString>

#include <optional>

namespace thaw::ui {

struct TypedNumber {
    double value = 0;
    /// The locale's sign between thousands was taken for the decimal sign: "0,0005" where people write 0.0005.
    bool otherSign = false;
    /// It could be meant either way, as "1,500"; `value` is what the locale says, this is the other.
    std::optional<double> otherwise;
};

/// Nothing for what is no finite number. Spaces around and between thousands are passed over.
std::optional<TypedNumber> numberFromText(const QString& text, const QLocale& locale = QLocale());

/// Of numbers that can be read either way: "1500" and "1.5", without signs between thousands.
QString ungroupedText(double value);

}  // namespace thaw::ui
