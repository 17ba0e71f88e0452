#include "core/train/task.h"

#include <algorithm>
#include <cmath>

#include "core/api/evaluation.h"
#include "core/util/ranking.h"

namespace thaw::core {
namespace {

std::vector<float> valuesOf(const torch::Tensor& tensor) {
    const torch::Tensor plain = tensor.to(torch::kFloat32).cpu().contiguous();
    return {plain.data_ptr<float>(), plain.data_ptr<float>() + plain.numel()};
}

class OneLabelTask final : public Task {
public:
    torch::Tensor targets(const PictureSet& pictures, const std::vector<std::int64_t>& rows) const override {
        torch::Tensor result = torch::empty({static_cast<std::int64_t>(rows.size())}, torch::kInt64);
        std::int64_t* out = result.data_ptr<std::int64_t>();
        for (std::size_t i = 0; i < rows.size(); ++i) out[i] = pictures.labels[static_cast<std::size_t>(rows[i])];
        return result;
    }

    Loss loss(const torch::Tensor& outputs, const torch::Tensor& targets, std::int64_t batchRows,
              const LossOptions& options) const override {
        const torch::Tensor column = targets.unsqueeze(1), logProbabilities = at::log_softmax(outputs, 1);
        if (options.labelSmoothing > 0 || !options.classWeights.empty())
            return weightedLoss(logProbabilities, column, batchRows, options);
        Loss loss;
        loss.sum = -logProbabilities.gather(1, column).to(torch::kFloat64).sum().item<double>();
        // Derivative of the mean cross-entropy: (softmax - one-hot) / rows of the whole batch.
        loss.gradient = logProbabilities.exp();
        loss.gradient.scatter_add_(1, column, torch::full({column.size(0), 1}, -1.0, outputs.options()));
        loss.gradient.div_(static_cast<double>(batchRows));
        return loss;
    }

    /// The same with the targets spread over the classes, and each class's part times its weight.
    static Loss weightedLoss(const torch::Tensor& logProbabilities, const torch::Tensor& column, std::int64_t batchRows,
                             const LossOptions& options) {
        const double even = options.labelSmoothing / static_cast<double>(logProbabilities.size(1));
        torch::Tensor asked = torch::full_like(logProbabilities, even);
        asked.scatter_add_(1, column, torch::full({column.size(0), 1}, 1 - options.labelSmoothing, asked.options()));
        if (!options.classWeights.empty()) asked.mul_(torch::tensor(options.classWeights).to(asked.device()));
        Loss loss;
        loss.sum = -(asked * logProbabilities).to(torch::kFloat64).sum().item<double>();
        loss.gradient = logProbabilities.exp().mul_(asked.sum(1, /*keepdim=*/true)).sub_(asked);
        loss.gradient.div_(static_cast<double>(batchRows));
        return loss;
    }

    TaskCounts count(const torch::Tensor& outputs, const torch::Tensor& targets) const override {
        TaskCounts counts;
        counts.seen = outputs.size(0);
        counts.right = outputs.argmax(1).eq(targets).sum().item<std::int64_t>();
        return counts;
    }

    double score(const TaskCounts& counts) const override {
        return counts.seen > 0 ? static_cast<double>(counts.right) / static_cast<double>(counts.seen) : -1;
    }
    bool scoresBatches() const override { return true; }

    torch::Tensor probabilities(const torch::Tensor& outputs) const override { return at::log_softmax(outputs, 1).exp(); }

    double lossOf(const torch::Tensor& outputs, const PredictionSet& set, std::int64_t first) const override {
        const torch::Tensor logProbabilities = at::log_softmax(outputs, 1);
        const auto logs = logProbabilities.accessor<float, 2>();
        double sum = 0;
        for (std::int64_t i = 0; i < logs.size(0); ++i)
            sum -= static_cast<double>(logs[i][set.labels[static_cast<std::size_t>(first + i)]]);
        return sum;
    }

    void judge(PredictionSet& set) const override {
        std::int64_t right = 0;
        for (std::int64_t i = 0; i < set.count(); ++i)
            right += set.predicted(i) == set.labels[static_cast<std::size_t>(i)] ? 1 : 0;
        set.score = static_cast<double>(right) / static_cast<double>(std::max<std::int64_t>(1, set.count()));
        std::vector<double> recalls, f1Scores;
        for (const ClassScore& score : classScores(set)) {
            recalls.push_back(score.support > 0 ? score.recall : -1);
            f1Scores.push_back(score.f1);
        }
        set.metrics = {{"balanced_accuracy", meanOfKnown(recalls)}, {"macro_f1", meanOfKnown(f1Scores)}};
        if (set.classCount > kMostRankedClasses) return;
        std::vector<double> areas;
        for (int c = 0; c < set.classCount; ++c) areas.push_back(rocAuc(rank(set.scoresOf(c), set.labelsOf(c))));
        set.metrics.push_back({"roc_auc", meanOfKnown(areas)});
    }
};

class SeveralLabelsTask final : public Task {
public:
    torch::Tensor targets(const PictureSet& pictures, const std::vector<std::int64_t>& rows) const override {
        const std::int64_t classes = pictures.classCount();
        torch::Tensor result = torch::empty({static_cast<std::int64_t>(rows.size()), classes});
        float* out = result.data_ptr<float>();
        for (const std::int64_t row : rows) out = std::copy_n(pictures.labelSet(row), classes, out);
        return result;
    }

    Loss loss(const torch::Tensor& outputs, const torch::Tensor& targets, std::int64_t batchRows,
              const LossOptions& options) const override {
        torch::Tensor losses = entropies(outputs, targets), gradient = at::sigmoid(outputs) - targets;
        if (!options.classWeights.empty()) {  // of what has the label
            const torch::Tensor extra = torch::tensor(options.classWeights).to(outputs.device()) - 1,
                                weights = 1 + targets * extra;
            losses = losses * weights;
            gradient = gradient * weights;
        }
        Loss loss;
        loss.sum = losses.sum().item<double>() / static_cast<double>(outputs.size(1));
        loss.gradient = gradient.div_(static_cast<double>(batchRows * outputs.size(1)));
        return loss;
    }

    TaskCounts count(const torch::Tensor& outputs, const torch::Tensor& targets) const override {
        TaskCounts counts;
        counts.seen = outputs.size(0);
        const std::vector<float> values = valuesOf(outputs), labels = valuesOf(targets);
        const std::size_t classes = static_cast<std::size_t>(outputs.size(1));
        counts.histogram.resize(classes * 2 * kBins);
        for (std::size_t i = 0; i < values.size(); ++i)
            ++counts.histogram[((i % classes) * 2 + (labels[i] > 0 ? 1 : 0)) * kBins + binOf(values[i])];
        return counts;
    }

    double score(const TaskCounts& counts) const override {
        std::vector<double> precisions;
        for (std::size_t at = 0; at + 2 * kBins <= counts.histogram.size(); at += 2 * kBins) {
            RankedScores ranked;
            for (std::size_t bin = kBins; bin-- > 0;) {
                ranked.steps.push_back({counts.histogram[at + kBins + bin], counts.histogram[at + bin]});
                ranked.positives += ranked.steps.back().positives;
                ranked.negatives += ranked.steps.back().negatives;
            }
            precisions.push_back(averagePrecision(ranked));
        }
        return meanOfKnown(precisions);
    }
    bool scoresBatches() const override { return false; }

    torch::Tensor probabilities(const torch::Tensor& outputs) const override { return at::sigmoid(outputs); }

    double lossOf(const torch::Tensor& outputs, const PredictionSet& set, std::int64_t first) const override {
        torch::Tensor targets = torch::empty_like(outputs, torch::kFloat32);
        float* out = targets.data_ptr<float>();
        for (std::int64_t i = 0; i < outputs.size(0); ++i) out = std::copy_n(set.labelSet(first + i), set.classCount, out);
        return entropies(outputs, targets).sum().item<double>() / static_cast<double>(set.classCount);
    }

    void judge(PredictionSet& set) const override {
        std::vector<double> precisions, areas;
        for (int c = 0; c < set.classCount; ++c) {
            const RankedScores ranked = rank(set.scoresOf(c), set.labelsOf(c));
            precisions.push_back(averagePrecision(ranked));
            areas.push_back(rocAuc(ranked));
        }
        set.score = meanOfKnown(precisions);
        set.metrics = {{"roc_auc", meanOfKnown(areas)}};
    }

private:
    static constexpr std::size_t kBins = 256;  // of outputs from -kSpan to kSpan; finer than the noise of dropout
    static constexpr float kSpan = 12;

    static std::size_t binOf(float output) {
        const float place = (output + kSpan) / (2 * kSpan) * static_cast<float>(kBins);
        return place > 0 ? std::min(kBins - 1, static_cast<std::size_t>(place)) : 0;
    }

    /// float64 [rows, classes]: -log of the probability of what is so, without forming the probability.
    static torch::Tensor entropies(const torch::Tensor& outputs, const torch::Tensor& targets) {
        const torch::Tensor x = outputs.to(torch::kFloat64);
        return x.clamp_min(0) - x * targets + at::log1p(at::exp(-x.abs()));
    }
};

class ContinueTextTask final : public Task {
public:
    double score(const TaskCounts& counts) const override {
        return counts.seen > 0 ? std::exp(counts.loss / static_cast<double>(counts.seen)) : -1;
    }
    bool scoresBatches() const override { return true; }
    void judge(PredictionSet& set) const override { set.score = std::exp(set.loss); }
};

/// What only a task with classes can answer.
template <class Answer>
Answer ofClasses() {
    requireClasses(TaskKind::ContinueText);
    return {};
}

}  // namespace

torch::Tensor Task::targets(const PictureSet&, const std::vector<std::int64_t>&) const { return ofClasses<torch::Tensor>(); }
Task::Loss Task::loss(const torch::Tensor&, const torch::Tensor&, std::int64_t, const LossOptions&) const {
    return ofClasses<Loss>();
}
TaskCounts Task::count(const torch::Tensor&, const torch::Tensor&) const { return ofClasses<TaskCounts>(); }
torch::Tensor Task::probabilities(const torch::Tensor&) const { return ofClasses<torch::Tensor>(); }
double Task::lossOf(const torch::Tensor&, const PredictionSet&, std::int64_t) const { return ofClasses<double>(); }

void TaskCounts::add(const TaskCounts& other) {
    seen += other.seen;
    right += other.right;
    loss += other.loss;
    histogram.resize(std::max(histogram.size(), other.histogram.size()));
    for (std::size_t i = 0; i < other.histogram.size(); ++i) histogram[i] += other.histogram[i];
}

const Task& taskOf(TaskKind kind) {
    static const OneLabelTask oneLabel;
    static const SeveralLabelsTask severalLabels;
    static const ContinueTextTask continueText;
    if (kind == TaskKind::OneLabel) return oneLabel;
    if (kind == TaskKind::ContinueText) return continueText;
    return severalLabels;
}

}  // namespace thaw::core
