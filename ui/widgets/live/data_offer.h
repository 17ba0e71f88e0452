// On the welcome page of a machine without the lesson's own pictures: one button that gets them and runs the lesson, and beside
// it the start at once on what stands in for them. While they come it tells how far they are.
#pragma once

#include <QWidget>

class QBoxLayout;
class QLabel;
class QPushButton;

namespace thaw::ui {

class Session;
class TransferBar;

class DataOffer : public QWidget {
    Q_OBJECT
public:
    explicit DataOffer(Session& session, QWidget* parent = nullptr);
    /// Whether there is something to get; else the page has its usual button.
    bool isWanted() const;
    void refresh();
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void runLesson();  ///< on what is here
    void changed();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void applyTheme();
    void arrange();

    Session& m_session;
    QPushButton *m_get, *m_start;
    QLabel* m_note;
    TransferBar* m_transfer;
    QBoxLayout* m_buttons;
};

}  // namespace thaw::ui
