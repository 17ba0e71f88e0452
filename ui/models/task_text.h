// The words of a task: what its score is called where it stands.
#pragma once

#include <QStringList>

#include "core/api/dataset_info.h"
#include "core/api/layer_info.h"

namespace thaw::ui {

QString scoreTitle(core::TaskKind task);                    ///< "Accuracy", "Mean average precision"
QString scoreWord(core::TaskKind task);                     ///< where room is short: "Accuracy", "mAP"
QString scoreValueText(core::TaskKind task, double value);  ///< "71.2 %"; of a perplexity "1.43", "23.4", "8,192"
QString scoreInSentence(core::TaskKind task);               ///< "accuracy", "mAP"
QString scoreHelp(core::TaskKind task);                     ///< a sentence or two

QString rateUnit(const core::ModelInfo& model);  ///< "images/s", "texts/s", "windows/s"

/// The class of a picture, or all of its several with commas. Empty: its label is not known.
QString labelNames(const core::PictureSet& pictures, std::int64_t index, const QStringList& classNames);

}  // namespace thaw::ui
