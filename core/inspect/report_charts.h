// The report's charts as SVG: within SVG Tiny 1.2, so that Qt can print what browsers show. Presentation attributes only.
#pragma once

#include <string>
#include <vector>

#include "core/api/evaluation.h"
#include "core/api/layer_info.h"
#include "core/api/report.h"
#include "core/api/runs.h"

namespace thaw::core {

/// Something that happened during a run: a numbered marker on the curves, a line in the table below them.
struct RunMarker {
    double position = 0;  ///< in epochs
    std::string text;     ///< "Block 5 thawed, learning rate 0.00001"
    bool thaws = false, freezes = false;
};

/// Phases, changes of layers and rates, pauses, in order; what happens at the same place is one marker.
std::vector<RunMarker> markersOf(const RunHistory& history, const ModelInfo& model);

/// Accuracy above loss over epochs: training, validation, bands for what trains, markers, the best epoch.
ReportChart curvesChart(const RunHistory& history, const ModelInfo& model, const std::vector<RunMarker>& markers, int shownEpoch);

/// Counts, with recall beside and precision below; coloured by the share of the true class. Classes in their own order.
ReportChart confusionChart(const EvaluationReport& evaluation, const std::vector<std::string>& classNames);

}  // namespace thaw::core
