#include "ui/widgets/library/library_links.h"

#include "ui/bridge/session.h"
#include "ui/widgets/library/data_panel.h"
#include "ui/widgets/library/settings_panel.h"

namespace thaw::ui {

void linkSettings(SettingsPanel& panel, Session& session) {
    panel.setLessons(session.lessons());
    panel.setDatasets(session.datasets());

    QObject::connect(&session, &Session::configChanged, &panel, &SettingsPanel::setConfig);
    QObject::connect(&panel, &SettingsPanel::configChanged, &session, &Session::setConfig);
    QObject::connect(&panel, &SettingsPanel::lessonChosen, &session, &Session::chooseLesson);
    QObject::connect(&panel, &SettingsPanel::rateRequested, &session, &Session::requestRate);
    panel.setConfig(session.config());

    const auto lock = [&panel, &session] {
        panel.setLocked(!session.actions().editSettings, session.isActive() ? session.training().currentPhase() : -1);
        panel.setLiveRate(session.shownRate());
    };
    QObject::connect(&session, &Session::actionsChanged, &panel, lock);
    QObject::connect(&session, &Session::rateChanged, &panel, lock);
    lock();
}

void linkData(DataPanel& panel, Session& session) {
    panel.setDatasets(session.datasets());

    QObject::connect(&session, &Session::configChanged, &panel, &DataPanel::setConfig);
    QObject::connect(&session, &Session::actionsChanged, &panel, [&] { panel.setLocked(!session.actions().editSettings); });
    panel.setConfig(session.config());
    QObject::connect(&panel, &DataPanel::locationChosen, &session, &Session::setDataFolder);
    QObject::connect(&panel, &DataPanel::datasetChosen, &session, [&session](const QString& id) {
        core::RunConfig config = session.config();
        config.data.dataset = id.toStdString();
        session.setConfig(config);
    });
    QObject::connect(&panel, &DataPanel::weightsChosen, &session, [&session](const QString& file) {
        core::RunConfig config = session.config();
        config.weights = file.toStdString();
        session.setConfig(config);
    });
}

}  // namespace thaw::ui
