// A confusion matrix as a table: a row a true class, a column a predicted one, then the sums and the scores. Or how it differs
// from another model's. GUI thread only.
#pragma once

#include <QAbstractTableModel>
#include <QStringList>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/api/evaluation.h"

namespace thaw::ui {

enum class ConfusionShow {
    Counts,
    OfTrue,       ///< per cent of the pictures of the class
    OfPredicted,  ///< per cent of the pictures called so
};

/// The share of a sum, "18.5"; a dash where the sum is 0.
QString shareText(std::int64_t part, std::int64_t sum);
/// "+12", "−3", "0"; decimals as given.
QString signedText(double value, int decimals);

/// classCount + 2 rows and columns. Cells are selectable; the sums (row and column classCount) and the scores behind them (recall
/// in the last column, precision in the last row, accuracy in the corner) are not.
class ConfusionModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Role {
        KindRole = Qt::UserRole + 1,  ///< Kind
        TrueClassRole,                ///< int; -1 in the rows of sums and scores
        PredictedClassRole,           ///< int; -1 in the columns of sums and scores
        ValueRole,                    ///< double, 0..1: of a score
        /// double, -1..1, how strong the cell's colour is: above 0 right (or better than before), below 0 wrong (or worse).
        StrengthRole,
    };
    enum Kind { NoKind, CellKind, SumKind, RecallKind, PrecisionKind, AccuracyKind };

    explicit ConfusionModel(QObject* parent = nullptr);

    /// With a `baseline` of the same classes the table shows how the report differs from it: pictures, or points of per cent.
    /// Cells keep their indexes (and a selection) as long as the number of classes stays. Null: an empty table.
    void setReport(std::shared_ptr<const core::EvaluationReport> report, const QStringList& classNames,
                   std::shared_ptr<const core::EvaluationReport> baseline = nullptr);
    const core::EvaluationReport* report() const { return m_report.get(); }
    bool isDifference() const { return m_baseline != nullptr; }

    void setShow(ConfusionShow show);
    ConfusionShow shown() const { return m_show; }
    /// Classes that are taken for each other side by side, instead of the data set's order.
    void setSorted(bool sorted);
    bool isSorted() const { return m_sorted; }

    int classCount() const { return static_cast<int>(m_order.size()); }
    int classAt(int position) const { return m_order[static_cast<std::size_t>(position)]; }
    int positionOf(int classIndex) const;  ///< -1: no such class
    QString className(int classIndex) const;
    QModelIndex cellIndex(int truth, int predicted) const;
    /// True and predicted class; nullopt for sums and scores.
    std::optional<std::pair<int, int>> cellAt(const QModelIndex& index) const;

    /// The share that the strongest colour of the wrong cells stands for: the largest there is, but at least 5 per cent, so that
    /// a good model's matrix is pale. In a difference, the largest change.
    double topShare() const { return m_topShare; }
    /// Among them the longest text of all cells and column sums.
    QStringList longestCellTexts() const;
    /// Strength of a cell on the diagonal, and off it (as a positive number); shares 0..1.
    static double strengthOfRight(double share);
    static double strengthOfWrong(double share, double topShare);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    void reportChanged();  ///< or what of it is shown

private:
    void update();
    void setOrder(std::vector<int> order);
    void applyOrder(std::vector<int> order);
    std::vector<int> wantedOrder() const;
    double share(const core::EvaluationReport& report, int truth, int predicted) const;
    double change(int truth, int predicted) const;
    Kind kindOf(const QModelIndex& index) const;
    double scoreOf(const core::EvaluationReport& report, const QModelIndex& index) const;
    QString cellText(int truth, int predicted) const;
    QString sumText(int truth, int predicted) const;
    QString sumTip(int truth, int predicted) const;
    QString cellTip(int truth, int predicted) const;
    QString scoreTip(const QModelIndex& index) const;
    double strength(int truth, int predicted) const;

    std::shared_ptr<const core::EvaluationReport> m_report, m_baseline;
    QStringList m_classNames;
    ConfusionShow m_show = ConfusionShow::Counts;
    bool m_sorted = false;
    std::vector<int> m_order, m_positions;  // class at each position, position of each class
    double m_topShare = 0;
};

}  // namespace thaw::ui
