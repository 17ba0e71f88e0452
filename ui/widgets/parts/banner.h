// A message in the window, across it, under the run bar: what happened or a question, with one or two buttons. One at a time,
// the newest; never modal.
#pragma once

#include <QWidget>

#include <functional>

class QHBoxLayout;
class QLabel;
class QPushButton;

namespace thaw::ui {

class Banner : public QWidget {
    Q_OBJECT
public:
    enum class Look { Note, Warning };
    struct Choice {
        QString text;
        std::function<void()> action;  ///< after the banner has gone
    };

    explicit Banner(QWidget* parent = nullptr);

    /// `kind` names what it is about: dismiss(kind) takes only that one back. The first choice is the main one.
    void ask(const QString& kind, Look look, const QString& text, const std::vector<Choice>& choices = {});
    /// Other words for what is asked; nothing where it is not this kind.
    void reword(const QString& kind, const QString& text);
    void dismiss(const QString& kind);
    const QString& kind() const { return m_kind; }  ///< empty: nothing is asked
    QString text() const;
    QList<QPushButton*> buttons() const { return m_buttons; }
    void focusFirst();

protected:
    void keyPressEvent(QKeyEvent* event) override;  ///< Escape takes it back

private:
    void applyTheme();
    QString m_kind;
    Look m_look = Look::Note;
    QLabel *m_icon, *m_text;
    QHBoxLayout* m_choices;
    QList<QPushButton*> m_buttons;
};

}  // namespace thaw::ui
