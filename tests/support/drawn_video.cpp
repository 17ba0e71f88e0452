#include "tests/support/drawn_video.h"

#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

#include <stdexcept>

namespace thaw::test {

void writeVideo(const std::filesystem::path& file, const DrawnVideo& video) {
    const cv::Size size(video.width, video.height);
    cv::VideoWriter writer(file.string(), cv::CAP_OPENCV_MJPEG, cv::VideoWriter::fourcc('M', 'J', 'P', 'G'), video.rate, size);
    if (!writer.isOpened()) throw std::runtime_error("cannot write " + file.string());
    for (int i = 0; i < video.frames; ++i) {
        cv::Mat frame(size, CV_8UC3, cv::Scalar(30, 30, 220));
        frame.colRange(video.width / 2, video.width).setTo(cv::Scalar(220, 30, 30));
        const int side = video.height / 4, left = (video.width - side) * i / std::max(1, video.frames - 1);
        cv::rectangle(frame, cv::Rect(left, (video.height - side) / 2, side, side), cv::Scalar(255, 255, 255), cv::FILLED);
        writer.write(frame);
    }
}

}  // namespace thaw::test
