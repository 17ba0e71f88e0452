// Pictures in memory, ready for the engine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/api/dataset_info.h"
#include "core/data/picture_reading.h"

namespace thaw::core {

/// What DataConfig::dataset may name beside "auto".
std::vector<std::string> datasetIds();

/// Of a data set's pictures as a run with these settings sees them; `id` is not "auto". Throws DataError for an unknown one.
PictureKind pictureKindOf(const std::string& id, const RunConfig& config);

/// The data set with its pictures read so.
DatasetInfo forInput(DatasetInfo dataset, const RunConfig& config);

/// The data set of that name in a folder or archive, which is taken or refused: it is looked for nowhere else. Throws DataError.
DatasetInfo datasetIn(const std::filesystem::path& directory, const std::string& id, const SplitConfig& split = {});

/// Reads the part of a split that a run with these settings uses: the split's limit keeps that many pictures, equal counts per
/// class (as equal as the number allows), chosen by `seed`, in data-set order; the share that is held out of those is HeldOut,
/// the rest Train. With `ownValidation` HeldOut is the data set's own validation split, within the test split's limit. The same
/// seed always gives the same pictures. Their identity is known. Pictures that cannot be decoded are left out after the choice,
/// so that the others stay the same; `reading` (may be null) lists them, and is told of the progress. Throws DataError, also when
/// a class has none left, and Cancelled.
std::shared_ptr<const PictureSet> loadSplit(const DatasetInfo& dataset, Split split, const DataConfig& part, std::uint64_t seed,
                                            PictureReading* reading = nullptr);
/// With that limit (0: all) and nothing held out.
std::shared_ptr<const PictureSet> loadSplit(const DatasetInfo& dataset, Split split, int limit, std::uint64_t seed);

/// Training pictures that such a run never trains on, at most `count`, chosen in the same way: those beyond its limit, or where
/// there are none the held-out ones; an empty set where it trains on all. Throws DataError.
PictureSet loadUnseen(const DatasetInfo& dataset, const DataConfig& part, std::uint64_t seed, std::int64_t count);

}  // namespace thaw::core
