#include "ui/widgets/window/rate_box.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QLocale>

#include <cmath>

#include "ui/models/number_text.h"
#include "ui/widgets/parts/field_note.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

/// 0.1 * 1e-4 is 0.00001 and not 0.000010000000000000001.
double rounded(double value) { return QString::number(value, 'g', 12).toDouble(); }

}  // namespace

RateBox::RateBox(QWidget* parent) : QAbstractSpinBox(parent), m_note(new FieldNote(this)) {
    setButtonSymbols(NoButtons);
    setAlignment(Qt::AlignCenter);
    setProperty("rate", true);
    setKeyboardTracking(false);
    setAccessibleName(tr("Learning rate"));
    connect(lineEdit(), &QLineEdit::textEdited, this, &RateBox::readText);
    connect(&Theme::instance(), &Theme::changed, this, [this] { updateGeometry(); });
    showRate();
}

void RateBox::setRate(double rate) {
    m_rate = rate;
    if (!lineEdit()->isModified() || (!hasFocus() && !m_wrong)) showRate();
}

void RateBox::showRate() {
    lineEdit()->setText(formatRate(m_rate));
    lineEdit()->setModified(false);
    setNote({}, false);
}

void RateBox::setNote(const QString& sentence, bool wrong) {
    m_wrong = wrong;
    setStyleProperty(this, "invalid", wrong);
    m_note->say(sentence, wrong);
}

std::optional<double> RateBox::readText() {
    const QString text = lineEdit()->text().trimmed();
    const std::optional<TypedNumber> typed = numberFromText(text);
    const QString wish = tr("Type a number above 0, at most %1, for example 0.0005. Until then %2 holds.")
                             .arg(QLocale().toString(kMaximum, 'f', 0), formatRate(m_rate));
    if (!typed) {
        setNote(text.isEmpty() ? wish : tr("“%1” is no number. %2").arg(text, wish), true);
    } else if (typed->otherwise) {
        setNote(tr("“%1” can be read as %2 or as %3. Type one of these.")
                    .arg(text, ungroupedText(typed->value), ungroupedText(*typed->otherwise)),
                true);
    } else if (!(typed->value > 0 && typed->value <= kMaximum)) {
        setNote(wish, true);
    } else {
        setNote(typed->otherSign ? tr("Taken as %1. Enter applies it.").arg(formatRate(typed->value)) : QString(), false);
        return typed->value;
    }
    return std::nullopt;
}

void RateBox::applyText() {
    const std::optional<double> value = readText();
    if (!value) return;
    lineEdit()->setModified(false);
    setNote({}, false);
    // Shown with four digits: the same text is the same rate.
    if (formatRate(*value) == formatRate(m_rate)) return showRate();
    Q_EMIT rateRequested(*value);
}

void RateBox::stepBy(int steps) {
    const double value = rounded(m_rate * std::pow(10.0, steps));
    if (!(m_rate > 0) || value < kMinimum || value > kMaximum) return;
    lineEdit()->setModified(false);
    Q_EMIT rateRequested(value);
}

QValidator::State RateBox::validate(QString&, int&) const { return QValidator::Acceptable; }

QAbstractSpinBox::StepEnabled RateBox::stepEnabled() const {
    StepEnabled enabled = StepNone;
    if (m_rate > 0 && m_rate * 10 <= kMaximum * 1.0000001) enabled |= StepUpEnabled;
    if (m_rate / 10 >= kMinimum) enabled |= StepDownEnabled;
    return enabled;
}

void RateBox::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Return:
        case Qt::Key_Enter:
            applyText();
            return;
        case Qt::Key_Escape:
            showRate();
            return;
        default:
            QAbstractSpinBox::keyPressEvent(event);
    }
}

void RateBox::focusOutEvent(QFocusEvent* event) {
    QAbstractSpinBox::focusOutEvent(event);
    if (!m_wrong) showRate();  // only Enter applies
}

void RateBox::changeEvent(QEvent* event) {
    QAbstractSpinBox::changeEvent(event);
    if (event->type() == QEvent::EnabledChange && !isEnabled()) showRate();
}

QSize RateBox::sizeHint() const { return {Theme::instance().px(102), Theme::instance().px(34)}; }

}  // namespace thaw::ui
