// The learning rate: typed, or stepped by powers of ten; Enter applies, Escape takes back. A wrong one is explained below the
// field and stays until it is mended.
#pragma once

#include <QAbstractSpinBox>

#include <optional>

namespace thaw::ui {

class FieldNote;

class RateBox : public QAbstractSpinBox {
    Q_OBJECT
public:
    static constexpr double kMaximum = 10;  ///< as core::SetLearningRate allows
    static constexpr double kMinimum = 1e-12;

    explicit RateBox(QWidget* parent = nullptr);

    /// The rate in force. Leaves a number that is being typed alone.
    void setRate(double rate);
    double rate() const { return m_rate; }
    void stepBy(int steps) override;  ///< times ten for each step up, a tenth for each step down; applies at once
    QValidator::State validate(QString& input, int& pos) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    void rateRequested(double rate);

protected:
    StepEnabled stepEnabled() const override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    std::optional<double> readText();  ///< and says what is wrong with it
    void applyText();
    void showRate();
    void setNote(const QString& sentence, bool wrong);
    double m_rate = 0;
    FieldNote* m_note;
    bool m_wrong = false;
};

}  // namespace thaw::ui
