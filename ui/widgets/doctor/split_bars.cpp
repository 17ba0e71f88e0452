#include "ui/widgets/doctor/split_bars.h"

#include <QLocale>
#include <QPainter>

#include <algorithm>

#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kHead = 20, kRow = 22, kBar = 7, kName = 76, kFigure = 64, kWidest = 460, kNarrowest = 230;  // design pixels

QString number(std::int64_t count) { return QLocale().toString(static_cast<qlonglong>(count)); }

}  // namespace

SplitBars::SplitBars(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void SplitBars::setPreview(const core::DivisionPreview& preview) {
    m_grouped = !preview.exampleGroup.empty();
    m_rows = {{tr("Training"), preview.train}};
    if (preview.validation.pictures > 0) m_rows.push_back({tr("Validation"), preview.validation});
    m_rows.push_back({tr("Test"), preview.test});
    QStringList words;
    for (const Row& row : m_rows)
        words << (m_grouped ? tr("%1: %2 groups, %3 pictures").arg(row.name, number(row.side.groups), number(row.side.pictures))
                            : tr("%1: %2 pictures").arg(row.name, number(row.side.pictures)));
    setAccessibleName(words.join(QStringLiteral("; ")));
    updateGeometry();
    update();
}

QSize SplitBars::sizeHint() const {
    const Theme& theme = Theme::instance();
    return {theme.px(kWidest), theme.px(kHead) + theme.px(kRow) * static_cast<int>(m_rows.size())};
}

QSize SplitBars::minimumSizeHint() const { return {Theme::instance().px(kNarrowest), sizeHint().height()}; }

void SplitBars::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double wide = std::min(width(), theme.px(kWidest)), figure = theme.px(kFigure), name = theme.px(kName);
    const QRectF pictures(wide - figure, 0, figure, theme.px(kHead)), groups = pictures.translated(-figure, 0);
    painter.setFont(theme.font(TextRole::Caption));
    painter.setPen(theme.color(Tone::Ink3));
    painter.drawText(pictures, Qt::AlignRight | Qt::AlignVCenter, tr("pictures"));
    if (m_grouped) painter.drawText(groups, Qt::AlignRight | Qt::AlignVCenter, tr("groups"));
    std::int64_t all = 0;
    for (const Row& row : m_rows) all += row.side.pictures;
    double top = theme.px(kHead);
    for (const Row& row : m_rows) {
        const auto at = [&](const QRectF& column) { return QRectF(column.left(), top, column.width(), theme.px(kRow)); };
        painter.setPen(theme.color(Tone::Ink));
        painter.setFont(theme.font(TextRole::Table));
        painter.drawText(QRectF(0, top, name, theme.px(kRow)), Qt::AlignLeft | Qt::AlignVCenter, row.name);
        painter.drawText(at(pictures), Qt::AlignRight | Qt::AlignVCenter, number(row.side.pictures));
        painter.setFont(theme.font(TextRole::TableStrong));
        if (m_grouped) painter.drawText(at(groups), Qt::AlignRight | Qt::AlignVCenter, number(row.side.groups));
        const double bar = theme.px(kBar);
        const QRectF track(name, top + (theme.px(kRow) - bar) / 2, wide - name - (m_grouped ? 2 : 1) * figure, bar);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.color(Tone::Line2));
        painter.drawRoundedRect(track, bar / 2, bar / 2);
        const double share = all > 0 ? static_cast<double>(row.side.pictures) / static_cast<double>(all) : 0;
        painter.setBrush(theme.color(Tone::Validation));
        if (row.side.pictures > 0)
            painter.drawRoundedRect(QRectF(track.topLeft(), QSizeF(std::max(bar, track.width() * share), bar)), bar / 2, bar / 2);
        top += theme.px(kRow);
    }
}

}  // namespace thaw::ui
