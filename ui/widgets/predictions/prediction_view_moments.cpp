// Of which run and moment the page shows the predictions, and how it asks a checkpoint for them.
#include <QStackedWidget>

#include "core/api/errors.h"
#include "ui/models/checkpoint_text.h"
#include "ui/models/path_text.h"
#include "ui/models/problem_text.h"
#include "ui/threads/background.h"
#include "ui/widgets/parts/message_line.h"
#include "ui/widgets/parts/work_strip.h"
#include "ui/widgets/pictures/picture_grid.h"
#include "ui/widgets/predictions/own_picture_queue.h"
#include "ui/widgets/predictions/prediction_detail.h"
#include "ui/widgets/predictions/prediction_view.h"

namespace thaw::ui {
namespace {

const QString kPredictions = QStringLiteral("predictions");

}  // namespace

std::shared_ptr<const core::PictureSet> PredictionView::picturesOf(const core::RunStarted& run) {
    return run.config.task == core::TaskKind::ContinueText ? nullptr : run.testPictures;
}

bool PredictionView::showsTraining() const {
    return m_controller && m_controller->run() && m_runId == QString::fromStdString(m_controller->run()->runId);
}

const core::KeptCheckpoint* PredictionView::checkpoint() const {
    const InspectionSubject* subject = m_inspection ? m_inspection->subject() : nullptr;
    return subject && QString::fromStdString(subject->run.runId) == m_runId ? m_inspection->checkpoint() : nullptr;
}

bool PredictionView::isChosen() const { return checkpoint() && !(showsTraining() && m_inspection->followsNewest()); }

void PredictionView::takeSubject() {
    const InspectionSubject* subject = m_inspection->subject();
    const core::RunStarted* training = m_controller && m_controller->run() ? &*m_controller->run() : nullptr;
    m_pinsAsked = false;
    if (!subject) {
        if (training && !showsTraining()) return setRun(*training);
        if (training || m_runId.isEmpty()) return;
        m_runId.clear();
        setPictures(nullptr, {}, {});
        return refresh();
    }
    if (training && training->runId != subject->run.runId) training = nullptr;
    const QString runId = QString::fromStdString(subject->run.runId);
    const bool known = runId == m_runId && m_pictures.pictures() &&
                       (!subject->pictures || subject->pictures->labels == m_pictures.pictures()->labels);
    if (!known) {
        QStringList names;
        for (const std::string& name : subject->run.classNames) names << nameText(name);
        m_runId = runId;
        const auto pictures = training && !subject->pictures ? picturesOf(*training) : subject->pictures;
        setPictures(pictures, names, QString::fromStdString(subject->run.dataset.id));
        offerUnlabelled(subject->run.dataset);
        say(pictures ? QString() : subject->problem);
    }
    setStepsPerEpoch(training ? training->stepsPerEpoch : stepsPerEpoch(subject->run, subject->checkpoints));
    if (training && !isChosen()) setPredictions(m_live);
    arrange();
    refresh();
    askPins();
}

void PredictionView::takeLive(const std::shared_ptr<const core::PredictionSet>& predictions) {
    if (!predictions || predictions->split == core::Split::Train || predictions->task == core::TaskKind::ContinueText) return;
    m_live = predictions;
    if (!showsTraining()) return;
    if (isChosen())
        m_pins.addPredictions(*predictions);
    else
        setPredictions(predictions);
}

void PredictionView::setPredictions(const std::shared_ptr<const core::PredictionSet>& predictions) {
    if (!predictions || predictions->split == core::Split::Train || !m_pictures.setPredictions(predictions)) return;
    stopAsking();
    m_pins.addPredictions(*predictions);
    m_pins.setCurrentStep(predictions->step);
    // A page without a chosen picture leaves the side panel empty: begin with the first one.
    if (m_detail->picture() == -1 && m_pictures.total() > 0) showPicture(m_pictures.idAt(m_pictures.pageBegin()));
    refresh();
    m_own->ask();
}

void PredictionView::follow() {
    const core::KeptCheckpoint* wanted = checkpoint();
    if (!wanted) return;
    const auto shows = [wanted](const std::shared_ptr<const core::PredictionSet>& set) {
        return set && set->step == wanted->step;
    };
    const bool training = showsTraining() && m_controller->state() == core::TrainerState::Running;
    const bool samePictures = m_live && m_pictures.pictures() && m_live->labels == m_pictures.pictures()->labels;
    const bool live =
        showsTraining() && samePictures && (shows(m_live) || (!isChosen() && (training || m_live->step > wanted->step)));
    if (live || shows(m_pictures.predictions())) {
        stopAsking();
        if (live && m_pictures.predictions() != m_live) setPredictions(m_live);
    } else if (m_pictures.pictures() && (isVisible() || !isChosen()) && wanted->name != m_refused) {
        askPredictions();
    }
    refresh();
}

void PredictionView::askPredictions() {
    if (m_askedFor == checkpoint()->name) return;
    m_askedFor = checkpoint()->name;
    QString moment = checkpointName(*checkpoint());
    m_predicting->start(moment.replace(0, 1, moment.at(0).toUpper()));
    m_inspection->ask<std::shared_ptr<const core::PredictionSet>>(
        this, kPredictions, InspectionController::Lane::Long,
        [](core::Inspector& inspector, const std::string& name, const core::CountCallback& progress) {
            return inspector.predictions(name, core::Split::Test, progress);
        },
        [this](const std::shared_ptr<const core::PredictionSet>& set) {
            setPredictions(set);
            if (!isChosen()) Q_EMIT newestAnswered(set);
        },
        [this](std::int64_t done, std::int64_t total) { m_predicting->setProgress(done, total); },
        [this](const QString& what, const QString& hint) { refusePredictions(problemText(what, hint)); });
}

void PredictionView::stopAsking() {
    if (m_inspection) m_inspection->cancel(this, kPredictions);
    m_askedFor.clear();
    m_predicting->stop();
}

void PredictionView::refusePredictions(const QString& why) {
    m_refused = m_askedFor;
    m_refusal = why;
    stopAsking();
    refresh();
    if (m_stack->currentIndex() != kEmptyPage) m_message->say(why, tr("Try again"));
}

void PredictionView::askAgain() {
    m_message->hide();
    m_refused.clear();
    follow();
    m_own->askAgain();
}

void PredictionView::askPins() {
    const InspectionSubject* subject = m_inspection ? m_inspection->subject() : nullptr;
    if (!subject || m_pinsAsked || !isVisible() || QString::fromStdString(subject->run.runId) != m_runId) return;
    for (const core::KeptCheckpoint& kept : subject->checkpoints) {
        const std::vector<int> ids = m_pins.unknownAt(kept.step);
        if (ids.empty() || m_pinsRefused.contains(kept.step)) continue;
        m_pinsAsked = true;
        m_inspection->askAboutRun<std::vector<PinnedAnswer>>(
            this, QStringLiteral("pins"), InspectionController::Lane::Long,
            [name = kept.name, ids](core::Inspector& inspector, const std::string&, const core::CountCallback& progress) {
                std::vector<PinnedAnswer> answers;
                for (const int id : ids) {
                    if (!progress(static_cast<std::int64_t>(answers.size()), static_cast<std::int64_t>(ids.size())))
                        throw core::Cancelled();
                    const std::vector<float> row = inspector.predict(name, {core::Split::Test, id, {}});
                    const auto best = std::max_element(row.begin(), row.end());
                    answers.push_back({id, static_cast<int>(best - row.begin()), *best});
                }
                return answers;
            },
            [this, step = kept.step, epoch = kept.epoch](const std::vector<PinnedAnswer>& answers) {
                m_pinsAsked = false;
                m_pins.addAnswers(step, epoch, answers);
                askPins();
            },
            {},
            [this, step = kept.step](const QString&, const QString&) {
                m_pinsAsked = false;
                m_pinsRefused.insert(step);
                askPins();
            });
        return;
    }
}

void PredictionView::goToStep(std::int64_t step) {
    const InspectionSubject* subject = m_inspection ? m_inspection->subject() : nullptr;
    if (!subject) return;
    const auto kept = std::find_if(subject->checkpoints.begin(), subject->checkpoints.end(),
                                   [step](const core::KeptCheckpoint& one) { return one.step == step; });
    if (kept != subject->checkpoints.end()) m_inspection->chooseCheckpoint(static_cast<int>(kept - subject->checkpoints.begin()));
}

}  // namespace thaw::ui
