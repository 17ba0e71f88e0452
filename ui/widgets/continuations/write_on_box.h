// "Write on": a box to type in, and what the model adds to it.
#pragma once

#include <QFrame>
#include <QTimer>

class QLabel;
class QPushButton;
class QTextEdit;

namespace thaw::ui {

class Chip;
class ContinuationController;

class WriteOnBox : public QFrame {
    Q_OBJECT
public:
    explicit WriteOnBox(ContinuationController& controller, QWidget* parent = nullptr);

    QTextEdit& edit() { return *m_edit; }
    QString text() const;
    void append(const QString& words);  ///< as typed at the end
    void setLow(bool low);
    QString note() const;

public Q_SLOTS:
    void writeOn();  ///< or stops
    void keep();     ///< pins the text up to where the model went on
    void foretell();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void showWritten();
    void tell();
    void type();
    void fit();

    ContinuationController& m_controller;
    QTextEdit* m_edit;
    QFrame* m_frame;
    QLabel *m_title, *m_about, *m_speed, *m_problem;
    Chip* m_live;
    QPushButton *m_write, *m_keep;
    QTimer m_pause;
    QString m_from;  ///< what the model goes on from
    bool m_filling = false, m_low = false;
};

}  // namespace thaw::ui
