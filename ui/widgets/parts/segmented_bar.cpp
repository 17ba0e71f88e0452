#include "ui/widgets/parts/segmented_bar.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QPainter>
#include <QToolButton>

#include "ui/widgets/parts/theme.h"

namespace thaw::ui {

SegmentedBar::SegmentedBar(QWidget* parent) : QFrame(parent), m_group(new QButtonGroup(this)) {
    setProperty("segments", true);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    connect(m_group, &QButtonGroup::idToggled, this, [this](int, bool) { update(); });
    connect(m_group, &QButtonGroup::idClicked, this, &SegmentedBar::currentChanged);
}

void SegmentedBar::addSegment(int id, const QString& text) {
    auto* button = new QToolButton(this);
    button->setProperty("segment", true);
    button->setText(text);
    button->setCheckable(true);
    button->setFocusPolicy(Qt::StrongFocus);
    m_group->addButton(button, id);
    layout()->addWidget(button);
    if (m_group->checkedId() < 0) button->setChecked(true);
}

void SegmentedBar::setSegmentText(int id, const QString& text) { m_group->button(id)->setText(text); }

QString SegmentedBar::segmentText(int id) const { return m_group->button(id)->text(); }

void SegmentedBar::setSegmentToolTip(int id, const QString& text) { m_group->button(id)->setToolTip(text); }

void SegmentedBar::setSegmentEnabled(int id, bool enabled) { m_group->button(id)->setEnabled(enabled); }

void SegmentedBar::setSegmentVisible(int id, bool visible) { m_group->button(id)->setVisible(visible); }

bool SegmentedBar::isSegmentVisible(int id) const { return m_group->button(id)->isVisibleTo(this); }

int SegmentedBar::segmentWidth(int id) const {
    m_group->button(id)->ensurePolished();
    return m_group->button(id)->sizeHint().width();
}

int SegmentedBar::current() const { return m_group->checkedId(); }

void SegmentedBar::setCurrent(int id) { m_group->button(id)->setChecked(true); }

void SegmentedBar::paintEvent(QPaintEvent* event) {
    QFrame::paintEvent(event);
    QPainter painter(this);
    painter.setPen(Theme::instance().color(Tone::Line));
    const QAbstractButton* left = nullptr;
    for (const QAbstractButton* button : m_group->buttons()) {
        if (!button->isVisibleTo(this)) continue;
        if (left && !left->isChecked() && !button->isChecked())
            painter.drawLine(button->x(), height() / 5, button->x(), height() - height() / 5 - 1);
        left = button;
    }
}

}  // namespace thaw::ui
