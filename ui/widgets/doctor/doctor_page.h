// What is wrong with a data set: its findings, the open one, the chosen picture and what was decided.
#pragma once

#include <QFrame>

#include "ui/bridge/division_controller.h"
#include "ui/bridge/doctor_controller.h"
#include "ui/models/finding_list_model.h"

class QLabel;
class QPushButton;
class QStackedWidget;

namespace thaw::ui {

class ElidedLabel;
class EmptyState;
class FindingList;
class FindingView;
class FoundPictureModel;
class FoundTiles;
class MessageLine;
class Overview;
class PictureSide;
class PicturesView;
class SegmentedBar;
class SplitSummary;
class SplitView;
class WorkStrip;

class DoctorPage : public QFrame {
    Q_OBJECT
public:
    enum Part { EmptyPart, OverviewPart, FindingsPart, SplitPart, PicturesPart };

    explicit DoctorPage(DoctorCalls calls = {}, QWidget* parent = nullptr);

    /// What is known of the same data set stays.
    void open(const core::DatasetInfo& dataset);
    void setSplit(const core::SplitConfig& split) { m_division.setSplit(split); }  ///< of the next run
    void showPart(Part part);
    DoctorController& doctor() { return m_doctor; }
    DivisionController& division() { return m_division; }
    FindingList& list() { return *m_list; }
    FindingView& finding() { return *m_finding; }

Q_SIGNALS:
    void backRequested();
    void useRequested(const thaw::core::DatasetInfo& dataset);  ///< for the next run
    void splitChosen(const thaw::core::SplitConfig& split);     ///< for the next run
    void settingsRequested();                                   ///< where classes are balanced
    void labelsChanged();                                       ///< decisions: whoever lists data sets is to list them again

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeHead();
    QWidget* makeList();
    QWidget* makeSplitBox();
    QWidget* makeFindings();
    QWidget* makeSide();
    void listen();
    void refresh();
    void refreshHead();
    void refreshState();
    void refreshFindings();
    void refreshOpen();
    void openFinding(int row);
    void showPicture();
    std::vector<FoundPicture> othersOf(const FoundPicture& picture) const;
    bool showsAll() const;  // not a finding's pictures but all of the set
    FoundPictureModel& pictures() const;
    FoundTiles& tiles() const;
    void showRow(int row);
    const FoundPicture* chosen() const;
    void decide(core::DecisionKind kind, const QString& className);
    void keepOnlyThis();
    void keepAll();
    void mainAction();
    void goOn(int from);
    void arrange();

    DoctorController m_doctor;
    DivisionController m_division;
    FindingListModel m_findings;
    ElidedLabel *m_title, *m_place;
    SegmentedBar* m_views;
    QPushButton *m_check, *m_use, *m_judge;
    MessageLine* m_message;
    WorkStrip* m_work;
    QLabel *m_left, *m_well, *m_judgeText;
    QStackedWidget *m_stack, *m_parts;
    EmptyState* m_empty;
    Overview* m_overview;
    FindingList* m_list;
    QWidget *m_judgeBox, *m_splitBox, *m_listHolder, *m_side, *m_sideRule;
    FindingView* m_finding;
    SplitSummary* m_summary;
    SplitView* m_split;
    PicturesView* m_all;
    PictureSide* m_picture;
};

}  // namespace thaw::ui
