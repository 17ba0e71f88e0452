// The pinned pictures under the grid: for each a strip with one bar a moment of the run. Height is how sure the network was; full
// bars were right, hollow ones wrong; a notch with the new name marks where it changed its mind. A click on a bar, and the arrow
// keys to the left and right, go to its moment.
#pragma once

#include <QFrame>

class QLabel;
class QListView;
class QToolButton;

namespace thaw::ui {

class PinnedListModel;

class PinnedStrip : public QFrame {
    Q_OBJECT
public:
    explicit PinnedStrip(QWidget* parent = nullptr);

    void setPins(PinnedListModel* pins);
    /// Rows shown before it scrolls.
    void setVisibleRows(int rows);
    /// So many rows has a strip of that height, below its title.
    static int rowsIn(int height);
    bool isFolded() const { return m_folded; }
    void setFolded(bool folded);
    /// Where there is little height: folded away with its title.
    void setHiddenFolded(bool hidden);

Q_SIGNALS:
    void foldedChanged();
    void pictureChosen(int id);
    void momentChosen(qint64 step);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void refresh();
    void stepMoment(int by);

    PinnedListModel* m_pins = nullptr;
    QLabel *m_title, *m_legend;
    QToolButton* m_fold;
    QListView* m_list;
    int m_visibleRows = 2;
    bool m_folded = false, m_hiddenFolded = false;
};

}  // namespace thaw::ui
