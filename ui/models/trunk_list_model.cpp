#include "ui/models/trunk_list_model.h"

#include <QLocale>

#include <algorithm>
#include <tuple>

#include "ui/models/path_text.h"
#include "ui/models/plain_text.h"
#include "ui/models/trunk_text.h"

namespace thaw::ui {
namespace {

QString words(const std::string& value) { return QString::fromStdString(value); }

QString spoken(const Trunk& trunk) {
    const QLocale locale;
    const core::ModelCard& model = trunk.card.model;
    QStringList parts{trunkTitle(trunk.card)};
    parts += model.builtIn                 ? TrunkListModel::tr("built in")
             : trunk.here                  ? TrunkListModel::tr("on this machine")
             : trunk.card.download.empty() ? TrunkListModel::tr("to import")
                                           : TrunkListModel::tr("to download");
    if (trunk.inUse) parts += TrunkListModel::tr("in use");
    parts +=
        TrunkListModel::tr("%1 million parameters").arg(locale.toString(static_cast<double>(model.parameters) / 1e6, 'f', 1));
    parts += TrunkListModel::tr("%1 billion multiply-adds").arg(locale.toString(model.multiplyAdds / 1e9, 'f', 1));
    if (model.modality == core::Modality::Pictures)
        parts +=
            model.publishedAccuracy > 0
                ? TrunkListModel::tr("published accuracy %1 percent").arg(locale.toString(100 * model.publishedAccuracy, 'f', 1))
                : TrunkListModel::tr("no published accuracy");
    parts += trunk.speed.picturesPerSecond > 0
                 ? (model.modality == core::Modality::Texts ? TrunkListModel::tr("%1 texts a second")
                                                            : TrunkListModel::tr("%1 pictures a second"))
                       .arg(rateText(trunk.speed.picturesPerSecond))
                 : TrunkListModel::tr("not measured");
    return parts.join(QStringLiteral(", "));
}

QString toolTip(const Trunk& trunk) {
    QStringList lines{trunkTitle(trunk.card), publishedToolTip(trunk.card)};
    lines += TrunkListModel::tr("Licence: %1.").arg(licenceText(trunk.card));
    if (!trunk.transferProblem.isEmpty()) lines += trunk.transferProblem;
    if (!trunk.speedProblem.isEmpty()) lines += trunk.speedProblem;
    return toolTipText(lines.join(QLatin1Char('\n')));
}

}  // namespace

TrunkListModel::TrunkListModel(std::vector<core::TrunkCard> cards, QObject* parent) : QAbstractListModel(parent) {
    for (core::TrunkCard& card : cards) {
        Trunk trunk;
        trunk.here = card.model.builtIn;
        trunk.card = std::move(card);
        m_trunks.push_back(std::move(trunk));
    }
}

int TrunkListModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_trunks.size()); }

QVariant TrunkListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const Trunk& trunk = m_trunks[static_cast<std::size_t>(index.row())];
    switch (role) {
        case Qt::DisplayRole:
            return trunkTitle(trunk.card);
        case Qt::AccessibleTextRole:
            return spoken(trunk);
        case Qt::ToolTipRole:
            return toolTip(trunk);
        case PointerRole:
            return QVariant::fromValue(&trunk);
    }
    return {};
}

const Trunk& TrunkListModel::at(const QModelIndex& index) { return *index.data(PointerRole).value<const Trunk*>(); }

int TrunkListModel::inUse() const {
    int row = -1;
    for (int i = 0; i < rowCount(); ++i) {
        const Trunk& trunk = m_trunks[static_cast<std::size_t>(i)];
        if (trunk.inUse) return i;
        if (trunk.ofModel && row < 0) row = i;
    }
    return row;
}

QStringList TrunkListModel::models() const {
    QStringList names;
    for (const bool builtIn : {true, false})
        for (const Trunk& trunk : m_trunks)
            if (trunk.card.model.builtIn == builtIn) names += words(trunk.card.model.name);
    names.removeDuplicates();
    return names;
}

QStringList TrunkListModel::families() const {
    QStringList names;
    for (const Trunk& trunk : m_trunks) names += words(trunk.card.model.family);
    names.removeDuplicates();
    return names;
}

template <class Change>
void TrunkListModel::change(const Change& change) {
    for (Trunk& trunk : m_trunks) change(trunk);
    Q_EMIT dataChanged(index(0), index(rowCount() - 1));
}

void TrunkListModel::setLocal(const std::vector<core::LocalWeights>& files) {
    change([&](Trunk& trunk) {
        trunk.file.clear();
        trunk.here = trunk.card.model.builtIn;
        for (const core::LocalWeights& weights : files) {
            if (weights.model != trunk.card.model.name || trunk.card.model.builtIn) continue;
            const bool same = weights.download == trunk.card.download;
            if (same && trunk.file.isEmpty()) trunk.file = pathText(weights.file);
            // Where a model has two cards, a file of unknown origin is neither's.
            trunk.here |= same || trunk.card.mark.empty();
        }
        if (trunk.here) trunk.transfer = Trunk::Transfer::None;
    });
}

void TrunkListModel::setInUse(const core::RunConfig& config, std::vector<bool> thawed) {
    change([&](Trunk& trunk) {
        trunk.ofModel = trunk.card.model.name == config.model;
        trunk.inUse = isTrunkOf(trunk.card, config);
        trunk.thawed = trunk.inUse ? thawed : std::vector<bool>();
    });
}

void TrunkListModel::setSpeeds(const std::map<std::string, core::TrunkSpeed>& speeds,
                               const std::map<std::string, QString>& problems) {
    change([&](Trunk& trunk) {
        const auto speed = speeds.find(trunk.card.model.name);
        trunk.speed = speed == speeds.end() ? core::TrunkSpeed() : speed->second;
        const auto problem = problems.find(trunk.card.model.name);
        trunk.speedProblem = problem == problems.end() ? QString() : problem->second;
    });
}

void TrunkListModel::setMeasuring(const QString& now, const QStringList& waiting) {
    change([&](Trunk& trunk) {
        const QString name = words(trunk.card.model.name);
        trunk.measuring = name == now              ? Trunk::Measuring::Now
                          : waiting.contains(name) ? Trunk::Measuring::Waiting
                                                   : Trunk::Measuring::Idle;
    });
}

void TrunkListModel::setTransfer(const QString& download, std::int64_t received, std::int64_t total) {
    change([&](Trunk& trunk) {
        if (download.isEmpty() || trunk.card.model.builtIn || words(trunk.card.download) != download) return;
        trunk.transfer = Trunk::Transfer::Running;
        trunk.received = received;
        trunk.total = total > 0 ? total : trunk.card.bytes;
        trunk.transferProblem.clear();
    });
}

void TrunkListModel::endTransfer(const QString& download, bool broken, const QString& problem) {
    change([&](Trunk& trunk) {
        if (trunk.transfer != Trunk::Transfer::Running || words(trunk.card.download) != download) return;
        trunk.transfer =
            broken && trunk.received > 0 && trunk.received < trunk.total ? Trunk::Transfer::Broken : Trunk::Transfer::None;
        trunk.transferProblem = problem;
    });
}

TrunkFilter::TrunkFilter(TrunkListModel& trunks, QObject* parent) : QSortFilterProxyModel(parent), m_trunks(trunks) {
    setSourceModel(&trunks);
    sort(0);
}

bool TrunkFilter::isAt(const Trunk& trunk, int place) {
    return place == All || (place == BuiltIn ? trunk.card.model.builtIn : trunk.here);
}

void TrunkFilter::setPlace(int place) {
    m_place = place;
    invalidateFilter();
}

void TrunkFilter::setFamily(const QString& family) {
    m_family = family;
    invalidateFilter();
}

void TrunkFilter::setOrder(int order) {
    m_order = order;
    invalidate();
}

int TrunkFilter::count(Place place) const {
    return static_cast<int>(std::count_if(m_trunks.trunks().begin(), m_trunks.trunks().end(),
                                          [place](const Trunk& trunk) { return isAt(trunk, place); }));
}

bool TrunkFilter::filterAcceptsRow(int row, const QModelIndex&) const {
    const Trunk& trunk = m_trunks.trunks()[static_cast<std::size_t>(row)];
    return isAt(trunk, m_place) && (m_family.isEmpty() || words(trunk.card.model.family) == m_family);
}

bool TrunkFilter::lessThan(const QModelIndex& left, const QModelIndex& right) const {
    // Small first, but for accuracy and speed; within equal ones the order of the list.
    const auto key = [this](const QModelIndex& index) {
        const Trunk& trunk = TrunkListModel::at(index);
        double value = trunk.card.model.builtIn ? 0 : trunk.here ? 1 : 2;
        if (m_order == Parameters) value = static_cast<double>(trunk.card.model.parameters);
        if (m_order == MultiplyAdds) value = trunk.card.model.multiplyAdds;
        if (m_order == Accuracy) value = -trunk.card.model.publishedAccuracy;
        if (m_order == Speed) value = -trunk.speed.picturesPerSecond;
        return std::tuple(value, index.row());
    };
    return key(left) < key(right);
}

}  // namespace thaw::ui
