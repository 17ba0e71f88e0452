#include "ui/widgets/evaluation/color_legend.h"

#include <QLocale>
#include <QPainter>
#include <QPainterPath>

#include "ui/models/confusion_model.h"
#include "ui/models/percent_text.h"
#include "ui/models/prediction_list_model.h"
#include "ui/widgets/evaluation/matrix_table.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kRampWidth = 42, kGap = 5, kBetween = 12;

}  // namespace

ColorLegend::ColorLegend(const ConfusionModel& model, QWidget* parent) : QWidget(parent), m_model(model) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    const auto renew = [this] {
        QStringList spoken;
        for (const Ramp& ramp : ramps())
            spoken += (ramp.right ? tr("teal, %1: up to %2") : tr("red, %1: up to %2")).arg(ramp.word, ramp.end);
        setAccessibleName(tr("Colours: %1").arg(spoken.join(QStringLiteral("; "))));
        setToolTip(m_model.isDifference()
                       ? tr("Teal: more right than before. Red: more wrong. The strongest colour stands for the largest change.")
                       : tr("Teal: the share of a class that is called what it is. Red: the share that is called something "
                            "else; the strongest red stands for the largest one, at least 5\u2009%."));
        updateGeometry();
        update();
    };
    connect(&model, &ConfusionModel::reportChanged, this, renew);
    connect(&Theme::instance(), &Theme::changed, this, renew);
    renew();
}

std::vector<ColorLegend::Ramp> ColorLegend::ramps() const {
    const double top = m_model.topShare();
    if (!m_model.isDifference()) return {{tr("right"), tr("100\u2009%"), true}, {tr("wrong"), percentText(top), false}};
    const bool counts = m_model.shown() == ConfusionShow::Counts;
    const QString end = QLocale().toString(counts ? top : 100 * top, 'f', counts ? 0 : 1);
    return {{tr("better"), end, true}, {tr("worse"), end, false}};
}

double ColorLegend::strengthAt(const Ramp& ramp, double part) const {
    if (ramp.right && !m_model.isDifference()) return ConfusionModel::strengthOfRight(part);
    const double size = ConfusionModel::strengthOfWrong(part, 1);
    return ramp.right ? size : -size;
}

void ColorLegend::setBrief(bool brief) {
    if (brief == m_brief) return;
    m_brief = brief;
    updateGeometry();
    update();
}

int ColorLegend::tall() const { return Theme::instance().px(18); }

int ColorLegend::widthOf(bool brief) const {
    const Theme& theme = Theme::instance();
    const QFontMetrics metrics(theme.font(TextRole::Caption));
    int width = theme.px(kBetween);
    for (const Ramp& ramp : ramps())
        width += theme.px(kRampWidth + kGap) + metrics.horizontalAdvance(ramp.end) + 2 +
                 (brief ? 0 : metrics.horizontalAdvance(ramp.word) + theme.px(kGap));
    return width;
}

void ColorLegend::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme.font(TextRole::Caption));
    const double barHeight = theme.px(10);
    double left = 0;
    const auto write = [&](const QString& text, Tone tone) {
        painter.setPen(theme.color(tone));
        const double width = painter.fontMetrics().horizontalAdvance(text);
        painter.drawText(QRectF(left, 0, width + 2, height()), Qt::AlignVCenter, text);
        left += width;
    };
    for (const Ramp& ramp : ramps()) {
        if (!m_brief) {
            write(ramp.word, ramp.right ? Tone::Right : Tone::Wrong);
            left += theme.px(kGap);
        }
        const QRectF bar(left, (height() - barHeight) / 2, theme.px(kRampWidth), barHeight);
        QPainterPath outline;
        outline.addRoundedRect(bar, theme.px(2), theme.px(2));
        painter.save();
        painter.setClipPath(outline);
        const int steps = static_cast<int>(bar.width());
        for (int step = 0; step < steps; ++step)
            painter.fillRect(QRectF(bar.left() + step, bar.top(), 1.5, barHeight),
                             matrixColor(strengthAt(ramp, (step + 0.5) / steps)));
        painter.restore();
        left = bar.right() + theme.px(kGap);
        write(ramp.end, Tone::Ink3);
        left += 2 + theme.px(kBetween);
    }
}

}  // namespace thaw::ui
