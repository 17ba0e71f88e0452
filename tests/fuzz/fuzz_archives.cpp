// Archives of pictures: tar, plain or compressed, and zip.
#include <algorithm>
#include <vector>

#include "core/api/errors.h"
#include "core/data/archive.h"
#include "tests/fuzz/memory_file.h"

using namespace thaw::core;

namespace {

constexpr std::int64_t kMost = 1 << 20;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
    const thaw::test::MemoryFile file(data, bytes);
    if (namesInArchive(file.path(), 8).size() > 8) std::abort();
    const ArchiveVisitor visitor = [](const std::string&, std::int64_t size, const ArchiveRead& read) {
        if (size < 0) std::abort();
        std::vector<std::uint8_t> content(static_cast<std::size_t>(std::min(size, kMost)));
        read(content.data(), content.size());
    };
    try {
        readAnyArchive(file.path(), visitor);
    } catch (const DataError&) {  // the only answer to a bad file
    }
    try {
        readArchive(file.path(), {16, kMost}, visitor);
    } catch (const DataError&) {
    }
    return 0;
}
