// The first frame of a GIF, by giflib, on the canvas of the whole.
#include <gif_lib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <vector>

#include "core/api/errors.h"
#include "core/data/picture_decoders.h"
#include "core/data/picture_format.h"

namespace thaw::core {
namespace {

int readData(GifFileType* gif, GifByteType* out, int bytes) {
    auto& left = *static_cast<std::string_view*>(gif->UserData);
    const std::size_t count = std::min(left.size(), static_cast<std::size_t>(std::max(bytes, 0)));
    std::memcpy(out, left.data(), count);
    left.remove_prefix(count);
    return static_cast<int>(count);
}

[[noreturn]] void throwDamaged() { throw DataError("the file is damaged"); }

/// Goes on to the first frame; returns its transparent colour, -1 without one.
int findFrame(GifFileType* gif) {
    int transparent = -1;
    for (;;) {
        GifRecordType record = UNDEFINED_RECORD_TYPE;
        if (DGifGetRecordType(gif, &record) == GIF_ERROR) throwDamaged();
        if (record == IMAGE_DESC_RECORD_TYPE) break;
        if (record == TERMINATE_RECORD_TYPE) throw DataError("the file is damaged: there is no picture in it");
        if (record != EXTENSION_RECORD_TYPE) continue;
        int kind = 0;
        GifByteType* block = nullptr;
        if (DGifGetExtension(gif, &kind, &block) == GIF_ERROR) throwDamaged();
        while (block != nullptr) {
            GraphicsControlBlock control{};
            if (kind == GRAPHICS_EXT_FUNC_CODE && DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK)
                transparent = control.TransparentColor;
            if (DGifGetExtensionNext(gif, &block) == GIF_ERROR) throwDamaged();
        }
    }
    if (DGifGetImageDesc(gif) == GIF_ERROR) throwDamaged();
    return transparent;
}

/// The rows of a frame in the order in which they are stored.
std::vector<int> rowOrder(int height, bool interlaced) {
    std::vector<int> order;
    order.reserve(static_cast<std::size_t>(height));
    constexpr std::array<std::array<int, 2>, 4> kPasses = {{{0, 8}, {4, 8}, {2, 4}, {1, 2}}};
    if (interlaced)
        for (const auto& [first, step] : kPasses)
            for (int y = first; y < height; y += step) order.push_back(y);
    else
        for (int y = 0; y < height; ++y) order.push_back(y);
    return order;
}

}  // namespace

DecodedPicture decodeGif(const std::string& bytes) {
    std::string_view left = bytes;
    int code = 0;
    struct Closer {
        GifFileType* gif;
        ~Closer() {
            if (gif != nullptr) DGifCloseFile(gif, nullptr);
        }
    } const closer{DGifOpen(&left, readData, &code)};
    GifFileType* gif = closer.gif;
    if (gif == nullptr) throwDamaged();
    const int transparent = findFrame(gif);
    const GifImageDesc& frame = gif->Image;
    requirePictureSize(frame.Width, frame.Height);
    // A frame that does not fit shows that the canvas's size is wrong.
    const bool fits = frame.Left + frame.Width <= gif->SWidth && frame.Top + frame.Height <= gif->SHeight;
    const int width = fits ? gif->SWidth : frame.Width, height = fits ? gif->SHeight : frame.Height;
    requirePictureSize(width, height);
    const ColorMapObject* colours = frame.ColorMap != nullptr ? frame.ColorMap : gif->SColorMap;
    if (colours == nullptr) throw DataError("the file is damaged: it has no colours");

    DecodedPicture picture;
    picture.rgb = cv::Mat(height, width, CV_8UC3, cv::Scalar::all(255));
    std::vector<GifPixelType> row(static_cast<std::size_t>(frame.Width));
    std::int64_t rows = 0;
    for (const int y : rowOrder(frame.Height, frame.Interlace)) {
        if (DGifGetLine(gif, row.data(), frame.Width) == GIF_ERROR) {
            if (!left.empty() || frame.Interlace) throwDamaged();
            requireMostRows(rows, frame.Height);
            break;
        }
        ++rows;
        std::uint8_t* out = picture.rgb.ptr(y + (fits ? frame.Top : 0)) + 3 * (fits ? frame.Left : 0);
        for (int x = 0; x < frame.Width; ++x, out += 3) {
            const int index = row[static_cast<std::size_t>(x)];
            if (index == transparent) continue;
            const GifColorType colour = index < colours->ColorCount ? colours->Colors[index] : GifColorType{0, 0, 0};
            out[0] = colour.Red, out[1] = colour.Green, out[2] = colour.Blue;
        }
    }
    return picture;
}

}  // namespace thaw::core
