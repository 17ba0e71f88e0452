// The two file dialogs of the File menu. Both return at once; the session hears what was chosen.
#pragma once

class QWidget;

namespace thaw::ui {

class Session;

void chooseRun(QWidget* parent, Session& session);
void chooseExport(QWidget* parent, Session& session);

}  // namespace thaw::ui
