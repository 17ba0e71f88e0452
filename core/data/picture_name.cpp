// Apart from the decoding, which needs OpenCV: folders are listed without it.
#include <algorithm>
#include <array>
#include <string>

#include "core/data/picture_file.h"

namespace thaw::core {

bool isPictureName(const std::filesystem::path& file) {
    std::string ending = file.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    constexpr std::array<const char*, 5> kEndings = {".png", ".jpg", ".jpeg", ".webp", ".bmp"};
    return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

}  // namespace thaw::core
