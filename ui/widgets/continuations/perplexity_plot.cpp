#include "ui/widgets/continuations/perplexity_plot.h"

#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <cmath>

#include "ui/models/task_text.h"
#include "ui/widgets/parts/plot_axis.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kHeight = 150, kLeft = 44, kBottom = 22, kTop = 8, kDisc = 7;  // design pixels
constexpr int kMostEpochLabels = 8;

/// 1, 2 and 5 times the powers of ten from the last one below `low` to the first one above `high`.
std::vector<double> marksAround(double low, double high) {
    std::vector<double> marks;
    for (double decade = std::pow(10, std::floor(std::log10(low))); marks.empty() || marks.back() < high; decade *= 10)
        for (const double unit : {1.0, 2.0, 5.0}) {
            const double mark = unit * decade;
            if (mark <= low && !marks.empty()) marks.clear();
            if (marks.empty() || marks.back() < high) marks.push_back(mark);
        }
    return marks;
}

}  // namespace

PerplexityPlot::PerplexityPlot(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Perplexity over the epochs"));
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void PerplexityPlot::setPoints(std::vector<Point> points, int plannedEpochs) {
    m_points = std::move(points);
    const auto isNone = [](const Point& point) { return !(point.perplexity > 0) || !std::isfinite(point.perplexity); };
    m_points.erase(std::remove_if(m_points.begin(), m_points.end(), isNone), m_points.end());
    m_planned = std::max({1, plannedEpochs, m_points.empty() ? 0 : m_points.back().epoch});
    QStringList said;
    for (const Point& point : m_points)
        said << tr("epoch %1: %2").arg(point.epoch).arg(scoreValueText(core::TaskKind::ContinueText, point.perplexity));
    setAccessibleDescription(said.join(QStringLiteral(", ")));
    update();
}

QSize PerplexityPlot::sizeHint() const { return {Theme::instance().px(300), Theme::instance().px(kHeight)}; }
QSize PerplexityPlot::minimumSizeHint() const { return {Theme::instance().px(160), Theme::instance().px(70)}; }

void PerplexityPlot::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme.font(TextRole::Table));
    const QRectF area = QRectF(rect()).adjusted(theme.px(kLeft), theme.px(kTop), -theme.px(kDisc), -theme.px(kBottom));
    double low = 10, high = 1000;
    for (std::size_t i = 0; i < m_points.size(); ++i) {
        low = i == 0 ? m_points[i].perplexity : std::min(low, m_points[i].perplexity);
        high = i == 0 ? m_points[i].perplexity : std::max(high, m_points[i].perplexity);
    }
    const std::vector<double> marks = marksAround(low, std::max(high, low * 1.2));
    const double bottom = std::log(marks.front()), top = std::log(std::max(marks.back(), marks.front() * 2));
    const auto x = [&](double epoch) { return area.left() + area.width() * epoch / m_planned; };
    const auto y = [&](double value) { return area.bottom() - area.height() * (std::log(value) - bottom) / (top - bottom); };
    const int done = m_points.empty() ? 0 : m_points.back().epoch;
    paintHatch(&painter, QRectF(QPointF(x(done), area.top()), area.bottomRight()));
    double lastLabel = 1e9;
    for (const double mark : marks) {
        painter.setPen(QPen(theme.color(Tone::Line2), 1));
        painter.drawLine(QPointF(area.left(), y(mark)), QPointF(area.right(), y(mark)));
        if (lastLabel - y(mark) < painter.fontMetrics().height()) continue;
        lastLabel = y(mark);
        painter.setPen(theme.color(Tone::Ink2));
        painter.drawText(QRectF(0, y(mark) - 20, area.left() - theme.px(6), 40), Qt::AlignVCenter | Qt::AlignRight,
                         QLocale().toString(mark, 'g', 5));
    }
    const int every = (m_planned + kMostEpochLabels - 1) / kMostEpochLabels;
    painter.setPen(theme.color(Tone::Ink2));
    for (int epoch = 0; epoch <= m_planned; epoch += every)
        painter.drawText(QRectF(x(epoch) - 30, area.bottom(), 60, theme.px(kBottom)), Qt::AlignCenter, QString::number(epoch));
    QPolygonF line;
    for (const Point& point : m_points) line << QPointF(x(point.epoch), y(point.perplexity));
    painter.setPen(QPen(theme.color(Tone::Validation), theme.px(10) * 0.3, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(line);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.color(Tone::Validation));
    for (const QPointF& point : line) painter.drawEllipse(point, theme.px(kDisc) / 2.0, theme.px(kDisc) / 2.0);
}

}  // namespace thaw::ui
