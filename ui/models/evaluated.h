// What a checkpoint says of the pictures that it is judged on, and what follows from it: made in a worker thread, shown by the
// pages of evaluation.
#pragma once

#include <QStringList>

#include <memory>
#include <vector>

#include "core/api/evaluation.h"
#include "core/api/inspector.h"

namespace thaw::ui {

/// Immutable once shared; all of the same pictures.
struct Evaluated {
    QStringList classNames;
    core::Split split = core::Split::Test;  ///< HeldOut as long as the run's test split is locked
    core::KeptCheckpoint checkpoint;
    std::shared_ptr<const core::PictureSet> pictures;
    std::shared_ptr<const core::PredictionSet> predictions;
    std::shared_ptr<const core::EvaluationReport> report;     ///< one label each; else null
    std::shared_ptr<const core::SeveralLabelsReport> labels;  ///< several labels each; else null
    std::vector<std::int64_t> topLosses;                      ///< largest first
};

}  // namespace thaw::ui
