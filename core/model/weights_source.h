// The common face of every weights file: named tensors whose shapes are known before their bytes are read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/api/weights_info.h"
#include "core/model/safetensors.h"

namespace thaw::core {

struct SourceTensor {
    DType dtype = DType::Float32;
    std::vector<std::int64_t> shape;
};

class WeightsSource {
public:
    virtual ~WeightsSource() = default;
    WeightsFormat format() const { return m_format; }
    const std::map<std::string, SourceTensor>& tensors() const { return m_tensors; }
    const std::map<std::string, std::string>& metadata() const { return m_metadata; }
    /// Row-major bytes of the whole tensor. Throws WeightsError.
    virtual std::vector<std::uint8_t> read(const std::string& name) const = 0;

protected:
    WeightsFormat m_format = WeightsFormat::Unknown;
    std::map<std::string, SourceTensor> m_tensors;
    std::map<std::string, std::string> m_metadata;
};

/// Looks at the first bytes only; never at the name. Throws WeightsError when the file cannot be opened.
WeightsFormat detectFormat(const std::filesystem::path& file);

/// Opens any file that Thaw reads. Throws WeightsError that says what is wrong with it and what would do.
std::unique_ptr<WeightsSource> openWeights(const std::filesystem::path& file);

}  // namespace thaw::core
