// IDX files, MNIST's format, gzipped or plain: a big-endian header (two zero bytes, 8 for unsigned bytes, the number of
// dimensions, then each dimension as 32 bits) and the raw bytes. http://yann.lecun.com/exdb/mnist
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/data/dataset_source.h"

namespace thaw::core {

/// A file of pictures and one of their labels. `hint` is what messages advise.
struct IdxPair {
    std::filesystem::path images, labels;
    std::string hint;
};

/// One byte a picture. Throws DataError.
std::vector<std::uint8_t> readIdxLabels(const IdxPair& pair);

/// The side (pixels) of the pictures, square ones, of which there must be `count`. Throws DataError.
int readIdxSide(const IdxPair& pair, std::int64_t count);

/// The pictures of `indices` (ascending) as grey ones; `count` and `side` as above, else they have changed. `byColumns`: stored
/// column by column, as EMNIST does. Without labels. Throws DataError, and
/// Cancelled.
PictureSet readIdxPictures(const IdxPair& pair, std::int64_t count, int side, bool byColumns,
                           const std::vector<std::int64_t>& indices, PictureReading& reading);

}  // namespace thaw::core
