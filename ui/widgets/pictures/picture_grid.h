// The pictures of one page as tiles, as many as fit: the grid tells the model the size of a page. Keeps the chosen picture by
// its id when the model refreshes. Arrow keys go on over the page's ends, Page Up and Page Down turn pages, P shows raw pixels.
#pragma once

#include <QListView>

namespace thaw::ui {

class PictureTileDelegate;
class PinnedListModel;
class PredictionListModel;

class PictureGrid : public QListView {
    Q_OBJECT
public:
    explicit PictureGrid(QWidget* parent = nullptr);

    void setPictureModel(PredictionListModel* model);
    void setPins(PinnedListModel* pins);
    /// Columns (0: as many as fit) and the range of the pictures' size in design pixels.
    void setWords(bool words);  ///< "correct" or "is bird" on each tile, as at first
    void setTiles(int columns, int smallest, int largest);
    /// A page holds this many pictures whatever fits, and the grid scrolls; 0: what fits.
    void setFixedPageSize(int size);

    void setPaging(bool paging);  ///< off: another view of the same model says how many a page has

    int currentPicture() const { return m_current; }
    void setCurrentPicture(int id);  ///< turns to its page; keeps it as current even where the filter hides it
    void setRawPixels(bool raw);
    bool rawPixels() const;
    void goToPrevious();
    void goToNext();

Q_SIGNALS:
    void currentPictureChanged(int id);
    void pictureActivated(int id);  ///< double click or Enter
    void rawPixelsChanged(bool raw);
    void removeRequested(int id);  ///< Delete on an own picture

protected:
    void resizeEvent(QResizeEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
    void fit();
    void restoreCurrent();
    void step(int by);

    PredictionListModel* m_pictures = nullptr;
    PinnedListModel* m_pins = nullptr;
    PictureTileDelegate* m_delegate;
    int m_columns = 0, m_smallest = 79, m_largest = 92, m_fixedPageSize = 0;
    int m_current = -1;
    bool m_restoring = false, m_paging = true;
};

}  // namespace thaw::ui
