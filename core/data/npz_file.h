// NumPy's files: .npz, a zip archive of arrays. Each is a .npy: a text header (type, order, shape) before the raw numbers.
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace thaw::core {

struct NpyHeader {
    std::string type;  ///< NumPy's: "|u1" bytes, "<i8" 64-bit whole numbers, ...
    bool byColumns = false;
    std::vector<std::int64_t> shape;

    std::int64_t count() const { return shape.empty() ? 1 : shape.front(); }  ///< rows
    std::int64_t rowBytes() const;                                            ///< of one row
    bool isBytes() const { return type == "|u1" || type == "<u1" || type == ">u1"; }
};

/// The dictionary in a .npy file: "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 28, 28), }". `dataBytes`: what follows
/// it in the file, with which type and shape must agree. `shown`: what messages call the array. Throws DataError. Pure.
NpyHeader npyHeaderFrom(std::string_view text, std::int64_t dataBytes, const std::string& shown);

struct NpzArray {
    std::string name;   ///< without ".npy"
    std::string shown;  ///< "train_images in /data/x.npz"
    NpyHeader header;
    /// The next bytes of the numbers. Throws DataError.
    std::function<void(void* out, std::size_t bytes)> read;
    /// All numbers, of a type of whole numbers or truth values with 1 to 8 bytes; at most `most`. Throws DataError.
    std::vector<std::int64_t> integers(std::int64_t most) const;
};

/// Every array of a file in its order; an array that is not read is skipped. Throws DataError that names the file.
void readNpz(const std::filesystem::path& file, const std::function<void(const NpzArray& array)>& visitor);

}  // namespace thaw::core
