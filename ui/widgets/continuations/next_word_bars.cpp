#include "ui/widgets/continuations/next_word_bars.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

#include "ui/models/percent_text.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kRow = 23, kBarHeight = 11, kNameWidth = 82, kFigureWidth = 62;  // design pixels

}  // namespace

QString tokenText(const std::string& token) {
    QString text = QString::fromStdString(token);
    text.replace(QLatin1Char('\n'), QChar(0x21B5)).replace(QLatin1Char('\t'), QChar(0x21E5));
    if (text.startsWith(QLatin1Char(' '))) text[0] = QChar(0x2423);
    return text;
}

NextWordBars::NextWordBars(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("Words that may come next"));
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

int NextWordBars::rows() const { return std::min(m_most, static_cast<int>(m_words.size())); }

void NextWordBars::setWords(std::vector<core::NextToken> words) {
    m_words = std::move(words);
    m_current = 0;
    QStringList said;
    for (int row = 0; row < rows(); ++row) {
        const core::NextToken& word = m_words[static_cast<std::size_t>(row)];
        said << (word.mayCome ? tr("%1 %2") : tr("%1 %2, left out")).arg(tokenText(word.text), percentText(word.probability));
    }
    setAccessibleDescription(said.join(QStringLiteral("; ")));
    update();
}

void NextWordBars::setMostRows(int rows) {
    m_most = rows;
    updateGeometry();
    update();
}

QSize NextWordBars::sizeHint() const { return {Theme::instance().px(260), Theme::instance().px(kRow) * m_most}; }

int NextWordBars::rowAt(const QPoint& position) const {
    const int row = position.y() / Theme::instance().px(kRow);
    return position.y() >= 0 && row < rows() ? row : -1;
}

void NextWordBars::mousePressEvent(QMouseEvent* event) {
    if (const int row = rowAt(event->pos()); row >= 0 && event->button() == Qt::LeftButton) Q_EMIT chosen(row);
}

void NextWordBars::mouseMoveEvent(QMouseEvent* event) {
    m_hovered = rowAt(event->pos());
    setCursor(m_hovered >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    setToolTip(m_hovered >= 0 ? tr("Take this word and go on") : QString());
    update();
}

void NextWordBars::leaveEvent(QEvent*) {
    m_hovered = -1;
    update();
}

void NextWordBars::keyPressEvent(QKeyEvent* event) {
    const int step = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
    if (step != 0) {
        m_current = std::clamp(m_current + step, 0, std::max(0, rows() - 1));
        return update();
    }
    const bool takes = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Space;
    if (!takes || m_current >= rows()) return QWidget::keyPressEvent(event);
    Q_EMIT chosen(m_current);
}

bool NextWordBars::event(QEvent* event) {
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) update();
    return QWidget::event(event);
}

void NextWordBars::paintRow(QPainter& painter, int row) const {
    const Theme& theme = Theme::instance();
    const core::NextToken& word = m_words[static_cast<std::size_t>(row)];
    const QRectF line(0, row * theme.px(kRow), width(), theme.px(kRow));
    const QFont font = theme.font(row == 0 && word.mayCome ? TextRole::TableStrong : TextRole::Table);
    const QColor ink = theme.color(word.mayCome ? Tone::Ink : Tone::Ink3);
    if (row == m_hovered) painter.fillRect(line, theme.color(Tone::Surface2));
    painter.setFont(font);
    painter.setPen(ink);
    const int name = theme.px(kNameWidth);
    painter.drawText(line.adjusted(0, 0, name - line.width(), 0), Qt::AlignVCenter | Qt::AlignLeft,
                     painter.fontMetrics().elidedText(tokenText(word.text), Qt::ElideRight, name - theme.px(6)));
    painter.drawText(line, Qt::AlignVCenter | Qt::AlignRight, percentText(word.probability));
    const double most = std::max(1e-9, m_words.front().probability), room = line.width() - name - theme.px(kFigureWidth);
    const double high = theme.px(kBarHeight);
    const QRectF bar(name, line.center().y() - high / 2, std::max(3.0, room * word.probability / most), high);
    painter.setPen(Qt::NoPen);
    if (word.mayCome) {
        painter.setBrush(theme.color(row == 0 ? Tone::Accent : Tone::Training));
        painter.drawRoundedRect(bar, theme.px(3), theme.px(3));
    } else {
        painter.setBrush(QBrush(theme.color(Tone::Ink3), Qt::BDiagPattern));
        painter.setPen(QPen(theme.color(Tone::Ink3), 1));
        painter.drawRoundedRect(bar, theme.px(3), theme.px(3));
    }
    if (hasFocus() && row == m_current) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme.color(Tone::Accent), 2));
        painter.drawRoundedRect(line.adjusted(1, 1, -1, -1), theme.px(4), theme.px(4));
    }
}

void NextWordBars::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    for (int row = 0; row < rows(); ++row) paintRow(painter, row);
}

}  // namespace thaw::ui
