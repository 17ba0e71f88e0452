#include "ui/widgets/window/rate_box.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QLocale>

#include <cmath>

#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

/// A point is understood in every locale; anything else as the locale writes it.
double parseRate(const QString& text, bool* ok) {
    double value = QLocale::c().toDouble(text.trimmed(), ok);
    if (!*ok) value = QLocale().toDouble(text.trimmed(), ok);
    if (*ok && !(value > 0 && value <= RateBox::kMaximum && std::isfinite(value))) *ok = false;
    return value;
}

/// 0.1 * 1e-4 is 0.00001 and not 0.000010000000000000001.
double rounded(double value) { return QString::number(value, 'g', 12).toDouble(); }

}  // namespace

RateBox::RateBox(QWidget* parent) : QAbstractSpinBox(parent) {
    setButtonSymbols(NoButtons);
    setAlignment(Qt::AlignCenter);
    setProperty("rate", true);
    setKeyboardTracking(false);
    setAccessibleName(tr("Learning rate"));
    connect(lineEdit(), &QLineEdit::textEdited, this, [this](const QString& text) {
        bool ok = false;
        parseRate(text, &ok);
        setStyleProperty(this, "invalid", !ok);
    });
    connect(&Theme::instance(), &Theme::changed, this, [this] { updateGeometry(); });
    showRate();
}

void RateBox::setRate(double rate) {
    m_rate = rate;
    if (!lineEdit()->isModified() || !hasFocus()) showRate();
}

void RateBox::showRate() {
    lineEdit()->setText(formatRate(m_rate));
    lineEdit()->setModified(false);
    setStyleProperty(this, "invalid", false);
}

void RateBox::applyText() {
    bool ok = false;
    const double value = parseRate(lineEdit()->text(), &ok);
    if (!ok) {
        showRate();
        return;
    }
    lineEdit()->setModified(false);
    setStyleProperty(this, "invalid", false);
    // Shown with four digits: the same text is the same rate.
    if (lineEdit()->text() == formatRate(m_rate)) return;
    Q_EMIT rateRequested(value);
}

void RateBox::stepBy(int steps) {
    const double value = rounded(m_rate * std::pow(10.0, steps));
    if (!(m_rate > 0) || value < kMinimum || value > kMaximum) return;
    lineEdit()->setModified(false);
    Q_EMIT rateRequested(value);
}

QValidator::State RateBox::validate(QString& input, int&) const {
    bool ok = false;
    parseRate(input, &ok);
    return ok ? QValidator::Acceptable : QValidator::Intermediate;
}

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
    showRate();  // only Enter applies
}

QSize RateBox::sizeHint() const { return {Theme::instance().px(102), Theme::instance().px(34)}; }

}  // namespace thaw::ui
