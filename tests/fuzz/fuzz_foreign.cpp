// What is no weights file, as bytes and as a zip file's names, and text made printable.
#include "core/api/errors.h"
#include "core/api/text.h"
#include "core/model/foreign_file.h"
#include "tests/fuzz/memory_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
    const thaw::test::MemoryFile file(data, bytes);
    const std::string text(reinterpret_cast<const char*>(data), bytes);
    const thaw::core::UntrustedFile untrusted(file.path());
    try {
        thaw::core::refuseForeign(untrusted);
    } catch (const thaw::core::WeightsError& error) {
        if (thaw::core::printable(error.what()) != error.what()) std::abort();
    }
    std::set<std::string> names;
    for (std::size_t at = 0; at < text.size(); at = text.find('\0', at) + 1) {
        names.insert(text.substr(at, text.find('\0', at) - at));
        if (text.find('\0', at) == std::string::npos) break;
    }
    try {
        thaw::core::refuseForeignZip(untrusted, names);
    } catch (const thaw::core::WeightsError& error) {
        if (thaw::core::printable(error.what()) != error.what()) std::abort();
    }
    // Shown text is valid and is shown as it is.
    for (const std::string& shown : {thaw::core::printable(text), thaw::core::printableLine(text)})
        if (thaw::core::printable(shown) != shown) std::abort();
    if (thaw::core::printableJson(thaw::core::printableJson(text)) != thaw::core::printableJson(text)) std::abort();
    return 0;
}
