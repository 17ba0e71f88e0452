#include "ui/widgets/map/class_legend.h"

#include <QApplication>
#include <QPainter>
#include <QScrollBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

QToolButton* makeEntry(const QString& text, QWidget* parent) {
    auto* entry = new QToolButton(parent);
    entry->setText(QLatin1Char(' ') + text);  // Qt puts it close to the dot
    entry->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    entry->setFocusPolicy(Qt::StrongFocus);
    entry->setProperty("entry", true);
    entry->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    return entry;
}

}  // namespace

ClassLegend::ClassLegend(QWidget* parent) : QScrollArea(parent) {
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
    setAccessibleName(tr("Classes"));
    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_all = makeEntry(tr("All classes"), content);
    m_all->setToolTip(tr("Show every class again"));
    column->addWidget(m_all);
    column->addStretch(1);
    setWidget(content);
    connect(m_all, &QToolButton::clicked, this, [this] {
        std::fill(m_hidden.begin(), m_hidden.end(), false);
        refresh();
        Q_EMIT changed();
    });
    connect(&Theme::instance(), &Theme::changed, this, &ClassLegend::tint);
}

void ClassLegend::setClasses(const QStringList& names) {
    for (QToolButton* button : m_buttons) delete button;
    m_buttons.clear();
    m_hidden.assign(static_cast<std::size_t>(names.size()), false);
    auto* column = static_cast<QVBoxLayout*>(widget()->layout());
    for (int i = 0; i < names.size(); ++i) {
        QToolButton* button = makeEntry(names.at(i), widget());
        button->setCheckable(true);
        button->setToolTip(tr("Take this class out, or bring it back. With Ctrl: this one alone."));
        column->insertWidget(1 + i, button);
        connect(button, &QToolButton::clicked, this, [this, i] { take(i); });
        m_buttons.push_back(button);
    }
    tint();
    refresh();
}

QSize ClassLegend::sizeHint() const {
    int wide = m_all->sizeHint().width();
    for (const QToolButton* button : m_buttons) wide = std::max(wide, button->sizeHint().width());
    return {std::min(wide, Theme::instance().px(170)) + verticalScrollBar()->sizeHint().width(), widget()->sizeHint().height()};
}

QSize ClassLegend::minimumSizeHint() const { return {sizeHint().width(), Theme::instance().px(60)}; }

void ClassLegend::take(int classIndex) {
    const auto i = static_cast<std::size_t>(classIndex);
    if (QApplication::keyboardModifiers() & Qt::ControlModifier) {
        std::fill(m_hidden.begin(), m_hidden.end(), true);
        m_hidden[i] = false;
    } else {
        m_hidden[i] = !m_hidden[i];
    }
    refresh();
    Q_EMIT changed();
}

void ClassLegend::refresh() {
    for (std::size_t i = 0; i < m_buttons.size(); ++i) m_buttons[i]->setChecked(!m_hidden[i]);
    m_all->setEnabled(std::find(m_hidden.begin(), m_hidden.end(), true) != m_hidden.end());
}

void ClassLegend::tint() {
    // A full dot is shown, an empty ring is not.
    const Theme& theme = Theme::instance();
    const int side = theme.px(14);
    const auto dot = [&](const QColor& color, bool full) {
        QPixmap pixmap(QSize(side, side) * devicePixelRatioF());
        pixmap.setDevicePixelRatio(devicePixelRatioF());
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(color, 2));
        if (full) painter.setBrush(color);
        painter.drawEllipse(QRectF(2, 2, side - 4, side - 4));
        return pixmap;
    };
    for (std::size_t i = 0; i < m_buttons.size(); ++i) {
        QIcon icon;
        const QColor color = theme.classColor(static_cast<int>(i));
        icon.addPixmap(dot(color, true), QIcon::Normal, QIcon::On);
        icon.addPixmap(dot(color, false), QIcon::Normal, QIcon::Off);
        m_buttons[i]->setIcon(icon);
    }
    m_all->setIcon(theme.icon(QStringLiteral("eye"), Tone::Ink2));
    for (QToolButton* button : widget()->findChildren<QToolButton*>()) button->setIconSize({side, side});
    updateGeometry();
}

}  // namespace thaw::ui
