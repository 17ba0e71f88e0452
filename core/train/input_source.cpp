#include "core/train/input_source.h"

#include <ATen/Parallel.h>

#include <cstring>
#include <numeric>

#include "core/train/task.h"

namespace thaw::core {

torch::Tensor InputSource::rows(Split split, int rung, const std::vector<std::int64_t>& rows,
                                const std::vector<PictureChange>& changes) const {
    torch::NoGradGuard noGrad;
    if (rung == 0) {
        const PictureRequest request = pictureRequest(split, rows, changes);
        return (ahead ? ahead->take(request) : networkInput(request)).to(device);
    }

    std::vector<std::int64_t> shape = model->stage(rung - 1).outputShape;
    shape.insert(shape.begin(), static_cast<std::int64_t>(rows.size()));
    torch::Tensor result = torch::empty(shape);
    const FeatureBlock* plain = features->find(rung, split == Split::Train ? FeaturePart::Train : FeaturePart::Test);
    const FeatureBlock* flipped = features->find(rung, FeaturePart::TrainFlipped);
    float* out = result.data_ptr<float>();
    const std::int64_t floats = plain->floats();
    at::parallel_for(0, shape[0], 64, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const bool flip = !changes.empty() && changes[static_cast<std::size_t>(i)].flip;
            std::memcpy(out + i * floats, (flip ? flipped : plain)->row(rows[static_cast<std::size_t>(i)]),
                        static_cast<std::size_t>(floats) * sizeof(float));
        }
    });
    for (const FeatureBlock* block : {plain, flipped})
        if (block) block->wasRead(static_cast<std::size_t>(result.numel()) * sizeof(float));
    return result.to(device);
}

void InputSource::expect(Split split, int rung, const std::vector<std::int64_t>& rows,
                         const std::vector<PictureChange>& changes) const {
    if (rung == 0 && ahead && !rows.empty()) ahead->expect(pictureRequest(split, rows, changes));
}

PictureRequest InputSource::pictureRequest(Split split, const std::vector<std::int64_t>& rows,
                                           const std::vector<PictureChange>& changes) const {
    return {split == Split::Train ? train : test, rows, changes, scaling, inputSize};
}

torch::Tensor InputSource::targets(Split split, const std::vector<std::int64_t>& rows) const {
    return taskOf(model->task).targets(pictures(split), rows).to(device);
}

std::vector<std::int64_t> rowRange(std::int64_t begin, std::int64_t end) {
    std::vector<std::int64_t> rows(static_cast<std::size_t>(end - begin));
    std::iota(rows.begin(), rows.end(), begin);
    return rows;
}

}  // namespace thaw::core
