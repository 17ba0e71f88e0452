#include "ui/bridge/library_controller.h"

#include <atomic>
#include <functional>

#include "core/api/errors.h"
#include "ui/threads/background.h"

namespace thaw::ui {

class LibraryController::Private {
public:
    explicit Private(LibraryController* owner) : q(owner) {}

    using Answer = std::function<void()>;

    /// `work` reads files in their thread and returns what to do in the GUI thread with its result.
    void run(std::function<Answer()> work, Background::Failure complain = {}) {
        if (!complain) complain = [this](const QString& what, const QString& hint) { Q_EMIT q->failed(what, hint); };
        files.add(std::move(work), std::move(complain));
    }

    void download(const QString& id, std::function<void(const core::ProgressCallback&)> work);

    LibraryController* const q;
    std::vector<core::DatasetInfo> datasets;
    std::atomic<bool> cancel{false};
    bool downloading = false;
    // Last, so that they end first: their jobs use everything above.
    Background files, downloads, engine;
};

LibraryController::LibraryController(QObject* parent) : QObject(parent), d(std::make_unique<Private>(this)) {}

LibraryController::~LibraryController() { d->cancel = true; }

void LibraryController::refreshDatasets(const QString& extraPath) {
    d->run([this, extra = std::filesystem::path(extraPath.toStdString())]() -> Private::Answer {
        return [this, datasets = core::listDatasets(extra)] {
            d->datasets = datasets;
            Q_EMIT datasetsListed(datasets);
        };
    });
}

void LibraryController::loadSamples(const QString& datasetId, int perClass, quint64 seed) {
    for (const core::DatasetInfo& dataset : d->datasets) {
        if (datasetId != QString::fromStdString(dataset.id)) continue;
        d->run([this, dataset, datasetId, perClass, seed]() -> Private::Answer {
            return [this, datasetId, pictures = core::samplePictures(dataset, core::Split::Test, perClass, seed)] {
                Q_EMIT samplesReady(datasetId, pictures);
            };
        });
        return;
    }
    Q_EMIT failed(tr("There is no data set called \"%1\".").arg(datasetId), tr("Choose one from the list."));
}

void LibraryController::Private::download(const QString& id, std::function<void(const core::ProgressCallback&)> work) {
    if (downloading) {
        Q_EMIT q->failed(LibraryController::tr("A download is running already."),
                         LibraryController::tr("Wait for it or cancel it."));
        return;
    }
    downloading = true;
    cancel = false;
    const auto finish = [this, id](const QString& error, const QString& hint, bool cancelled) {
        downloading = false;
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
                return [finish, text = QString::fromUtf8(error.what())] { finish(text, {}, true); };
            }
            return [finish] { finish({}, {}, false); };
        },
        [finish](const QString& error, const QString& hint) { finish(error, hint, false); });
}

void LibraryController::downloadDataset(const QString& id) {
    d->download(id, [id](const core::ProgressCallback& progress) { core::downloadDataset(id.toStdString(), progress); });
}

void LibraryController::downloadWeights(const QString& name) {
    d->download(name, [name](const core::ProgressCallback& progress) { core::downloadWeights(name.toStdString(), progress); });
}

void LibraryController::cancelDownload() { d->cancel = true; }

void LibraryController::refreshWeights() {
    d->run([this]() -> Private::Answer { return [this, weights = core::listWeights()] { Q_EMIT weightsListed(weights); }; });
}

void LibraryController::importWeights(const QString& file) {
    d->run(
        [this, file]() -> Private::Answer {
            return [this, written = core::importWeights(file.toStdString())] {
                Q_EMIT weightsImported(QString::fromStdString(written.string()), {}, {});
            };
        },
        [this, file](const QString& what, const QString& hint) { Q_EMIT weightsImported(file, what, hint); });
}

void LibraryController::refreshRuns() {
    d->run([this]() -> Private::Answer { return [this, runs = core::listRuns()] { Q_EMIT runsListed(runs); }; });
}

void LibraryController::readRun(const QString& directory) {
    d->run([this, directory]() -> Private::Answer {
        return [this, history = core::readRun(directory.toStdString())] { Q_EMIT runRead(history); };
    });
}

void LibraryController::deleteRun(const QString& directory) {
    d->run([this, directory]() -> Private::Answer {
        core::deleteRun(directory.toStdString());
        return [this, runs = core::listRuns()] { Q_EMIT runsListed(runs); };
    });
}

void LibraryController::renameRun(const QString& directory, const QString& name, const QString& note) {
    d->run([this, directory, name, note]() -> Private::Answer {
        core::renameRun(directory.toStdString(), name.toStdString(), note.toStdString());
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
