#include "core/api/errors.h"
#include "core/model/torch_pickle.h"
#include "core/model/trunk_match.h"
#include "tests/fuzz/memory_file.h"
#include "tests/support/torch_writer.h"

namespace {

void readAll(const std::filesystem::path& file, thaw::core::WeightsFormat format) {
    try {
        const thaw::core::TorchSource source(file, format);
        thaw::core::matchTrunk(source.tensors(), thaw::core::layoutOf("vgg16"));
        std::size_t left = 64;  // a file may name one storage many times
        for (const auto& [name, tensor] : source.tensors()) {
            std::size_t count = thaw::core::sizeOf(tensor.dtype);
            for (std::int64_t size : tensor.shape) count *= static_cast<std::size_t>(size);
            if (left-- == 0) break;
            try {
                if (source.read(name).size() != count) std::abort();
            } catch (const thaw::core::WeightsError&) {  // a storage whose checksum is wrong
            }
        }
    } catch (const thaw::core::WeightsError&) {  // the only answer to a bad file
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
    const bool zip = bytes > 2 && data[0] == 'P' && data[1] == 'K';
    if (bytes > 0 && data[0] == 'p') {
        // A bare pickle in a zip file with right checksums: a changed one would not get past them.
        thaw::test::ZipWriter writer;
        writer.add("x/data.pkl", std::string(reinterpret_cast<const char*>(data) + 1, bytes - 1));
        writer.add("x/data/0", std::string(24, '\1'));
        const thaw::test::Bytes wrapped = writer.finish();
        const thaw::test::MemoryFile file(wrapped.data(), wrapped.size());
        readAll(file.path(), thaw::core::WeightsFormat::TorchZip);
        return 0;
    }
    const thaw::test::MemoryFile file(data, bytes);
    readAll(file.path(), zip ? thaw::core::WeightsFormat::TorchZip : thaw::core::WeightsFormat::TorchLegacy);
    return 0;
}
