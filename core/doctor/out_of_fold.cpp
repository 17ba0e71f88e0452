#include "core/doctor/out_of_fold.h"

#include <utility>
#include <vector>

#include "core/api/errors.h"
#include "core/train/input_source.h"
#include "core/train/random.h"
#include "core/train/softmax_regression.h"

namespace thaw::core {

torch::Tensor outOfFoldProbabilities(const torch::Tensor& features, const torch::Tensor& labels, int classes, int folds,
                                     double penalty, std::uint64_t seed, const CountCallback& progress) {
    const torch::NoGradGuard noGrad;
    const std::int64_t rows = features.size(0);
    std::vector<std::int64_t> order = rowRange(0, rows);
    RandomStream random(seed, Purpose::Shuffle, 0);
    for (std::uint64_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    RegressionOptions options;
    options.penalty = penalty;
    torch::Tensor result = torch::empty({rows, classes});
    for (int fold = 0; fold < folds; ++fold) {
        if (progress && !progress(fold, folds)) throw Cancelled();
        std::vector<std::int64_t> in, out;
        for (std::int64_t i = 0; i < rows; ++i) (i % folds == fold ? out : in).push_back(order[static_cast<std::size_t>(i)]);
        if (out.empty() || in.empty()) continue;
        const torch::Tensor inside = torch::tensor(in), outside = torch::tensor(out);
        const SoftmaxRegression head =
            fitSoftmaxRegression(features.index_select(0, inside), labels.index_select(0, inside), classes, options);
        result.index_copy_(0, outside, torch::softmax(head.logits(features.index_select(0, outside)), 1));
    }
    if (progress) progress(folds, folds);
    return result;
}

}  // namespace thaw::core
