#include "ui/bridge/library_controller.h"

#include <atomic>
#include <functional>

#include "core/api/errors.h"
#include "ui/bridge/job_thread.h"
#include "ui/bridge/mailbox.h"

namespace thaw::ui {

class LibraryController::Private : public QObject {
    Q_OBJECT
public:
    explicit Private(LibraryController* owner) : q(owner) {
        connect(this, &Private::answered, this, &Private::takeAnswers, Qt::QueuedConnection);
    }

    using Answer = std::function<void()>;
    using Complaint = std::function<void(const QString& what, const QString& hint)>;

    /// `work` runs in the thread and returns what to do in the GUI thread with its result.
    void run(JobThread& thread, std::function<Answer()> work, Complaint complain = {}) {
        if (!complain) complain = [this](const QString& what, const QString& hint) { Q_EMIT q->failed(what, hint); };
        thread.add([this, work = std::move(work), complain = std::move(complain)] {
            const auto refuse = [&](const char* what, const std::string& hint) {
                answer([complain, text = QString::fromUtf8(what), advice = QString::fromStdString(hint)] {
                    complain(text, advice);
                });
            };
            try {
                answer(work());
            } catch (const core::Error& error) {
                refuse(error.what(), error.hint());
            } catch (const std::exception& error) {
                refuse(error.what(), {});
            }
        });
    }

    void answer(Answer answer) {
        if (m_answers.put(std::move(answer))) Q_EMIT answered();
    }

    void download(const QString& id, std::function<void(const core::ProgressCallback&)> work);

    LibraryController* const q;
    std::vector<core::DatasetInfo> datasets;
    std::atomic<bool> cancel{false};
    bool downloading = false;

Q_SIGNALS:
    void answered();

private:
    void takeAnswers() {
        for (const Answer& done : m_answers.takeAll()) done();
    }

    Mailbox<Answer> m_answers;

public:
    // Last, so that they end first: their jobs use everything above.
    JobThread files, downloads;
};

LibraryController::LibraryController(QObject* parent) : QObject(parent), d(std::make_unique<Private>(this)) {}

LibraryController::~LibraryController() { d->cancel = true; }

void LibraryController::refreshDatasets(const QString& extraPath) {
    d->run(d->files, [this, extra = std::filesystem::path(extraPath.toStdString())]() -> Private::Answer {
        return [this, datasets = core::listDatasets(extra)] {
            d->datasets = datasets;
            Q_EMIT datasetsListed(datasets);
        };
    });
}

void LibraryController::loadSamples(const QString& datasetId, int perClass, quint64 seed) {
    for (const core::DatasetInfo& dataset : d->datasets) {
        if (datasetId != QString::fromStdString(dataset.id)) continue;
        d->run(d->files, [this, dataset, datasetId, perClass, seed]() -> Private::Answer {
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
    downloads.add([this, id, work = std::move(work)] {
        const auto finish = [&](const QString& error, const QString& hint, bool cancelled) {
            answer([this, id, error, hint, cancelled] {
                downloading = false;
                Q_EMIT q->downloadFinished(id, error, hint, cancelled);
            });
        };
        try {
            work([&](const core::DownloadProgress& progress) {
                answer([this, id, progress] { Q_EMIT q->downloadProgress(id, progress); });
                return !cancel;
            });
            finish({}, {}, false);
        } catch (const core::Cancelled& error) {
            finish(QString::fromUtf8(error.what()), {}, true);
        } catch (const core::Error& error) {
            finish(QString::fromUtf8(error.what()), QString::fromStdString(error.hint()), false);
        } catch (const std::exception& error) {
            finish(QString::fromUtf8(error.what()), {}, false);
        }
    });
}

void LibraryController::downloadDataset(const QString& id) {
    d->download(id, [id](const core::ProgressCallback& progress) { core::downloadDataset(id.toStdString(), progress); });
}

void LibraryController::downloadWeights(const QString& name) {
    d->download(name, [name](const core::ProgressCallback& progress) { core::downloadWeights(name.toStdString(), progress); });
}

void LibraryController::cancelDownload() { d->cancel = true; }

void LibraryController::refreshWeights() {
    d->run(d->files,
           [this]() -> Private::Answer { return [this, weights = core::listWeights()] { Q_EMIT weightsListed(weights); }; });
}

void LibraryController::importWeights(const QString& file) {
    d->run(
        d->files,
        [this, file]() -> Private::Answer {
            return [this, written = core::importWeights(file.toStdString())] {
                Q_EMIT weightsImported(QString::fromStdString(written.string()), {}, {});
            };
        },
        [this, file](const QString& what, const QString& hint) { Q_EMIT weightsImported(file, what, hint); });
}

void LibraryController::refreshRuns() {
    d->run(d->files, [this]() -> Private::Answer { return [this, runs = core::listRuns()] { Q_EMIT runsListed(runs); }; });
}

void LibraryController::readRun(const QString& directory) {
    d->run(d->files, [this, directory]() -> Private::Answer {
        return [this, history = core::readRun(directory.toStdString())] { Q_EMIT runRead(history); };
    });
}

void LibraryController::deleteRun(const QString& directory) {
    d->run(d->files, [this, directory]() -> Private::Answer {
        core::deleteRun(directory.toStdString());
        return [this, runs = core::listRuns()] { Q_EMIT runsListed(runs); };
    });
}

void LibraryController::refreshLessons() {
    d->run(d->files,
           [this]() -> Private::Answer { return [this, lessons = core::listLessons()] { Q_EMIT lessonsListed(lessons); }; });
}

void LibraryController::saveLesson(const QString& title, const core::RunConfig& config) {
    d->run(
        d->files,
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
    d->run(d->files, [this]() -> Private::Answer { return [this, info = core::engineInfo()] { Q_EMIT engineInfoReady(info); }; });
}

}  // namespace thaw::ui

#include "library_controller.moc"
