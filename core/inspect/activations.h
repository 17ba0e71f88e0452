// What a layer puts out: for one picture, and which pictures make its channels speak loudest.
#pragma once

#include <vector>

#include "core/api/inspector.h"
#include "core/model/staged_model.h"
#include "core/train/input_source.h"

namespace thaw::core {

/// A layer's output with its maps before their height and width: [rows, maps, height, width], or [rows, units] of a dense layer.
/// Tokens of patches are laid out as the picture was; the class token is left out.
torch::Tensor planesOf(const LayerInfo& layer, const torch::Tensor& output);

/// `input`: network input of one picture, [1, 3, side, side].
ActivationMaps activationsOf(const StagedModel& model, const torch::Tensor& input, int layer);

/// The largest value in each channel for the first `count` pictures of a split: [count, channels] on the CPU. Throws Cancelled.
torch::Tensor channelMaxima(const InputSource& source, const StagedModel& model, Split split, int layer, std::int64_t count,
                            const CountCallback& progress);

/// The rows with the largest values of a channel, largest first; of equals the first; what is not a number comes last.
std::vector<TopPicture> topRows(const torch::Tensor& maxima, int channel, int count);

}  // namespace thaw::core
