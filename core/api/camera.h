// Pictures that move: a camera or a video file, one frame at a time.
//
// Threading: a source belongs to the thread that calls it. All calls block: a camera gives a frame when there is one, and one
// that is taken away is noticed after a few seconds at the latest. Errors are DataErrors for people.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/api/prediction.h"

namespace thaw::core {

struct CameraInfo {
    int index = 0;     ///< for openCamera
    std::string name;  ///< as the system calls it
};

/// Cameras of this machine. Reads a few small files and opens no camera.
std::vector<CameraInfo> listCameras();

struct VideoFrame {
    std::shared_ptr<const RgbPicture> picture;  ///< at most 640 pixels a side
    std::int64_t number = 0;                    ///< from 0; skipped ones count
};

class FrameSource {
public:
    virtual ~FrameSource() = default;

    virtual const std::string& title() const = 0;
    /// A camera: its frames come when they come, mirrored, as one knows oneself, and never end.
    virtual bool isLive() const = 0;
    /// At which a video is to be shown; 25 where the file does not say. Of no meaning for a camera.
    virtual double framesPerSecond() const = 0;

    /// False at the end of a video. Throws where a camera is gone or the rest of a video cannot be read.
    virtual bool next(VideoFrame& frame) = 0;
    /// Passes over one frame of a video, cheaper than next(). False at the end.
    virtual bool skip() = 0;
    /// Back to a video's first frame. Throws.
    virtual void rewind() = 0;
};

/// What a frame becomes before it is scaled for the network: its centre square as a picture of that kind.
RgbPicture modelPictureOf(const RgbPicture& frame, const PictureKind& kind);

std::unique_ptr<FrameSource> openCamera(const CameraInfo& camera);
/// A file of the user's, untrusted: frames above 100 million pixels are refused, and it is never read as a whole.
std::unique_ptr<FrameSource> openVideo(const std::filesystem::path& file);

}  // namespace thaw::core
