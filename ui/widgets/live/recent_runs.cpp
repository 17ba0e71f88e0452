#include "ui/widgets/live/recent_runs.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPainterPath>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/models/path_text.h"
#include "ui/models/run_text.h"
#include "ui/models/task_text.h"
#include "ui/widgets/parts/elided_label.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

constexpr int kCurveWidth = 84, kCurveHeight = 30;  // design pixels

bool isWorthShowing(const core::RunSummary& run) {
    return run.problem.empty() && run.status != core::RunStatus::Running && (run.epochs > 0 || run.resumable);
}

}  // namespace

SparkLine::SparkLine(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAttribute(Qt::WA_TransparentForMouseEvents);
}

void SparkLine::setScores(std::vector<double> scores, int plannedEpochs) {
    m_scores = std::move(scores);
    m_planned = plannedEpochs;
    update();
}

QSize SparkLine::sizeHint() const { return {Theme::instance().px(kCurveWidth), Theme::instance().px(kCurveHeight)}; }

void SparkLine::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double margin = theme.px(4);
    const QRectF area = QRectF(rect()).adjusted(margin, margin, -margin, -margin);
    painter.setPen(QPen(theme.color(Tone::Line), 1));
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const double value : m_scores) {
        if (!std::isfinite(value)) continue;
        low = std::min(low, value);
        high = std::max(high, value);
    }
    if (low > high) return;
    const double span = std::max(high - low, 0.02);
    const double pitch = area.width() / std::max<double>(1, std::max<double>(m_planned, static_cast<double>(m_scores.size())));
    const auto at = [&](std::size_t i) {
        return QPointF(area.left() + pitch * static_cast<double>(i + 1),
                       area.bottom() - area.height() * (m_scores[i] - low) / span);
    };
    QPainterPath line;
    std::size_t last = m_scores.size();
    for (std::size_t i = 0; i < m_scores.size(); ++i) {
        if (!std::isfinite(m_scores[i])) continue;
        last == m_scores.size() ? line.moveTo(at(i)) : line.lineTo(at(i));
        last = i;
    }
    QPen pen(theme.color(Tone::Validation), 1.8 * theme.scale());
    pen.setJoinStyle(Qt::RoundJoin);
    painter.setPen(pen);
    painter.drawPath(line);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.color(Tone::Validation));
    painter.drawEllipse(at(last), 2.5 * theme.scale(), 2.5 * theme.scale());
}

RecentRuns::RecentRuns(QWidget* parent)
    : QWidget(parent), m_title(makeLabel(tr("Recent runs"), "panelTitle", this)), m_column(new QVBoxLayout(this)) {
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->addWidget(m_title);
    for (int i = 0; i < kMost; ++i) m_rows.push_back(makeRow(i));
    connect(&Theme::instance(), &Theme::changed, this, &RecentRuns::applyTheme);
    applyTheme();
    setRuns({}, false);
}

RecentRuns::Row RecentRuns::makeRow(int index) {
    Row row;
    row.frame = makePanel(this, /*card=*/true);
    row.curve = new SparkLine(row.frame);
    row.name = makeLabel({}, "strong", row.frame);
    auto* about = new ElidedLabel(row.frame);
    about->setProperty("type", "table");
    about->setElideMode(Qt::ElideRight);
    row.about = about;
    row.best = makeLabel({}, "strong", row.frame);
    row.button = new QPushButton(row.frame);
    row.button->setProperty("small", true);
    auto* layout = new QHBoxLayout(row.frame);
    layout->addWidget(row.curve);
    layout->addWidget(row.name);
    layout->addWidget(row.about, 1);
    layout->addWidget(row.best);
    layout->addWidget(row.button);
    m_column->addWidget(row.frame);
    connect(row.button, &QPushButton::clicked, this, [this, index] {
        const core::RunSummary& run = m_shown[static_cast<std::size_t>(index)];
        const QString directory = pathText(run.directory);
        run.resumable ? Q_EMIT continueRequested(directory) : Q_EMIT openRequested(directory);
    });
    return row;
}

void RecentRuns::applyTheme() {
    const Theme& theme = Theme::instance();
    m_column->setSpacing(theme.px(6));
    int widest = 0;
    for (const QString& words : {tr("Open"), tr("Continue")})
        widest = std::max(widest, QFontMetrics(theme.font(TextRole::BodyStrong)).horizontalAdvance(words));
    for (const Row& row : m_rows) {
        row.frame->layout()->setContentsMargins(theme.px(8), theme.px(4), theme.px(8), theme.px(4));
        row.frame->layout()->setSpacing(theme.px(10));
        row.curve->setFixedSize(row.curve->sizeHint());
        row.button->setFixedWidth(widest + theme.px(30));
    }
}

void RecentRuns::setRuns(const std::vector<core::RunSummary>& runs, bool enabled) {
    m_shown.clear();
    for (const core::RunSummary& run : runs)
        if (isWorthShowing(run) && static_cast<int>(m_shown.size()) < kMost) m_shown.push_back(run);
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        m_rows[i].frame->setVisible(i < m_shown.size());
        m_rows[i].button->setEnabled(enabled);
        if (i < m_shown.size()) fill(m_rows[i], m_shown[i]);
    }
}

void RecentRuns::fill(const Row& row, const core::RunSummary& run) {
    row.curve->setScores(run.scores, run.plannedEpochs);
    row.name->setText(runName(run));
    QStringList about;
    if (!run.dataset.empty()) about += QString::fromStdString(run.dataset);
    if (run.epochs < run.plannedEpochs) about += tr("epoch %1 of %2").arg(run.epochs).arg(run.plannedEpochs);
    if (const QString when = dayText(run.startedAt); !when.isEmpty()) about += when;
    row.about->setText(about.join(QStringLiteral(" · ")));
    row.about->setToolTip(row.about->text());
    row.best->setText(run.bestScore >= 0 ? scoreValueText(run.task, run.bestScore) : QStringLiteral("–"));
    row.best->setToolTip(tr("Best validation %1").arg(scoreInSentence(run.task)));
    row.button->setText(run.resumable ? tr("Continue") : tr("Open"));
    row.button->setToolTip(run.resumable ? tr("Go on with this run where it stopped")
                                         : tr("See its curves, pictures and layers again"));
    row.button->setAccessibleName(QStringLiteral("%1, %2").arg(row.button->text(), row.name->text()));
}

}  // namespace thaw::ui
