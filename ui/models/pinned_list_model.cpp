#include "ui/models/pinned_list_model.h"

#include <QCryptographicHash>
#include <QLocale>
#include <QSettings>

#include <algorithm>
#include <atomic>
#include <limits>

#include "ui/models/checkpoint_text.h"
#include "ui/models/percent_text.h"
#include "ui/models/picture_images.h"
#include "ui/models/prediction_list_model.h"
#include "ui/models/task_text.h"

namespace thaw::ui {
namespace {

// 40 kB each for 10,000 pictures.
constexpr std::size_t kMaxMoments = 500;
constexpr double kConfidenceUnit = std::numeric_limits<std::uint16_t>::max();
constexpr std::uint16_t kUnknown = std::numeric_limits<std::uint16_t>::max();  ///< as a class

std::uint16_t shortConfidence(double confidence) {
    return static_cast<std::uint16_t>(qRound(std::clamp(confidence, 0.0, 1.0) * kConfidenceUnit));
}

}  // namespace

PinnedListModel::PinnedListModel(QObject* parent) : QAbstractListModel(parent) {}
PinnedListModel::~PinnedListModel() = default;

void PinnedListModel::setPictures(std::shared_ptr<const core::PictureSet> pictures, const QStringList& classNames,
                                  const QString& datasetId) {
    static std::atomic<int> generations{0};
    beginResetModel();
    m_generation = ++generations;
    m_pictures = std::move(pictures);
    m_classNames = classNames;
    m_settingsPath = m_pictures && !datasetId.isEmpty() ? settingsPath(datasetId, *m_pictures) : QString();
    m_moments.clear();
    m_currentStep.reset();
    m_pins.clear();
    const std::int64_t count = m_pictures ? m_pictures->count() : 0;
    if (!m_settingsPath.isEmpty())
        for (const QVariant& value : QSettings().value(m_settingsPath).toList()) {
            bool valid = false;
            const int id = value.toInt(&valid);
            if (valid && id >= 0 && id < count && !isPinned(id) && !isFull()) m_pins.push_back(id);
        }
    endResetModel();
    Q_EMIT pinsChanged();
}

QString PinnedListModel::settingsPath(const QString& datasetId, const core::PictureSet& pictures) {
    QCryptographicHash digest(QCryptographicHash::Sha1);
    const auto add = [&digest](const void* data, std::size_t bytes) {
        digest.addData(QByteArrayView(static_cast<const char*>(data), static_cast<qsizetype>(bytes)));
    };
    add(pictures.labels.data(), pictures.labels.size() * sizeof(int));
    // A sample of the pixels tells two selections with equal labels apart, in no time.
    for (std::size_t i = 0; i < pictures.rgb.size(); i += 997) add(&pictures.rgb[i], 1);
    if (!pictures.inMemory() || pictures.texts) add(pictures.identity.digest.data(), pictures.identity.digest.size());
    return QStringLiteral("pinned/%1-%2").arg(datasetId, QString::fromLatin1(digest.result().toHex().left(12)));
}

void PinnedListModel::setStepsPerEpoch(std::int64_t steps) {
    if (steps == m_stepsPerEpoch) return;
    m_stepsPerEpoch = steps;
    tellAll();
}

void PinnedListModel::addPredictions(const core::PredictionSet& predictions) {
    const std::int64_t count = predictions.count();
    if (!m_pictures || m_pictures->labels != predictions.labels || predictions.classCount < 1 ||
        static_cast<std::int64_t>(predictions.probabilities.size()) != count * predictions.classCount)
        return;
    Moment moment{predictions.step, predictions.epoch, {}, {}};
    moment.predicted.reserve(static_cast<std::size_t>(count));
    moment.confidence.reserve(static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < count; ++i) {
        const int predicted = predictions.predicted(i);
        moment.predicted.push_back(static_cast<std::uint16_t>(predicted));
        moment.confidence.push_back(shortConfidence(predictions.row(i)[predicted]));
    }
    if (const auto place = placeOf(moment.step); place != m_moments.end() && place->step == moment.step)
        *place = std::move(moment);
    else
        insertMoment(std::move(moment));
    tellAll();
}

void PinnedListModel::addAnswers(std::int64_t step, int epoch, const std::vector<PinnedAnswer>& answers) {
    if (!m_pictures || answers.empty()) return;
    auto place = placeOf(step);
    if (place == m_moments.end() || place->step != step) {
        const auto count = static_cast<std::size_t>(m_pictures->count());
        insertMoment({step, epoch, std::vector<std::uint16_t>(count, kUnknown), std::vector<std::uint16_t>(count)});
        place = placeOf(step);
    }
    for (const PinnedAnswer& answer : answers) {
        const auto i = static_cast<std::size_t>(answer.id);
        if (answer.id < 0 || i >= place->predicted.size() || place->predicted[i] != kUnknown) continue;
        place->predicted[i] = static_cast<std::uint16_t>(answer.predictedClass);
        place->confidence[i] = shortConfidence(answer.confidence);
    }
    tellAll();
}

std::vector<int> PinnedListModel::unknownAt(std::int64_t step) const {
    const auto moment = std::find_if(m_moments.begin(), m_moments.end(), [step](const Moment& one) { return one.step == step; });
    std::vector<int> unknown;
    for (int id : m_pins)
        if (moment == m_moments.end() || moment->predicted[static_cast<std::size_t>(id)] == kUnknown) unknown.push_back(id);
    return unknown;
}

void PinnedListModel::setCurrentStep(std::optional<std::int64_t> step) {
    if (m_currentStep == step) return;
    m_currentStep = step;
    tellAll();
}

int PinnedListModel::currentMoment(const std::vector<PredictionMoment>& moments) const {
    int current = static_cast<int>(moments.size()) - 1;
    while (m_currentStep && current > 0 && moments[static_cast<std::size_t>(current)].step > *m_currentStep) --current;
    return current;
}

std::vector<PinnedListModel::Moment>::iterator PinnedListModel::placeOf(std::int64_t step) {
    return std::lower_bound(m_moments.begin(), m_moments.end(), step,
                            [](const Moment& a, std::int64_t value) { return a.step < value; });
}

void PinnedListModel::insertMoment(Moment moment) {
    if (m_moments.size() >= kMaxMoments) {
        // The older half keeps every second moment.
        std::vector<Moment> kept;
        for (std::size_t i = 0; i < m_moments.size(); ++i)
            if (i >= kMaxMoments / 2 || i % 2 == 0) kept.push_back(std::move(m_moments[i]));
        m_moments = std::move(kept);
    }
    m_moments.insert(placeOf(moment.step), std::move(moment));
}

void PinnedListModel::tellAll() {
    if (!m_pins.empty()) Q_EMIT dataChanged(index(0), index(rowCount() - 1));
}

void PinnedListModel::forgetAfter(std::int64_t step) {
    m_moments.erase(
        std::remove_if(m_moments.begin(), m_moments.end(), [step](const Moment& moment) { return moment.step > step; }),
        m_moments.end());
    tellAll();
}

bool PinnedListModel::isPinned(int id) const { return std::find(m_pins.begin(), m_pins.end(), id) != m_pins.end(); }

bool PinnedListModel::pin(int id) {
    if (id < 0 || !m_pictures || id >= m_pictures->count() || isFull() || isPinned(id)) return false;
    beginInsertRows({}, rowCount(), rowCount());
    m_pins.push_back(id);
    endInsertRows();
    save();
    Q_EMIT pinsChanged();
    return true;
}

void PinnedListModel::unpin(int id) {
    const auto found = std::find(m_pins.begin(), m_pins.end(), id);
    if (found == m_pins.end()) return;
    const int row = static_cast<int>(found - m_pins.begin());
    beginRemoveRows({}, row, row);
    m_pins.erase(found);
    endRemoveRows();
    save();
    Q_EMIT pinsChanged();
}

void PinnedListModel::save() const {
    if (m_settingsPath.isEmpty()) return;
    QVariantList list;
    for (int id : m_pins) list << id;
    QSettings().setValue(m_settingsPath, list);
}

std::vector<PredictionMoment> PinnedListModel::moments(int id) const {
    std::vector<PredictionMoment> result;
    if (!m_pictures || id < 0 || id >= m_pictures->count()) return result;
    const auto i = static_cast<std::size_t>(id);
    for (const Moment& moment : m_moments) {
        if (moment.predicted[i] == kUnknown) continue;
        PredictionMoment point;
        point.step = moment.step;
        point.epoch = moment.epoch;
        point.predictedClass = moment.predicted[i];
        point.confidence = moment.confidence[i] / kConfidenceUnit;
        point.right = m_pictures->hasLabel(id, point.predictedClass);
        point.flipped = !result.empty() && result.back().predictedClass != point.predictedClass;
        result.push_back(point);
    }
    return result;
}

QString PinnedListModel::momentText(const PredictionMoment& moment) const {
    return ui::momentText(moment.step, moment.epoch, m_stepsPerEpoch);
}

QString PinnedListModel::className(int classIndex) const {
    return classIndex >= 0 && classIndex < m_classNames.size() ? m_classNames.at(classIndex) : QString();
}

QImage PinnedListModel::picture(int id) const {
    if (!m_pictures || id < 0 || id >= m_pictures->count()) return {};
    return PictureImages::instance().image(m_pictures, id);
}

int PinnedListModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_pins.size()); }

QVariant PinnedListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const int id = m_pins[static_cast<std::size_t>(index.row())];
    const int label = m_pictures->labels[static_cast<std::size_t>(id)];
    switch (role) {
        case Qt::DisplayRole:
            return tr("Picture %1").arg(QLocale().toString(id + 1));
        case Qt::AccessibleTextRole: {
            const QString title = tr("Picture %1, %2").arg(QLocale().toString(id + 1), labelNames(*m_pictures, id, m_classNames));
            const std::vector<PredictionMoment> history = moments(id);
            if (history.empty()) return tr("%1, not predicted yet").arg(title);
            const int flips =
                static_cast<int>(std::count_if(history.begin(), history.end(), [](const auto& m) { return m.flipped; }));
            const PredictionMoment& now = history[static_cast<std::size_t>(currentMoment(history))];
            return tr("%1, %2: %3, %4 sure, %5; number of changes: %6")
                .arg(title, momentText(now), className(now.predictedClass), percentText(now.confidence),
                     now.right ? tr("right") : tr("wrong"))
                .arg(flips);
        }
        case IdRole:
            return id;
        case TrueClassRole:
            return label;
        case TrueNameRole:
            return labelNames(*m_pictures, id, m_classNames);
        case PictureRole:
            return picture(id);
        case PictureKeyRole:
            return QStringLiteral("pinned-%1-%2").arg(m_generation).arg(id);
        default:
            return {};
    }
}

}  // namespace thaw::ui
