#include "ui/widgets/library/dataset_card.h"

#include <QLocale>
#include <QPainter>

#include "ui/widgets/parts/theme.h"

namespace thaw::ui {

DatasetCard::DatasetCard(const DataEntry& entry, bool inUse, QWidget* parent)
    : QAbstractButton(parent), m_key(entry.key), m_here(entry.isUsable()) {
    const core::DatasetInfo& info = entry.info;
    setText(QString::fromStdString(info.title));
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    if (!info.problem.empty())
        m_state = tr("Found, but cannot be used");
    else if (!info.present)
        m_state = tr("Not on this machine");
    else
        m_state = inUse ? tr("The next run uses it") : tr("Ready");
    m_icon = m_here                      ? QStringLiteral("tick-circle")
             : info.download.url.empty() ? QStringLiteral("folder")
                                         : QStringLiteral("download");
    if (info.trainCount > 0)
        m_size = tr("%1 training, %2 test")
                     .arg(QLocale().toString(static_cast<qlonglong>(info.trainCount)),
                          QLocale().toString(static_cast<qlonglong>(info.testCount)));
    setAccessibleName(text() + QStringLiteral(", ") + m_state);
    if (entry.chosenBefore) setToolTip(entry.key);
}

QSize DatasetCard::sizeHint() const { return {Theme::instance().px(220), Theme::instance().px(m_size.isEmpty() ? 62 : 82)}; }

void DatasetCard::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool framed = isChecked() || hasFocus();
    painter.setPen(QPen(theme.color(framed ? Tone::Accent : Tone::Line), framed ? 1.5 : 1));
    painter.setBrush(theme.color(isChecked() ? Tone::AccentBackground : underMouse() ? Tone::Line2 : Tone::Surface2));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), theme.px(8), theme.px(8));
    const int left = theme.px(14), line = theme.px(20);
    int top = theme.px(10);
    const auto write = [&](const QString& words, TextRole role, Tone tone, int x) {
        painter.setFont(theme.font(role));
        painter.setPen(theme.color(tone));
        const QRect room(x, top, width() - x - theme.px(8), line);
        painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(words, Qt::ElideRight, room.width()));
        top += line;
    };
    write(text(), TextRole::BodyStrong, Tone::Ink, left);
    const Tone tone = m_here ? Tone::Right : Tone::Ink3;
    painter.drawPixmap(left, top + (line - theme.px(14)) / 2, theme.pixmap(m_icon, tone, 14, devicePixelRatioF()));
    write(m_state, TextRole::Table, tone, left + theme.px(20));
    if (!m_size.isEmpty()) write(m_size, TextRole::Caption, Tone::Ink3, left);
}

}  // namespace thaw::ui
