#include "ui/widgets/parts/field_note.h"

#include <QEvent>

#include <algorithm>

#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

constexpr int kWidth = 264, kGap = 4;  ///< design pixels

}  // namespace

FieldNote::FieldNote(QWidget* field) : QLabel(field), m_field(field) {
    setTextFormat(Qt::PlainText);
    setWordWrap(true);
    setAttribute(Qt::WA_TransparentForMouseEvents);
    hide();
    field->installEventFilter(this);
    connect(field, &QObject::destroyed, this, &QObject::deleteLater);
}

void FieldNote::say(const QString& sentence, bool wrong) {
    setText(sentence);
    setProperty("fieldNote", wrong ? QStringLiteral("wrong") : QStringLiteral("plain"));
    m_field->setAccessibleDescription(sentence);
    place();
}

void FieldNote::place() {
    QWidget* window = m_field->window();
    const bool shown = !text().isEmpty() && m_field->isVisible() && window != m_field;
    if (shown && parentWidget() != window) {
        setParent(window);
        window->installEventFilter(this);
    }
    setVisible(shown);
    if (!shown) return;
    style()->unpolish(this);
    style()->polish(this);
    const Theme& theme = Theme::instance();
    setFixedWidth(std::min(theme.px(kWidth), window->width()));
    setFixedHeight(heightForWidth(width()));
    const QPoint below = m_field->mapTo(window, QPoint(m_field->width(), m_field->height() + theme.px(kGap)));
    move(std::clamp(below.x() - width(), 0, window->width() - width()), below.y());
    raise();
}

bool FieldNote::eventFilter(QObject* watched, QEvent* event) {
    switch (event->type()) {
        case QEvent::Show:
        case QEvent::Hide:
        case QEvent::Move:
        case QEvent::Resize:
            if (!text().isEmpty()) place();
            break;
        default:
            break;
    }
    return QLabel::eventFilter(watched, event);
}

}  // namespace thaw::ui
