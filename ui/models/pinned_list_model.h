// Up to twenty test pictures that somebody wants to watch, each with what the model said of it at every moment of the run.
// Moments of the training are kept for all pictures in short form, so a picture that is pinned late shows its past too. The
// choice is remembered in the settings for each data set. GUI thread only.
#pragma once

#include <QAbstractListModel>
#include <QImage>
#include <QStringList>

#include <memory>
#include <optional>
#include <vector>

#include "core/api/prediction.h"

namespace thaw::ui {

struct PredictionMoment {
    std::int64_t step = 0;
    int epoch = 0;  ///< finished epochs
    int predictedClass = -1;
    double confidence = 0;  ///< 0..1, to 1/65535
    bool right = false;
    bool flipped = false;  ///< another class than at the moment before
};

/// What the model of one moment says of one picture.
struct PinnedAnswer {
    int id = -1;
    int predictedClass = -1;
    double confidence = 0;  ///< 0..1
};

class PinnedListModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { IdRole = Qt::UserRole + 1, TrueClassRole, TrueNameRole, PictureRole, PictureKeyRole };
    static constexpr int kLimit = 20;

    explicit PinnedListModel(QObject* parent = nullptr);
    ~PinnedListModel() override;

    /// Pictures of a run; the pins that an earlier session left for the very same pictures come back. Empty id: nothing is
    /// remembered.
    void setPictures(std::shared_ptr<const core::PictureSet> pictures, const QStringList& classNames, const QString& datasetId);
    /// Where pins are remembered in the settings: the data set and a digest of the pictures, so that a subset has pins of its
    /// own.
    static QString settingsPath(const QString& datasetId, const core::PictureSet& pictures);
    /// To tell ends of epochs from moments inside one; 0: unknown.
    void setStepsPerEpoch(std::int64_t steps);
    /// Adds a moment; one of the same step is replaced. Ignored when the number of pictures differs.
    void addPredictions(const core::PredictionSet& predictions);
    /// Adds what is known of some pictures only; what is known already stays.
    void addAnswers(std::int64_t step, int epoch, const std::vector<PinnedAnswer>& answers);
    /// Pinned pictures of which it is not known what the model said after `step`.
    std::vector<int> unknownAt(std::int64_t step) const;
    /// The moment that the rows tell in words; nullopt: the last one.
    void setCurrentStep(std::optional<std::int64_t> step);
    std::optional<std::int64_t> currentStep() const { return m_currentStep; }
    /// The one of `moments` that the row tells: at the current step, else the last before it; -1: there is none.
    int currentMoment(const std::vector<PredictionMoment>& moments) const;
    /// Forgets moments after `step`: a run was resumed from there.
    void forgetAfter(std::int64_t step);
    int momentCount() const { return static_cast<int>(m_moments.size()); }

    bool isPinned(int id) const;
    bool isFull() const { return static_cast<int>(m_pins.size()) >= kLimit; }
    bool pin(int id);  ///< false when it is full, pinned already or no test picture
    void unpin(int id);
    void toggle(int id) { isPinned(id) ? unpin(id) : static_cast<void>(pin(id)); }
    std::vector<PredictionMoment> moments(int id) const;       ///< those at which it is known, in order
    QString momentText(const PredictionMoment& moment) const;  ///< "after epoch 12"
    QString className(int classIndex) const;
    QImage picture(int id) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    void pinsChanged();

private:
    struct Moment {
        std::int64_t step = 0;
        int epoch = 0;
        std::vector<std::uint16_t> predicted, confidence;  ///< a picture each
    };
    std::vector<Moment>::iterator placeOf(std::int64_t step);
    void insertMoment(Moment moment);
    void tellAll();
    void save() const;

    std::shared_ptr<const core::PictureSet> m_pictures;
    QStringList m_classNames;
    QString m_settingsPath;
    int m_generation = 0;
    std::int64_t m_stepsPerEpoch = 0;
    std::vector<int> m_pins;
    std::vector<Moment> m_moments;
    std::optional<std::int64_t> m_currentStep;
};

}  // namespace thaw::ui
