// The pictures of one finding: all, those that are still open or those that are decided, of one class or of all.
#pragma once

#include <QAbstractListModel>
#include <QImage>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/api/decisions.h"
#include "ui/models/findings.h"

namespace thaw::ui {

class FoundPictureModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role {
        SaysRole = Qt::UserRole + 1,  ///< QString, in bold: what the network says; of a group its class
        FigureRole,                   ///< QString: "99%"
        BelowRole,                    ///< QString: "label ants"; of a group "train, 640 x 480"
        DecidedRole,                  ///< QString: "bees", "kept", "left out"; empty: open
        DecisionRole,                 ///< int: core::DecisionKind; -1: open
        GroupRole,                    ///< int; -1: none
        FileRole,                     ///< QString
    };
    enum class Show { Open, Decided, All };

    /// Null until it has arrived: call imagesArrived() then.
    using ImageOf = std::function<QImage(const std::string& file)>;

    explicit FoundPictureModel(ImageOf imageOf, QObject* parent = nullptr)
        : QAbstractListModel(parent), m_imageOf(std::move(imageOf)) {}

    void setFinding(const Finding& finding, const QStringList& classNames);
    void setDecisions(const std::map<std::string, core::Decision>& decisions);
    void setShow(Show show);
    Show show() const { return m_show; }
    void setClass(int classIndex);  ///< -1: any
    void imagesArrived();

    const Finding& finding() const { return m_finding; }
    const FoundPicture& picture(int row) const { return m_finding.pictures[m_rows[static_cast<std::size_t>(row)]]; }
    int rowOf(const std::string& file) const;  ///< -1: it is not shown
    int nextOpen(int row) const;               ///< below it, else above; -1: none
    int countOf(Show show) const;              ///< of any class
    bool isOpen(const FoundPicture& picture) const;
    QString className(int index) const { return index >= 0 && index < m_classNames.size() ? m_classNames[index] : QString(); }
    const QStringList& classNames() const { return m_classNames; }
    /// Of the finding's pictures that are open, whatever is shown: those that `fits`.
    std::vector<FoundPicture> openWhere(const std::function<bool(const FoundPicture&)>& fits) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

    /// Pictures or groups of a finding that are open: of pictures that show the same, two or more without a decision.
    static int openIn(const Finding& finding, const std::map<std::string, core::Decision>& decisions);

private:
    bool isShown(const FoundPicture& picture) const;
    void choose();
    QString says(const FoundPicture& picture) const;
    QString below(const FoundPicture& picture) const;
    QString decided(const FoundPicture& picture) const;
    const core::Decision* decisionOn(const FoundPicture& picture) const;

    ImageOf m_imageOf;
    Finding m_finding;
    QStringList m_classNames;
    std::map<std::string, core::Decision> m_decisions;
    std::vector<int> m_openInGroup;
    std::vector<std::size_t> m_rows;
    Show m_show = Show::All;
    int m_class = -1;
};

}  // namespace thaw::ui
