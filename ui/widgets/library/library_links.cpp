#include "ui/widgets/library/library_links.h"

#include "ui/bridge/session.h"
#include "ui/models/problem_text.h"
#include "ui/widgets/library/data_panel.h"
#include "ui/widgets/library/settings_panel.h"

namespace thaw::ui {

void linkSettings(SettingsPanel& panel, Session& session) {
    panel.setPlanSeconds([&session](const core::RunConfig& config) { return session.planSeconds(config); });
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
    const LibraryController& library = session.library();
    QObject::connect(&library, &LibraryController::placesListed, &panel, &DataPanel::setPlaces);
    QObject::connect(&library, &LibraryController::datasetsListed, &panel, &DataPanel::setDatasets);
    QObject::connect(&library, &LibraryController::checkProgress, &panel, &DataPanel::showProgress);
    panel.setPlaces(session.placesHeld());
    panel.setDatasets(session.datasets());

    QObject::connect(&session, &Session::configChanged, &panel, &DataPanel::setConfig);
    QObject::connect(&session, &Session::actionsChanged, &panel, [&] { panel.setLocked(!session.actions().editSettings); });
    panel.setConfig(session.config());
    QObject::connect(&session, &Session::dataChecking, &panel, [&panel](const QString& path) {
        panel.showChecking(path);
        if (!path.isEmpty()) panel.showRefusal({}, {});
    });
    QObject::connect(&session, &Session::dataAccepted, &panel, &DataPanel::showWhenListed);
    QObject::connect(&session, &Session::dataRefused, &panel,
                     [&panel](const QString& path, const QString& what, const QString& hint) {
                         panel.showRefusal(path, problemText(what, hint));
                     });
    QObject::connect(&panel, &DataPanel::locationChosen, &session, &Session::chooseData);
    QObject::connect(&panel, &DataPanel::checkCancelled, &session, &Session::cancelChoice);
    QObject::connect(&panel, &DataPanel::datasetChosen, &session, &Session::useDataset);
    QObject::connect(&panel, &DataPanel::forgetRequested, &session, &Session::forgetPlace);
}

}  // namespace thaw::ui
