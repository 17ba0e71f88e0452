#include "ui/widgets/parts/number_box.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QLocale>

#include <cmath>

#include "ui/widgets/parts/styling.h"

namespace thaw::ui {

NumberBox::NumberBox(const NumberRange& range, NumberStep step, double size, QWidget* parent)
    : QAbstractSpinBox(parent), m_range(range), m_step(step), m_stepSize(size) {
    setFocusPolicy(Qt::StrongFocus);
    setCorrectionMode(CorrectToPreviousValue);
    setKeyboardTracking(true);
    connect(lineEdit(), &QLineEdit::textEdited, this, [this] {
        if (readText()) Q_EMIT edited(m_value);
    });
    lineEdit()->setText(format(m_value));
}

void NumberBox::setUnit(const QString& unit) {
    m_unit = unit;
    lineEdit()->setText(format(m_value));
}

void NumberBox::setWordForZero(const QString& word) {
    m_wordForZero = word;
    lineEdit()->setText(format(m_value));
}

void NumberBox::setValue(double value) {
    double shown = 0;
    const bool same = value == m_value && parse(lineEdit()->text(), shown) && shown == value;
    m_value = value;
    if (!same) {
        lineEdit()->setText(format(value));
        lineEdit()->setCursorPosition(0);
    }
    readText();
    m_unfinished = false;
}

void NumberBox::stepBy(int steps) {
    double value = m_value;
    switch (m_step) {
        case NumberStep::Add:
            value += steps * m_stepSize;
            break;
        case NumberStep::Double:
            value = value == 0 ? (steps > 0 ? m_stepSize : 0) : value * std::pow(2, steps);
            break;
        case NumberStep::TimesTen:
            value *= std::pow(10, steps);
            break;
    }
    // Powers of ten leave a tail of digits that nobody typed.
    value = m_range.whole ? std::floor(value) : QString::number(value, 'g', 12).toDouble();
    if (value < m_range.minimum) value = m_range.minimum;
    if (value > m_range.maximum) value = m_range.maximum;
    if (!inRange(value)) return;
    lineEdit()->setText(format(value));
    lineEdit()->selectAll();
    readText();
    Q_EMIT edited(m_value);
    m_unfinished = true;
    finish();
}

QValidator::State NumberBox::validate(QString&, int&) const { return QValidator::Acceptable; }

QSize NumberBox::sizeHint() const {
    const Theme& theme = Theme::instance();
    return {theme.px(84), theme.px(32)};
}

QAbstractSpinBox::StepEnabled NumberBox::stepEnabled() const {
    StepEnabled enabled = StepNone;
    if (m_value > m_range.minimum) enabled |= StepDownEnabled;
    if (m_value < m_range.maximum) enabled |= StepUpEnabled;
    return enabled;
}

void NumberBox::focusOutEvent(QFocusEvent* event) {
    finish();
    QAbstractSpinBox::focusOutEvent(event);
}

void NumberBox::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) return finish();
    QAbstractSpinBox::keyPressEvent(event);
}

void NumberBox::wheelEvent(QWheelEvent* event) {
    // A wheel that scrolls the form must not turn its numbers.
    if (hasFocus())
        QAbstractSpinBox::wheelEvent(event);
    else
        event->ignore();
}

bool NumberBox::parse(const QString& text, double& value) const {
    QString number = text.trimmed();
    if (!m_wordForZero.isEmpty() && number.compare(m_wordForZero, Qt::CaseInsensitive) == 0) {
        value = 0;
        return true;
    }
    if (!m_unit.isEmpty() && number.endsWith(m_unit)) number = number.chopped(m_unit.size()).trimmed();
    bool ok = false;
    value = QLocale().toDouble(number, &ok);
    if (!ok) value = QLocale::c().toDouble(number, &ok);
    return ok && std::isfinite(value);
}

QString NumberBox::format(double value) const {
    if (value == 0 && !m_wordForZero.isEmpty()) return m_wordForZero;
    QLocale plain;
    plain.setNumberOptions(QLocale::OmitGroupSeparator);
    QString number = m_range.whole && value == std::floor(value) ? plain.toString(value, 'f', 0)
                     : value > 0                                 ? formatRate(value)
                                                                 : plain.toString(value, 'g', 6);
    // "1E-07" reads as people write it: 1e-7.
    number = number.toLower().replace(QLatin1String("e-0"), QLatin1String("e-"));
    return m_unit.isEmpty() ? number : number + QChar(0x2009) + m_unit;
}

bool NumberBox::inRange(double value) const {
    if (m_range.whole && value != std::floor(value)) return false;
    return (m_range.withoutMinimum ? value > m_range.minimum : value >= m_range.minimum) &&
           (m_range.withoutMaximum ? value < m_range.maximum : value <= m_range.maximum);
}

bool NumberBox::readText() {
    double value = 0;
    const bool number = parse(lineEdit()->text(), value);
    if (number) {
        if (value != m_value) m_unfinished = true;
        m_value = value;
    }
    if (number && inRange(value)) {
        setProblem({});
    } else {
        const auto plain = [](double limit) {
            return std::abs(limit) >= 1000 || limit == std::floor(limit) ? QLocale().toString(limit, 'f', 0) : formatRate(limit);
        };
        const QString low = plain(m_range.minimum), high = plain(m_range.maximum);
        if (m_range.withoutMinimum)
            setProblem(tr("Type a number above %1, at most %2.").arg(low, high));
        else if (m_range.withoutMaximum)
            setProblem(tr("Type a number from %1 to below %2.").arg(low, high));
        else
            setProblem(
                (m_range.whole ? tr("Type a whole number from %1 to %2.") : tr("Type a number from %1 to %2.")).arg(low, high));
    }
    return number;
}

void NumberBox::setProblem(const QString& problem) {
    if (m_problem == problem) return;
    m_problem = problem;
    setStyleProperty(this, "invalid", !problem.isEmpty());
    Q_EMIT problemChanged();
}

void NumberBox::finish() {
    double value = 0;
    if (!parse(lineEdit()->text(), value)) {
        lineEdit()->setText(format(m_value));
        readText();
    }
    if (!m_problem.isEmpty()) return;
    lineEdit()->setText(format(m_value));
    if (std::exchange(m_unfinished, false)) Q_EMIT finished(m_value);
}

}  // namespace thaw::ui
