// Keras's HDF5 files, and its .keras files, which are zip files with one of them inside. The HDF5 library is not made for hostile
// files, so it only ever runs in a child process with limits on memory, time and file size; what comes back is a safetensors
// file, read like any other.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/model/weights_source.h"

namespace thaw::core {

/// Whether a zip file is one that Keras wrote (.keras). Throws WeightsError.
bool isKerasZip(const std::filesystem::path& file);

class KerasSource : public WeightsSource {
public:
    /// Starts this program again as the child (runHdf5ImportChild) and waits for it, two minutes at most. Only tensors of a trunk
    /// that Thaw knows can be read; all are listed. Throws WeightsError, also when the child crashed, hung or hit a limit.
    explicit KerasSource(const std::filesystem::path& file);
    ~KerasSource() override;
    std::vector<std::uint8_t> read(const std::string& name) const override;

private:
    std::unique_ptr<SafetensorsReader> m_reader;
};

}  // namespace thaw::core
