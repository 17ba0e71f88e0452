#include "ui/models/confusion_model.h"

#include <QLocale>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ui/models/percent_text.h"
#include "ui/models/plain_text.h"
#include "ui/models/prediction_list_model.h"
#include "ui/models/split_text.h"

namespace thaw::ui {
namespace {

constexpr double kLeastTopShare = 0.05;

QString number(std::int64_t value) { return QLocale().toString(static_cast<qlonglong>(value)); }

double partOf(std::int64_t part, std::int64_t sum) { return sum > 0 ? static_cast<double>(part) / static_cast<double>(sum) : 0; }

std::int64_t support(const core::EvaluationReport& report, int truth) {
    return report.classes[static_cast<std::size_t>(truth)].support;
}
std::int64_t calledSo(const core::EvaluationReport& report, int predicted) {
    return report.classes[static_cast<std::size_t>(predicted)].predicted;
}

}  // namespace

QString shareText(std::int64_t part, std::int64_t sum) {
    return sum > 0 ? percentNumber(partOf(part, sum)) : QString(QChar(0x2013));
}

QString signedText(double value, int decimals) {
    const QString size = QLocale().toString(std::abs(value), 'f', decimals);
    if (size == QLocale().toString(0.0, 'f', decimals)) return size;
    return (value < 0 ? QChar(0x2212) : QLatin1Char('+')) + size;
}

ConfusionModel::ConfusionModel(QObject* parent) : QAbstractTableModel(parent) {}

void ConfusionModel::setReport(std::shared_ptr<const core::EvaluationReport> report, const QStringList& classNames,
                               std::shared_ptr<const core::EvaluationReport> baseline) {
    const int classes = report ? report->confusion.classCount : 0;
    if (baseline && baseline->confusion.classCount != classes) baseline.reset();
    if (classes != classCount()) {
        beginResetModel();
        m_report = std::move(report);
        m_baseline = std::move(baseline);
        m_classNames = classNames;
        setOrder(wantedOrder());
        update();
        endResetModel();
    } else if (classes > 0) {
        const bool renamed = classNames != m_classNames;
        m_report = std::move(report);
        m_baseline = std::move(baseline);
        m_classNames = classNames;
        update();
        applyOrder(wantedOrder());
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
        if (renamed) {
            Q_EMIT headerDataChanged(Qt::Horizontal, 0, columnCount() - 1);
            Q_EMIT headerDataChanged(Qt::Vertical, 0, rowCount() - 1);
        }
    }
    Q_EMIT reportChanged();
}

void ConfusionModel::setShow(ConfusionShow show) {
    if (show == m_show) return;
    m_show = show;
    update();
    if (m_report) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    Q_EMIT reportChanged();
}

void ConfusionModel::setSorted(bool sorted) {
    if (sorted == m_sorted) return;
    m_sorted = sorted;
    applyOrder(wantedOrder());
    Q_EMIT reportChanged();
}

std::vector<int> ConfusionModel::wantedOrder() const {
    if (!m_report) return {};
    if (m_sorted) return core::confusionOrder(m_report->confusion);
    std::vector<int> order(static_cast<std::size_t>(m_report->confusion.classCount));
    std::iota(order.begin(), order.end(), 0);
    return order;
}

void ConfusionModel::setOrder(std::vector<int> order) {
    m_order = std::move(order);
    m_positions.resize(m_order.size());
    for (std::size_t position = 0; position < m_order.size(); ++position)
        m_positions[static_cast<std::size_t>(m_order[position])] = static_cast<int>(position);
}

void ConfusionModel::applyOrder(std::vector<int> order) {
    if (order == m_order) return;
    Q_EMIT layoutAboutToBeChanged();
    const std::vector<int> before = m_order;
    setOrder(std::move(order));
    const auto moved = [&](int position) {
        return position < classCount() ? positionOf(before[static_cast<std::size_t>(position)]) : position;
    };
    for (const QModelIndex& old : persistentIndexList()) changePersistentIndex(old, index(moved(old.row()), moved(old.column())));
    Q_EMIT layoutChanged();
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, columnCount() - 1);
    Q_EMIT headerDataChanged(Qt::Vertical, 0, rowCount() - 1);
}

void ConfusionModel::update() {
    m_topShare = m_baseline ? 0 : kLeastTopShare;
    if (!m_report) return;
    const int classes = m_report->confusion.classCount;
    for (int truth = 0; truth < classes; ++truth)
        for (int predicted = 0; predicted < classes; ++predicted) {
            if (m_baseline)
                m_topShare = std::max(m_topShare, std::abs(change(truth, predicted)));
            else if (truth != predicted)
                m_topShare = std::max(m_topShare, share(*m_report, truth, predicted));
        }
}

int ConfusionModel::positionOf(int classIndex) const {
    return classIndex >= 0 && classIndex < classCount() ? m_positions[static_cast<std::size_t>(classIndex)] : -1;
}

QString ConfusionModel::className(int classIndex) const {
    return classIndex >= 0 && classIndex < m_classNames.size() ? m_classNames.at(classIndex) : tr("class %1").arg(classIndex);
}

QModelIndex ConfusionModel::cellIndex(int truth, int predicted) const {
    const int row = positionOf(truth), column = positionOf(predicted);
    return row < 0 || column < 0 ? QModelIndex() : index(row, column);
}

std::optional<std::pair<int, int>> ConfusionModel::cellAt(const QModelIndex& index) const {
    if (!index.isValid() || kindOf(index) != CellKind) return std::nullopt;
    return std::pair(classAt(index.row()), classAt(index.column()));
}

double ConfusionModel::strengthOfRight(double share) { return std::pow(std::clamp(share, 0.0, 1.0), 2.5); }

double ConfusionModel::strengthOfWrong(double share, double topShare) {
    return topShare > 0 ? std::pow(std::clamp(share / topShare, 0.0, 1.0), 0.65) : 0;
}

double ConfusionModel::share(const core::EvaluationReport& report, int truth, int predicted) const {
    return partOf(report.confusion.at(truth, predicted),
                  m_show == ConfusionShow::OfPredicted ? calledSo(report, predicted) : support(report, truth));
}

double ConfusionModel::change(int truth, int predicted) const {
    if (m_show == ConfusionShow::Counts)
        return static_cast<double>(m_report->confusion.at(truth, predicted) - m_baseline->confusion.at(truth, predicted));
    return share(*m_report, truth, predicted) - share(*m_baseline, truth, predicted);
}

double ConfusionModel::strength(int truth, int predicted) const {
    const bool diagonal = truth == predicted;
    if (m_baseline) {
        const double by = change(truth, predicted), size = strengthOfWrong(std::abs(by), m_topShare);
        return (by > 0) == diagonal ? size : -size;
    }
    const double part = share(*m_report, truth, predicted);
    return diagonal ? strengthOfRight(part) : -strengthOfWrong(part, m_topShare);
}

ConfusionModel::Kind ConfusionModel::kindOf(const QModelIndex& index) const {
    const int classes = classCount(), row = index.row(), column = index.column();
    if (row < classes && column < classes) return CellKind;
    if (row <= classes && column <= classes) return SumKind;
    if (row < classes) return RecallKind;
    if (column < classes) return PrecisionKind;
    return row == column ? AccuracyKind : NoKind;
}

double ConfusionModel::scoreOf(const core::EvaluationReport& report, const QModelIndex& index) const {
    switch (kindOf(index)) {
        case RecallKind:
            return report.classes[static_cast<std::size_t>(classAt(index.row()))].recall;
        case PrecisionKind:
            return report.classes[static_cast<std::size_t>(classAt(index.column()))].precision;
        default:
            return report.accuracy;
    }
}

QString ConfusionModel::cellText(int truth, int predicted) const {
    if (m_baseline) {
        const bool counts = m_show == ConfusionShow::Counts;
        return signedText(change(truth, predicted) * (counts ? 1 : 100), counts ? 0 : 1);
    }
    const std::int64_t count = m_report->confusion.at(truth, predicted);
    switch (m_show) {
        case ConfusionShow::OfTrue:
            return shareText(count, support(*m_report, truth));
        case ConfusionShow::OfPredicted:
            return shareText(count, calledSo(*m_report, predicted));
        default:
            return number(count);
    }
}

QString ConfusionModel::sumText(int truth, int predicted) const {
    if (truth >= 0) return number(support(*m_report, truth));
    if (predicted < 0) return number(m_report->macro.support);
    if (!m_baseline) return number(calledSo(*m_report, predicted));
    return signedText(static_cast<double>(calledSo(*m_report, predicted) - calledSo(*m_baseline, predicted)), 0);
}

QString ConfusionModel::sumTip(int truth, int predicted) const {
    const core::EvaluationReport& report = *m_report;
    if (truth >= 0) return tr("All that is %1: %2").arg(className(truth), picturesText(support(report, truth)));
    if (predicted < 0) return tr("%1 in all").arg(picturesText(report.macro.support));
    const QString now = tr("All that is called %1: %2").arg(className(predicted), picturesText(calledSo(report, predicted)));
    return m_baseline ? tr("%1, before %2").arg(now, number(calledSo(*m_baseline, predicted))) : now;
}

QStringList ConfusionModel::longestCellTexts() const {
    const bool counts = m_show == ConfusionShow::Counts;
    std::int64_t sum = 0;
    for (int predicted = 0; predicted < classCount(); ++predicted) {
        const std::int64_t now = calledSo(*m_report, predicted);
        sum = std::max(sum, m_baseline ? std::abs(now - calledSo(*m_baseline, predicted)) : now);
    }
    if (!m_baseline) return {number(sum), counts ? QString() : shareText(1, 1)};
    QStringList texts;
    for (const double sign : {1.0, -1.0})
        texts << signedText(sign * static_cast<double>(sum), 0)
              << signedText(sign * m_topShare * (counts ? 1 : 100), counts ? 0 : 1);
    return texts;
}

QString ConfusionModel::cellTip(int truth, int predicted) const {
    const std::int64_t count = m_report->confusion.at(truth, predicted);
    const QString is = className(truth), said = className(predicted), pictures = picturesText(count);
    if (m_baseline)
        return tr("%1 called %2: %3, before %4").arg(is, said, pictures, number(m_baseline->confusion.at(truth, predicted)));
    const QString ofTrue = percentText(count, support(*m_report, truth));
    const QString ofSaid = percentText(count, calledSo(*m_report, predicted));
    return tr("%1 called %2: %3, %4 of all that is %1, %5 of all that is called %2").arg(is, said, pictures, ofTrue, ofSaid);
}

QString ConfusionModel::scoreTip(const QModelIndex& index) const {
    const double now = scoreOf(*m_report, index);
    const QString value =
        m_baseline ? tr("%1, before %2").arg(percentText(now), percentText(scoreOf(*m_baseline, index))) : percentText(now);
    switch (kindOf(index)) {
        case RecallKind:
            return tr("Recall %1: the share of all that is %2 that is called so. F1 %3: high only where the precision is, too.")
                .arg(value, className(classAt(index.row())),
                     percentText(m_report->classes[static_cast<std::size_t>(classAt(index.row()))].f1));
        case PrecisionKind:
            return tr("Precision %1: the share of all that is called %2 that is one")
                .arg(value, className(classAt(index.column())));
        default:
            return tr("Accuracy %1: the share of all pictures that is called what it is").arg(value);
    }
}

int ConfusionModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || m_order.empty() ? 0 : classCount() + 2;
}
int ConfusionModel::columnCount(const QModelIndex& parent) const { return rowCount(parent); }

Qt::ItemFlags ConfusionModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) return Qt::NoItemFlags;
    const Qt::ItemFlags plain = Qt::ItemIsEnabled | Qt::ItemNeverHasChildren;
    return kindOf(index) == CellKind ? plain | Qt::ItemIsSelectable : plain;
}

QVariant ConfusionModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const Kind kind = kindOf(index);
    const int truth = index.row() < classCount() ? classAt(index.row()) : -1;
    const int predicted = index.column() < classCount() ? classAt(index.column()) : -1;
    const bool score = kind == RecallKind || kind == PrecisionKind || kind == AccuracyKind;
    switch (role) {
        case Qt::DisplayRole:
            if (kind == CellKind) return cellText(truth, predicted);
            if (kind == SumKind) return sumText(truth, predicted);
            if (!score) return {};
            return m_baseline ? signedText(100 * (scoreOf(*m_report, index) - scoreOf(*m_baseline, index)), 1)
                              : percentText(scoreOf(*m_report, index));
        case Qt::ToolTipRole:
            return toolTipText(data(index, Qt::AccessibleTextRole).toString());
        case Qt::AccessibleTextRole:
            if (kind == CellKind) return cellTip(truth, predicted);
            if (score) return scoreTip(index);
            return kind == SumKind ? QVariant(sumTip(truth, predicted)) : QVariant();
        case Qt::TextAlignmentRole:
            return Qt::AlignCenter;
        case KindRole:
            return kind;
        case TrueClassRole:
            return truth;
        case PredictedClassRole:
            return predicted;
        case ValueRole:
            return score ? QVariant(scoreOf(*m_report, index)) : QVariant();
        case StrengthRole:
            return kind == CellKind ? strength(truth, predicted) : 0.0;
        default:
            return {};
    }
}

QVariant ConfusionModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (section < 0 || section >= rowCount()) return {};
    const bool across = orientation == Qt::Horizontal;
    if (section < classCount()) {
        const QString name = className(classAt(section));
        if (role == Qt::DisplayRole) return across ? shortClassName(name) : name;
        const QString words = across ? tr("All that is called %1").arg(name) : tr("All that is %1").arg(name);
        if (role == Qt::ToolTipRole) return toolTipText(words);
        return role == Qt::AccessibleTextRole ? words : QVariant();
    }
    const bool sum = section == classCount();
    if (role == Qt::DisplayRole) return sum ? tr("sum") : across ? tr("recall") : tr("precision");
    if (role != Qt::ToolTipRole && role != Qt::AccessibleTextRole) return {};
    if (sum) return across ? tr("Pictures of the class") : tr("Pictures called so");
    return across ? tr("Recall: how many of the pictures of a class are found, that is, called what they are")
                  : tr("Precision: how many of the pictures called so are what they are called");
}

}  // namespace thaw::ui
