#include "ui/widgets/map/embedding_plot.h"

#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QWheelEvent>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "ui/models/percent_text.h"
#include "ui/models/picture_images.h"
#include "ui/models/prediction_list_model.h"
#include "ui/models/task_text.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr double kMargin = 18, kTitleHeight = 30;  ///< design pixels around the points
constexpr double kReach = 9;                       ///< of the mouse
constexpr double kMostZoom = 200, kLeastZoom = 0.5, kWheelFactor = 1.2;
}  // namespace

EmbeddingPlot::EmbeddingPlot(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setDrag(Drag::Move);
    connect(&Theme::instance(), &Theme::changed, this, &EmbeddingPlot::changed);
    connect(&PictureImages::instance(), &PictureImages::arrived, this, &EmbeddingPlot::changed);
}

void EmbeddingPlot::setPictures(std::shared_ptr<const core::PictureSet> pictures, const QStringList& classNames) {
    m_pictures = std::move(pictures);
    m_classNames = classNames;
    m_thumbnails.clear();
    m_hidden.clear();
    m_selected.clear();
    m_anySelected = false;
    clear();
    fit();
}

void EmbeddingPlot::setPoints(const core::Embedding& embedding, std::shared_ptr<const core::PredictionSet> predictions) {
    clear();
    if (!m_pictures) return;
    m_predictions = std::move(predictions);
    m_rowOf.assign(static_cast<std::size_t>(m_pictures->count()), -1);
    for (std::size_t i = 0; i < embedding.indices.size(); ++i) {
        const std::int64_t id = embedding.indices[i];
        if (id < 0 || id >= m_pictures->count()) continue;
        Point point{embedding.points[2 * i], embedding.points[2 * i + 1], static_cast<int>(id),
                    m_pictures->labels[static_cast<std::size_t>(id)]};
        if (m_predictions && id < m_predictions->count()) {
            point.predicted = m_predictions->predicted(id);
            point.wrong = !m_pictures->hasLabel(id, point.predicted);
        }
        m_rowOf[static_cast<std::size_t>(id)] = static_cast<int>(m_points.size());
        m_points.push_back(point);
    }
    changed();
}

void EmbeddingPlot::clear() {
    m_points.clear();
    m_rowOf.clear();
    m_predictions = nullptr;
    point(-1);
    changed();
}

void EmbeddingPlot::setTitle(const QString& title) {
    m_title = title;
    changed();
}

void EmbeddingPlot::setHiddenClasses(std::vector<bool> hidden) {
    m_hidden = std::move(hidden);
    changed();
}

void EmbeddingPlot::setWrongOnly(bool wrongOnly) {
    m_wrongOnly = wrongOnly;
    changed();
}

void EmbeddingPlot::setShowsPictures(bool shows) {
    m_showsPictures = shows;
    changed();
}

void EmbeddingPlot::setDrag(Drag drag) {
    m_drag = drag;
    setCursor(drag == Drag::Lasso ? Qt::CrossCursor : Qt::ArrowCursor);
}

void EmbeddingPlot::setSelection(const std::vector<int>& ids) {
    m_selected.assign(m_pictures ? static_cast<std::size_t>(m_pictures->count()) : 0, false);
    for (const int id : ids)
        if (id >= 0 && id < static_cast<int>(m_selected.size())) m_selected[static_cast<std::size_t>(id)] = true;
    m_anySelected = !ids.empty();
    changed();
}

void EmbeddingPlot::setHighlight(int id) {
    if (m_highlight == id) return;
    m_highlight = id;
    update();
}

void EmbeddingPlot::changed() {
    m_stale = true;
    update();
}

// --- the plane ----------------------------------------------------------------------------------------------------------------

bool EmbeddingPlot::isShown(const Point& point) const {
    const auto classIndex = static_cast<std::size_t>(point.truth);
    return (point.truth < 0 || classIndex >= m_hidden.size() || !m_hidden[classIndex]) && (!m_wrongOnly || point.wrong);
}

int EmbeddingPlot::shownCount() const {
    return static_cast<int>(
        std::count_if(m_points.begin(), m_points.end(), [this](const Point& point) { return isShown(point); }));
}

const EmbeddingPlot::Point* EmbeddingPlot::pointOf(int id) const {
    if (id < 0 || id >= static_cast<int>(m_rowOf.size()) || m_rowOf[static_cast<std::size_t>(id)] < 0) return nullptr;
    return &m_points[static_cast<std::size_t>(m_rowOf[static_cast<std::size_t>(id)])];
}

QRectF EmbeddingPlot::pointBounds() const {
    if (m_points.empty()) return {};
    const auto [left, right] =
        std::minmax_element(m_points.begin(), m_points.end(), [](const Point& a, const Point& b) { return a.x < b.x; });
    const auto [low, high] =
        std::minmax_element(m_points.begin(), m_points.end(), [](const Point& a, const Point& b) { return a.y < b.y; });
    return {QPointF(left->x, low->y), QPointF(right->x, high->y)};
}

void EmbeddingPlot::setBounds(const QRectF& bounds) {
    const bool fitted = m_view == View{1, m_bounds.center()};
    // A plane without extent still has a scale.
    m_bounds = bounds.isValid() ? bounds : QRectF(bounds.center() - QPointF(1, 1), QSizeF(2, 2));
    if (fitted) m_view = {1, m_bounds.center()};
    changed();
}

void EmbeddingPlot::fit() { changeView({1, m_bounds.center()}); }

void EmbeddingPlot::setView(const View& view) {
    if (m_view == view) return;
    m_view = view;
    changed();
}

void EmbeddingPlot::changeView(const View& view) {
    if (m_view == view) return;
    setView(view);
    Q_EMIT viewChanged();
}

QRectF EmbeddingPlot::plotRect() const {
    const Theme& theme = Theme::instance();
    const double margin = theme.px(kMargin);
    return QRectF(rect()).adjusted(margin, m_title.isEmpty() ? margin : theme.px(kTitleHeight), -margin, -margin);
}

double EmbeddingPlot::scale() const {
    const QRectF plot = plotRect();
    const double fits = std::min(plot.width() / m_bounds.width(), plot.height() / m_bounds.height());
    return std::max(1e-9, m_view.zoom * fits);
}

QPointF EmbeddingPlot::toWidget(double x, double y) const {
    const QPointF middle = plotRect().center();
    return {middle.x() + (x - m_view.centre.x()) * scale(), middle.y() - (y - m_view.centre.y()) * scale()};
}

QPointF EmbeddingPlot::toPlane(QPointF place) const {
    const QPointF middle = plotRect().center();
    return {m_view.centre.x() + (place.x() - middle.x()) / scale(), m_view.centre.y() - (place.y() - middle.y()) / scale()};
}

void EmbeddingPlot::zoomBy(double factor, QPointF around) {
    const QPointF before = toPlane(around);
    View view = m_view;
    view.zoom = std::clamp(m_view.zoom * factor, kLeastZoom, kMostZoom);
    const double ratio = m_view.zoom / view.zoom;
    view.centre = before + (m_view.centre - before) * ratio;
    changeView(view);
}

QPointF EmbeddingPlot::placeOf(int id) const {
    const Point* found = pointOf(id);
    return found ? toWidget(found->x, found->y) : QPointF(-1e6, -1e6);
}

int EmbeddingPlot::pictureAt(QPointF place) const {
    const double reach = Theme::instance().px(m_showsPictures ? kThumbnail / 2.0 : kReach) / scale();
    const QPointF centre = toPlane(place);
    double nearest = reach * reach;
    int id = -1;
    for (const Point& point : m_points) {
        const double dx = point.x - centre.x(), dy = point.y - centre.y(), distance = dx * dx + dy * dy;
        if (distance > nearest || !isShown(point)) continue;
        nearest = distance;
        id = point.id;
    }
    return id;
}

std::vector<int> EmbeddingPlot::picturesIn(const QPolygonF& area) const {
    const QRectF around = area.boundingRect();
    std::vector<int> ids;
    for (const Point& point : m_points) {
        const QPointF place = toWidget(point.x, point.y);
        if (isShown(point) && around.contains(place) && area.containsPoint(place, Qt::OddEvenFill)) ids.push_back(point.id);
    }
    return ids;
}

QString EmbeddingPlot::pictureText(int id) const {
    const Point* found = pointOf(id);
    if (!found) return {};
    const QString title = tr("Picture %1").arg(QLocale().toString(id + 1)), truth = labelNames(*m_pictures, id, m_classNames);
    if (found->predicted < 0) return tr("%1: %2").arg(title, truth);
    const QString sure = shortPercentText(m_predictions->row(id)[found->predicted]);
    return found->wrong ? tr("%1: %2, called %3, %4").arg(title, truth, m_classNames.value(found->predicted), sure)
                        : tr("%1: %2, right, %3").arg(title, truth, sure);
}

// --- hand and keys ------------------------------------------------------------------------------------------------------------

void EmbeddingPlot::point(int id) {
    if (m_pointed == id) return;
    m_pointed = id;
    setAccessibleDescription(pictureText(id));
    update();
    Q_EMIT highlighted(id);
}

bool EmbeddingPlot::event(QEvent* event) {
    // Keys that a menu or a page would take are keys of the plane here.
    if (event->type() == QEvent::ShortcutOverride) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Plus || key == Qt::Key_Minus || key == Qt::Key_0 || key == Qt::Key_Escape) event->accept();
    }
    return QWidget::event(event);
}

void EmbeddingPlot::resizeEvent(QResizeEvent*) { changed(); }

void EmbeddingPlot::wheelEvent(QWheelEvent* event) {
    const double steps = event->angleDelta().y() / 120.0;
    if (steps != 0) zoomBy(std::pow(kWheelFactor, steps), event->position());
    event->accept();
}

void EmbeddingPlot::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton && event->button() != Qt::MiddleButton) return event->ignore();
    m_pressed = true;
    m_dragging = false;
    m_drawsLasso = event->button() == Qt::LeftButton && (m_drag == Drag::Lasso) != bool(event->modifiers() & Qt::ShiftModifier);
    m_pressedAt = event->position();
    m_centreAtPress = m_view.centre;
    m_lasso = QPolygonF{m_pressedAt};
}

void EmbeddingPlot::mouseMoveEvent(QMouseEvent* event) {
    if (!m_pressed) return point(pictureAt(event->position()));
    const QPointF moved = event->position() - m_pressedAt;
    m_dragging = m_dragging || moved.manhattanLength() >= 4;
    if (!m_dragging) return;
    point(-1);
    if (m_drawsLasso) {
        m_lasso << event->position();
        update();
        return;
    }
    setCursor(Qt::ClosedHandCursor);
    changeView({m_view.zoom, m_centreAtPress + QPointF(-moved.x(), moved.y()) / scale()});
}

void EmbeddingPlot::mouseReleaseEvent(QMouseEvent* event) {
    if (!m_pressed) return;
    m_pressed = false;
    setDrag(m_drag);
    if (m_dragging && m_drawsLasso) {
        const std::vector<int> ids = picturesIn(m_lasso);
        m_lasso.clear();
        update();
        Q_EMIT picturesChosen(ids);
    } else if (!m_dragging && event->button() == Qt::LeftButton) {
        const int id = pictureAt(event->position());
        if (id >= 0)
            Q_EMIT pictureChosen(id);
        else if (m_anySelected)
            Q_EMIT picturesChosen({});
    }
    m_lasso.clear();
}

void EmbeddingPlot::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    const int id = pictureAt(event->position());
    if (id >= 0)
        Q_EMIT pictureActivated(id);
    else
        fit();
}

void EmbeddingPlot::leaveEvent(QEvent*) { point(-1); }

void EmbeddingPlot::walk(QPointF direction) {
    const Point* from = pointOf(m_pointed);
    const QPointF start = from ? toWidget(from->x, from->y) : plotRect().center();
    double best = std::numeric_limits<double>::infinity();
    int id = -1;
    for (const Point& point : m_points) {
        if (!isShown(point) || point.id == m_pointed) continue;
        const QPointF way = toWidget(point.x, point.y) - start;
        const double along = QPointF::dotProduct(way, direction),
                     aside = std::abs(way.x() * direction.y() - way.y() * direction.x());
        // Ahead rather than aside.
        if (from && (along < 1 || aside > along)) continue;
        const double cost = from ? along + 2 * aside : way.manhattanLength();
        if (cost >= best) continue;
        best = cost;
        id = point.id;
    }
    if (id < 0) return;
    point(id);
    const QPointF place = placeOf(id);
    if (!plotRect().contains(place)) changeView({m_view.zoom, toPlane(place)});
}

void EmbeddingPlot::keyPressEvent(QKeyEvent* event) {
    const auto way = [](int key) -> QPointF {
        return key == Qt::Key_Left    ? QPointF(-1, 0)
               : key == Qt::Key_Right ? QPointF(1, 0)
               : key == Qt::Key_Up    ? QPointF(0, -1)
                                      : QPointF(0, 1);
    };
    switch (event->key()) {
        case Qt::Key_Left:
        case Qt::Key_Right:
        case Qt::Key_Up:
        case Qt::Key_Down:
            if (event->modifiers() & Qt::ShiftModifier) {
                const QPointF by = way(event->key()) * (0.15 * plotRect().width() / scale());
                changeView({m_view.zoom, m_view.centre + QPointF(by.x(), -by.y())});
            } else {
                walk(way(event->key()));
            }
            return;
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return zoomBy(kWheelFactor, m_pointed >= 0 ? placeOf(m_pointed) : plotRect().center());
        case Qt::Key_Minus:
            return zoomBy(1 / kWheelFactor, m_pointed >= 0 ? placeOf(m_pointed) : plotRect().center());
        case Qt::Key_0:
        case Qt::Key_Home:
            return fit();
        case Qt::Key_Space:
            if (m_pointed >= 0) Q_EMIT pictureChosen(m_pointed);
            return;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (m_pointed >= 0) Q_EMIT pictureActivated(m_pointed);
            return;
        case Qt::Key_Escape:
            point(-1);
            Q_EMIT picturesChosen({});
            return;
        case Qt::Key_A:
            if (!(event->modifiers() & Qt::ControlModifier)) break;
            Q_EMIT picturesChosen(picturesIn(QPolygonF(QRectF(rect()))));
            return;
        default:
            break;
    }
    QWidget::keyPressEvent(event);
}

}  // namespace thaw::ui
