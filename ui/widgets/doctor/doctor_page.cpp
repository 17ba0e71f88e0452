#include "ui/widgets/doctor/doctor_page.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QLocale>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/models/path_text.h"
#include "ui/models/problem_text.h"
#include "ui/widgets/doctor/decision_box.h"
#include "ui/widgets/doctor/finding_list.h"
#include "ui/widgets/doctor/finding_view.h"
#include "ui/widgets/doctor/found_tiles.h"
#include "ui/widgets/doctor/overview.h"
#include "ui/widgets/doctor/picture_side.h"
#include "ui/widgets/doctor/pictures_view.h"
#include "ui/widgets/doctor/split_summary.h"
#include "ui/widgets/doctor/split_view.h"
#include "ui/widgets/parts/elided_label.h"
#include "ui/widgets/parts/empty_state.h"
#include "ui/widgets/parts/message_line.h"
#include "ui/widgets/parts/segmented_bar.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/parts/work_strip.h"

namespace thaw::ui {
namespace {

constexpr int kListWidth = 300, kNarrowListWidth = 250, kSideWidth = 272, kNarrow = 1240, kLow = 620;  // design pixels

}  // namespace

DoctorPage::DoctorPage(DoctorCalls calls, QWidget* parent) : QFrame(parent), m_doctor(std::move(calls)) {
    setProperty("panel", true);
    setFocusPolicy(Qt::StrongFocus);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(0);
    rows->addWidget(makeHead());
    rows->addWidget(makeRule(Qt::Horizontal, this, /*soft=*/true));
    m_message = new MessageLine(this);
    m_message->hide();
    rows->addWidget(m_message);
    m_parts = new QStackedWidget(this);
    m_empty = new EmptyState(this);
    m_overview = new Overview(this);
    m_split = new SplitView(m_doctor, m_division, this);
    m_all = new PicturesView(m_doctor, this);
    for (QWidget* part : {static_cast<QWidget*>(m_empty), static_cast<QWidget*>(m_overview), makeFindings(),
                          static_cast<QWidget*>(m_split), static_cast<QWidget*>(m_all)})
        m_parts->addWidget(part);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(0);
    columns->addWidget(m_parts, 1);
    m_sideRule = makeRule(Qt::Vertical, this, /*soft=*/true);
    columns->addWidget(m_sideRule);
    columns->addWidget(makeSide());
    rows->addLayout(columns, 1);
    listen();
    arrange();
    refresh();
}

QWidget* DoctorPage::makeHead() {
    auto* head = new QWidget(this);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(16, 10, 16, 10);
    row->setSpacing(10);
    auto* back = makeIconPushButton(QStringLiteral("chevron-left"), tr("Data sets"), head);
    back->setProperty("small", true);
    auto* names = new QVBoxLayout;
    names->setSpacing(0);
    m_title = new ElidedLabel(head);
    m_title->setProperty("type", "cardTitle");
    m_title->setElideMode(Qt::ElideRight);
    m_place = new ElidedLabel(head);
    m_place->setProperty("type", "caption");
    names->addWidget(m_title);
    names->addWidget(m_place);
    m_views = new SegmentedBar(head);
    m_views->addSegment(OverviewPart, tr("Overview"));
    m_views->addSegment(FindingsPart, tr("Findings"));
    m_views->addSegment(SplitPart, tr("Split"));
    m_views->addSegment(PicturesPart, tr("Pictures"));
    m_views->setCurrent(FindingsPart);
    m_work = new WorkStrip(head);
    m_left = makeLabel({}, "caption", head);
    m_check = makeIconPushButton(QStringLiteral("reset"), tr("Check again"), head);
    m_use = makeIconPushButton(QStringLiteral("tick"), tr("Use this set"), head);
    row->addWidget(back);
    row->addLayout(names, 1);
    for (QWidget* widget : {static_cast<QWidget*>(m_views), static_cast<QWidget*>(m_work), static_cast<QWidget*>(m_left),
                            static_cast<QWidget*>(m_check), static_cast<QWidget*>(m_use)})
        row->addWidget(widget);
    connect(back, &QPushButton::clicked, this, &DoctorPage::backRequested);
    connect(m_views, &SegmentedBar::currentChanged, this, &DoctorPage::refreshState);
    connect(m_check, &QPushButton::clicked, &m_doctor, &DoctorController::check);
    connect(m_use, &QPushButton::clicked, this, [this] { Q_EMIT useRequested(m_doctor.dataset()); });
    connect(m_work, &WorkStrip::cancelRequested, &m_doctor, &DoctorController::stop);
    return head;
}

QWidget* DoctorPage::makeList() {
    m_listHolder = new QWidget(this);
    auto* rows = new QVBoxLayout(m_listHolder);
    rows->setContentsMargins(12, 10, 12, 12);
    rows->setSpacing(8);
    m_list = new FindingList(m_findings, m_listHolder);
    rows->addWidget(m_list, 1);
    m_well = makeLabel({}, "caption", m_listHolder);
    m_well->setWordWrap(true);
    rows->addWidget(m_well);
    m_judgeBox = makePanel(m_listHolder, /*card=*/true);
    auto* judge = new QVBoxLayout(m_judgeBox);
    judge->addWidget(makeLabel(tr("Suspected wrong labels"), "strong", m_judgeBox));
    m_judgeText = makeLabel(tr("A small network looks at each training picture once, and a head is trained for the labels."),
                            "caption", m_judgeBox);
    m_judgeText->setWordWrap(true);
    judge->addWidget(m_judgeText);
    m_judge = makeIconPushButton(QStringLiteral("label"), tr("Look for wrong labels"), m_judgeBox);
    judge->addWidget(m_judge);
    rows->addWidget(m_judgeBox);
    rows->addWidget(makeSplitBox());
    connect(m_judge, &QPushButton::clicked, &m_doctor, &DoctorController::judge);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& current) { openFinding(current.row()); });
    return m_listHolder;
}

QWidget* DoctorPage::makeFindings() {
    auto* holder = new QWidget(this);
    auto* columns = new QHBoxLayout(holder);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(0);
    m_finding = new FindingView(m_doctor, holder);
    m_finding->layout()->setContentsMargins(16, 12, 16, 12);
    columns->addWidget(makeList());
    columns->addWidget(makeRule(Qt::Vertical, holder, /*soft=*/true));
    columns->addWidget(m_finding, 1);
    return holder;
}

QWidget* DoctorPage::makeSide() {
    m_side = new QWidget(this);
    auto* side = new QVBoxLayout(m_side);
    side->setContentsMargins(14, 12, 14, 12);
    side->setSpacing(10);
    m_picture = new PictureSide(m_doctor, m_side);
    side->addWidget(m_picture);
    side->addWidget(makeRule(Qt::Horizontal, m_side, /*soft=*/true));
    side->addWidget(new DecisionBox(m_doctor, m_side), 1);
    return m_side;
}

QWidget* DoctorPage::makeSplitBox() {
    m_splitBox = new QWidget(m_listHolder);
    auto* rows = new QVBoxLayout(m_splitBox);
    rows->setContentsMargins(4, 0, 4, 0);
    rows->setSpacing(6);
    rows->addWidget(makeRule(Qt::Horizontal, m_splitBox, /*soft=*/true));
    auto* head = new QHBoxLayout;
    head->addWidget(makeLabel(tr("Split by group"), "panelTitle", m_splitBox), 1);
    auto* change = new QPushButton(tr("Change"), m_splitBox);
    change->setProperty("small", true);
    head->addWidget(change);
    rows->addLayout(head);
    m_summary = new SplitSummary(m_division, m_splitBox);
    rows->addWidget(m_summary);
    connect(change, &QPushButton::clicked, this, [this] { showPart(SplitPart); });
    connect(m_summary, &SplitSummary::groupsRequested, this, [this] {
        showPart(SplitPart);
        m_split->showGroups();
    });
    return m_splitBox;
}

void DoctorPage::listen() {
    connect(&m_doctor, &DoctorController::opened, this, &DoctorPage::refresh);
    connect(&m_doctor, &DoctorController::workChanged, this, &DoctorPage::refreshState);
    connect(&m_doctor, &DoctorController::progressed, this, [this] {
        m_work->setProgress(m_doctor.done(), m_doctor.total());
        const QString left = formatRoughDuration(m_doctor.secondsLeft());
        m_left->setText(left.isEmpty() ? QString() : tr("%1 left").arg(left));
    });
    connect(&m_doctor, &DoctorController::findingsChanged, this, &DoctorPage::refreshFindings);
    connect(&m_doctor, &DoctorController::decisionsChanged, this, [this] {
        refreshOpen();
        showPicture();
    });
    connect(&m_doctor, &DoctorController::decisionsKept, this, &DoctorPage::labelsChanged);
    connect(&m_doctor, &DoctorController::decisionsKept, this, [this] { m_division.open(m_doctor.dataset().location); });
    connect(&m_division, &DivisionController::changed, this, [this] { m_splitBox->setVisible(m_division.isDivisible()); });
    connect(m_split, &SplitView::splitChosen, this, &DoctorPage::splitChosen);
    connect(m_all, &PicturesView::pictureChosen, this, &DoctorPage::showPicture);
    connect(&m_doctor, &DoctorController::exported, this,
            [this](const QString& file) { m_message->say(tr("Saved in %1.").arg(file)); });
    connect(&m_doctor, &DoctorController::said, this,
            [this](const QString& what, const QString& hint) { m_message->say(problemText(what, hint)); });
    connect(m_finding, &FindingView::pictureChosen, this, &DoctorPage::showPicture);
    connect(m_finding, &FindingView::balanceRequested, this, &DoctorPage::settingsRequested);
    connect(m_empty, &EmptyState::actionRequested, &m_doctor, &DoctorController::check);
    connect(m_picture, &PictureSide::stepRequested, this, [this](int by) { showRow(tiles().currentRow() + by); });
    connect(m_picture, &PictureSide::decided, this, &DoctorPage::decide);
    connect(m_picture, &PictureSide::onlyThisRequested, this, &DoctorPage::keepOnlyThis);
    connect(m_picture, &PictureSide::allKeptRequested, this, &DoctorPage::keepAll);
}

void DoctorPage::open(const core::DatasetInfo& dataset) {
    m_message->hide();
    m_doctor.open(dataset);
    refreshHead();
}

void DoctorPage::refresh() {
    refreshHead();
    refreshFindings();
    refreshState();
}

void DoctorPage::refreshHead() {
    m_title->setText(nameText(m_doctor.dataset().title));
    QString place = pathText(m_doctor.dataset().location);
    if (m_doctor.isChecked()) {
        const QString time = QLocale().toString(QDateTime::fromSecsSinceEpoch(static_cast<qint64>(m_doctor.checkedAt())).time(),
                                                QLocale::ShortFormat);
        place += tr(", checked %1 in %2").arg(time, formatDuration(m_doctor.checkSeconds()));
    }
    m_place->setText(place);
}

bool DoctorPage::showsAll() const { return m_views->current() == PicturesPart; }

void DoctorPage::showPart(Part part) {
    m_views->setCurrent(part);
    refreshState();
}

void DoctorPage::refreshState() {
    using Work = DoctorController::Work;
    const bool checking = m_doctor.work() == Work::Checking, judging = m_doctor.work() == Work::Judging;
    const bool checked = m_doctor.isChecked();
    if (m_doctor.work() == Work::None) {
        m_work->stop();
        m_left->clear();
    } else if (!m_work->isWorking()) {
        m_work->start(checking ? tr("Checking pictures") : tr("Judging labels"));
    }
    m_views->setVisible(checked);
    m_check->setVisible(checked && m_doctor.work() == Work::None);
    m_use->setVisible(checked && m_doctor.work() == Work::None);
    m_use->setEnabled(!m_doctor.isLocked());
    m_judgeBox->setVisible(checked && m_doctor.canJudge() && !m_doctor.isJudged() && !judging);
    m_judge->setEnabled(!checking);
    m_parts->setCurrentIndex(checked ? m_views->current() : static_cast<int>(EmptyPart));
    const bool aside = checked && (m_views->current() == FindingsPart || showsAll());
    m_side->setVisible(aside);
    m_sideRule->setVisible(aside);
    if (aside) showPicture();
    if (checking && !checked)
        m_empty->say(tr("Checking this set"), tr("Every picture is read once. What is found is shown when all are read."));
    else if (!checked && !m_doctor.problem().isEmpty())
        m_empty->say(tr("The check did not end"), m_doctor.problem(), tr("Try again"));
    else if (!checked)
        m_empty->say(tr("Not checked yet"),
                     tr("Thaw reads every picture once and looks for unreadable files, duplicates, pictures on both sides of the "
                        "split, small classes and more. Your files are not changed."),
                     tr("Check this set"));
    if (checked && !m_doctor.problem().isEmpty()) m_message->say(m_doctor.problem());
}

void DoctorPage::refreshFindings() {
    const int before = m_list->currentIndex().row();
    const std::vector<Finding>& old = m_findings.findings();
    const bool had = before >= 0 && before < static_cast<int>(old.size());
    const FindingKind kind = had ? old[static_cast<std::size_t>(before)].kind : FindingKind::Unreadable;
    m_findings.setFindings(m_doctor.findings());
    if (m_doctor.isChecked()) {
        m_overview->setCheckup(m_doctor.checkup());
        m_all->setCheckup();
        m_division.open(m_doctor.checkup().location);
    }
    m_well->setText(m_doctor.isChecked() ? wellText(m_doctor.findings()) : QString());
    m_well->setVisible(!m_well->text().isEmpty());
    refreshHead();
    refreshOpen();
    int row = 0;
    for (std::size_t i = 0; had && i < m_findings.findings().size(); ++i)
        if (m_findings.findings()[i].kind == kind) row = static_cast<int>(i);
    if (m_doctor.isJudged() && !had) row = 0;
    m_list->setCurrentIndex(m_findings.index(row));
    if (m_findings.rowCount() == 0) openFinding(-1);
}

void DoctorPage::refreshOpen() {
    std::vector<int> open;
    for (const Finding& one : m_findings.findings()) open.push_back(FoundPictureModel::openIn(one, m_doctor.decided()));
    m_findings.setOpen(open);
    const int findings = m_findings.rowCount();
    m_views->setSegmentText(FindingsPart, findings > 0 ? tr("Findings %1").arg(findings) : tr("Findings"));
}

void DoctorPage::openFinding(int row) {
    const bool any = row >= 0 && row < m_findings.rowCount();
    m_finding->setFinding(any ? &m_findings.findings()[static_cast<std::size_t>(row)] : nullptr);
    if (!any && m_doctor.isChecked()) {
        Finding nothing;
        nothing.title = tr("Nothing to mend");
        nothing.explanation = tr("Nothing was found that weakens what a network learns from these pictures.");
        m_finding->setFinding(&nothing);
    }
}

void DoctorPage::arrange() {
    const Theme& theme = Theme::instance();
    const bool narrow = width() < theme.px(kNarrow);
    m_listHolder->setFixedWidth(theme.px(narrow ? kNarrowListWidth : kListWidth));
    m_side->setFixedWidth(theme.px(kSideWidth));
    m_picture->setLow(height() < theme.px(kLow));
    m_summary->setLow(height() < theme.px(kLow));
}

void DoctorPage::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    arrange();
}

void DoctorPage::showEvent(QShowEvent* event) {
    QFrame::showEvent(event);
    arrange();
    if (!event->spontaneous()) setFocus(Qt::OtherFocusReason);
}

}  // namespace thaw::ui
