// What the doctor has found in a data set, in words: one finding a kind, with its pictures.
#pragma once

#include <QString>
#include <QStringList>

#include <string>
#include <vector>

#include "core/api/division_preview.h"
#include "core/api/doctor.h"
#include "core/api/suspects.h"

namespace thaw::ui {

/// In the order in which they are shown: what breaks a run, what flatters a result, what weakens it, what is only to be known.
enum class FindingKind {
    Unreadable,
    AcrossSplits,
    Duplicates,
    NearDuplicates,
    TwoClasses,
    Suspects,
    Unlike,
    Imbalance,
    TinyClasses,
    Grey,
};

struct FoundPicture {
    std::string file;    ///< as core::CheckedPicture's
    int label = -1;      ///< the first of several
    int suggested = -1;  ///< the class that the network names; -1: none
    double figure = -1;  ///< how sure it is, or the distance from all others; below 0: none
    int group = -1;      ///< of pictures that show the same; -1: stands alone
    QString place;       ///< of a group: "train, 640 x 480"
    std::vector<core::NearPicture> nearest;
};

struct Finding {
    FindingKind kind = FindingKind::Unreadable;
    QString title, fact;
    QString figure;       ///< how much of it there is: "9", "6.6x"
    QString explanation;  ///< how it was found, and that it can err
    std::vector<FoundPicture> pictures;
    QStringList lines;    ///< in place of pictures: "a.jpg: the file is empty"
    bool toKnow = false;  ///< nothing is to be decided
    int groups = 0;       ///< of pictures that show the same
    bool isGrouped() const { return groups > 0; }
};

/// The icon of a kind, as Theme knows it.
QString findingIcon(FindingKind kind);

/// Without those of a network; in the order of the kinds. Pure: may take place in any thread.
std::vector<Finding> findingsOf(const core::DatasetCheckup& checkup);
/// Suspects and what is unlike all others, those that there are.
std::vector<Finding> findingsOf(const core::LabelSuspects& suspects, const QString& trunk);
/// The groups of pictures that lie on both sides of a split.
Finding findingOf(const core::DivisionPreview& division);
/// What was looked at and is well: "No tiny class, no grey pictures"; empty: nothing is.
QString wellText(const std::vector<Finding>& findings);

}  // namespace thaw::ui
