// JPEG by libjpeg, with everything that it calls a warning judged here.
#include <algorithm>
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <new>
#include <vector>

#include <jpeglib.h>

#include <jerror.h>

#include "core/api/errors.h"
#include "core/data/picture_decoders.h"
#include "core/data/picture_format.h"

namespace thaw::core {
namespace {

/// More scans than any camera or program writes: a small file could keep the decoder busy for hours.
constexpr int kMostScans = 200;

struct JpegReader {
    jpeg_decompress_struct info;
    jpeg_error_mgr errors;
    jpeg_progress_mgr watch;
    std::jmp_buf failed;
    bool broken;  ///< coded data are wrong or missing
    int brokenScan;
    JDIMENSION goodRows;  ///< of blocks, before the first fault
};

JpegReader& readerOf(j_common_ptr info) { return *static_cast<JpegReader*>(info->client_data); }

void giveUp(j_common_ptr info) { std::longjmp(readerOf(info).failed, 1); }

void noteWarning(j_common_ptr info, int level) {
    if (level >= 0) return;
    JpegReader& reader = readerOf(info);
    switch (info->err->msg_code) {
        case JWRN_HIT_MARKER:
        case JWRN_HUFF_BAD_CODE:
        case JWRN_ARITH_BAD_CODE:
        case JWRN_MUST_RESYNC:
            if (reader.broken) return;
            reader.broken = true;
            reader.brokenScan = reader.info.input_scan_number;
            reader.goodRows = reader.info.input_iMCU_row;
            break;
        default:  // bytes that nobody needs, a version number, no end marker
            break;
    }
}

void keepSilent(j_common_ptr) {}

void watchScans(j_common_ptr info) {
    if (readerOf(info).info.input_scan_number > kMostScans) giveUp(info);
}

/// False: an error, whose code stands in reader.errors.msg_code. No C++ object may live in here: errors jump out.
bool readHeader(JpegReader& reader, const std::string& bytes) {
    if (setjmp(reader.failed) != 0) return false;
    jpeg_create_decompress(&reader.info);
    reader.info.progress = &reader.watch;
    jpeg_mem_src(&reader.info, reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<unsigned long>(bytes.size()));
    jpeg_save_markers(&reader.info, JPEG_APP0 + 1, 0xFFFF);
    jpeg_read_header(&reader.info, TRUE);
    return true;
}

/// Adobe's programs store the inks inverted. The arithmetic is OpenCV's, so that pictures stay as earlier versions read them.
void inksToRgb(const JSAMPLE* inks, JSAMPLE* rgb, JDIMENSION count, bool inverted) {
    for (JDIMENSION x = 0; x < count; ++x, inks += 4, rgb += 3) {
        const int key = inverted ? inks[3] : 255 - inks[3];
        for (int c = 0; c < 3; ++c) rgb[c] = static_cast<JSAMPLE>(key - ((inverted ? 255 - inks[c] : inks[c]) * key >> 8));
    }
}

/// The same. `rows`: pointers to the picture's rows; `inks`: room for a row of four channels.
bool readRows(JpegReader& reader, JSAMPROW* rows, JSAMPROW inks) {
    if (setjmp(reader.failed) != 0) return false;
    jpeg_decompress_struct& info = reader.info;
    const bool fourInks = info.num_components == 4;
    info.out_color_space = fourInks ? JCS_CMYK : JCS_RGB;
    jpeg_start_decompress(&info);
    while (info.output_scanline < info.output_height) {
        const JSAMPROW row = rows[info.output_scanline];
        JSAMPROW target = fourInks ? inks : row;
        jpeg_read_scanlines(&info, &target, 1);
        if (fourInks) inksToRgb(inks, row, info.output_width, info.saw_Adobe_marker);
    }
    return true;
}

int orientationOf(const jpeg_decompress_struct& info) {
    for (jpeg_saved_marker_ptr marker = info.marker_list; marker != nullptr; marker = marker->next)
        if (marker->marker == JPEG_APP0 + 1 && marker->data_length > 6 && std::memcmp(marker->data, "Exif\0\0", 6) == 0)
            return exifOrientation(marker->data, marker->data_length);
    return 1;
}

/// Every component has been read with all its bits.
bool hasAllScans(const jpeg_decompress_struct& info) {
    for (int c = 0; c < info.num_components; ++c) {
        if (info.comp_info[c].quant_table == nullptr) return false;
        if (!info.progressive_mode) continue;
        for (int k = 0; k < DCTSIZE2; ++k)
            if (info.coef_bits[c][k] != 0) return false;
    }
    return true;
}

[[noreturn]] void throwError(const JpegReader& reader) {
    switch (reader.errors.msg_code) {
        case JERR_OUT_OF_MEMORY:
            throw std::bad_alloc();
        case JERR_IMAGE_TOO_BIG:
            requirePictureSize(reader.info.image_width, reader.info.image_height);
            break;
        case JERR_BAD_PRECISION:
        case JERR_SOF_UNSUPPORTED:
        case JERR_CONVERSION_NOTIMPL:
        case JERR_NOT_COMPILED:
        case JERR_ARITH_NOTIMPL:
            throw DataError("it is a rare kind of JPEG, which Thaw does not read; save it again as a usual one");
        default:
            break;
    }
    throw DataError("the file is damaged");
}

/// A half, a quarter or an eighth costs less than the whole.
void shrink(jpeg_decompress_struct& info, int leastSide) {
    const auto shorter = static_cast<int>(std::min(info.image_width, info.image_height));
    unsigned denominator = 8;
    while (denominator > 1 && shorter / static_cast<int>(denominator) < leastSide) denominator /= 2;
    info.scale_num = 1;
    info.scale_denom = denominator;
}

}  // namespace

DecodedPicture decodeJpeg(const std::string& bytes, int leastSide) {
    JpegReader reader{};
    reader.info.err = jpeg_std_error(&reader.errors);
    reader.info.client_data = &reader;
    reader.errors.error_exit = giveUp;
    reader.errors.emit_message = noteWarning;
    reader.errors.output_message = keepSilent;
    reader.watch.progress_monitor = watchScans;
    struct Closer {
        jpeg_decompress_struct& info;
        ~Closer() { jpeg_destroy_decompress(&info); }
    } const closer{reader.info};

    if (!readHeader(reader, bytes)) throwError(reader);
    requirePictureSize(reader.info.image_width, reader.info.image_height);
    DecodedPicture picture;
    picture.orientation = orientationOf(reader.info);
    const cv::Size whole(static_cast<int>(reader.info.image_width), static_cast<int>(reader.info.image_height));
    if (leastSide > 0) shrink(reader.info, leastSide);
    jpeg_calc_output_dimensions(&reader.info);
    picture.rgb.create(static_cast<int>(reader.info.output_height), static_cast<int>(reader.info.output_width), CV_8UC3);
    if (picture.rgb.size() != whole) picture.whole = whole;
    std::vector<JSAMPROW> rows(reader.info.output_height);
    for (std::size_t y = 0; y < rows.size(); ++y) rows[y] = picture.rgb.ptr(static_cast<int>(y));
    std::vector<JSAMPLE> inks(reader.info.num_components == 4 ? std::size_t{4} * reader.info.output_width : 0);
    if (!readRows(reader, rows.data(), inks.data())) throwError(reader);

    const bool lastScan = reader.brokenScan == reader.info.input_scan_number;
    if (!hasAllScans(reader.info) || (reader.broken && !lastScan))
        throw DataError("the file is damaged: a part of it is missing");
    if (reader.broken) requireMostRows(reader.goodRows, reader.info.total_iMCU_rows);
    return picture;
}

}  // namespace thaw::core
