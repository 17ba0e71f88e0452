// PyTorch's state_dict files, zip (since 1.6) and legacy. Python's pickle is a small program: the reader here knows only the
// instructions and names that a state_dict needs, runs nothing, and refuses all others by name.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/model/weights_source.h"

namespace thaw::core {

/// Bytes with which every legacy file begins.
bool isLegacyTorch(const std::uint8_t* start, std::size_t bytes);

class TorchSource : public WeightsSource {
public:
    /// Reads names, shapes and places; every claim is compared with the file. Nested dictionaries give names joined by dots.
    /// Throws WeightsError.
    TorchSource(const std::filesystem::path& file, WeightsFormat format);
    ~TorchSource() override;
    std::vector<std::uint8_t> read(const std::string& name) const override;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace thaw::core
