// Pairs of pictures that show the same, without comparing each with each.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "core/api/analysis.h"
#include "core/doctor/picture_look.h"

namespace thaw::core {

/// Indices of looks, the smaller first, ascending; those of one group may be connected by other members alone. By several
/// threads. Progress counts looks. Throws Cancelled.
std::vector<std::pair<std::size_t, std::size_t>> nearPairs(const std::vector<PictureLook>& looks, const CountCallback& progress);

/// The connected groups of `count` things by these pairs, each ascending, of two or more, in the order of their first.
std::vector<std::vector<std::size_t>> groupsOf(std::size_t count, const std::vector<std::pair<std::size_t, std::size_t>>& pairs);

}  // namespace thaw::core
