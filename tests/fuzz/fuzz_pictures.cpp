// Picture files of every format that is read, told by their content.
#include "core/api/errors.h"
#include "core/data/picture_decoders.h"
#include "core/data/picture_file.h"
#include "tests/fuzz/memory_file.h"

using namespace thaw::core;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
    constexpr int kSide = 32;
    exifOrientation(data, bytes);
    const thaw::test::MemoryFile file(data, bytes);
    try {
        const SmallPicture small = smallPictureOfFile(file.path(), kSide);
        if (small.width < 1 || small.height < 1 || small.rgb.size() != std::size_t{3} * kSide * kSide) std::abort();
    } catch (const DataError&) {  // the only answers to a bad file
    } catch (const std::bad_alloc&) {
    }
    return 0;
}
