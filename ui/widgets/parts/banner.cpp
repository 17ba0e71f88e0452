#include "ui/widgets/parts/banner.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

#include "ui/widgets/parts/styling.h"

namespace thaw::ui {

Banner::Banner(QWidget* parent) : QWidget(parent), m_icon(new QLabel(this)), m_text(makeLabel({}, "strong", this)) {
    setAttribute(Qt::WA_StyledBackground);
    setProperty("banner", "note");
    m_text->setWordWrap(true);
    auto* layout = new QHBoxLayout(this);
    layout->addWidget(m_icon);
    layout->addWidget(m_text, 1);
    m_choices = new QHBoxLayout;
    layout->addLayout(m_choices);
    QToolButton* close = makeIconButton(QStringLiteral("cross"), tr("Dismiss"), this);
    layout->addWidget(close);
    connect(close, &QToolButton::clicked, this, [this] { dismiss(m_kind); });
    connect(&Theme::instance(), &Theme::changed, this, &Banner::applyTheme);
    applyTheme();
    hide();
}

QString Banner::text() const { return m_text->text(); }

void Banner::ask(const QString& kind, Look look, const QString& text, const std::vector<Choice>& choices) {
    m_kind = kind;
    m_look = look;
    m_text->setText(text);
    for (QPushButton* button : std::as_const(m_buttons)) button->deleteLater();
    m_buttons.clear();
    for (const Choice& choice : choices) {
        auto* button = new QPushButton(choice.text, this);
        button->setProperty("small", true);
        button->setFocusPolicy(Qt::TabFocus);
        m_choices->addWidget(button);
        m_buttons += button;
        connect(button, &QPushButton::clicked, this, [this, kind, action = choice.action] {
            dismiss(kind);
            if (action) action();
        });
    }
    setStyleProperty(this, "banner", look == Look::Warning ? QStringLiteral("warning") : QStringLiteral("note"));
    applyTheme();
    setAccessibleName(text);
    show();
}

void Banner::reword(const QString& kind, const QString& text) {
    if (kind != m_kind) return;
    m_text->setText(text);
    setAccessibleName(text);
}

void Banner::dismiss(const QString& kind) {
    if (kind != m_kind) return;
    m_kind.clear();
    hide();
}

void Banner::focusFirst() {
    if (!m_buttons.isEmpty()) m_buttons.front()->setFocus(Qt::OtherFocusReason);
}

void Banner::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape)
        dismiss(m_kind);
    else
        QWidget::keyPressEvent(event);
}

void Banner::applyTheme() {
    const Theme& theme = Theme::instance();
    const bool warning = m_look == Look::Warning;
    layout()->setContentsMargins(theme.px(16), theme.px(6), theme.px(10), theme.px(6));
    layout()->setSpacing(theme.px(10));
    m_choices->setSpacing(theme.px(8));
    m_icon->setPixmap(theme.pixmap(warning ? QStringLiteral("warning") : QStringLiteral("info"),
                                   warning ? Tone::Wrong : Tone::Accent, 18, devicePixelRatioF()));
}

}  // namespace thaw::ui
