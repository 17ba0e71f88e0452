// A trunk in words: its name, its figures, where its weights come from.
#pragma once

#include <QString>

#include "core/api/trunks.h"

namespace thaw::ui {

QString trunkTitle(const core::TrunkCard& trunk);  ///< "ResNet-50 without labels"
/// Of the weights that a config starts from: "ResNet-50 without labels", "VGG16".
QString trunkTitleOf(const core::RunConfig& config);
/// "96 × 96, built in", "96 × 96, resnet50.safetensors", "32 × 32, random values".
QString trunkOriginText(const core::RunConfig& config);

QString countText(double count);                         ///< "23.5 M", "0.7 M"
QString multiplyAddsText(double count);                  ///< "4.1 G", "0.06 G"
QString fileSizeText(std::int64_t bytes);                ///< "14.7 MB", "103 MB"
QString rateText(double picturesPerSecond);              ///< "1,380"; a dash where it is 0
QString publishedText(const core::TrunkCard& trunk);     ///< "71.6 %", "none" without a classifier, a dash where it is unknown
QString publishedToolTip(const core::TrunkCard& trunk);  ///< whose figure it is, or why there is none
QString licenceText(const core::TrunkCard& trunk);       ///< in full
QString shortLicenceText(const core::TrunkCard& trunk);  ///< "MIT claimed": a package says so and nobody else
QString inputSizesText(const core::ModelCard& model);    ///< "32 to 512, steps of 16"
/// Of what this config starts from, among the cards of its model.
bool isTrunkOf(const core::TrunkCard& trunk, const core::RunConfig& config);

}  // namespace thaw::ui
