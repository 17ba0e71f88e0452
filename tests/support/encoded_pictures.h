// Picture files of all kinds, written by the formats' own libraries or by hand, so that they may be as odd as a test wants them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/drawn_data.h"

namespace thaw::test {

struct JpegKind {
    int channels = 3;  ///< 1 grey, 3 RGB, 4 CMYK as its inks are stored
    bool progressive = false;
    bool adobe = true;  ///< of CMYK: with Adobe's marker, which means inverted inks
    int quality = 95;
};
Bytes encodeJpeg(const Bytes& samples, int width, int height, const JpegKind& kind = {});

struct PngKind {
    int colourType = 2;  ///< PNG's number: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA
    int bits = 8;
    bool interlaced = false;
    Bytes palette;       ///< RGB
    Bytes paletteAlpha;  ///< of the first entries
    int clear = -1;      ///< the grey level that is transparent
    Bytes exif;          ///< EXIF data, which begin with "II" or "MM"
};
/// `rows`: as PNG stores them, packed, without filter bytes.
Bytes encodePngKind(const Bytes& rows, int width, int height, const PngKind& kind);

Bytes encodeWebP(const Bytes& rgba, int width, int height);  ///< lossless
/// The same with EXIF data.
Bytes webpWithExif(const Bytes& webp, int width, int height, const Bytes& exif);
/// Frames of the whole canvas.
Bytes animatedWebP(const std::vector<Bytes>& frames, int width, int height);

struct GifFrame {
    int left = 0, top = 0, width = 0, height = 0;
    Bytes indices;  ///< below 128, rows from top to bottom
    bool interlaced = false;
    int clear = -1;  ///< the index that is transparent
};
/// Index i is the colour i, 2 i, 255 - i.
Bytes encodeGif(int width, int height, const std::vector<GifFrame>& frames);

struct TiffTag {
    int tag = 0;
    std::uint32_t value = 0;
};
struct TiffKind {
    int bits = 8, samples = 3, photometric = 2, format = 1;
    std::vector<TiffTag> more;  ///< short ones
};
/// Little-endian, in one strip without compression. `pages` lie one after another, of one size.
Bytes encodeTiff(const std::vector<Bytes>& pages, int width, int height, const TiffKind& kind = {});

/// EXIF data that hold an orientation alone.
Bytes exifOf(int orientation);

}  // namespace thaw::test
