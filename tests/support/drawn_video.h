// Short videos, drawn: Motion JPEG in an AVI file.
#pragma once

#include <filesystem>

namespace thaw::test {

struct DrawnVideo {
    int frames = 30;
    int width = 160, height = 120;
    double rate = 30;
};

/// Left half red, right half blue, and a white square that walks from left to right over the frames.
void writeVideo(const std::filesystem::path& file, const DrawnVideo& video = {});

}  // namespace thaw::test
