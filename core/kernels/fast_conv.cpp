#include "core/kernels/fast_conv.h"

#include <ATen/Parallel.h>

#include "core/kernels/conv3x3.h"

namespace thaw::core {

using kernels::ConvMethod;
using kernels::ConvShape;

/// Shared with the graphs that a recorded pass leaves behind: their backward pass may outlive the layer's next change, but never
/// runs after it, since the weights that it needs would be gone as well.
struct FastConv::Packed {
    kernels::PackedFilter forward, gradient;
    bool forwardValid = false, gradientValid = false;
};

namespace {

ConvShape shapeOf(const torch::Tensor& input, const torch::Tensor& weight) {
    return {static_cast<int>(input.size(0)), static_cast<int>(input.size(2)), static_cast<int>(input.size(3)),
            static_cast<int>(weight.size(1)), static_cast<int>(weight.size(0))};
}

bool isPlain(const torch::Tensor& tensor, std::int64_t dimensions) {
    return tensor.defined() && tensor.layout() == torch::kStrided && tensor.device().is_cpu() &&
           tensor.scalar_type() == torch::kFloat32 && tensor.dim() == dimensions;
}

bool isKnown(const torch::Tensor& input, const torch::Tensor& weight, const torch::Tensor& bias, const ConvGeometry& geometry) {
    constexpr std::array<std::int64_t, 2> kOne{1, 1};
    return geometry.stride == kOne && geometry.padding == kOne && geometry.dilation == kOne && geometry.groups == 1 &&
           isPlain(input, 4) && isPlain(weight, 4) && isPlain(bias, 1) && weight.size(2) == 3 && weight.size(3) == 3 &&
           input.size(1) == weight.size(1) && bias.size(0) == weight.size(0);
}

torch::Tensor channelsLast(const torch::Tensor& tensor) { return tensor.contiguous(at::MemoryFormat::ChannelsLast); }

torch::Tensor emptyChannelsLast(std::int64_t rows, std::int64_t channels, std::int64_t height, std::int64_t width) {
    return torch::empty({rows, channels, height, width},
                        torch::TensorOptions().dtype(torch::kFloat32).memory_format(at::MemoryFormat::ChannelsLast));
}

torch::Tensor convolve(FastConv::Packed& packed, const torch::Tensor& input, const torch::Tensor& weight,
                       const torch::Tensor& bias, bool pool) {
    const ConvShape shape = shapeOf(input, weight);
    const int threads = at::get_num_threads();
    const ConvMethod method = kernels::forwardMethod(shape);
    if (!packed.forwardValid || packed.forward.method() != method) {
        const torch::Tensor plain = weight.contiguous();
        packed.forward.pack(method, plain.data_ptr<float>(), shape.outChannels, shape.inChannels, threads);
        packed.forwardValid = true;
    }
    const torch::Tensor x = channelsLast(input), b = bias.contiguous();
    const int divisor = pool ? 2 : 1;
    torch::Tensor y = emptyChannelsLast(shape.batch, shape.outChannels, shape.height / divisor, shape.width / divisor);
    kernels::forward(shape, x.data_ptr<float>(), packed.forward, {b.data_ptr<float>(), /*relu=*/true, pool}, y.data_ptr<float>(),
                     threads);
    return y;
}

/// Saved: input, weight, output (whose zeros are the ReLU's mask).
class ConvRelu : public torch::autograd::Function<ConvRelu> {
public:
    static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& input,
                                 const torch::Tensor& weight, const torch::Tensor& bias,
                                 std::shared_ptr<FastConv::Packed> packed) {
        const torch::Tensor x = channelsLast(input);
        torch::Tensor y = convolve(*packed, x, weight, bias, /*pool=*/false);
        context->save_for_backward({x, weight, y});
        context->saved_data["packed"] = c10::IValue::make_capsule(c10::make_intrusive<Holder>(std::move(packed)));
        return y;
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   torch::autograd::variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const torch::Tensor &x = saved[0], &weight = saved[1], &y = saved[2];
        const ConvShape shape = shapeOf(x, weight);
        const int threads = at::get_num_threads();
        const torch::Tensor dz = channelsLast(at::threshold_backward(channelsLast(gradients[0]), y, 0));

        torch::Tensor dx, dw, db;
        if (context->needs_input_grad(0)) {
            auto holder = c10::static_intrusive_pointer_cast<Holder>(context->saved_data["packed"].toCapsule());
            FastConv::Packed& packed = *holder->packed;
            const ConvMethod method = kernels::forwardMethod(shape);
            if (!packed.gradientValid || packed.gradient.method() != method) {
                const torch::Tensor plain = weight.contiguous();
                packed.gradient.packForGradient(method, plain.data_ptr<float>(), shape.outChannels, shape.inChannels, threads);
                packed.gradientValid = true;
            }
            dx = emptyChannelsLast(shape.batch, shape.inChannels, shape.height, shape.width);
            kernels::dataGradient(shape, dz.data_ptr<float>(), packed.gradient, dx.data_ptr<float>(), threads);
        }
        if (context->needs_input_grad(1)) {
            dw = torch::empty_like(weight, at::MemoryFormat::Contiguous);
            kernels::weightGradient(shape, x.data_ptr<float>(), dz.data_ptr<float>(), dw.data_ptr<float>(), threads);
        }
        if (context->needs_input_grad(2)) db = dz.sum(at::IntArrayRef({0, 2, 3}));
        return {dx, dw, db, torch::Tensor()};
    }

private:
    struct Holder : torch::CustomClassHolder {
        explicit Holder(std::shared_ptr<FastConv::Packed> shared) : packed(std::move(shared)) {}
        std::shared_ptr<FastConv::Packed> packed;
    };
};

}  // namespace

FastConv::FastConv() : m_packed(std::make_shared<Packed>()) {}

bool FastConv::supports(const torch::Tensor& input, const torch::Tensor& weight, const torch::Tensor& bias,
                        const ConvGeometry& geometry) {
    return isKnown(input, weight, bias, geometry) && kernels::forwardMethod(shapeOf(input, weight)) != ConvMethod::None;
}

bool FastConv::supportsGradients(const torch::Tensor& input, const torch::Tensor& weight, const torch::Tensor& bias,
                                 const ConvGeometry& geometry) {
    return isKnown(input, weight, bias, geometry) && kernels::hasGradients(shapeOf(input, weight));
}

torch::Tensor FastConv::forward(const torch::Tensor& input, const torch::Tensor& weight, const torch::Tensor& bias,
                                bool pool) const {
    torch::NoGradGuard noGrad;
    // The direct form has no pooling of its own.
    if (pool && kernels::forwardMethod(shapeOf(input, weight)) == ConvMethod::Direct)
        return at::max_pool2d(convolve(*m_packed, input, weight, bias, /*pool=*/false), /*kernel_size=*/2, /*stride=*/2);
    return convolve(*m_packed, input, weight, bias, pool);
}

torch::Tensor FastConv::forwardRecorded(const torch::Tensor& input, const torch::Tensor& weight,
                                        const torch::Tensor& bias) const {
    return ConvRelu::apply(input, weight, bias, m_packed);
}

void FastConv::weightsChanged() { m_packed->forwardValid = m_packed->gradientValid = false; }

void FastConv::release() { *m_packed = {}; }

}  // namespace thaw::core
