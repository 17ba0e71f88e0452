// One class that is being collected: its name, a button that records as long as it is held, and its newest pictures.
#pragma once

#include <QFrame>

#include "ui/bridge/collect_controller.h"

class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QToolButton;

namespace thaw::ui {

class CollectedTiles;
class ElidedLabel;

class ClassCard : public QFrame {
    Q_OBJECT
public:
    ClassCard(CollectController& collect, int classId, QWidget* parent = nullptr);

    int classId() const { return m_id; }
    CollectedTiles& tiles() { return *m_tiles; }
    void setNumber(int number);  ///< from 1; up to 9 it is the key that records
    void setSelected(bool selected);
    void setCompact(bool compact);  ///< one row of pictures
    /// Against the largest class; `hint` empty: none.
    void refresh(int largest, const QString& hint);
    void rename();  ///< the name can be typed

Q_SIGNALS:
    void selected();
    void importRequested();
    void pasteRequested();
    void said(const QString& what);

protected:
    void mousePressEvent(QMouseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    QWidget* makeSide();
    void endRename(bool take);
    void showRecording();
    void showFoot();
    void applyTheme();

    CollectController& m_collect;
    int m_id, m_number = 0;
    bool m_selected = false;
    QString m_hint;
    QWidget* m_side;
    ElidedLabel* m_name;
    QLineEdit* m_edit;
    QToolButton* m_pen;
    QLabel *m_count, *m_more, *m_judged;
    QProgressBar* m_bar;
    QPushButton *m_hold, *m_import, *m_paste;
    CollectedTiles* m_tiles;
};

}  // namespace thaw::ui
