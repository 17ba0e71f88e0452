#include "ui/widgets/pictures/verdict_plate.h"

#include <QPainter>

#include "ui/models/plain_text.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/pictures/picture_tile_delegate.h"

namespace thaw::ui {

VerdictPlate::VerdictPlate(QWidget* parent) : QWidget(parent) { setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed); }

void VerdictPlate::setItem(const PictureItem& item) {
    if (!item.error.isEmpty())
        setVerdict(Verdict::Unknown, true, tr("This file cannot be used"), item.error);
    else if (item.predictedClass < 0)
        setVerdict(Verdict::Unknown, false, tr("Not predicted yet"),
                   item.trueClass >= 0 ? tr("The label says %1").arg(item.trueName) : QString());
    else if (item.verdict == Verdict::Right)
        setVerdict(item.verdict, false, tr("Predicted %1").arg(item.predictedName), tr("The label says the same"));
    else if (item.verdict == Verdict::Wrong)
        setVerdict(item.verdict, false, tr("Predicted %1").arg(item.predictedName), tr("The label says %1").arg(item.trueName));
    else
        setVerdict(item.verdict, false, tr("Predicted %1").arg(item.predictedName),
                   item.isOwn() ? tr("Your own picture has no label") : tr("There is no label to compare with"));
}

void VerdictPlate::setVerdict(Verdict verdict, bool failed, const QString& first, const QString& second) {
    m_verdict = verdict;
    m_failed = failed;
    m_first = first;
    m_second = second;
    setAccessibleName(first + QLatin1String(". ") + second);
    setToolTip(toolTipText(second));
    updateGeometry();
    update();
}

QSize VerdictPlate::sizeHint() const {
    const Theme& theme = Theme::instance();
    if (!m_failed) return {theme.px(300), theme.px(62)};
    const QRect room(0, 0, qMax(theme.px(120), width() - theme.px(26)), 10000);
    const int text = QFontMetrics(theme.font(TextRole::Table)).boundingRect(room, Qt::TextWordWrap, m_second).height();
    return {theme.px(300), text + theme.px(44)};
}

QSize VerdictPlate::minimumSizeHint() const { return {Theme::instance().px(140), sizeHint().height()}; }

void VerdictPlate::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool right = m_verdict == Verdict::Right, wrong = m_verdict == Verdict::Wrong || m_failed;
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.color(right ? Tone::RightBackground : wrong ? Tone::WrongBackground : Tone::Surface2));
    painter.drawRoundedRect(rect(), theme.px(8), theme.px(8));
    int left = theme.px(14);
    if (m_verdict != Verdict::Unknown) {
        const double mark = theme.px(30);
        drawVerdictMark(&painter, QRectF(left, (height() - mark) / 2, mark, mark), m_verdict);
        left += theme.px(30 + 12);
    }
    QFont title = theme.font(TextRole::PanelTitle);
    title.setPixelSize(theme.px(15));
    painter.setFont(title);
    painter.setPen(theme.color(right ? Tone::Right : wrong ? Tone::Wrong : Tone::Ink));
    const QRect text = rect().adjusted(left, theme.px(10), -theme.px(12), -theme.px(9));
    const int line = painter.fontMetrics().height();
    painter.drawText(QRect(text.left(), text.top(), text.width(), line), Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(m_first, Qt::ElideRight, text.width()));
    painter.setFont(theme.font(TextRole::Table));
    painter.setPen(theme.color(Tone::Ink));
    const QRect rest(text.left(), text.top() + line, text.width(), text.height() - line);
    if (m_failed)
        painter.drawText(rest, Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, m_second);
    else
        painter.drawText(rest, Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(m_second, Qt::ElideRight, rest.width()));
}

}  // namespace thaw::ui
