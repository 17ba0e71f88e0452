#include "ui/models/prediction_list_model.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QLocale>

#include <algorithm>
#include <atomic>
#include <iterator>
#include <numeric>
#include <random>
#include <tuple>

#include "core/api/analysis.h"
#include "core/api/evaluation.h"
#include "ui/models/path_text.h"
#include "ui/models/percent_text.h"
#include "ui/models/picture_images.h"
#include "ui/models/plain_text.h"

namespace thaw::ui {
namespace {

constexpr std::size_t kMostSpoken = 400;  // bytes of a text

QString translated(const char* text) { return QCoreApplication::translate("thaw::ui::PredictionListModel", text); }

QString fileText(const std::filesystem::path& file) { return pathText(file); }

QImage squareImage(const std::vector<std::uint8_t>& rgb, int side) {
    const auto bytes = static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 3;
    return bytes > 0 && rgb.size() >= bytes ? imageOf(rgb.data(), side, side) : QImage();
}

std::vector<int> saidOf(core::TaskKind task, const float* probabilities, int classCount) {
    core::PredictionSet one;
    one.task = task;
    one.classCount = classCount;
    one.probabilities.assign(probabilities, probabilities + classCount);
    return core::saidClasses(one, 0);
}

float confidenceOf(core::TaskKind task, const float* probabilities, int classCount) {
    const float largest = *std::max_element(probabilities, probabilities + classCount);
    if (task == core::TaskKind::OneLabel) return largest;
    float least = 1;
    const std::vector<int> said = saidOf(task, probabilities, classCount);
    for (const int index : said) least = std::min(least, probabilities[index]);
    return said.empty() ? 1 - largest : least;
}

}  // namespace

QString shortClassName(const QString& name) { return name == QLatin1String("automobile") ? translated("auto") : name; }

PredictionListModel::PredictionListModel(QObject* parent) : QAbstractListModel(parent) {
    connect(&PictureImages::instance(), &PictureImages::arrived, this, [this] {
        if (m_pictures && !m_pictures->inMemory() && rowCount() > 0)
            Q_EMIT dataChanged(index(0), index(rowCount() - 1), {Qt::DecorationRole});
    });
}
PredictionListModel::~PredictionListModel() = default;

void PredictionListModel::setPictures(std::shared_ptr<const core::PictureSet> pictures, const QStringList& classNames) {
    // Other models may hold pictures under the same ids: the key has to differ over the whole program.
    static std::atomic<int> generations{0};
    m_generation = ++generations;
    m_pictures = std::move(pictures);
    m_classNames = classNames;
    m_predictions.reset();
    m_earlier.reset();
    m_only.reset();
    m_predicted.clear();
    m_confidence.clear();
    m_trueClass = m_predictedClass = -1;
    m_pageBegin = 0;
    labelOwn();
    shuffle();
    rebuild();
}

bool PredictionListModel::setPredictions(std::shared_ptr<const core::PredictionSet> predictions) {
    if (predictions) {
        const std::int64_t count = predictions->count();
        if (predictions->classCount < 1 ||
            static_cast<std::int64_t>(predictions->probabilities.size()) != count * predictions->classCount)
            return false;
        if (m_pictures && (m_pictures->labels != predictions->labels || m_pictures->labelSets != predictions->labelSets))
            return false;
    }
    const bool sameCount = predictions && m_shuffled.size() == static_cast<std::size_t>(predictions->count());
    m_predictions = std::move(predictions);
    m_predicted.clear();
    m_confidence.clear();
    m_right.clear();
    if (m_predictions) {
        const int count = static_cast<int>(m_predictions->count());
        m_predicted.reserve(static_cast<std::size_t>(count));
        m_confidence.reserve(static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i) {
            const int predicted = m_predictions->predicted(i);
            m_predicted.push_back(predicted);
            m_confidence.push_back(confidenceOf(m_predictions->task, m_predictions->row(i), m_predictions->classCount));
            m_right.push_back(core::isRight(*m_predictions, i));
        }
    }
    if (!sameCount) shuffle();
    rebuild(true);
    return true;
}

void PredictionListModel::setEarlier(std::shared_ptr<const core::PredictionSet> earlier) {
    if (earlier && earlier->count() != pictureCount()) return;
    m_earlier = std::move(earlier);
    if (rowCount() > 0) Q_EMIT dataChanged(index(0), index(rowCount() - 1));
}

int PredictionListModel::addOwnPictures(const std::vector<core::FilePrediction>& files) {
    int first = -1;
    for (const core::FilePrediction& file : files) {
        auto known =
            std::find_if(m_own.begin(), m_own.end(), [&](const OwnPicture& own) { return own.prediction.file == file.file; });
        if (known == m_own.end()) {
            m_own.push_back({m_nextOwnId--, 0, file});
            known = std::prev(m_own.end());
        } else {
            known->prediction = file;
            ++known->revision;
        }
        if (first == -1) first = known->id;
    }
    labelOwn();
    rebuild();
    return first;
}

void PredictionListModel::setOwnFolders(const QHash<QString, QString>& folderOfFile) {
    m_ownFolders.insert(folderOfFile);
    labelOwn();
    rebuild();
}

void PredictionListModel::labelOwn() {
    std::vector<std::string> names;
    for (const QString& name : m_classNames) names.push_back(name.toStdString());
    QHash<QString, int> classes;  // by folder
    for (OwnPicture& own : m_own) {
        const QString folder = m_ownFolders.value(fileText(own.prediction.file));
        if (!classes.contains(folder))
            classes.insert(folder, folder.isEmpty() ? -1 : core::classNamed(names, folder.toStdString()));
        own.prediction.label = classes.value(folder);
    }
}

std::pair<int, int> PredictionListModel::ownRight() const {
    int right = 0, all = 0;
    for (const OwnPicture& own : m_own) {
        const Verdict verdict = item(own.id).verdict;
        all += verdict != Verdict::Unknown ? 1 : 0;
        right += verdict == Verdict::Right ? 1 : 0;
    }
    return {right, all};
}

void PredictionListModel::removeOwnPicture(int id) {
    m_own.erase(std::remove_if(m_own.begin(), m_own.end(), [id](const OwnPicture& own) { return own.id == id; }), m_own.end());
    rebuild();
}

void PredictionListModel::removeOwnPictures() {
    m_own.clear();
    m_ownFolders.clear();
    rebuild();
}

QStringList PredictionListModel::ownFiles() const {
    QStringList files;
    for (const OwnPicture& own : m_own) files << fileText(own.prediction.file);
    return files;
}

std::vector<int> PredictionListModel::ownIds() const {
    std::vector<int> ids;
    for (const OwnPicture& own : m_own) ids.push_back(own.id);
    return ids;
}

std::vector<core::FilePrediction> PredictionListModel::ownAnswers() const {
    std::vector<core::FilePrediction> answers;
    for (const OwnPicture& own : m_own) {
        core::FilePrediction answer;
        answer.file = own.prediction.file;
        answer.error = own.prediction.error;
        answer.probabilities = own.prediction.probabilities;
        answer.label = own.prediction.label;
        answers.push_back(std::move(answer));
    }
    return answers;
}

void PredictionListModel::setFilter(PictureFilter filter) {
    if (filter == m_filter) return;
    m_filter = filter;
    m_pageBegin = 0;
    rebuild();
}

void PredictionListModel::setTrueClass(int classIndex) {
    if (classIndex == m_trueClass) return;
    m_trueClass = classIndex;
    m_pageBegin = 0;
    rebuild();
}

void PredictionListModel::setPredictedClass(int classIndex) {
    if (classIndex == m_predictedClass) return;
    m_predictedClass = classIndex;
    m_pageBegin = 0;
    rebuild();
}

void PredictionListModel::showOnly(std::optional<std::vector<int>> ids) {
    if (ids == m_only) return;
    m_only = std::move(ids);
    m_pageBegin = 0;
    rebuild();
}

void PredictionListModel::setOrder(PictureOrder order) {
    if (order == m_pictureOrder) return;
    m_pictureOrder = order;
    m_pageBegin = 0;
    rebuild();
}

void PredictionListModel::setSeed(quint64 seed) {
    m_seed = seed;
    m_pageBegin = 0;
    shuffle();
    rebuild();
}

void PredictionListModel::drawAnew() { setSeed(m_seed + 1); }

int PredictionListModel::pictureCount() const {
    if (m_pictures) return static_cast<int>(m_pictures->count());
    return m_predictions ? static_cast<int>(m_predictions->count()) : 0;
}

void PredictionListModel::shuffle() {
    m_shuffled.resize(static_cast<std::size_t>(pictureCount()));
    std::iota(m_shuffled.begin(), m_shuffled.end(), 0);
    if (m_seed == 0) return;
    // Written out: std::shuffle may differ from one standard library to another.
    std::mt19937_64 random(m_seed);
    for (std::size_t i = m_shuffled.size(); i > 1; --i) std::swap(m_shuffled[i - 1], m_shuffled[random() % i]);
}

const PredictionListModel::OwnPicture* PredictionListModel::ownPicture(int id) const {
    for (const OwnPicture& own : m_own)
        if (own.id == id) return &own;
    return nullptr;
}

bool PredictionListModel::passes(int id, PictureFilter filter) const {
    const auto among = [](const std::vector<int>& classes, int one) {
        return std::find(classes.begin(), classes.end(), one) != classes.end();
    };
    if (m_trueClass >= 0 && !among(labelsOf(id), m_trueClass)) return false;
    if (m_predictedClass >= 0 && (!m_predictions || !among(core::saidClasses(*m_predictions, id), m_predictedClass)))
        return false;
    if (filter == PictureFilter::All) return true;
    if (!m_predictions || !isLabelled(id)) return false;
    return m_right[static_cast<std::size_t>(id)] == (filter == PictureFilter::Right);
}

std::vector<int> PredictionListModel::labelsOf(int id) const {
    if (m_predictions) return core::trueClasses(*m_predictions, id);
    std::vector<int> labels;
    for (int c = 0; c < m_pictures->classCount(); ++c)
        if (m_pictures->labelSet(id)[c]) labels.push_back(c);
    if (const int label = m_pictures->labels[static_cast<std::size_t>(id)]; m_pictures->labelSets.empty() && label >= 0)
        labels.push_back(label);
    return labels;
}

bool PredictionListModel::hasLabel(int id, int classIndex) const {
    if (const OwnPicture* own = ownPicture(id)) return own->prediction.label == classIndex;
    if (id < 0 || id >= pictureCount()) return false;
    const std::vector<int> labels = labelsOf(id);
    return std::find(labels.begin(), labels.end(), classIndex) != labels.end();
}

bool PredictionListModel::isLabelled(int id) const {
    const std::vector<int>& labels = m_predictions ? m_predictions->labels : m_pictures->labels;
    const bool several = !(m_predictions ? m_predictions->labelSets : m_pictures->labelSets).empty();
    return several || labels[static_cast<std::size_t>(id)] >= 0;
}

QString PredictionListModel::classNames(const std::vector<int>& classes) const {
    QStringList names;
    for (const int index : classes) names += className(index);
    return names.isEmpty() ? tr("no label") : names.join(QStringLiteral(", "));
}

int PredictionListModel::count(PictureFilter filter) const {
    if (filter == PictureFilter::Mine) return static_cast<int>(m_own.size());
    int sum = 0;
    for (int id = 0; id < pictureCount(); ++id) sum += passes(id, filter) ? 1 : 0;
    return sum;
}

std::vector<int> PredictionListModel::orderedIds() const {
    if (m_filter == PictureFilter::Mine) return ownIds();
    std::vector<int> ids;
    if (m_only) {
        std::copy_if(m_only->begin(), m_only->end(), std::back_inserter(ids),
                     [this](int id) { return id >= 0 && id < pictureCount(); });
        return ids;
    }
    for (int id : m_shuffled)
        if (passes(id, m_filter)) ids.push_back(id);

    if (m_filter == PictureFilter::ConfidentWrong) {
        std::sort(ids.begin(), ids.end(), [this](int a, int b) {
            const float x = m_confidence[static_cast<std::size_t>(a)], y = m_confidence[static_cast<std::size_t>(b)];
            return x > y || (x == y && a < b);
        });
    } else if (m_pictureOrder == PictureOrder::OneOfEachClass) {
        // Rounds: the first picture of each class, then the second of each, classes in their order.
        std::vector<int> seen(static_cast<std::size_t>(m_classNames.size()) + 1, 0);
        std::vector<std::tuple<int, int, int>> keys;
        for (int id : ids) {
            const auto i = static_cast<std::size_t>(id);
            const int label = m_predictions ? m_predictions->labels[i] : m_pictures->labels[i];
            const int slot = label >= 0 && label < m_classNames.size() ? label : static_cast<int>(m_classNames.size());
            keys.emplace_back(seen[static_cast<std::size_t>(slot)]++, slot, id);
        }
        std::sort(keys.begin(), keys.end());
        std::transform(keys.begin(), keys.end(), ids.begin(), [](const auto& key) { return std::get<2>(key); });
    }
    return ids;
}

void PredictionListModel::rebuild(bool keepAnchorInView) {
    std::vector<int> order = orderedIds();
    int begin = m_pageBegin;
    if (keepAnchorInView && rowOf(m_anchor) >= 0) {
        const auto found = std::find(order.begin(), order.end(), m_anchor);
        if (found != order.end()) begin = static_cast<int>(found - order.begin());
    }
    const int last = std::max(0, static_cast<int>(order.size()) - 1);
    begin = std::clamp(begin, 0, last) / m_pageSize * m_pageSize;

    const auto page = [this](const std::vector<int>& ids, int from) {
        const int to = std::min<int>(from + m_pageSize, static_cast<int>(ids.size()));
        return from < to ? std::vector<int>(ids.begin() + from, ids.begin() + to) : std::vector<int>();
    };
    if (page(order, begin) == page(m_order, m_pageBegin)) {
        m_order = std::move(order);
        m_pageBegin = begin;
        if (rowCount() > 0) Q_EMIT dataChanged(index(0), index(rowCount() - 1));
    } else {
        beginResetModel();
        m_order = std::move(order);
        m_pageBegin = begin;
        endResetModel();
    }
    Q_EMIT summaryChanged();
}

void PredictionListModel::setPageSize(int size) {
    size = std::max(1, size);
    if (size == m_pageSize) return;
    const int firstShown = idAt(m_pageBegin);
    beginResetModel();
    m_pageSize = size;
    m_pageBegin = std::max(0, positionOf(firstShown)) / size * size;
    endResetModel();
    Q_EMIT summaryChanged();
}

void PredictionListModel::setPageBegin(int position) {
    const int begin = std::clamp(position, 0, std::max(0, total() - 1)) / m_pageSize * m_pageSize;
    if (begin == m_pageBegin) return;
    beginResetModel();
    m_pageBegin = begin;
    endResetModel();
    Q_EMIT summaryChanged();
}

int PredictionListModel::idAt(int position) const {
    return position >= 0 && position < total() ? m_order[static_cast<std::size_t>(position)] : -1;
}

int PredictionListModel::positionOf(int id) const {
    const auto found = std::find(m_order.begin(), m_order.end(), id);
    return id == -1 || found == m_order.end() ? -1 : static_cast<int>(found - m_order.begin());
}

int PredictionListModel::rowOf(int id) const {
    const int row = positionOf(id) - m_pageBegin;
    return positionOf(id) >= 0 && row >= 0 && row < rowCount() ? row : -1;
}

bool PredictionListModel::showPicture(int id) {
    const int position = positionOf(id);
    if (position < 0) return false;
    setPageBegin(position);
    return true;
}

QString PredictionListModel::className(int classIndex) const {
    if (classIndex < 0) return {};
    return classIndex < m_classNames.size() ? m_classNames.at(classIndex) : tr("class %1").arg(classIndex);
}

PictureItem PredictionListModel::item(int id) const {
    PictureItem item;
    if (id < -1) {
        const OwnPicture* own = ownPicture(id);
        if (!own) return item;
        item.id = id;
        item.file = fileText(own->prediction.file);
        item.title = QFileInfo(item.file).fileName();
        item.error = QString::fromStdString(own->prediction.error);
        const std::vector<float>& probabilities = own->prediction.probabilities;
        if (!probabilities.empty()) {
            const auto best = std::max_element(probabilities.begin(), probabilities.end());
            item.predictedClass = static_cast<int>(best - probabilities.begin());
            const int classCount = static_cast<int>(probabilities.size());
            item.confidence = static_cast<double>(confidenceOf(own->prediction.task, probabilities.data(), classCount));
            item.predictedName = classNames(saidOf(own->prediction.task, probabilities.data(), classCount));
        }
        item.trueClass = own->prediction.label;
        item.trueName = className(item.trueClass);
        if (item.trueClass >= 0 && item.predictedClass >= 0)
            item.verdict = item.predictedClass == item.trueClass ? Verdict::Right : Verdict::Wrong;
    } else {
        if (id < 0 || id >= pictureCount()) return item;
        const auto i = static_cast<std::size_t>(id);
        item.id = id;
        item.title = (readsTexts() ? tr("Text %1") : tr("Picture %1")).arg(QLocale().toString(id + 1));
        item.trueClass = m_predictions ? m_predictions->labels[i] : m_pictures->labels[i];
        if (m_predictions) {
            item.predictedClass = m_predicted[i];
            item.confidence = static_cast<double>(m_confidence[i]);
            if (isLabelled(id)) item.verdict = m_right[i] ? Verdict::Right : Verdict::Wrong;
            item.predictedName = classNames(core::saidClasses(*m_predictions, id));
        }
        if (isLabelled(id)) item.trueName = classNames(labelsOf(id));
    }
    return item;
}

const std::string& PredictionListModel::text(int id) const {
    static const std::string none;
    const bool known = readsTexts() && id >= 0 && id < static_cast<int>(m_pictures->texts->size());
    return known ? (*m_pictures->texts)[static_cast<std::size_t>(id)] : none;
}

QImage PredictionListModel::picture(int id) const {
    if (id < -1) {
        const OwnPicture* own = ownPicture(id);
        if (!own) return {};
        const core::FilePrediction& file = own->prediction;
        const auto bytes = static_cast<std::size_t>(file.width) * static_cast<std::size_t>(file.height) * 3;
        return bytes > 0 && file.rgb.size() >= bytes ? imageOf(file.rgb.data(), file.width, file.height) : QImage();
    }
    if (id < 0 || !m_pictures || id >= m_pictures->count()) return {};
    return PictureImages::instance().image(m_pictures, id);
}

QImage PredictionListModel::modelPicture(int id) const {
    const OwnPicture* own = ownPicture(id);
    return own ? squareImage(own->prediction.modelRgb, own->prediction.modelSize) : QImage();
}

QImage PredictionListModel::inputPicture(int id, float* low, float* high) const {
    const OwnPicture* own = ownPicture(id);
    if (!own) return {};
    if (low) *low = own->prediction.inputLow;
    if (high) *high = own->prediction.inputHigh;
    return squareImage(own->prediction.inputRgb, own->prediction.inputSize);
}

QString PredictionListModel::pictureKey(int id) const {
    const OwnPicture* own = ownPicture(id);
    return own ? QStringLiteral("own-%1-%2-%3").arg(quintptr(this)).arg(id).arg(own->revision)
               : QStringLiteral("test-%1-%2").arg(m_generation).arg(id);
}

std::vector<std::pair<int, double>> PredictionListModel::bestGuesses(int id, int k) const {
    const float* probabilities = nullptr;
    int classCount = 0;
    if (const OwnPicture* own = ownPicture(id)) {
        probabilities = own->prediction.probabilities.data();
        classCount = static_cast<int>(own->prediction.probabilities.size());
    } else if (id >= 0 && id < pictureCount() && m_predictions) {
        probabilities = m_predictions->row(id);
        classCount = m_predictions->classCount;
    }
    std::vector<std::pair<int, double>> guesses;
    if (classCount > 0)
        for (int index : core::topK(probabilities, classCount, k))
            guesses.emplace_back(index, static_cast<double>(probabilities[index]));
    return guesses;
}

int PredictionListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : std::clamp(total() - m_pageBegin, 0, m_pageSize);
}

QString PredictionListModel::spokenText(const PictureItem& item) const {
    const std::string start = text(item.id).substr(0, kMostSpoken);
    const QString words = QString::fromUtf8(start.data(), static_cast<qsizetype>(start.size()));
    if (item.predictedClass < 0) return tr("%1, not predicted yet. %2").arg(item.title, words);
    const QString said = tr("Predicted %1, %2 sure").arg(item.predictedName, percentText(item.confidence));
    if (item.verdict == Verdict::Right) return tr("%1, correct. %2").arg(said, words);
    if (item.verdict == Verdict::Wrong) return tr("%1, is %2. %3").arg(said, item.trueName, words);
    return tr("%1. %2").arg(said, words);
}

QVariant PredictionListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const int id = idAt(m_pageBegin + index.row());
    if (role == IdRole) return id;
    if (role == PictureRole) return picture(id);
    if (role == PictureKeyRole) return pictureKey(id);
    const PictureItem item = this->item(id);
    switch (role) {
        case Qt::DisplayRole:
            return item.predictedClass >= 0 ? item.predictedName : item.isOwn() ? item.title : item.trueName;
        case Qt::ToolTipRole:
            return toolTipText(data(index, Qt::AccessibleTextRole).toString());
        case Qt::AccessibleTextRole: {
            if (readsTexts()) return spokenText(item);
            if (!item.error.isEmpty()) return tr("%1: %2").arg(item.title, item.error);
            if (item.predictedClass < 0) return tr("%1, not predicted yet").arg(item.title);
            const QString said =
                tr("%1, predicted %2, %3 sure").arg(item.title, item.predictedName, percentText(item.confidence));
            const QString earlier = data(index, EarlierNameRole).toString();
            const QString change = earlier.isEmpty() ? QString() : tr("; the other model says %1").arg(earlier);
            if (item.verdict == Verdict::Right) return tr("%1, correct").arg(said) + change;
            if (item.verdict == Verdict::Wrong) return tr("%1, wrong: it is %2").arg(said, item.trueName) + change;
            return said + change;
        }
        case TrueClassRole:
            return item.trueClass;
        case PredictedClassRole:
            return item.predictedClass;
        case TrueNameRole:
            return item.trueName;
        case PredictedNameRole:
            return item.predictedName;
        case ConfidenceRole:
            return item.confidence;
        case VerdictRole:
            return static_cast<int>(item.verdict);
        case ErrorRole:
            return item.error;
        case FileRole:
            return item.file;
        case TrueProbabilityRole:
            if (!m_predictions || id < 0 || item.trueClass < 0 || m_predictions->task != core::TaskKind::OneLabel) return {};
            return static_cast<double>(m_predictions->row(id)[item.trueClass]);
        case LossRole:
            if (!m_predictions || id < 0 || !isLabelled(id)) return {};
            return core::lossOf(*m_predictions, id);
        case TextRole: {
            const std::string& of = text(item.id);
            return readsTexts() ? QByteArray(of.data(), static_cast<qsizetype>(of.size())) : QVariant();
        }
        case EarlierNameRole:
            return m_earlier && id >= 0 && m_earlier->predicted(id) != item.predictedClass ? className(m_earlier->predicted(id))
                                                                                           : QString();
        default:
            return {};
    }
}

QHash<int, QByteArray> PredictionListModel::roleNames() const {
    QHash<int, QByteArray> names = QAbstractListModel::roleNames();
    names.insert(IdRole, "id");
    names.insert(TrueClassRole, "trueClass");
    names.insert(PredictedClassRole, "predictedClass");
    names.insert(TrueNameRole, "trueName");
    names.insert(PredictedNameRole, "predictedName");
    names.insert(ConfidenceRole, "confidence");
    names.insert(VerdictRole, "verdict");
    names.insert(PictureRole, "picture");
    names.insert(PictureKeyRole, "pictureKey");
    names.insert(ErrorRole, "error");
    names.insert(FileRole, "file");
    names.insert(TrueProbabilityRole, "trueProbability");
    names.insert(LossRole, "loss");
    names.insert(TextRole, "text");
    names.insert(EarlierNameRole, "earlierName");
    return names;
}

}  // namespace thaw::ui
