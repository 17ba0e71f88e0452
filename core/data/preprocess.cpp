#include "core/data/preprocess.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>

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

/// The pictures of some rows, wherever they lie.
class Pixels {
public:
    Pixels(const PictureSet& pictures, const std::vector<std::int64_t>& rows)
        : m_pictures(pictures),
          m_rows(rows),
          m_fetched(pictures.inMemory() ? std::vector<std::uint8_t>() : pictures.read(rows)) {}
    /// Of the i-th of the rows.
    const std::uint8_t* operator[](std::int64_t i) const {
        return m_fetched.empty() ? m_pictures.picture(m_rows[static_cast<std::size_t>(i)])
                                 : m_fetched.data() + i * m_pictures.bytesEach();
    }
    int width() const { return m_pictures.width; }
    int height() const { return m_pictures.height; }

private:
    const PictureSet& m_pictures;
    const std::vector<std::int64_t>& m_rows;
    std::vector<std::uint8_t> m_fetched;
};

/// The pictures at `places`, which are flipped and shifted at most; resized as floats.
torch::Tensor plainInput(const Pixels& pixels, const std::vector<std::int64_t>& places, const std::vector<PictureChange>& changes,
                         const ScalingTable& table, int inputSize) {
    const std::int64_t count = static_cast<std::int64_t>(places.size());
    const int width = pixels.width(), height = pixels.height();
    torch::Tensor result = torch::empty({count, 3, height, width});
    float* out = result.data_ptr<float>();
    at::parallel_for(0, count, 8, [&](std::int64_t begin, std::int64_t end) {
        std::vector<int> columns(static_cast<std::size_t>(width));
        for (std::int64_t i = begin; i < end; ++i) {
            const std::int64_t place = places[static_cast<std::size_t>(i)];
            const PictureChange change = changes.empty() ? PictureChange{} : changes[static_cast<std::size_t>(place)];
            for (int x = 0; x < width; ++x) {
                const int shifted = std::clamp(x + change.shiftX, 0, width - 1);
                columns[static_cast<std::size_t>(x)] = 3 * (change.flip ? width - 1 - shifted : shifted);
            }
            const std::uint8_t* picture = pixels[place];
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

/// The others, changed as 8-bit pictures of the input's size, into their places of `result`.
void changedInput(const Pixels& pixels, const std::vector<std::int64_t>& places, const std::vector<PictureChange>& changes,
                  const ScalingTable& table, int inputSize, torch::Tensor& result) {
    const std::int64_t plane = std::int64_t{inputSize} * inputSize;
    float* const out = result.data_ptr<float>();
    at::parallel_for(0, static_cast<std::int64_t>(places.size()), 1, [&](std::int64_t begin, std::int64_t end) {
        std::vector<std::uint8_t> changed(static_cast<std::size_t>(3 * plane));
        for (std::int64_t i = begin; i < end; ++i) {
            const std::int64_t place = places[static_cast<std::size_t>(i)];
            changePicture(pixels[place], pixels.width(), pixels.height(), changes[static_cast<std::size_t>(place)], inputSize,
                          changed.data());
            for (std::size_t c = 0; c < 3; ++c) {
                float* const to = out + (3 * place + static_cast<std::int64_t>(c)) * plane;
                const std::uint8_t* const from = changed.data() + table.source[c];
                for (std::int64_t pixel = 0; pixel < plane; ++pixel) to[pixel] = table.value[c][from[3 * pixel]];
            }
        }
    });
}

}  // namespace

torch::Tensor networkInput(const PictureSet& pictures, const std::vector<std::int64_t>& rows,
                           const std::vector<PictureChange>& changes, Scaling scaling, int inputSize) {
    torch::NoGradGuard noGrad;
    const Pixels pixels(pictures, rows);
    std::vector<std::int64_t> plain, changed;
    for (std::size_t i = 0; i < rows.size(); ++i)
        (changes.empty() || changes[i].isPlain() ? plain : changed).push_back(static_cast<std::int64_t>(i));
    if (changed.empty()) return plainInput(pixels, plain, changes, tableOf(scaling), inputSize);
    torch::Tensor result = torch::empty({static_cast<std::int64_t>(rows.size()), 3, inputSize, inputSize});
    if (!plain.empty())
        result.index_copy_(0, torch::tensor(plain), plainInput(pixels, plain, changes, tableOf(scaling), inputSize));
    changedInput(pixels, changed, changes, tableOf(scaling), inputSize, result);
    return result;
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
