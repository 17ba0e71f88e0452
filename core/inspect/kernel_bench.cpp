#include <malloc.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/api/bench.h"
#include "core/api/errors.h"
#include "core/inspect/bench_timing.h"
#include "core/model/staged_model.h"
#include "core/train/batch_step.h"
#include "core/train/model_setup.h"
#include "core/train/optimizer.h"

namespace thaw::core {
namespace {

constexpr int kClasses = 10;

RunConfig configOf(int inputSize, int batchSize, KernelKind kernels) {
    RunConfig config;
    config.inputSize = inputSize;
    config.batchSize = batchSize;
    config.kernels = kernels;
    return config;
}

std::unique_ptr<StagedModel> model(int inputSize, int batchSize, KernelKind kernels, const TrunkWeights& weights) {
    return buildModel(configOf(inputSize, batchSize, kernels), kClasses, &weights);
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

std::string describe(const std::string& what, int inputSize, int batchSize) {
    return what + ", " + std::to_string(inputSize) + " px, batch " + std::to_string(batchSize);
}

/// One training step above a boundary, on features that stay the same.
class StepBench {
public:
    StepBench(int inputSize, int batchSize, KernelKind kernels, const TrunkWeights& weights,
              const std::vector<std::string>& trainable)
        : m_config(configOf(inputSize, batchSize, kernels)),
          m_model(buildModel(m_config, kClasses, &weights)),
          m_optimizer(OptimizerConfig{}) {
        const LayerMask mask = m_model->info().maskOf(trainable);
        m_boundary = freezeBoundary(m_model->info(), mask);
        m_model->setTrainable(mask);
        std::vector<Parameter> parameters;
        for (int i = m_boundary; i < m_model->stageCount(); ++i)
            if (mask[static_cast<std::size_t>(i)]) {
                m_trained.push_back(i);
                parameters.insert(parameters.end(), m_model->parameters(i).begin(), m_model->parameters(i).end());
            }
        m_optimizer.setParameters(parameters);
        std::vector<std::int64_t> shape{3, inputSize, inputSize};
        if (m_boundary > 0) shape = m_model->info().layers[static_cast<std::size_t>(m_boundary - 1)].outputShape;
        shape.insert(shape.begin(), batchSize);
        m_input = torch::rand(shape);
        m_labels = torch::arange(batchSize) % kClasses;
        m_mask = dropoutMask(batchSize, m_config.head.hiddenUnits, m_config.head.dropout, /*seed=*/1, /*step=*/0);
    }

    void step() {
        BatchPlan plan;
        plan.rung = plan.boundary = m_boundary;
        plan.rows = m_config.batchSize;
        plan.microBatch = plan.rows;
        plan.input = [this](std::int64_t begin, std::int64_t end) { return m_input.slice(0, begin, end); };
        plan.labels = m_labels;
        plan.dropoutMask = m_mask;
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
    torch::Tensor m_input, m_labels, m_mask;
};

}  // namespace

KernelBench benchTrunk(int inputSize, int batchSize, int rounds, const BenchCallback& progress) {
    torch::NoGradGuard noGrad;
    const TrunkWeights weights = loadTrunkWeights({});
    const auto thaw = model(inputSize, batchSize, KernelKind::Thaw, weights),
               plain = model(inputSize, batchSize, KernelKind::LibTorch, weights),
               last = model(inputSize, batchSize, KernelKind::LibTorch, weights);
    for (const Parameter& parameter : last->stateDict()) {
        torch::Tensor value = parameter.value;
        if (value.dim() == 4) value.set_data(value.contiguous(at::MemoryFormat::ChannelsLast));
    }
    const torch::Tensor pictures = torch::randn({batchSize, 3, inputSize, inputSize});
    const int end = thaw->info().headBegin;
    const auto run = [&](const StagedModel& with) { return [&, end] { with.forward(pictures, 0, end); }; };
    return interleave(describe("trunk forward", inputSize, batchSize), batchSize,
                      {{"thaw", run(*thaw)},
                       {"libtorch, malloc tuned", run(*plain)},
                       {"libtorch channels_last, malloc tuned",
                        [&] { last->forward(pictures.contiguous(at::MemoryFormat::ChannelsLast), 0, end); }},
                       {"libtorch", run(*plain), /*plainMalloc=*/true}},
                      rounds, progress);
}

KernelBench benchStep(const std::vector<std::string>& trainable, int inputSize, int batchSize, int rounds,
                      const BenchCallback& progress) {
    const TrunkWeights weights = loadTrunkWeights({});
    StepBench thaw(inputSize, batchSize, KernelKind::Thaw, weights, trainable),
        plain(inputSize, batchSize, KernelKind::LibTorch, weights, trainable);
    std::string what = "training step";
    for (const std::string& name : trainable) what += ", " + name;
    return interleave(describe(what, inputSize, batchSize), batchSize,
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

KernelAccuracy kernelAccuracy(int inputSize, int pictures) {
    torch::NoGradGuard noGrad;
    const TrunkWeights weights = loadTrunkWeights({});
    const auto thaw = model(inputSize, pictures, KernelKind::Thaw, weights),
               plain = model(inputSize, pictures, KernelKind::LibTorch, weights);
    const ModelInfo& info = thaw->info();
    const torch::Tensor input = torch::randn({pictures, 3, inputSize, inputSize});
    torch::Tensor exact = input.to(torch::kFloat64);
    for (int i = 0; i < info.headBegin; ++i) {
        if (info.layers[static_cast<std::size_t>(i)].kind == LayerKind::MaxPool2d) {
            exact = at::max_pool2d(exact, /*kernel_size=*/2, /*stride=*/2);
            continue;
        }
        const std::vector<Parameter>& parameters = thaw->parameters(i);
        exact = at::conv2d(exact, parameters[0].value.to(torch::kFloat64), parameters[1].value.to(torch::kFloat64), /*stride=*/1,
                           /*padding=*/1)
                    .relu();
    }
    const auto error = [&](const StagedModel& with) {
        const torch::Tensor features = with.forward(input, 0, info.headBegin).to(torch::kFloat64);
        return ((features - exact).norm() / exact.norm()).item<double>();
    };
    return {error(*thaw), error(*plain)};
}

}  // namespace thaw::core
