// A dock of the body that folds into a rail: a strip with an icon and an upright name, one click from being open again. Its inner
// edge can be dragged.
#pragma once

#include <QAbstractButton>
#include <QDockWidget>

class QStackedWidget;

namespace thaw::ui {

class SideRail : public QAbstractButton {
    Q_OBJECT
public:
    SideRail(const QString& icon, const QString& name, Qt::Edge side, QWidget* parent = nullptr);
    void setLocked(bool locked);  ///< a small lock under the name
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    QString m_icon;
    Qt::Edge m_side;
    bool m_locked = false;
};

/// The gap between a dock and the centre, to be dragged.
class DockEdge : public QWidget {
    Q_OBJECT
public:
    DockEdge(const QString& name, QWidget* parent);

Q_SIGNALS:
    void dragBegun();
    void dragged(int pixels);  ///< to the right, since it begun
    void resetRequested();     ///< double click

protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;

private:
    int m_begun = 0;
    bool m_dragging = false;
};

class SideDock : public QDockWidget {
    Q_OBJECT
public:
    /// `width` at 100 %, of the open dock.
    SideDock(const QString& icon, const QString& name, Qt::Edge side, QWidget* panel, double width, QWidget* parent);

    bool isFolded() const;
    void setFolded(bool folded);
    void setLocked(bool locked) { m_rail->setLocked(locked); }
    void setOpenWidth(double designPixels);
    void setBottomMargin(double designPixels);

Q_SIGNALS:
    void foldedChanged(bool folded);
    void focusLost();                          ///< it was in the panel that is folded now
    void widthRequested(double designPixels);  ///< dragged by the user; 0: the usual one

protected:
    void resizeEvent(QResizeEvent* event) override;
    void moveEvent(QMoveEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void applyTheme();
    void placeEdge();
    SideRail* m_rail;
    DockEdge* m_edge;
    QStackedWidget* m_stack;
    QWidget* m_ground;
    Qt::Edge m_side;
    double m_width, m_bottom = 10, m_widthBefore = 0;
};

}  // namespace thaw::ui
