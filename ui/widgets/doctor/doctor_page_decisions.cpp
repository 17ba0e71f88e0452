// What the user decides about the chosen picture, by buttons and keys.
#include <QKeyEvent>

#include <algorithm>

#include "ui/models/path_text.h"
#include "ui/widgets/doctor/doctor_page.h"
#include "ui/widgets/doctor/finding_view.h"
#include "ui/widgets/doctor/found_tiles.h"
#include "ui/widgets/doctor/picture_side.h"
#include "ui/widgets/doctor/pictures_view.h"
#include "ui/widgets/parts/segmented_bar.h"

namespace thaw::ui {

FoundPictureModel& DoctorPage::pictures() const { return showsAll() ? m_all->pictures() : m_finding->pictures(); }
FoundTiles& DoctorPage::tiles() const { return showsAll() ? m_all->tiles() : m_finding->tiles(); }
void DoctorPage::showRow(int row) { showsAll() ? m_all->showRow(row) : m_finding->showRow(row); }

const FoundPicture* DoctorPage::chosen() const {
    const int row = tiles().currentRow();
    return row >= 0 && row < pictures().rowCount() ? &pictures().picture(row) : nullptr;
}

std::vector<FoundPicture> DoctorPage::othersOf(const FoundPicture& picture) const {
    std::vector<FoundPicture> others;
    if (picture.group < 0) return others;
    for (const FoundPicture& one : pictures().finding().pictures)
        if (one.group == picture.group && one.file != picture.file) others.push_back(one);
    return others;
}

void DoctorPage::showPicture() {
    const FoundPicture* picture = chosen();
    const int row = tiles().currentRow();
    m_picture->setVisible(picture);
    m_picture->setPicture(picture, row + 1, pictures().rowCount(), picture ? othersOf(*picture) : std::vector<FoundPicture>());
}

void DoctorPage::decide(core::DecisionKind kind, const QString& className) {
    const FoundPicture* picture = chosen();
    if (!picture || !m_doctor.canDecide()) return;
    const int place = static_cast<int>(m_doctor.classNames().indexOf(className));
    if (kind == core::DecisionKind::Move && (place < 0 || place == picture->label)) return;
    const QString name = pathText(std::filesystem::path(picture->file).filename());
    core::Decision decision{picture->file, kind, {}, pictures().finding().title.toStdString(), 0};
    if (kind == core::DecisionKind::Move) decision.className = m_doctor.checkup().classes[static_cast<std::size_t>(place)].name;
    const int row = tiles().currentRow();
    m_doctor.decide({decision}, kind == core::DecisionKind::Move   ? tr("Move %1 to %2").arg(name, className)
                                : kind == core::DecisionKind::Keep ? tr("Keep %1").arg(name)
                                                                   : tr("Leave %1 out").arg(name));
    goOn(row);
}

void DoctorPage::keepOnlyThis() {
    const FoundPicture* picture = chosen();
    if (!picture || picture->group < 0) return;
    std::vector<core::Decision> decisions;
    const std::string reason = pictures().finding().title.toStdString();
    decisions.push_back({picture->file, core::DecisionKind::Keep, {}, reason, 0});
    for (const FoundPicture& other : othersOf(*picture))
        decisions.push_back({other.file, core::DecisionKind::LeaveOut, {}, reason, 0});
    const int row = tiles().currentRow();
    m_doctor.decide(decisions, tr("Keep only %1").arg(pathText(std::filesystem::path(picture->file).filename())));
    goOn(row);
}

void DoctorPage::keepAll() {
    const FoundPicture* picture = chosen();
    if (!picture || picture->group < 0) return;
    std::vector<FoundPicture> group = othersOf(*picture);
    group.push_back(*picture);
    std::vector<core::Decision> decisions;
    for (const FoundPicture& one : group)
        decisions.push_back({one.file, core::DecisionKind::Keep, {}, pictures().finding().title.toStdString(), 0});
    const int row = tiles().currentRow();
    m_doctor.decide(decisions, tr("Keep %1 pictures").arg(group.size()));
    goOn(row);
}

/// To the next open picture. Where only open ones are shown, it has moved up to the place of the decided one.
void DoctorPage::goOn(int from) {
    const int next = pictures().nextOpen(pictures().show() == FoundPictureModel::Show::Open ? from - 1 : from);
    showRow(next >= 0 ? next : std::min(from, pictures().rowCount() - 1));
}

void DoctorPage::mainAction() {
    const FoundPicture* picture = chosen();
    if (!picture) return;
    if (picture->group >= 0) return keepOnlyThis();
    if (picture->suggested >= 0) decide(core::DecisionKind::Move, m_doctor.classNames().value(picture->suggested));
}

void DoctorPage::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Undo)) return m_doctor.canDecide() ? m_doctor.undoStack().undo() : void();
    if (event->matches(QKeySequence::Redo)) return m_doctor.canDecide() ? m_doctor.undoStack().redo() : void();
    const bool shown = m_side->isVisible();  // the picture that a key decides about
    if (!shown || event->modifiers() & ~Qt::KeypadModifier) return QFrame::keyPressEvent(event);
    const FoundPicture* picture = chosen();
    const int digit = event->key() - Qt::Key_1;
    if (event->key() == Qt::Key_M) return mainAction();
    if (event->key() == Qt::Key_X) return decide(core::DecisionKind::LeaveOut, {});
    if (event->key() == Qt::Key_K) return picture && picture->group >= 0 ? keepAll() : decide(core::DecisionKind::Keep, {});
    if (event->key() == Qt::Key_Space) return m_picture->openWhole();
    if (digit >= 0 && digit < 9 && m_doctor.canJudge())
        return decide(core::DecisionKind::Move, m_doctor.classNames().value(digit));
    QFrame::keyPressEvent(event);
}

}  // namespace thaw::ui
