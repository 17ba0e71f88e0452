#include "ui/widgets/window/body_layout.h"

#include <QSettings>

#include <algorithm>

#include "ui/widgets/window/side_dock.h"

namespace thaw::ui {
namespace {

constexpr double kLayersWidth = 440, kCompactLayersWidth = 376, kSettingsWidth = 300, kRailWidth = 40;
constexpr double kMargins = 12 + 10 + 10 + 12;
constexpr double kLeastCentre = 480, kLeastInspector = 560;
constexpr double kLeastTrunk = 640;  // a column of cards with one of them in full beside it
constexpr double kLeastLive = 702;   // the curves with the test pictures beside them
constexpr double kLeastLayers = 340, kMostLayers = 640, kLeastSettings = 280, kMostSettings = 460;

double keptWidth(const QSettings& settings, const QString& key, double least, double most) {
    const double width = settings.value(key, 0).toDouble();
    return width > 0 ? std::clamp(width, least, most) : 0;
}

}  // namespace

BodyLayout::BodyLayout(SideDock& layers, SideDock& settings, QObject* parent)
    : QObject(parent), m_layers(layers), m_settings(settings) {
    connect(&layers, &SideDock::foldedChanged, this, [this](bool folded) { choose(true, !folded); });
    connect(&settings, &SideDock::foldedChanged, this, [this](bool folded) { choose(false, !folded); });
    connect(&layers, &SideDock::widthRequested, this, [this](double width) { chooseWidth(true, width); });
    connect(&settings, &SideDock::widthRequested, this, [this](double width) { chooseWidth(false, width); });
    apply();
}

double BodyLayout::layersWidth() const {
    const double usual = m_compact ? kCompactLayersWidth : kLayersWidth;
    // A width that was chosen in a larger window leaves the centre its room in a smaller one.
    return m_layersWidth > 0 ? std::min(m_layersWidth, std::max(usual, m_room - kMargins - kRailWidth - kLeastCentre)) : usual;
}

double BodyLayout::settingsWidth() const { return m_settingsWidth > 0 ? m_settingsWidth : kSettingsWidth; }

void BodyLayout::chooseWidth(bool ofLayers, double designPixels) {
    const SideDock& other = ofLayers ? m_settings : m_layers;
    const double otherWidth = other.isFolded() ? kRailWidth : ofLayers ? settingsWidth() : layersWidth();
    const double least = ofLayers ? kLeastLayers : kLeastSettings;
    const double most =
        std::max(least, std::min(ofLayers ? kMostLayers : kMostSettings, m_room - kMargins - otherWidth - kLeastCentre));
    (ofLayers ? m_layersWidth : m_settingsWidth) = designPixels > 0 ? std::clamp(designPixels, least, most) : 0;
    apply();
}

void BodyLayout::choose(bool ofLayers, bool open) {
    if (m_applying) return;
    Choice& choice = m_choices[m_view];
    (ofLayers ? choice.layers : choice.settings) = open;
    // Where only one fits, the one that was asked for stays.
    const double both = layersWidth() + settingsWidth() + kMargins + kLeastCentre;
    if (open && both > m_room) (ofLayers ? choice.settings : choice.layers) = false;
    apply();
}

void BodyLayout::setView(const QString& view) {
    if (m_view == view) return;
    m_view = view;
    apply();
}

void BodyLayout::setRoom(double designPixels, bool compact) {
    if (m_room == designPixels && m_compact == compact) return;
    m_room = designPixels;
    m_compact = compact;
    apply();
}

void BodyLayout::apply() {
    m_applying = true;
    const bool live = m_view == QLatin1String("live"), welcome = m_view == QLatin1String("welcome");
    const Choice choice = m_choices.value(m_view);
    const bool inspector = m_view == QLatin1String("inspector");
    // By itself the tree is open only where the page beside it loses nothing by that: the test pictures, or a map's plane. The
    // inspector's own arrows walk over the layers, too.
    const double beside = m_room - kMargins - layersWidth() - kRailWidth;
    const bool trunk = m_view == QLatin1String("trunk");
    const bool layersFit = beside >= (live ? kLeastLive : trunk ? kLeastTrunk : inspector ? kLeastInspector : kLeastCentre);
    bool layers = choice.layers.value_or((live || welcome || inspector || trunk) && layersFit);
    bool settings = choice.settings.value_or(welcome);
    const auto centre = [&] {
        return m_room - kMargins - (layers ? layersWidth() : kRailWidth) - (settings ? settingsWidth() : kRailWidth);
    };
    if (layers && settings && centre() < kLeastCentre)
        settings = choice.settings.value_or(false) && !choice.layers.value_or(false);
    if (layers && settings && centre() < kLeastCentre) layers = false;
    if (settings && centre() < kLeastCentre) settings = choice.settings.value_or(false);
    m_layers.setOpenWidth(layersWidth());
    m_settings.setOpenWidth(settingsWidth());
    m_layers.setFolded(!layers);
    m_settings.setFolded(!settings);
    m_applying = false;
    Q_EMIT changed();
}

void BodyLayout::save(QSettings& settings) const {
    settings.setValue(QStringLiteral("panels/layersWidth"), m_layersWidth);
    settings.setValue(QStringLiteral("panels/settingsWidth"), m_settingsWidth);
    for (auto it = m_choices.cbegin(); it != m_choices.cend(); ++it) {
        if (it->layers) settings.setValue(QStringLiteral("panels/%1/layers").arg(it.key()), *it->layers);
        if (it->settings) settings.setValue(QStringLiteral("panels/%1/settings").arg(it.key()), *it->settings);
    }
}

void BodyLayout::restore(const QSettings& settings) {
    m_layersWidth = keptWidth(settings, QStringLiteral("panels/layersWidth"), kLeastLayers, kMostLayers);
    m_settingsWidth = keptWidth(settings, QStringLiteral("panels/settingsWidth"), kLeastSettings, kMostSettings);
    for (const char* view : {"welcome", "live", "predictions", "continuations", "confusion", "inspector", "map", "data",
                             "collect", "doctor", "trunk", "runs"}) {
        Choice choice;
        const QString key = QStringLiteral("panels/%1/").arg(QLatin1String(view));
        if (settings.contains(key + QLatin1String("layers")))
            choice.layers = settings.value(key + QLatin1String("layers")).toBool();
        if (settings.contains(key + QLatin1String("settings")))
            choice.settings = settings.value(key + QLatin1String("settings")).toBool();
        if (choice.layers || choice.settings) m_choices.insert(QLatin1String(view), choice);
    }
    apply();
}

}  // namespace thaw::ui
