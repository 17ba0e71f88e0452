// Pictures for the tests of the window, drawn on the spot: ten classes of small scenes, and what a model might say of them.
#pragma once

#include <memory>

#include "core/api/dataset_info.h"
#include "core/api/prediction.h"

namespace thaw::test {

/// A data set record with ten classes, marked present; counts follow `perClass` test pictures and five times as many to train.
core::DatasetInfo drawnDataset(int perClass = 20, bool substitute = false);

/// perClass pictures of each of ten classes, classes taking turns, size * size pixels. The same seed draws the same pictures.
std::shared_ptr<const core::PictureSet> drawnPictures(int perClass = 20, int size = 32, unsigned seed = 1);

/// Predictions of which about `accuracy` (0..1) are right; a picture that was right stays right as the accuracy grows.
std::shared_ptr<const core::PredictionSet> drawnPredictions(const core::PictureSet& pictures, double accuracy, int epoch = 0,
                                                            std::int64_t step = 0);

/// The same pictures with several labels each: every other one has the next class, too.
std::shared_ptr<const core::PictureSet> withSeveralLabels(const core::PictureSet& pictures);
/// Those predictions as a network says that tells several labels.
std::shared_ptr<const core::PredictionSet> withSeveralLabels(const core::PredictionSet& predictions,
                                                             const core::PictureSet& pictures);

}  // namespace thaw::test
