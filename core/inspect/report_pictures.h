// The report's pictures as PNG files.
#pragma once

#include <cstdint>
#include <string>

#include "core/api/inspector.h"

namespace thaw::core {

/// One picture of a set in its own size.
std::string picturePng(const PictureSet& pictures, std::int64_t index);
/// The same, enlarged, under what speaks for a class: "inferno", half transparent.
std::string mapPng(const PictureSet& pictures, std::int64_t index, const ClassMap& map);

}  // namespace thaw::core
