#include <algorithm>
#include <cmath>

#include "core/doctor/picture_look.h"

namespace thaw::core {
namespace {

constexpr int kSteps = 6, kSmoothings = 4;
constexpr int kEdge = 2;  ///< pixels that smoothing spoils: what lies beside them is not known
constexpr float kLeastLength = 0.85F, kGreatestLength = 1.05F;

using Plane = std::array<float, kLookSide * kLookSide>;

float at(const Plane& plane, int x, int y) { return plane[static_cast<std::size_t>(y * kLookSide + x)]; }

/// Without the finest detail, which another size or compression changes.
Plane smoothed(const PictureLook& look) {
    Plane plane{}, across{};
    std::copy(look.luma.begin(), look.luma.end(), plane.begin());
    const auto near = [](int i) { return std::clamp(i, 0, kLookSide - 1); };
    for (int pass = 0; pass < kSmoothings; ++pass) {
        for (int y = 0; y < kLookSide; ++y)
            for (int x = 0; x < kLookSide; ++x)
                across[static_cast<std::size_t>(y * kLookSide + x)] =
                    (at(plane, near(x - 1), y) + 2 * at(plane, x, y) + at(plane, near(x + 1), y)) / 4;
        for (int y = 0; y < kLookSide; ++y)
            for (int x = 0; x < kLookSide; ++x)
                plane[static_cast<std::size_t>(y * kLookSide + x)] =
                    (at(across, x, near(y - 1)) + 2 * at(across, x, y) + at(across, x, near(y + 1))) / 4;
    }
    return plane;
}

struct Sample {
    float value = 0, slopeX = 0, slopeY = 0;
};

/// Bilinear, in pixels; beyond the edge it repeats.
Sample sampleAt(const Plane& plane, float x, float y) {
    x = std::clamp(x, 0.0F, kLookSide - 1.001F);
    y = std::clamp(y, 0.0F, kLookSide - 1.001F);
    const int column = static_cast<int>(x), row = static_cast<int>(y);
    const float right = x - static_cast<float>(column), down = y - static_cast<float>(row);
    const float a = at(plane, column, row), b = at(plane, column + 1, row), c = at(plane, column, row + 1),
                d = at(plane, column + 1, row + 1);
    const float top = a + (b - a) * right, bottom = c + (d - c) * right;
    return {top + (bottom - top) * down, (b - a) * (1 - down) + (d - c) * down, bottom - top};
}

using Four = std::array<double, 4>;

/// Gauss's elimination of a symmetric system; false where it has no single solution.
bool solve(std::array<Four, 4> matrix, Four right, Four& solution) {
    for (std::size_t i = 0; i < 4; ++i) {
        if (std::abs(matrix[i][i]) < 1e-6) return false;
        for (std::size_t j = i + 1; j < 4; ++j) {
            const double factor = matrix[j][i] / matrix[i][i];
            for (std::size_t k = i; k < 4; ++k) matrix[j][k] -= factor * matrix[i][k];
            right[j] -= factor * right[i];
        }
    }
    for (std::size_t i = 4; i-- > 0;) {
        double sum = right[i];
        for (std::size_t k = i + 1; k < 4; ++k) sum -= matrix[i][k] * solution[k];
        solution[i] = sum / matrix[i][i];
    }
    return true;
}

/// One step of Gauss and Newton on the four numbers of the place; returns what differs before it.
double refine(const Plane& picture, const Plane& part, LookPart& place) {
    std::array<Four, 4> matrix{};
    Four right{}, step{};
    double squares = 0;
    for (int row = kEdge; row < kLookSide - kEdge; ++row)
        for (int column = kEdge; column < kLookSide - kEdge; ++column) {
            const float u = (static_cast<float>(column) + 0.5F) / kLookSide, v = (static_cast<float>(row) + 0.5F) / kLookSide;
            const Sample sample = sampleAt(picture, (place.x.begin + place.x.length * u) * kLookSide - 0.5F,
                                           (place.y.begin + place.y.length * v) * kLookSide - 0.5F);
            const double difference = at(part, column, row) - sample.value;
            squares += difference * difference;
            const Four slope{double{sample.slopeX} * kLookSide, double{sample.slopeX} * u * kLookSide,
                             double{sample.slopeY} * kLookSide, double{sample.slopeY} * v * kLookSide};
            for (std::size_t i = 0; i < 4; ++i) {
                right[i] += slope[i] * difference;
                for (std::size_t j = 0; j < 4; ++j) matrix[i][j] += slope[i] * slope[j];
            }
        }
    for (std::size_t i = 0; i < 4; ++i) matrix[i][i] = matrix[i][i] * 1.001 + 1;
    if (solve(matrix, right, step)) {
        place.x.begin += static_cast<float>(step[0]);
        place.x.length = std::clamp(place.x.length + static_cast<float>(step[1]), kLeastLength, kGreatestLength);
        place.y.begin += static_cast<float>(step[2]);
        place.y.length = std::clamp(place.y.length + static_cast<float>(step[3]), kLeastLength, kGreatestLength);
        for (Part* axis : {&place.x, &place.y})
            axis->begin = std::clamp(axis->begin, std::min(0.0F, 1 - axis->length), std::max(0.0F, 1 - axis->length));
    }
    constexpr int kSide = kLookSide - 2 * kEdge;
    return std::sqrt(squares / (kSide * kSide));
}

double contrastOf(const Plane& plane) {
    double sum = 0, squares = 0;
    for (const float value : plane) sum += value, squares += double{value} * value;
    const double count = kLookSide * kLookSide, mean = sum / count;
    return std::sqrt(std::max(0.0, squares / count - mean * mean));
}

}  // namespace

LookDifference differenceOf(const PictureLook& picture, const PictureLook& part, const LookPart& start) {
    const Plane whole = smoothed(picture), piece = smoothed(part);
    LookDifference difference;
    difference.contrast = contrastOf(piece);
    LookPart place = start;
    difference.remaining = 255;
    for (int step = 0; step < kSteps; ++step) difference.remaining = std::min(difference.remaining, refine(whole, piece, place));
    double tint = 0;
    for (std::size_t i = 0; i < picture.tint.size(); ++i) tint += 2 * std::abs(picture.tint[i] - part.tint[i]);
    difference.tint = tint / static_cast<double>(picture.tint.size());
    return difference;
}

double LookDifference::share() const {
    constexpr double kLeastContrast = 10, kMostTint = 8;
    return tint > kMostTint ? 1 : remaining / std::max(contrast, kLeastContrast);
}

}  // namespace thaw::core
