// qcustomplot.h is written with Qt's keywords, which the rest of the project does without.
#undef QT_NO_KEYWORDS
#include "ui/widgets/live/curve_plot_private.h"

#include <QBuffer>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QSvgGenerator>

#include <optional>

namespace thaw::ui {

using namespace plotting;

namespace {

constexpr int kExportHeader = 62;  // design pixels

}  // namespace

void CurvePlot::Private::writeFile(QCPPainter* painter, double scale, const QSize& size, const QString& title) {
    std::optional<LightForPrint> light;
    if (lightFiles) light.emplace();
    if (light) applyTheme();
    exportScale = scale;
    paintFile(painter, size, title);
    exportScale = 0;
    if (!light) return;
    light.reset();
    applyTheme();
}

void CurvePlot::Private::paintFile(QCPPainter* painter, const QSize& size, const QString& title) {
    const Theme& t = theme();
    const double header = t.px(kExportHeader), margin = t.px(16);
    if (happeningsDirty) refreshHappenings();
    refreshRanges(false);
    painter->fillRect(QRectF(QPointF(0, 0), QSizeF(size)), t.color(Tone::Surface));
    painter->setAntialiasing(true);
    painter->setFont(fontOf(TextRole::PanelTitle));
    painter->setPen(t.color(Tone::Ink));
    painter->drawText(QRectF(margin, t.px(8), size.width() - 2 * margin, t.px(24)), Qt::AlignLeft | Qt::AlignVCenter, title);

    double left = margin;
    const double y = t.px(44), sample = t.px(28);
    painter->setFont(fontOf(TextRole::Table));
    const auto entry = [&](const QString& text, const QPen& pen, bool disc) {
        painter->setPen(pen);
        painter->drawLine(QLineF(left, y, left + sample, y));
        if (disc) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(pen.color());
            painter->drawEllipse(QPointF(left + sample / 2, y), t.px(10) * 0.5, t.px(10) * 0.5);
            painter->setBrush(Qt::NoBrush);
        }
        left += sample + t.px(6);
        painter->setPen(t.color(Tone::Ink2));
        const double width = QFontMetricsF(painter->font()).horizontalAdvance(text) + 2;
        painter->drawText(QRectF(left, y - t.px(12), width, t.px(24)), Qt::AlignLeft | Qt::AlignVCenter, text);
        left += width + t.px(18);
    };
    entry(CurvePlot::tr("validation"), accuracy.val->pen(), true);
    if (!curves->trainLoss().empty()) {
        if (curves->smoothing() > 0) {
            const double window = 1 / (1 - curves->smoothing());
            entry(CurvePlot::tr("training, average over about %1 batches").arg(QLocale().toString(window, 'f', 0)),
                  accuracy.smoothed->pen(), false);
        }
        entry(CurvePlot::tr("training, each batch"), QPen(curves->smoothing() > 0 ? rawColor() : t.color(Tone::Training), 1),
              false);
    } else if (!curves->epochs().empty()) {
        entry(CurvePlot::tr("training"), accuracy.past->pen(), false);
    }
    for (const OtherCurves& other : others) entry(other.name, t.runPen(other.penIndex, t.px(10) * 0.2), false);

    painter->save();
    painter->translate(margin / 2, header);
    const CurveShape onScreen = shape;
    setShape(kShapes[0]);
    plot->toPainter(painter, size.width() - static_cast<int>(margin), size.height() - static_cast<int>(header) - t.px(6));
    painter->restore();
    setShape(onScreen);
    markDirty();  // the layout was that of the file
}

void CurvePlot::setLightFiles(bool light) { d->lightFiles = light; }

QImage CurvePlot::toImage(const QSize& size, double scale, const QString& title) {
    QImage image((QSizeF(size) * scale).toSize(), QImage::Format_RGB32);
    QCPPainter painter;
    painter.begin(&image);
    painter.setMode(QCPPainter::pmNoCaching);
    if (scale > 1) painter.setMode(QCPPainter::pmNonCosmetic);
    painter.scale(scale, scale);
    d->writeFile(&painter, scale, size, title);
    painter.end();
    image.setDotsPerMeterX(qRound(96 * scale / 0.0254));
    image.setDotsPerMeterY(qRound(96 * scale / 0.0254));
    return image;
}

QByteArray CurvePlot::toSvg(const QSize& size, const QString& title) {
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(size);
    generator.setViewBox(QRect(QPoint(0, 0), size));
    generator.setTitle(title);
    generator.setResolution(96);
    QCPPainter painter;
    painter.begin(&generator);
    painter.setModes(QCPPainter::pmVectorized | QCPPainter::pmNoCaching | QCPPainter::pmNonCosmetic);
    d->writeFile(&painter, 2, size, title);
    painter.end();
    return buffer.data();
}

QByteArray CurvePlot::toPdf(const QSize& size, const QString& title) {
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    {
        QPdfWriter writer(&buffer);
        constexpr double kPointsPerPixel = 0.75;
        writer.setPageSize(QPageSize(QSizeF(size) * kPointsPerPixel, QPageSize::Point, QString(), QPageSize::ExactMatch));
        writer.setPageMargins(QMarginsF(0, 0, 0, 0));
        writer.setTitle(title);
        writer.setCreator(QStringLiteral("Thaw"));
        writer.setResolution(96 * 4);
        QCPPainter painter;
        painter.begin(&writer);
        painter.setModes(QCPPainter::pmVectorized | QCPPainter::pmNoCaching | QCPPainter::pmNonCosmetic);
        painter.scale(4, 4);
        d->writeFile(&painter, 4, size, title);
        painter.end();
    }
    return buffer.data();
}

}  // namespace thaw::ui
