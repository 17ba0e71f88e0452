// A number with its unit. Whatever is typed stays typed: a wrong one is marked and explained instead of being changed.
#pragma once

#include <QAbstractSpinBox>

namespace thaw::ui {

struct NumberRange {
    double minimum = 0, maximum = 0;
    bool whole = false;
    bool withoutMinimum = false, withoutMaximum = false;  ///< the ends themselves are excluded
};

enum class NumberStep { Add, Double, TimesTen };

class NumberBox : public QAbstractSpinBox {
    Q_OBJECT
public:
    /// `size`: what a step adds; the other kinds of step need none.
    explicit NumberBox(const NumberRange& range, NumberStep step = NumberStep::Add, double size = 1, QWidget* parent = nullptr);

    void setUnit(const QString& unit);  ///< shown behind the number: "px", "min"
    /// Shown instead of the number zero: "all".
    void setWordForZero(const QString& word);

    /// What is in force. A number that is being typed is left alone when it means the same.
    void setValue(double value);
    double value() const { return m_value; }       ///< the last number typed or set, in range or not
    QString problem() const { return m_problem; }  ///< a sentence that says what to type; empty when all is well

    void stepBy(int steps) override;
    QValidator::State validate(QString& input, int& pos) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    void edited(double value);    ///< by the user, at every key that leaves a number
    void finished(double value);  ///< by the user: Enter, a step or leaving the field, with a number in range
    void problemChanged();

protected:
    StepEnabled stepEnabled() const override;
    void focusOutEvent(QFocusEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

private:
    bool parse(const QString& text, double& value) const;
    QString format(double value) const;
    bool inRange(double value) const;
    bool readText();  ///< false: there is no number
    void setProblem(const QString& problem);
    void finish();

    const NumberRange m_range;
    const NumberStep m_step;
    const double m_stepSize;
    QString m_unit, m_wordForZero, m_problem;
    double m_value = 0;
    bool m_unfinished = false;
};

}  // namespace thaw::ui
