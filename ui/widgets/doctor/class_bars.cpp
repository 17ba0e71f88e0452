#include "ui/widgets/doctor/class_bars.h"

#include <QLocale>
#include <QPainter>

#include <algorithm>

#include "ui/models/path_text.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kRow = 38, kBar = 7, kWidest = 420;  // design pixels

}  // namespace

ClassBars::ClassBars(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void ClassBars::setClasses(std::vector<core::ClassCounts> classes) {
    m_classes = std::move(classes);
    QStringList words;
    for (const core::ClassCounts& one : m_classes) words << QStringLiteral("%1 %2").arg(nameText(one.name)).arg(one.train);
    setAccessibleName(words.join(QStringLiteral(", ")));
    updateGeometry();
    update();
}

QSize ClassBars::sizeHint() const {
    return {Theme::instance().px(160), Theme::instance().px(kRow) * static_cast<int>(m_classes.size())};
}

void ClassBars::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    std::int64_t most = 1;
    for (const core::ClassCounts& one : m_classes) most = std::max(most, one.train);
    const double wide = std::min(width(), theme.px(kWidest)), icon = theme.px(14);
    double top = 0;
    for (const core::ClassCounts& one : m_classes) {
        const QRectF line(0, top, wide, theme.px(20));
        const QString count = QLocale().toString(static_cast<qlonglong>(one.train));
        painter.setPen(theme.color(Tone::Ink));
        painter.setFont(theme.font(TextRole::TableStrong));
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, count);
        const bool tiny = one.train < core::kTinyClass;
        const double room =
            wide - painter.fontMetrics().horizontalAdvance(count) - theme.px(12) - (tiny ? icon + theme.px(4) : 0);
        painter.setFont(theme.font(TextRole::Table));
        const QString name =
            painter.fontMetrics().elidedText(nameText(one.name), Qt::ElideRight, static_cast<int>(std::max(0.0, room)));
        painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, name);
        if (tiny)
            painter.drawPixmap(QPointF(painter.fontMetrics().horizontalAdvance(name) + theme.px(4), line.center().y() - icon / 2),
                               theme.pixmap(QStringLiteral("warning"), Tone::Ink2, 14, devicePixelRatioF()));
        const QRectF track(0, top + theme.px(22), wide, theme.px(kBar));
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.color(Tone::Line2));
        painter.drawRoundedRect(track, track.height() / 2, track.height() / 2);
        const double share = static_cast<double>(one.train) / static_cast<double>(most);
        painter.setBrush(theme.color(Tone::Validation));
        if (one.train > 0)
            painter.drawRoundedRect(
                QRectF(track.topLeft(), QSizeF(std::max(track.height(), track.width() * share), track.height())),
                track.height() / 2, track.height() / 2);
        top += theme.px(kRow);
    }
}

}  // namespace thaw::ui
