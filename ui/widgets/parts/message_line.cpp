#include "ui/widgets/parts/message_line.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

#include "ui/widgets/parts/styling.h"

namespace thaw::ui {

MessageLine::MessageLine(QWidget* parent) : QFrame(parent) {
    setProperty("card", true);
    m_text = makeLabel({}, "table", this);
    m_text->setWordWrap(true);
    m_action = new QPushButton(this);
    m_action->setProperty("small", true);
    QToolButton* close = makeIconButton(QStringLiteral("cross"), tr("Close this message"), this);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 4, 6, 4);
    row->addWidget(m_text, 1);
    row->addWidget(m_action);
    row->addWidget(close);
    hide();
    connect(close, &QToolButton::clicked, this, &QWidget::hide);
    connect(m_action, &QPushButton::clicked, this, &MessageLine::actionRequested);
}

void MessageLine::say(const QString& text, const QString& action) {
    m_text->setText(text);
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    show();
}

QString MessageLine::text() const { return isHidden() ? QString() : m_text->text(); }

}  // namespace thaw::ui
