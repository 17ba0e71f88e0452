#include "ui/widgets/body_layout.h"

#include <QSettings>

#include "ui/widgets/side_dock.h"

namespace thaw::ui {
namespace {

constexpr double kLayersWidth = 440, kCompactLayersWidth = 376, kSettingsWidth = 300, kRailWidth = 40;
constexpr double kMargins = 12 + 10 + 10 + 12;
constexpr double kLeastCentre = 480;

}  // namespace

BodyLayout::BodyLayout(SideDock& layers, SideDock& settings, QObject* parent)
    : QObject(parent), m_layers(layers), m_settings(settings) {
    connect(&layers, &SideDock::foldedChanged, this, [this](bool folded) { choose(true, !folded); });
    connect(&settings, &SideDock::foldedChanged, this, [this](bool folded) { choose(false, !folded); });
    apply();
}

void BodyLayout::choose(bool ofLayers, bool open) {
    if (m_applying) return;
    Choice& choice = m_choices[m_view];
    (ofLayers ? choice.layers : choice.settings) = open;
    // Where only one fits, the one that was asked for stays.
    const double both = (m_compact ? kCompactLayersWidth : kLayersWidth) + kSettingsWidth + kMargins + kLeastCentre;
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
    bool layers = choice.layers.value_or(live || welcome || inspector);
    bool settings = choice.settings.value_or(welcome);
    const double layersWidth = m_compact ? kCompactLayersWidth : kLayersWidth;
    const auto centre = [&] {
        return m_room - kMargins - (layers ? layersWidth : kRailWidth) - (settings ? kSettingsWidth : kRailWidth);
    };
    if (layers && settings && centre() < kLeastCentre)
        settings = choice.settings.value_or(false) && !choice.layers.value_or(false);
    if (layers && settings && centre() < kLeastCentre) layers = false;
    m_layers.setOpenWidth(layersWidth);
    m_settings.setOpenWidth(kSettingsWidth);
    m_layers.setFolded(!layers);
    m_settings.setFolded(!settings);
    m_applying = false;
    Q_EMIT changed();
}

void BodyLayout::save(QSettings& settings) const {
    for (auto it = m_choices.cbegin(); it != m_choices.cend(); ++it) {
        if (it->layers) settings.setValue(QStringLiteral("panels/%1/layers").arg(it.key()), *it->layers);
        if (it->settings) settings.setValue(QStringLiteral("panels/%1/settings").arg(it.key()), *it->settings);
    }
}

void BodyLayout::restore(const QSettings& settings) {
    for (const char* view : {"welcome", "live", "predictions", "confusion", "inspector", "map", "data"}) {
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
