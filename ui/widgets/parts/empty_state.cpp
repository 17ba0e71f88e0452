#include "ui/widgets/parts/empty_state.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/widgets/parts/styling.h"

namespace thaw::ui {

EmptyState::EmptyState(QWidget* parent) : QWidget(parent) {
    m_title = makeLabel({}, "cardTitle", this);
    m_text = makeLabel({}, "body", this);
    m_text->setWordWrap(true);
    m_text->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    m_action = new QPushButton(this);
    m_action->hide();
    auto* column = new QVBoxLayout(this);
    column->addStretch(1);
    column->addWidget(m_title, 0, Qt::AlignHCenter);
    column->addSpacing(6);
    auto* text = new QHBoxLayout;  // aligned in a column, it would get the height of one line
    text->addStretch(1);
    text->addWidget(m_text);
    text->addStretch(1);
    column->addLayout(text);
    column->addSpacing(12);
    column->addWidget(m_action, 0, Qt::AlignHCenter);
    column->addStretch(2);
    connect(m_action, &QPushButton::clicked, this, &EmptyState::actionRequested);
    const auto fit = [this] { m_text->setFixedWidth(Theme::instance().px(420)); };
    fit();
    connect(&Theme::instance(), &Theme::changed, this, fit);
}

void EmptyState::say(const QString& title, const QString& text, const QString& action) {
    m_title->setText(title);
    m_text->setText(text);
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
}

QString EmptyState::title() const { return m_title->text(); }
QString EmptyState::text() const { return m_text->text(); }

}  // namespace thaw::ui
