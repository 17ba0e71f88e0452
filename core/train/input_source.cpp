#include "core/train/input_source.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>

#include "core/train/task.h"
#include "core/train/token_loss.h"

namespace thaw::core {

State InputSource::rows(Split split, int rung, const std::vector<std::int64_t>& rows,
                        const std::vector<PictureChange>& changes) const {
    torch::NoGradGuard noGrad;
    if (rung == 0 && tokens(split)) {
        const State batch = tokenBatch(*tokens(split), rows);
        return {batch.hidden.to(device), batch.mask.defined() ? batch.mask.to(device) : batch.mask};
    }
    if (rung == 0) {
        const PictureRequest request = pictureRequest(split, rows, changes);
        return (ahead ? ahead->take(request) : networkInput(request)).to(device);
    }

    std::vector<std::int64_t> shape = model->stage(rung - 1).outputShape;
    shape.insert(shape.begin(), static_cast<std::int64_t>(rows.size()));
    torch::Tensor result = torch::empty(shape);
    const FeatureBlock* plain = features->find(rung, featurePartOf(split));
    std::vector<const FeatureBlock*> blocks{plain};
    for (const PictureChange& change : changes)
        while (static_cast<int>(blocks.size()) <= change.variant)
            blocks.push_back(features->find(rung, {false, static_cast<int>(blocks.size())}));
    float* out = result.data_ptr<float>();
    const std::int64_t floats = plain->floats();
    at::parallel_for(0, shape[0], 64, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const int variant = changes.empty() ? 0 : changes[static_cast<std::size_t>(i)].variant;
            std::memcpy(out + i * floats, blocks[static_cast<std::size_t>(variant)]->row(rows[static_cast<std::size_t>(i)]),
                        static_cast<std::size_t>(floats) * sizeof(float));
        }
    });
    for (const FeatureBlock* block : blocks)
        block->wasRead(static_cast<std::size_t>(result.numel()) * sizeof(float) / blocks.size());
    return result.to(device);
}

State InputSource::rowsBefore(const Deadline& deadline, Split split, int rung, const std::vector<std::int64_t>& rows,
                              const std::vector<PictureChange>& changes) const {
    if (rung > 0 || !ahead || pictures(split).inMemory()) return this->rows(split, rung, rows, changes);
    const torch::Tensor read = ahead->takeBefore(deadline, pictureRequest(split, rows, changes));
    return read.defined() ? State(read.to(device)) : State();
}

void InputSource::expect(Split split, int rung, const std::vector<std::int64_t>& rows,
                         const std::vector<PictureChange>& changes) const {
    if (rung == 0 && ahead && !tokens(split) && !rows.empty()) ahead->expect(pictureRequest(split, rows, changes));
}

PictureRequest InputSource::pictureRequest(Split split, const std::vector<std::int64_t>& rows,
                                           const std::vector<PictureChange>& changes) const {
    return {split == Split::Train ? train : test, rows, changes, scaling, inputSize};
}

torch::Tensor InputSource::targets(Split split, const std::vector<std::int64_t>& rows) const {
    const bool continues = model->task == TaskKind::ContinueText;
    return (continues ? nextTokens(*tokens(split), rows) : taskOf(model->task).targets(pictures(split), rows)).to(device);
}

State tokenBatch(const TokenSet& tokens, const std::vector<std::int64_t>& rows) {
    std::int64_t longest = 0, shortest = std::numeric_limits<std::int64_t>::max();
    for (const std::int64_t row : rows) {
        longest = std::max(longest, tokens.length(row));
        shortest = std::min(shortest, tokens.length(row));
    }
    const auto count = static_cast<std::int64_t>(rows.size());
    torch::Tensor ids = torch::full({count, longest}, tokens.padding, torch::kInt64), mask;
    if (shortest < longest) mask = torch::zeros({count, longest});
    for (std::int64_t i = 0; i < count; ++i) {
        const std::int64_t row = rows[static_cast<std::size_t>(i)], length = tokens.length(row);
        std::copy_n(tokens.text(row), length, ids.data_ptr<std::int64_t>() + i * longest);
        if (mask.defined()) std::fill_n(mask.data_ptr<float>() + i * longest, length, 1.0f);
    }
    return {ids, mask};
}

std::vector<std::int64_t> rowRange(std::int64_t begin, std::int64_t end) {
    std::vector<std::int64_t> rows(static_cast<std::size_t>(end - begin));
    std::iota(rows.begin(), rows.end(), begin);
    return rows;
}

}  // namespace thaw::core
