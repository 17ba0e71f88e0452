// Which docks of the body are open, and how wide: defaults by what the window shows, the user's own choice over them (open or
// folded for each view, the width for all), and both within the room that there is.
#pragma once

#include <QHash>
#include <QObject>

#include <optional>

class QSettings;

namespace thaw::ui {

class SideDock;

class BodyLayout : public QObject {
    Q_OBJECT
public:
    BodyLayout(SideDock& layers, SideDock& settings, QObject* parent = nullptr);

    /// "welcome", "live", "predictions", "continuations", "confusion", "inspector", "map", "data", "collect", "doctor", "trunk",
    /// "runs".
    void setView(const QString& view);
    /// Body width in design pixels.
    void setRoom(double designPixels, bool compact);
    void save(QSettings& settings) const;
    void restore(const QSettings& settings);

Q_SIGNALS:
    void changed();

private:
    struct Choice {
        std::optional<bool> layers, settings;  ///< open?
    };
    void choose(bool ofLayers, bool open);
    void chooseWidth(bool ofLayers, double designPixels);
    double layersWidth() const;
    double settingsWidth() const;
    void apply();
    SideDock &m_layers, &m_settings;
    QHash<QString, Choice> m_choices;
    QString m_view = QStringLiteral("welcome");
    double m_room = 1440;
    double m_layersWidth = 0, m_settingsWidth = 0;  ///< the user's; 0: the usual
    bool m_compact = false, m_applying = false;
};

}  // namespace thaw::ui
