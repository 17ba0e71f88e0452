#include "ui/widgets/map/class_legend.h"

#include <QApplication>
#include <QPainter>
#include <QScrollBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/models/plain_text.h"
#include "ui/widgets/parts/class_mark.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

/// A name that is elided where it does not fit; its tool tip tells all of it then.
class Entry : public QToolButton {
public:
    Entry(const QString& name, const QString& help, QWidget* parent) : QToolButton(parent), m_name(name), m_help(help) {
        setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        setFocusPolicy(Qt::StrongFocus);
        setProperty("entry", true);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        setAccessibleName(name);
        setWords(name);
    }
    QSize sizeHint() const override {
        const QSize hint = QToolButton::sizeHint();
        return {hint.width() + fontMetrics().horizontalAdvance(m_name) - fontMetrics().horizontalAdvance(m_shown), hint.height()};
    }
    QSize minimumSizeHint() const override { return {Theme::instance().px(48), sizeHint().height()}; }

protected:
    void resizeEvent(QResizeEvent* event) override {
        QToolButton::resizeEvent(event);
        const int room = width() - (sizeHint().width() - fontMetrics().horizontalAdvance(m_name));
        setWords(fontMetrics().elidedText(m_name, Qt::ElideRight, room));
    }

private:
    void setWords(const QString& words) {
        m_shown = words;
        setText(QLatin1Char(' ') + buttonText(words));  // Qt puts it close to the mark
        setToolTip(words == m_name ? m_help : toolTipText(m_name + QLatin1Char('\n') + m_help));
    }
    QString m_name, m_help, m_shown;
};

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
    m_all = new Entry(tr("All classes"), tr("Show every class again"), content);
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
        auto* button = new Entry(names.at(i), tr("Take this class out, or bring it back. With Ctrl: this one alone."), widget());
        button->setCheckable(true);
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
    // A full mark is shown, an empty one is not.
    const Theme& theme = Theme::instance();
    const int side = theme.px(14);
    const auto mark = [&](int classIndex, bool full) {
        const QColor color = theme.classColor(classIndex);
        QPixmap pixmap(QSize(side, side) * devicePixelRatioF());
        pixmap.setDevicePixelRatio(devicePixelRatioF());
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(color, 2, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
        if (full) painter.setBrush(color);
        const double radius = side / 2.0 - 2;
        painter.drawPath(classShape(classIndex, {side / 2.0, side / 2.0},
                                    classIndex < Theme::kClassColors ? radius : radius / kMarkReach * 1.1));
        return pixmap;
    };
    for (std::size_t i = 0; i < m_buttons.size(); ++i) {
        QIcon icon;
        icon.addPixmap(mark(static_cast<int>(i), true), QIcon::Normal, QIcon::On);
        icon.addPixmap(mark(static_cast<int>(i), false), QIcon::Normal, QIcon::Off);
        m_buttons[i]->setIcon(icon);
    }
    m_all->setIcon(theme.icon(QStringLiteral("eye"), Tone::Ink2));
    for (QToolButton* button : widget()->findChildren<QToolButton*>()) button->setIconSize({side, side});
    updateGeometry();
}

}  // namespace thaw::ui
