#include "ui/widgets/inspector/history_plot.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QLocale>
#include <QPainter>
#include <QPushButton>
#include <QToolTip>

#include <algorithm>
#include <cmath>

#include "ui/widgets/parts/plot_axis.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kTopMargin = 24, kAxisHeight = 22, kMostNameWidth = 84;  // design pixels
constexpr double kLeastTop = 0.01;                                     // of the axis, where nothing has moved
constexpr int kValueTicks = 4, kEpochTicks = 4;
const QChar kThinSpace(0x2009);

}  // namespace

HistoryPlot::HistoryPlot(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    m_action = new QPushButton(this);
    m_action->setProperty("small", true);
    m_action->hide();
    connect(m_action, &QPushButton::clicked, this, &HistoryPlot::actionRequested);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        updateGeometry();
        placeAction();
        update();
    });
}

void HistoryPlot::setContent(Content content) {
    m_content = std::move(content);
    m_message.clear();
    m_action->hide();
    setRead(m_read);
}

void HistoryPlot::setMessage(const QString& message, const QString& action) {
    m_content = {};
    m_message = message;
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    placeAction();
    setRead(-1);
}

void HistoryPlot::placeAction() {
    m_action->adjustSize();
    const QPointF centre = frame().area.center();
    m_action->move(static_cast<int>(centre.x()) - m_action->width() / 2, static_cast<int>(centre.y()) + Theme::instance().px(6));
}

void HistoryPlot::setRead(int at) {
    const int positions = static_cast<int>(m_content.positions.size());
    m_read = at < positions ? at : -1;
    const int spoken = m_read < 0 ? positions - 1 : m_read;
    setAccessibleDescription(spoken < 0 ? m_message : valuesAt(spoken, 0.001).join(QStringLiteral("; ")));
    update();
}

QStringList HistoryPlot::valuesAt(int at, double step) const {
    QStringList texts;
    for (std::size_t i = 0; i < m_content.lines.size(); ++i) {
        const Line& line = m_content.lines[i];
        const QString text = QStringLiteral("%1 %2").arg(line.name, valueText(line.values[static_cast<std::size_t>(at)], step));
        if (static_cast<int>(i) == m_content.current)
            texts.prepend(text);
        else
            texts << text;
    }
    texts.prepend(m_content.moments.value(at));
    return texts;
}

void HistoryPlot::setMark(double position) {
    m_mark = position;
    update();
}

QSize HistoryPlot::sizeHint() const { return {Theme::instance().px(400), Theme::instance().px(210)}; }
QSize HistoryPlot::minimumSizeHint() const { return {Theme::instance().px(200), Theme::instance().px(130)}; }

QString HistoryPlot::valueText(double value, double step) const {
    if (!std::isfinite(value)) return tr("not finite");
    return m_content.percent ? tickText(100 * value, 100 * step) + kThinSpace + QLatin1Char('%') : tickText(value, step);
}

HistoryPlot::Frame HistoryPlot::frame() const {
    const Theme& theme = Theme::instance();
    Frame frame;
    double largest = 0;
    for (const Line& line : m_content.lines)
        for (const double value : line.values)
            if (std::isfinite(value)) largest = std::max(largest, value);
    if (largest <= 0) largest = kLeastTop;
    const std::vector<double> ticks = roundTicks(0, largest, kValueTicks);
    frame.step = ticks.size() > 1 ? ticks[1] - ticks[0] : largest;
    frame.top = std::ceil(largest / frame.step - 1e-9) * frame.step;
    if (!m_content.positions.empty()) frame.epochs = std::max({1.0, m_content.plannedEpochs, m_content.positions.back()});
    const QFontMetricsF axis(theme.font(TextRole::Caption)), names(theme.font(TextRole::TableStrong));
    double numbers = theme.px(24), ends = theme.px(10);
    for (double value = 0; value <= frame.top * 1.001; value += frame.step)
        numbers = std::max(numbers, axis.horizontalAdvance(valueText(value, frame.step)));
    for (const Line& line : m_content.lines)
        ends = std::max(ends, std::min<double>(names.horizontalAdvance(line.name), theme.px(kMostNameWidth)));
    frame.area =
        QRectF(rect()).adjusted(numbers + theme.px(8), theme.px(kTopMargin), -ends - theme.px(13), -theme.px(kAxisHeight));
    return frame;
}

void HistoryPlot::paintBands(QPainter* painter, const Frame& frame) const {
    const Theme& theme = Theme::instance();
    const QRectF& area = frame.area;
    double from = area.left();
    for (std::size_t i = 0; i < m_content.positions.size(); ++i) {
        const double to = std::round(frame.x(m_content.positions[i]));
        if (!m_content.trained.empty())
            painter->fillRect(QRectF(from, area.top(), to - from, area.height()),
                              theme.color(m_content.trained[i] ? Tone::WarmBand : Tone::IceBand));
        from = to;
    }
    if (m_content.plannedEpochs > m_content.positions.back())
        paintHatch(painter, QRectF(from, area.top(), area.right() - from, area.height()));
}

void HistoryPlot::paintAxes(QPainter* painter, const Frame& frame) const {
    const Theme& theme = Theme::instance();
    const QRectF& area = frame.area;
    painter->setFont(theme.font(TextRole::Caption));
    for (double value = 0; value <= frame.top * 1.001; value += frame.step) {
        const double y = std::round(frame.y(value));
        painter->fillRect(QRectF(area.left(), y, area.width(), 1), theme.color(value == 0 ? Tone::Ink3 : Tone::Line));
        painter->setPen(theme.color(Tone::Ink2));
        const double tall = painter->fontMetrics().height();
        painter->drawText(QRectF(0, y - tall / 2, area.left() - theme.px(6), tall), Qt::AlignRight | Qt::AlignVCenter,
                          valueText(value, frame.step));
    }
    std::vector<double> ticks = roundTicks(0, frame.epochs, kEpochTicks);
    ticks.erase(std::remove_if(ticks.begin(), ticks.end(), [](double tick) { return tick != std::round(tick); }), ticks.end());
    for (const double tick : ticks)
        painter->drawText(
            QRectF(frame.x(tick) - theme.px(30), area.bottom() + theme.px(3), theme.px(60), theme.px(kAxisHeight - 3)),
            Qt::AlignHCenter | Qt::AlignVCenter, tickText(tick, 1));
}

void HistoryPlot::paintLines(QPainter* painter, const Frame& frame) const {
    const Theme& theme = Theme::instance();
    struct End {
        std::size_t line;
        double y;
    };
    std::vector<End> ends;
    const auto draw = [&](std::size_t index) {
        const Line& line = m_content.lines[index];
        const bool strong = static_cast<int>(index) == m_content.current;
        QPolygonF points;
        // Nothing has moved before the first step; a gradient there is unknown.
        if (m_content.percent) points << QPointF(frame.x(0), frame.y(0));
        for (std::size_t i = 0; i < line.values.size(); ++i)
            if (std::isfinite(line.values[i])) points << QPointF(frame.x(m_content.positions[i]), frame.y(line.values[i]));
        const Tone tone = line.frozen ? (strong ? Tone::Ice : Tone::IceFill) : strong ? Tone::Warm : Tone::WarmFill;
        painter->setPen(
            QPen(theme.color(tone), (strong ? 3.2 : 1.8) * theme.scale(), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter->drawPolyline(points);
        if (points.size() == 1) painter->drawPoint(points.first());
        ends.push_back({index, points.isEmpty() ? frame.area.bottom() : points.last().y()});
    };
    for (std::size_t i = 0; i < m_content.lines.size(); ++i)
        if (static_cast<int>(i) != m_content.current) draw(i);
    if (m_content.current >= 0) draw(static_cast<std::size_t>(m_content.current));

    // Names one below the other, as near to their lines as they can be.
    std::sort(ends.begin(), ends.end(), [](const End& a, const End& b) { return a.y < b.y || (a.y == b.y && a.line > b.line); });
    const double tall = QFontMetricsF(theme.font(TextRole::Table)).height();
    for (std::size_t i = 1; i < ends.size(); ++i) ends[i].y = std::max(ends[i].y, ends[i - 1].y + tall);
    double lowest = frame.area.bottom() + tall / 4;
    for (auto end = ends.rbegin(); end != ends.rend(); ++end) {
        end->y = std::min(end->y, lowest);
        lowest = end->y - tall;
    }
    for (const End& end : ends) {
        const bool strong = static_cast<int>(end.line) == m_content.current;
        painter->setFont(theme.font(strong ? TextRole::TableStrong : TextRole::Table));
        painter->setPen(theme.color(m_content.lines[end.line].frozen ? Tone::Ice : Tone::Warm));
        const QRectF box(frame.area.right() + theme.px(8), end.y - tall / 2, width() - frame.area.right() - theme.px(8), tall);
        painter->drawText(
            box, Qt::AlignVCenter | Qt::AlignLeft,
            painter->fontMetrics().elidedText(m_content.lines[end.line].name, Qt::ElideRight, static_cast<int>(box.width())));
    }
}

void HistoryPlot::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Frame now = frame();
    if (!hasContent()) {
        painter.setPen(QPen(theme.color(Tone::Line2), 1));
        painter.drawRect(now.area);
        painter.setFont(theme.font(TextRole::Table));
        painter.setPen(theme.color(Tone::Ink2));
        QRectF room = now.area.adjusted(theme.px(12), 0, -theme.px(12), 0);
        if (!m_action->isHidden()) room.setBottom(room.center().y());
        painter.drawText(room, (m_action->isHidden() ? Qt::AlignCenter : Qt::AlignHCenter | Qt::AlignBottom) | Qt::TextWordWrap,
                         m_message);
        if (hasFocus()) paintFocusRing(&painter, rect());
        return;
    }
    paintBands(&painter, now);
    paintAxes(&painter, now);
    if (m_mark >= 0) {
        QPen pen(theme.color(Tone::Ink2), theme.px(1));
        pen.setDashPattern({3, 3});
        painter.setPen(pen);
        painter.drawLine(QLineF(now.x(m_mark), now.area.top(), now.x(m_mark), now.area.bottom()));
    }
    paintLines(&painter, now);
    QString above = m_content.remark;
    painter.setPen(theme.color(Tone::Ice));
    if (m_read >= 0) {
        above = valuesAt(m_read, now.step / 100).join(QStringLiteral(", "));
        const double x = now.x(m_content.positions[static_cast<std::size_t>(m_read)]);
        painter.fillRect(QRectF(x - 0.5, now.area.top(), 1, now.area.height()), theme.color(Tone::Ink));
        painter.setPen(theme.color(Tone::Ink));
    }
    painter.setFont(theme.font(TextRole::TableStrong));
    const QRectF line(now.area.left(), 0, width() - now.area.left() - theme.px(6), theme.px(kTopMargin - 4));
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(above, Qt::ElideRight, static_cast<int>(line.width())));
    if (hasFocus()) paintFocusRing(&painter, rect());
}

void HistoryPlot::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    placeAction();
}

bool HistoryPlot::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const Frame now = frame();
    QString text;
    if (hasContent() && now.area.adjusted(-4, 0, 4, 0).contains(help->pos())) {
        const auto distance = [&](double position) { return std::abs(now.x(position) - help->pos().x()); };
        const auto nearest = std::min_element(m_content.positions.begin(), m_content.positions.end(),
                                              [&](double a, double b) { return distance(a) < distance(b); });
        text = valuesAt(static_cast<int>(nearest - m_content.positions.begin()), now.step / 100).join(QLatin1Char('\n'));
    }
    QToolTip::showText(help->globalPos(), text, this);
    return true;
}

void HistoryPlot::keyPressEvent(QKeyEvent* event) {
    const int by = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0;
    const int last = static_cast<int>(m_content.positions.size()) - 1;
    if (by == 0 || last < 0) return QWidget::keyPressEvent(event);
    setRead(m_read < 0 ? last : std::clamp(m_read + by, 0, last));
}

void HistoryPlot::focusOutEvent(QFocusEvent* event) {
    setRead(-1);
    QWidget::focusOutEvent(event);
}

}  // namespace thaw::ui
