// WebP by libwebp; of an animation the first frame, by libwebpdemux.
#include <webp/decode.h>
#include <webp/demux.h>

#include <memory>
#include <vector>

#include "core/api/errors.h"
#include "core/data/picture_decoders.h"
#include "core/data/picture_format.h"

namespace thaw::core {
namespace {

int orientationOf(const WebPData& data) {
    const std::unique_ptr<WebPDemuxer, decltype(&WebPDemuxDelete)> demuxer(WebPDemux(&data), WebPDemuxDelete);
    WebPChunkIterator chunk{};
    if (!demuxer || !WebPDemuxGetChunk(demuxer.get(), "EXIF", 1, &chunk)) return 1;
    const int orientation = exifOrientation(chunk.chunk.bytes, chunk.chunk.size);
    WebPDemuxReleaseChunkIterator(&chunk);
    return orientation;
}

void firstFrame(const WebPData& data, cv::Mat& rgb) {
    WebPAnimDecoderOptions options;
    if (!WebPAnimDecoderOptionsInit(&options)) throw DataError("the file is damaged");
    options.color_mode = MODE_RGBA;
    const std::unique_ptr<WebPAnimDecoder, decltype(&WebPAnimDecoderDelete)> decoder(WebPAnimDecoderNew(&data, &options),
                                                                                     WebPAnimDecoderDelete);
    std::uint8_t* rgba = nullptr;
    int time = 0;
    if (!decoder || !WebPAnimDecoderGetNext(decoder.get(), &rgba, &time)) throw DataError("the file is damaged");
    overWhite(rgba, rgb.ptr(), rgb.rows * rgb.cols);
}

}  // namespace

DecodedPicture decodeWebP(const std::string& bytes) {
    const WebPData data{reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
    WebPBitstreamFeatures features{};
    if (const auto size = claimedSize(bytes)) requirePictureSize(size->first, size->second);
    if (WebPGetFeatures(data.bytes, data.size, &features) != VP8_STATUS_OK) throw DataError("the file is damaged");
    requirePictureSize(features.width, features.height);
    DecodedPicture picture;
    picture.orientation = orientationOf(data);
    picture.rgb.create(features.height, features.width, CV_8UC3);
    if (features.has_animation) {
        firstFrame(data, picture.rgb);
    } else if (features.has_alpha) {
        std::vector<std::uint8_t> rgba(picture.rgb.total() * 4);
        if (WebPDecodeRGBAInto(data.bytes, data.size, rgba.data(), rgba.size(), features.width * 4) == nullptr)
            throw DataError("the file is damaged");
        overWhite(rgba.data(), picture.rgb.ptr(), features.width * features.height);
    } else if (WebPDecodeRGBInto(data.bytes, data.size, picture.rgb.ptr(), picture.rgb.total() * 3, features.width * 3) ==
               nullptr) {
        throw DataError("the file is damaged");
    }
    return picture;
}

}  // namespace thaw::core
