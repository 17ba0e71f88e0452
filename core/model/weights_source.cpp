#include "core/model/weights_source.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/model/foreign_file.h"
#include "core/model/keras_h5.h"
#include "core/model/torch_pickle.h"
#include "core/model/untrusted.h"

namespace thaw::core {

namespace {

using Start = std::array<std::uint8_t, 64>;

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

bool isSafetensors(const Start& start, std::size_t bytes) {
    for (std::size_t i = 8; i < bytes; ++i) {
        if (start[i] == '{') return true;
        if (std::memchr(" \t\r\n", start[i], 4) == nullptr) return false;
    }
    return false;
}

/// The signature stands at the start or, after a block of the user's own, at 512, 1024, 2048 ...
bool isHdf5(const UntrustedFile& file) {
    constexpr std::array<std::uint8_t, 8> kSignature = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    for (std::uint64_t at = 0; at <= 4096 && file.size() >= at + kSignature.size(); at = at == 0 ? 512 : at * 2) {
        std::array<std::uint8_t, 8> bytes{};
        file.read(at, bytes.data(), bytes.size());
        if (bytes == kSignature) return true;
    }
    return false;
}

std::size_t readStart(const UntrustedFile& file, Start& start) {
    const auto bytes = static_cast<std::size_t>(std::min<std::uint64_t>(start.size(), file.size()));
    file.read(0, start.data(), bytes);
    return bytes;
}

bool begins(const Start& start, std::size_t bytes, const char* text) {
    return bytes >= std::strlen(text) && std::memcmp(start.data(), text, std::strlen(text)) == 0;
}

}  // namespace

WeightsFormat detectFormat(const std::filesystem::path& path) {
    const UntrustedFile file(path);
    Start start{};
    const std::size_t bytes = readStart(file, start);
    if (isLegacyTorch(start.data(), bytes)) return WeightsFormat::TorchLegacy;
    if (begins(start, bytes, "PK\x03\x04")) return WeightsFormat::TorchZip;
    if (isHdf5(file)) return WeightsFormat::KerasH5;
    if (isSafetensors(start, bytes)) return WeightsFormat::Safetensors;
    return WeightsFormat::Unknown;
}

std::unique_ptr<WeightsSource> openWeights(const std::filesystem::path& path) {
    switch (const WeightsFormat format = detectFormat(path)) {
        case WeightsFormat::Safetensors:
            return std::make_unique<SafetensorsSource>(path);
        case WeightsFormat::TorchZip:
            if (isKerasZip(path)) return std::make_unique<KerasSource>(path);
            [[fallthrough]];
        case WeightsFormat::TorchLegacy:
            return std::make_unique<TorchSource>(path, format);
        case WeightsFormat::KerasH5:
            return std::make_unique<KerasSource>(path);
        case WeightsFormat::Unknown:
            break;
    }
    refuseForeign(UntrustedFile(path));
}

}  // namespace thaw::core
