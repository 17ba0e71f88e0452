// A test picture as a tile: framed picture with a mark, the guess with its percentage, a bar for how sure the network is, and
// "correct" ("was dog" where another model said so) or "is bird". Right has a thin frame and a round tick, wrong a thick frame
// and a square cross. Works on the roles of PredictionListModel.
#pragma once

#include <QStyledItemDelegate>

namespace thaw::ui {

class PinnedListModel;
enum class Verdict;

/// Round tick or square cross in `box`; nothing for an unknown verdict.
void drawVerdictMark(QPainter* painter, const QRectF& box, Verdict verdict);
/// A rounded bar of `fraction` (0..1) on its track.
void drawConfidenceBar(QPainter* painter, const QRectF& track, double fraction, const QColor& color);
/// `image` scaled to fill a square of `size` logical pixels (centre crop), smooth or as raw pixels; kept in QPixmapCache under
/// `key`.
QPixmap scaledPicture(const QImage& image, const QString& key, int size, qreal devicePixelRatio, bool raw);

class PictureTileDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit PictureTileDelegate(QObject* parent = nullptr);

    void setRawPixels(bool raw) { m_raw = raw; }
    bool rawPixels() const { return m_raw; }
    void setPictureSize(int designPixels) { m_pictureSize = designPixels; }
    int pictureSize() const { return m_pictureSize; }
    /// With "correct" or "is bird" below the bar, as they are at first.
    void setWords(bool words) { m_words = words; }
    /// Tiles show and take pins; null: they do not.
    void setPins(PinnedListModel* pins) { m_pins = pins; }

    /// Logical pixels of one tile with its plate, at the theme's scale.
    QSize tileSize() const;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                     const QModelIndex& index) override;

private:
    QRect plateRect(const QRect& cell) const;
    QRect pinRect(const QRect& cell) const;

    bool m_raw = false, m_words = true;
    int m_pictureSize = 88;
    PinnedListModel* m_pins = nullptr;
};

}  // namespace thaw::ui
