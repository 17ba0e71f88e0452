// Colours, type and icons: the tokens of the visual design, for light and dark, at the classroom's scale. GUI thread only.
#pragma once

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QObject>
#include <QPalette>
#include <QPen>

namespace thaw::ui {

enum class Tone {
    Window,
    Surface,
    Surface2,
    Line,
    Line2,
    Ink,
    Ink2,
    Ink3,
    Disabled,
    Ice,
    IceFill,
    IceBackground,
    IceBand,
    Warm,
    WarmFill,
    WarmBackground,
    WarmBand,
    WarmTick,
    Right,
    RightBackground,
    Wrong,
    WrongBackground,
    Accent,
    AccentOn,
    AccentBackground,
    Validation,
    Training,
    Raw,
    Hatch,
    For1,  ///< grounds and lines of words that speak for a class, and nothing else
    For2,
    For3,
    ForLine,
    Against1,
    Against2,
    Against3,
    AgainstLine,
    Count
};

enum class TextRole {
    Hero,
    Welcome,
    BigButton,
    PriceFigure,
    CardTitle,
    PanelTitle,
    Body,
    BodyStrong,
    Table,
    TableStrong,
    Caption
};

enum class ColorScheme { System, Light, Dark };

class Theme : public QObject {
    Q_OBJECT
public:
    static Theme& instance();

    void setScheme(ColorScheme scheme);
    ColorScheme scheme() const { return m_scheme; }
    bool isDark() const { return m_dark; }
    void setScale(double scale);                     ///< 1.0, 1.25 or 1.5
    void setLook(ColorScheme scheme, double scale);  ///< both in one go
    /// setLook in two parts, the style sheet and changed() in the second. Widgets that are made between them are styled once, as
    /// a whole, and those of pages that nobody opens not at all. Under a style sheet Qt would style them anew at each new parent.
    void prepareLook(ColorScheme scheme, double scale);
    void finishLook();
    double scale() const { return m_scale; }
    void setReducedMotion(bool reduced) { m_reducedMotion = reduced; }
    bool reducedMotion() const { return m_reducedMotion; }

    QColor color(Tone tone) const;
    QColor readableOn(const QColor& ground) const;  ///< the text colour that reads better on it
    int px(double designPixels) const;              ///< design pixels at 100 % to logical pixels at this scale
    QFont font(TextRole role) const;
    /// One-colour SVG ":/icons/<name>.svg" in a tone (disabled: Tone::Disabled), sharp at any device pixel ratio.
    QIcon icon(const QString& name, Tone tone = Tone::Ink) const;
    QPixmap pixmap(const QString& name, Tone tone, int designPixels, qreal devicePixelRatio) const;
    /// Of the n-th class where classes are told apart by colour; ten of them, then they come again: a name belongs to each.
    QColor classColor(int index) const;
    static constexpr int kClassColors = 10;
    /// Line of the n-th run shown, with its own dash: colour is never the only difference.
    QPen runPen(int index, double width = 2.0) const;
    QPalette palette() const;
    QString styleSheet() const;  ///< resources/style.qss with the tokens filled in

    /// Applies palette, font and style sheet to the application; again after every change.
    void apply();

Q_SIGNALS:
    void changed();

private:
    friend class LightForPrint;
    Theme();
    bool systemIsDark() const;
    ColorScheme m_scheme = ColorScheme::System;
    bool m_dark = false;
    double m_scale = 1.0;
    bool m_reducedMotion = false;
};

/// The light colours for as long as this lives, for a picture that goes to paper. Nothing on the screen follows.
class LightForPrint {
public:
    LightForPrint();
    ~LightForPrint();
    LightForPrint(const LightForPrint&) = delete;
    LightForPrint& operator=(const LightForPrint&) = delete;

private:
    bool m_wasDark;
};

}  // namespace thaw::ui
