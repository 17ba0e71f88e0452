#include "core/train/token_loss.h"

#include <algorithm>

namespace thaw::core {
namespace {

constexpr std::int64_t kScores = std::int64_t{1} << 21;  // that are in memory at a time

void addGradient(const torch::Tensor& table, const torch::Tensor& gradient) {
    torch::Tensor known = table;
    if (known.grad().defined())
        known.mutable_grad().add_(gradient);
    else
        known.mutable_grad() = gradient;
}

}  // namespace

TokenLoss tokenLoss(const torch::Tensor& hidden, const torch::Tensor& table, const torch::Tensor& next,
                    const TokenGradients& wanted) {
    torch::NoGradGuard noGrad;
    const std::int64_t units = hidden.size(2), tokens = hidden.size(1), all = hidden.size(0) * tokens;
    const std::int64_t chunk = std::max<std::int64_t>(16, kScores / table.size(0));
    const torch::Tensor flat = hidden.detach().reshape({all, units}), targets = next.reshape({all, 1}), words = table.detach();
    TokenLoss loss;
    torch::Tensor ofTable;
    if (wanted.hidden) loss.gradient = torch::empty_like(flat);
    if (wanted.table) ofTable = torch::zeros_like(words);
    double sum = 0;
    for (std::int64_t begin = 0; begin < all; begin += chunk) {
        const std::int64_t end = std::min(all, begin + chunk);
        const torch::Tensor part = flat.slice(0, begin, end), target = targets.slice(0, begin, end);
        torch::Tensor slopes = at::log_softmax(at::matmul(part, words.t()), 1);
        sum -= slopes.gather(1, target).to(torch::kFloat64).sum().item<double>();
        if (!wanted.hidden && !wanted.table) continue;
        slopes.exp_();
        slopes.scatter_add_(1, target, torch::full({end - begin, 1}, -1.0, slopes.options()));
        slopes.div_(static_cast<double>(wanted.batchRows * tokens));
        if (wanted.hidden) loss.gradient.slice(0, begin, end).copy_(at::matmul(slopes, words));
        if (wanted.table) ofTable.addmm_(slopes.t(), part);
    }
    if (wanted.hidden) loss.gradient = loss.gradient.view_as(hidden);
    if (wanted.table) addGradient(table, ofTable);
    loss.sum = sum / static_cast<double>(tokens);
    return loss;
}

torch::Tensor nextTokens(const TokenSet& windows, const std::vector<std::int64_t>& rows) {
    const std::int64_t length = windows.length(0);
    torch::Tensor next = torch::empty({static_cast<std::int64_t>(rows.size()), length}, torch::kInt64);
    std::int64_t* out = next.data_ptr<std::int64_t>();
    for (const std::int64_t row : rows) out = std::copy_n(windows.text(row) + 1, length, out);
    return next;
}

}  // namespace thaw::core
