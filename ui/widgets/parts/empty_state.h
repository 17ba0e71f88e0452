// A page that has nothing to show yet: what it is about, and what to do.
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace thaw::ui {

class EmptyState : public QWidget {
    Q_OBJECT
public:
    explicit EmptyState(QWidget* parent = nullptr);

    /// Without an `action` there is no button.
    void say(const QString& title, const QString& text, const QString& action = {});
    QString title() const;
    QString text() const;

Q_SIGNALS:
    void actionRequested();

private:
    QLabel *m_title, *m_text;
    QPushButton* m_action;
};

}  // namespace thaw::ui
