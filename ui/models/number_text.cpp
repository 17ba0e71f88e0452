#include "ui/models/number_text.h"

#include <QRegularExpression>

#include <cmath>

namespace thaw::ui {
namespace {

std::optional<double> plainNumber(const QString& digits) {
    bool ok = false;
    const double value = QLocale::c().toDouble(digits, &ok);
    return ok && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

/// "1,234,567" and not "0,005" or "12,34".
bool isGrouped(const QString& number, QChar sign) {
    static const QRegularExpression groups(QStringLiteral("^[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+$"));
    return groups.match(QString(number).replace(sign, QLatin1Char(','))).hasMatch();
}

}  // namespace

std::optional<TypedNumber> numberFromText(const QString& text, const QLocale& locale) {
    static const QRegularExpression spaces(QStringLiteral("(?<=[0-9])[\\s\u00a0\u2009\u202f'\u2019](?=[0-9]{3}(?![0-9]))"));
    QString number = text.trimmed().toLower().replace(QChar(0x2212), QLatin1Char('-'));
    number.remove(spaces);
    static const QRegularExpression shape(QStringLiteral("^[+-]?[0-9.,]*[0-9.,](e[+-]?[0-9]+)?$"));
    if (!shape.match(number).hasMatch()) return std::nullopt;

    const QChar point(QLatin1Char('.')), comma(QLatin1Char(','));
    const QChar usual = locale.decimalPoint() == QStringLiteral(",") ? comma : point, other = usual == point ? comma : point;
    const auto withDecimal = [](QString digits, QChar sign) { return plainNumber(digits.replace(sign, QLatin1Char('.'))); };
    TypedNumber typed;
    std::optional<double> value;
    if (number.contains(point) && number.contains(comma)) {
        // The last one is the decimal sign, the other stands between thousands.
        const QChar decimal = number.lastIndexOf(point) > number.lastIndexOf(comma) ? point : comma;
        const QChar group = decimal == point ? comma : point;
        if (!isGrouped(number.section(decimal, 0, 0), group)) return std::nullopt;
        typed.otherSign = decimal != usual;
        value = withDecimal(number.remove(group), decimal);
    } else if (!number.contains(other)) {
        value = withDecimal(number, usual);
    } else if (!isGrouped(number, other)) {
        typed.otherSign = true;
        value = withDecimal(number, other);
    } else {
        if (number.count(other) == 1) typed.otherwise = withDecimal(number, other);
        value = plainNumber(QString(number).remove(other));
    }
    if (!value) return std::nullopt;
    typed.value = *value;
    return typed;
}

QString ungroupedText(double value) {
    QLocale locale;
    locale.setNumberOptions(QLocale::OmitGroupSeparator);
    return locale.toString(value, 'g', 12);
}

}  // namespace thaw::ui
