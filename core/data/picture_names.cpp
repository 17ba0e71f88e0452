#include "core/data/picture_names.h"

#include "core/api/analysis.h"

namespace thaw::core {

std::string toString(Split split) {
    switch (split) {
        case Split::Train:
            return "train";
        case Split::Test:
            return "test";
        case Split::HeldOut:
            return "validation";
    }
    return {};
}

std::string nameWithin(const std::filesystem::path& location, const std::filesystem::path& file) {
    const std::filesystem::path relative = file.lexically_relative(location);
    return (relative.empty() ? file : relative).generic_string();
}

std::string pictureName(const std::filesystem::path& location, const SplitLabels& labels, Split split, std::size_t index) {
    return labels.files.empty() ? toString(split) + '/' + std::to_string(index) : nameWithin(location, labels.files[index]);
}

}  // namespace thaw::core
