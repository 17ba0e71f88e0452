#include "ui/widgets/predictions/prediction_view_parts.h"

#include <QPainter>

#include "ui/models/prediction_list_model.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/pictures/picture_tile_delegate.h"

namespace thaw::ui {
namespace {

QString barText() { return PredictionLegend::tr("bar: how sure it is"); }

int marksWidth() {
    const Theme& theme = Theme::instance();
    const QFontMetrics metrics(theme.font(TextRole::TableStrong));
    return metrics.horizontalAdvance(PredictionLegend::tr("right")) + metrics.horizontalAdvance(PredictionLegend::tr("wrong")) +
           theme.px(68);
}

int barWidth() {
    const Theme& theme = Theme::instance();
    return QFontMetrics(theme.font(TextRole::Table)).horizontalAdvance(barText()) + theme.px(88);
}

}  // namespace

PredictionLegend::PredictionLegend(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Round tick: right. Square cross: wrong. Bar: how sure the network is."));
}

QSize PredictionLegend::sizeHint() const { return {marksWidth() + barWidth(), Theme::instance().px(24)}; }

QSize PredictionLegend::minimumSizeHint() const { return {marksWidth(), Theme::instance().px(24)}; }

void PredictionLegend::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    double left = 0;
    const double mark = theme.px(18);
    const auto entry = [&](Verdict verdict, Tone tone, const QString& text) {
        drawVerdictMark(&painter, QRectF(left, (height() - mark) / 2, mark, mark), verdict);
        painter.setFont(theme.font(TextRole::TableStrong));
        painter.setPen(theme.color(tone));
        const double width = painter.fontMetrics().horizontalAdvance(text);
        painter.drawText(QRectF(left + mark + theme.px(6), 0, width + 2, height()), Qt::AlignVCenter, text);
        left += mark + theme.px(6) + width + theme.px(20);
    };
    entry(Verdict::Right, Tone::Right, tr("right"));
    entry(Verdict::Wrong, Tone::Wrong, tr("wrong"));
    if (width() < sizeHint().width()) return;
    drawConfidenceBar(&painter, QRectF(left, height() / 2.0 - theme.px(2.5), theme.px(48), theme.px(5)), 0.68,
                      theme.color(Tone::Right));
    painter.setFont(theme.font(TextRole::Table));
    painter.setPen(theme.color(Tone::Ink2));
    painter.drawText(QRectF(left + theme.px(58), 0, width(), height()), Qt::AlignVCenter, barText());
}

DropOverlay::DropOverlay(QWidget* parent) : QWidget(parent) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    hide();
}

void DropOverlay::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor ground = theme.color(Tone::AccentBackground);
    ground.setAlpha(235);
    painter.setPen(QPen(theme.color(Tone::Accent), theme.px(2), Qt::DashLine));
    painter.setBrush(ground);
    painter.drawRoundedRect(QRectF(rect()).adjusted(2, 2, -2, -2), theme.px(10), theme.px(10));
    painter.setFont(theme.font(TextRole::CardTitle));
    painter.setPen(theme.color(Tone::Accent));
    painter.drawText(rect(), Qt::AlignCenter, tr("Drop your pictures: the network says what it sees"));
}

}  // namespace thaw::ui
