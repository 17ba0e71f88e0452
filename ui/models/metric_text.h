// A figure with its 95 % interval in words.
#pragma once

#include <QString>

#include "core/api/threshold.h"

namespace thaw::ui {

struct MetricWords {
    QString title;       ///< "Balanced accuracy"
    QString shortTitle;  ///< "Balanced"
    QString help;        ///< a sentence or two
    QString value;       ///< "71.2 %"; of areas "0.953"
    QString interval;    ///< "69.8 to 72.6 %"
};
MetricWords metricWords(core::TaskKind task, const core::BootstrapMetric& metric);

}  // namespace thaw::ui
