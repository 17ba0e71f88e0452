// Names and shapes of tensors: lines "name size size ...".
#include <sstream>

#include "core/model/trunk_match.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
    std::istringstream lines(std::string(reinterpret_cast<const char*>(data), bytes));
    std::map<std::string, thaw::core::SourceTensor> tensors;
    for (std::string line; std::getline(lines, line) && tensors.size() < 200;) {
        std::istringstream words(line);
        std::string name;
        words >> name;
        thaw::core::SourceTensor tensor;
        for (std::int64_t size; words >> size && tensor.shape.size() < 6;) tensor.shape.push_back(size);
        tensor.dtype = static_cast<thaw::core::DType>(tensor.shape.size() % 10);
        tensors[name] = tensor;
    }
    const thaw::core::TrunkMatch match = thaw::core::matchTrunk(tensors, thaw::core::layoutOf("vgg16"));
    for (const auto& [index, found] : match.found)
        if (tensors.count(found.name) == 0 || index >= thaw::core::layoutOf("vgg16").tensors.size()) std::abort();
    if (match.isTrunk() && (!match.missing.empty() || match.found.size() != thaw::core::layoutOf("vgg16").tensors.size()))
        std::abort();
    return 0;
}
