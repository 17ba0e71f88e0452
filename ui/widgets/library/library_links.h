// Ties the panels that show the library's lists to the session, both ways.
#pragma once

namespace thaw::ui {

class DataPanel;
class Session;
class SettingsPanel;

void linkSettings(SettingsPanel& panel, Session& session);
void linkData(DataPanel& panel, Session& session);

}  // namespace thaw::ui
