// The chosen picture, whole, with what the network says of it and the pictures next to it; and what can be decided about it.
#pragma once

#include <QImage>
#include <QWidget>

#include <vector>

#include "core/api/decisions.h"
#include "ui/models/findings.h"

class QLabel;
class QMenu;
class QPushButton;
class QToolButton;

namespace thaw::ui {

class DoctorController;
class ElidedLabel;

class PictureSide : public QWidget {
    Q_OBJECT
public:
    explicit PictureSide(DoctorController& doctor, QWidget* parent = nullptr);

    /// `place` of `count` that are shown, from 1; `others`: of a group the other pictures. Null: none is chosen.
    void setPicture(const FoundPicture* picture, int place, int count, std::vector<FoundPicture> others);
    void setLow(bool low);  ///< without the pictures next to it
    void openWhole();       ///< in a window of its own

Q_SIGNALS:
    void stepRequested(int by);
    void decided(thaw::core::DecisionKind kind, const QString& className);
    void onlyThisRequested();  ///< of a group: the others are left out
    void allKeptRequested();   ///< of a group

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;  ///< a click on the picture

private:
    QWidget* makeHead();
    QWidget* makeButtons();
    void refresh();
    void refreshNear();
    void refreshButtons();

    DoctorController& m_doctor;
    bool m_has = false, m_low = false;
    FoundPicture m_picture;
    std::vector<FoundPicture> m_others;
    QImage m_whole;
    QLabel *m_title, *m_image, *m_label, *m_says, *m_nearTitle;
    QWidget* m_near;
    std::vector<QLabel*> m_nearImages;
    std::vector<ElidedLabel*> m_nearLabels;
    QToolButton *m_previous, *m_next, *m_move;
    QPushButton *m_main, *m_leaveOut, *m_keep;
    QMenu* m_classes;
};

}  // namespace thaw::ui
