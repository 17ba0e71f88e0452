#include <torch/torch.h>

#include <algorithm>
#include <functional>

#include "core/api/bench.h"
#include "core/api/errors.h"
#include "core/api/layer_info.h"
#include "core/inspect/bench_timing.h"
#include "core/kernels/conv3x3.h"

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

}  // namespace

LayerLimits benchLayers(int inputSize, int batchSize, int rounds, const BenchCallback& progress) {
    RunConfig config;
    config.inputSize = inputSize;
    config.batchSize = batchSize;
    const ModelInfo model = describeModel(config, /*classCount=*/10);
    LayerLimits limits;
    int channels = 3, height = inputSize, width = inputSize;
    for (int i = 0; i < model.headBegin; ++i) {
        const LayerInfo& layer = model.layers[static_cast<std::size_t>(i)];
        if (progress && !progress(i, model.headBegin)) throw Cancelled();
        const int out = static_cast<int>(layer.outputShape[0]);
        if (layer.kind == LayerKind::Conv2d) {
            const ConvShape shape{batchSize, height, width, channels, out};
            if (kernels::forwardMethod(shape) != ConvMethod::None) {
                LayerBench bench(shape, model.layers[static_cast<std::size_t>(i) + 1].kind == LayerKind::MaxPool2d);
                LayerLimit limit;
                limit.layer = layer.name;
                limit.method = nameOf(bench.method());
                limit.directGflop = 2e-9 * layer.multiplyAdds * batchSize;
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
        channels = out;
        height = static_cast<int>(layer.outputShape[1]);
        width = static_cast<int>(layer.outputShape[2]);
    }
    return limits;
}

}  // namespace thaw::core
