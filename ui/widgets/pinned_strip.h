// The pinned pictures under the grid: for each a strip with one bar an evaluation. Height is how sure the network was; full
// bars were right, hollow ones wrong; a notch with the new name marks where it changed its mind.
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
    bool isFolded() const { return m_folded; }
    void setFolded(bool folded);

Q_SIGNALS:
    void pictureChosen(int id);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void refresh();

    PinnedListModel* m_pins = nullptr;
    QLabel *m_title, *m_legend;
    QToolButton* m_fold;
    QListView* m_list;
    int m_visibleRows = 2;
    bool m_folded = false;
};

}  // namespace thaw::ui
