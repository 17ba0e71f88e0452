#include "ui/widgets/library/sample_grid.h"

#include <QPainter>

#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kTile = 104, kGap = 8, kHeader = 26, kName = 22;  // design pixels

}  // namespace

SampleGrid::SampleGrid(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Samples"));
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        setFixedSize(sizeHint());
        update();
    });
}

void SampleGrid::setContent(const QStringList& columns, std::vector<Row> rows, int marked) {
    m_columns = columns;
    m_rows = std::move(rows);
    m_marked = marked;
    QStringList names;
    for (const Row& row : m_rows) names << row.name;
    setAccessibleDescription(
        tr("Columns: %1. Rows: %2.").arg(columns.join(QStringLiteral(", ")), names.join(QStringLiteral("; "))));
    setFixedSize(sizeHint());
    update();
}

QSize SampleGrid::sizeHint() const {
    const Theme& theme = Theme::instance();
    const int columns = static_cast<int>(m_columns.size()), rows = static_cast<int>(m_rows.size());
    return {columns * theme.px(kTile + kGap), theme.px(kHeader) + rows * theme.px(kName + kTile + kGap)};
}

QRect SampleGrid::tile(int row, int column) const {
    const Theme& theme = Theme::instance();
    const int side = theme.px(kTile);
    return {column * theme.px(kTile + kGap), theme.px(kHeader) + row * theme.px(kName + kTile + kGap) + theme.px(kName), side,
            side};
}

void SampleGrid::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    for (int column = 0; column < static_cast<int>(m_columns.size()); ++column) {
        const bool marked = column == m_marked;
        const QRect head(tile(0, column).left(), 0, theme.px(kTile), theme.px(kHeader));
        painter.setFont(theme.font(marked ? TextRole::TableStrong : TextRole::Table));
        painter.setPen(theme.color(marked ? Tone::Ink : Tone::Ink2));
        painter.drawText(head, Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(m_columns.at(column), Qt::ElideRight, head.width()));
        if (marked)
            painter.fillRect(QRect(head.left(), head.bottom() - theme.px(2), head.width(), theme.px(2)),
                             theme.color(Tone::Accent));
    }
    painter.setFont(theme.font(TextRole::Caption));
    for (int row = 0; row < static_cast<int>(m_rows.size()); ++row) {
        const Row& one = m_rows[static_cast<std::size_t>(row)];
        painter.setPen(theme.color(Tone::Ink2));
        const QRect name(0, tile(row, 0).top() - theme.px(kName), width(), theme.px(kName));
        painter.drawText(name, Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(one.name, Qt::ElideRight, name.width()));
        for (int column = 0; column < static_cast<int>(one.pictures.size()); ++column) {
            const QImage& picture = one.pictures[static_cast<std::size_t>(column)];
            const QRect room = tile(row, column);
            if (picture.isNull()) continue;
            QRect place(QPoint(), picture.size().scaled(room.size(), Qt::KeepAspectRatio));
            place.moveCenter(room.center());
            painter.drawImage(place, picture);
        }
    }
}

}  // namespace thaw::ui
