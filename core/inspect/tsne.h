// t-SNE (van der Maaten and Hinton 2008) without approximation, with scikit-learn's constants for method='exact'. Memory and time
// grow with the square of the number of rows.
#pragma once

#include <cstdint>

#include <torch/torch.h>

#include "core/api/analysis.h"

namespace thaw::core {

/// How likely each pair of rows is to be neighbours: float32 [rows, rows], symmetric, sums to 1. Each row has the same effective
/// number of neighbours, the perplexity, found by bisection. `features`: float32 [rows, width] on the CPU. Throws Cancelled.
torch::Tensor neighbourProbabilities(const torch::Tensor& features, double perplexity, const CountCallback& progress);

class Tsne {
public:
    /// `start`: float32 [rows, 2]; only its shape counts, not its size. `seed` moves equal points apart.
    Tsne(torch::Tensor probabilities, const torch::Tensor& start, int iterations, std::uint64_t seed);

    /// One descent of the gradient.
    void step();
    int stepsDone() const { return m_steps; }
    const torch::Tensor& points() const { return m_points; }
    /// Kullback-Leibler divergence of the points' neighbourhoods from the rows'.
    double divergence() const;

private:
    const torch::Tensor m_probabilities;
    const int m_exploration;  // steps with exaggerated probabilities
    const double m_rate;
    int m_steps = 0;
    torch::Tensor m_points, m_update, m_gains;
};

}  // namespace thaw::core
