#include "core/data/preprocess.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>

#include "core/train/random.h"

namespace thaw::core {
namespace {

/// Output channel c takes source channel `source[c]` through `value[c]`.
struct ScalingTable {
    std::array<std::array<float, 256>, 3> value;
    std::array<int, 3> source;
};

double scaled(Scaling scaling, std::size_t channel, double level) {
    constexpr double kMean[3] = {0.485, 0.456, 0.406}, kDeviation[3] = {0.229, 0.224, 0.225};  // ImageNet, RGB, as in torchvision
    constexpr double kCaffeMean[3] = {103.939, 116.779, 123.68};                               // ImageNet, BGR, as in Keras
    switch (scaling) {
        case Scaling::ZeroToOne:
            return level / 255.0;
        case Scaling::ImageNet:
            return (level / 255.0 - kMean[channel]) / kDeviation[channel];
        case Scaling::Caffe:
            return level - kCaffeMean[channel];
        case Scaling::MinusOneToOne:
            return level / 127.5 - 1.0;
        case Scaling::EfficientNetLite:
            return (level - 127.0) / 128.0;
    }
    return 0;
}

int sourceOf(Scaling scaling, std::size_t channel) { return static_cast<int>(scaling == Scaling::Caffe ? 2 - channel : channel); }

ScalingTable makeTable(Scaling scaling) {
    ScalingTable table;
    for (std::size_t c = 0; c < 3; ++c) {
        table.source[c] = sourceOf(scaling, c);
        for (std::size_t x = 0; x < 256; ++x) table.value[c][x] = static_cast<float>(scaled(scaling, c, static_cast<double>(x)));
    }
    return table;
}

const ScalingTable& tableOf(Scaling scaling) {
    static const std::array<ScalingTable, 5> tables{makeTable(Scaling::ZeroToOne), makeTable(Scaling::ImageNet),
                                                    makeTable(Scaling::Caffe), makeTable(Scaling::MinusOneToOne),
                                                    makeTable(Scaling::EfficientNetLite)};
    return tables[static_cast<std::size_t>(scaling)];
}

}  // namespace

PictureChange augmentationOf(const AugmentationConfig& augmentation, std::uint64_t seed, int epoch, std::int64_t picture) {
    PictureChange change;
    const std::uint64_t major = static_cast<std::uint64_t>(epoch), minor = static_cast<std::uint64_t>(picture);
    if (augmentation.flip) change.flip = (RandomStream(seed, Purpose::Flip, major, minor).at(0) >> 63) != 0;
    if (augmentation.shift > 0) {
        RandomStream random(seed, Purpose::Shift, major, minor);
        const std::uint64_t range = 2 * static_cast<std::uint64_t>(augmentation.shift) + 1;
        change.shiftX = static_cast<int>(random.below(range)) - augmentation.shift;
        change.shiftY = static_cast<int>(random.below(range)) - augmentation.shift;
    }
    return change;
}

torch::Tensor networkInput(const PictureSet& pictures, const std::vector<std::int64_t>& rows,
                           const std::vector<PictureChange>& changes, Scaling scaling, int inputSize) {
    torch::NoGradGuard noGrad;
    const ScalingTable& table = tableOf(scaling);
    const std::int64_t count = static_cast<std::int64_t>(rows.size());
    const int width = pictures.width, height = pictures.height;
    torch::Tensor result = torch::empty({count, 3, height, width});
    float* out = result.data_ptr<float>();
    at::parallel_for(0, count, 8, [&](std::int64_t begin, std::int64_t end) {
        std::vector<int> columns(static_cast<std::size_t>(width));
        for (std::int64_t i = begin; i < end; ++i) {
            const PictureChange change = changes.empty() ? PictureChange{} : changes[static_cast<std::size_t>(i)];
            for (int x = 0; x < width; ++x) {
                const int shifted = std::clamp(x + change.shiftX, 0, width - 1);
                columns[static_cast<std::size_t>(x)] = 3 * (change.flip ? width - 1 - shifted : shifted);
            }
            const std::uint8_t* picture = pictures.picture(rows[static_cast<std::size_t>(i)]);
            for (std::size_t c = 0; c < 3; ++c) {
                float* plane = out + (i * 3 + static_cast<std::int64_t>(c)) * height * width;
                for (int y = 0; y < height; ++y) {
                    const std::uint8_t* row =
                        picture + std::clamp(y + change.shiftY, 0, height - 1) * width * 3 + table.source[c];
                    for (int x = 0; x < width; ++x)
                        plane[y * width + x] = table.value[c][row[columns[static_cast<std::size_t>(x)]]];
                }
            }
        }
    });
    if (width == inputSize && height == inputSize) return result;
    return at::upsample_bilinear2d(result, {inputSize, inputSize}, /*align_corners=*/false);
}

ScalingNumbers numbersOf(Scaling scaling) {
    ScalingNumbers numbers;
    for (std::size_t c = 0; c < 3; ++c) {
        numbers.source[c] = sourceOf(scaling, c);
        numbers.offset[c] = scaled(scaling, c, 0);
        numbers.factor[c] = (scaled(scaling, c, 255) - numbers.offset[c]) / 255;
    }
    return numbers;
}

std::string preprocessingKey(Scaling scaling, int inputSize) {
    return toString(scaling) + ", " + std::to_string(inputSize) + " px, bilinear";
}

}  // namespace thaw::core
