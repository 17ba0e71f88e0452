#include "ui/widgets/parts/number_box.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QLocale>

#include <cmath>
#include <utility>

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
    const bool typing = lineEdit()->isModified();
    if (typing && value == m_given && value != m_value) return;
    const bool keeps = typing && value == m_value;
    m_value = m_given = value;
    if (!keeps) {
        if (inRange(value)) m_good = value;
        lineEdit()->setText(format(value));
        lineEdit()->setCursorPosition(0);
    }
    readText();
    m_unfinished = false;
}

void NumberBox::endTyping() { lineEdit()->setModified(false); }

void NumberBox::takeBack() {
    lineEdit()->setText(format(m_good));
    if (m_value != m_good) {
        m_value = m_good;
        Q_EMIT edited(m_value);
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
    if (event->key() == Qt::Key_Escape && lineEdit()->isModified()) return takeBack();
    QAbstractSpinBox::keyPressEvent(event);
}

void NumberBox::wheelEvent(QWheelEvent* event) {
    // A wheel that scrolls the form must not turn its numbers.
    if (hasFocus())
        QAbstractSpinBox::wheelEvent(event);
    else
        event->ignore();
}

std::optional<TypedNumber> NumberBox::parse(const QString& text) const {
    QString number = text.trimmed();
    if (!m_wordForZero.isEmpty() && number.compare(m_wordForZero, Qt::CaseInsensitive) == 0) return TypedNumber{};
    if (!m_unit.isEmpty() && number.endsWith(m_unit)) number.chop(m_unit.size());
    return numberFromText(number);
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

QString NumberBox::wish() const {
    const auto plain = [](double limit) {
        return std::abs(limit) >= 1000 || limit == std::floor(limit) ? QLocale().toString(limit, 'f', 0) : formatRate(limit);
    };
    const QString low = plain(m_range.minimum), high = plain(m_range.maximum);
    if (m_range.withoutMinimum) return tr("Type a number above %1, at most %2.").arg(low, high);
    if (m_range.withoutMaximum) return tr("Type a number from %1 to below %2.").arg(low, high);
    return (m_range.whole ? tr("Type a whole number from %1 to %2.") : tr("Type a number from %1 to %2.")).arg(low, high);
}

bool NumberBox::readText() {
    const QString text = lineEdit()->text().trimmed();
    const std::optional<TypedNumber> typed = parse(text);
    if (typed) {
        if (typed->value != m_value) m_unfinished = true;
        m_value = typed->value;
    }
    if (!typed) {
        setNote(text.isEmpty() ? wish() : tr("“%1” is no number. %2").arg(text, wish()), {});
    } else if (typed->otherwise && !m_range.whole) {
        setNote(tr("“%1” can be read as %2 or as %3. Type one of these.")
                    .arg(text, ungroupedText(typed->value), ungroupedText(*typed->otherwise)),
                {});
    } else if (!inRange(typed->value)) {
        setNote(wish(), {});
    } else {
        setNote({}, typed->otherSign ? tr("Taken as %1.").arg(format(typed->value)) : QString());
    }
    return typed.has_value();
}

void NumberBox::setNote(const QString& problem, const QString& remark) {
    if (m_problem == problem && m_remark == remark) return;
    m_problem = problem;
    m_remark = remark;
    setStyleProperty(this, "invalid", !problem.isEmpty());
    Q_EMIT noteChanged();
}

void NumberBox::finish() {
    if (!m_problem.isEmpty()) return;
    m_good = m_value;
    lineEdit()->setText(format(m_value));
    readText();
    if (std::exchange(m_unfinished, false)) Q_EMIT finished(m_value);
}

}  // namespace thaw::ui
