// Pictures as points in the plane: dots in the colour of their class, crosses where the network is wrong, or the pictures
// themselves as far as there is room. Wheel and drag zoom and move, a lasso chooses many, a click chooses one; arrow keys walk
// from point to point. The points are painted into a picture of their own, which is painted anew only when it has to change.
#pragma once

#include <QHash>
#include <QImage>
#include <QPolygonF>
#include <QStringList>
#include <QWidget>

#include <memory>
#include <vector>

#include "core/api/inspector.h"

namespace thaw::ui {

class EmbeddingPlot : public QWidget {
    Q_OBJECT
public:
    enum class Drag { Move, Lasso };
    /// The part of the plane that is shown: 1 shows all of the bounds.
    struct View {
        double zoom = 1;
        QPointF centre;
        bool operator==(const View& other) const { return zoom == other.zoom && centre == other.centre; }
    };

    explicit EmbeddingPlot(QWidget* parent = nullptr);

    void setPictures(std::shared_ptr<const core::PictureSet> pictures, const QStringList& classNames);
    /// Points of those pictures, as many as `embedding` has; the view stays.
    void setPoints(const core::Embedding& embedding, std::shared_ptr<const core::PredictionSet> predictions);
    void clear();
    bool isEmpty() const { return m_points.empty(); }
    void setTitle(const QString& title);
    QString title() const { return m_title; }
    void setHiddenClasses(std::vector<bool> hidden);
    void setWrongOnly(bool wrongOnly);
    void setShowsPictures(bool shows);
    void setDrag(Drag drag);
    /// The others fade. Empty: none is chosen and none fades.
    void setSelection(const std::vector<int>& ids);
    /// A ring around a picture that is pointed at elsewhere; -1: none.
    void setHighlight(int id);

    QRectF pointBounds() const;  ///< of all points
    void setBounds(const QRectF& bounds);
    void fit();
    const View& view() const { return m_view; }
    void setView(const View& view);  ///< without a signal
    void zoomBy(double factor, QPointF around);

    int shownCount() const;              ///< points that no class and no filter hides
    QPointF placeOf(int id) const;       ///< in the widget; far outside for one that is not there
    int pictureAt(QPointF place) const;  ///< -1: none is near
    std::vector<int> picturesIn(const QPolygonF& area) const;
    QString pictureText(int id) const;  ///< "Picture 1,217: cat, called dog, 71 %"
    QSize sizeHint() const override { return {480, 360}; }
    QSize minimumSizeHint() const override { return {160, 120}; }
    static constexpr int kThumbnail = 30;  ///< design pixels, of a picture in the plane

Q_SIGNALS:
    void pictureChosen(int id);                        ///< a click or Space
    void pictureActivated(int id);                     ///< double click or Enter
    void picturesChosen(const std::vector<int>& ids);  ///< lasso or Ctrl+A; empty: a click beside the points
    void highlighted(int id);                          ///< pointed at; -1: none
    void viewChanged();                                ///< by the user

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Point {
        double x = 0, y = 0;
        int id = 0, truth = 0, predicted = -1;
        bool wrong = false;  ///< the predicted class is not its, or none of its several
    };

    bool isShown(const Point& point) const;
    const Point* pointOf(int id) const;
    QRectF plotRect() const;
    double scale() const;  ///< pixels a unit
    QPointF toWidget(double x, double y) const;
    QPointF toPlane(QPointF place) const;
    void changeView(const View& view);
    void changed();
    void point(int id);
    void walk(QPointF direction);
    void renderLayer();
    void renderPoints(QPainter& painter);
    void renderPictures(QPainter& painter);
    void renderNames(QPainter& painter) const;
    QImage sprite(int classIndex, bool wrong, bool faded) const;
    QImage thumbnail(int id, int side);
    void paintCard(QPainter& painter, const Point& point) const;

    std::shared_ptr<const core::PictureSet> m_pictures;
    std::shared_ptr<const core::PredictionSet> m_predictions;
    QStringList m_classNames;
    QString m_title;
    std::vector<Point> m_points;
    std::vector<int> m_rowOf;                // of a picture; -1: it is no point
    std::vector<bool> m_hidden, m_selected;  // by class; by picture
    bool m_anySelected = false, m_wrongOnly = false, m_showsPictures = false;
    Drag m_drag = Drag::Move;
    QRectF m_bounds{-1, -1, 2, 2};
    View m_view;
    int m_pointed = -1, m_highlight = -1;

    bool m_pressed = false, m_dragging = false, m_drawsLasso = false;
    QPointF m_pressedAt, m_centreAtPress;
    QPolygonF m_lasso;
    QImage m_layer;
    bool m_stale = true;
    QHash<int, QImage> m_thumbnails;
    int m_thumbnailSide = 0;  // device pixels of those that are kept
};

}  // namespace thaw::ui
