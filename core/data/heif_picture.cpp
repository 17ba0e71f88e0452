// HEIC and AVIF by libheif, which also turns the picture upright. Of a sequence the primary picture.
#include <libheif/heif.h>

#include <algorithm>
#include <memory>
#include <new>
#include <string>

#include "core/api/errors.h"
#include "core/data/picture_decoders.h"
#include "core/data/picture_format.h"

namespace thaw::core {
namespace {

[[noreturn]] void throwUnread(const heif_error& error) {
    switch (error.code) {
        case heif_error_Unsupported_filetype:
        case heif_error_Unsupported_feature:
        case heif_error_Decoder_plugin_error:
        case heif_error_Plugin_loading_error:
            throw DataError(
                "this machine's libheif has no decoder for it; install libheif-plugin-libde265 and libheif-plugin-dav1d, "
                "or convert it to JPEG");
        case heif_error_Memory_allocation_error:
            if (error.subcode != heif_suberror_Security_limit_exceeded) throw std::bad_alloc();
            throw DataError("its parts are too large");
        default:
            throw DataError("the file is damaged");
    }
}

void check(const heif_error& error) {
    if (error.code != heif_error_Ok) throwUnread(error);
}

struct HandleFreeing {
    void operator()(heif_image_handle* one) const { heif_image_handle_release(one); }
};
struct ImageFreeing {
    void operator()(heif_image* one) const { heif_image_release(one); }
};

void copyRows(const heif_image* image, bool alpha, cv::Mat& rgb) {
    int stride = 0;
    const std::uint8_t* plane = heif_image_get_plane_readonly(image, heif_channel_interleaved, &stride);
    const int width = heif_image_get_width(image, heif_channel_interleaved);
    const int height = heif_image_get_height(image, heif_channel_interleaved);
    if (plane == nullptr || width < 1 || height < 1 || stride < width * (alpha ? 4 : 3)) throw DataError("the file is damaged");
    requirePictureSize(width, height);
    rgb.create(height, width, CV_8UC3);
    for (int y = 0; y < height; ++y) {
        const std::uint8_t* row = plane + static_cast<std::ptrdiff_t>(y) * stride;
        if (alpha)
            overWhite(row, rgb.ptr(y), width);
        else
            std::copy_n(row, std::size_t{3} * static_cast<std::size_t>(width), rgb.ptr(y));
    }
}

}  // namespace

DecodedPicture decodeHeif(const std::string& bytes) {
    const std::unique_ptr<heif_context, decltype(&heif_context_free)> context(heif_context_alloc(), heif_context_free);
    if (!context) throw std::bad_alloc();
    check(heif_context_read_from_memory_without_copy(context.get(), bytes.data(), bytes.size(), nullptr));
    heif_image_handle* rawHandle = nullptr;
    check(heif_context_get_primary_image_handle(context.get(), &rawHandle));
    const std::unique_ptr<heif_image_handle, HandleFreeing> handle(rawHandle);
    requirePictureSize(heif_image_handle_get_width(handle.get()), heif_image_handle_get_height(handle.get()));
    requirePictureSize(heif_image_handle_get_ispe_width(handle.get()), heif_image_handle_get_ispe_height(handle.get()));

    const bool alpha = heif_image_handle_has_alpha_channel(handle.get()) != 0;
    const std::unique_ptr<heif_decoding_options, decltype(&heif_decoding_options_free)> options(heif_decoding_options_alloc(),
                                                                                                heif_decoding_options_free);
    if (!options) throw std::bad_alloc();
    options->convert_hdr_to_8bit = 1;
    heif_image* rawImage = nullptr;
    check(heif_decode_image(handle.get(), &rawImage, heif_colorspace_RGB,
                            alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB, options.get()));
    const std::unique_ptr<heif_image, ImageFreeing> image(rawImage);
    DecodedPicture picture;
    copyRows(image.get(), alpha, picture.rgb);
    return picture;
}

}  // namespace thaw::core
