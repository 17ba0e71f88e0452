// The safetensors format, read as untrusted input and written by AtomicFile. Little-endian, row-major.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace thaw::core {

enum class DType { Float32, Float16, BFloat16, Float64, Int64, Int32, Int16, Int8, UInt8, Bool };
std::size_t sizeOf(DType dtype);
std::string toString(DType dtype);  ///< "float32"

struct SafetensorsEntry {
    DType dtype = DType::Float32;
    std::vector<std::int64_t> shape;
    std::uint64_t begin = 0, end = 0;  ///< bytes after the header
    std::int64_t count() const;        ///< product of shape; 1 for a scalar
};

/// Memory-maps nothing and allocates only what the checked header says: every claim is compared with the file's size first.
class SafetensorsReader {
public:
    /// Throws WeightsError naming the file and what is wrong with it.
    explicit SafetensorsReader(const std::filesystem::path& file);
    ~SafetensorsReader();
    SafetensorsReader(SafetensorsReader&&) noexcept;

    const std::map<std::string, SafetensorsEntry>& entries() const;
    const std::map<std::string, std::string>& metadata() const;
    /// The entry's raw bytes into `out` (end - begin bytes). Throws WeightsError.
    void read(const std::string& name, void* out) const;
    std::vector<std::uint8_t> read(const std::string& name) const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

/// Tensors are referred to, not copied: they must live until write() returned.
class SafetensorsWriter {
public:
    void add(const std::string& name, DType dtype, std::vector<std::int64_t> shape, const void* data);
    void setMetadata(const std::string& key, const std::string& value);
    /// Returns the bytes written. Throws StoreError; an existing file is then untouched.
    std::int64_t write(const std::filesystem::path& file) const;

private:
    struct Item {
        std::string name;
        DType dtype;
        std::vector<std::int64_t> shape;
        const void* data;
    };
    std::vector<Item> m_items;
    std::map<std::string, std::string> m_metadata;
};

}  // namespace thaw::core
