#include "ui/models/findings.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>

#include "ui/models/path_text.h"

namespace thaw::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(thaw::ui::Findings)
};

QString number(std::size_t count) { return QLocale().toString(static_cast<qlonglong>(count)); }

QString splitWord(core::Split split) {
    return split == core::Split::Train  ? Words::tr("training")
           : split == core::Split::Test ? Words::tr("test")
                                        : Words::tr("validation");
}

/// Unless there are none.
void addGroups(std::vector<Finding>& findings, const core::DatasetCheckup& checkup, const std::vector<core::PictureGroup>& groups,
               Finding finding) {
    if (groups.empty()) return;
    for (const core::PictureGroup& group : groups) {
        for (const std::size_t index : group) {
            const core::CheckedPicture& picture = checkup.pictures[index];
            FoundPicture found;
            found.file = picture.file;
            if (!picture.labels.empty()) found.label = picture.labels.front();
            found.group = finding.groups;
            found.place = Words::tr("%1, %2 x %3").arg(splitWord(picture.split)).arg(picture.width).arg(picture.height);
            finding.pictures.push_back(std::move(found));
        }
        ++finding.groups;
    }
    finding.figure = number(groups.size());
    findings.push_back(std::move(finding));
}

Finding made(FindingKind kind, const QString& title, const QString& fact, const QString& explanation) {
    Finding finding;
    finding.kind = kind;
    finding.title = title;
    finding.fact = fact;
    finding.explanation = explanation;
    return finding;
}

void addUnreadable(std::vector<Finding>& findings, const core::DatasetCheckup& checkup) {
    if (checkup.unreadable.empty()) return;
    Finding finding = made(FindingKind::Unreadable, Words::tr("Unreadable"), pathText(checkup.unreadable.front().file.filename()),
                           Words::tr("These files are called like pictures, but cannot be read. They are not used."));
    for (const core::LeftOutFile& bad : checkup.unreadable)
        finding.lines << pathText(bad.file) + QStringLiteral(": ") + nameText(bad.reason);
    finding.figure = number(checkup.unreadable.size());
    finding.toKnow = true;
    findings.push_back(std::move(finding));
}

QString inOneClass(const core::DatasetCheckup& checkup, const std::vector<core::PictureGroup>& groups) {
    const auto same = [&](const core::PictureGroup& group) {
        return std::all_of(group.begin(), group.end(), [&](std::size_t index) {
            return checkup.pictures[index].labels == checkup.pictures[group.front()].labels;
        });
    };
    const auto count = static_cast<std::size_t>(std::count_if(groups.begin(), groups.end(), same));
    if (groups.size() == 1) return count == 1 ? Words::tr("in one class") : Words::tr("in two classes");
    return Words::tr("%1 groups, %2 of them in one class").arg(number(groups.size()), number(count));
}

void addCopies(std::vector<Finding>& findings, const core::DatasetCheckup& checkup) {
    addGroups(findings, checkup, checkup.acrossSplits,
              made(FindingKind::AcrossSplits, Words::tr("On both sides of the split"), Words::tr("the same in training and test"),
                   Words::tr("The network is tested with a picture that it was trained with: the result looks better than it is. "
                             "Leave all but one of them out.")));
    addGroups(findings, checkup, checkup.duplicates,
              made(FindingKind::Duplicates, Words::tr("Exact duplicates"), inOneClass(checkup, checkup.duplicates),
                   Words::tr("The same files under several names. A picture that is there twice counts twice.")));
    addGroups(
        findings, checkup, checkup.nearDuplicates,
        made(FindingKind::NearDuplicates, Words::tr("Near duplicates"), inOneClass(checkup, checkup.nearDuplicates),
             Words::tr("Pictures that differ in size, compression or a narrow edge alone, by their small copies. This can be "
                       "wrong: look before you decide.")));
    addGroups(findings, checkup, checkup.inTwoClasses,
              made(FindingKind::TwoClasses, Words::tr("In two classes"), Words::tr("the same picture, another label"),
                   Words::tr("The same picture has different labels: at least one of them is wrong.")));
}

void addFacts(std::vector<Finding>& findings, const core::DatasetCheckup& checkup) {
    const auto fewer = [](const core::ClassCounts& a, const core::ClassCounts& b) { return a.train < b.train; };
    const auto [least, most] = std::minmax_element(checkup.classes.begin(), checkup.classes.end(), fewer);
    if (checkup.imbalance() > 1.5) {
        Finding finding = made(FindingKind::Imbalance, Words::tr("Imbalance"),
                               Words::tr("%1 %2, %3 %4")
                                   .arg(nameText(most->name), number(static_cast<std::size_t>(most->train)),
                                        nameText(least->name), number(static_cast<std::size_t>(least->train))),
                               Words::tr("A network that sees one class far more often prefers it. Balanced weights, in the "
                                         "settings, let each class count alike."));
        finding.figure = QLocale().toString(checkup.imbalance(), 'f', 1) + QChar(0xD7);
        finding.toKnow = true;
        findings.push_back(std::move(finding));
    }
    if (const std::vector<std::string> tiny = checkup.tinyClasses(); !tiny.empty()) {
        Finding finding = made(FindingKind::TinyClasses, Words::tr("Tiny classes"), nameText(tiny.front()),
                               Words::tr("With fewer than %1 training pictures a class is hardly learned, and its accuracy says "
                                         "little. More pictures help.")
                                   .arg(core::kTinyClass));
        for (const core::ClassCounts& one : checkup.classes)
            if (one.train < core::kTinyClass)
                finding.lines << nameText(one.name) + QStringLiteral(": ") + QString::number(one.train);
        finding.figure = number(tiny.size());
        finding.toKnow = true;
        findings.push_back(std::move(finding));
    }
    if (checkup.greyPictures > 0 && !checkup.isGrey()) {
        Finding finding = made(FindingKind::Grey, Words::tr("Grey pictures"), Words::tr("among coloured ones"),
                               Words::tr("Pictures without colours among coloured ones: a network may learn the missing colours "
                                         "instead of the class."));
        for (const core::CheckedPicture& picture : checkup.pictures)
            if (picture.grey) {
                FoundPicture found;
                found.file = picture.file;
                if (!picture.labels.empty()) found.label = picture.labels.front();
                finding.pictures.push_back(std::move(found));
            }
        finding.figure = number(finding.pictures.size());
        finding.toKnow = true;
        findings.push_back(std::move(finding));
    }
}

}  // namespace

QString findingIcon(FindingKind kind) {
    switch (kind) {
        case FindingKind::Unreadable:
            return QStringLiteral("broken-page");
        case FindingKind::AcrossSplits:
            return QStringLiteral("swap");
        case FindingKind::Duplicates:
        case FindingKind::NearDuplicates:
            return QStringLiteral("twins");
        case FindingKind::TwoClasses:
        case FindingKind::Suspects:
            return QStringLiteral("label");
        case FindingKind::Unlike:
            return QStringLiteral("one-apart");
        case FindingKind::Imbalance:
        case FindingKind::TinyClasses:
            return QStringLiteral("three-bars");
        case FindingKind::Grey:
            return QStringLiteral("image");
    }
    return {};
}

std::vector<Finding> findingsOf(const core::DatasetCheckup& checkup) {
    std::vector<Finding> findings;
    addUnreadable(findings, checkup);
    addCopies(findings, checkup);
    addFacts(findings, checkup);
    return findings;
}

std::vector<Finding> findingsOf(const core::LabelSuspects& suspects, const QString& trunk) {
    std::vector<Finding> findings;
    if (!suspects.labels.empty()) {
        Finding finding =
            made(FindingKind::Suspects, Words::tr("Suspected wrong labels"), Words::tr("by a head on frozen features"),
                 Words::tr("A head on frozen %1 judged each picture in a fold that it was not trained on. It can be "
                           "wrong too: look before you move.")
                     .arg(trunk));
        for (const core::SuspectedLabel& one : suspects.labels)
            finding.pictures.push_back({one.file, one.label, one.suggested, one.confidence, -1, {}, one.nearest});
        finding.figure = number(finding.pictures.size());
        findings.push_back(std::move(finding));
    }
    if (!suspects.unlike.empty()) {
        Finding finding = made(FindingKind::Unlike, Words::tr("Unlike everything else"), Words::tr("far from all other pictures"),
                               Words::tr("By their features from frozen %1 these pictures have no close neighbours. They may not "
                                         "belong here, or be the only ones of their kind.")
                                   .arg(trunk));
        for (const core::UnlikePicture& one : suspects.unlike)
            finding.pictures.push_back({one.file, one.label, -1, one.distance, -1, {}, one.nearest});
        finding.figure = number(finding.pictures.size());
        finding.toKnow = true;
        findings.push_back(std::move(finding));
    }
    return findings;
}

Finding findingOf(const core::DivisionPreview& division) {
    Finding finding;
    finding.kind = FindingKind::AcrossSplits;
    finding.title = Words::tr("Groups on both sides");
    for (const core::DividedGroup& group : division.onBothSides) {
        for (const core::GroupedPicture& picture : group.pictures) {
            FoundPicture found;
            found.file = picture.file;
            found.label = picture.label;
            found.group = finding.groups;
            found.place = Words::tr("%1, %2").arg(nameText(group.name), splitWord(picture.split));
            finding.pictures.push_back(std::move(found));
        }
        ++finding.groups;
    }
    return finding;
}

QString wellText(const std::vector<Finding>& findings) {
    const auto lacks = [&](FindingKind kind) {
        return std::none_of(findings.begin(), findings.end(), [=](const Finding& one) { return one.kind == kind; });
    };
    QStringList well;
    if (lacks(FindingKind::Unreadable)) well << Words::tr("no unreadable file");
    if (lacks(FindingKind::Duplicates) && lacks(FindingKind::NearDuplicates)) well << Words::tr("no duplicates");
    if (lacks(FindingKind::AcrossSplits)) well << Words::tr("nothing on both sides of the split");
    if (lacks(FindingKind::Imbalance)) well << Words::tr("no imbalance");
    if (lacks(FindingKind::TinyClasses)) well << Words::tr("no tiny class");
    if (lacks(FindingKind::Grey)) well << Words::tr("no grey pictures among others");
    QString text = well.join(QStringLiteral(", "));
    if (!text.isEmpty()) text[0] = text[0].toUpper();
    return text;
}

}  // namespace thaw::ui
