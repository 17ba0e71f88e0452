// Ties the settings panel to the session and its library, both ways.
#pragma once

namespace thaw::ui {

class Session;
class SettingsPanel;

void linkSettings(SettingsPanel& panel, Session& session);

}  // namespace thaw::ui
