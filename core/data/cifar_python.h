// CIFAR's Python version: a pickle for each file, with the pictures as an array of NumPy. Written by Python 2 (the official
// archive) or re-written by any later one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/data/cifar_sets.h"

namespace thaw::core {

/// The file as the binary version has it: records of label bytes, all of them the label that is used, and 3,072 bytes. `name` is
/// for messages. At most `mostRecords` records. Throws DataError that says what the file holds otherwise; nothing in it is
/// executed.
std::vector<std::uint8_t> cifarRecordsOf(std::vector<std::uint8_t> pickle, const std::string& name, const CifarSet& set,
                                         std::int64_t mostRecords);

}  // namespace thaw::core
