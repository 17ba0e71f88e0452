// What the network says of the user's own files: they are found in their folders, wait until somebody can answer, and are asked
// about in portions, so that they can be cancelled and a training goes on between two of them. Lives in the GUI thread.
#pragma once

#include <QHash>
#include <QObject>
#include <QStringList>

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "core/api/prediction.h"

namespace thaw::ui {

class Background;
class InspectionController;
class PredictionListModel;
class TrainingController;

class OwnPictureQueue : public QObject {
    Q_OBJECT
public:
    /// More own pictures than these are not taken.
    static constexpr int kMostPictures = 200;

    /// Who says now what the pictures show.
    struct Answerer {
        bool training = false;  ///< the run in the worker, now or as soon as it can; false: the chosen checkpoint
        QString name;           ///< whose answers these are, and as of which step; empty: nobody's now
        bool seen = false;      ///< somebody looks at them: older answers are refreshed
    };

    /// `pictures` has the answers so far; `background` lists folders and outlives the queue; `answerer` is called at each of
    /// them.
    OwnPictureQueue(const PredictionListModel& pictures, Background& background, std::function<Answerer()> answerer);
    ~OwnPictureQueue() override;

    /// Once each; the controllers outlive the queue.
    void bindController(TrainingController* controller);
    void bindInspection(InspectionController* inspection);

    void add(const QStringList& files);  ///< files, and folders with pictures in them
    void ask();                          ///< whenever the answerer may be another one
    void askAgain();                     ///< of whom refused, and what was cancelled
    void cancel();
    void checkpointChanged();  ///< answers of the checkpoint before are not wanted any more
    void trainingChanged();    ///< nor are those of the training before
    bool isRefused() const { return !m_refusedBy.isEmpty(); }
    bool isCancelled() const { return !m_cancelled.isEmpty(); }

Q_SIGNALS:
    /// `added`: the first of them since files were added, which the user waits for.
    void answered(const std::vector<thaw::core::FilePrediction>& answers, bool added);
    void refused(const QString& why);
    void said(const QString& text);
    /// Files that lie in folders whose names may say what they show, and those names.
    void foldersFound(const QHash<QString, QString>& folderOfFile);
    void waiting();  ///< what was added waits: nobody can answer now
    void asked();
    /// `total` 0: folders are being listed. `working` false: there is nothing more to do.
    void worked(bool working, qint64 done, qint64 total);

private:
    struct Found;
    static void look(const QString& file, const std::atomic<bool>& stopped, Found& found);
    void takeFound(const Found& found);
    void askCheckpoint();
    void take(const std::vector<core::FilePrediction>& answers);
    void takeBack();
    void refuse(const QString& why);
    void tellWork(qint64 answered = 0);

    const PredictionListModel& m_pictures;
    Background& m_background;
    const std::function<Answerer()> m_answerer;
    TrainingController* m_controller = nullptr;
    InspectionController* m_inspection = nullptr;
    QStringList m_waiting;    // to be asked about as soon as somebody can answer
    QStringList m_asked;      // somebody is asked about them
    QStringList m_cancelled;  // until the user asks again
    QString m_answeredBy;     // who said what all own pictures show; empty: not the same for all
    QString m_refusedBy;      // answerer that is not asked again by itself
    quint64 m_request = 0;    // of the training
    qint64 m_done = 0;        // since there was nothing to do
    bool m_addedUnanswered = false;
    int m_listings = 0;  // under way
    std::shared_ptr<std::atomic<bool>> m_listingStopped = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace thaw::ui
