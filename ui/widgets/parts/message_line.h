// Something went wrong, or something is to be known: a sentence on a card, a way to go on, and a way to put it away.
#pragma once

#include <QFrame>

class QLabel;
class QPushButton;

namespace thaw::ui {

class MessageLine : public QFrame {
    Q_OBJECT
public:
    explicit MessageLine(QWidget* parent = nullptr);

    /// Shows itself. Without an `action` there is no button.
    void say(const QString& text, const QString& action = {});
    QString text() const;  ///< empty while nothing is shown

Q_SIGNALS:
    void actionRequested();

private:
    QLabel* m_text;
    QPushButton* m_action;
};

}  // namespace thaw::ui
