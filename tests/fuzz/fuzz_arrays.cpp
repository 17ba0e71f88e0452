// Sets in a few files: NumPy's .npz and .npy headers, IDX pairs, CIFAR's pickles. The first byte chooses.
#include "core/api/errors.h"
#include "core/data/cifar_python.h"
#include "core/data/cifar_sets.h"
#include "core/data/idx_file.h"
#include "core/data/npz_file.h"
#include "tests/fuzz/memory_file.h"

using namespace thaw::core;

namespace {

constexpr std::int64_t kMost = 4096;

void readArrays(const std::filesystem::path& file) {
    readNpz(file, [](const NpzArray& array) {
        const std::int64_t bytes = array.header.count() * array.header.rowBytes();
        if (bytes < 0) std::abort();
        if (array.header.isBytes()) {
            std::vector<std::uint8_t> numbers(static_cast<std::size_t>(std::min(bytes, kMost)));
            array.read(numbers.data(), numbers.size());
        } else if (array.integers(kMost).size() > kMost) {
            std::abort();
        }
    });
}

void readIdx(const std::filesystem::path& file) {
    const IdxPair pair{file, file, "hint"};
    readIdxLabels(pair);
    const std::int64_t count = 3;
    const int side = readIdxSide(pair, count);
    PictureReading reading;
    readIdxPictures(pair, count, side, /*byColumns=*/false, {0, 2}, reading);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
    if (bytes < 1) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, bytes - 1);
    try {
        if (data[0] == 'y') {
            npyHeaderFrom(text, kMost, "x");
        } else if (data[0] == 'p') {
            for (const CifarSet* set : {&cifar10Set(), &cifar100Set()})
                cifarRecordsOf(std::vector<std::uint8_t>(text.begin(), text.end()), "data_batch_1", *set, 100);
        } else {
            const thaw::test::MemoryFile file(data + 1, bytes - 1);
            data[0] == 'i' ? readIdx(file.path()) : readArrays(file.path());
        }
    } catch (const DataError&) {  // the only answer to a bad file
    }
    return 0;
}
