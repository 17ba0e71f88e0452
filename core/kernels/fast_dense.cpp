#include "core/kernels/fast_dense.h"

#include <ATen/Parallel.h>

#include "core/kernels/dense.h"

namespace thaw::core {
namespace {

using kernels::DenseShape;

DenseShape shapeOf(const torch::Tensor& input, const torch::Tensor& weight) {
    return {static_cast<int>(input.size(0)), static_cast<int>(weight.size(1)), static_cast<int>(weight.size(0))};
}

bool isPlain(const torch::Tensor& tensor) {
    return tensor.device().is_cpu() && tensor.scalar_type() == torch::kFloat32 && tensor.dim() == 2;
}

/// Saved: input, weight and, behind a ReLU, output, whose zeros are its mask.
class Dense : public torch::autograd::Function<Dense> {
public:
    static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& input,
                                 const torch::Tensor& weight, const torch::Tensor& bias, bool relu) {
        const torch::Tensor x = input.contiguous(), w = weight.contiguous(), b = bias.contiguous();
        const DenseShape shape = shapeOf(x, w);
        torch::Tensor y = torch::empty({shape.rows, shape.out});
        kernels::denseForward(shape, x.data_ptr<float>(), w.data_ptr<float>(), b.data_ptr<float>(), relu, y.data_ptr<float>(),
                              at::get_num_threads());
        context->save_for_backward({x, weight, relu ? y : torch::Tensor()});
        return y;
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   torch::autograd::variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const torch::Tensor &x = saved[0], w = saved[1].contiguous(), &y = saved[2];
        const DenseShape shape = shapeOf(x, w);
        const int threads = at::get_num_threads();
        const torch::Tensor dz =
            y.defined() ? at::threshold_backward(gradients[0].contiguous(), y, 0) : gradients[0].contiguous();

        torch::Tensor dx, dw, db;
        if (context->needs_input_grad(0)) {
            dx = torch::empty({shape.rows, shape.in});
            kernels::denseDataGradient(shape, dz.data_ptr<float>(), w.data_ptr<float>(), dx.data_ptr<float>(), threads);
        }
        if (context->needs_input_grad(1)) {
            dw = torch::empty({shape.out, shape.in});
            kernels::denseWeightGradient(shape, x.data_ptr<float>(), dz.data_ptr<float>(), dw.data_ptr<float>(), threads);
        }
        if (context->needs_input_grad(2)) db = dz.sum(0);
        return {dx, dw, db, torch::Tensor()};
    }
};

}  // namespace

bool supportsFastDense(const torch::Tensor& input, const torch::Tensor& weight) {
    return isPlain(input) && isPlain(weight) && kernels::hasDense(shapeOf(input, weight));
}

torch::Tensor fastDense(const torch::Tensor& input, const torch::Tensor& weight, const torch::Tensor& bias, bool relu) {
    return Dense::apply(input, weight, bias, relu);
}

}  // namespace thaw::core
