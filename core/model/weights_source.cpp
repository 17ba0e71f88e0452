#include "core/model/weights_source.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/model/untrusted.h"

namespace thaw::core {

namespace {

constexpr const char* kReadable = "Thaw reads safetensors, PyTorch state_dict and Keras .h5 files.";

class SafetensorsSource : public WeightsSource {
public:
    explicit SafetensorsSource(const std::filesystem::path& file) : m_reader(file) {
        m_format = WeightsFormat::Safetensors;
        for (const auto& [name, entry] : m_reader.entries()) m_tensors[name] = {entry.dtype, entry.shape};
        m_metadata = m_reader.metadata();
    }
    std::vector<std::uint8_t> read(const std::string& name) const override { return m_reader.read(name); }

private:
    SafetensorsReader m_reader;
};

bool looksLikeSafetensors(const UntrustedFile& file) {
    std::array<std::uint8_t, 64> start{};
    if (file.size() < 10) return false;
    const std::size_t bytes = static_cast<std::size_t>(std::min<std::uint64_t>(start.size(), file.size()));
    file.read(0, start.data(), bytes);
    for (std::size_t i = 8; i < bytes; ++i) {
        if (start[i] == '{') return true;
        if (std::memchr(" \t\r\n", start[i], 4) == nullptr) return false;
    }
    return false;
}

}  // namespace

WeightsFormat detectFormat(const std::filesystem::path& path) {
    const UntrustedFile file(path);
    return looksLikeSafetensors(file) ? WeightsFormat::Safetensors : WeightsFormat::Unknown;
}

std::unique_ptr<WeightsSource> openWeights(const std::filesystem::path& path) {
    switch (detectFormat(path)) {
        case WeightsFormat::Safetensors: return std::make_unique<SafetensorsSource>(path);
        default: break;
    }
    UntrustedFile(path).fail("it is not a weights file", kReadable);
}

}  // namespace thaw::core
