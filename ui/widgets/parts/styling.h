// Small helpers shared by the widgets: labels of the type scale, style properties, tinted icons, tool tips with a key.
#pragma once

#include <QKeySequence>
#include <QLabel>
#include <QString>

#include "ui/widgets/parts/theme.h"

class QAbstractButton;
class QFrame;
class QPushButton;
class QToolButton;

namespace thaw::ui {

/// A label of a `type` that resources/style.qss knows: "panelTitle", "strong", "body", "caption", ...
QLabel* makeLabel(const QString& text, const char* type, QWidget* parent = nullptr);
/// A white panel with a line around it; a card when `card`.
QFrame* makePanel(QWidget* parent = nullptr, bool card = false);
QFrame* makeRule(Qt::Orientation orientation, QWidget* parent = nullptr, bool soft = false);
/// Sets a property that the style sheet selects by, and has the look follow.
void setStyleProperty(QWidget* widget, const char* name, const QVariant& value);
/// The icon follows the theme for as long as the button lives.
void bindIcon(QAbstractButton* button, const QString& icon, Tone tone = Tone::Ink);
/// A push button's words behind its icon, with the room between the two that Qt leaves out.
void setButtonWords(QPushButton* button, const QString& words);
QPushButton* makeIconPushButton(const QString& icon, const QString& words, QWidget* parent);
/// A flat button with an icon alone; `text` is its tool tip and its accessible name.
QToolButton* makeIconButton(const QString& icon, const QString& text, QWidget* parent = nullptr);
/// One short sentence, and the key in a frame on its right.
QString toolTipWithKey(const QString& text, const QKeySequence& key);
QString toolTipWithKey(const QString& text, const QString& key);
/// "0.00005", "0.0001", "1e-08": a learning rate as people write it, in the user's locale.
QString formatRate(double rate);
/// "45 s", "3:56 min", "1 h 05 min"; empty when negative.
QString formatDuration(double seconds);
/// "9 min", "40 s", "1 h 5 min": a rough time to wait; empty when negative.
QString formatRoughDuration(double seconds);
/// "7.35 M", "38,720", "0.27 M": parameters in the price tag.
QString formatMillions(qint64 count);
/// "212", "1,390", "41 k": images a second, without jitter in the last digits.
QString formatSpeed(double imagesPerSecond);
/// "1.4 GB", "820 MB".
QString formatBytes(qint64 bytes);

}  // namespace thaw::ui
