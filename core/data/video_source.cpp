#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

#include "core/api/camera.h"
#include "core/api/errors.h"
#include "core/data/picture_file.h"

namespace thaw::core {
namespace {

namespace fs = std::filesystem;

constexpr int kShownSide = 640;
constexpr double kMaxPixels = 100e6;
constexpr double kUsualRate = 25, kLowestRate = 1, kHighestRate = 240;
/// Of a video's frames; the number in some containers is an estimate.
constexpr double kLeastWholeShare = 0.8;

fs::path deviceFile(int index) { return "/dev/video" + std::to_string(index); }

std::shared_ptr<const RgbPicture> pictureOf(const cv::Mat& bgr, bool mirror) {
    cv::Mat small = bgr, rgb;
    const int longest = std::max(bgr.cols, bgr.rows);
    if (longest > kShownSide) {
        const double factor = static_cast<double>(kShownSide) / longest;
        const cv::Size size(std::max(1, static_cast<int>(std::lround(bgr.cols * factor))),
                            std::max(1, static_cast<int>(std::lround(bgr.rows * factor))));
        cv::resize(bgr, small, size, 0, 0, cv::INTER_AREA);
    }
    cv::cvtColor(small, rgb, small.channels() == 1 ? cv::COLOR_GRAY2RGB : cv::COLOR_BGR2RGB);
    if (mirror) cv::flip(rgb, rgb, 1);
    auto picture = std::make_shared<RgbPicture>();
    picture->width = rgb.cols;
    picture->height = rgb.rows;
    picture->rgb.assign(rgb.datastart, rgb.dataend);
    return picture;
}

/// OpenCV writes to the terminal whatever does not open; the exceptions say it.
void silenceOpenCv() { cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT); }

/// A frame out of an open capture; nothing where there is no further one. Throws DataError.
std::optional<cv::Mat> grabbed(cv::VideoCapture& capture, const std::string& title) {
    try {
        cv::Mat frame;
        if (!capture.grab() || !capture.retrieve(frame) || frame.empty()) return std::nullopt;
        if (static_cast<double>(frame.cols) * frame.rows > kMaxPixels)
            throw DataError(title + " has frames that are too large to show.");
        if (frame.depth() != CV_8U) throw DataError(title + " has pixels of a kind that Thaw does not read.");
        return frame;
    } catch (const cv::Exception&) {
        return std::nullopt;
    } catch (const std::bad_alloc&) {
        throw DataError("There is not enough memory for the frames of " + title + '.');
    }
}

class Camera final : public FrameSource {
public:
    explicit Camera(const CameraInfo& info) : m_title(info.name) {
        const fs::path device = deviceFile(info.index);
        std::error_code ignored;
        if (!fs::exists(device, ignored))
            throw DataError(m_title + " is not connected.", "Plug it in, then try again, or open a video file.");
        if (access(device.c_str(), R_OK | W_OK) != 0)
            throw DataError("Thaw may not use " + m_title + " (" + device.string() + ").",
                            "Add yourself to the group \"video\" (sudo adduser $USER video), then log in again.");
        silenceOpenCv();
        try {
            m_capture.open(info.index, cv::CAP_V4L2);
            m_capture.set(cv::CAP_PROP_BUFFERSIZE, 1);  // what is shown is what is there now
        } catch (const cv::Exception&) {
            m_capture.release();
        }
        if (!m_capture.isOpened())
            throw DataError(m_title + " cannot be used.", "Close other programs that use it, then try again.");
    }

    const std::string& title() const override { return m_title; }
    bool isLive() const override { return true; }
    double framesPerSecond() const override { return 0; }
    bool next(VideoFrame& frame) override {
        const std::optional<cv::Mat> image = grabbed(m_capture, m_title);
        if (!image) throw DataError(m_title + " sends no more pictures.", "Plug it in again, or open a video file.");
        frame = {pictureOf(*image, /*mirror=*/true), m_number++};
        return true;
    }
    bool skip() override { return m_capture.grab(); }
    void rewind() override {}

private:
    std::string m_title;
    cv::VideoCapture m_capture;
    std::int64_t m_number = 0;
};

class Video final : public FrameSource {
public:
    explicit Video(fs::path file) : m_file(std::move(file)), m_title(m_file.filename().string()) {
        std::error_code error;
        const fs::file_status status = fs::status(m_file, error);
        if (status.type() == fs::file_type::not_found) throw DataError(m_title + " is not there.");
        // Only a plain file: OpenCV would take an address or a pattern of names as well.
        if (error || !fs::is_regular_file(status)) throw DataError(m_title + " is not a file that can be opened.");
        if (access(m_file.c_str(), R_OK) != 0) throw DataError(m_title + " cannot be opened; check its permissions.");
        open();
        m_rate = m_capture.get(cv::CAP_PROP_FPS);
        if (!(m_rate >= kLowestRate && m_rate <= kHighestRate)) m_rate = kUsualRate;
        m_count = m_capture.get(cv::CAP_PROP_FRAME_COUNT);
    }

    const std::string& title() const override { return m_title; }
    bool isLive() const override { return false; }
    double framesPerSecond() const override { return m_rate; }
    bool next(VideoFrame& frame) override {
        const std::optional<cv::Mat> image = grabbed(m_capture, m_title);
        if (!image) return atEnd();
        frame = {pictureOf(*image, /*mirror=*/false), m_number++};
        return true;
    }
    bool skip() override {
        try {
            if (!m_capture.grab()) return atEnd();
        } catch (const cv::Exception&) {
            return atEnd();
        }
        ++m_number;
        return true;
    }
    void rewind() override {
        open();
        m_number = 0;
    }

private:
    void open() {
        silenceOpenCv();
        const std::string path = fs::absolute(m_file).string();
        for (const int backend : {cv::CAP_FFMPEG, cv::CAP_OPENCV_MJPEG}) {
            try {
                if (m_capture.open(path, backend)) break;
            } catch (const cv::Exception&) {
                m_capture.release();
            }
        }
        const double pixels =
            m_capture.isOpened() ? m_capture.get(cv::CAP_PROP_FRAME_WIDTH) * m_capture.get(cv::CAP_PROP_FRAME_HEIGHT) : 0;
        if (!m_capture.isOpened())
            throw DataError(m_title + " cannot be shown: it is damaged, or it is no video that Thaw knows.",
                            "Try an MP4, WebM, MKV or AVI file.");
        if (pixels > kMaxPixels)
            throw DataError(m_title + " has frames that are too large to show.", "Make a smaller copy of it.");
    }
    bool atEnd() const {
        if (m_number == 0)
            throw DataError(m_title + " cannot be shown: it holds no picture that can be read.", "Try another file.");
        if (m_count > 0 && static_cast<double>(m_number) < kLeastWholeShare * m_count)
            throw DataError(m_title + " breaks off: the rest of the file is damaged.",
                            "Look at what was shown, or try another file.");
        return false;
    }

    fs::path m_file;
    std::string m_title;
    cv::VideoCapture m_capture;
    double m_rate = kUsualRate, m_count = 0;
    std::int64_t m_number = 0;
};

}  // namespace

std::vector<CameraInfo> listCameras() {
    std::vector<CameraInfo> cameras;
    std::error_code error;
    for (fs::directory_iterator it("/sys/class/video4linux", error), end; !error && it != end; it.increment(error)) {
        const std::string node = it->path().filename().string();
        if (node.rfind("video", 0) != 0 || node.find_first_not_of("0123456789", 5) != std::string::npos || node.size() == 5)
            continue;
        // A camera's further nodes carry figures about its pictures, not pictures.
        int part = 0;
        if (std::ifstream(it->path() / "index") >> part && part != 0) continue;
        CameraInfo camera;
        camera.index = std::stoi(node.substr(5));
        std::ifstream name(it->path() / "name");
        std::getline(name, camera.name);
        if (camera.name.empty()) camera.name = "Camera " + std::to_string(camera.index);
        cameras.push_back(std::move(camera));
    }
    std::sort(cameras.begin(), cameras.end(), [](const CameraInfo& a, const CameraInfo& b) { return a.index < b.index; });
    return cameras;
}

RgbPicture modelPictureOf(const RgbPicture& frame, const PictureKind& kind) {
    return {kind.side, kind.side, squareOfPicture(frame, kind)};
}

std::unique_ptr<FrameSource> openCamera(const CameraInfo& camera) { return std::make_unique<Camera>(camera); }
std::unique_ptr<FrameSource> openVideo(const fs::path& file) { return std::make_unique<Video>(file); }

}  // namespace thaw::core
