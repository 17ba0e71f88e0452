#include "core/api/augmentation_preview.h"

#include "core/api/errors.h"
#include "core/data/dataset.h"
#include "core/data/picture_change.h"
#include "core/data/picture_file.h"
#include "core/data/preprocess.h"
#include "core/data/run_samples.h"

namespace thaw::core {
namespace {

constexpr SquareFit kFits[] = {SquareFit::CentreCrop, SquareFit::Whole, SquareFit::Stretched};

std::string classesOf(const PictureSet& pictures, std::int64_t index, const std::vector<std::string>& classNames) {
    std::string names;
    for (std::size_t c = 0; c < classNames.size(); ++c)
        if (pictures.hasLabel(index, static_cast<int>(c))) names += (names.empty() ? "" : ", ") + classNames[c];
    return names;
}

/// Of an input with the scaling ZeroToOne.
RgbPicture pictureOf(const torch::Tensor& input) {
    const torch::Tensor bytes = input.mul(255).round().clamp(0, 255).to(torch::kUInt8).permute({1, 2, 0}).contiguous();
    RgbPicture picture;
    picture.height = static_cast<int>(bytes.size(0));
    picture.width = static_cast<int>(bytes.size(1));
    const std::uint8_t* const from = bytes.data_ptr<std::uint8_t>();
    picture.rgb.assign(from, from + bytes.numel());
    return picture;
}

void addEpochs(const RunConfig& config, const RunSamples& samples, int epochs, AugmentationPreview& preview) {
    std::vector<std::int64_t> all;
    for (std::int64_t i = 0; i < samples.pictures.count(); ++i) all.push_back(i);
    for (int epoch = 0; epoch <= epochs; ++epoch) {
        std::vector<PictureChange> changes;
        for (const std::int64_t row : samples.rows)
            changes.push_back(epoch == 0 ? PictureChange() : augmentationOf(config.augmentation, config.seed, epoch, row));
        const torch::Tensor input = networkInput(samples.pictures, all, changes, Scaling::ZeroToOne, config.inputSize);
        for (const std::int64_t i : all) preview.samples[static_cast<std::size_t>(i)].epochs.push_back(pictureOf(input[i]));
    }
}

void addSquares(const std::filesystem::path& file, PictureKind kind, PreviewSample& sample) {
    const FilePrediction read = readPictureFile(file, kind);
    sample.file = file.filename().string();
    if (!read.error.empty()) return;
    sample.whole = {read.width, read.height, read.rgb};
    for (const SquareFit fit : kFits) {
        kind.fit = fit;
        sample.squares[static_cast<std::size_t>(fit)] = {kind.side, kind.side, squareOfPicture(sample.whole, kind)};
    }
}

}  // namespace

AugmentationPreview previewAugmentation(const RunConfig& config, int samples, int epochs) {
    if (const std::vector<std::string> problems = validate(config); !problems.empty()) throw ConfigError(problems.front());
    const DatasetInfo dataset = forInput(resolveDataset(config.data), config);
    DataConfig part = config.data;
    part.ownValidation = false;  // a new run's is not heeded, and it holds none of these pictures back
    const RunSamples chosen = sampleRun(dataset, part, config.seed, samples);
    AugmentationPreview preview;
    preview.dataset = dataset.title;
    preview.ownSizes = dataset.pictureKind.anySize;
    preview.samples.resize(chosen.rows.size());
    for (std::size_t i = 0; i < chosen.rows.size(); ++i) {
        preview.samples[i].name = classesOf(chosen.pictures, static_cast<std::int64_t>(i), dataset.classNames);
        if (preview.ownSizes && !chosen.files.empty()) addSquares(chosen.files[i], dataset.pictureKind, preview.samples[i]);
    }
    addEpochs(config, chosen, epochs, preview);
    return preview;
}

}  // namespace thaw::core
