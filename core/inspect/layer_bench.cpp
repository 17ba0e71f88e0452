#include <torch/torch.h>

#include <algorithm>
#include <functional>

#include "core/api/bench.h"
#include "core/api/errors.h"
#include "core/api/layer_info.h"
#include "core/inspect/bench_timing.h"
#include "core/kernels/conv3x3.h"
#include "core/model/zoo.h"

namespace thaw::core {
namespace {

using kernels::ConvMethod;
using kernels::ConvShape;

const char* nameOf(ConvMethod method) {
    switch (method) {
        case ConvMethod::Winograd:
            return "Winograd F(4x4,3x3)";
        case ConvMethod::Toeplitz:
            return "Toeplitz 2x2";
        case ConvMethod::Direct:
            return "direct";
        case ConvMethod::None:
            break;
    }
    return "LibTorch";
}

/// Multiply-adds of the method's products alone.
double productsOf(ConvMethod method, const ConvShape& shape) {
    const double pairs = static_cast<double>(shape.inChannels) * shape.outChannels;
    if (method == ConvMethod::Toeplitz) return 9 * pairs * shape.batch;
    if (method == ConvMethod::Winograd) return 36 * pairs * shape.batch * ((shape.height + 3) / 4) * ((shape.width + 3) / 4);
    return 9 * pairs * shape.batch * shape.height * shape.width;
}

/// Random values of one layer and its kernels' calls.
class LayerBench {
public:
    LayerBench(const ConvShape& shape, bool pool)
        : m_shape(shape),
          m_method(kernels::forwardMethod(shape)),
          m_pool(pool && m_method != ConvMethod::Direct),
          m_threads(torch::get_num_threads()),
          m_input(torch::randn({shape.batch, shape.height, shape.width, shape.inChannels})),
          m_output(torch::randn({shape.batch, shape.height, shape.width, shape.outChannels})),
          m_weights(torch::randn({shape.outChannels, shape.inChannels, 3, 3}) * 0.05),
          m_bias(torch::zeros({shape.outChannels})),
          m_weightGradient(torch::empty_like(m_weights)) {
        pack();
        if (kernels::hasGradients(shape)) packForGradient();
    }

    ConvMethod method() const { return m_method; }
    void pack() { m_filter.pack(m_method, m_weights.data_ptr<float>(), m_shape.outChannels, m_shape.inChannels, m_threads); }
    void packForGradient() {
        m_gradientFilter.packForGradient(m_method, m_weights.data_ptr<float>(), m_shape.outChannels, m_shape.inChannels,
                                         m_threads);
    }
    void forward() {
        kernels::forward(m_shape, m_input.data_ptr<float>(), m_filter, {m_bias.data_ptr<float>(), /*relu=*/true, m_pool},
                         m_output.data_ptr<float>(), m_threads);
    }
    void dataGradient() {
        kernels::dataGradient(m_shape, m_output.data_ptr<float>(), m_gradientFilter, m_input.data_ptr<float>(), m_threads);
    }
    void weightGradient() {
        kernels::weightGradient(m_shape, m_input.data_ptr<float>(), m_output.data_ptr<float>(),
                                m_weightGradient.data_ptr<float>(), m_threads);
    }

private:
    ConvShape m_shape;
    ConvMethod m_method;
    bool m_pool;
    int m_threads;
    torch::Tensor m_input, m_output, m_weights, m_bias, m_weightGradient;
    kernels::PackedFilter m_filter, m_gradientFilter;
};

double bestOf(int rounds, const std::function<void()>& work) {
    work();
    double best = secondsOf(work);
    for (int i = 1; i < rounds; ++i) best = std::min(best, secondsOf(work));
    return best;
}

/// 3x3, one step at a time, one pixel of zeros around, all channels together: what core/kernels/conv3x3.h computes.
bool isOwnGeometry(const GraphNode& node) {
    using Pair = std::array<std::int64_t, 2>;
    return node.kernel == Pair{3, 3} && node.stride == Pair{1, 1} && node.before == Pair{1, 1} && node.after == Pair{1, 1} &&
           node.groups == 1;
}

}  // namespace

LayerLimits benchLayers(const RunConfig& config, int rounds, const BenchCallback& progress) {
    const Network network = networkOf(config, /*classCount=*/10);
    const ModelInfo& model = network.info;
    LayerLimits limits;
    for (int stage = 0; stage < model.headStage; ++stage) {
        if (progress && !progress(stage, model.headStage)) throw Cancelled();
        const std::vector<GraphNode>& nodes = network.stages[static_cast<std::size_t>(stage)].nodes;
        for (const GraphNode& node : nodes) {
            if (node.op != Op::Convolution || !isOwnGeometry(node)) continue;
            const int from = node.inputs[0];
            const std::vector<std::int64_t>& input =
                from == kStageInput ? model.shapeBefore(stage) : nodes[static_cast<std::size_t>(from)].shape;
            const ConvShape shape{config.batchSize, static_cast<int>(input[1]), static_cast<int>(input[2]),
                                  static_cast<int>(input[0]), static_cast<int>(node.shape[0])};
            if (kernels::forwardMethod(shape) == ConvMethod::None) continue;
            const LayerInfo& layer = model.layer(node.layer);
            const bool pooled = stage + 1 < model.headStage && nodes.size() == 2 &&
                                model.layer(model.stage(stage + 1).begin).kind == LayerKind::MaxPool2d;
            LayerBench bench(shape, pooled);
            LayerLimit limit;
            limit.layer = layer.name;
            limit.method = nameOf(bench.method());
            limit.directGflop = 2e-9 * layer.multiplyAdds * config.batchSize;
            limit.productGflop = 2e-9 * productsOf(bench.method(), shape);
            limits.sgemmGflops = std::max(limits.sgemmGflops, matrixRate());
            limit.forward = bestOf(rounds, [&] { bench.forward(); });
            limit.pack = bestOf(rounds, [&] { bench.pack(); });
            if (kernels::hasGradients(shape)) {
                limit.dataGradient = bestOf(rounds, [&] { bench.dataGradient(); });
                limit.weightGradient = bestOf(rounds, [&] { bench.weightGradient(); });
            }
            limits.layers.push_back(limit);
        }
    }
    return limits;
}

}  // namespace thaw::core
