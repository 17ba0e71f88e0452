#include "ui/widgets/evaluation/test_lock_bar.h"

#include <QAction>
#include <QHBoxLayout>
#include <QIcon>
#include <QLabel>
#include <QPushButton>

#include "ui/bridge/session.h"
#include "ui/models/split_text.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {

TestLockBar::TestLockBar(Session& session, QAction& reveal, QWidget* parent)
    : QFrame(parent), m_session(session), m_reveal(reveal), m_icon(new QLabel(this)), m_text(makeLabel({}, "table", this)) {
    setProperty("card", true);
    setObjectName(QStringLiteral("testLockBar"));
    m_text->setWordWrap(true);
    m_button = new QPushButton(tr("Reveal..."), this);
    m_button->setProperty("small", true);
    m_button->setAccessibleName(tr("Reveal the test split"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 4, 6, 4);
    row->addWidget(m_icon);
    row->addWidget(m_text, 1);
    row->addWidget(m_button);
    connect(m_button, &QPushButton::clicked, &m_reveal, &QAction::trigger);
    connect(&m_reveal, &QAction::changed, this, &TestLockBar::update);
    connect(&session.inspection(), &InspectionController::subjectChanged, this, &TestLockBar::update);
    connect(&Theme::instance(), &Theme::changed, this, &TestLockBar::applyTheme);
    applyTheme();
    update();
}

void TestLockBar::setWanted(bool wanted) {
    m_wanted = wanted;
    update();
}

QString TestLockBar::text() const { return isHidden() ? QString() : m_text->text(); }

void TestLockBar::applyTheme() {
    const Theme& theme = Theme::instance();
    m_icon->setPixmap(
        theme.icon(QStringLiteral("lock"), Tone::Ink).pixmap(QSize(theme.px(16), theme.px(16)), devicePixelRatioF()));
}

void TestLockBar::update() {
    const InspectionSubject* subject = m_session.inspection().subject();
    const core::TestLock lock = subject ? subject->run.testLock : core::TestLock();
    setVisible(m_wanted && lock.validatesOnHeldOut);
    if (!lock.validatesOnHeldOut) return;
    const bool locked = lock.isLocked();
    m_icon->setVisible(locked);
    m_button->setVisible(locked);
    m_button->setEnabled(m_reveal.isEnabled());
    m_button->setToolTip(m_reveal.toolTip());
    if (locked)
        m_text->setText(
            tr("%1: here you see %2, a part of the training data that is not trained on.")
                .arg(lockText(lock), picturesText(subject->pictures ? subject->pictures->count() : 0, core::Split::HeldOut)));
    else
        m_text->setText(
            tr("%1: these are its pictures. The curves of the run are of its validation pictures.").arg(lockText(lock)));
}

}  // namespace thaw::ui
