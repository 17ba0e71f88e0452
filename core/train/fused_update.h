// The optimiser's arithmetic over plain arrays in one pass, in the order of operations of PyTorch's single-tensor implementations
// (torch/optim/{sgd,adam,adamw}.py), with the widest vectors that the processor has. Thread-safe for disjoint arrays.
#pragma once

#include <cstdint>

namespace thaw::core {

struct AdamCoefficients {
    float beta1, beta2, oneMinusBeta1, oneMinusBeta2;
    float epsilon;
    float stepSize;        ///< learning rate / (1 - beta1^t)
    float rootCorrection;  ///< sqrt(1 - beta2^t)
    float l2;              ///< added to the gradient times the parameter; 0: none
    float decay;           ///< the parameter is multiplied with it first; 1: none
};
/// False when a parameter became infinite or not a number.
bool adamUpdate(float* parameter, const float* gradient, float* mean, float* square, std::int64_t count,
                const AdamCoefficients& c);

struct SgdCoefficients {
    float learningRate, momentum, l2;
    bool nesterov;
    bool first;  ///< the buffer becomes the gradient
};
/// `buffer` is null without momentum. False when a parameter became infinite or not a number.
bool sgdUpdate(float* parameter, const float* gradient, float* buffer, std::int64_t count, const SgdCoefficients& c);

}  // namespace thaw::core
