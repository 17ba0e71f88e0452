#include "ui/widgets/evaluation/compare_page.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/bridge/session.h"
#include "ui/models/checkpoint_text.h"
#include "ui/models/percent_text.h"
#include "ui/models/prediction_list_model.h"
#include "ui/models/problem_text.h"
#include "ui/models/split_text.h"
#include "ui/widgets/evaluation/color_legend.h"
#include "ui/widgets/evaluation/matrix_table.h"
#include "ui/widgets/evaluation/side_panel.h"
#include "ui/widgets/parts/empty_state.h"
#include "ui/widgets/parts/page_scroll.h"
#include "ui/widgets/parts/segmented_bar.h"
#include "ui/widgets/parts/setting_row.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/parts/work_strip.h"
#include "ui/widgets/pictures/picture_grid.h"
#include "ui/widgets/pictures/picture_row.h"

namespace thaw::ui {
namespace {

constexpr int kGap = 10;
constexpr int kRow = 186, kLeastMatrix = 350, kBesideWidth = 262, kLeastBeside = 1000;  // design pixels
constexpr double kSignificant = 0.05, kSmallestShown = 0.001;
constexpr std::size_t kExactBelow = 25;  // changes; as core::compareModels

const QString kTopic = QStringLiteral("comparison");
const std::string kStart = "start";

QString number(std::size_t value) { return QLocale().toString(static_cast<qulonglong>(value)); }

}  // namespace

ComparePage::ComparePage(Session& session, QWidget* parent) : QWidget(parent), m_session(session) {
    auto* content = new QWidget;
    m_panel = makeMatrix();
    m_side = makeSide();
    m_gained = new PictureRow(content);
    m_gained->setEmptyText(tr("No picture is right now that was wrong before."));
    m_lost = new PictureRow(content);
    m_lost->setEmptyText(tr("No picture is wrong now that was right before."));
    m_places = new QGridLayout(content);
    m_places->setContentsMargins(0, 0, 0, 0);
    m_places->setSpacing(kGap);
    place(m_beside);

    QFrame* emptyPanel = makePanel();
    m_empty = new EmptyState(emptyPanel);
    auto* empty = new QVBoxLayout(emptyPanel);
    empty->addWidget(m_empty);
    m_content = content;
    auto* scroll = new QScrollArea(this);
    scrollDownOnly(*scroll);
    scroll->setWidget(content);
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(scroll);
    m_stack->addWidget(emptyPanel);
    auto* left = new QVBoxLayout;
    left->setSpacing(kGap);
    left->addWidget(m_stack, 1);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(kGap);
    row->addLayout(left, 1);
    row->addWidget(m_side);

    connect(m_run, &SettingCombo::activated, this, [this] {
        m_kept = {};
        m_chosen = false;
        listCheckpoints();
        askAnew();
    });
    connect(m_checkpoint, &SettingCombo::activated, this, [this] {
        m_chosen = true;
        askAnew();
    });
    connect(m_work, &WorkStrip::cancelRequested, this, [this] {
        m_session.inspection().cancel(this, kTopic);
        fail(tr("Not compared: it was cancelled."));
    });
    connect(m_empty, &EmptyState::actionRequested, this, &ComparePage::ask);
    for (PictureRow* one : {m_gained, m_lost}) connect(one, &PictureRow::pictureRequested, this, &ComparePage::pictureRequested);
    connect(&m_session.inspection(), &InspectionController::checkpointsChanged, this, &ComparePage::listOthers);
    connect(&m_session.inspection(), &InspectionController::checkpointChanged, this, [this] {
        if (m_state != State::Waiting) return;
        m_state = State::Nothing;  // the question has been taken back
        m_work->stop();
    });
    connect(&m_session, &Session::shownRunChanged, this, &ComparePage::listOthers);
    connect(&Theme::instance(), &Theme::changed, this, &ComparePage::arrange);
    arrange();
}

QFrame* ComparePage::makeMatrix() {
    QFrame* panel = makePanel(this);
    m_title = makeLabel(tr("More and fewer pictures"), "panelTitle", panel);
    m_legend = new ColorLegend(m_matrix, panel);
    m_show = new SegmentedBar(panel);
    m_show->setAccessibleName(tr("What the cells show"));
    m_show->addSegment(static_cast<int>(ConfusionShow::Counts), tr("Pictures"));
    m_show->addSegment(static_cast<int>(ConfusionShow::OfTrue), tr("% of true"));
    m_show->setSegmentToolTip(static_cast<int>(ConfusionShow::OfTrue), tr("Change in per cent of the pictures of a class"));
    m_table = new MatrixTable(panel);
    m_table->setAccessibleName(tr("Differences of two confusion matrices"));
    m_table->setConfusionModel(&m_matrix);
    m_table->setSelectable(false);
    auto* head = new QHBoxLayout;
    head->setSpacing(kGap);
    head->addWidget(m_title);
    head->addStretch(1);
    head->addWidget(m_legend);
    head->addWidget(m_show);
    auto* column = new QVBoxLayout(panel);
    column->addLayout(head);
    column->addWidget(m_table, 1);
    connect(m_show, &SegmentedBar::currentChanged, this,
            [this](int show) { m_matrix.setShow(static_cast<ConfusionShow>(show)); });
    return panel;
}

QFrame* ComparePage::makeSide() {
    QFrame* side = makePanel(this);
    auto* content = new QWidget;
    m_run = new SettingCombo(content);
    m_run->setAccessibleName(tr("Run to compare with"));
    m_checkpoint = new SettingCombo(content);
    m_checkpoint->setAccessibleName(tr("Checkpoint to compare with"));
    QLabel* from = makeLabel(tr("from"), "table", content);
    from->setBuddy(m_run);
    m_with = makeText("tableStrong", content);
    auto* models = new QGridLayout;
    models->setHorizontalSpacing(8);
    models->setVerticalSpacing(6);
    models->setColumnStretch(1, 1);
    models->addWidget(from, 0, 0);
    models->addWidget(m_run, 0, 1);
    models->addWidget(m_checkpoint, 1, 1);
    models->addWidget(makeLabel(tr("to"), "table", content), 2, 0);
    models->addWidget(m_with, 2, 1);
    m_work = new WorkStrip(content, true);

    m_verdict = new QWidget(content);
    m_change = makeLabel({}, "priceFigure", m_verdict);
    m_accuracies = makeText("table", m_verdict);
    m_gain = makeText("tableStrong", m_verdict);
    m_loss = makeText("tableStrong", m_verdict);
    m_chance = makeText("strong", m_verdict);
    m_chanceText = makeText("table", m_verdict);
    auto* verdict = new QVBoxLayout(m_verdict);
    verdict->setContentsMargins(0, 0, 0, 0);
    verdict->setSpacing(8);
    verdict->addWidget(makeRule(Qt::Horizontal, m_verdict));
    verdict->addWidget(makeLabel(tr("Accuracy"), "panelTitle", m_verdict));
    verdict->addWidget(m_change);
    verdict->addWidget(m_accuracies);
    verdict->addWidget(m_gain);
    verdict->addWidget(m_loss);
    verdict->addWidget(makeRule(Qt::Horizontal, m_verdict));
    verdict->addWidget(makeLabel(tr("More than chance?"), "panelTitle", m_verdict));
    verdict->addWidget(m_chance);
    verdict->addWidget(m_chanceText);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 6, 0);
    column->setSpacing(10);
    QLabel* title = makeText("panelTitle", content);
    title->setText(tr("What changed"));
    column->addWidget(title);
    column->addLayout(models);
    column->addWidget(m_work);
    column->addWidget(m_verdict);
    column->addStretch(1);
    scrollInPanel(side, content);
    return side;
}

void ComparePage::setEvaluated(const Evaluated& evaluated) {
    const bool newPictures = evaluated.pictures != m_shown.pictures;
    const bool chosen = evaluated.checkpoint.name != m_shown.checkpoint.name && !m_session.inspection().followsNewest();
    m_shown = evaluated;
    m_session.inspection().cancel(this, kTopic);
    if (newPictures) {
        m_chosen = false;
        m_runs.clear();
        m_kept = {};
        forget();
        for (PictureRow* row : {m_gained, m_lost}) row->pictures().setPictures(evaluated.pictures, evaluated.classNames);
    }
    m_state = State::Nothing;
    m_work->stop();
    if (chosen) forget();
    m_with->setText(checkpointLabel(evaluated.checkpoint));
    listOthers();
    showContent();
}

void ComparePage::resume() {
    if (isVisible() && m_state == State::Nothing && m_shown.predictions) ask();
}

std::vector<ComparePage::Run> ComparePage::runs() const {
    const InspectionSubject* subject = m_session.inspection().subject();
    if (!subject) return {};
    std::vector<Run> all{{{}, tr("This run")}};
    for (const core::RunSummary& run : m_session.runs()) {
        if (run.runId == subject->run.runId || run.bestScore < 0 || !run.problem.empty()) continue;
        if (run.dataset != subject->run.dataset.title && run.dataset != subject->run.dataset.id) continue;
        const QString title = QString::fromStdString(run.title), place = QLocale().toString(run.number);
        all.push_back({run.directory, title.isEmpty() ? tr("Run %1").arg(place) : tr("Run %1, %2").arg(place, title)});
    }
    return all;
}

const ComparePage::Run* ComparePage::run() const {
    const int index = m_run->currentIndex();
    return index >= 0 && index < static_cast<int>(m_runs.size()) ? &m_runs[static_cast<std::size_t>(index)] : nullptr;
}

ComparePage::Kept ComparePage::kept() const {
    const InspectionSubject* subject = m_session.inspection().subject();
    if (!subject || !run()) return {};
    if (run()->directory.empty()) return {{}, subject->run.config.phases, subject->checkpoints};
    return m_kept.directory == run()->directory ? m_kept : Kept();
}

std::string ComparePage::preferred(const Kept& kept) const {
    if (!kept.directory.empty()) {
        const auto best =
            std::find_if(kept.checkpoints.begin(), kept.checkpoints.end(), [](const auto& one) { return one.best; });
        return best != kept.checkpoints.end() ? best->name : kStart;
    }
    // What fine-tuning changed: the end of the phase before the checkpoint that is shown; else what training changed.
    for (auto one = kept.checkpoints.rbegin(); one != kept.checkpoints.rend(); ++one)
        if (one->endsPhase && one->step < m_shown.checkpoint.step) return one->name;
    return kStart;
}

std::optional<ComparePage::Other> ComparePage::other() const {
    const int index = m_checkpoint->currentIndex();
    if (!run() || index < 0 || index >= static_cast<int>(m_checkpoints.size())) return std::nullopt;
    const Checkpoint& one = m_checkpoints[static_cast<std::size_t>(index)];
    return Other{run()->directory, one.id, run()->directory.empty() ? one.name : tr("%1, %2").arg(run()->name, one.name)};
}

void ComparePage::listOthers() {
    if (!m_shown.predictions) return;
    const std::filesystem::path before = run() ? run()->directory : std::filesystem::path();
    m_runs = runs();
    const QSignalBlocker blocker(m_run);
    m_run->clear();
    for (const Run& one : m_runs) m_run->addItem(one.name);
    const auto same = std::find_if(m_runs.begin(), m_runs.end(), [&](const Run& one) { return one.directory == before; });
    if (same == m_runs.end()) m_chosen = false;
    if (!m_runs.empty()) m_run->setCurrentIndex(same != m_runs.end() ? static_cast<int>(same - m_runs.begin()) : 0);
    listCheckpoints();
    if (m_state == State::Nothing || other() == m_asked) return;
    // What was compared with is there no longer.
    m_session.inspection().cancel(this, kTopic);
    m_work->stop();
    m_state = State::Nothing;
    forget();
    resume();
}

void ComparePage::forget() {
    m_hasContent = false;
    m_matrix.setReport(nullptr, {});
    showContent();
}

void ComparePage::askAnew() {
    if (m_state == State::Known && other() == m_asked) return;
    forget();
    ask();
}

void ComparePage::listCheckpoints() {
    const int index = m_checkpoint->currentIndex();
    const std::string before =
        index >= 0 && index < static_cast<int>(m_checkpoints.size()) ? m_checkpoints[static_cast<std::size_t>(index)].id : "";
    const Kept kept = this->kept();
    const auto phaseEnd = [&](int epoch) {
        int epochs = 0;
        for (const core::PhaseConfig& one : kept.phases) {
            epochs += one.epochs;
            if (epochs == epoch && !one.title.empty()) return tr("end of %1").arg(QString::fromStdString(one.title));
        }
        return tr("end of a phase");
    };
    m_checkpoints.clear();
    if (!kept.checkpoints.empty()) m_checkpoints.push_back({kStart, tr("before training"), tr("before training")});
    for (const core::KeptCheckpoint& one : kept.checkpoints) {
        if (kept.directory.empty() && one.name == m_shown.checkpoint.name) continue;
        QStringList words{checkpointLabel(one)};
        if (one.endsPhase) words += phaseEnd(one.epoch);
        if (one.best) words += tr("best");
        m_checkpoints.push_back({one.name, words.first(), words.join(QStringLiteral(", "))});
    }
    const QSignalBlocker blocker(m_checkpoint);
    m_checkpoint->clear();
    for (const Checkpoint& one : m_checkpoints) m_checkpoint->addItem(one.entry);
    m_checkpoint->setEnabled(!m_checkpoints.empty());
    const auto placeOf = [this](const std::string& id) {
        const auto found =
            std::find_if(m_checkpoints.begin(), m_checkpoints.end(), [&](const auto& one) { return one.id == id; });
        return found == m_checkpoints.end() ? -1 : static_cast<int>(found - m_checkpoints.begin());
    };
    const int same = m_chosen ? placeOf(before) : -1;
    m_checkpoint->setCurrentIndex(same >= 0 ? same : placeOf(preferred(kept)));
}

void ComparePage::ask() {
    if (!m_session.inspection().checkpoint() || !run()) return;
    m_state = State::Waiting;
    m_work->start(tr("The network looks at the pictures"));
    m_asked = other();
    if (m_asked)
        askPredictions();
    else
        askKept();
    showContent();
}

void ComparePage::askKept() {
    m_session.inspection().askOtherRun<Kept>(
        run()->directory, this, kTopic,
        [directory = run()->directory](core::Inspector& inspector, const std::string&, const core::CountCallback&) {
            return Kept{directory, inspector.run().config.phases, inspector.checkpoints()};
        },
        [this](const Kept& kept) {
            m_kept = kept;
            listCheckpoints();
            if (m_kept.checkpoints.empty())
                fail(tr("The run keeps no checkpoint any more."));
            else
                ask();
        },
        {}, failure());
}

void ComparePage::askPredictions() {
    const auto work = [now = m_shown.predictions, name = m_asked->checkpoint](core::Inspector& inspector, const std::string&,
                                                                              const core::CountCallback& progress) {
        Compared compared;
        compared.predictions = inspector.predictions(name, core::Split::Test, progress);
        compared.difference = core::compareModels(*compared.predictions, *now);
        compared.report = std::make_shared<const core::EvaluationReport>(core::evaluationReport(*compared.predictions));
        return compared;
    };
    const auto done = [this](const Compared& compared) { take(compared); };
    const auto progress = [this](std::int64_t count, std::int64_t total) { m_work->setProgress(count, total); };
    InspectionController& inspection = m_session.inspection();
    if (m_asked->directory.empty())
        inspection.ask<Compared>(this, kTopic, InspectionController::Lane::Long, work, done, progress, failure());
    else
        inspection.askOtherRun<Compared>(m_asked->directory, this, kTopic, work, done, progress, failure());
}

InspectionController::Failure ComparePage::failure() {
    return [this](const QString& what, const QString& hint) { fail(problemText(what, hint)); };
}

void ComparePage::take(const Compared& compared) {
    m_state = State::Known;
    m_hasContent = true;
    m_work->stop();
    m_matrix.setReport(m_shown.report, m_shown.classNames, compared.report);
    const core::ModelDifference& difference = compared.difference;
    const QLocale locale;
    const std::size_t gained = difference.gained.size(), lost = difference.lost.size();
    m_change->setText(tr("%1 points").arg(signedText(100 * (difference.accuracyB - difference.accuracyA), 1)));
    m_accuracies->setText(tr("%1: %2\n%3: %4")
                              .arg(m_asked->name, percentText(difference.accuracyA), checkpointLabel(m_shown.checkpoint),
                                   percentText(difference.accuracyB)));
    m_gain->setText(tr("Gained: %1").arg(picturesText(static_cast<std::int64_t>(gained))));
    m_gain->setToolTip(tr("Wrong before, right now: McNemar's c"));
    m_loss->setText(tr("Lost: %1").arg(picturesText(static_cast<std::int64_t>(lost))));
    m_loss->setToolTip(tr("Right before, wrong now: McNemar's b"));

    const QString p = difference.pValue < kSmallestShown ? tr("p < %1").arg(locale.toString(kSmallestShown, 'f', 3))
                                                         : tr("p = %1").arg(locale.toString(difference.pValue, 'f', 3));
    if (gained + lost == 0) {
        m_chance->setText(tr("Nothing changed side"));
        m_chanceText->setText(tr("Both models are right about the same pictures."));
    } else if (difference.pValue < kSignificant) {
        m_chance->setText(tr("Yes: %1").arg(p));
        m_chanceText->setText(tr("If both models were equally good, %1 to %2 would hardly come about by chance.")
                                  .arg(number(gained), number(lost)));
    } else {
        m_chance->setText(tr("Not shown: %1").arg(p));
        m_chanceText->setText(
            tr("Even if both models were equally good, chance alone would often give changes as uneven as %1 to %2.")
                .arg(number(gained), number(lost)));
    }
    const QString test = tr(
        "McNemar's test: only pictures that changed side count. Were both models equally good, as many would change one way as "
        "the other. p is how often chance alone would make the numbers at least as uneven as here; below 0.05 the difference is "
        "usually taken for real.");
    const QString method = gained + lost < kExactBelow ? tr("Computed exactly (binomial).")
                                                       : tr("Computed with chi-squared and continuity correction.");
    for (QLabel* label : {m_chance, m_chanceText}) label->setToolTip(test + QLatin1Char(' ') + method);

    const auto show = [&](PictureRow* row, const std::vector<std::int64_t>& ids, const QString& title, const QString& caption) {
        row->pictures().setPredictions(m_shown.predictions);
        row->pictures().setEarlier(compared.predictions);
        std::vector<int> sorted(ids.begin(), ids.end());
        const auto confidence = [this](int id) { return m_shown.predictions->row(id)[m_shown.predictions->predicted(id)]; };
        std::stable_sort(sorted.begin(), sorted.end(), [&](int a, int b) { return confidence(a) > confidence(b); });
        row->pictures().showOnly(std::move(sorted));
        row->setTitle(title.arg(picturesText(static_cast<std::int64_t>(ids.size()))), caption);
    };
    show(m_gained, difference.gained, tr("Gained: %1"), tr("wrong before, right now"));
    show(m_lost, difference.lost, tr("Lost: %1"), tr("right before, wrong now"));
    showContent();
}

void ComparePage::fail(const QString& problem) {
    m_state = State::Failed;
    m_work->stop();
    forget();
    m_empty->say(tr("Nothing is compared yet"), problem, tr("Try again"));
}

void ComparePage::showContent() {
    if (!m_hasContent && m_state != State::Failed)
        m_empty->say(tr("Two models, the same pictures"),
                     tr("The network looks at the pictures once more. Then you see what the two models see "
                        "differently."));
    m_stack->setCurrentIndex(m_hasContent ? 0 : 1);
    m_verdict->setVisible(m_hasContent);
    arrange();
}

void ComparePage::place(bool beside) {
    m_beside = beside;
    for (QWidget* widget : std::initializer_list<QWidget*>{m_panel, m_gained, m_lost}) m_places->removeWidget(widget);
    m_places->addWidget(m_panel, 0, 0, beside ? 2 : 1, beside ? 1 : 2);
    m_places->addWidget(m_gained, beside ? 0 : 1, beside ? 1 : 0);
    m_places->addWidget(m_lost, 1, 1);
    m_places->setColumnStretch(0, 1);
    m_places->setColumnStretch(1, beside ? 0 : 1);
    m_places->setRowStretch(0, 1);
    m_places->setRowStretch(1, beside ? 1 : 0);
}

void ComparePage::arrange() {
    const Theme& theme = Theme::instance();
    const bool low = height() < theme.px(kRow + kGap + kLeastMatrix), beside = low && width() >= theme.px(kLeastBeside);
    const int padding = theme.px(15);
    m_panel->layout()->setContentsMargins(padding, theme.px(low ? 6 : 9), padding, theme.px(low ? 4 : 8));
    m_panel->layout()->setSpacing(theme.px(low ? 2 : 4));
    if (beside != m_beside) place(beside);
    for (PictureRow* row : {m_gained, m_lost}) {
        row->setMinimumSize(beside ? theme.px(kBesideWidth) : 0, theme.px(kRow));
        row->setMaximumSize(beside ? theme.px(kBesideWidth) : QWIDGETSIZE_MAX, beside ? QWIDGETSIZE_MAX : theme.px(kRow));
    }
    m_content->setMinimumHeight(beside ? 2 * theme.px(kRow) + kGap : theme.px(kRow + kLeastMatrix) + kGap);
    for (QWidget* box : {m_verdict, m_verdict->parentWidget()}) box->layout()->setSpacing(theme.px(low ? 4 : 8));
    m_side->layout()->setContentsMargins(16, low ? 6 : 12, 8, low ? 6 : 12);
    const int side = qBound(theme.px(236), width() * 28 / 100, theme.px(360));
    m_side->setFixedWidth(side);
    m_show->ensurePolished();
    m_title->ensurePolished();
    const int pictures = beside ? theme.px(kBesideWidth) + kGap : 0;
    const int room = width() - side - kGap - pictures - 2 * padding - m_show->sizeHint().width() - 3 * kGap;
    m_legend->setBrief(room < m_title->sizeHint().width() + m_legend->widthOf(false));
    m_title->setVisible(room >= m_title->sizeHint().width() + m_legend->widthOf(true));
}

void ComparePage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

}  // namespace thaw::ui
