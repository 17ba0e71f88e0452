// What EmbeddingPlot looks like: points, pictures, names, the card of the point that is pointed at.
#include <QLocale>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <array>
#include <cmath>

#include "ui/models/percent_text.h"
#include "ui/models/picture_images.h"
#include "ui/models/prediction_list_model.h"
#include "ui/models/task_text.h"
#include "ui/widgets/map/embedding_plot.h"
#include "ui/widgets/parts/class_mark.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kCardPicture = 96;        ///< design pixels
constexpr int kMostThumbnails = 4000;   ///< that are kept
constexpr std::size_t kMostNames = 20;  ///< classes that are named in the plane

double radiusFor(std::size_t points) { return points > 4000 ? 2.5 : points > 1000 ? 3 : points > 300 ? 4 : 5; }

}  // namespace

QImage EmbeddingPlot::sprite(int classIndex, bool wrong, bool faded) const {
    const Theme& theme = Theme::instance();
    const double radius = theme.scale() * radiusFor(m_points.size()), halo = 1;
    const double half = std::ceil(kMarkReach * radius + 1 + halo);
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
        painter.drawPath(classShape(classIndex, centre, radius));
        return image;
    }
    // Of the classes whose colour comes again, the cross has the shape around it.
    if (classIndex >= Theme::kClassColors) {
        painter.setPen(QPen(color, 1.2 * theme.scale()));
        painter.setBrush(Qt::NoBrush);
        painter.drawPath(classShape(classIndex, centre, radius));
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
    const int classes = std::clamp(static_cast<int>(m_classNames.size()), 1, kClassMarks);
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
                static_cast<std::size_t>(4 * (std::max(0, point.truth) % classes) + (faded ? 2 : 0) + (point.wrong ? 1 : 0));
            painter.drawImage(place - half, sprites[kind]);
        }
    }
}

QImage EmbeddingPlot::thumbnail(int id, int side) {
    if (m_thumbnailSide != side || m_thumbnails.size() >= kMostThumbnails) m_thumbnails.clear();
    m_thumbnailSide = side;
    QImage& kept = m_thumbnails[id];
    if (kept.isNull()) {
        const QImage picture = PictureImages::instance().image(m_pictures, id);
        if (picture.isNull()) return picture;
        kept = picture.scaled(side, side, Qt::KeepAspectRatioByExpanding, Qt::SmoothTransformation);
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
        const auto cell = [columns](int x, int y) {
            return static_cast<std::size_t>(y) * static_cast<std::size_t>(columns) + static_cast<std::size_t>(x);
        };
        bool free = true;
        for (int y = row - 1; free && y <= row + 1; ++y)
            for (int x = column - 1; free && x <= column + 1; ++x) {
                const QPointF apart = taken[cell(x, y)] - place;
                free = std::abs(apart.x()) >= pitch || std::abs(apart.y()) >= pitch;
            }
        if (!free) continue;
        taken[cell(column, row)] = place;
        const QRectF frame(place.x() - side / 2, place.y() - side / 2, side, side);
        painter.drawImage(frame.topLeft(), thumbnail(point.id, pixels));
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme.classColor(std::max(0, point.truth)), 2));
        painter.drawRect(frame);
        if (!point.wrong) continue;
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
    const QString truth = labelNames(*m_pictures, point.id, m_classNames);
    const QString said = point.predicted < 0 ? QString()
                         : point.wrong       ? tr("called %1, %2")
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
    painter.drawImage(frame, PictureImages::instance().image(m_pictures, point.id));
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme.classColor(std::max(0, point.truth)), 2));
    painter.drawRect(frame);
    painter.setFont(theme.font(TextRole::TableStrong));
    painter.setPen(theme.color(Tone::Ink));
    const QRectF first(card.left() + padding, frame.bottom() + padding / 2.0, text, line);
    painter.drawText(first, Qt::AlignLeft | Qt::AlignVCenter, truth);
    painter.setFont(theme.font(TextRole::Table));
    painter.setPen(theme.color(point.wrong ? Tone::Wrong : Tone::Right));
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
