#include "ui/widgets/parts/styling.h"

#include <QAbstractButton>
#include <QCoreApplication>
#include <QFrame>
#include <QLocale>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>

#include <cmath>

namespace thaw::ui {
namespace {

QString say(const char* text) { return QCoreApplication::translate("thaw::ui", text); }

}  // namespace

QLabel* makeLabel(const QString& text, const char* type, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setProperty("type", QLatin1String(type));
    label->setTextFormat(Qt::PlainText);
    return label;
}

QFrame* makePanel(QWidget* parent, bool card) {
    auto* panel = new QFrame(parent);
    panel->setProperty(card ? "card" : "panel", true);
    return panel;
}

QFrame* makeRule(Qt::Orientation orientation, QWidget* parent, bool soft) {
    auto* rule = new QFrame(parent);
    rule->setProperty(soft ? "softRule" : "rule", true);
    if (orientation == Qt::Horizontal)
        rule->setFixedHeight(1);
    else
        rule->setFixedWidth(1);
    return rule;
}

void setStyleProperty(QWidget* widget, const char* name, const QVariant& value) {
    if (widget->property(name) == value) return;
    widget->setProperty(name, value);
    widget->style()->unpolish(widget);
    widget->style()->polish(widget);
    widget->updateGeometry();
    widget->update();
}

void bindIcon(QAbstractButton* button, const QString& icon, Tone tone) {
    const auto tint = [button, icon, tone] {
        const int size = Theme::instance().px(16);
        button->setIconSize({size, size});
        button->setIcon(Theme::instance().icon(icon, tone));
    };
    tint();
    QObject::connect(&Theme::instance(), &Theme::changed, button, tint);
}

void setButtonWords(QPushButton* button, const QString& words) { button->setText(QLatin1Char(' ') + words); }

QPushButton* makeIconPushButton(const QString& icon, const QString& words, QWidget* parent) {
    auto* button = new QPushButton(parent);
    setButtonWords(button, words);
    bindIcon(button, icon);
    return button;
}

QToolButton* makeIconButton(const QString& icon, const QString& text, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setToolTip(text);
    button->setAccessibleName(text);
    button->setFocusPolicy(Qt::StrongFocus);
    const auto size = [button] { button->setFixedSize(Theme::instance().px(30), Theme::instance().px(30)); };
    size();
    QObject::connect(&Theme::instance(), &Theme::changed, button, size);
    bindIcon(button, icon, Tone::Ink2);
    return button;
}

QString toolTipWithKey(const QString& text, const QString& key) {
    if (key.isEmpty()) return text;
    return QStringLiteral(
               "<table cellspacing='0'><tr><td style='white-space:nowrap; padding-right:10px; vertical-align:middle'>%1</td>"
               "<td style='white-space:nowrap; border:1px solid %3; padding:0 5px; vertical-align:middle'>%2</td></tr></table>")
        .arg(text.toHtmlEscaped(), key.toHtmlEscaped(), Theme::instance().color(Tone::Ink3).name());
}

QString toolTipWithKey(const QString& text, const QKeySequence& key) {
    return toolTipWithKey(text, key.toString(QKeySequence::NativeText));
}

QString formatRate(double rate) {
    if (!(rate > 0)) return QStringLiteral("0");
    const QLocale locale;
    if (rate < 1e-6) return locale.toString(rate, 'g', 4);
    // Four significant digits, no trailing zeros.
    const int decimals = std::max(0, 3 - static_cast<int>(std::floor(std::log10(rate))));
    QString text = locale.toString(rate, 'f', decimals);
    if (text.contains(locale.decimalPoint())) {
        while (text.endsWith(QLatin1Char('0'))) text.chop(1);
        if (text.endsWith(locale.decimalPoint())) text.chop(locale.decimalPoint().size());
    }
    return text;
}

QString formatDuration(double seconds) {
    if (seconds < 0) return {};
    if (seconds < 60) return say("%1 s").arg(QLocale().toString(seconds, 'f', seconds < 10 ? 1 : 0));
    const auto whole = static_cast<qint64>(std::llround(seconds));
    if (whole < 3600) return say("%1:%2 min").arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0'));
    return say("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60, 2, 10, QLatin1Char('0'));
}

QString formatRoughDuration(double seconds) {
    if (seconds < 0) return {};
    if (seconds < 55)
        return say("%1 s").arg(std::max<qint64>(1, seconds < 10 ? std::llround(seconds) : std::llround(seconds / 5) * 5));
    const auto minutes = static_cast<qint64>(std::llround(seconds / 60));
    if (minutes < 90) return say("%1 min").arg(minutes);
    return say("%1 h %2 min").arg(minutes / 60).arg(minutes % 60);
}

QString formatMillions(qint64 count) {
    if (count < 10'000) return QLocale().toString(count);
    return say("%1 M").arg(QLocale().toString(static_cast<double>(count) / 1e6, 'f', 2));
}

QString formatSpeed(double imagesPerSecond) {
    const QLocale locale;
    if (imagesPerSecond < 10) return locale.toString(imagesPerSecond, 'f', 1);
    if (imagesPerSecond < 1000) return locale.toString(std::llround(imagesPerSecond));
    if (imagesPerSecond < 10'000) return locale.toString(std::llround(imagesPerSecond / 10) * 10);
    return locale.toString(std::llround(imagesPerSecond / 100) * 100);
}

QString formatBytes(qint64 bytes) {
    const QLocale locale;
    const double value = static_cast<double>(bytes);
    if (value >= 1e9) return say("%1 GB").arg(locale.toString(value / 1e9, 'f', 1));
    return say("%1 MB").arg(locale.toString(std::llround(value / 1e6)));
}

}  // namespace thaw::ui
