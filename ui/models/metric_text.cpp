#include "ui/models/metric_text.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>

#include "core/api/task.h"
#include "ui/models/percent_text.h"

namespace thaw::ui {
namespace {

const core::MetricInfo& infoOf(core::TaskKind kind, const std::string& name) {
    const core::TaskInfo& task = core::taskInfo(kind);
    const auto found =
        std::find_if(task.others.begin(), task.others.end(), [&](const core::MetricInfo& info) { return info.name == name; });
    return found == task.others.end() ? task.score : *found;
}

}  // namespace

MetricWords metricWords(core::TaskKind task, const core::BootstrapMetric& metric) {
    const bool area = metric.name == "roc_auc";
    const core::MetricInfo& info = infoOf(task, metric.name);
    // Here the area is the mean over the classes whatever the task; that of one label speaks of two classes.
    const core::MetricInfo& helping = area ? infoOf(core::TaskKind::SeveralLabels, metric.name) : info;
    const core::Estimate& estimate = metric.estimate;
    const auto number = [](double value) { return QLocale().toString(value, 'f', 3); };
    const QString between = QCoreApplication::translate("thaw::ui::MetricText", "%1 to %2");
    return {QString::fromStdString(info.title), QString::fromStdString(info.shortTitle), QString::fromStdString(helping.help),
            area ? number(estimate.value) : percentText(estimate.value),
            area ? between.arg(number(estimate.interval.low), number(estimate.interval.high))
                 : between.arg(percentNumber(estimate.interval.low), percentText(estimate.interval.high))};
}

}  // namespace thaw::ui
