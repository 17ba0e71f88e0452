// The loss of a text that is continued: of every token what the model gave the one that comes next. The scores of a whole
// vocabulary are many numbers (50,257 a token of GPT-2), so that they are made for a few tokens at a time and never kept.
#pragma once

#include <cstdint>
#include <vector>

#include <torch/torch.h>

#include "core/data/token_set.h"

namespace thaw::core {

/// What the gradient of the batch's mean loss is wanted of.
struct TokenGradients {
    std::int64_t batchRows = 0;  ///< of the whole batch, of which a part is computed
    bool hidden = false;         ///< TokenLoss::gradient
    bool table = false;          ///< is added to table.mutable_grad(), as autograd does
};

struct TokenLoss {
    double sum = 0;          ///< over the rows, of each the mean of its tokens (nats)
    torch::Tensor gradient;  ///< like `hidden`; undefined where it was not wanted
};

/// `hidden`: float32 [rows, tokens, units] in front of the scores; `table`: float32 [vocabulary, units], whose rows score the
/// words; `next`: int64 [rows, tokens]. Records nothing for autograd.
TokenLoss tokenLoss(const torch::Tensor& hidden, const torch::Tensor& table, const torch::Tensor& next,
                    const TokenGradients& wanted = {});

/// The tokens that come next in the windows of a set (windowsOf): int64 [rows, tokens of a window].
torch::Tensor nextTokens(const TokenSet& windows, const std::vector<std::int64_t>& rows);

}  // namespace thaw::core
