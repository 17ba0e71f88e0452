// A number with its unit. Whatever is typed stays typed: a wrong one is marked and explained, and stays until it is mended or
// taken back with Escape.
#pragma once

#include <QAbstractSpinBox>

#include <optional>

#include "ui/models/number_text.h"

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

    /// What is in force. What is being typed is left alone when that has not changed.
    void setValue(double value);
    void endTyping();                              ///< the next setValue replaces what is typed, whatever it is
    double value() const { return m_value; }       ///< the last number typed or set, in range or not
    QString problem() const { return m_problem; }  ///< a sentence that says what to type; empty when all is well
    QString remark() const { return m_remark; }    ///< a sentence about what is typed and all right: how a comma was taken

    void stepBy(int steps) override;
    QValidator::State validate(QString& input, int& pos) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    void edited(double value);    ///< by the user, at every key that leaves a number
    void finished(double value);  ///< by the user: Enter, a step or leaving the field, with a number in range
    void noteChanged();           ///< problem or remark

protected:
    StepEnabled stepEnabled() const override;
    void focusOutEvent(QFocusEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

private:
    std::optional<TypedNumber> parse(const QString& text) const;
    QString format(double value) const;
    bool inRange(double value) const;
    QString wish() const;  ///< the sentence that says what to type
    bool readText();       ///< false: there is no number
    void setNote(const QString& problem, const QString& remark);
    void takeBack();  ///< what is typed, for the last number that was in range
    void finish();

    const NumberRange m_range;
    const NumberStep m_step;
    const double m_stepSize;
    QString m_unit, m_wordForZero, m_problem, m_remark;
    double m_value = 0;
    double m_given = 0, m_good = 0;  ///< by setValue; to go back to
    bool m_unfinished = false;
};

}  // namespace thaw::ui
