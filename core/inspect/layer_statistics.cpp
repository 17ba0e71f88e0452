#include "core/inspect/layer_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/api/errors.h"
#include "core/inspect/activations.h"
#include "core/inspect/finished_run.h"
#include "core/inspect/split_outputs.h"
#include "core/train/batch_step.h"
#include "core/train/rungs.h"

namespace thaw::core {
namespace {

constexpr int kBins = 64;
constexpr std::int64_t kSample = 128, kLeastSample = 32;  // pictures

/// Whatever happens, nothing trains and no gradient is left.
class Untrained {
public:
    explicit Untrained(StagedModel& model) : m_model(model) {}
    ~Untrained() { m_model.setTrainable(LayerMask(m_model.info().layers.size(), false)); }
    Untrained(const Untrained&) = delete;
    Untrained& operator=(const Untrained&) = delete;

private:
    StagedModel& m_model;
};

}  // namespace

std::vector<Histogram> histogramsOf(const std::vector<torch::Tensor>& tensors) {
    torch::NoGradGuard noGrad;
    std::vector<torch::Tensor> finite;
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const torch::Tensor& tensor : tensors) {
        // As doubles: floats may lie further apart than a float can say.
        const torch::Tensor all = tensor.detach().cpu().to(torch::kFloat64);
        const torch::Tensor& values = finite.emplace_back(all.masked_select(all.isfinite()));
        if (values.numel() == 0) continue;
        low = std::min(low, values.min().item<double>());
        high = std::max(high, values.max().item<double>());
    }
    if (low > high) low = high = 0;
    if (low == high) {
        const double half = std::max(std::abs(low) * 0.5, 1e-6);
        low -= half;
        high += half;
    }
    std::vector<Histogram> histograms;
    for (const torch::Tensor& values : finite) {
        const torch::Tensor counts = at::histc(values, kBins, low, high).to(torch::kInt64).contiguous();
        histograms.push_back({low, high, {counts.data_ptr<std::int64_t>(), counts.data_ptr<std::int64_t>() + kBins}});
    }
    return histograms;
}

std::vector<std::int64_t> sampleRows(std::int64_t count, int inputSize) {
    const std::int64_t affordable = kSample * 64 * 64 / (std::int64_t{1} * inputSize * inputSize);
    const std::int64_t wanted = std::min(count, std::clamp(affordable, kLeastSample, kSample));
    std::vector<std::int64_t> rows;
    for (std::int64_t i = 0; i < wanted; ++i) rows.push_back(i * count / wanted);
    return rows;
}

void withGradients(StagedModel& model, const LayerMask& layers, const InputSource& source, const std::vector<std::int64_t>& rows,
                   const std::function<void()>& take, const CountCallback& progress) {
    const Untrained afterwards(model);
    model.setTrainable(layers);
    BatchPlan plan;
    plan.boundary = freezeBoundary(model.info(), layers);
    plan.rows = static_cast<std::int64_t>(rows.size());
    plan.microBatch = sliceSize(model.info());
    plan.input = [&](const Deadline&, std::int64_t begin, std::int64_t end) {
        return source.rows(Split::Train, /*rung=*/0, {rows.begin() + begin, rows.begin() + end});
    };
    plan.targets = source.targets(Split::Train, rows);

    const std::int64_t microBatches = (plan.rows + plan.microBatch - 1) / plan.microBatch;
    const std::int64_t pieces = microBatches * (2 * model.stageCount() - plan.boundary);
    BatchStep step(model, plan);
    report(progress, 0, plan.rows);
    while (!step.advance(Deadline(kPiece)))
        report(progress, plan.rows * std::min(pieces, static_cast<std::int64_t>(step.samples().size())) / pieces, plan.rows);
    take();
    report(progress, plan.rows, plan.rows);
}

double gradientNormOf(const std::vector<Parameter>& parameters) {
    double square = 0;
    for (const Parameter& parameter : parameters) square += std::pow(parameter.value.grad().norm().item<double>(), 2);
    return std::sqrt(square);
}

double deadShareOf(const StagedModel& model, int layer, const InputSource& source, const std::vector<std::int64_t>& rows,
                   const CountCallback& progress) {
    torch::Tensor largest;
    const auto take = [&](std::int64_t, const torch::Tensor& output) {
        const torch::Tensor planes = planesOf(model.info().layer(layer), output);
        const torch::Tensor maxima = planes.dim() == 4 ? planes.amax({0, 2, 3}) : planes.amax(0);
        largest = largest.defined() ? at::maximum(largest, maxima) : maxima;
    };
    outputsOfLayer(source, model, Split::Train, rows, layer, take, progress);
    return largest.le(0).to(torch::kFloat64).mean().item<double>();
}

torch::Tensor firstFilters(const StagedModel& model) {
    const std::vector<LayerInfo>& layers = model.info().layers;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        if (layers[i].kind != LayerKind::Conv2d) continue;
        const torch::Tensor weights = model.parametersOf(static_cast<int>(i))[0].value.detach().cpu().contiguous();
        if (weights.size(1) == 3) return weights;
        break;
    }
    throw ConfigError("The first layer of " + model.info().name + " has no filters that see red, green and blue.");
}

}  // namespace thaw::core
