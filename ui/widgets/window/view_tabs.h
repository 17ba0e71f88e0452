// The tabs above the centre: the chosen one stands on the panel below, with a bar in the accent under its name. All of them are
// that make sense for the run are in sight: where there is little room the gaps shrink first, then names give way to short ones,
// at last they are elided.
#pragma once

#include <QList>
#include <QTabBar>

namespace thaw::ui {

class ViewTabs : public QTabBar {
    Q_OBJECT
public:
    explicit ViewTabs(QWidget* parent = nullptr);

    /// `shortName`: where the names do not fit. The tool tip and the accessible name stay the long one.
    void addView(const QString& name, const QString& shortName, const QString& toolTip);
    /// The view means something else from here on.
    void renameView(int index, const QString& name, const QString& shortName, const QString& toolTip);
    void setViewVisible(int index, bool visible);
    QSize minimumSizeHint() const override { return {0, sizeHint().height()}; }

protected:
    QSize tabSizeHint(int index) const override;
    QSize minimumTabSizeHint(int index) const override { return tabSizeHint(index); }
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct View {
        QString name, shortName;
    };
    void fit();
    QList<View> m_views;
    bool m_short = false;
    bool m_byKey = false;  ///< the focus is shown
    int m_gap = 32;        ///< design pixels around a name
    int m_cut = 0;         ///< pixels that each name must do without
    int m_fitted = -1;     ///< width that the names were fitted to
};

}  // namespace thaw::ui
