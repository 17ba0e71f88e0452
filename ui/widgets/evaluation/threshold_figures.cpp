#include "ui/widgets/evaluation/threshold_figures.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QVBoxLayout>

#include <cmath>

#include "ui/models/metric_text.h"
#include "ui/models/percent_text.h"
#include "ui/models/plain_text.h"
#include "ui/models/split_text.h"
#include "ui/widgets/evaluation/side_panel.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

constexpr int kMostMetrics = 4;  // of bootstrapMetrics()

QString countText(std::int64_t count) { return QLocale().toString(static_cast<qlonglong>(count)); }

}  // namespace

QString ratioText(double ratio) {
    if (std::isinf(ratio)) return QString(QChar(0x221E));
    return QLocale().toString(ratio, 'f', ratio < 10 ? 2 : 1);
}

QString shareIntervalText(const core::Interval& interval) {
    return ThresholdFigures::tr("%1 to %2").arg(percentNumber(interval.low), percentText(interval.high));
}

ThresholdFigures::ThresholdFigures(QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 6, 0);
    m_sentence = makeText("table", this);
    QLabel* title = makeText("panelTitle", this);
    title->setText(tr("At this threshold"));
    column->addWidget(title);
    column->addWidget(m_sentence);
    column->addWidget(makeCounts());
    column->addWidget(makeRule(Qt::Horizontal, this));
    const std::pair<QString, QString> figures[FigureCount] = {
        {tr("Sensitivity"), tr("Sensitivity, or recall: of the pictures of the class, the share that is called so.")},
        {tr("Specificity"), tr("Specificity: of the other pictures, the share that is not called so.")},
        {tr("Positive predictive value"),
         tr("Positive predictive value, or precision: of the pictures that are called so, the share that is of the class. It is "
            "lower where the class is rare.")},
        {tr("Negative predictive value"),
         tr("Negative predictive value: of the pictures that are not called so, the share that is not of the class. It is "
            "higher where the class is rare.")},
        {tr("Positive likelihood ratio"),
         tr("Positive likelihood ratio: how many times as often a picture of the class is called so as another picture "
            "(sensitivity divided by 1 − specificity). 1 says nothing, 10 and more says much.")},
        {tr("Negative likelihood ratio"),
         tr("Negative likelihood ratio: how many times as often a picture of the class is not called so as another picture "
            "(1 − sensitivity divided by specificity). 1 says nothing, 0.1 and less says much.")}};
    for (const auto& [name, explanation] : figures) {
        m_rows.push_back(makeRow(name, explanation));
        column->addWidget(m_rows.back().box);
    }
    column->addWidget(makeRule(Qt::Horizontal, this));
    m_allTitle = makeLabel(tr("Over all classes"), "panelTitle", this);
    m_allNote = makeText("caption", this);
    m_allTitle->setToolTip(
        tr("The intervals are those of the bootstrap: how far the figures change when as many pictures are drawn "
           "from these again and again."));
    column->addWidget(m_allTitle);
    column->addWidget(m_allNote);
    for (int i = 0; i < kMostMetrics; ++i) {
        m_allRows.push_back(makeRow({}, {}));
        column->addWidget(m_allRows.back().box);
    }
    column->addStretch(1);
}

QWidget* ThresholdFigures::makeCounts() {
    auto* box = new QWidget(this);
    box->setToolTip(tr("How many pictures are called so and how many are not, among those of the class and among the others"));
    auto* grid = new QGridLayout(box);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(4);
    grid->setColumnStretch(0, 1);
    const QString columns[] = {tr("called so"), tr("not so")}, rows[] = {tr("of the class"), tr("others")};
    const QString names[] = {tr("True positives"), tr("False negatives"), tr("False positives"), tr("True negatives")};
    for (int i = 0; i < 2; ++i) {
        grid->addWidget(makeLabel(columns[i], "caption", box), 0, i + 1, Qt::AlignRight);
        grid->addWidget(makeLabel(rows[i], "table", box), i + 1, 0);
    }
    for (int i = 0; i < 4; ++i) {
        m_counts[i] = makeLabel({}, "tableStrong", box);
        m_counts[i]->setToolTip(names[i]);
        grid->addWidget(m_counts[i], i / 2 + 1, i % 2 + 1, Qt::AlignRight);
    }
    return box;
}

ThresholdFigures::Row ThresholdFigures::makeRow(const QString& name, const QString& explanation) {
    Row row{new QWidget(this), nullptr, nullptr, nullptr};
    row.name = makeText("table", row.box);
    row.name->setText(name);
    row.value = makeLabel({}, "tableStrong", row.box);
    row.interval = makeLabel({}, "caption", row.box);
    row.box->setToolTip(explanation);
    row.box->setAccessibleDescription(explanation);
    auto* values = new QVBoxLayout;
    values->setSpacing(0);
    values->addWidget(row.value, 0, Qt::AlignRight);
    values->addWidget(row.interval, 0, Qt::AlignRight);
    auto* line = new QHBoxLayout(row.box);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    line->addWidget(row.name, 1);
    line->addLayout(values);
    return row;
}

void ThresholdFigures::show(const Row& row, const QString& value, const QString& interval) {
    row.value->setText(value);
    row.interval->setText(interval);
    row.box->setAccessibleName(tr("%1: %2, 95 % interval %3").arg(row.name->text(), value, interval));
}

void ThresholdFigures::setReport(const core::ThresholdReport& report, const QString& className) {
    const core::ThresholdCounts& counts = report.counts;
    const std::int64_t with = counts.truePositives + counts.falseNegatives,
                       without = counts.falsePositives + counts.trueNegatives;
    m_sentence->setText(tr("%1 of the %2 of %3 are called so, and %4 of the %5 others.")
                            .arg(countText(counts.truePositives), picturesText(with), className, countText(counts.falsePositives),
                                 countText(without)));
    const std::int64_t cells[] = {counts.truePositives, counts.falseNegatives, counts.falsePositives, counts.trueNegatives};
    for (int i = 0; i < 4; ++i) {
        m_counts[i]->setText(countText(cells[i]));
        m_counts[i]->setAccessibleName(m_counts[i]->toolTip() + QLatin1Char(' ') + m_counts[i]->text());
    }
    const core::Estimate* shares[] = {&report.sensitivity, &report.specificity, &report.positivePredictive,
                                      &report.negativePredictive};
    const std::int64_t of[] = {with, without, counts.truePositives + counts.falsePositives,
                               counts.trueNegatives + counts.falseNegatives};
    for (int i = Sensitivity; i <= NegativeValue; ++i) {
        const core::Estimate& share = *shares[i];
        if (of[i] > 0)
            show(m_rows[static_cast<std::size_t>(i)], percentText(share.value), shareIntervalText(share.interval));
        else
            show(m_rows[static_cast<std::size_t>(i)], QString(QChar(0x2013)), tr("no such picture"));
    }
    const auto ratio = [this](FigureIndex index, const core::Estimate& estimate) {
        const bool known = std::isfinite(estimate.interval.high);
        show(m_rows[index], ratioText(estimate.value),
             known ? tr("%1 to %2").arg(ratioText(estimate.interval.low), ratioText(estimate.interval.high)) : tr("no interval"));
    };
    ratio(PositiveRatio, report.positiveRatio);
    ratio(NegativeRatio, report.negativeRatio);
}

void ThresholdFigures::setMetrics(core::TaskKind task, const std::vector<core::BootstrapMetric>& metrics) {
    m_allNote->setText(metrics.empty() ? tr("The intervals are being computed.")
                                       : tr("Below each figure: its 95\u2009% interval"));
    for (std::size_t i = 0; i < m_allRows.size(); ++i) {
        const bool known = i < metrics.size() && metrics[i].estimate.value >= 0;
        m_allRows[i].box->setVisible(known);
        if (!known) continue;
        const MetricWords words = metricWords(task, metrics[i]);
        m_allRows[i].name->setText(words.title);
        m_allRows[i].box->setToolTip(toolTipText(words.help));
        m_allRows[i].box->setAccessibleDescription(words.help);
        show(m_allRows[i], words.value, words.interval);
    }
}

void ThresholdFigures::failMetrics(const QString& problem) {
    m_allNote->setText(tr("The intervals are missing: %1").arg(problem));
}

void ThresholdFigures::setRoomy(bool roomy) { layout()->setSpacing(Theme::instance().px(roomy ? 5 : 3)); }

}  // namespace thaw::ui
