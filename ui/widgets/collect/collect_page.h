// "Collect and train": a card a class, and beside them the live picture with the head's answers.
#pragma once

#include <QFrame>

#include <functional>
#include <vector>

#include "ui/bridge/collect_controller.h"

class QBoxLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QToolButton;

namespace thaw::ui {

class ClassCard;
class ElidedLabel;
class LivePanel;
class MessageLine;

class CollectPage : public QWidget {
    Q_OBJECT
public:
    /// Opens its collection and the first camera when it is first shown.
    explicit CollectPage(CollectFactory factory = coreCollectFactory(), FrameSources sources = coreFrameSources(),
                         QWidget* parent = nullptr);

    CollectController& controller() { return m_collect; }
    int selectedClass() const { return m_selected; }

Q_SIGNALS:
    void backRequested();
    /// The data set is saved: it and the trunk are to be chosen for the next run.
    void studioRequested(const QString& folder, const thaw::core::CollectTrunk& trunk);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;  ///< lets go of the camera
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    bool event(QEvent* event) override;

private:
    QWidget* makeHead();
    QWidget* makeFoot();
    void showClasses();
    void showCounts();
    void select(int classId);
    ClassCard* card(int classId) const;
    void addClass();
    void importInto(int classId);
    void pasteInto(int classId);
    void startSaving(bool thenStudio);
    void whenSaved(const QString& folder);
    void endTitle();
    void arrange();

    CollectController m_collect;
    int m_selected = 0;
    bool m_toStudio = false;
    std::vector<ClassCard*> m_cards;
    ElidedLabel* m_title;
    QLineEdit* m_titleEdit;
    QLabel* m_counts;
    MessageLine* m_message;
    QBoxLayout* m_cardRows;
    QPushButton* m_add;
    LivePanel* m_live;
};

}  // namespace thaw::ui
