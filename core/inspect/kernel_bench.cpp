#include <malloc.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/api/bench.h"
#include "core/api/errors.h"
#include "core/inspect/bench_timing.h"
#include "core/model/staged_model.h"
#include "core/model/zoo.h"
#include "core/train/batch_step.h"
#include "core/train/model_setup.h"
#include "core/train/optimizer.h"

namespace thaw::core {
namespace {

constexpr int kClasses = 10;

RunConfig with(RunConfig config, KernelKind kernels) {
    config.kernels = kernels;
    return config;
}

std::optional<TrunkWeights> weightsFor(const RunConfig& config) {
    if (config.weights.empty() && descriptionOf(config.model).builtIn.empty()) return std::nullopt;
    return trunkWeightsOf(config);
}

std::unique_ptr<StagedModel> modelOf(const RunConfig& config, KernelKind kernels, const std::optional<TrunkWeights>& weights) {
    return buildModel(with(config, kernels), kClasses, weights ? &*weights : nullptr);
}

/// glibc's own limits for the life of the object: what LibTorch meets in a program that does not tune malloc.
class PlainMalloc {
public:
    PlainMalloc() { set(32 << 20, 64 << 20); }
    ~PlainMalloc() { set(1 << 30, 2'000'000'000); }
    PlainMalloc(const PlainMalloc&) = delete;
    PlainMalloc& operator=(const PlainMalloc&) = delete;

private:
    static void set(int mmapThreshold, int trimThreshold) {
        mallopt(M_MMAP_THRESHOLD, mmapThreshold);
        mallopt(M_TRIM_THRESHOLD, trimThreshold);
        malloc_trim(0);
    }
};

struct Candidate {
    std::string name;
    std::function<void()> work;
    bool plainMalloc = false;
};

/// Candidates in turn, round after round; the first is Thaw, the last LibTorch as it comes.
KernelBench interleave(std::string what, std::int64_t pictures, const std::vector<Candidate>& candidates, int rounds,
                       const BenchCallback& progress) {
    std::vector<std::vector<double>> seconds;
    std::vector<double> rates;
    for (int round = 0; round <= rounds; ++round) {
        if (progress && !progress(round, rounds)) throw Cancelled();
        const double rate = matrixRate();
        std::vector<double> row;
        for (const Candidate& candidate : candidates) {
            std::optional<PlainMalloc> plain;
            if (candidate.plainMalloc) plain.emplace();
            candidate.work();  // the heap has its pages again, as in the middle of a run
            row.push_back(secondsOf(candidate.work));
        }
        if (round == 0) continue;  // memory is touched and primitives are made
        rates.push_back(rate);
        seconds.push_back(row);
    }

    const double busy = kBusyShare * *std::max_element(rates.begin(), rates.end());
    KernelBench result;
    result.what = std::move(what);
    result.pictures = pictures;
    std::vector<double> counted, ratioDefault, ratioBest;
    std::vector<std::vector<double>> columns(candidates.size());
    for (std::size_t round = 0; round < seconds.size(); ++round) {
        if (rates[round] < busy) {
            ++result.discarded;
            continue;
        }
        const std::vector<double>& row = seconds[round];
        counted.push_back(rates[round]);
        ratioDefault.push_back(row.back() / row.front());
        ratioBest.push_back(*std::min_element(row.begin() + 1, row.end()) / row.front());
        for (std::size_t i = 0; i < row.size(); ++i) columns[i].push_back(row[i]);
    }
    result.rounds = static_cast<int>(counted.size());
    result.sgemmGflops = median(counted);
    result.ratioDefault = median(ratioDefault);
    result.ratioBest = median(ratioBest);
    for (std::size_t i = 0; i < candidates.size(); ++i)
        result.contenders.push_back(
            {candidates[i].name, *std::min_element(columns[i].begin(), columns[i].end()), median(columns[i])});
    return result;
}

std::string describe(const std::string& what, const RunConfig& config) {
    return what + ", " + std::to_string(config.inputSize) + " px, batch " + std::to_string(config.batchSize);
}

/// One training step above a boundary, on features that stay the same.
class StepBench {
public:
    StepBench(const RunConfig& config, KernelKind kernels, const std::optional<TrunkWeights>& weights,
              const std::vector<std::string>& trainable)
        : m_config(with(config, kernels)), m_model(modelOf(config, kernels, weights)), m_optimizer(OptimizerConfig{}) {
        const LayerMask mask = m_model->info().maskOf(trainable);
        m_boundary = freezeBoundary(m_model->info(), mask);
        m_model->setTrainable(mask);
        std::vector<Parameter> parameters;
        for (int i = m_boundary; i < m_model->stageCount(); ++i)
            if (trainableIn(m_model->info(), mask, i) > 0) {
                m_trained.push_back(i);
                for (const Parameter& parameter : m_model->parameters(i))
                    if (mask[static_cast<std::size_t>(parameter.layer)]) parameters.push_back(parameter);
            }
        m_optimizer.setParameters(parameters);
        std::vector<std::int64_t> shape = m_model->info().shapeBefore(m_boundary);
        shape.insert(shape.begin(), config.batchSize);
        m_input = torch::rand(shape);
        m_labels = torch::arange(config.batchSize) % kClasses;
        m_masks = dropoutMasks(m_model->info(), config.batchSize, /*seed=*/1, /*step=*/0);
    }

    void step() {
        BatchPlan plan;
        plan.rung = plan.boundary = m_boundary;
        plan.rows = m_config.batchSize;
        plan.microBatch = plan.rows;
        plan.input = [this](const Deadline&, std::int64_t begin, std::int64_t end) { return m_input.slice(0, begin, end); };
        plan.targets = m_labels;
        plan.dropoutMasks = m_masks;
        BatchStep batch(*m_model, plan);
        while (!batch.advance(Deadline(60))) {
        }
        m_optimizer.step();
        for (const int stage : m_trained) m_model->markChanged(stage);
    }

private:
    RunConfig m_config;
    std::unique_ptr<StagedModel> m_model;
    Optimizer m_optimizer;
    int m_boundary = 0;
    std::vector<int> m_trained;
    torch::Tensor m_input, m_labels;
    std::vector<torch::Tensor> m_masks;
};

}  // namespace

KernelBench benchTrunk(const RunConfig& config, int rounds, const BenchCallback& progress) {
    torch::NoGradGuard noGrad;
    const std::optional<TrunkWeights> weights = weightsFor(config);
    const auto thaw = modelOf(config, KernelKind::Thaw, weights), plain = modelOf(config, KernelKind::LibTorch, weights),
               last = modelOf(config, KernelKind::LibTorch, weights);
    for (const Parameter& parameter : last->stateDict()) {
        torch::Tensor value = parameter.value;
        if (value.dim() == 4) value.set_data(value.contiguous(at::MemoryFormat::ChannelsLast));
    }
    const torch::Tensor pictures = torch::randn({config.batchSize, 3, config.inputSize, config.inputSize});
    const int end = thaw->info().headStage;
    const auto run = [&](const StagedModel& with) { return [&, end] { with.forward(pictures, 0, end); }; };
    return interleave(describe("trunk forward", config), config.batchSize,
                      {{"thaw", run(*thaw)},
                       {"libtorch, malloc tuned", run(*plain)},
                       {"libtorch channels_last, malloc tuned",
                        [&] { last->forward(pictures.contiguous(at::MemoryFormat::ChannelsLast), 0, end); }},
                       {"libtorch", run(*plain), /*plainMalloc=*/true}},
                      rounds, progress);
}

KernelBench benchStep(const RunConfig& config, const std::vector<std::string>& trainable, int rounds,
                      const BenchCallback& progress) {
    const std::optional<TrunkWeights> weights = weightsFor(config);
    StepBench thaw(config, KernelKind::Thaw, weights, trainable), plain(config, KernelKind::LibTorch, weights, trainable);
    std::string what = "training step";
    for (const std::string& name : trainable) what += ", " + name;
    return interleave(describe(what, config), config.batchSize,
                      {{"thaw", [&] { thaw.step(); }},
                       {"libtorch, malloc tuned", [&] { plain.step(); }},
                       {"libtorch", [&] { plain.step(); }, /*plainMalloc=*/true}},
                      rounds, progress);
}

double median(std::vector<double> values) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double matrixProductRate() {
    matrixRate();  // the threads are awake
    return median({matrixRate(), matrixRate(), matrixRate(), matrixRate(), matrixRate()});
}

KernelAccuracy kernelAccuracy(const RunConfig& config, int pictures) {
    torch::NoGradGuard noGrad;
    const std::optional<TrunkWeights> weights = weightsFor(config);
    const auto thaw = modelOf(config, KernelKind::Thaw, weights), plain = modelOf(config, KernelKind::LibTorch, weights),
               exact = modelOf(config, KernelKind::LibTorch, weights);
    for (const Parameter& parameter : exact->stateDict()) {
        torch::Tensor value = parameter.value;
        value.set_data(value.to(torch::kFloat64));
    }
    const int end = thaw->info().headStage;
    const torch::Tensor input = torch::randn({pictures, 3, config.inputSize, config.inputSize});
    const torch::Tensor truth = exact->forward(input.to(torch::kFloat64), 0, end);
    const auto error = [&](const StagedModel& with) {
        return ((with.forward(input, 0, end).to(torch::kFloat64) - truth).norm() / truth.norm()).item<double>();
    };
    return {error(*thaw), error(*plain)};
}

}  // namespace thaw::core
