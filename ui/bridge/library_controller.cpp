#include "ui/bridge/library_controller.h"

#include <QElapsedTimer>

#include <algorithm>
#include <atomic>
#include <functional>

#include "core/api/errors.h"
#include "core/api/models.h"
#include "core/api/reading_scope.h"
#include "core/api/trunks.h"
#include "ui/models/path_text.h"
#include "ui/threads/background.h"

namespace thaw::ui {
namespace {

constexpr double kDownloadPatience = 30;  // seconds without a byte
constexpr qint64 kTellMilliseconds = 100;

/// What a place that was chosen before holds now, or why it cannot be used.
core::DatasetInfo placeInfo(const QString& path, core::Modality modality) {
    const std::filesystem::path place = pathOf(path);
    core::DataConfig only;
    only.directory = place;
    core::DatasetInfo info;
    try {
        info = core::resolveDataset(only, modality);
    } catch (const core::Error& error) {
        info = {};
        info.title = place.filename().string();
        info.problem = error.hint().empty() ? error.what() : std::string(error.what()) + ' ' + error.hint();
    }
    info.place = place;
    return info;
}

}  // namespace

class LibraryController::Private {
public:
    explicit Private(LibraryController* owner) : q(owner) {}

    using Answer = std::function<void()>;

    /// `work` reads files in their thread and returns what to do in the GUI thread with its result.
    void run(std::function<Answer()> work, Background::Failure complain = {}) {
        if (!complain) complain = [this](const QString& what, const QString& hint) { Q_EMIT q->failed(what, hint); };
        files.add(
            [this, work = std::move(work)] {
                const core::ReadingScope scope(closing);
                return work();
            },
            std::move(complain));
    }

    core::Modality modality() const { return core::modalityOf(model.toStdString()); }  ///< of the data that are listed

    void startDownload(const QString& id, std::function<void(const core::ProgressCallback&)> work);

    LibraryController* const q;
    std::atomic<bool> cancel{false}, closing{false};
    std::shared_ptr<std::atomic<bool>> checkEnded = std::make_shared<std::atomic<bool>>(true);
    QString download;
    QString model = QString::fromStdString(core::RunConfig().model);
    // Last, so that they end first: their jobs use everything above.
    Background files, checks, downloads, engine;
};

LibraryController::LibraryController(QObject* parent) : QObject(parent), d(std::make_unique<Private>(this)) {}

LibraryController::~LibraryController() {
    d->cancel = true;
    d->closing = true;
    *d->checkEnded = true;
}

void LibraryController::refreshDatasets(const QString& extraPath, const QStringList& places) {
    d->run([this, extra = pathOf(extraPath), places, modality = d->modality(),
            continues = core::canContinueTexts(d->model.toStdString())]() -> Private::Answer {
        std::vector<core::DatasetInfo> datasets = core::listDatasets(extra, modality);
        const auto cannotUse = [&](const core::DatasetInfo& one) {
            return one.task == core::TaskKind::ContinueText && !continues;
        };
        datasets.erase(std::remove_if(datasets.begin(), datasets.end(), cannotUse), datasets.end());
        std::vector<core::DatasetInfo> held;
        for (const QString& place : places) held.push_back(placeInfo(place, modality));
        return [this, datasets, held] {
            Q_EMIT placesListed(held);
            Q_EMIT datasetsListed(datasets);
        };
    });
}

void LibraryController::checkData(const QString& path) {
    cancelCheck();
    const auto ended = d->checkEnded = std::make_shared<std::atomic<bool>>(false);
    const auto answer = [this, ended, path](const core::DatasetInfo& dataset, const QString& error, const QString& hint) {
        if (!ended->exchange(true)) Q_EMIT dataChecked(path, dataset, error, hint);
    };
    d->checks.add(
        [this, ended, path, answer, modality = d->modality()]() -> Private::Answer {
            QElapsedTimer sinceTold;
            const core::ReadingScope scope(*ended, [&](std::int64_t files) {
                if (sinceTold.isValid() && sinceTold.elapsed() < kTellMilliseconds) return;
                sinceTold.start();
                d->checks.post([this, ended, files] {
                    if (!*ended) Q_EMIT checkProgress(files);
                });
            });
            core::DataConfig only;
            only.directory = pathOf(path);
            const core::DatasetInfo info = core::resolveDataset(only, modality);
            return [answer, info] { answer(info, {}, {}); };
        },
        [answer](const QString& what, const QString& hint) { answer({}, what, hint); });
}

void LibraryController::cancelCheck() { *d->checkEnded = true; }

const QString& LibraryController::download() const { return d->download; }

void LibraryController::loadSamples(const QString& key, const core::DatasetInfo& dataset, int perClass, quint64 seed) {
    d->run([this, key, dataset, perClass, seed]() -> Private::Answer {
        return [this, key, pictures = core::samplePictures(dataset, core::Split::Test, perClass, seed)] {
            Q_EMIT samplesReady(key, pictures);
        };
    });
}

void LibraryController::Private::startDownload(const QString& id, std::function<void(const core::ProgressCallback&)> work) {
    if (!download.isEmpty()) {
        Q_EMIT q->failed(LibraryController::tr("A download is running already."),
                         LibraryController::tr("Wait for it or cancel it."));
        return;
    }
    download = id;
    cancel = false;
    Q_EMIT q->downloadStarted(id);
    const auto finish = [this, id](const QString& error, const QString& hint, bool cancelled) {
        download.clear();
        Q_EMIT q->downloadFinished(id, error, hint, cancelled);
    };
    downloads.add(
        [this, id, finish, work = std::move(work)]() -> Answer {
            try {
                work([&](const core::DownloadProgress& progress) {
                    downloads.post([this, id, progress] { Q_EMIT q->downloadProgress(id, progress); });
                    return !cancel;
                });
            } catch (const core::Cancelled& error) {
                return [finish, text = nameText(error.what())] { finish(text, {}, true); };
            }
            return [finish] { finish({}, {}, false); };
        },
        [finish](const QString& error, const QString& hint) { finish(error, hint, false); });
}

void LibraryController::downloadDataset(const QString& id) {
    d->startDownload(id, [id](const core::ProgressCallback& progress) {
        core::downloadDataset(id.toStdString(), progress, kDownloadPatience);
    });
}

void LibraryController::downloadWeights(const QString& name) {
    d->startDownload(name,
                     [name](const core::ProgressCallback& progress) { core::downloadWeights(name.toStdString(), progress); });
}

void LibraryController::cancelDownload() { d->cancel = true; }

const QString& LibraryController::model() const { return d->model; }

void LibraryController::setModel(const QString& name) {
    if (d->model == name) return;
    d->model = name;
    refreshWeights();
}

void LibraryController::refreshWeights() {
    d->run([this, model = d->model]() -> Private::Answer {
        return [this, model, weights = core::listWeights(model.toStdString()), files = core::listLocalWeights()] {
            if (model == d->model) Q_EMIT weightsListed(weights);  // else newer ones are on their way
            Q_EMIT localWeightsListed(files);
        };
    });
}

void LibraryController::importWeights(const QString& file) {
    d->run(
        [this, file, model = d->model]() -> Private::Answer {
            return [this, written = core::importWeights(pathOf(file), {}, model.toStdString())] {
                Q_EMIT weightsImported(pathText(written), {}, {});
            };
        },
        [this, file](const QString& what, const QString& hint) { Q_EMIT weightsImported(file, what, hint); });
}

void LibraryController::refreshRuns() {
    d->run([this]() -> Private::Answer { return [this, runs = core::listRuns()] { Q_EMIT runsListed(runs); }; });
}

void LibraryController::readRun(const QString& directory) {
    d->run([this, directory]() -> Private::Answer {
        return [this, history = core::readRun(pathOf(directory))] { Q_EMIT runRead(history); };
    });
}

void LibraryController::deleteRun(const QString& directory) {
    d->run([this, directory]() -> Private::Answer {
        core::deleteRun(pathOf(directory));
        return [this, runs = core::listRuns()] { Q_EMIT runsListed(runs); };
    });
}

void LibraryController::renameRun(const QString& directory, const QString& name, const QString& note) {
    d->run([this, directory, name, note]() -> Private::Answer {
        core::renameRun(pathOf(directory), name.toStdString(), note.toStdString());
        return [this, runs = core::listRuns()] { Q_EMIT runsListed(runs); };
    });
}

void LibraryController::refreshLessons() {
    d->run([this]() -> Private::Answer { return [this, lessons = core::listLessons()] { Q_EMIT lessonsListed(lessons); }; });
}

void LibraryController::saveLesson(const QString& title, const core::RunConfig& config) {
    d->run(
        [this, title, config]() -> Private::Answer {
            const core::Lesson saved = core::saveLesson(title.toStdString(), {}, config);
            return [this, name = QString::fromStdString(saved.name), lessons = core::listLessons()] {
                Q_EMIT lessonSaved(name, {}, {});
                Q_EMIT lessonsListed(lessons);
            };
        },
        [this](const QString& what, const QString& hint) { Q_EMIT lessonSaved({}, what, hint); });
}

void LibraryController::refreshEngineInfo() {
    d->engine.add([this]() -> Private::Answer { return [this, info = core::engineInfo()] { Q_EMIT engineInfoReady(info); }; },
                  [this](const QString& what, const QString& hint) { Q_EMIT failed(what, hint); });
}

}  // namespace thaw::ui
