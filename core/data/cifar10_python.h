// CIFAR-10's Python version: a pickle for each file, with the pictures as an array of NumPy. Written by Python 2 (the official
// archive) or re-written by any later one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace thaw::core {

/// The file as the binary version has it: records of a label byte and 3,072 bytes. `name` is for messages. At most 10,000
/// records. Throws DataError that says what the file holds otherwise; nothing in it is executed.
std::vector<std::uint8_t> cifar10RecordsOf(std::vector<std::uint8_t> pickle, const std::string& name);

}  // namespace thaw::core
