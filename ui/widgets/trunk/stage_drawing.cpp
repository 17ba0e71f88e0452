#include "ui/widgets/trunk/stage_drawing.h"

#include <QFontMetrics>
#include <QPainter>

#include <algorithm>
#include <cmath>

#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kLargest = 224, kSmallest = 7, kPatches = 14;  // pixels a side; a transformer's tokens lie in a square so wide
constexpr double kLowest = 0.22;                             // of the height of the largest
constexpr double kBar = 12, kNamedBar = 8, kGap = 2, kGroupGap = 8, kHead = 9;  // design pixels
constexpr double kLeastGap = 1, kLeastGroupGap = 4, kMostGroupGap = 40;
constexpr double kLeastNameGap = 2;
constexpr double kDetail = 4;  // narrower bars have none

/// Of the drawing's height.
double heightOf(int side) {
    const double doublings = std::log2(std::clamp(side ? side : kPatches, kSmallest, kLargest) / double(kSmallest));
    return kLowest + (1 - kLowest) * doublings / std::log2(double(kLargest) / kSmallest);
}

QString lastPart(const std::string& path) {
    const QString text = QString::fromStdString(path);
    return text.mid(text.lastIndexOf(QLatin1Char('.')) + 1);
}

}  // namespace

StageDrawing::StageDrawing(const std::vector<core::StageCard>& stages, const std::vector<bool>& thawed, Head head)
    : m_head(head) {
    for (std::size_t i = 0; i < stages.size(); ++i) {
        const core::StageCard& stage = stages[i];
        if (stage.block == "pool") continue;
        const QString name = lastPart(stage.group);
        if (m_groups.empty() || m_groups.back().name != name) m_groups.push_back({name, {}});
        m_groups.back().bars.push_back(
            {QString::fromStdString(stage.block), stage.side, stage.heads, i < thawed.size() && thawed[i]});
    }
    m_groups.push_back({QStringLiteral("head"), {}});
}

StageDrawing::Lay StageDrawing::layFor(double width, bool spread) const {
    const double unit = Theme::instance().scale();
    double bars = 0, gaps = 0;
    for (const Group& group : m_groups) {
        bars += static_cast<double>(group.bars.size());
        gaps += static_cast<double>(std::max<std::size_t>(group.bars.size(), 1) - 1);
    }
    const double groupGaps = static_cast<double>(m_groups.size()) - 1, head = kHead * unit;
    const auto left = [&](const Lay& lay) { return width - head - bars * lay.bar - gaps * lay.gap - groupGaps * lay.groupGap; };
    const double usual = (spread ? kNamedBar : kBar) * unit;
    Lay lay{usual, kGap * unit, kGroupGap * unit};
    if (left(lay) < 0) lay = {0, kLeastGap, kLeastGroupGap * unit};
    if (lay.bar == 0) lay.bar = std::min(usual, std::max(1.0, left(lay) / bars));
    if (spread) lay.groupGap += std::min(kMostGroupGap * unit, std::max(0.0, left(lay) / groupGaps));
    return lay;
}

double StageDrawing::widthOf(const Group& group, const Lay& lay) const {
    const auto count = static_cast<double>(group.bars.size());
    return group.bars.empty() ? kHead * Theme::instance().scale() : count * lay.bar + (count - 1) * lay.gap;
}

void StageDrawing::paint(QPainter& painter, const QRectF& area) const {
    const Lay lay = layFor(area.width(), /*spread=*/false);
    double left = area.left();
    for (const Group& group : m_groups) {
        const double width = widthOf(group, lay);
        paintGroup(painter, group, lay, {left, area.top(), width, area.height()});
        left += width + lay.groupGap;
    }
}

void StageDrawing::paintNamed(QPainter& painter, const QRectF& area) const {
    const Theme& theme = Theme::instance();
    const int line = theme.px(16);
    const QRectF bars = area.adjusted(0, 0, 0, -2 * line - theme.px(3));
    QFont nameFont = theme.font(TextRole::Caption), sideFont = nameFont;
    nameFont.setWeight(QFont::DemiBold);
    const Lay lay = layFor(area.width(), /*spread=*/true);
    const auto sideOf = [](const Group& group) {
        const int side = group.bars.empty() ? 0 : group.bars.back().side;
        return side ? QStringLiteral("%1 px").arg(side) : QString();
    };
    const auto wordsOf = [&](const Group& group) -> double {
        return std::max(QFontMetrics(nameFont).horizontalAdvance(group.name),
                        QFontMetrics(sideFont).horizontalAdvance(sideOf(group)));
    };
    // Where all names find room each group gets what its name needs; else some names are left out.
    double needed = 0;
    for (const Group& group : m_groups) needed += std::max(widthOf(group, lay), wordsOf(group));
    const double gap = (area.width() - needed) / (static_cast<double>(m_groups.size()) - 1);
    const bool allNamed = gap >= theme.px(kLeastNameGap);
    double left = area.left(), taken = area.left();
    for (const Group& group : m_groups) {
        const double width = widthOf(group, lay), words = wordsOf(group), slot = allNamed ? std::max(width, words) : width;
        paintGroup(painter, group, lay, {left + (slot - width) / 2, bars.top(), width, bars.height()});
        const double last = std::max(area.left(), area.right() - words);
        const double begin = std::clamp(left + slot / 2 - words / 2, area.left(), last);
        left += slot + (allNamed ? gap : lay.groupGap);
        if (begin < taken - 1) continue;
        taken = begin + words + theme.px(kLeastNameGap);
        const auto write = [&](const QString& text, const QFont& font, Tone tone, double top) {
            painter.setFont(font);
            painter.setPen(theme.color(tone));
            painter.drawText(QRectF(begin, top, words + 1, line), Qt::AlignHCenter | Qt::AlignVCenter, text);
        };
        write(group.name, nameFont, Tone::Ink, bars.bottom() + theme.px(3));
        write(sideOf(group), sideFont, Tone::Ink3, bars.bottom() + theme.px(3) + line);
    }
}

void StageDrawing::paintGroup(QPainter& painter, const Group& group, const Lay& lay, const QRectF& area) const {
    const Theme& theme = Theme::instance();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    if (group.bars.empty()) {
        const bool learns = m_head == Head::Thawed;
        QPen pen(theme.color(learns ? Tone::Warm : Tone::Ink3), 1);
        if (!learns) pen.setDashPattern({3, 2});
        painter.setPen(pen);
        painter.setBrush(learns ? QBrush(theme.color(Tone::WarmFill)) : QBrush(Qt::NoBrush));
        const double tall = area.height() / 2;
        painter.drawRoundedRect(QRectF(area.left() + 0.5, area.bottom() - tall + 0.5, area.width() - 1, tall - 1), 2, 2);
    }
    double left = area.left();
    for (const Bar& bar : group.bars) {
        const double tall = area.height() * heightOf(bar.side);
        paintBar(painter, bar, {left, area.bottom() - tall, lay.bar, tall});
        left += lay.bar + lay.gap;
    }
    painter.restore();
}

void StageDrawing::paintBar(QPainter& painter, const Bar& bar, const QRectF& box) {
    const Theme& theme = Theme::instance();
    const double unit = theme.scale();
    const bool detailed = box.width() >= kDetail;
    const QColor line = theme.color(bar.thawed ? Tone::Warm : Tone::Ice);
    const QPen pen = detailed ? QPen(line, unit) : QPen(Qt::NoPen);
    const auto block = [&](const QRectF& rect) {
        painter.setPen(pen);
        painter.setBrush(theme.color(bar.thawed ? Tone::WarmFill : Tone::IceFill));
        const double edge = detailed ? unit / 2 : 0;
        painter.drawRoundedRect(rect.adjusted(edge, edge, -edge, -edge), std::min(2.0, rect.height() / 3) * unit, 2 * unit);
    };
    if (bar.block == QLatin1String("branches")) {
        constexpr int kPieces = 3;
        const double gap = std::min(1.5 * unit, box.height() / 10), piece = (box.height() - (kPieces - 1) * gap) / kPieces;
        for (int i = 0; i < kPieces; ++i) block({box.left(), box.top() + i * (piece + gap), box.width(), piece});
        return;
    }
    const bool arc = bar.block == QLatin1String("residual") && detailed;
    block(arc ? box.adjusted(0, std::min(4 * unit, box.height() / 3), 0, 0) : box);
    if (!detailed) return;
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    if (arc) painter.drawArc(box.adjusted(unit / 2, unit, -unit / 2, 5 * unit - box.height()), 0, 180 * 16);
    if (bar.block == QLatin1String("inverted residual")) {
        const double middle = box.center().y(), inset = box.width() / 4;
        painter.drawLine(QPointF(box.left() + inset, middle), QPointF(box.right() - inset, middle));
    }
    if (bar.block == QLatin1String("transformer") && bar.heads > 0) {
        const int columns = box.width() >= 8 * unit ? 3 : 2, rows = (bar.heads + columns - 1) / columns;
        const double across = box.width() / (columns + 1), down = box.height() / (rows + 1);
        painter.setPen(Qt::NoPen);
        painter.setBrush(line);
        for (int i = 0; i < bar.heads; ++i) {
            const int column = i % columns, row = i / columns;
            painter.drawEllipse(QPointF(box.left() + across * (1 + column), box.top() + down * (1 + row)), 0.8 * unit,
                                0.8 * unit);
        }
    }
}

}  // namespace thaw::ui
