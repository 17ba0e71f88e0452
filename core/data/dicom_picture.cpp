// DICOM by DCMTK: the first frame, rescaled, seen through its first window or else spread from its least to its greatest value.
#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcfilefo.h>
#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmimage/diregist.h>
#include <dcmtk/dcmimgle/dcmimage.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/oflog/oflog.h>

#include <algorithm>
#include <mutex>
#include <new>
#include <string>

#include "core/api/errors.h"
#include "core/data/picture_decoders.h"
#include "core/data/picture_format.h"

namespace thaw::core {
namespace {

void prepareLibrary() {
    static std::once_flag once;
    std::call_once(once, [] {
        OFLog::configure(OFLogger::OFF_LOG_LEVEL);
        DJDecoderRegistration::registerCodecs();
        DcmRLEDecoderRegistration::registerCodecs();
    });
}

/// What the header claims, before anything is decoded.
void requireSize(DcmDataset& data) {
    Uint16 width = 0, height = 0;
    if (data.findAndGetUint16(DCM_Columns, width).bad() || data.findAndGetUint16(DCM_Rows, height).bad())
        throw DataError("it is a DICOM file without a picture");
    requirePictureSize(width, height);
}

}  // namespace

DecodedPicture decodeDicom(const std::string& bytes) {
    prepareLibrary();
    DcmInputBufferStream stream;
    stream.setBuffer(bytes.data(), static_cast<offile_off_t>(bytes.size()));
    stream.setEos();
    DcmFileFormat file;
    file.transferInit();
    const OFCondition read = file.read(stream);
    file.transferEnd();
    if (read.bad()) throw DataError("the file is damaged");
    requireSize(*file.getDataset());

    DicomImage image(&file, file.getDataset()->getOriginalXfer(), CIF_UsePartialAccessToPixelData, /*first=*/0, /*count=*/1);
    if (image.getStatus() == EIS_MemoryFailure) throw std::bad_alloc();
    if (image.getStatus() != EIS_Normal)
        throw DataError(std::string("the picture in it cannot be read: ") + DicomImage::getString(image.getStatus()));
    requirePictureSize(static_cast<std::int64_t>(image.getWidth()), static_cast<std::int64_t>(image.getHeight()));
    const bool grey = image.isMonochrome() != 0;
    if (grey && (image.getWindowCount() == 0 || image.setWindow(0) == 0)) image.setMinMaxWindow();
    DecodedPicture picture;
    picture.rgb.create(static_cast<int>(image.getHeight()), static_cast<int>(image.getWidth()), CV_8UC3);
    const std::size_t pixels = picture.rgb.total();
    const auto* values = static_cast<const std::uint8_t*>(image.getOutputData(/*bits=*/8, /*frame=*/0, /*planar=*/0));
    if (values == nullptr || image.getOutputDataSize(8) < pixels * (grey ? 1 : 3)) throw DataError("the file is damaged");
    std::uint8_t* out = picture.rgb.ptr();
    if (!grey)
        std::copy_n(values, 3 * pixels, out);
    else
        for (std::size_t i = 0; i < pixels; ++i) out = std::fill_n(out, 3, values[i]);
    return picture;
}

}  // namespace thaw::core
