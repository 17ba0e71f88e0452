// A dock of the body that folds into a rail: a strip with an icon and an upright name, one click from being open again.
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

private:
    void applyTheme();
    SideRail* m_rail;
    QStackedWidget* m_stack;
    QWidget* m_ground;
    Qt::Edge m_side;
    double m_width, m_bottom = 10;
};

}  // namespace thaw::ui
