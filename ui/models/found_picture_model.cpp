#include "ui/models/found_picture_model.h"

#include <algorithm>

#include "ui/models/path_text.h"
#include "ui/models/percent_text.h"

namespace thaw::ui {
namespace {

/// Of each group how many of its pictures have no decision.
std::vector<int> openInGroups(const Finding& finding, const std::map<std::string, core::Decision>& decisions) {
    std::vector<int> open(static_cast<std::size_t>(finding.groups));
    for (const FoundPicture& picture : finding.pictures)
        if (picture.group >= 0 && decisions.count(picture.file) == 0) ++open[static_cast<std::size_t>(picture.group)];
    return open;
}

}  // namespace

int FoundPictureModel::openIn(const Finding& finding, const std::map<std::string, core::Decision>& decisions) {
    if (finding.isGrouped()) {
        const std::vector<int> open = openInGroups(finding, decisions);
        return static_cast<int>(std::count_if(open.begin(), open.end(), [](int count) { return count > 1; }));
    }
    return static_cast<int>(std::count_if(finding.pictures.begin(), finding.pictures.end(),
                                          [&](const FoundPicture& picture) { return decisions.count(picture.file) == 0; }));
}

void FoundPictureModel::setFinding(const Finding& finding, const QStringList& classNames) {
    m_finding = finding;
    m_classNames = classNames;
    m_openInGroup = openInGroups(m_finding, m_decisions);
    m_class = -1;
    choose();
}

void FoundPictureModel::setDecisions(const std::map<std::string, core::Decision>& decisions) {
    m_decisions = decisions;
    m_openInGroup = openInGroups(m_finding, m_decisions);
    if (m_show != Show::All) return choose();
    if (!m_rows.empty()) Q_EMIT dataChanged(index(0), index(rowCount() - 1));
}

void FoundPictureModel::setShow(Show show) {
    m_show = show;
    choose();
}

void FoundPictureModel::setClass(int classIndex) {
    m_class = classIndex;
    choose();
}

void FoundPictureModel::imagesArrived() {
    if (!m_rows.empty()) Q_EMIT dataChanged(index(0), index(rowCount() - 1), {Qt::DecorationRole});
}

void FoundPictureModel::choose() {
    beginResetModel();
    m_rows.clear();
    for (std::size_t i = 0; i < m_finding.pictures.size(); ++i)
        if (isShown(m_finding.pictures[i])) m_rows.push_back(i);
    endResetModel();
}

const core::Decision* FoundPictureModel::decisionOn(const FoundPicture& picture) const {
    const auto found = m_decisions.find(picture.file);
    return found == m_decisions.end() ? nullptr : &found->second;
}

bool FoundPictureModel::isOpen(const FoundPicture& picture) const {
    if (picture.group >= 0) return m_openInGroup[static_cast<std::size_t>(picture.group)] > 1;
    return !decisionOn(picture);
}

bool FoundPictureModel::isShown(const FoundPicture& picture) const {
    if (m_class >= 0 && picture.label != m_class) return false;
    return m_show == Show::All || isOpen(picture) == (m_show == Show::Open);
}

int FoundPictureModel::rowOf(const std::string& file) const {
    for (std::size_t row = 0; row < m_rows.size(); ++row)
        if (m_finding.pictures[m_rows[row]].file == file) return static_cast<int>(row);
    return -1;
}

int FoundPictureModel::nextOpen(int row) const {
    const int count = rowCount();
    for (int step = 1; step <= count; ++step) {
        const int other = (row + step) % count;
        const FoundPicture& found = picture(other);
        if (isOpen(found) && !decisionOn(found)) return other;
    }
    return -1;
}

int FoundPictureModel::countOf(Show show) const {
    return static_cast<int>(std::count_if(m_finding.pictures.begin(), m_finding.pictures.end(), [&](const FoundPicture& picture) {
        return show == Show::All || isOpen(picture) == (show == Show::Open);
    }));
}

std::vector<FoundPicture> FoundPictureModel::openWhere(const std::function<bool(const FoundPicture&)>& fits) const {
    std::vector<FoundPicture> found;
    for (const FoundPicture& picture : m_finding.pictures)
        if (isOpen(picture) && !decisionOn(picture) && fits(picture)) found.push_back(picture);
    return found;
}

int FoundPictureModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QString FoundPictureModel::says(const FoundPicture& picture) const {
    return className(picture.suggested >= 0 ? picture.suggested : picture.label);
}

QString FoundPictureModel::below(const FoundPicture& picture) const {
    if (picture.group >= 0) return picture.place;
    if (picture.suggested >= 0) return tr("label %1").arg(className(picture.label));
    return pathText(std::filesystem::path(picture.file).filename());
}

QString FoundPictureModel::decided(const FoundPicture& picture) const {
    const core::Decision* decision = decisionOn(picture);
    if (!decision) return {};
    if (decision->kind == core::DecisionKind::Move) return nameText(decision->className);
    return decision->kind == core::DecisionKind::Keep ? tr("kept") : tr("left out");
}

QVariant FoundPictureModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const FoundPicture& found = picture(index.row());
    const QString figure = found.suggested >= 0 ? shortPercentText(found.figure) : QString();
    switch (role) {
        case Qt::DecorationRole:
            return m_imageOf(found.file);
        case SaysRole:
            return says(found);
        case FigureRole:
            return figure;
        case BelowRole:
            return below(found);
        case DecidedRole:
            return decided(found);
        case DecisionRole:
            return decisionOn(found) ? static_cast<int>(decisionOn(found)->kind) : -1;
        case GroupRole:
            return found.group;
        case FileRole:
        case Qt::ToolTipRole:
            return nameText(found.file);
        case Qt::AccessibleTextRole: {
            const QString state = decided(found).isEmpty() ? tr("open") : decided(found);
            const QString what = found.suggested >= 0
                                     ? tr("label %1, the network says %2, %3").arg(className(found.label), says(found), figure)
                                     : says(found) + QStringLiteral(", ") + below(found);
            return tr("Picture %1 of %2, %3, %4").arg(index.row() + 1).arg(rowCount()).arg(what, state);
        }
        default:
            return {};
    }
}

}  // namespace thaw::ui
