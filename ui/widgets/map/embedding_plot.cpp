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
#include "ui/models/prediction_list_model.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr double kMargin = 18, kTitleHeight = 30;  ///< design pixels around the points
constexpr double kReach = 9;                       ///< of the mouse
constexpr double kMostZoom = 200, kLeastZoom = 0.5, kWheelFactor = 1.2;
constexpr int kThumbnail = 30, kCardPicture = 96;
constexpr int kMostThumbnails = 4000;   ///< that are kept
constexpr std::size_t kMostNames = 20;  ///< classes that are named in the plane

double radiusFor(std::size_t points) { return points > 4000 ? 2.5 : points > 1000 ? 3 : points > 300 ? 4 : 5; }

}  // namespace

EmbeddingPlot::EmbeddingPlot(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setDrag(Drag::Move);
    connect(&Theme::instance(), &Theme::changed, this, &EmbeddingPlot::changed);
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
                    m_pictures->labels[static_cast<std::size_t>(id)], -1};
        if (m_predictions && id < m_predictions->count()) point.predicted = m_predictions->predicted(id);
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
    return (point.truth < 0 || classIndex >= m_hidden.size() || !m_hidden[classIndex]) && (!m_wrongOnly || point.wrong());
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
    const QString title = tr("Picture %1").arg(QLocale().toString(id + 1)), truth = m_classNames.value(found->truth);
    if (found->predicted < 0) return tr("%1: %2").arg(title, truth);
    const QString sure = shortPercentText(m_predictions->row(id)[found->predicted]);
    return found->wrong() ? tr("%1: %2, called %3, %4").arg(title, truth, m_classNames.value(found->predicted), sure)
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

// --- painting -----------------------------------------------------------------------------------------------------------------

QImage EmbeddingPlot::sprite(int classIndex, bool wrong, bool faded) const {
    const Theme& theme = Theme::instance();
    const double radius = theme.scale() * radiusFor(m_points.size()), halo = 1;
    const double half = std::ceil(radius + 1 + halo);
    const qreal ratio = devicePixelRatioF();
    QImage image(QSize(qRound(2 * half * ratio), qRound(2 * half * ratio)), QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(ratio);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setOpacity(faded ? 0.16 : 1);
    const QPointF centre(half, half);
    const QColor color = theme.classColor(std::max(0, classIndex)), ground = theme.color(Tone::Surface);
    if (!wrong) {
        painter.setPen(faded ? QPen(Qt::NoPen) : QPen(ground, 0.8));
        painter.setBrush(color);
        painter.drawEllipse(centre, radius, radius);
        return image;
    }
    const double arm = radius + 0.5;
    for (const auto& [pen, width] : {std::pair(ground, faded ? 0.0 : 3.4), std::pair(color, 1.8)}) {
        if (width == 0) continue;
        painter.setPen(QPen(pen, width * theme.scale(), Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(centre - QPointF(arm, arm), centre + QPointF(arm, arm));
        painter.drawLine(centre - QPointF(arm, -arm), centre + QPointF(arm, -arm));
    }
    return image;
}

void EmbeddingPlot::renderLayer() {
    const qreal ratio = devicePixelRatioF();
    const QSize pixels = size() * ratio;
    if (m_layer.size() != pixels) m_layer = QImage(pixels, QImage::Format_RGB32);
    m_layer.setDevicePixelRatio(ratio);
    m_layer.fill(Theme::instance().color(Tone::Surface));
    QPainter painter(&m_layer);
    renderPoints(painter);
    if (m_showsPictures) renderPictures(painter);
    renderNames(painter);
    m_stale = false;
}

void EmbeddingPlot::renderPoints(QPainter& painter) {
    const int classes = Theme::kClassColors;
    std::vector<QImage> sprites;
    for (int classIndex = 0; classIndex < classes; ++classIndex)
        for (const auto& [wrong, faded] :
             {std::pair(false, false), std::pair(true, false), std::pair(false, true), std::pair(true, true)})
            sprites.push_back(sprite(classIndex, wrong, faded));
    const QPointF half = QPointF(sprites.front().width(), sprites.front().height()) / (2 * devicePixelRatioF());
    const QRectF seen = QRectF(rect()).adjusted(-half.x(), -half.y(), half.x(), half.y());
    const QPointF middle = plotRect().center();
    const double pixels = scale();
    // What is chosen lies above what is not.
    for (const bool chosen : {false, true}) {
        if (chosen && !m_anySelected) break;
        for (const Point& point : m_points) {
            const bool selected = m_anySelected && m_selected[static_cast<std::size_t>(point.id)];
            if (selected != chosen || !isShown(point)) continue;
            const QPointF place(middle.x() + (point.x - m_view.centre.x()) * pixels,
                                middle.y() - (point.y - m_view.centre.y()) * pixels);
            if (!seen.contains(place)) continue;
            const bool faded = m_anySelected && !selected;
            const auto kind =
                static_cast<std::size_t>(4 * (std::max(0, point.truth) % classes) + (faded ? 2 : 0) + (point.wrong() ? 1 : 0));
            painter.drawImage(place - half, sprites[kind]);
        }
    }
}

QImage EmbeddingPlot::thumbnail(int id, int side) {
    if (m_thumbnailSide != side || m_thumbnails.size() >= kMostThumbnails) m_thumbnails.clear();
    m_thumbnailSide = side;
    QImage& kept = m_thumbnails[id];
    if (kept.isNull()) {
        kept =
            QImage(m_pictures->picture(id), m_pictures->width, m_pictures->height, m_pictures->width * 3, QImage::Format_RGB888)
                .scaled(side, side, Qt::KeepAspectRatioByExpanding, Qt::SmoothTransformation)
                .convertToFormat(QImage::Format_RGB32);
        kept.setDevicePixelRatio(devicePixelRatioF());
    }
    return kept;
}

void EmbeddingPlot::renderPictures(QPainter& painter) {
    const Theme& theme = Theme::instance();
    const double side = theme.px(kThumbnail), pitch = side + theme.px(3);
    const int pixels = qRound(side * devicePixelRatioF());
    // One picture at most in a cell, and none nearer than a cell to another.
    const int columns = static_cast<int>(width() / pitch) + 3, rows = static_cast<int>(height() / pitch) + 3;
    std::vector<QPointF> taken(static_cast<std::size_t>(columns * rows), QPointF(-1e6, -1e6));
    const auto cellOf = [&](double place) { return static_cast<int>(std::floor(place / pitch)) + 1; };
    painter.setRenderHint(QPainter::Antialiasing);
    for (const Point& point : m_points) {
        if (!isShown(point) || (m_anySelected && !m_selected[static_cast<std::size_t>(point.id)])) continue;
        const QPointF place = toWidget(point.x, point.y);
        const int column = cellOf(place.x()), row = cellOf(place.y());
        if (column < 1 || row < 1 || column > columns - 2 || row > rows - 2) continue;
        bool free = true;
        for (int y = row - 1; free && y <= row + 1; ++y)
            for (int x = column - 1; free && x <= column + 1; ++x) {
                const QPointF apart = taken[static_cast<std::size_t>(y * columns + x)] - place;
                free = std::abs(apart.x()) >= pitch || std::abs(apart.y()) >= pitch;
            }
        if (!free) continue;
        taken[static_cast<std::size_t>(row * columns + column)] = place;
        const QRectF frame(place.x() - side / 2, place.y() - side / 2, side, side);
        painter.drawImage(frame.topLeft(), thumbnail(point.id, pixels));
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme.classColor(std::max(0, point.truth)), 2));
        painter.drawRect(frame);
        if (!point.wrong()) continue;
        const QRectF corner(frame.right() - theme.px(10), frame.top() - theme.px(1), theme.px(11), theme.px(11));
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.color(Tone::Wrong));
        painter.drawRect(corner);
        painter.setPen(QPen(theme.color(Tone::Surface), 1.5));
        const double inset = theme.px(3);
        painter.drawLine(corner.topLeft() + QPointF(inset, inset), corner.bottomRight() - QPointF(inset, inset));
        painter.drawLine(corner.topRight() + QPointF(-inset, inset), corner.bottomLeft() + QPointF(inset, -inset));
    }
}

void EmbeddingPlot::renderNames(QPainter& painter) const {
    if (static_cast<std::size_t>(m_classNames.size()) > kMostNames) return;
    const Theme& theme = Theme::instance();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme.font(TextRole::TableStrong));
    std::vector<QRectF> used;
    for (int classIndex = 0; classIndex < m_classNames.size(); ++classIndex) {
        std::vector<double> xs, ys;
        for (const Point& point : m_points)
            if (point.truth == classIndex && isShown(point)) {
                xs.push_back(point.x);
                ys.push_back(point.y);
            }
        if (xs.size() < 2) continue;
        const auto median = [](std::vector<double>& values) {
            const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
            std::nth_element(values.begin(), middle, values.end());
            return *middle;
        };
        const QPointF centre = toWidget(median(xs), median(ys));
        const QString name = shortClassName(m_classNames.at(classIndex));
        const double wide = painter.fontMetrics().horizontalAdvance(name) + theme.px(12), tall = theme.px(20);
        QRectF box;
        // Beside its place where another name is in the way.
        for (const int step : {0, 1, -1, 2, -2, 3, -3}) {
            const QRectF tried(centre.x() - wide / 2, centre.y() - tall / 2 + step * (tall + 2), wide, tall);
            if (std::any_of(used.begin(), used.end(), [&](const QRectF& other) { return other.intersects(tried); })) continue;
            box = tried;
            break;
        }
        if (box.isNull() || !QRectF(rect()).contains(box)) continue;
        used.push_back(box);
        QColor ground = theme.color(Tone::Surface);
        ground.setAlpha(225);
        painter.setPen(QPen(theme.classColor(classIndex), 1.5));
        painter.setBrush(ground);
        painter.drawRoundedRect(box, theme.px(5), theme.px(5));
        painter.setPen(theme.color(Tone::Ink));
        painter.drawText(box, Qt::AlignCenter, name);
    }
}

void EmbeddingPlot::paintCard(QPainter& painter, const Point& point) const {
    const Theme& theme = Theme::instance();
    const int side = theme.px(kCardPicture), padding = theme.px(8), line = theme.px(18);
    const QString truth = m_classNames.value(point.truth);
    const QString said = point.predicted < 0 ? QString()
                         : point.wrong()     ? tr("called %1, %2")
                                               .arg(m_classNames.value(point.predicted),
                                                    shortPercentText(m_predictions->row(point.id)[point.predicted]))
                                         : tr("right, %1").arg(shortPercentText(m_predictions->row(point.id)[point.predicted]));
    const QFontMetrics strong(theme.font(TextRole::TableStrong)), plain(theme.font(TextRole::Table));
    const int text = std::max({strong.horizontalAdvance(truth), plain.horizontalAdvance(said), side});
    QRectF card(0, 0, text + 2 * padding, side + 3 * padding + 2 * line - padding);
    const QPointF place = toWidget(point.x, point.y);
    const double away = theme.px(14);
    card.moveTopLeft(place + QPointF(away, away));
    if (card.right() > width() - 2) card.moveRight(place.x() - away);
    if (card.bottom() > height() - 2) card.moveBottom(std::max<double>(card.height() + 2, place.y() - away));
    if (card.left() < 2) card.moveLeft(2);

    painter.setPen(QPen(theme.color(Tone::Line), 1));
    painter.setBrush(theme.color(Tone::Surface));
    painter.drawRoundedRect(card, theme.px(8), theme.px(8));
    const QRectF frame(card.left() + padding, card.top() + padding, side, side);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawImage(frame, QImage(m_pictures->picture(point.id), m_pictures->width, m_pictures->height, m_pictures->width * 3,
                                    QImage::Format_RGB888));
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme.classColor(std::max(0, point.truth)), 2));
    painter.drawRect(frame);
    painter.setFont(theme.font(TextRole::TableStrong));
    painter.setPen(theme.color(Tone::Ink));
    const QRectF first(card.left() + padding, frame.bottom() + padding / 2.0, text, line);
    painter.drawText(first, Qt::AlignLeft | Qt::AlignVCenter, truth);
    painter.setFont(theme.font(TextRole::Table));
    painter.setPen(theme.color(point.wrong() ? Tone::Wrong : Tone::Right));
    painter.drawText(first.translated(0, line), Qt::AlignLeft | Qt::AlignVCenter, said);
}

void EmbeddingPlot::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    if (m_stale || m_layer.size() != size() * devicePixelRatioF()) renderLayer();
    QPainter painter(this);
    painter.drawImage(0, 0, m_layer);
    painter.setRenderHint(QPainter::Antialiasing);
    if (!m_title.isEmpty()) {
        painter.setFont(theme.font(TextRole::BodyStrong));
        const QString title = painter.fontMetrics().elidedText(m_title, Qt::ElideRight, width() - theme.px(24));
        QColor ground = theme.color(Tone::Surface);
        ground.setAlpha(225);
        painter.fillRect(QRectF(theme.px(6), 0, painter.fontMetrics().horizontalAdvance(title) + theme.px(12), theme.px(26)),
                         ground);
        painter.setPen(theme.color(Tone::Ink));
        painter.drawText(QRectF(theme.px(12), 0, width(), theme.px(26)), Qt::AlignLeft | Qt::AlignVCenter, title);
    }
    const auto ring = [&](const Point& point) {
        painter.setBrush(Qt::NoBrush);
        const double radius = theme.px(m_showsPictures ? kThumbnail * 0.75 : 8);
        painter.setPen(QPen(theme.color(Tone::Surface), 4));
        painter.drawEllipse(toWidget(point.x, point.y), radius, radius);
        painter.setPen(QPen(theme.color(Tone::Ink), 2));
        painter.drawEllipse(toWidget(point.x, point.y), radius, radius);
    };
    if (const Point* shown = pointOf(m_highlight); shown && m_highlight != m_pointed) ring(*shown);
    if (const Point* pointed = pointOf(m_pointed)) {
        ring(*pointed);
        paintCard(painter, *pointed);
    }
    if (m_lasso.size() > 2) {
        QColor fill = theme.color(Tone::Accent);
        fill.setAlpha(40);
        painter.setPen(QPen(theme.color(Tone::Accent), 1.5, Qt::DashLine));
        painter.setBrush(fill);
        painter.drawPolygon(m_lasso);
    }
    if (hasFocus()) {
        painter.setPen(QPen(theme.color(Tone::Accent), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), theme.px(6), theme.px(6));
    }
}

}  // namespace thaw::ui
