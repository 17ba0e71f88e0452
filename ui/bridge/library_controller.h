// Data sets, weights, lessons and past runs for the GUI thread: file access and downloads happen in a thread of its own.
#pragma once

#include <QObject>

#include <memory>

#include "core/api/trunks.h"
#include "ui/bridge/event_metatypes.h"

namespace thaw::ui {

class LibraryController : public QObject {
    Q_OBJECT
public:
    explicit LibraryController(QObject* parent = nullptr);
    ~LibraryController() override;  ///< cancels a running download (its part file stays) and waits

public Q_SLOTS:
    /// Of what the model reads: what is at `extraPath` and in the usual places; and what `places` hold, each told with its
    /// problem where it has one.
    void refreshDatasets(const QString& extraPath = {}, const QStringList& places = {});
    /// Whether a run can use what a folder or an archive holds. A newer question ends an older one.
    void checkData(const QString& path);
    void cancelCheck();
    /// `key` comes back with the pictures.
    void loadSamples(const QString& key, const thaw::core::DatasetInfo& dataset, int perClass, quint64 seed);
    /// One download at a time; id as in DatasetInfo::id or downloadableWeights().
    void downloadDataset(const QString& id);
    void downloadWeights(const QString& name);
    /// Whose weights are listed and imported; lists them where it is another one.
    void setModel(const QString& name);
    const QString& model() const;
    void cancelDownload();
    const QString& download() const;  ///< the one under way; empty: none
    void refreshWeights();
    void importWeights(const QString& file);
    void refreshRuns();
    void readRun(const QString& directory);
    void deleteRun(const QString& directory);
    void renameRun(const QString& directory, const QString& name, const QString& note);  ///< the new list follows
    void refreshLessons();
    /// Into the user's lessons folder; the new list follows lessonSaved.
    void saveLesson(const QString& title, const thaw::core::RunConfig& config);
    void refreshEngineInfo();

Q_SIGNALS:
    void datasetsListed(const std::vector<thaw::core::DatasetInfo>& datasets);
    void placesListed(const std::vector<thaw::core::DatasetInfo>& places);
    void checkProgress(qint64 files);  ///< of the folder that is checked, looked at so far; a few times a second
    /// error empty: it can be used. None comes after cancelCheck().
    void dataChecked(const QString& path, const thaw::core::DatasetInfo& dataset, const QString& error, const QString& hint);
    void samplesReady(const QString& key, const std::shared_ptr<const thaw::core::PictureSet>& pictures);
    void downloadStarted(const QString& id);
    void downloadProgress(const QString& id, const thaw::core::DownloadProgress& progress);
    /// error empty: done; cancelled: by the user.
    void downloadFinished(const QString& id, const QString& error, const QString& hint, bool cancelled);
    void weightsListed(const std::vector<thaw::core::WeightsChoice>& weights);
    void localWeightsListed(const std::vector<thaw::core::LocalWeights>& files);  ///< of all models, beside weightsListed
    void weightsImported(const QString& file, const QString& error, const QString& hint);
    void runsListed(const std::vector<thaw::core::RunSummary>& runs);
    void runRead(const thaw::core::RunHistory& history);
    void lessonSaved(const QString& name, const QString& error, const QString& hint);  ///< error empty: done
    void lessonsListed(const std::vector<thaw::core::Lesson>& lessons);
    void engineInfoReady(const thaw::core::EngineInfo& info);
    void failed(const QString& what, const QString& hint);  ///< anything above that has no answer of its own

private:
    class Private;
    std::unique_ptr<Private> d;
};

}  // namespace thaw::ui
