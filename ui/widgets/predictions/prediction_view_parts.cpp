#include "ui/widgets/predictions/prediction_view_parts.h"

#include <QPainter>

#include <array>

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

void PredictionLegend::setTexts(bool texts) {
    m_texts = texts;
    setAccessibleName(texts ? tr("Solid line: the word speaks for the class. Dashed line: against it.")
                            : tr("Round tick: right. Square cross: wrong. Bar: how sure the network is."));
    update();
}

void PredictionLegend::paintTexts() {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    double left = 0;
    const auto entry = [&](const std::array<Tone, 3>& grounds, Tone line, bool dashed, const QString& text) {
        const QSizeF box(theme.px(14), theme.px(14));
        const double top = (height() - box.height()) / 2;
        for (const Tone ground : grounds) {
            painter.fillRect(QRectF(QPointF(left, top), box), theme.color(ground));
            QPen pen(theme.color(line), theme.px(2));
            pen.setCapStyle(Qt::FlatCap);
            if (dashed) pen.setDashPattern({2, 1.2});
            painter.setPen(pen);
            painter.drawLine(QPointF(left, top + box.height()), QPointF(left + box.width(), top + box.height()));
            left += box.width() + 1;
        }
        painter.setFont(theme.font(TextRole::TableStrong));
        painter.setPen(theme.color(line));
        painter.drawText(QRectF(left + theme.px(6), 0, width(), height()), Qt::AlignVCenter, text);
        left += theme.px(6) + painter.fontMetrics().horizontalAdvance(text) + theme.px(20);
    };
    entry({Tone::For1, Tone::For2, Tone::For3}, Tone::ForLine, false, tr("for the class"));
    entry({Tone::Against1, Tone::Against2, Tone::Against3}, Tone::AgainstLine, true, tr("against it"));
}

void PredictionLegend::paintEvent(QPaintEvent*) {
    if (m_texts) return paintTexts();
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
