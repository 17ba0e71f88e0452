#include "ui/widgets/window/menu_bar.h"

#include <QHBoxLayout>
#include <QIcon>
#include <QLabel>

#include "ui/bridge/session.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/window/window_actions.h"

namespace thaw::ui {

MenuBar::MenuBar(Session& session, WindowActions& actions, QWidget* parent)
    : QMenuBar(parent), m_session(session), m_logo(new QLabel), m_title(makeLabel({}, "runTitle", this)) {
    auto* brand = new QWidget(this);
    auto* row = new QHBoxLayout(brand);
    row->setContentsMargins(11, 0, 4, 0);
    row->setSpacing(7);
    row->addWidget(m_logo);
    row->addWidget(makeLabel(tr("Thaw"), "brand", brand));
    setCornerWidget(brand, Qt::TopLeftCorner);
    actions.fillMenus(this);
    connect(&session, &Session::shownRunChanged, this, &MenuBar::updateTitle);
    connect(&Theme::instance(), &Theme::changed, this, &MenuBar::applyTheme);
    applyTheme();
    updateTitle();
}

void MenuBar::applyTheme() {
    const Theme& theme = Theme::instance();
    m_logo->setPixmap(QIcon(QStringLiteral(":/icons/thaw.svg")).pixmap(QSize(theme.px(20), theme.px(20)), devicePixelRatioF()));
    setFixedHeight(theme.px(30));
    placeTitle();
}

void MenuBar::updateTitle() {
    const core::DatasetInfo* shown = m_session.dataset();
    const QString name = m_session.showsRun() ? m_session.runName() : tr("New run");
    QString set = shown ? QString::fromStdString(shown->title) : QString();
    if (shown && shown->substitute) set = tr("%1, in place of CIFAR-10").arg(set);
    m_title->setText(set.isEmpty() ? name : name + QStringLiteral("  ·  ") + set);
    window()->setWindowTitle(set.isEmpty() ? tr("Thaw") : tr("%1, %2 - Thaw").arg(name, set));
    placeTitle();
}

void MenuBar::placeTitle() {
    // Not a corner widget: those do not grow with their text.
    m_title->resize(m_title->sizeHint());
    m_title->move(width() - m_title->width() - Theme::instance().px(14), (height() - m_title->height()) / 2);
}

void MenuBar::resizeEvent(QResizeEvent* event) {
    QMenuBar::resizeEvent(event);
    placeTitle();
}

}  // namespace thaw::ui
