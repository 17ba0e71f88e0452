#include "ui/widgets/doctor/finding_view.h"

#include <QHBoxLayout>
#include <QLocale>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <set>

#include "ui/bridge/doctor_controller.h"
#include "ui/models/path_text.h"
#include "ui/widgets/doctor/class_bars.h"
#include "ui/widgets/doctor/found_tiles.h"
#include "ui/widgets/parts/page_scroll.h"
#include "ui/widgets/parts/segmented_bar.h"
#include "ui/widgets/parts/setting_row.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

constexpr double kSure = 0.9;  // from here on the network's class is proposed for many
constexpr int kNamed = 3, kClassWidth = 180;

enum Page { TilesPage, TextPage };

QString fileName(const std::string& file) { return pathText(std::filesystem::path(file).filename()); }

}  // namespace

FindingView::FindingView(DoctorController& doctor, QWidget* parent)
    : QWidget(parent), m_doctor(doctor), m_pictures([&doctor](const std::string& file) { return doctor.tile(file); }) {
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(8);
    auto* head = new QHBoxLayout;
    m_title = makeLabel({}, "panelTitle", this);
    m_count = makeLabel({}, "table", this);
    head->addWidget(m_title, 1);
    head->addWidget(m_count);
    rows->addLayout(head);
    m_explanation = makeLabel({}, "table", this);
    m_explanation->setWordWrap(true);
    rows->addWidget(m_explanation);
    rows->addWidget(makeFilters());
    m_stack = new QStackedWidget(this);
    m_tiles = new FoundTiles(m_pictures, this);
    m_stack->addWidget(m_tiles);
    auto* scroll = new QScrollArea(this);
    scrollDownOnly(*scroll);
    auto* text = new QWidget;
    auto* inner = new QVBoxLayout(text);
    inner->setContentsMargins(0, 4, 8, 0);
    m_lines = makeLabel({}, "body", text);
    m_lines->setTextFormat(Qt::PlainText);
    m_lines->setWordWrap(true);
    m_lines->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_bars = new ClassBars(text);
    inner->addWidget(m_lines);
    inner->addWidget(m_bars);
    inner->addStretch(1);
    scroll->setWidget(text);
    m_stack->addWidget(scroll);
    rows->addWidget(m_stack, 1);
    rows->addWidget(makeFoot());
    connect(m_tiles, &FoundTiles::currentRowChanged, this, &FindingView::pictureChosen);
    connect(&doctor, &DoctorController::imagesArrived, &m_pictures, &FoundPictureModel::imagesArrived);
    connect(&doctor, &DoctorController::decisionsChanged, this, [this] {
        const int row = m_tiles->currentRow();
        const std::string file = row >= 0 && row < m_pictures.rowCount() ? m_pictures.picture(row).file : std::string();
        m_pictures.setDecisions(m_doctor.decided());
        if (const int same = m_pictures.rowOf(file); same >= 0 && same != m_tiles->currentRow()) showRow(same);
        refreshCounts();
    });
    setFinding(nullptr);
}

QWidget* FindingView::makeFilters() {
    m_filters = new QWidget(this);
    auto* row = new QHBoxLayout(m_filters);
    row->setContentsMargins(0, 0, 0, 0);
    m_show = new SegmentedBar(m_filters);
    for (const FoundPictureModel::Show show :
         {FoundPictureModel::Show::Open, FoundPictureModel::Show::Decided, FoundPictureModel::Show::All})
        m_show->addSegment(static_cast<int>(show), QString());
    m_show->setCurrent(static_cast<int>(FoundPictureModel::Show::All));
    m_class = new SettingCombo(m_filters);
    m_class->setAccessibleName(tr("Class"));
    row->addWidget(m_show);
    row->addWidget(m_class);
    row->addStretch(1);
    connect(m_show, &SegmentedBar::currentChanged, this, [this](int show) {
        m_pictures.setShow(static_cast<FoundPictureModel::Show>(show));
        showRow(0);
    });
    connect(m_class, &QComboBox::activated, this, [this] {
        m_pictures.setClass(m_class->currentData().toInt());
        showRow(0);
    });
    return m_filters;
}

QWidget* FindingView::makeFoot() {
    auto* holder = new QWidget(this);
    auto* rows = new QVBoxLayout(holder);
    rows->setContentsMargins(0, 0, 0, 0);
    m_footRow = new QWidget(holder);
    auto* row = new QHBoxLayout(m_footRow);
    row->setContentsMargins(0, 0, 0, 0);
    m_foot = makeLabel({}, "caption", m_footRow);
    m_many = new QPushButton(m_footRow);
    m_balance = new QPushButton(tr("Balanced weights"), m_footRow);
    m_balance->setToolTip(tr("Opens the settings: Balanced weights"));
    row->addWidget(m_foot, 1);
    row->addWidget(m_many);
    row->addWidget(m_balance);
    rows->addWidget(m_footRow);
    m_asking = new QWidget(holder);
    auto* ask = new QHBoxLayout(m_asking);
    ask->setContentsMargins(0, 0, 0, 0);
    m_question = makeLabel({}, "strong", m_asking);
    m_question->setTextFormat(Qt::PlainText);
    m_question->setWordWrap(true);
    m_doMany = new QPushButton(m_asking);
    auto* cancel = new QPushButton(tr("Cancel"), m_asking);
    ask->addWidget(m_question, 1);
    ask->addWidget(m_doMany);
    ask->addWidget(cancel);
    rows->addWidget(m_asking);
    m_asking->hide();
    connect(m_many, &QPushButton::clicked, this, &FindingView::proposeMany);
    connect(m_doMany, &QPushButton::clicked, this, &FindingView::decideMany);
    connect(cancel, &QPushButton::clicked, this, &FindingView::refreshCounts);
    connect(m_balance, &QPushButton::clicked, this, &FindingView::balanceRequested);
    return holder;
}

void FindingView::setFinding(const Finding* finding) {
    m_pictures.setDecisions(m_doctor.decided());
    m_pictures.setFinding(finding ? *finding : Finding(), m_doctor.classNames());
    refresh();
    showRow(0);
}

void FindingView::showRow(int row) {
    if (row >= m_pictures.rowCount()) row = m_pictures.rowCount() - 1;
    m_tiles->setCurrentIndex(row < 0 ? QModelIndex() : m_pictures.index(row));
    if (row >= 0) m_tiles->scrollTo(m_pictures.index(row));
    Q_EMIT pictureChosen();
}

void FindingView::refresh() {
    const Finding& finding = m_pictures.finding();
    const bool pictures = !finding.pictures.empty(), imbalance = finding.kind == FindingKind::Imbalance;
    m_title->setText(finding.title);
    m_explanation->setText(finding.explanation);
    m_explanation->setVisible(!finding.explanation.isEmpty());
    m_filters->setVisible(pictures);
    m_stack->setCurrentIndex(pictures ? TilesPage : TextPage);
    m_lines->setText(finding.lines.join(QLatin1Char('\n')));
    m_lines->setVisible(!finding.lines.isEmpty());
    m_bars->setVisible(imbalance && m_doctor.isChecked());
    if (imbalance && m_doctor.isChecked()) m_bars->setClasses(m_doctor.checkup().classes);
    m_balance->setVisible(imbalance);
    std::set<int> labels;
    for (const FoundPicture& picture : finding.pictures) labels.insert(picture.label);
    const QSignalBlocker quiet(m_class);
    m_class->clear();
    m_class->addItem(tr("Any class"), -1);
    for (const int label : labels)
        if (label >= 0) m_class->addItem(m_pictures.className(label), label);
    m_class->setVisible(labels.size() > 1);
    m_class->setMinimumWidth(qMin(m_class->widthForAll(), Theme::instance().px(kClassWidth)));
    refreshCounts();
}

void FindingView::refreshCounts() {
    const Finding& finding = m_pictures.finding();
    const auto number = [](qsizetype count) { return QLocale().toString(static_cast<qlonglong>(count)); };
    const int open = FoundPictureModel::openIn(finding, m_doctor.decided());
    const int all = finding.isGrouped() ? finding.groups : static_cast<int>(finding.pictures.size());
    m_count->setText(all == 0 ? QString() : tr("%1 of %2 open").arg(number(open), number(all)));
    using Show = FoundPictureModel::Show;
    m_show->setSegmentText(static_cast<int>(Show::Open), tr("Open %1").arg(number(m_pictures.countOf(Show::Open))));
    m_show->setSegmentText(static_cast<int>(Show::Decided), tr("Decided %1").arg(number(m_pictures.countOf(Show::Decided))));
    m_show->setSegmentText(static_cast<int>(Show::All), tr("All %1").arg(number(m_pictures.countOf(Show::All))));
    const std::size_t many = decisionsForMany().size();
    m_many->setVisible(many > 1);
    m_many->setEnabled(m_doctor.canDecide());
    m_many->setText(finding.isGrouped() ? tr("Leave %1 copies out ...").arg(number(static_cast<qsizetype>(many)))
                                        : tr("Move %1 above 90 % ...").arg(number(static_cast<qsizetype>(many))));
    m_foot->setText(finding.kind == FindingKind::Suspects ? tr("bold: what the network says, how sure")
                    : finding.isGrouped()                 ? tr("on one ground: pictures that show the same")
                                                          : QString());
    m_footRow->setVisible(!m_foot->text().isEmpty() || !m_many->isHidden() || !m_balance->isHidden());
    m_asking->hide();
}

/// Of suspects those that the network is sure of; of groups all but the first open picture.
std::vector<core::Decision> FindingView::decisionsForMany() const {
    const Finding& finding = m_pictures.finding();
    std::vector<core::Decision> decisions;
    const std::string reason = finding.title.toStdString();
    if (finding.kind == FindingKind::Suspects) {
        for (const FoundPicture& one :
             m_pictures.openWhere([](const FoundPicture& picture) { return picture.suggested >= 0 && picture.figure >= kSure; }))
            decisions.push_back({one.file, core::DecisionKind::Move,
                                 m_doctor.checkup().classes[static_cast<std::size_t>(one.suggested)].name, reason, 0});
    } else if (finding.isGrouped() && finding.kind != FindingKind::TwoClasses) {
        std::set<int> kept;
        for (const FoundPicture& one : m_pictures.openWhere([](const FoundPicture&) { return true; }))
            if (!kept.insert(one.group).second) decisions.push_back({one.file, core::DecisionKind::LeaveOut, {}, reason, 0});
    }
    return decisions;
}

void FindingView::proposeMany() {
    const std::vector<core::Decision> decisions = decisionsForMany();
    if (decisions.empty()) return;
    QStringList names;
    for (const core::Decision& one : decisions) {
        if (names.size() == kNamed) break;
        names << (one.kind == core::DecisionKind::Move ? tr("%1 to %2").arg(fileName(one.file), nameText(one.className))
                                                       : fileName(one.file));
    }
    const auto more = static_cast<qlonglong>(decisions.size()) - names.size();
    QString list = names.join(QStringLiteral(", "));
    if (more > 0) list += tr(" and %1 more").arg(QLocale().toString(more));
    const bool moves = decisions.front().kind == core::DecisionKind::Move;
    m_question->setText(moves ? tr("Move %1?").arg(list) : tr("Leave out %1? The first of each group stays.").arg(list));
    const QString count = QLocale().toString(static_cast<qlonglong>(decisions.size()));
    m_doMany->setText(moves ? tr("Move %1").arg(count) : tr("Leave %1 out").arg(count));
    m_footRow->hide();
    m_asking->show();
    m_doMany->setFocus(Qt::OtherFocusReason);
}

void FindingView::decideMany() {
    const std::vector<core::Decision> decisions = decisionsForMany();
    const QString count = QLocale().toString(static_cast<qlonglong>(decisions.size()));
    m_doctor.decide(decisions,
                    m_pictures.finding().isGrouped() ? tr("Leave %1 copies out").arg(count) : tr("Move %1 pictures").arg(count));
    m_tiles->setFocus(Qt::OtherFocusReason);
}

}  // namespace thaw::ui
