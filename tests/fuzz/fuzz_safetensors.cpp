#include "core/api/errors.h"
#include "core/model/safetensors.h"
#include "tests/fuzz/memory_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
    const thaw::test::MemoryFile file(data, bytes);
    try {
        const thaw::core::SafetensorsReader reader(file.path());
        for (const auto& [name, entry] : reader.entries()) {
            if (reader.read(name).size() != static_cast<std::size_t>(entry.count()) * thaw::core::sizeOf(entry.dtype))
                std::abort();
        }
    } catch (const thaw::core::WeightsError&) {  // the only answer to a bad file
    }
    return 0;
}
