#include "ui/widgets/parts/theme.h"

#include <QApplication>
#include <QComboBox>
#include <QFile>
#include <QFontDatabase>
#include <QLabel>
#include <QPainter>
#include <QPixmapCache>
#include <QProxyStyle>
#include <QRegularExpression>
#include <QStyledItemDelegate>
#include <QSvgRenderer>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "ui/widgets/parts/key_hint.h"

// Resources of a static library are linked only where they are asked for, and the macro wants the global namespace.
static void initResources() { Q_INIT_RESOURCE(thaw); }

namespace thaw::ui {
namespace {

constexpr double kLegible = 4.5;  // contrast

double luminance(const QColor& color) {
    const auto linear = [](double value) { return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

double contrast(const QColor& a, const QColor& b) {
    const double x = luminance(a) + 0.05, y = luminance(b) + 0.05;
    return std::max(x, y) / std::min(x, y);
}

struct ToneEntry {
    const char* name;
    QRgb light, dark;
};

constexpr std::array<ToneEntry, static_cast<int>(Tone::Count)> kTones{{
    {"window", 0xFFE9EEF3, 0xFF0D141A},
    {"surface", 0xFFFFFFFF, 0xFF161F28},
    {"surface2", 0xFFF4F7FA, 0xFF1D2833},
    {"line", 0xFFD3DBE3, 0xFF31404D},
    {"line2", 0xFFE4EAF0, 0xFF25323D},
    {"ink", 0xFF14202B, 0xFFEEF4F9},
    {"ink2", 0xFF42515F, 0xFFBAC8D3},
    {"ink3", 0xFF5A6A79, 0xFF93A5B4},
    {"disabled", 0xFFA3AFBA, 0xFF5A6975},
    {"ice", 0xFF1C659C, 0xFF86CBF5},
    {"iceFill", 0xFF8FC3E6, 0xFF3F8FC4},
    {"iceBackground", 0xFFDDEDF8, 0xFF183850},
    {"iceBand", 0xFFEAF4FB, 0xFF142A3B},
    {"warm", 0xFFA84B00, 0xFFFFB870},
    {"warmFill", 0xFFF0953F, 0xFFE8892F},
    {"warmBackground", 0xFFFFE8D1, 0xFF4D3014},
    {"warmBand", 0xFFFFF4E8, 0xFF2F2418},
    {"warmTick", 0xFF2B1400, 0xFF2B1400},
    {"right", 0xFF00737D, 0xFF5CE0D2},
    {"rightBackground", 0xFFDAF0F1, 0xFF113A3A},
    {"wrong", 0xFFA3142E, 0xFFFF8577},
    {"wrongBackground", 0xFFFCE6E8, 0xFF4A1F1E},
    {"accent", 0xFF3443B0, 0xFFA3AEFF},
    {"accentOn", 0xFFFFFFFF, 0xFF10162E},
    {"accentBackground", 0xFFE6E8FA, 0xFF262E56},
    {"validation", 0xFF2C3AA6, 0xFFB4BDFF},
    {"training", 0xFF5A64B8, 0xFF8E99E6},
    {"raw", 0xFFB9BFE6, 0xFF444E8C},
    {"hatch", 0xFFC7D3DD, 0xFF3A4A57},
    {"for1", 0xFFE6E8FA, 0xFF262E56},
    {"for2", 0xFFC9CFF4, 0xFF343F7A},
    {"for3", 0xFFA6AFEA, 0xFF4A57A6},
    {"forLine", 0xFF3443B0, 0xFFA3AEFF},
    {"against1", 0xFFF1F2D6, 0xFF32361A},
    {"against2", 0xFFE0E4AE, 0xFF474D1F},
    {"against3", 0xFFC9D07C, 0xFF666F27},
    {"againstLine", 0xFF5E6A00, 0xFFD4DB6A},
}};

/// Fusion, without the lines under menu letters that the design does not have, and with lists below their boxes.
class BaseStyle : public QProxyStyle {
public:
    BaseStyle() : QProxyStyle(QStringLiteral("Fusion")) {}
    int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* data) const override {
        if (hint == SH_UnderlineShortcut || hint == SH_ComboBox_Popup) return 0;
        return QProxyStyle::styleHint(hint, option, widget, data);
    }
    void polish(QWidget* widget) override {
        QProxyStyle::polish(widget);
        // The delegate that combo boxes bring knows nothing of style sheets.
        auto* combo = qobject_cast<QComboBox*>(widget);
        if (combo && !qobject_cast<QStyledItemDelegate*>(combo->itemDelegate()))
            combo->setItemDelegate(new QStyledItemDelegate(combo));
        if (widget->inherits("QTipLabel")) widget->installEventFilter(this);
    }
    using QProxyStyle::polish;

    // Tool tips show names of files and classes: only the window's own key hints may be rich text.
    bool eventFilter(QObject* object, QEvent* event) override {
        auto* tip = event->type() == QEvent::Paint ? qobject_cast<QLabel*>(object) : nullptr;
        if (!tip) return QProxyStyle::eventFilter(object, event);
        const Qt::TextFormat wanted = tip->text().startsWith(kKeyHint) ? Qt::RichText : Qt::PlainText;
        if (tip->textFormat() != wanted) {
            tip->setTextFormat(wanted);
            tip->setWordWrap(false);
            tip->resize(tip->sizeHint());
        }
        return false;
    }
};

struct TypeEntry {
    int pixels;
    QFont::Weight weight;
};

TypeEntry typeOf(TextRole role) {
    switch (role) {
        case TextRole::Hero:
            return {38, QFont::Bold};
        case TextRole::Welcome:
            return {36, QFont::Bold};
        case TextRole::BigButton:
            return {22, QFont::Bold};
        case TextRole::PriceFigure:
            return {21, QFont::Bold};
        case TextRole::CardTitle:
            return {18, QFont::Bold};
        case TextRole::PanelTitle:
            return {16, QFont::DemiBold};
        case TextRole::BodyStrong:
            return {14, QFont::DemiBold};
        case TextRole::Body:
            return {14, QFont::Medium};
        case TextRole::TableStrong:
            return {13, QFont::DemiBold};
        case TextRole::Table:
            return {13, QFont::Normal};
        case TextRole::Caption:
            return {12, QFont::Normal};
    }
    return {14, QFont::Medium};
}

QString familyName() {
    static const QString family = [] {
        const QStringList families = QFontDatabase::families();
        for (const char* wanted : {"Inter", "Noto Sans"})
            if (families.contains(QLatin1String(wanted))) return QString::fromLatin1(wanted);
        return QFontDatabase::systemFont(QFontDatabase::GeneralFont).family();
    }();
    return family;
}

}  // namespace

Theme& Theme::instance() {
    static Theme theme;
    return theme;
}

Theme::Theme() : m_dark(systemIsDark()) { initResources(); }

bool Theme::systemIsDark() const {
    // Before Qt 6.5 there is no QStyleHints::colorScheme: the platform's palette tells.
    static const bool dark = QPalette().color(QPalette::Window).lightness() < 128;
    return dark;
}

void Theme::setScheme(ColorScheme scheme) { setLook(scheme, m_scale); }

void Theme::setScale(double scale) { setLook(m_scheme, scale); }

void Theme::setLook(ColorScheme scheme, double scale) {
    prepareLook(scheme, scale);
    finishLook();
}

void Theme::prepareLook(ColorScheme scheme, double scale) {
    m_scheme = scheme;
    m_dark = scheme == ColorScheme::Dark || (scheme == ColorScheme::System && systemIsDark());
    m_scale = qBound(1.0, scale, 1.5);
    QApplication::setStyle(new BaseStyle);
    QApplication::setPalette(palette());
    QApplication::setFont(font(TextRole::Body));
}

QColor Theme::color(Tone tone) const {
    const ToneEntry& entry = kTones[static_cast<std::size_t>(tone)];
    return QColor::fromRgba(m_dark ? entry.dark : entry.light);
}

QColor Theme::readableOn(const QColor& ground) const {
    const QColor ink = color(Tone::Ink), paper = color(Tone::Surface);
    const QColor better = contrast(ground, ink) >= contrast(ground, paper) ? ink : paper;
    if (contrast(ground, better) >= kLegible) return better;
    // On middling grounds only the extremes do.
    return contrast(ground, Qt::black) >= contrast(ground, Qt::white) ? QColor(Qt::black) : QColor(Qt::white);
}

int Theme::px(double designPixels) const { return qRound(designPixels * m_scale); }

QFont Theme::font(TextRole role) const {
    const TypeEntry type = typeOf(role);
    QFont font(familyName());
    font.setPixelSize(px(type.pixels));
    font.setWeight(type.weight);
    return font;
}

QPixmap Theme::pixmap(const QString& name, Tone tone, int designPixels, qreal devicePixelRatio) const {
    const QColor ink = color(tone);
    const int size = qRound(px(designPixels) * devicePixelRatio);
    const QString key = QStringLiteral("thaw-%1-%2-%3-%4").arg(name).arg(ink.rgba()).arg(size).arg(devicePixelRatio);
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap)) return pixmap;
    pixmap = QPixmap(size, size);
    pixmap.fill(Qt::transparent);
    QSvgRenderer renderer(QStringLiteral(":/icons/%1.svg").arg(name));
    QPainter painter(&pixmap);
    renderer.render(&painter);
    painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
    painter.fillRect(pixmap.rect(), ink);
    painter.end();
    pixmap.setDevicePixelRatio(devicePixelRatio);
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

QIcon Theme::icon(const QString& name, Tone tone) const {
    QIcon icon;
    for (const qreal ratio : {1.0, 1.25, 1.5, 2.0}) {
        icon.addPixmap(pixmap(name, tone, 16, ratio), QIcon::Normal);
        icon.addPixmap(pixmap(name, Tone::Disabled, 16, ratio), QIcon::Disabled);
    }
    return icon;
}

QColor Theme::classColor(int index) const {
    // As far apart as they can be to full colour sight and to red and green blindness, none of them ice, warm, right or wrong.
    struct ClassTone {
        QRgb light, dark;
    };
    static constexpr std::array<ClassTone, kClassColors> tones{{{0xFF3B3DAE, 0xFF4573ED},
                                                                {0xFFD49D08, 0xFFE2AA21},
                                                                {0xFF096B09, 0xFFB3FA80},
                                                                {0xFF930974, 0xFFC149AD},
                                                                {0xFF5BA8C4, 0xFF18AFF7},
                                                                {0xFF6F2A39, 0xFFA76D7D},
                                                                {0xFF1FC4A6, 0xFF66E8BB},
                                                                {0xFF8F7A5E, 0xFFC35C1C},
                                                                {0xFF7C93EB, 0xFFDDD0F8},
                                                                {0xFFA0B862, 0xFFA0A868}}};
    const ClassTone& tone = tones[static_cast<std::size_t>(index) % tones.size()];
    return QColor::fromRgba(m_dark ? tone.dark : tone.light);
}

QPen Theme::runPen(int index, double width) const {
    struct RunLine {
        QRgb light, dark;
        QVector<qreal> dash;
    };
    static const std::array<RunLine, 5> lines{{{0xFF2C3AA6, 0xFFB4BDFF, {}},
                                               {0xFF5E6A00, 0xFFD4DB6A, {3, 2}},
                                               {0xFF5A6A79, 0xFF93A5B4, {1, 2}},
                                               {0xFF8A2A80, 0xFFF0A0E4, {4, 2, 1, 2}},
                                               {0xFF7A4A1E, 0xFFD9A878, {6, 3}}}};
    const RunLine& line = lines[static_cast<std::size_t>(index) % lines.size()];
    QPen pen(QColor::fromRgba(m_dark ? line.dark : line.light), width);
    if (!line.dash.isEmpty()) pen.setDashPattern(line.dash);
    return pen;
}

QPalette Theme::palette() const {
    QPalette palette;
    palette.setColor(QPalette::Window, color(Tone::Window));
    palette.setColor(QPalette::WindowText, color(Tone::Ink));
    palette.setColor(QPalette::Base, color(Tone::Surface));
    palette.setColor(QPalette::AlternateBase, color(Tone::Surface2));
    palette.setColor(QPalette::Text, color(Tone::Ink));
    palette.setColor(QPalette::PlaceholderText, color(Tone::Ink3));
    palette.setColor(QPalette::Button, color(Tone::Surface));
    palette.setColor(QPalette::ButtonText, color(Tone::Ink));
    palette.setColor(QPalette::BrightText, color(Tone::Wrong));
    palette.setColor(QPalette::Highlight, color(Tone::Accent));
    palette.setColor(QPalette::HighlightedText, color(Tone::AccentOn));
    palette.setColor(QPalette::ToolTipBase, color(Tone::Ink));
    palette.setColor(QPalette::ToolTipText, color(Tone::Surface));
    palette.setColor(QPalette::Link, color(Tone::Accent));
    palette.setColor(QPalette::Mid, color(Tone::Line));
    palette.setColor(QPalette::Midlight, color(Tone::Line2));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, color(Tone::Disabled));
    return palette;
}

QString Theme::styleSheet() const {
    QFile file(QStringLiteral(":/style.qss"));
    if (!file.open(QIODevice::ReadOnly)) return {};
    QString sheet = QString::fromUtf8(file.readAll());
    // Longest names first, so that @ice does not eat the start of @iceFill.
    std::vector<const ToneEntry*> entries;
    for (const ToneEntry& entry : kTones) entries.push_back(&entry);
    std::sort(entries.begin(), entries.end(), [](auto* a, auto* b) { return qstrlen(a->name) > qstrlen(b->name); });
    for (const ToneEntry* entry : entries)
        sheet.replace(QLatin1Char('@') + QLatin1String(entry->name),
                      QColor::fromRgba(m_dark ? entry->dark : entry->light).name());
    sheet.replace(QLatin1String("@scheme"), QLatin1String(m_dark ? "dark" : "light"));
    // Lengths are written as 12dp and follow the classroom's scale.
    static const QRegularExpression length(QStringLiteral("(\\d+(?:\\.\\d+)?)dp"));
    QString scaled;
    qsizetype end = 0;
    for (auto it = length.globalMatch(sheet); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        scaled += sheet.mid(end, match.capturedStart() - end);
        scaled += QString::number(px(match.captured(1).toDouble())) + QLatin1String("px");
        end = match.capturedEnd();
    }
    return scaled + sheet.mid(end);
}

void Theme::apply() { setLook(m_scheme, m_scale); }

void Theme::finishLook() {
    qApp->setStyleSheet(styleSheet());
    Q_EMIT changed();
}

LightForPrint::LightForPrint() : m_wasDark(std::exchange(Theme::instance().m_dark, false)) {}
LightForPrint::~LightForPrint() { Theme::instance().m_dark = m_wasDark; }

}  // namespace thaw::ui
