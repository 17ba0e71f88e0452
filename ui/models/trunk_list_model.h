// The gallery of trunks: a row a card of core::listTrunks(), with what of it is on this machine, in use, measured or on its way.
#pragma once

#include <QAbstractListModel>
#include <QSortFilterProxyModel>
#include <QStringList>

#include <map>
#include <vector>

#include "core/api/trunks.h"

namespace thaw::ui {

/// A row; everything that a card shows.
struct Trunk {
    enum class Measuring { Idle, Waiting, Now };
    enum class Transfer { None, Running, Broken };

    core::TrunkCard card;
    QString file;              ///< of the user's weights folder, with these weights; empty: none
    bool here = false;         ///< a run can start from it
    bool inUse = false;        ///< by the next run
    bool ofModel = false;      ///< the next run has this model, whatever its weights
    std::vector<bool> thawed;  ///< of the trunk in use: a flag a stage; else empty
    core::TrunkSpeed speed;
    QString speedProblem;  ///< why it could not be measured
    Measuring measuring = Measuring::Idle;
    Transfer transfer = Transfer::None;
    std::int64_t received = 0, total = 0;  ///< bytes; total 0: unknown
    QString transferProblem;               ///< a sentence; empty: it was stopped by hand
};

class TrunkListModel : public QAbstractListModel {
    Q_OBJECT
public:
    explicit TrunkListModel(std::vector<core::TrunkCard> cards, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    /// Display: the title. Accessible text, tool tip.
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    /// Of this model's index or a proxy's; good until the model changes.
    static const Trunk& at(const QModelIndex& index);
    const std::vector<Trunk>& trunks() const { return m_trunks; }
    int inUse() const;           ///< row; another one of its model, with other weights, where none is; -1: none
    QStringList models() const;  ///< names, each once, those with built-in weights first
    QStringList families() const;

    void setLocal(const std::vector<core::LocalWeights>& files);
    /// `thawed`: a flag a stage of its model.
    void setInUse(const core::RunConfig& config, std::vector<bool> thawed);
    void setSpeeds(const std::map<std::string, core::TrunkSpeed>& speeds, const std::map<std::string, QString>& problems);
    void setMeasuring(const QString& now, const QStringList& waiting);
    void setTransfer(const QString& download, std::int64_t received, std::int64_t total);
    void endTransfer(const QString& download, bool broken, const QString& problem = {});

private:
    template <class Change>
    void change(const Change& change);
    enum Role { PointerRole = Qt::UserRole + 1 };
    std::vector<Trunk> m_trunks;
};

class TrunkFilter : public QSortFilterProxyModel {
    Q_OBJECT
public:
    enum Place { All, BuiltIn, Here };
    enum Order { Suggested, Parameters, MultiplyAdds, Accuracy, Speed };

    explicit TrunkFilter(TrunkListModel& trunks, QObject* parent = nullptr);
    void setPlace(int place);
    void setFamily(const QString& family);  ///< empty: any
    void setOrder(int order);
    int count(Place place) const;  ///< cards there, whatever family

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

private:
    static bool isAt(const Trunk& trunk, int place);
    const TrunkListModel& m_trunks;
    int m_place = All, m_order = Suggested;
    QString m_family;
};

}  // namespace thaw::ui

Q_DECLARE_METATYPE(const thaw::ui::Trunk*)
