#include "ui/widgets/pictures/guess_bars.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

#include "ui/models/percent_text.h"
#include "ui/models/prediction_list_model.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/pictures/picture_tile_delegate.h"

namespace thaw::ui {

GuessBars::GuessBars(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    setAccessibleName(tr("Best guesses"));
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

QString GuessBars::title() const { return m_guesses.size() < 5 ? tr("Best guesses") : tr("Five best guesses"); }

void GuessBars::setGuesses(std::vector<Guess> guesses, bool known) {
    // The same classes again: who walks over them by keys stays where he is.
    const bool same = std::equal(guesses.begin(), guesses.end(), m_guesses.begin(), m_guesses.end(),
                                 [](const Guess& a, const Guess& b) { return a.classIndex == b.classIndex; });
    if (!same) m_current = 0;
    m_guesses = std::move(guesses);
    m_known = known;
    describe();
    updateGeometry();
    update();
}

void GuessBars::setItem(const PredictionListModel& model, int id) {
    constexpr int kMost = 5;
    std::vector<Guess> guesses;
    for (const auto& [classIndex, probability] : model.bestGuesses(id, kMost))
        guesses.push_back({model.className(classIndex), probability, model.hasLabel(id, classIndex), classIndex});
    setGuesses(std::move(guesses), model.item(id).trueClass >= 0);
}

void GuessBars::describe() {
    QStringList spoken;
    for (const Guess& guess : m_guesses) {
        const QString text =
            (guess.isLabel ? tr("%1 %2, the label") : tr("%1 %2")).arg(guess.name, percentText(guess.probability));
        spoken << (m_marked >= 0 && guess.classIndex == m_marked ? tr("%1, shown on the picture").arg(text) : text);
    }
    setAccessibleDescription(spoken.join(QLatin1String("; ")));
}

void GuessBars::setChoosable(bool choosable) {
    m_choosable = choosable;
    setMouseTracking(choosable);
    setFocusPolicy(choosable ? Qt::StrongFocus : Qt::NoFocus);
    setToolTip(choosable ? tr("Click a class to see what in the picture speaks for it") : QString());
}

void GuessBars::setMarked(int classIndex) {
    if (classIndex == m_marked) return;
    m_marked = classIndex;
    describe();
    update();
}

QSize GuessBars::sizeHint() const { return {Theme::instance().px(300), Theme::instance().px(42) * 5}; }
QSize GuessBars::minimumSizeHint() const { return {Theme::instance().px(200), Theme::instance().px(24) * 5}; }

// Where there is no room for five, the best ones.
int GuessBars::shownRows() const {
    return qBound(1, height() / Theme::instance().px(19), qMax(5, static_cast<int>(m_guesses.size())));
}

int GuessBars::rowHeight() const { return qMin(height() / shownRows(), Theme::instance().px(46)); }

int GuessBars::rowAt(const QPoint& point) const {
    const int row = point.y() / qMax(1, rowHeight());
    return rect().contains(point) && row < shownRows() && row < static_cast<int>(m_guesses.size()) ? row : -1;
}

void GuessBars::point(int row) {
    if (row == m_pointed) return;
    m_pointed = row;
    setCursor(row >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
}

void GuessBars::mousePressEvent(QMouseEvent* event) {
    const int row = rowAt(event->position().toPoint());
    if (!m_choosable || event->button() != Qt::LeftButton || row < 0) return QWidget::mousePressEvent(event);
    m_current = row;
    Q_EMIT classChosen(m_guesses[static_cast<std::size_t>(row)].classIndex);
}

void GuessBars::mouseMoveEvent(QMouseEvent* event) { point(m_choosable ? rowAt(event->position().toPoint()) : -1); }

void GuessBars::leaveEvent(QEvent*) { point(-1); }

void GuessBars::keyPressEvent(QKeyEvent* event) {
    const int last = qMin(shownRows(), static_cast<int>(m_guesses.size())) - 1;
    switch (event->key()) {
        case Qt::Key_Up:
        case Qt::Key_Down:
            m_current = qBound(0, m_current + (event->key() == Qt::Key_Up ? -1 : 1), qMax(0, last));
            update();
            return;
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Space:
            if (m_current <= last) Q_EMIT classChosen(m_guesses[static_cast<std::size_t>(m_current)].classIndex);
            return;
        default:
            QWidget::keyPressEvent(event);
    }
}

void GuessBars::focusInEvent(QFocusEvent*) { update(); }
void GuessBars::focusOutEvent(QFocusEvent*) { update(); }

void GuessBars::paintEvent(QPaintEvent*) {
    if (m_guesses.empty()) return;
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    const int room = shownRows(), rowHeight = this->rowHeight();
    const QFont nameFont = theme.font(TextRole::Body);
    QFont percentFont = theme.font(TextRole::BodyStrong);
    const int percentWidth = QFontMetrics(percentFont).horizontalAdvance(percentText(1.0)) + theme.px(2);
    int nameWidth = theme.px(80);
    for (const Guess& guess : m_guesses) nameWidth = qMax(nameWidth, QFontMetrics(percentFont).horizontalAdvance(guess.name));
    nameWidth = qMin(nameWidth, width() * 2 / 5);
    const int inset = m_choosable ? theme.px(6) : 0;
    const double barLeft = inset + nameWidth + theme.px(10);
    const double barWidth = width() - barLeft - percentWidth - theme.px(10) - inset;

    for (std::size_t i = 0; i < m_guesses.size() && i < static_cast<std::size_t>(room); ++i) {
        const Guess& guess = m_guesses[i];
        const QRect row(0, static_cast<int>(i) * rowHeight, width(), rowHeight);
        const bool best = i == 0, marked = m_marked >= 0 && guess.classIndex == m_marked;
        const bool current = m_choosable && hasFocus() && static_cast<int>(i) == m_current;
        if (marked || current || static_cast<int>(i) == m_pointed) {
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(current ? QPen(theme.color(Tone::Accent), theme.px(2)) : QPen(Qt::NoPen));
            painter.setBrush(theme.color(marked ? Tone::AccentBackground : Tone::Surface2));
            painter.drawRoundedRect(QRectF(row).adjusted(1, 1, -1, -1), theme.px(6), theme.px(6));
        }
        const Tone tone = guess.isLabel ? Tone::Right : best && m_known ? Tone::Wrong : best ? Tone::Accent : Tone::Ink3;

        painter.setFont(best || guess.isLabel ? percentFont : nameFont);
        painter.setPen(theme.color(best || guess.isLabel ? tone : Tone::Ink2));
        painter.drawText(QRect(inset, row.top(), nameWidth, rowHeight), Qt::AlignVCenter | Qt::AlignLeft,
                         painter.fontMetrics().elidedText(guess.name, Qt::ElideRight, nameWidth));
        painter.setFont(percentFont);
        painter.setPen(theme.color(Tone::Ink));
        painter.drawText(row.adjusted(0, 0, -inset, 0), Qt::AlignVCenter | Qt::AlignRight, percentText(guess.probability));

        const double barHeight = theme.px(12);
        const QRectF track(barLeft, row.center().y() - barHeight / 2 + 0.5, barWidth, barHeight);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.color(Tone::Line2));
        painter.drawRoundedRect(track, theme.px(4), theme.px(4));
        QRectF bar = track;
        bar.setWidth(qMax<double>(theme.px(4), barWidth * qBound(0.0, guess.probability, 1.0)));
        painter.setBrush(theme.color(tone));
        const double radius = qMin<double>(theme.px(4), bar.width() / 2);
        painter.drawRoundedRect(bar, radius, radius);

        if (guess.isLabel) {
            QFont caption = theme.font(TextRole::Caption);
            caption.setWeight(QFont::DemiBold);
            painter.setFont(caption);
            const QString mark = tr("the label");
            const double markWidth = painter.fontMetrics().horizontalAdvance(mark);
            const bool beside = track.right() - bar.right() > markWidth + theme.px(12);
            QRectF box(bar.right() + theme.px(8), row.top(), markWidth + theme.px(2), rowHeight);
            if (!beside) {
                // No room behind a long bar: a plate on its end.
                box.moveRight(bar.right() - theme.px(8));
                QRectF plate = box;
                plate.setHeight(theme.px(18));
                plate.moveCenter(QPointF(box.center().x(), track.center().y()));
                plate.adjust(-theme.px(6), 0, theme.px(6), 0);
                painter.setPen(QPen(theme.color(Tone::Right), 1));
                painter.setBrush(theme.color(Tone::Surface));
                painter.drawRoundedRect(plate, theme.px(5), theme.px(5));
            }
            painter.setPen(theme.color(Tone::Right));
            painter.drawText(box, Qt::AlignVCenter | Qt::AlignLeft, mark);
        }
    }
}

}  // namespace thaw::ui
